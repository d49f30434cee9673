"""A column of a table as numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from hpsearch.core.deferred import np
from hpsearch.core.errors import DataError
from hpsearch.data.tables.by_target import Means
from hpsearch.data.tables.dates import Dates, stamps_in, temporal_stamps
from hpsearch.data.tables.texts import excerpt, is_text, quoted, stripped

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray


#: Numbers are worth a word that are further beyond those learned from than this share of what these span.
BEYOND = 0.1


class Column(Struct, frozen=True):
    """What a column becomes: one number, or one input of 0 or 1 per category, and perhaps one for "missing".

    Attributes:
        categories: of a column of texts, as its inputs are ordered; None for numbers. A text that is none of
            them has 0 in all.
        other: whether a further input has 1 for such a text: rare ones were pooled in it, and new ones join them.
        missing: whether a further input says that the value was missing.
        origin: what numbers are counted from, so that float32 can tell them apart; inputs are what remains.
        truth: whether it holds true and false; None where that is not known.
        means: what the target is on average with each text, as further inputs; nan for a text that has none.
        dates: what is made of dates, in place of a number.
        ends: the lowest and the highest number that was learned from; None where that is not known.
    """

    name: str
    categories: tuple[str, ...] | None = None
    missing: bool = False
    origin: float = 0.0
    truth: bool | None = None
    other: bool = False
    means: Means | None = None
    dates: Dates | None = None
    ends: tuple[float, float] | None = None

    @property
    def inputs(self) -> list[str]:
        """The names of its inputs."""
        names = (
            self._named if self.categories is None else [f"{self.name}={text}" for text in self.categories]
        )
        another, missing = ([f"{self.name} is {what}"] for what in ("another", "missing"))
        means = [f"{self.name}: {what}" for what in self.means.of] if self.means else []
        return [*names, *another * self.other, *means, *missing * self.missing]

    @property
    def _named(self) -> list[str]:
        return [f"{self.name}: {part}" for part in self.dates.parts] if self.dates else [self.name]

    @property
    def numbers(self) -> range:
        """The places of its inputs that are numbers, and nan where one is missing."""
        return range(len(self._named) if self.categories is None else 0)

    @property
    def indicators(self) -> list[bool]:
        """For each of its inputs, whether it is 0 or 1 and says that something is so."""
        own = [bool(self.truth)] * len(self.numbers) + [True] * len(self.categories or ())
        return [*own, *[True] * self.other, *[False] * len(self.averaged), *[True] * self.missing]

    @property
    def averaged(self) -> range:
        """The places of those that are averages of the target."""
        start = len(self.numbers) + len(self.categories or ()) + self.other
        return range(start, start + (len(self.means.of) if self.means else 0))

    def encode(
        self, values: pl.Series, where: str, inputs: NDArray[np.float32], lost: dict[int, str] | None = None
    ) -> None:
        """Write its `inputs` (N, J), zeros before, for `values` (N,). A number that is missing is nan.

        Args:
            lost: is given what is wrong with a row, by its place; where there is none, the first is an error.

        Raises:
            DataError: something that is no number where numbers are.
        """
        import polars as pl

        if self.dates:
            stamps = _stamps(values, self.dates.order, f"{where}: {excerpt(self.name)}", lost)
            inputs[:, : len(self.numbers)] = self.dates.of(stamps)
            unknown = pl.Series(np.isnat(stamps)) if self.missing else None
        elif self.categories is None:
            self._check_kind(values, where)
            inputs[:, 0] = _numbers(values, f"{where}: {excerpt(self.name)}", self.origin, lost)
            unknown = values.is_null() if self.missing else None
        else:
            texts = stripped(values.cast(pl.String) if values.dtype.is_integer() else values)
            place = texts.cast(pl.Enum(list(self.categories)), strict=False).to_physical()
            rows = place.is_not_null().arg_true().to_numpy()
            inputs[rows, place.drop_nulls().to_numpy()] = 1
            if self.other:
                another = place.is_null() & texts.is_not_null()
                inputs[:, len(self.categories)] = another.cast(pl.Float32).to_numpy()
            if self.means and self.means.values:
                inputs[:, list(self.averaged)] = self.means.looked_up(self.means.codes(texts))
            unknown = texts.is_null() if self.missing else None
        if unknown is not None:
            inputs[:, -1] = unknown.cast(pl.Float32).to_numpy()

    def beyond(self, inputs: NDArray[np.float32]) -> int:
        """How many rows have a number well beyond those learned from, of `inputs` (N, J) that `encode` wrote."""
        if self.ends is None or self.categories is not None:
            return 0
        low, high = (end - self.origin for end in self.ends)
        margin = BEYOND * (high - low)
        return int(((inputs[:, 0] < low - margin) | (inputs[:, 0] > high + margin)).sum())

    def known(self, inputs: NDArray[np.float32]) -> NDArray[np.bool_]:
        """(N,) whether a row has an input of its own for its text, of `inputs` (N, J) that `encode` wrote."""
        missing = inputs[:, -1] > 0 if self.missing else np.zeros(len(inputs), bool)
        if self.means:
            return np.asarray(missing | ~np.isnan(inputs[:, self.averaged[0]]))
        return np.asarray(missing | inputs[:, : len(self.categories or ())].any(axis=1))

    def _check_kind(self, values: pl.Series, where: str) -> None:
        """Raise DataError for what can be counted as a number, and was none in the column that was learned from."""
        if values.dtype.is_temporal():
            raise _other_kind(self.name, "dates or times", where)
        if str(values.dtype) == "Boolean":
            refuse_truth(self, where)


def refuse_truth(column: Column, where: str) -> None:
    """Raise DataError for true and false in a column that held numbers when it was learned from."""
    if column.truth is False:
        raise _other_kind(column.name, "true and false", where)


def _other_kind(name: str, held: str, where: str) -> DataError:
    return DataError(
        f"{where}: column {quoted(name)} holds {held}, and held numbers in the table that was learned "
        f"from; correct it"
    )


def lose(rows: NDArray[np.int64], say: Callable[[int], str], where: str, lost: dict[int, str] | None) -> None:
    """Say what is wrong with `rows`, or raise DataError for the first of them."""
    if lost is None and len(rows):
        raise DataError(f"{where}: {say(int(rows[0]))}")
    if lost is not None:
        for row in rows.tolist():
            lost.setdefault(row, f"{where}: {say(row)}")


def _stamps(values: pl.Series, order: str, where: str, lost: dict[int, str] | None) -> NDArray[np.datetime64]:
    """The dates (N,) of a column; NaT where one is missing."""
    import polars as pl

    if values.dtype.is_temporal():
        return temporal_stamps(values)
    texts = stripped(values.cast(pl.String))
    stamps = stamps_in(texts, order)
    wrong = np.flatnonzero(np.isnat(stamps) & texts.is_not_null().to_numpy())
    how = order.replace("_", " ")
    lose(wrong, lambda row: f"{quoted(values[row])} in row {row + 1} is no date, {how}", where, lost)
    return stamps


def _numbers(
    values: pl.Series, where: str, origin: float, lost: dict[int, str] | None
) -> NDArray[np.float32]:
    """What numbers (N,) are above `origin`; nan where one is missing."""
    import polars as pl

    if is_text(values):
        values = stripped(values)
    numbers = values.cast(pl.Float64, strict=False)
    if (
        numbers.null_count() > values.null_count()
    ):  # to look for them costs more than all else of a small column
        wrong = (numbers.is_null() & values.is_not_null()).arg_true().to_numpy()
        lose(wrong, lambda row: f"{quoted(values[row])} in row {row + 1} is no number", where, lost)
    exact = numbers.to_numpy()
    return beyond_float32(exact, values, origin, where, lost)


def beyond_float32(
    numbers: NDArray[np.float64],
    given: Sequence[object] | pl.Series,
    origin: float,
    where: str,
    lost: dict[int, str] | None,
) -> NDArray[np.float32]:
    """Numbers (N,) above `origin`, of values that were `given` so; infinite ones are lost, or a DataError."""
    beyond = np.abs(numbers) > float(np.finfo(np.float32).max)
    rule = "is infinite or beyond float32; correct it, or leave it empty if it is missing"
    lose(np.flatnonzero(beyond), lambda row: f"{given[row]} in row {row + 1} {rule}", where, lost)
    return np.asarray((np.where(beyond, np.nan, numbers) - origin).astype(np.float32))
