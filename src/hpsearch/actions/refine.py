"""A search around the best of another: its file, and what it learns from its parent."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from hpsearch.analysis.narrowing import Change, described, refine, settled
from hpsearch.analysis.refined import refined_spec
from hpsearch.analysis.verdicts.edges import pressed_ends
from hpsearch.config import Spec, load_recorded
from hpsearch.config.schema import FLIGHT, LONGEST_NAME
from hpsearch.core.errors import InputError
from hpsearch.core.trial import Value
from hpsearch.core.words import spoken
from hpsearch.engine.run import Run
from hpsearch.runs import RunFolder
from hpsearch.space import Integer, Parameter, Real, Steps

#: So many of the best are searched around, where there are, unless asked for otherwise.
_TOP = 5
#: More digits than this no float has.
_ALL_DIGITS = 17


class Refinement(Struct, frozen=True):
    """A new search, where it goes, and what became of each range."""

    spec: Spec
    folder: RunFolder
    changes: list[Change]


def refinement(
    parent: Run, *, top: int | None = None, widen: bool, flight_of_trials: bool = False
) -> Refinement:
    """The search around the `top` best of the run `parent`, with its settings; around five where there are.

    Args:
        parent: with its settings, or others in place of them.
        top: how many; None for five, or all where there are fewer.
        widen: whether the end of a range moves that the best value presses on.
        flight_of_trials: whether it follows from its own number of trials how many trainings are in flight.

    Raises:
        InputError: no trial is done, fewer than `top` are, or nothing is left to search.
    """
    spec, ranked, path = parent.spec, parent.ranked, parent.folder.path
    if not ranked:
        raise InputError(f"{path}: no trial is done, so there is no best to search around")
    if top is None:
        top = min(_TOP, len(ranked))
    elif top > len(ranked):
        raise InputError(f"--top {top}: must be at most {len(ranked)}, the trials of {path} that are done")
    best = [standing.trial.config for standing in ranked[:top]]
    pressed = pressed_ends(parent) if widen and not parent.beside else []
    narrowed = refine(parent.space, best, {end.edge.parameter: end.edge for end in pressed})
    changes = settled(parent.space, narrowed)
    folder = _next_folder(parent.folder)
    refined = refined_spec(spec, changes, name=folder.path.name, flight_of_trials=flight_of_trials)
    return Refinement(refined, folder, changes)


def flight_left_open(parent: RunFolder, given: Sequence[tuple[str, str]]) -> bool:
    """Whether nobody said how many trainings are in flight: not now, and the parent has what its trials make of it.

    Its config.yaml is complete, and does not say which of its settings were given.

    Args:
        parent: its folder.
        given: settings in place of those of its config.yaml: how each was written, and `key=value`.

    Raises:
        InputError: that file cannot be used.
    """
    named = {text.partition("=")[0].strip() for _, text in given}
    said = named & {"search", *(f"search.{name}" for name in FLIGHT)}
    return not said and load_recorded(parent.config).search.flight_is_usual


def _next_folder(parent: RunFolder) -> RunFolder:
    """The first of `digits-refined`, `digits-refined-2`, ... that is not there yet."""
    endings = ("-refined" if number == 1 else f"-refined-{number}" for number in range(1, 10_000))
    # A name has at most so many letters, and what it ends in tells it from its parent's.
    names = (f"{parent.path.name[: LONGEST_NAME - len(ending)]}{ending}" for ending in endings)
    return next(
        RunFolder.named(parent.path.parent, name)
        for name in names
        if not (Path(parent.path.parent) / name).exists()
    )


def told(changes: Sequence[Change]) -> str:
    """The ranges before and after, a line each."""
    width = max(len(spoken(change.name)) for change in changes)
    return "\n".join(f"{spoken(change.name):<{width}}  {_told(change)}" for change in changes)


def _told(change: Change) -> str:
    if change.after is None:
        return f"{described(change.before)} -> left out: its condition cannot hold any more"
    before, after = described(change.before), described(change.after)
    if before == after and _bounds(change.before) == _bounds(change.after):
        return f"{before} (as before)"
    if before == after:
        before, after = (described(one, _ALL_DIGITS) for one in (change.before, change.after))
    how = " (widened)" if change.edge else " (fixed)" if change.fixed else ""
    return f"{before} -> {after}{how}"


def _bounds(parameter: Parameter | Value) -> tuple[float, float] | None:
    return (
        (parameter.scale.low, parameter.scale.high) if isinstance(parameter, Real | Integer | Steps) else None
    )
