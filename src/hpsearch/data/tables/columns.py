"""Tables as numbers: what each column means, learned from some of the rows and applied to any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from hpsearch.core.deferred import np
from hpsearch.core.errors import DataError, did_you_mean
from hpsearch.data.spec import ALL_CATEGORIES, Categories
from hpsearch.data.tables.by_target import Means
from hpsearch.data.tables.texts import excerpt, first_no_number, is_text, mostly_numbers, quoted, stripped

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

#: A column of texts of which more than this share differ says which row it is, and nothing about it.
IDENTIFIER = 0.5
#: Numbers that spread over less than this share of the largest lose digits in float32.
CLOSE = 1 / 16
#: So many averages of the target are named.
MOST_NAMED = 3
_CONSTANT = "is left out: it has one value only"


@dataclass(frozen=True, slots=True)
class Column:
    """What a column becomes: one number, or one input of 0 or 1 per category, and perhaps one for "missing".

    Attributes:
        categories: of a column of texts, as its inputs are ordered; None for numbers. A text that is none of
            them has 0 in all.
        other: whether a further input has 1 for such a text: rare ones were pooled in it, and new ones join them.
        missing: whether a further input says that the value was missing.
        origin: what numbers are counted from, so that float32 can tell them apart; inputs are what remains.
        truth: whether it holds true and false; None where that is not known.
        means: what the target is on average with each text, as further inputs; nan for a text that has none.
    """

    name: str
    categories: tuple[str, ...] | None = None
    missing: bool = False
    origin: float = 0.0
    truth: bool | None = None
    other: bool = False
    means: Means | None = None

    @property
    def inputs(self) -> list[str]:
        """The names of its inputs."""
        names = (
            [self.name] if self.categories is None else [f"{self.name}={text}" for text in self.categories]
        )
        another, missing = ([f"{self.name} is {what}"] for what in ("another", "missing"))
        means = [f"{self.name}: {what}" for what in self.means.of] if self.means else []
        return [*names, *another * self.other, *means, *missing * self.missing]

    @property
    def indicators(self) -> list[bool]:
        """For each of its inputs, whether it is 0 or 1 and says that something is so."""
        own = [bool(self.truth)] if self.categories is None else [True] * len(self.categories)
        return [*own, *[True] * self.other, *[False] * len(self.averaged), *[True] * self.missing]

    @property
    def averaged(self) -> range:
        """The places of those that are averages of the target."""
        start = (1 if self.categories is None else len(self.categories)) + self.other
        return range(start, start + (len(self.means.of) if self.means else 0))

    def encode(self, values: pl.Series, where: str, inputs: NDArray[np.float32]) -> None:
        """Write its `inputs` (N, J), zeros before, for `values` (N,). A number that is missing is nan.

        Raises:
            DataError: something that is no number where numbers are.
        """
        import polars as pl

        if self.categories is None:
            self._check_kind(values, where)
            inputs[:, 0] = _numbers(values, f"{where}: {excerpt(self.name)}", self.origin)
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

    def known(self, inputs: NDArray[np.float32]) -> NDArray[np.bool_]:
        """(N,) whether a row has an input of its own for its text, of `inputs` (N, J) that `encode` wrote."""
        missing = inputs[:, -1] > 0 if self.missing else np.zeros(len(inputs), bool)
        if self.means:
            return np.asarray(missing | ~np.isnan(inputs[:, self.averaged[0]]))
        return np.asarray(missing | inputs[:, : len(self.categories or ())].any(axis=1))

    def _check_kind(self, values: pl.Series, where: str) -> None:
        """Raise DataError for what can be counted as a number, and was none in the column that was learned from."""
        dates, truth = values.dtype.is_temporal(), str(values.dtype) == "Boolean"
        if dates or (truth and self.truth is False):
            held = "dates or times" if dates else "true and false"
            raise DataError(
                f"{where}: column {quoted(self.name)} holds {held}, and held numbers in the table that was learned "
                f"from; correct it"
            )


@dataclass(frozen=True, slots=True)
class Encoding:
    """The columns of a table that are inputs, and its target."""

    columns: tuple[Column, ...]
    target: str

    @property
    def inputs(self) -> list[str]:
        """The names of all inputs, in order."""
        return [name for column in self.columns for name in column.inputs]

    @property
    def gaps(self) -> tuple[int, ...]:
        """The places of the inputs that are nan where a value is missing."""
        places = np.cumsum([0, *(len(column.inputs) for column in self.columns)]).tolist()
        pairs = zip(self.columns, places, strict=False)
        return tuple(place for column, place in pairs if column.categories is None)

    @property
    def indicators(self) -> tuple[int, ...]:
        """The places of the inputs that are 0 or 1 and say that something is so."""
        marks = [mark for column in self.columns for mark in column.indicators]
        return tuple(place for place, mark in enumerate(marks) if mark)

    @property
    def averaged(self) -> tuple[int, ...]:
        """The places of the inputs that are averages of the target."""
        places = np.cumsum([0, *(len(column.inputs) for column in self.columns)]).tolist()
        pairs = zip(self.columns, places, strict=False)
        return tuple(start + place for column, start in pairs for place in column.averaged)

    @property
    def texts(self) -> tuple[str, ...]:
        """The columns that hold texts."""
        return tuple(column.name for column in self.columns if column.categories is not None)

    def encode(self, frame: pl.DataFrame, where: str) -> NDArray[np.float32]:
        """The inputs (N, I) of a table; nan where a number is missing.

        Raises:
            DataError: a column is not there, or holds something else than the one that was learned from.
        """
        there = set(frame.columns)
        absent = [column.name for column in self.columns if column.name not in there]
        if absent:
            hint = did_you_mean(absent[0], frame.columns)
            raise DataError(
                f"{where}: has no column {quoted(absent[0])}, which the model was trained with{hint}"
            )
        encoded = np.zeros((len(frame), len(self.inputs)), np.float32)
        place = 0
        for column in self.columns:
            width = len(column.inputs)
            column.encode(frame[column.name], where, encoded[:, place : place + width])
            place += width
        return encoded

    def codes(self, frame: pl.DataFrame) -> NDArray[np.int32]:
        """(C, N) of each column with averages, the places of the texts of a table among those that have one."""
        columns = ((column.name, column.means) for column in self.columns if column.means)
        return np.stack([means.codes(stripped(frame[name])) for name, means in columns])

    def without_input(self, encoded: NDArray[np.float32]) -> list[tuple[str, int]]:
        """The columns of texts, and in how many rows that `encode` gave there is none with an input of its own."""
        place, found = 0, list[tuple[str, int]]()
        for column in self.columns:
            own = encoded[:, place : place + len(column.inputs)]
            place += len(column.inputs)
            if column.categories is not None:
                found.append((column.name, int((~column.known(own)).sum())))
        return [(name, count) for name, count in found if count]

    def as_facts(self) -> dict[str, Any]:
        """The same as plain data, for JSON; what only some columns have is left out of the others."""
        facts = asdict(self)
        for column in facts["columns"]:
            if column["means"] is None:
                del column["means"]
        return facts

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> Encoding:
        """What `as_facts` gave."""
        columns = tuple(
            Column(
                str(column["name"]),
                None if column["categories"] is None else tuple(map(str, column["categories"])),
                bool(column["missing"]),
                float(column.get("origin", 0.0)),
                column.get("truth"),
                bool(column.get("other", False)),
                Means.from_facts(column.get("means")),
            )
            for column in facts["columns"]
        )
        return cls(columns, str(facts["target"]))


def learn(
    frame: pl.DataFrame,
    target: str,
    where: str,
    kept: Categories = ALL_CATEGORIES,
    *,
    part: bool = False,
    averages: tuple[str, ...] = (),
) -> tuple[Encoding, list[str]]:
    """What the columns of a table mean, and what a person should know about them.

    Args:
        kept: which categories have inputs of their own.
        part: whether these are not all of its rows.
        averages: what of the target is averaged for each text of a column of many.

    Raises:
        DataError: a column cannot be used; the message gives the remedy.
    """
    columns, notes = [], []
    for name in frame.columns:
        if name == target:
            continue
        column, note = _learn(frame[name], where, kept, averages if kept.by_target else ())
        if note == _CONSTANT and part:
            note = f"{note} in the rows that are trained on"
        if column is not None:
            columns.append(column)
        if note:
            notes.append(f"{where}: column {quoted(name)} {note}")
    if not columns:
        raise DataError(
            f"{where}: has no column to learn from besides the target {quoted(target)}; {_why(notes)}"
        )
    return Encoding(tuple(columns), target), notes


def _why(notes: list[str]) -> str:
    return "; ".join(notes[:3]) if notes else "a table needs two columns at least, with commas between them"


def _learn(
    values: pl.Series, where: str, kept: Categories, averages: tuple[str, ...]
) -> tuple[Column | None, str]:
    """What a column becomes, or None where it says nothing, and a note."""
    kind, what = values.dtype, f"{where}: column {quoted(values.name)}"
    if kind.is_temporal():
        raise DataError(
            f"{what} holds dates or times, which are no numbers; put in their place what "
            f"matters about them (year, month, weekday, days since ...), or remove the column"
        )
    if kind.is_nested() or not (kind.is_numeric() or is_text(values) or str(kind) in ("Boolean", "Null")):
        raise DataError(
            f"{what} is of type {kind}; must be numbers, texts or true/false, so encode or remove it"
        )
    if is_text(values):
        return _categories(stripped(values), kept, averages)
    gaps, least = values.null_count(), values.min()
    if gaps == len(values) or (not gaps and least == values.max()):
        return None, _CONSTANT
    truth = str(kind) == "Boolean"
    return Column(values.name, None, gaps > 0, 0.0 if truth else _origin(values), truth), ""


def _origin(values: pl.Series) -> float:
    """What to count numbers from: their middle where they lie close together far from zero, and float32 would round
    them; else zero.
    """
    import polars as pl

    exact = values.drop_nulls().cast(pl.Float64)
    low, high = (float(end) for end in (exact.min(), exact.max()))  # type: ignore[arg-type]  # they are numbers
    if not (high - low < CLOSE * max(-low, high)):
        return 0.0
    rounded = exact.cast(pl.Float32).cast(pl.Float64)
    return low + (high - low) / 2 if bool((rounded != exact).any()) else 0.0


def _categories(texts: pl.Series, kept: Categories, averages: tuple[str, ...]) -> tuple[Column | None, str]:
    gaps = texts.null_count() > 0
    counts = texts.drop_nulls().value_counts(sort=True)
    if len(counts) + gaps < 2:
        return None, _CONSTANT
    many = len(counts) > kept.most
    lone = int((counts["count"] == 1).sum()) if averages else len(counts)
    if many and lone > IDENTIFIER * len(texts):
        return None, f"is left out: {len(counts):,} different texts in {len(texts):,} rows, so it names rows"
    # Of equally common ones the first in the alphabet, so that the same table gives the same inputs.
    common = sorted((-count, text) for text, count in counts.rows() if count >= kept.rare)[: kept.most]
    other = kept.rare > 1 and len(common) < len(counts)
    means = Means(averages, tuple(sorted(counts[texts.name]))) if many and averages else None
    if means and not common:
        other = False  # it would be 1 for every text
    if other and not common and not gaps:
        return None, f"is left out: none of its {len(counts):,} texts is in {kept.rare} rows"
    column = Column(texts.name, tuple(sorted(text for _, text in common)), gaps, other=other, means=means)
    return column, _pooled(len(counts), kept, averages) if many else ""


def _pooled(different: int, kept: Categories, averages: tuple[str, ...]) -> str:
    """A note where there are more texts than may have inputs."""
    listed = ", ".join(averages[:MOST_NAMED]) + (", ..." if len(averages) > MOST_NAMED else "")
    besides = f", and of each the {listed}" if averages else ""
    return f"has {different:,} different texts; the commonest {kept.most:,} are inputs{besides}"


def _numbers(values: pl.Series, where: str, origin: float) -> NDArray[np.float32]:
    """What numbers (N,) are above `origin`; nan where one is missing."""
    import polars as pl

    if is_text(values):
        values = stripped(values)
    numbers = values.cast(pl.Float64, strict=False)
    wrong = (numbers.is_null() & values.is_not_null()).arg_true()
    if len(wrong):
        first = int(wrong[0])
        raise DataError(f"{where}: {quoted(values[first])} in row {first + 1} is no number")
    beyond = (numbers.abs() > float(np.finfo(np.float32).max)).arg_true()
    if len(beyond):
        first = int(beyond[0])
        raise DataError(
            f"{where}: {values[first]} in row {first + 1} is infinite or beyond float32; correct it, or leave it "
            f"empty if it is missing"
        )
    return (numbers - origin if origin else numbers).cast(pl.Float32).to_numpy()


def mixed(frame: pl.DataFrame, target: str, where: str) -> list[str]:
    """What to know of columns of texts that look like numbers with something else among them."""
    notes = []
    for name in frame.columns:
        values = frame[name]
        likely = name != target and is_text(values) and mostly_numbers(values)
        place = first_no_number(values) if likely else None
        if place is not None:
            notes.append(
                f"{where}: column {quoted(name)} is taken as texts, for {quoted(values[place])} in row {place + 1} "
                f"is no number; if it should be numbers, correct that, or leave it empty where it is missing"
            )
    return notes
