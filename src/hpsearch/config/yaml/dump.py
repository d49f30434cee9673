"""A spec as YAML: complete with its defaults, and read back as the same spec."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from hpsearch.config.fields import OFF, ON_OFF, UNITS
from hpsearch.config.schema import Dispatch, Fixed, ParameterSettings, Range, Spec
from hpsearch.config.space_rules import whole_shown
from hpsearch.config.yaml.writer import Flow, Writer

_DURATIONS = ("time_limit", "timeout", "grace")
#: Fields whose None is written as the word off; any other None is left out.
_OFF = (*_DURATIONS, "max_failures", "halving", "confirm", "gpus")

#: Settings of dispatch that earlier versions did not have: written where they are not the default.
_ADDED = (
    "scheduler",
    "tls",
    "insecure",
    "jobqueue",
    "gpus",
    "gpus_per_trial",
    "threads_per_trial",
    "grace",
    "paused",
)


def dump_yaml(spec: Spec) -> str:
    """The YAML text of `spec`, every default filled in; loading it gives an equal spec."""
    sections = _section(spec)
    sections["space"] = {name: parameter_written(given) for name, given in spec.space.items()}
    if not spec.require:
        del sections["require"]
    if spec.search.value == "last":  # as ever: what earlier versions wrote stays as it is
        del sections["search"]["value"]
    if spec.search.budget == "epochs":
        del sections["search"]["budget"]
    for name in ("overlap", "enqueue", "learn_from", "reuse"):
        if not getattr(spec.search, name):
            del sections["search"][name]
    for name in _ADDED:
        if getattr(spec.dispatch, name) == Dispatch.model_fields[name].default:
            sections["dispatch"].pop(name, None)
    sections["search"] = _flowing(sections["search"])
    sections["objective"] = _flowing(sections["objective"])
    return yaml.dump(sections, Dumper=Writer, sort_keys=False, allow_unicode=True, width=110)


def parameter_written(given: ParameterSettings) -> Any:
    """A parameter of the space as the file has it."""
    return given.value if isinstance(given, Fixed) else Flow(_section(given))


def _section(section: BaseModel) -> dict[str, Any]:
    pairs = ((name, _plain(section, name, getattr(section, name))) for name in type(section).model_fields)
    return {name: value for name, value in pairs if value is not None and value != {}}


def _plain(section: BaseModel, name: str, value: Any) -> Any:
    """The value of a field as the file has it; None where the file has nothing."""
    if value is None:
        return OFF if name in _OFF else None
    if name in _DURATIONS:
        return duration(value) if value else OFF
    if ON_OFF in type(section).model_fields[name].metadata:
        return "on" if value else OFF
    if isinstance(section, Range) and isinstance(value, float):
        return whole_shown(value)
    return _collection(value)


def _collection(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return _section(value)
    if isinstance(value, Mapping):
        return {key: _collection(item) for key, item in value.items()}
    if isinstance(value, Path):
        return str(value)
    return [_collection(item) for item in value] if isinstance(value, tuple) else value


def _flowing(section: dict[str, Any]) -> dict[str, Any]:
    return {name: Flow(value) if isinstance(value, dict) else value for name, value in section.items()}


def duration(seconds: float) -> str | float:
    """The duration as people write it.

    >>> duration(300.0), duration(90), duration(0.5)
    ('5m', '90s', 0.5)
    """
    if not float(seconds).is_integer():
        return seconds
    unit = next(unit for unit in reversed(UNITS) if seconds % UNITS[unit] == 0)
    return f"{int(seconds) // UNITS[unit]}{unit}"
