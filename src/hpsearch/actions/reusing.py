"""Trials of earlier searches that a new one takes over with their results, where these would be no others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeAlias

from msgspec import Struct, structs

from hpsearch.config import Spec
from hpsearch.core.errors import InputError
from hpsearch.core.trial import Config, Epochs, Job, Result, Trial
from hpsearch.engine.plan import Halving, rungs
from hpsearch.engine.run import Run
from hpsearch.runs.records import Hint, Inheritance, Record, Reused
from hpsearch.samplers.sampler import Key as ConfigKey
from hpsearch.samplers.sampler import config_key

PLACE = "search.reuse"
#: How a training may have ended whose result is another's too: what failed is tried again.
_TAKEN = ("done", "diverged")
#: What a new journal has of one run, or of the trials of one.
Lesson: TypeAlias = Sequence[Record]


class Placed(Struct, frozen=True):
    """A trial of an earlier run as a configuration of the new space, and its metric by epochs.

    `number` is that which it has there. `unknown` are the parameters of which it has no value, since its run did
    not have them.
    """

    number: int
    config: Config
    unknown: tuple[str, ...]
    values: Mapping[Epochs, float]


class Source(Struct, frozen=True):
    """An earlier run, those of its trials that lie in the new space, and what is learned of them."""

    run: Run
    placed: Sequence[Placed]
    learned: Inheritance | Hint

    @property
    def counts(self) -> bool:
        """Whether its results are those of the new search, and it is no parent of it."""
        return isinstance(self.learned, Inheritance) and bool(self.learned.source)


class _Made(Struct, frozen=True):
    """A trial of an earlier run, as the new space has it, with the results that the new search would ask for."""

    run: Run
    trial: Trial
    results: Sequence[Result]

    @property
    def key(self) -> ConfigKey:
        """Of its configuration."""
        return config_key(self.trial.config)

    @property
    def far(self) -> tuple[Epochs, int]:
        """How far it was trained, and in how many trainings."""
        return max((result.epochs for result in self.results), default=0), len(self.results)


@dataclass
class TakenOver:
    """What is taken over: the configurations of the trials, in so many rounds, and the records of each run's."""

    lessons: list[Lesson] = field(default_factory=list)
    configs: set[ConfigKey] = field(default_factory=set)
    rounds: int = 0

    def add(self, name: str, trials: Sequence[_Made]) -> None:
        """Take over these trials of the run of that name, after those of others."""
        if trials:
            records = _records(name, trials, (len(self.configs), self.rounds))
            self.rounds += sum(isinstance(record, list) for record in records)
            self.configs.update(one.key for one in trials)
            self.lessons.append(records)


def taken_over(sources: Sequence[Source], spec: Spec, tell: Callable[[str], object]) -> TakenOver:
    """The trials that the search of `spec` need not make; how many of each run, or why none, is told.

    Of a configuration that several runs have tried it is the trial that was trained furthest.
    """
    counting = [source for source in sources if source.counts]
    best: dict[ConfigKey, _Made] = {}
    for made in (made for source in counting for made in _made(source, spec)):
        if made.far > (best[made.key].far if made.key in best else (0, 0)):
            best[made.key] = made
    found = TakenOver()
    for run in (source.run for source in counting):
        chosen = [made for made in best.values() if made.run is run]
        found.add(run.name, sorted(chosen, key=lambda made: made.trial.number))
        why = "" if run.spec.seed == spec.seed else f": its seed is {run.spec.seed}"
        tell(f"takes over {len(chosen) or 'none'} of the trials of {run.name} with their results{why}")
    return found


def _made(source: Source, spec: Spec) -> Iterator[_Made]:
    """The trials of an earlier run that the search of `spec` would make as they were made there."""
    run, halving = source.run, spec.search.halving
    if run.spec.seed == spec.seed:
        levels = rungs(
            spec.objective.epochs, None if halving is None else Halving(halving.eta, halving.least)
        )
        for one in source.placed:
            if _is_whole(run, one, spec):
                trial = structs.replace(run.trials[one.number], config=one.config)
                yield _Made(run, trial, _results(run, one.number, levels))


def _is_whole(run: Run, one: Placed, spec: Spec) -> bool:
    """Whether a trial had no other value of what the new space leaves out, where a condition does not hold."""
    known = spec.objective.values
    left = run.trials[one.number].config.items() - one.config.items()
    return all(name in one.config or (name in known and known[name] == value) for name, value in left)


def _records(name: str, made: Sequence[_Made], behind: tuple[int, int]) -> list[Record]:
    """The records that make trials of the run of that `name` the next of a search.

    They keep their seeds and results: a round for each length of training, and for each seed of confirmation.

    Args:
        behind: how many trials and rounds the search has already.
    """
    first, round_number = behind
    numbers = {one.trial.number: first + place for place, one in enumerate(made)}
    old = {one.trial.number: one.trial for one in made}
    trials, reached, records = dict[int, Trial](), dict[int, Epochs](), list[Record]()
    found = sorted(
        (result for one in made for result in one.results),
        key=lambda result: (*_length(result), result.trial),
    )
    for (replicate, epochs), group in groupby(found, key=_length):
        jobs, results = list[Job](), list[Result]()
        for result in group:
            number = numbers[result.trial]
            if number not in trials:
                trials[number] = structs.replace(old[result.trial], number=number, round=round_number)
            start = 0 if replicate else reached.get(number, 0)
            jobs.append(Job(trials[number], epochs, start=start, replicate=replicate))
            results.append(structs.replace(result, trial=number))
            reached[number] = epochs
        records += [jobs, *results]
        round_number += 1
    return [*records, Reused(name, list(old))]


def _results(run: Run, number: int, levels: Collection[Epochs]) -> list[Result]:
    """What ended well of a trial at these lengths.

    Of a confirmation only that of a trial that was trained in full, as the new search would have asked for it.
    """
    own = list(_searched(run.searched(number), levels))
    lengths = {result.epochs for result in own}
    again = [one for one in run.by_trial[number] if one.replicate and one.epochs in lengths]
    return [*own, *(_at_last(one) for one in again if one.status in _TAKEN)]


def _searched(results: Sequence[Result], levels: Collection[Epochs]) -> Iterator[Result]:
    """What ended well of one trial at these lengths; what it was trained for in between is part of the next."""
    behind = list[Result]()
    for result in results:
        if result.status in _TAKEN:
            behind.append(result)
            if result.epochs in levels:
                yield _joined(behind)
                behind = []


def _length(result: Result) -> tuple[int, Epochs]:
    return result.replicate, result.epochs


def _joined(parts: Sequence[Result]) -> Result:
    """Trainings of one trial, one after the other, as one."""
    whole = _at_last(parts[-1])
    for part in reversed(parts[:-1]):
        length = whole.epochs - part.epochs
        curve = {
            name: [*part.curve.get(name, ()), *values]
            for name, values in whole.curve.items()
            if len(values) == length
        }
        whole = structs.replace(whole, curve={**whole.curve, **curve}, seconds=part.seconds + whole.seconds)
    return whole


def _at_last(result: Result) -> Result:
    """As it was recorded: after its last epoch."""
    return structs.replace(result, metrics=result.at_last, best=0, last=None)


def refuse_all_taken(spec: Spec, taken: int) -> None:
    """Raise InputError where so many trials that are `taken` over leave none of those asked for to be made."""
    if taken >= spec.search.trials:
        raise InputError(
            f"{PLACE}: all {spec.search.trials} trials asked for are made already ({taken} are); ask for more with "
            f"--trials, as {2 * taken}, or leave it out"
        )
