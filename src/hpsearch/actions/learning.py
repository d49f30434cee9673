"""What a new search learns from earlier runs: which of their trials lie in its space, and how much they count."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from msgspec.structs import replace

from hpsearch.actions.reusing import Lesson, Placed, Source, TakenOver, refuse_all_taken, taken_over
from hpsearch.analysis.levelled import levelled
from hpsearch.config import Spec, build_space, changed_keys
from hpsearch.config.enqueue import typed
from hpsearch.core.errors import InputError
from hpsearch.core.trial import Epochs, Value
from hpsearch.engine.best_epochs import all_counted
from hpsearch.engine.run import Run
from hpsearch.objectives.base import Workload
from hpsearch.reporting.text import lesson
from hpsearch.runs import RunFolder
from hpsearch.runs.records import Hint, Inheritance, Record
from hpsearch.samplers.sampler import Key as ConfigKey
from hpsearch.samplers.sampler import config_key
from hpsearch.space import Space

Learned: TypeAlias = Inheritance | Hint
_PLACE = "search.learn_from"
_GOES_ON = "; it goes on, and what it finds from here on is not learned"


def learned(
    spec: Spec,
    workload: Workload,
    folder: RunFolder | None,
    parents: Sequence[Path],
    tell: Callable[[str], object],
) -> list[Lesson]:
    """What the search of `spec` in `folder` learns from its `parents` and from the runs that its file names.

    Where the file wants it, trials of the latter become its own first ones. `tell` is told of each.

    Raises:
        InputError: one of them is not there, is this one, or has nothing to learn from; or they have tried all
            there is, or all that is asked for.
        RunFolderError: one cannot be read.
    """
    if spec.search.ranking[1:]:  # what would be learned is one value of each trial
        if spec.search.learn_from:
            raise InputError(
                f"{_PLACE}: a search that ranks by several metrics learns from no run; remove it"
            )
        return []
    sources, seen = list[Source](), dict[str, str]()
    if folder is not None:
        seen[os.path.realpath(folder.path)] = "is this search itself"
    for path in (*parents, *map(Path, spec.search.learn_from)):
        place = os.path.realpath(path)
        if place in seen:
            raise InputError(f"{_PLACE}: {_shown(path)} {seen[place]}; remove it")
        seen[place] = "is named twice"
        sources.append(_source(spec, workload, path, own=path in parents, tell=tell))
    again = taken_over(sources, spec, tell) if spec.search.reuse else TakenOver()
    _refuse_exhausted(build_space(spec), sources, folder=parents[0] if parents else None)
    refuse_all_taken(spec, len(again.configs))
    return [*(_without(one.learned, again.configs) for one in sources), *again.lessons]


def _source(
    spec: Spec, workload: Workload, path: Path, *, own: bool, tell: Callable[[str], object]
) -> Source:
    """What the run at `path` has for the search of `spec`; of its `own` parent's results nothing is told."""
    run = Run.read(_existing(path), curves=spec.search.reuse or spec.search.value == "best")
    values = _values(run, spec)
    placed = _all_placed(run, spec, values)
    one = _learned(run, spec, workload, placed, of=len(values))
    if own and isinstance(one, Inheritance):
        one = replace(one, source="", of=0)  # config.yaml names the parent, whose results count as ever
    else:
        tell(f"learns from {lesson(one)}" + (_GOES_ON if run.state == "running" else ""))
    return Source(run, placed, one)


def _existing(path: Path) -> RunFolder:
    folder = RunFolder(path)
    if not folder.recorded:
        raise InputError(
            f"{_PLACE}: no run is recorded in {_shown(path)}; name the folder of one, such as runs/digits"
        )
    folder.refuse_symlink()
    return folder


