"""`--set key=value`: any key of the YAML from the command line.

The key is a dotted path, `search.trials` or `space.lr.high`; a single name that is no section, such as `lr`,
is that field of the objective. The value is YAML, read by the same rules as the file.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from typing import Any

from hpsearch.config.homes import homes
from hpsearch.config.objective import UnknownKind, kind_of
from hpsearch.config.origins import KeyPath, Source, dotted, shortened, show
from hpsearch.config.schema import Spec
from hpsearch.config.yaml.builder import DEEPEST
from hpsearch.config.yaml.loader import parse_yaml
from hpsearch.core.errors import Problem, SpecError, did_you_mean

#: What to set: `key=value`, alone or after the option that the user wrote for it, such as `--trials 20`.
Override = str | tuple[str, str]
#: Where a single value only switches a mapping.
_SWITCHES: tuple[KeyPath, ...] = (("search", "halving"), ("search", "confirm"))


class _Refused(Exception):
    """The override cannot be applied, and why: (message, path)."""


def apply_overrides(
    data: Any, source: Source, overrides: Sequence[Override]
) -> tuple[Any, Source, list[Problem]]:
    """A copy of `data` with each `key=value` set, later ones last, and the origins that go with it."""
    data, problems = copy.deepcopy(data), []
    for override in overrides:
        option, text = (f"--set {override}", override) if isinstance(override, str) else override
        try:
            path, value = _parsed(text, data)
            path = _set(data, path, value)
        except _Refused as refused:
            message, at = refused.args
            problems.append(Problem(shortened(option), None, dotted(at), message))
        else:
            source = source.overridden(path, option)
    return data, source, problems


def _parsed(text: str, data: Any) -> tuple[KeyPath, Any]:
    key, equals, value = text.partition("=")
    steps = key.strip().split(".")
    if not equals or not all(steps):
        raise _Refused("must be key=value, such as search.trials=20 or lr=0.01", ())
    if len(steps) > DEEPEST:
        raise _Refused(f"is nested deeper than {DEEPEST} levels", ())
    path = _path(steps, data)
    try:
        return path, parse_yaml(value, "").data if value.strip() else None
    except SpecError as error:
        raise _Refused(error.problems[0].message, path) from None


def _path(steps: list[str], data: Any) -> KeyPath:
    first, *rest = steps
    if first in Spec.model_fields:
        return tuple(steps)
    kind = kind_of(data)
    fields = kind.model_fields
    if not rest and (first in fields or kind is UnknownKind):
        return ("objective", first)
    inside = [place for place in homes(data).get(first, ()) if "." in place]
    known = [*Spec.model_fields, *fields]
    hint = f"; did you mean '{'.'.join([*inside[:1], *rest])}'?" if inside else did_you_mean(first, known)
    what = "begins with no section" if rest else "is neither a section nor a field of the objective"
    raise _Refused(f"{what}{hint}", tuple(steps))


def _set(data: Any, path: KeyPath, value: Any) -> KeyPath:
    """Put `value` at `path`; the path comes back with the numbers of list entries as integers."""
    if not isinstance(data, dict):
        raise _Refused("cannot be set: the file holds no mapping", path)
    path = _with_dots(path, data)
    holder: Any = data
    taken: KeyPath = ()
    short = _short_forms(data)
    for step in path[:-1]:
        at = (*taken, step)
        taken = (*taken, _key(holder, at))
        holder = _below(holder, taken, short)
    key = _key(holder, path)
    holder[key] = value
    return (*taken, key)


def _with_dots(path: KeyPath, data: Any) -> KeyPath:
    """The path, with the steps put together that are one key of the file, such as `optimizer.lr` of a space."""
    steps = [str(step) for step in path]
    taken: list[str] = []
    holder = data
    while steps:
        known = holder if isinstance(holder, dict) else {}
        ends = (end for end in range(len(steps), 1, -1) if ".".join(steps[:end]) in known)
        end = next(ends, 1)
        taken.append(".".join(steps[:end]))
        holder, steps = known.get(taken[-1]), steps[end:]
    return tuple(taken)


def _short_forms(data: Any) -> dict[KeyPath, str | None]:
    """Where a single value stands for a mapping: the key it stands for, or None where it only switches."""
    short: dict[KeyPath, str | None] = dict.fromkeys(_SWITCHES)
    return short | {("objective", name): key for name, key in kind_of(data).short_forms.items()}


def _below(holder: Any, path: KeyPath, short: Mapping[KeyPath, str | None]) -> Any:
    """The mapping or list at `path`, made where there is none yet."""
    key: Any = path[-1]
    value = holder[key] if isinstance(holder, list) else holder.get(key)
    if not isinstance(value, dict | list):
        value = holder[key] = _long_form(value, path, short)
    return value


def _long_form(value: Any, path: KeyPath, short: Mapping[KeyPath, str | None]) -> dict[str, Any]:
    if path in short:
        key = short[path]
        return {} if key is None or value is None else {key: value}
    if value is None:
        return {}
    raise _Refused(f"is a single value, with nothing below it (it is {show(value)})", path)


def _key(holder: Any, path: KeyPath) -> Any:
    """What finds the last step of `path` in the collection that holds it."""
    step = str(path[-1])
    if not isinstance(holder, list):
        return step
    if not re.fullmatch("[0-9]{1,6}", step) or int(step) >= len(holder):
        raise _Refused(f"is no entry of the list, which has {len(holder)}, counted from 0", path)
    return int(step)
