"""Which settings of a recorded search another configuration would change."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any, NamedTuple

from hpsearch.config.build import parameter_of, typed
from hpsearch.config.fields import AUTO
from hpsearch.config.origins import KeyPath, dotted
from hpsearch.config.places import SECTION, as_written, is_path
from hpsearch.config.schema import Choices, Fixed, Spec
from hpsearch.config.yaml.dump import parameter_written

_TRIALS: KeyPath = ("search", "trials")
#: Left out of a fingerprint where there are none, as it was before they were known.
_REQUIRE: KeyPath = ("require",)
_ENQUEUE: KeyPath = ("search", "enqueue")
#: What was learned from them is in the journal, wherever they are by now.
_LEARN_FROM: KeyPath = ("search", "learn_from")
_SPACE = "space"
#: As long as the data has not decided it is what it was before there was anything to decide.
_LEAST: KeyPath = ("search", "halving", "min_epochs")
#: When a search stops and where it runs: what may change without changing any trial that was recorded.
_FREE: tuple[KeyPath, ...] = (
    ("name",),
    ("search", "target"),
    ("search", "time_limit"),
    ("search", "max_failures"),
    ("search", "confirm"),
    ("dispatch",),
)


def changed_keys(recorded: Spec, wanted: Spec) -> list[str]:
    """The keys with which `wanted` would not continue the search of `recorded`, in the order of the file.

    More or fewer trials continue a search, unless they decide which points a grid has: those of its ranges.
    """
    free = [*_free(recorded), *_unbinding(wanted), *_places(recorded, wanted)]
    if all(isinstance(given, Choices) for given in recorded.space.values()):
        free.append(_TRIALS)
    changed = [*_differences(recorded.model_dump(), wanted.model_dump()), *_order(recorded, wanted)]
    changed += [] if _ENQUEUE in changed else _written_otherwise(recorded, wanted)
    return [dotted(path) for path in changed if not any(path[: len(start)] == start for start in free)]


class Setting(NamedTuple):
    """A setting of a search: how it is written, and the same for all that mean the same."""

    written: Any
    meant: str


def settings(spec: Spec) -> dict[str, Setting]:
    """Every setting that has an effect, by its key: `search.trials`, and `space.lr` as a whole.

    How it is written makes no difference: a default is there whether the file has it or not, choices of numbers in
    whichever order, and what the space fixes is a setting of the objective where that has one of the name.
    """
    data = {**spec.model_dump(exclude={_SPACE}), SECTION: _of_objective(spec)}
    found = {dotted(path): Setting(value, repr(value)) for path, value in _values(data)}
    searched = {name: given for name, given in spec.space.items() if not _is_field(spec, name)}
    return found | {f"{_SPACE}.{name}": _of_parameter(spec, name) for name in searched}


def side_by_side(specs: Sequence[Spec]) -> list[dict[str, Setting]]:
    """The settings of each; what one searches is below `space` in all, also where another has one value for it."""
    found = [settings(spec) for spec in specs]
    searched = {key for told in found for key in told if key.startswith(f"{_SPACE}.")}
    return [
        told if spec.objective.free else {_beside(key, searched): setting for key, setting in told.items()}
        for spec, told in zip(specs, found, strict=True)
    ]


def _beside(key: str, searched: Collection[str]) -> str:
    section, _, name = key.partition(".")
    below = f"{_SPACE}.{name}"
    return below if section == SECTION and below in searched else key


def _of_objective(spec: Spec) -> dict[str, Any]:
    """Its settings, without those in whose place the space always has values."""
    told = spec.objective.meant()
    if spec.objective.free:
        return told
    for name, given in spec.space.items():
        if isinstance(given, Fixed):
            told[name] = typed(spec, name, given.value)
        elif not given.when:
            told.pop(name, None)
    return told


def _is_field(spec: Spec, name: str) -> bool:
    return isinstance(spec.space[name], Fixed) and not spec.objective.free


def _of_parameter(spec: Spec, name: str) -> Setting:
    given = spec.space[name]
    meant = typed(spec, name, given.value) if isinstance(given, Fixed) else parameter_of(spec, name)
    if not isinstance(given, Fixed):  # in whichever order its conditions stand
        meant = replace(meant, when=dict(sorted(meant.when.items())))
    return Setting(parameter_written(given), repr(meant))


def digest(spec: Spec, *, trials: int | None = None) -> str:
    """A fingerprint of everything in `spec` that the results of its search depend on.

    Args:
        trials: in place of those of `spec`; the fingerprint of a grid holds how many it was begun with.
    """
    objective = spec.objective
    places = [(SECTION, *key) for key in objective.paths if is_path(_value(objective, key))]
    return _digest(spec, spec.model_dump(), places, trials)


def former_digest(spec: Spec, written: Mapping[str, Any], *, trials: int | None = None) -> str:
    """The same as 0.1.0 made it, which counted the paths too: those of `written`, the objective as recorded."""
    data, objective = spec.model_dump(), spec.objective
    there = (key for key in objective.paths if _value(objective, key) is not None)
    for key in [*there, *((name,) for name in objective.references)]:
        _put(data[SECTION], key, as_written(written, key))
    return _digest(spec, data, [], trials)


def _put(section: dict[str, Any], key: tuple[str, ...], value: Any) -> None:
    *way, last = key
    for step in way:
        section = section[step]
    section[last] = value


def _digest(spec: Spec, data: dict[str, Any], places: Sequence[KeyPath], trials: int | None) -> str:
    if trials is not None:
        _put(data, ("search", "trials"), trials)
    fingerprinted = [(SECTION, name) for name in spec.objective.fingerprinted]
    free = [*_free(spec), ("parent",), _LEARN_FROM, *fingerprinted, *places, *_as_ever(spec)]
    values = [
        [dotted(path), 1 if path == _LEAST and value == AUTO else value]
        for path, value in _values(data)
        if not any(path[: len(start)] == start for start in free) and (path != _REQUIRE or value)
    ]
    return sha256(json.dumps(values, default=str).encode()).hexdigest()


def _values(data: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    if isinstance(data, Mapping) and data:
        for key, value in data.items():
            yield from _values(value, (*path, key))
    else:
        yield path, data


def _free(spec: Spec) -> list[KeyPath]:
    trials = [] if spec.search.sampler == "grid" else [_TRIALS]
    return [*_FREE, *trials, *_unbinding(spec)]


def _as_ever(spec: Spec) -> list[KeyPath]:
    """Settings that earlier versions did not have, where they mean what those did: no part of a fingerprint."""
    searched = [("search", "value")] if spec.search.value == "last" else []
    searched += [("search", "budget")] if spec.search.budget == "epochs" else []
    searched += [
        ("search", name) for name in ("overlap", "enqueue", "reuse") if not getattr(spec.search, name)
    ]
    return [*searched, *((SECTION, name) for name in spec.objective.as_before())]


def _unbinding(spec: Spec) -> list[KeyPath]:
    return [(SECTION, name) for name in spec.objective.unbinding]


def _places(recorded: Spec, wanted: Spec) -> list[KeyPath]:
    """What both have as a path: where it leads is looked at, not how it is written."""
    before, after = recorded.objective, wanted.objective
    return [
        (SECTION, *key)
        for key in before.paths
        if type(before) is type(after) and is_path(_value(before, key)) and is_path(_value(after, key))
    ]


def _value(section: Any, key: tuple[str, ...]) -> Any:
    for step in key:
        section = getattr(section, step, None)  # a section that is not there has no path either
    return section


def _differences(before: Any, after: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    """The paths where the two differ: into mappings as far as both have the key, else as a whole."""
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        if before != after:
            yield path
        return
    for key in {**before, **after}:
        if key in before and key in after:
            yield from _differences(before[key], after[key], (*path, key))
        else:
            yield (*path, key)


def _order(recorded: Spec, wanted: Spec) -> list[KeyPath]:
    """The space as a whole where only the order of its parameters differs: they are drawn in that order."""
    before, after = list(recorded.space), list(wanted.space)
    return [("space",)] if before != after and sorted(before) == sorted(after) else []


def _written_otherwise(recorded: Spec, wanted: Spec) -> list[KeyPath]:
    """What is enqueued, where it is equal but written otherwise, as 1 for 1.0: a fingerprint holds how."""
    before, after = (json.dumps(spec.search.enqueue) for spec in (recorded, wanted))
    return [_ENQUEUE] if before != after else []
