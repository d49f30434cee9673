"""`search.enqueue`: configurations that are tried first, from the file and from others such as a best.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpsearch.config.build import build_space
from hpsearch.config.messages import got
from hpsearch.config.origins import Finding, KeyPath, Source, show
from hpsearch.config.schema import Spec
from hpsearch.config.space_rules import whole_shown
from hpsearch.config.yaml.loader import load_yaml
from hpsearch.core.errors import MOST_PROBLEMS, InputError, did_you_mean
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Config, Value
from hpsearch.core.words import shown

if TYPE_CHECKING:
    from hpsearch.space import Parameter, Space

_PLACE: KeyPath = ("search", "enqueue")
_RULE = "must hold the parameters of a configuration, such as lr: 0.01, or a list of such"


# -- from other files --------------------------------------------------------------------------------------


def with_enqueued(data: Any, source: Source, files: Sequence[Path | str]) -> tuple[Any, Source]:
    """`data` with the configurations of `files` before those that it enqueues itself, and where all came from.

    Raises:
        InputError: a file cannot be read, or holds no configuration.
        SpecError: a file is no YAML.
    """
    for file in reversed(files):
        entries, lines = _entries(file)
        own = _own(data)
        if own is None:
            continue  # what is wrong with the section is said in its place
        data = {**data, "search": {**data.get("search", {}), "enqueue": [*entries, *own]}}
        source = _moved(source, len(entries), {path: (str(file), line) for path, line in lines.items()})
    return data, source


def _entries(file: Path | str) -> tuple[list[Any], dict[KeyPath, int]]:
    """The configurations in a file, one or a list of them, and the lines of what is in the list."""
    if not Path(file).exists():
        raise InputError(
            f"{file}: no such file; name one with configurations, such as the best.yaml of a run"
        )
    document = load_yaml(file, f"{_RULE}; the best.yaml of a run has one when a trial is done")
    alone = isinstance(document.data, dict)
    entries = [document.data] if alone else document.data
    if (
        not isinstance(entries, list)
        or not entries
        or not all(isinstance(one, dict) and one for one in entries)
    ):
        raise InputError(f"{file}: {_RULE}{got(document.data)}")
    if alone and isinstance(document.data.get("space"), dict):
        raise InputError(f"{file}: is the file of a search; {_RULE}: the best.yaml of its run does")
    lines = {(0, *path) if alone else path: line for path, line in document.lines.items()}
    if alone:
        lines[0,] = min(lines.values())
    return entries, {path: line for path, line in lines.items() if path}


def _own(data: Any) -> list[Any] | None:
    """What the file enqueues itself; None where it is no list, or the section no mapping."""
    search = data.get("search", {}) if isinstance(data, dict) else None
    own = search.get("enqueue", []) if isinstance(search, dict) else None
    return list(own) if isinstance(own, list | tuple) else None


def _moved(source: Source, by: int, included: Mapping[KeyPath, tuple[str, int]]) -> Source:
    """The origins after so many entries, which come from elsewhere, were put before those there were."""
    lines = {_later(path, by): line for path, line in source.lines.items()}
    before = {_later(path, by): place for path, place in source.included.items()}
    there = {(*_PLACE, *path): place for path, place in included.items()}
    return replace(source, lines=lines, included={**before, **there})


def _later(path: KeyPath, by: int) -> KeyPath:
    if path[:2] != _PLACE or len(path) < 3 or not isinstance(path[2], int):
        return path
    return (*_PLACE, path[2] + by, *path[3:])


# -- what they say -----------------------------------------------------------------------------------------


def enqueued(spec: Spec, space: Space) -> list[Config]:
    """What each enqueued configuration of a checked `spec` gives of the parameters of `space`, as these have it."""
    parameters = {parameter.name: parameter for parameter in space.parameters}
    return [
        {name: typed(parameters[name], value) for name, value in given.items() if name in parameters}
        for given in spec.search.enqueue
    ]


def check_enqueued(spec: Spec) -> Iterator[Finding]:
    """Every enqueued configuration of a `spec` that is sound otherwise that cannot be tried."""
    from hpsearch.samplers.queue import Unfillable, queued

    given, most = spec.search.enqueue, spec.search.trials
    if not given:
        return
    if len(given) > most:
        rule = f"holds {len(given)} configurations, more than search.trials; raise that, or remove some"
        yield Finding(_PLACE, f"{rule}{got(most)}", (("search", "trials"),))
    space = build_space(spec)
    broken = [finding for place in range(len(given)) for finding in _check(spec, space, place)]
    yield from broken[:MOST_PROBLEMS]
    if not broken:
        try:
            queued(space, enqueued(spec, space), Streams(spec.seed))
        except Unfillable as error:
            yield Finding((*_PLACE, error.place), f"{error.rule}{got(given[error.place])}")


def _check(spec: Spec, space: Space, place: int) -> Iterator[Finding]:
    """The rules that one configuration breaks."""
    given = spec.search.enqueue[place]
    parameters = {parameter.name: parameter for parameter in space.parameters}
    for name, value in given.items():
        path = (*_PLACE, place, name)
        parameter = parameters.get(name)
        if parameter is None:
            if rule := _not_searched(space, name, value):
                yield Finding(path, f"{rule}{got(value)}")
            continue
        try:
            typed(parameter, value)
        except ValueError as error:
            yield Finding(path, f"{error}{got(value)}")
        else:
            if rule := _condition_broken(space, parameter, given):
                yield Finding(path, f"{rule}{got(value)}")


def _not_searched(space: Space, name: str, value: Value) -> str:
    """Why a value of what is no parameter of the space is refused; empty where it is what all have."""
    if name not in space.fixed:
        known = f"; known: {', '.join(space.names)}"
        return f"is no parameter of the space{did_you_mean(name, space.names) or known}"
    fixed = space.fixed[name]
    if fixed == value and isinstance(fixed, bool) == isinstance(value, bool):
        return ""
    return f"is not searched, and is {show(fixed)} in every trial; remove it, or search {name}"


def _condition_broken(space: Space, parameter: Parameter, given: Mapping[str, Value]) -> str:
    """The condition of a parameter that does not hold where it is given; empty where all do."""
    from hpsearch.space.conditions import allows

    for parent, values in parameter.when.items():
        asked = f"is only there where {parent} is {' or '.join(map(shown, values))}"
        if parent in space.names and parent not in given:
            return f"{asked}; give {parent} too, or remove it"
        if not allows(values, given.get(parent, space.fixed.get(parent))):
            return f"{asked}; remove it, or change {parent}"
    return ""


def typed(parameter: Parameter, value: Value) -> Value:
    """The value as the parameter has it: a learning rate of 1 is 1.0. Raises ValueError with the rule it breaks."""
    from hpsearch.space import Choice

    if isinstance(parameter, Choice):
        return _choice(parameter, value)
    scale = parameter.scale
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number")
    if not scale.low <= value <= scale.high:
        ends = f"{show(whole_shown(scale.low))} to {show(whole_shown(scale.high))}"
        raise ValueError(f"must be within space.{parameter.name}, {ends}; widen that, or leave it out")
    if parameter.kind == "real":
        return float(value)
    (nearest,) = parameter.decode(parameter.encode([value]))
    if nearest != value:
        raise ValueError(
            f"must be one of the values of space.{parameter.name}, of which {nearest} is nearest"
        )
    return nearest


def _choice(parameter: Parameter, value: Value) -> Value:
    if value in parameter:
        (found,) = parameter.decode(parameter.encode([value]))
        return found
    known = parameter.levels(0)
    hint = did_you_mean(shown(value), [shown(choice) for choice in known])
    raise ValueError(f"must be one of the values of space.{parameter.name}, {show(known)}{hint}")
