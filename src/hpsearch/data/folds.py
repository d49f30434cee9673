"""Dealing the rows into folds: each row is validated once, and every fold has its share of every class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from hpsearch.core.errors import DataError
from hpsearch.core.randomness import Streams
from hpsearch.data.fractions import FOLDS_TEST
from hpsearch.data.spec import Folds
from hpsearch.data.split import stratified

#: In place of a fold: the row belongs to the test part.
TEST = -1
#: In place of a row: the fold leaves none out.
NONE = -1


class Division(Struct, frozen=True, eq=False):
    """N rows in F folds.

    Attributes:
        fold: (N,) int64, the fold that validates each row; `TEST` for the rows of the test part.
        spared: (F,) int64, the row that the training part of a fold leaves out so that all are equally long;
            `NONE` where that is so without.
    """

    fold: NDArray[np.int64]
    spared: NDArray[np.int64]

    @property
    def folds(self) -> int:
        """F, how many there are."""
        return len(self.spared)

    @property
    def rows(self) -> NDArray[np.int64]:
        """The rows of all folds, ascending."""
        return np.flatnonzero(self.fold != TEST)

    @property
    def test(self) -> NDArray[np.int64]:
        """The rows of the test part, ascending."""
        return np.flatnonzero(self.fold == TEST)

    def validation(self, fold: int) -> NDArray[np.int64]:
        """The rows that `fold` validates, ascending."""
        return np.flatnonzero(self.fold == fold)

    def training(self, fold: int) -> NDArray[np.int64]:
        """The rows that the network of `fold` learns from, ascending."""
        rows = np.flatnonzero((self.fold != TEST) & (self.fold != fold))
        return np.setdiff1d(rows, self.spared[fold : fold + 1], assume_unique=True)


def deal(
    labels: NDArray[np.int64], classes: Sequence[str], split: Folds, seed: int, *, brings_test: bool
) -> Division:
    """Which fold validates each row; the rows of a class, and all rows, differ by at most one between folds.

    Where the number of rows is no multiple of that of the folds, training parts that would be one row longer
    leave out a row of their commonest class: all folds then take their steps together.

    Args:
        labels: (N,) the class of each row, an index into `classes`.
        classes: the names of the classes.
        split: how many folds, and what the test part is.
        seed: which rows go where follows from it alone.
        brings_test: whether the source has a test part of its own.

    Raises:
        DataError: a class with fewer rows than there are folds, or two test parts.

    >>> dealt = deal(np.array([0, 1] * 5), ["a", "b"], Folds(5, test=0), seed=0, brings_test=False)
    >>> [np.bincount(dealt.fold[label::2]).tolist() for label in (0, 1)]
    [[1, 1, 1, 1, 1], [1, 1, 1, 1, 1]]
    """
    _check(labels, classes, split, tested=False)
    rows = _without_test(labels, classes, split, seed, brings_test=brings_test)
    _check(labels[rows], classes, split, tested=len(rows) < len(labels))
    # Class after class, each in an order of its own, the rows are dealt in turn like cards.
    shuffled = Streams(seed).generator("folds").permutation(rows)
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    fold = np.full(len(labels), TEST, np.int64)
    fold[by_class] = np.arange(len(by_class)) % split.folds
    return Division(fold, np.array(list(_spared(fold, labels, by_class, split.folds)), np.int64))


def _without_test(
    labels: NDArray[np.int64], classes: Sequence[str], split: Folds, seed: int, *, brings_test: bool
) -> NDArray[np.int64]:
    """The rows that are dealt."""
    if brings_test and split.test:
        raise DataError(
            f"split {split}: must have no test part, because the source brings its own; leave `test` out"
        )
    test = FOLDS_TEST if split.test is None and not brings_test else split.test
    if not test:
        return np.arange(len(labels))
    return stratified(labels, classes, (1 - test, test), seed, names=("folds", "test"))[0]


def _check(labels: NDArray[np.int64], classes: Sequence[str], split: Folds, *, tested: bool) -> None:
    sizes = np.bincount(labels, minlength=len(classes)).tolist()
    scarce = min(range(len(classes)), key=lambda index: sizes[index])
    if sizes[scarce] < split.folds:
        of_class = f" of class {classes[scarce]!r}" if len(classes) > 1 else ""
        after = " beside the test part" if tested else ""
        fewer = f"take at most {sizes[scarce]} folds, " if sizes[scarce] > 1 else ""
        raise DataError(
            f"split {split}: found {sizes[scarce]} {'row' if sizes[scarce] == 1 else 'rows'}{of_class}{after}, and "
            f"every fold needs one to validate; {fewer}add rows, or raise `limit`"
        )


def _spared(
    fold: NDArray[np.int64], labels: NDArray[np.int64], dealt: NDArray[np.int64], folds: int
) -> Iterator[int]:
    """For each fold, the row that its training part leaves out; the first folds validate one row more."""
    more = len(dealt) % folds
    for own in range(folds):
        others = dealt[fold[dealt] != own]
        # Of the commonest class there are always two in a part that is one row too long.
        common = np.bincount(labels[others]).argmax()
        yield int(others[labels[others] == common][0]) if more and own >= more else NONE
