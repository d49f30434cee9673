"""What the user says about the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from msgspec import Struct

from hpsearch.core.errors import DataError, did_you_mean
from hpsearch.data.fractions import Fractions, check_fractions
from hpsearch.data.scaling import SCALINGS
from hpsearch.data.target_scale import TargetScale

#: In which order dates are written.
YEAR_FIRST, DAY_FIRST, MONTH_FIRST = "year_first", "day_first", "month_first"
Task = Literal["classification", "regression"]


@dataclass(frozen=True)
class Folds:
    """Cross-validation: each row of the training source is validated once, by networks that never saw it.

    Attributes:
        folds: into how many parts the rows are dealt; each is validated by a network trained on the others.
        test: the share of the rows that is kept out of the folds; None for the source's own test part, or else
            for `FOLDS_TEST`; 0 for none.

    Raises:
        DataError: fewer than 2 folds, or a test part of everything.
    """

    folds: int
    test: float | None = None

    def __post_init__(self) -> None:
        if self.folds < 2:
            raise DataError(
                f"split {self}: must have at least 2 folds; give parts, such as [0.8, 0.2], for one"
            )
        if self.test is not None and not 0 <= self.test < 1:
            raise DataError(f"split {self}: the test part must be at least 0 and below 1")

    def __str__(self) -> str:
        test = "" if self.test is None else f", test: {self.test:g}"
        return f"{{folds: {self.folds}{test}}}"


Split = Fractions | Folds


class Categories(Struct, frozen=True):
    """Which texts of a column of a table have inputs of their own; the others are pooled in one.

    Attributes:
        rare: those of fewer training rows than this do not; 1: all do, and what has none is 0 in all of them.
        most: of more than this, only the commonest do.
        by_target: whether a column of more than `most` has inputs besides that say what the target is on average
            with each of its texts.
    """

    rare: int = 5
    most: int = 100
    by_target: bool = True


#: As versions before `Categories` had it.
ALL_CATEGORIES = Categories(rare=1, by_target=False)


@dataclass(frozen=True)
class DatasetSpec:
    """Which data, and how it is divided and scaled.

    Attributes:
        source: a built-in name, or the path of a data file.
        dir: the folder of a source that reads one.
        split: fractions for training and validation, or for training, validation and test; `auto` chooses
            them by the number of rows (see `fractions_of`); or `Folds`.
        scaling: `minmax` (to [0, 1], the convention for images), `standard` (mean 0, deviation 1), `numbers`
            (that, but for inputs that are 0 or 1 as something is so), `whiten` (`standard` and uncorrelated),
            `tanh` (into [0, 1], far values close to the ends) or `none`.
        limit: take only the first rows of the training source, before it is split.
        target: the column of a table that is to be predicted; None for the last.
        task: whether `y` holds classes, or numbers to come close to; None: classes, or what follows from the
            target of a table.
        ignore, categorical: the columns of a table that are left out, and those whose values are texts, though they
            look like numbers.
        numeric: the columns of a table whose every value must be a number, or missing.
        dates: the columns of a table that hold dates, and in which order: `year_first`, `day_first`, `month_first`,
            or `auto` for what they show.
        missing: what stands for a missing value in a table, besides what always does.
        categories: which texts of a table have inputs of their own.
        target_scale: on which scale numbers to come close to are learned: `standard`, `log` or `quantile`.
        validation, test: files with the rows of these parts, of the kind and the columns of `source`, which
            is then divided into the other parts only.

    Raises:
        DataError: a value that no data could go with.

    >>> DatasetSpec("digits", split=(0.8, 0.3))
    Traceback (most recent call last):
    ...
    hpsearch.core.errors.DataError: split [0.8, 0.3]: must add up to 1 (adds up to 1.1); change one of the parts
    """

    source: str
    dir: Path | None = None
    split: Split = "auto"
    scaling: str = "minmax"
    limit: int | None = None
    target: str | None = None
    task: Task | None = None
    ignore: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()
    numeric: tuple[str, ...] = ()
    dates: Mapping[str, str] = field(default_factory=dict, hash=False)
    missing: tuple[str, ...] = ()
    categories: Categories = ALL_CATEGORIES
    target_scale: TargetScale = "standard"
    validation: Path | None = None
    test: Path | None = None

    def __post_init__(self) -> None:
        if self.split != "auto" and not isinstance(self.split, Folds):
            check_fractions(self.split, (1, 2, 3) if self.validation else (2, 3))
        if self.scaling not in SCALINGS:
            hint = did_you_mean(self.scaling, SCALINGS)
            raise DataError(f"scaling {self.scaling!r}: must be one of {', '.join(SCALINGS)}{hint}")
        if self.limit is not None and self.limit < 1:
            raise DataError(f"limit {self.limit}: must be at least 1 row; leave it out to take all of them")

    @property
    def columns(self) -> frozenset[str]:
        """The columns of a table that are called by their names here."""
        target = () if self.target is None else (self.target,)
        return frozenset((*target, *self.ignore, *self.categorical, *self.numeric, *self.dates))
