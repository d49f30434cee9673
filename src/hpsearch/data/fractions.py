"""What the fractions of a `split` mean, whatever the source brings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from hpsearch.core.errors import DataError

Fractions = Literal["auto"] | tuple[float, ...]

#: How far the fractions of a split may add up to something other than 1, as 0.333, 0.333, 0.334 may.
TOLERANCE = 1e-6
#: A smaller part of the data is taken for a slip of the pen.
SMALLEST_FRACTION = 1e-6

PARTS = ("training", "validation", "test")
#: The share of the rows that folds leave to the test part, where the source brings none and nothing else is said.
FOLDS_TEST = 0.2
#: The `auto` split: up to this many rows, these fractions for training, validation and test.
AUTO: tuple[tuple[float, tuple[float, float, float]], ...] = (
    (100_000, (0.6, 0.2, 0.2)),
    (1_000_000, (0.98, 0.01, 0.01)),
    (float("inf"), (0.995, 0.0025, 0.0025)),
)


def check_fractions(split: object, lengths: Collection[int]) -> None:
    """Raise DataError unless there are so many fractions, and they add up to 1."""
    if not isinstance(split, tuple) or len(split) not in lengths:
        raise DataError(f"split {split!r}: must be auto, or two or three fractions such as [0.6, 0.2, 0.2]")
    shown = _shown(split)
    if not all(part >= SMALLEST_FRACTION for part in split):
        raise DataError(f"{shown}: every part must be above 0; to have no test part, give two fractions")
    total = sum(split)
    if not abs(total - 1) <= TOLERANCE:
        raise DataError(f"{shown}: must add up to 1 (adds up to {total:.7g}); change one of the parts")


def _shown(split: Sequence[float]) -> str:
    return f"split [{', '.join(f'{part:g}' for part in split)}]"


def fractions_of(
    split: Fractions, rows: int, brings_test: bool, brings_validation: bool = False
) -> tuple[float, float, float]:
    """The fractions for training, validation and test that `split` means for `rows` rows; 0 for no such part.

    `auto` is 60/20/20 up to 100,000 rows, 98/1/1 up to 1,000,000 and 99.5/0.25/0.25 beyond. Where the source
    brings a part of its own, the share for it stays with training: 80/20, 99/1, 99.75/0.25. The fractions that
    are given are for the parts that the source does not bring, the test part last and only if there are as many.

    Raises:
        DataError: fractions for parts that the source brings.

    >>> fractions_of("auto", 5000, brings_test=False)
    (0.6, 0.2, 0.2)
    >>> fractions_of("auto", 60_000, brings_test=True)
    (0.8, 0.2, 0.0)
    >>> fractions_of((0.9, 0.1), 5000, brings_test=False, brings_validation=True)
    (0.9, 0.0, 0.1)
    """
    if split == "auto":
        _, validation, test = next(parts for most, parts in AUTO if rows <= most)
        validation, test = 0.0 if brings_validation else validation, 0.0 if brings_test else test
        return (1 - (validation + test), validation, test)
    brought = {"validation": brings_validation, "test": brings_test}
    left = [part for part in PARTS if not brought.get(part)]
    if not (len(left) - (not brings_test)) <= len(split) <= len(left):
        raise DataError(_contradiction(split, left, brought), setting="split")
    given = dict(zip(left, split, strict=False))
    return (given["training"], given.get("validation", 0.0), given.get("test", 0.0))


def _contradiction(split: Sequence[float], left: Sequence[str], brought: Mapping[str, bool]) -> str:
    shown = _shown(split)
    own = " and ".join(part for part in PARTS if brought.get(part))
    if len(left) == 1:
        return f"{shown}: there is nothing to divide, because {own} are given by themselves; leave split out"
    if not own:
        return f"{shown}: must be two or three parts between 0 and 1, such as [0.6, 0.2, 0.2]"
    number = "two" if "validation" in left else "one or two"
    return (
        f"{shown}: must have {number} parts ({', '.join(left)}), because the source brings its own {own} part; "
        f"for instance [0.8, 0.2]"
    )
