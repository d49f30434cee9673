"""`hpsearch show RUN --by PARAM[,PARAM]`: the best trial for each value of one parameter, or of two together."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from msgspec import Struct

from hpsearch.analysis.isolation import Bucket, isolate, isolate_pairs
from hpsearch.core.errors import InputError, did_you_mean
from hpsearch.core.trial import Epochs, Value
from hpsearch.core.words import shown, spoken
from hpsearch.engine.run import Run
from hpsearch.reporting.columns import digits
from hpsearch.reporting.document import ranked
from hpsearch.reporting.headings import told_apart
from hpsearch.space import Parameter

Rows = list[list[Value | None]]


class By(Struct, frozen=True, dict=True):
    """The parts of a space along one or two parameters, with the best trial of each."""

    run: Run
    parameters: tuple[Parameter, ...]

    @classmethod
    def of(cls, run: Run, given: str) -> By:
        """Along the parameters that are `given`, with a comma between two.

        Raises:
            InputError: one is no parameter of the run, is named twice, or there are more than two.
        """
        known = run.space.names
        names = [given] if given in known else [name.strip() for name in given.split(",")]
        for name in names:
            if name not in known:
                hint = did_you_mean(name, known) or f"; it searched {', '.join(known) or 'nothing'}"
                raise InputError(f"--by {name}: is no parameter of {run.folder.path}{hint}")
        if len(names) > 2 or len(set(names)) < len(names):
            raise InputError(f"--by {given}: takes one parameter, or two that differ with a comma between")
        return cls(run, tuple(run.space.parameters[known.index(name)] for name in names))

    @cached_property
    def parts(self) -> list[tuple[tuple[str, ...], Bucket]]:
        """The labels of each part, one for each parameter, and what is in it."""
        first = isolate(self.run.standings, self.parameters[0])
        if len(self.parameters) == 1:
            return [((bucket.label,), bucket) for bucket in first]
        pairs = isolate_pairs(self.run.standings, *self.parameters)
        return [
            ((bucket.label, inner.label), inner)
            for bucket, row in zip(first, pairs, strict=True)
            for inner in row
        ]

    @property
    def epochs(self) -> list[Epochs]:
        """For how long the bests were trained: each number of epochs once."""
        return sorted({bucket.best.epochs for _, bucket in self.parts if bucket.best})

    @property
    def unfair(self) -> str:
        """Why the bests cannot be compared as they stand; empty where they can."""
        lengths = self.epochs
        if len(lengths) < 2:
            return ""
        said = f"{', '.join(map(str, lengths[:-1]))} and {lengths[-1]}"
        return (
            f"not a fair comparison: these bests were trained for {said} epochs, "
            f"and longer training alone makes a difference"
        )

    def table(self) -> tuple[list[str], Rows]:
        """For a person: of two parameters, a row for each part of the first and a column for each of the second."""
        return self.listed() if len(self.parameters) == 1 else self._crossed()

    def listed(self) -> tuple[list[str], Rows]:
        """A row for each part: how many trials it has, and the best of them."""
        names = [parameter.name for parameter in self.parameters]
        others = [name for name in self.run.space.recorded if name not in names]
        own = ["trials", f"best {self.run.metric.name}", "epochs", "trial"]
        called = list(told_apart(own, parameters=[*names, *others]).parameters.values())
        header = [*called[: len(names)], *own, *called[len(names) :]]
        return header, [[*labels, *self._row(bucket, others)] for labels, bucket in self.parts]

    def _row(self, bucket: Bucket, others: list[str]) -> list[Value | None]:
        best = bucket.best
        if best is None:
            return [bucket.trials, *[None] * (3 + len(others))]
        reading = best.reading(self.run.metric)
        config = (best.trial.config.get(name) for name in others)
        return [bucket.trials, reading, best.epochs, best.trial.number, *config]

    def _crossed(self) -> tuple[list[str], Rows]:
        across = list(dict.fromkeys(labels[1] for labels, _ in self.parts))
        cells = list(self._cells())
        rows: Rows = []
        for start in range(0, len(cells), len(across)):
            rows.append([self.parts[start][0][0], *cells[start : start + len(across)]])
        down, right = (spoken(parameter.name) for parameter in self.parameters)
        return [f"{down} \\ {right}", *across], rows

    def _cells(self) -> Iterator[str | None]:
        """The best metric of each part; with its epochs in brackets where they are not the same for all."""
        bests = [bucket.best for _, bucket in self.parts]
        readings = [best.reading(self.run.metric) for best in bests if best]
        enough, differ = digits(readings), len(self.epochs) > 1
        for best in bests:
            if best is None:
                yield None
            else:
                epochs = f" ({best.epochs})" if differ else ""
                yield f"{shown(best.reading(self.run.metric), enough)}{epochs}"

    def as_data(self) -> dict[str, Any]:
        """The same for `--json`."""
        return {
            "parameters": [parameter.name for parameter in self.parameters],
            "fair": not self.unfair,
            "parts": [
                {
                    "values": list(labels),
                    "trials": bucket.trials,
                    "best": ranked(bucket.best) if bucket.best else None,
                }
                for labels, bucket in self.parts
            ],
        }
