"""What the target is on average with each text of a column: an input in place of one for every text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from hpsearch.core.deferred import np
from hpsearch.core.randomness import Streams

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from hpsearch.data.sources.base import Part
    from hpsearch.data.tables.columns import Encoding

#: The shares of at most so many classes are inputs: of the commonest.
MOST_SHARES = 10
#: A row that is learned from has the averages of the other parts of so many, so that its own target is not in them.
_PARTS = 5


class Means(Struct, frozen=True):
    """What the target is on average in the rows with each text of a column.

    Attributes:
        of: (J,) what is averaged, in words.
        texts: (L,) those that have averages.
        values: (L, J) the averages; none before they are fitted.
    """

    of: tuple[str, ...]
    texts: tuple[str, ...]
    values: tuple[tuple[float, ...], ...] = ()

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any] | None) -> Means | None:
        """What `msgspec.to_builtins` gave. ValueError where it is not as much for each text."""
        if facts is None:
            return None
        values = tuple(tuple(map(float, row)) for row in facts["values"])
        means = cls(tuple(map(str, facts["of"])), tuple(map(str, facts["texts"])), values)
        if values and [*map(len, values)] != [len(means.of)] * len(means.texts):
            raise ValueError(f"{len(means.texts)} texts with averages of {len(values)}")
        return means

    def codes(self, texts: pl.Series) -> NDArray[np.int32]:
        """(N,) the places of `texts` among those that have averages; -1 of others, and where none is."""
        import polars as pl

        places = texts.cast(pl.Enum(list(self.texts)), strict=False).to_physical()
        return places.cast(pl.Int32).fill_null(-1).to_numpy()

    def looked_up(self, codes: NDArray[np.int32]) -> NDArray[np.float32]:
        """(N, J) the averages at the places `codes` (N,); nan for -1."""
        return np.array([*self.values, [np.nan] * len(self.of)], np.float32)[codes]


def shared(classes: Sequence[str], counts: Sequence[int]) -> list[int]:
    """The classes whose shares are inputs: of two the second, of many those with the highest `counts` of rows.

    >>> shared("ab", [3, 4]), shared("abc", [3, 4, 5])
    ([1], [0, 1, 2])
    """
    if len(classes) == 2:
        return [1]
    commonest = sorted(range(len(classes)), key=lambda place: -counts[place])
    return sorted(commonest[:MOST_SHARES])


class ByTarget(Struct, frozen=True, eq=False):
    """The columns of a table whose texts are told by the target, T inputs of them all.

    Attributes:
        encoding: that of the table.
        codes: of each part, the places of the texts of each such column, (C, N) int32; -1 for a text without one.
        targets: (J, N) what is averaged.
    """

    encoding: Encoding
    codes: Mapping[Part, NDArray[np.int32]]
    targets: NDArray[Any]

    @property
    def places(self) -> list[int]:
        """(T,) those of its inputs among all."""
        return list(self.encoding.averaged)

    def fitted(
        self, rows: NDArray[np.int64]
    ) -> tuple[Encoding, dict[Part, NDArray[np.float32]], list[float]]:
        """What `rows` show: the encoding with its averages, the inputs (N, T) of each part, and what is put where a
        text has none, (T,).

        The inputs of the `rows` themselves are of averages over others of them, or a network would take them for
        more telling than they are. Source: D. Micci-Barreca, "A Preprocessing Scheme for High-Cardinality
        Categorical Attributes" (2001).
        """
        tables = self._tables(rows)
        inputs = {part: _looked_up(tables, codes) for part, codes in self.codes.items()}
        order = Streams(0).generator("averages of the target").permutation(len(rows)) % min(_PARTS, len(rows))
        for own in range(order.max() + 1):
            held = rows[order == own]
            inputs["train"][held] = _looked_up(self._tables(rows[order != own]), self.codes["train"][:, held])
        values = iter(tables)
        columns = tuple(
            replace(column, means=replace(column.means, values=tuple(map(tuple, next(values)[:-1].tolist()))))
            if column.means
            else column
            for column in self.encoding.columns
        )
        priors = np.concatenate([table[-1] for table in tables]).tolist()
        return replace(self.encoding, columns=columns), inputs, priors

    def _tables(self, rows: NDArray[np.int64]) -> list[NDArray[np.float64]]:
        """Of each column, (L + 1, J) the averages of its texts, and at last of all rows."""
        sizes = [len(column.means.texts) for column in self.encoding.columns if column.means]
        pairs = zip(self.codes["train"][:, rows], sizes, strict=True)
        targets = [own[rows].astype(np.float64) for own in self.targets]
        return [np.stack([smoothed(codes, own, size) for own in targets], axis=1) for codes, size in pairs]


def smoothed(codes: NDArray[np.int32], target: NDArray[np.float64], texts: int) -> NDArray[np.float64]:
    """(L + 1,) the averages of the `target` (N,) with each of so many `texts`, and at last of all.

    That of a text with n rows is drawn to that of all by n / (n + m), where m is the variance within texts over
    that between them (best linear unbiased prediction; the variances by S. Searle, "Linear Models", 1971).

    >>> smoothed(np.array([0, 0, 1, 1, -1], np.int32), np.array([1.0, 1.0, 0.0, 0.0, 0.5]), 3).tolist()
    [1.0, 0.0, 0.5, 0.5]
    """
    if not len(target):
        return np.zeros(texts + 1)
    prior = target.mean()
    known = codes >= 0
    own, apart = codes[known], target[known] - prior
    counts = np.bincount(own, minlength=texts).astype(np.float64)
    sums = np.bincount(own, apart, minlength=texts)
    means = np.divide(sums, counts, out=np.zeros(texts), where=counts > 0)
    return np.append(prior + _trusted(counts, means, float((apart**2).sum())) * means, prior)


def _trusted(counts: NDArray[np.float64], means: NDArray[np.float64], squares: float) -> NDArray[np.float64]:
    """(L,) how much of the mean of each text, over `counts` of rows, is no chance; `squares`: of all values."""
    rows, texts = counts.sum(), int((counts > 0).sum())
    explained = float((counts * means**2).sum())
    if not texts < rows or texts < 2:
        return np.zeros(len(counts))
    within = max(0.0, squares - explained) / (rows - texts)
    middle = float((counts * means).sum()) / rows
    spread = (explained - rows * middle**2) / (texts - 1) - within
    between = spread * (texts - 1) / (rows - float((counts**2).sum()) / rows)
    if between <= 0:
        return np.zeros(len(counts))
    certain = counts * between
    trusted: NDArray[np.float64] = np.divide(
        certain, certain + within, out=np.zeros(len(counts)), where=counts > 0
    )
    return trusted


def _looked_up(tables: Sequence[NDArray[np.float64]], codes: NDArray[np.int32]) -> NDArray[np.float32]:
    """(N, T) what the tables of the columns have for their `codes` (C, N); -1 is the last."""
    return np.concatenate(
        [table[own] for table, own in zip(tables, codes, strict=True)], axis=1, dtype=np.float32
    )


def averages(target: str, classes: Sequence[str]) -> tuple[str, ...]:
    """What is averaged, in words: the share of each of these classes, or where there are none the target.

    >>> averages("price", []), averages("bought", ["yes"])
    (('mean of price',), ('share of yes',))
    """
    return tuple(f"share of {name}" for name in classes) or (f"mean of {target}",)


def targets_of(y: NDArray[Any], chosen: Sequence[int]) -> NDArray[Any]:
    """(J, N) what is averaged: whether a row is of each of the `chosen` classes; where there are none, `y`."""
    return np.stack([y == place for place in chosen] if chosen else [y])
