"""A search with all that it found: one that was just conducted, or one read from its folder."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import add, attrgetter
from typing import Self

from hpsearch.config import Spec, build_space, load_recorded
from hpsearch.config.schema import Range
from hpsearch.core.errors import RunFolderError
from hpsearch.core.metric import Metric
from hpsearch.core.trial import Epochs, Result, Standing, Trial
from hpsearch.core.verdict import Verdict
from hpsearch.engine.best_epochs import all_counted
from hpsearch.engine.ranking import rank, ranking_by, seedless
from hpsearch.runs import RunFolder
from hpsearch.runs.codes import Codes, codes_of
from hpsearch.runs.contents import ending_of, header_of, inherited_of, learned_of, results_of, reused_of
from hpsearch.runs.journal import replay
from hpsearch.runs.records import Died, Hint, Inheritance, Reader
from hpsearch.space import Space


@dataclass(eq=False)
class Run:
    """A search as it stands, also one that still goes on.

    Attributes:
        trials: every trial proposed, by its number.
        results: every result, those with fresh seeds included, in the order in which they came, each with the
            metrics of the epoch that counts.
        ending: why the search ended; empty while it goes on, and after it was interrupted or killed.
        data: the fingerprint of what it works on.
        rows: how many rows the metric is measured on; 0 if unknown.
        chance: the losses of knowing nothing, by their metrics' names, as far as they are known.
        commonest: the accuracy of always giving the commonest class; 0 where that is not known.
        written: when its record was last written, in seconds since 1970.
        verdicts: what to do next, as far as it was asked.
        given_up: why the search ended early, where too much had failed.
        codes: which code of the user's trained what.
        deaths: how many workers died at trainings that were begun again.
        inherited: how many trials of earlier searches it knew of before its first, as results.
        reused: the run, and the number there, of each trial that it took over from an earlier search.
        learned: what it learned from the runs that its file names.
    """

    spec: Spec
    folder: RunFolder
    trials: Mapping[int, Trial]
    results: Sequence[Result]
    ending: str = ""
    data: str = ""
    rows: int = 0
    written: float = 0.0
    verdicts: tuple[Verdict, ...] = ()
    given_up: str = ""
    inherited: int = 0
    reused: Mapping[int, tuple[str, int]] = field(default_factory=dict)
    learned: Sequence[Inheritance | Hint] = ()
    chance: Mapping[str, float] = field(default_factory=dict)
    commonest: float = 0.0
    codes: Codes = field(default_factory=Codes)
    deaths: int = 0

    def __post_init__(self) -> None:
        for metric in self.spec.search.ranking:
            self.results = ranking_by(self.results, metric)

    @classmethod
    def read(
        cls, folder: RunFolder, overrides: Sequence[tuple[str, str]] = (), *, curves: bool = True
    ) -> Self:
        """What `folder` holds; a torn last line is its writer's business and is passed over.

        Args:
            folder: its record is not owned, and may grow meanwhile.
            overrides: settings in place of those of its config.yaml.
            curves: whether to read those of the results, which take most of the time where they are long.

        Raises:
            InputError: its config.yaml cannot be used.
            JournalDamaged: a record cannot be trusted.
            RunFolderError: its journal cannot be read, is of another format, or holds what no search recorded.
        """
        spec, journal = load_recorded(folder.config, overrides), folder.journal
        metric = spec.search.ranks_by
        ranges = [name for name, given in spec.space.items() if isinstance(given, Range)]
        reader = Reader(str(journal), curves=curves or metric.value == "best", ranges=ranges)
        records, _, _ = replay(journal, reader)
        head = header_of(records, str(journal))
        results = all_counted(results_of(records), metric)
        ending, written = ending_of(records), journal.stat().st_mtime
        few = [record for record in records if not isinstance(record, Result)]
        return cls(
            spec,
            folder,
            reader.trials,
            results,
            ending,
            head.data,
            head.rows,
            written,
            chance=head.chance,
            commonest=head.commonest,
            codes=codes_of(records),
            deaths=sum(isinstance(record, Died) for record in few),
            inherited=inherited_of(few),
            reused=reused_of(few),
            learned=learned_of(few),
        )

    @property
    def name(self) -> str:
        """That of its folder."""
        return self.folder.path.resolve().name

    @property
    def state(self) -> str:
        """See `state_of`."""
        return state_of(self.folder, self.ending)

    @cached_property
    def metric(self) -> Metric:
        """What ranks; asked once for each of a million trials."""
        return self.spec.search.ranks_by

    @property
    def beside(self) -> Sequence[Metric]:
        """What ranks as `metric` does."""
        return self.spec.search.ranking[1:]

    @property
    def epochs(self) -> int:
        """A full training."""
        return self.spec.objective.epochs

    @cached_property
    def space(self) -> Space:
        """What is searched."""
        return build_space(self.spec)

    # -- the ranking

    @cached_property
    def standings(self) -> Sequence[Standing]:
        """Every trial with a result, best first.

        Raises:
            RunFolderError: a trial that is done lacks the metric, so config.yaml is not that of the journal.
        """
        metric, beside = self.metric, self.beside
        names = {one.name: None for one in (metric, *beside)}
        for result in self.results:
            if result.status == "done" and not names.keys() <= result.metrics.keys():
                lacking = next(name for name in names if name not in result.metrics)
                raise RunFolderError(
                    f"{self.folder.journal}: trial {result.trial} has no metric {lacking!r}, by which "
                    f"config.yaml ranks; restore the one of them that was changed"
                )
        return rank(self.trials.values(), self.results, metric, self.rows, beside)

    @cached_property
    def seedless(self) -> bool:
        """Whether training again with other seeds gave, to the bit, what there was."""
        return seedless(self.results)

    @property
    def ranked(self) -> Sequence[Standing]:
        """Those that ended well; they come first."""
        return self.standings[: self._done]

    @property
    def lost(self) -> Sequence[Standing]:
        """Those that did not."""
        return self.standings[self._done :]

    @property
    def _done(self) -> int:
        return bisect_left(self.standings, True, key=lambda standing: standing.rank is None)

    @property
    def best(self) -> Standing | None:
        """The best trial, if one is done."""
        first = self.standings[0] if self.standings else None
        return first if first and first.rank else None

    # -- trial by trial

    def standing(self, trial: int) -> Standing | None:
        """Where a trial stands; None before its first result."""
        return self._by_number.get(trial)

    @cached_property
    def _by_number(self) -> Mapping[int, Standing]:
        return {standing.trial.number: standing for standing in self.standings}

    @property
    def ill(self) -> list[Result]:
        """Every training that did not end well, those with fresh seeds included, in the order of the trials."""
        return sorted((result for result in self.results if result.status != "done"), key=attrgetter("key"))

    @property
    def in_order(self) -> list[Standing]:
        """The standings in the order of their trials' numbers."""
        return sorted(self.standings, key=lambda standing: standing.trial.number)

    @cached_property
    def by_trial(self) -> Mapping[int, list[Result]]:
        """The results of each trial: of the search itself first, the shortest training first."""
        found: dict[int, list[Result]] = {}
        for result in sorted(self.results, key=lambda result: (result.replicate, result.epochs)):
            found.setdefault(result.trial, []).append(result)
        return found

    def searched(self, trial: int) -> list[Result]:
        """The results of a trial in the search itself, the shortest training first."""
        return [result for result in self.by_trial.get(trial, ()) if not result.replicate]

    def seconds(self, trial: int) -> float:
        """What the search itself took of one worker for a trial."""
        # One after the other: sum() of floats rounds otherwise from Python 3.12 on.
        return reduce(add, (result.seconds for result in self.searched(trial)), 0.0)

    def curves(self, trial: int) -> dict[str, dict[Epochs, float]]:
        """Metric -> epoch -> value in the search itself; what is not finite is left out."""
        curves: dict[str, dict[Epochs, float]] = {}
        for result in self.searched(trial):
            last = {name: [value] for name, value in result.at_last.items()}
            for name, values in {**last, **result.curve}.items():
                epochs = result.traced(len(values))
                points = {
                    epoch: value for epoch, value in zip(epochs, values, strict=True) if math.isfinite(value)
                }
                curves.setdefault(name, {}).update(points)
        return curves


def state_of(folder: RunFolder, ending: str) -> str:
    """`ended`, `running`, `interrupted`, or `not finished` where it cannot be told which of the two."""
    if ending:
        return "ended"
    owned = folder.owned
    return "not finished" if owned is None else "running" if owned else "interrupted"
