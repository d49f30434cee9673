"""Trials of an earlier search that a new one takes over with their results, where these would be no others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import groupby

from msgspec import structs

from hpsearch.config import Spec
from hpsearch.core.errors import InputError
from hpsearch.core.trial import Config, Epochs, Job, Result, Trial
from hpsearch.engine.plan import Halving, rungs
from hpsearch.engine.run import Run
from hpsearch.runs.records import Record, Reused

PLACE = "search.reuse"
#: How a training may have ended whose result is another's too: what failed is tried again.
_TAKEN = ("done", "diverged")


def taken_over(run: Run, spec: Spec, configs: Mapping[int, Config], behind: tuple[int, int]) -> list[Record]:
    """The records that make trials of `run` the first of the search of `spec`, which has its objective and seed.

    They keep their seeds and results: a round for each length of training, and for each seed of confirmation.

    Args:
        configs: those of its trials that may be taken over, by their numbers there, as the new space has them.
        behind: how many trials and rounds the new search has already.
    """
    halving = spec.search.halving
    levels = rungs(spec.objective.epochs, None if halving is None else Halving(halving.eta, halving.least))
    found = _results(run, configs.keys(), levels)
    first, round_number = behind
    trials, reached, records = dict[int, Trial](), dict[int, Epochs](), list[Record]()
    for (replicate, epochs), group in groupby(found, key=lambda result: (result.replicate, result.epochs)):
        jobs, results = list[Job](), list[Result]()
        for result in group:
            old = result.trial
            if old not in trials:
                seed = run.trials[old].seed
                trials[old] = Trial(first + len(trials), round_number, configs[old], seed)
            start = 0 if replicate else reached.get(old, 0)
            jobs.append(Job(trials[old], epochs, start=start, replicate=replicate))
            # As it was recorded: after its last epoch.
            recorded = {"metrics": result.at_last, "best": 0, "last": None}
            results.append(structs.replace(result, trial=trials[old].number, **recorded))
            reached[old] = epochs
        records += [jobs, *results]
        round_number += 1
    return [*records, Reused(run.name, list(trials))] if trials else []


def _results(run: Run, numbers: Collection[int], levels: Collection[Epochs]) -> Iterable[Result]:
    """What ended well of these trials at these lengths, by seeds, lengths and trials.

    Of a confirmation only that of a trial that was trained in full, as this search would have asked for it.
    """
    kept = [
        result
        for result in run.results
        if result.trial in numbers and result.epochs in levels and result.status in _TAKEN
    ]
    searched = {(result.trial, result.epochs) for result in kept if not result.replicate}
    kept = [result for result in kept if (result.trial, result.epochs) in searched]
    return sorted(kept, key=lambda result: (result.replicate, result.epochs, result.trial))


def refuse_all_taken(spec: Spec, taken: int) -> None:
    """Raise InputError where so many trials that are `taken` over leave none of those asked for to be made."""
    if taken >= spec.search.trials:
        raise InputError(
            f"{PLACE}: all {spec.search.trials} trials asked for are made already ({taken} are); ask for more with "
            f"--trials, as {2 * taken}, or leave it out"
        )
