"""The searches that are compared, single ones or groups of seeds; and what cannot be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import combinations
from pathlib import Path

from msgspec import Struct

from hpsearch.analysis.comparison import bests, same_rows
from hpsearch.config.identity import Setting, side_by_side
from hpsearch.config.origins import show
from hpsearch.core.errors import InputError
from hpsearch.core.metric import Metric
from hpsearch.core.trial import Epochs
from hpsearch.engine.run import Run
from hpsearch.reporting.page.found import Found
from hpsearch.reporting.page.progress import Reading, read
from hpsearch.runs import RunFolder
from hpsearch.runs.contents import asked_in
from hpsearch.runs.folder import NAME
from hpsearch.runs.journal import replay
from hpsearch.runs.times import TimesReader

#: What begins the keys that say what is learned from.
_DATA = ("objective.dataset", "objective.kind")
#: Settings that are no part of what a search is: its name, where it runs, and when it is stopped.
_FREE = ("name", "parent", "dispatch", "search.time_limit", "search.max_failures")


class Group(Struct, frozen=True, dict=True):
    """The searches of one argument, which differ in their seeds alone."""

    name: str
    runs: Sequence[Run]

    @property
    def first(self) -> Run:
        """The one whose settings stand for all."""
        return self.runs[0]

    @cached_property
    def readings(self) -> Sequence[tuple[Sequence[Reading], Epochs]]:
        """Of each search its readings, in the order asked for, and the epochs that it spent."""
        return [read(_in_order(run)) for run in self.runs]

    @cached_property
    def bests(self) -> Sequence[float]:
        """Of each search what its best has."""
        return bests(self.runs)


def groups(runs_dir: Path, given: Sequence[str]) -> list[Group]:
    """The runs of each argument. Raises as `compare`."""
    if len(given) < 2:
        raise InputError("compare: takes two runs or more, or groups of seeds: A1,A2,A3 B1,B2,B3")
    found = [_group(runs_dir, text) for text in given]
    runs = [run for group in found for run in group.runs]
    for one, other in combinations(runs, 2):
        if one.folder.path.resolve() == other.folder.path.resolve():
            raise InputError(f"{other.name}: is given twice; a search is not compared with itself")
    for run in runs[1:]:
        _refuse_other(runs[0], run)
    if len({group.name for group in found}) < len(found):
        raise InputError("compare: two groups have the same name; name them: A=A1,A2 B=B1,B2")
    return found


def _group(runs_dir: Path, text: str) -> Group:
    name, between, rest = text.partition("=")
    named = bool(between and NAME.fullmatch(name))
    parts = [part for part in (rest if named else text).split(",") if part]
    if not parts:
        raise InputError(f"{text!r}: names no run")
    runs = [Run.read(RunFolder.existing(runs_dir, part)) for part in parts]
    _refuse_mixed(runs)
    return Group(name if named else _called([run.name for run in runs]), runs)


def _called(names: Sequence[str]) -> str:
    """What searches of these names are called together.

    >>> _called(["grid-1", "grid-2"]), _called(["a", "b", "c"]), _called(["a"])
    ('grid', 'a and 2 more', 'a')
    """
    if len(names) == 1:
        return names[0]
    alike = 0
    while alike < min(map(len, names)) and len({name[alike] for name in names}) == 1:
        alike += 1
    return names[0][:alike].rstrip("0123456789._-") or f"{names[0]} and {len(names) - 1} more"


def _refuse_mixed(runs: Sequence[Run]) -> None:
    """Raise InputError unless the searches of a group differ in their seeds, and in nothing else."""
    for one, other in combinations(runs, 2):
        if keys := [key for key in differing([one, other]) if key != "seed"]:
            raise InputError(
                f"{one.name},{other.name}: are no group, for they differ in {', '.join(keys)}; the searches of a "
                f"group differ in seed alone"
            )
        if one.spec.seed == other.spec.seed:
            raise InputError(
                f"{one.name},{other.name}: have the same seed, {one.spec.seed}, and so are one search; give each "
                f"its own"
            )


def _refuse_other(one: Run, other: Run) -> None:
    """Raise InputError unless both were measured by the same metric on the same data."""
    if one.spec.search.ranking != other.spec.search.ranking:
        raise InputError(
            f"{other.name} ranks by {_ranking(other)}, {one.name} by {_ranking(one)}: they cannot be compared"
        )
    if (keys := _other_data(one, other)) is not None:
        values = side_by_side([one.spec, other.spec])
        told = ", ".join(f"{key} {_shown(values[1], key)} and {_shown(values[0], key)}" for key in keys)
        raise InputError(
            f"{other.name} was measured on other data than {one.name}: they cannot be compared "
            f"({told or 'the files have changed in between'})"
        )


def _other_data(one: Run, other: Run) -> list[str] | None:
    """The settings by which the data differs, none of which may; None where it is the same.

    Seeds divide it into other parts, of which a fingerprint is too: beside another seed that tells nothing.
    """
    if same_rows(one, other):
        return None
    keys = [key for key in differing([one, other]) if key.startswith(_DATA)]
    divided = one.spec.seed != other.spec.seed and one.rows == other.rows
    return None if divided and not keys else keys


def _ranking(run: Run) -> str:
    told = " and ".join(map(_told, run.spec.search.ranking))
    return f"the fronts of {told}" if run.beside else told


def _told(metric: Metric) -> str:
    best = ", of its best epoch" if metric.value == "best" else ""
    return f"{metric.name} ({metric.goal}{best})"


def differing(runs: Sequence[Run]) -> list[str]:
    """The settings of a search that do not mean the same in all, in the order of the file."""
    values = side_by_side([run.spec for run in runs])
    keys = dict.fromkeys(key for some in values for key in some)
    return [
        key
        for key in keys
        if not any(key == free or key.startswith(f"{free}.") for free in _FREE)
        and len({some[key].meant if key in some else None for some in values}) > 1
    ]


def _shown(values: Mapping[str, Setting], key: str) -> str:
    return show(values[key].written if key in values else None)


def _in_order(run: Run) -> Found:
    records, _, _ = replay(run.folder.journal, TimesReader(str(run.folder.journal)))
    return Found(run, asked=asked_in(records))
