"""A search around the best of another: its file, and what it learns from its parent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hpsearch.analysis.narrowing import Change, described, refine, settled
from hpsearch.analysis.refined import refined_spec
from hpsearch.analysis.verdicts.edges import pressed_ends
from hpsearch.config import Spec, build_space
from hpsearch.config.schema import LONGEST_NAME
from hpsearch.core.errors import InputError
from hpsearch.core.trial import Config, Epochs, Value
from hpsearch.core.words import spoken
from hpsearch.engine.best_epochs import all_counted
from hpsearch.engine.run import Run
from hpsearch.runs import RunFolder
from hpsearch.runs.records import Inheritance
from hpsearch.samplers.sampler import config_key
from hpsearch.space import Integer, Parameter, Real, Space, Steps

#: So many of the best are searched around, where there are, unless asked for otherwise.
_TOP = 5
#: More digits than this no float has.
_ALL_DIGITS = 17


@dataclass(frozen=True, slots=True)
class Refinement:
    """A new search, where it goes, and what became of each range."""

    spec: Spec
    folder: RunFolder
    changes: list[Change]


def refinement(parent: Run, *, top: int | None = None, widen: bool) -> Refinement:
    """The search around the `top` best of the run `parent`, with its settings; around five where there are.

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
    return Refinement(refined_spec(spec, changes, name=folder.path.name), folder, changes)


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


def inheritance(parent: Run, spec: Spec) -> Inheritance:
    """What a search of `spec` can learn from the run `parent`: its trials that lie in the new space.

    Failed trials are left out: what they say of the space is in the ranges already. Where several metrics rank it
    learns nothing: what it would be told is one value of each trial.
    """
    if spec.search.ranking[1:]:
        return Inheritance([], [])
    space, metric = build_space(spec), spec.search.ranks_by
    values: dict[int, dict[Epochs, float]] = {}
    for result in all_counted(parent.results, metric):
        if result.status == "done" and not result.replicate:
            values.setdefault(result.trial, {})[result.epochs] = result.metrics[metric.name]
    configs = {number: _restricted(parent.trials[number].config, space) for number in sorted(values)}
    kept = [number for number, config in configs.items() if config in space]
    return Inheritance([configs[number] for number in kept], [values[number] for number in kept])


def _restricted(config: Config, space: Space) -> Config:
    """`config` without what the space has fixed to the same value; nothing where it has fixed another."""
    agrees = all(space.fixed.get(name, value) == value for name, value in config.items())
    return {name: value for name, value in config.items() if name in space.recorded} if agrees else {}


def check_untried(parent: Run, spec: Spec, known: Inheritance) -> None:
    """Raise InputError where the run `parent` has tried all that `spec` holds."""
    space = build_space(spec)
    if space.size is not None and len(set(map(config_key, known.configs))) >= space.size:
        raise InputError(
            f"{parent.folder.path}: has tried all {space.size} configurations around its best; "
            f"take more of these (--top), or widen a range by hand (--dry-run prints the file)"
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
