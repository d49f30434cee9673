"""A search around the best of another: its file, and what it learns from its parent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hpsearch.analysis.narrowing import Change, described, refine
from hpsearch.analysis.refined import refined_spec
from hpsearch.analysis.verdicts.edges import pressed_ends
from hpsearch.config import Spec, build_space
from hpsearch.core.errors import InputError
from hpsearch.core.trial import Config
from hpsearch.core.words import spoken
from hpsearch.engine.best_epochs import all_counted
from hpsearch.engine.run import Run
from hpsearch.runs import RunFolder
from hpsearch.runs.records import Inheritance
from hpsearch.space import Space


@dataclass(frozen=True, slots=True)
class Refinement:
    """A new search, where it goes, and what became of each range."""

    spec: Spec
    folder: RunFolder
    changes: list[Change]


def refinement(parent: Run, *, top: int, widen: bool) -> Refinement:
    """The search around the `top` best of the run `parent`, with its settings.

    Raises:
        InputError: no trial is done, fewer than `top` are, or nothing is left to search.
    """
    spec, ranked, path = parent.spec, parent.ranked, parent.folder.path
    if not ranked:
        raise InputError(f"{path}: no trial is done, so there is no best to search around")
    if top > len(ranked):
        raise InputError(f"--top {top}: must be at most {len(ranked)}, the trials of {path} that are done")
    best = [standing.trial.config for standing in ranked[:top]]
    pressed = pressed_ends(parent) if widen else []
    changes = refine(parent.space, best, {end.edge.parameter: end.edge for end in pressed})
    folder = _next_folder(parent.folder)
    return Refinement(refined_spec(spec, changes, name=folder.path.name), folder, changes)


def _next_folder(parent: RunFolder) -> RunFolder:
    """The first of `digits-refined`, `digits-refined-2`, ... that is not there yet."""
    stem = f"{parent.path.name}-refined"
    names = (stem if number == 1 else f"{stem}-{number}" for number in range(1, 10_000))
    return next(
        RunFolder.named(parent.path.parent, name)
        for name in names
        if not (Path(parent.path.parent) / name).exists()
    )


def inheritance(parent: Run, spec: Spec) -> Inheritance:
    """What a search of `spec` can learn from the run `parent`: its trials that lie in the new space.

    Failed trials are left out: what they say of the space is in the ranges already.
    """
    space, metric = build_space(spec), spec.search.ranks_by
    values: dict[int, dict[int, float]] = {}
    for result in all_counted(parent.results, metric):
        if result.status == "done" and not result.replicate:
            values.setdefault(result.trial, {})[result.epochs] = result.metrics[metric.name]
    configs = {number: _restricted(parent.trials[number].config, space) for number in sorted(values)}
    kept = [number for number, config in configs.items() if config in space]
    return Inheritance([configs[number] for number in kept], [values[number] for number in kept])


def _restricted(config: Config, space: Space) -> Config:
    """`config` without what the space has fixed to the same value; nothing where it has fixed another."""
    agrees = all(space.fixed.get(name, value) == value for name, value in config.items())
    return {name: value for name, value in config.items() if name in space.names} if agrees else {}


def told(changes: Sequence[Change]) -> str:
    """The ranges before and after, a line each."""
    width = max(len(spoken(change.name)) for change in changes)
    lines = []
    for change in changes:
        before, after = described(change.before), described(change.after)
        how = " (widened)" if change.edge else " (fixed)" if change.fixed else ""
        arrow = f"{before} -> {after}{how}" if before != after else f"{before} (as before)"
        lines.append(f"{spoken(change.name):<{width}}  {arrow}")
    return "\n".join(lines)