def _shown(path: Path) -> str:
    """The path as it is seen from here, where it lies below."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _without(one: Learned, taken: Collection[ConfigKey]) -> list[Record]:
    """The same without what is taken over, of which the search has the results themselves; empty if that is all."""
    if isinstance(one, Hint):
        return [one]
    left = [place for place, config in enumerate(one.configs) if config_key(config) not in taken]
    if not left:
        return []
    configs, values = [one.configs[place] for place in left], [one.values[place] for place in left]
    return [replace(one, configs=configs, values=values)]


def _all_placed(run: Run, spec: Spec, values: Mapping[int, Mapping[Epochs, float]]) -> list[Placed]:
    """The trials of `run` that ended well, with `values`, and lie in the space of `spec`, of which there is one.

    Raises:
        InputError: there is none.
    """
    space, where = build_space(spec), _shown(run.folder.path)
    if not values:
        raise InputError(
            f"{_PLACE}: no trial of {where} is done with a {spec.search.ranks_by.name}; remove it, or resume it "
            f"first"
        )
    placed = [one for number in values if (one := _placed(run, number, values[number], space))]
    if not placed:
        raise InputError(
            f"{_PLACE}: none of the trials of {where} lies in this space, {len(values)} of which are done; "
            f"remove it, or widen the space"
        )
    return placed


def _learned(run: Run, spec: Spec, workload: Workload, placed: Sequence[Placed], *, of: int) -> Learned:
    configs, values = [one.config for one in placed], [one.values for one in placed]
    if why := _differences(run, spec, workload, placed):
        return Hint(configs, levelled(values), run.name, of, why)
    return Inheritance(configs, values, run.name, of)


def _values(run: Run, spec: Spec) -> dict[int, dict[Epochs, float]]:
    """The metric of each trial by epochs, as far as it ended well."""
    metric, found = spec.search.ranks_by, dict[int, dict[Epochs, float]]()
    for result in all_counted(run.results, metric):
        if result.status == "done" and not result.replicate and metric.name in result.metrics:
            value = result.metrics[metric.name]
            if math.isfinite(value):
                found.setdefault(result.trial, {})[result.epochs] = value
    return {number: found[number] for number in sorted(found)}


# -- where a trial lies ------------------------------------------------------------------------------------


def _placed(run: Run, number: int, values: Mapping[Epochs, float], space: Space) -> Placed | None:
    """A trial of `run` in the new `space`; None where it lies outside.

    Where its configuration says nothing of a parameter, it has what its run's file says.
    """
    config = run.trials[number].config
    known = {**run.spec.objective.values, **run.space.constants, **config}
    if any(space.fixed[name] != known[name] for name in config.keys() & space.fixed.keys()):
        return None
    given: dict[str, Value] = dict(space.constants)
    if any(known.get(name, value) != value for name, value in given.items()):
        return None
    outside = set()
    for parameter in space.parameters:
        if parameter.name in known:
            try:
                given[parameter.name] = typed(parameter, known[parameter.name])
            except ValueError:
                outside.add(parameter.name)
    active = (*space.active(given), *space.constants)
    if not outside.isdisjoint(active):
        return None
    found = {name: given[name] for name in active if name in given}
    unknown = tuple(name for name in active if name not in given)
    if not unknown and found not in space:
        return None
    return Placed(number, found, unknown, values)


# -- how much it counts ------------------------------------------------------------------------------------


def _differences(run: Run, spec: Spec, workload: Workload, placed: Sequence[Placed]) -> str:
    """Why a run is no more than a hint to the search of `spec`, in words; empty where its results count as such."""
    found = ["other data"] if workload.changed(run.data) else []
    if any(code != workload.code() for code in run.codes.versions):  # none where it was not recorded
        found.append("other code")
    if other := _other_settings(run.spec, spec):
        found.append(f"another {', '.join(other)}")
    names = {name for trial in run.trials.values() for name in trial.config}
    if lost := sorted(names - {*spec.space, *spec.objective.values}):
        found.append(f"it had {', '.join(lost)}")
    if unknown := sorted({name for one in placed for name in one.unknown}):
        found.append(f"it had no {', '.join(unknown)}")
    return ", ".join(found)


def _other_settings(old: Spec, new: Spec) -> list[str]:
    """The settings of the objective that differ, but for those that are searched and those of the data."""
    if old.objective.kind != new.objective.kind:
        return ["kind"]
    apart = {*old.space, *new.space, *new.objective.fingerprinted}
    found = (key.removeprefix("objective.") for key in changed_keys(old, new) if key.startswith("objective."))
    return [name for name in found if name not in apart and name.split(".")[0] not in apart]


def _refuse_exhausted(space: Space, sources: Sequence[Source], folder: Path | None) -> None:
    """Raise InputError where the results that count as such leave nothing to try: those of a parent's `folder`."""
    counting = [one.learned for one in sources if isinstance(one.learned, Inheritance)]
    known = {config_key(config) for learned in counting for config in learned.configs}
    if space.size is None or len(known) < space.size:
        return
    if folder is not None:
        raise InputError(
            f"{folder}: has tried all {space.size} configurations around its best; "
            f"take more of these (--top), or widen a range by hand (--dry-run prints the file)"
        )
    names = ", ".join(learned.source for learned in counting)
    raise InputError(
        f"{_PLACE}: {names} has tried all {space.size} configurations of this space; widen it, or remove that"
    )
