"""Is the data fit to learn from?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from hpsearch.nn.diagnostics.check import Check, judged
from hpsearch.nn.examples import Data
from hpsearch.nn.parameters import Array

#: A column that varies so many times less than another hardly counts; and how many columns are named.
_NARROW, _NAMED = 1000, 5
#: Inputs that all vary less than this are small beside the first weights.
_FLAT = 0.02


def check_data(
    data: Data,
    classes: Sequence[str],
    differences: Sequence[str] = (),
    *,
    images: bool = False,
    filled: Sequence[str] = (),
    names: Sequence[str] = (),
) -> Iterator[Check]:
    """Classes, values that are not finite, columns without information or scale, and how alike the parts are.

    `differences`: what was found between training and validation. `images`: the columns are pixels, some of which
    never change. `filled`: columns whose gaps were filled in. `names`: of the columns, where they have some.
    """
    if classes:
        yield _classes(data, classes)
    lost = sum(int((~np.isfinite(X)).any(axis=1).sum()) for X in (data.X_train, data.X_val))
    gaps = f"; gaps were filled in {', '.join(filled)}" if filled else ""
    yield judged(
        "missing values",
        f"{lost} rows with NaN or infinity{gaps}",
        (lost > 0, "fail", "fill or leave them out"),
    )
    yield from _columns(data.X_train.astype(np.float64), images=images, names=names)
    yield _alike(differences)


def _classes(data: Data, classes: Sequence[str]) -> Check:
    counts = np.bincount(data.y_train, minlength=len(classes))
    least, most = int(counts.argmin()), int(counts.argmax())
    return judged(
        "classes",
        f"{len(classes)} classes in {len(data.y_train)} training rows; the largest, {classes[most]!r}, has "
        f"{counts[most] / counts.sum():.0%}, the smallest, {classes[least]!r}, {counts[least]} rows",
        (counts[least] == 0, "fail", "a class without training rows cannot be learned; give more data"),
        (counts[most] > 10 * counts[least], "warn", "accuracy hides rare classes; collect more of them"),
    )


def _columns(X: Array, *, images: bool, names: Sequence[str]) -> Iterator[Check]:
    mean, spread = X.mean(axis=0), X.std(axis=0)
    constant, total = np.ptp(X, axis=0) == 0, X.shape[1]
    yield judged(
        "constant columns",
        f"{int(constant.sum())} of {total}{_which(constant, names)}",
        (bool(constant.all()), "fail", "nothing can be learned from constants; look at the data"),
        (2 * constant.sum() > total, "warn", "more than half teach nothing; leave them out"),
        (bool(constant.any()) and not images, "warn", "they teach nothing; leave them out"),
    )
    far = (np.abs(mean) > 10) | (spread > 10)
    narrow = ~constant & (spread < spread.max() / _NARROW) & (not images)
    found = f"columns have means from {mean.min():.3g} to {mean.max():.3g} and deviations up to {spread.max():.3g}"
    yield judged(
        "scale",
        f"{found}{_which(far, names) or _which(narrow, names)}",
        (bool(far.any()), "warn", "large inputs need tiny learning rates; use scaling: standard"),
        (bool(narrow.any()), "warn", "they hardly count beside the others; use scaling: standard"),
        (
            bool((spread < _FLAT).all()),
            "warn",
            "rows hardly differ, so learning is slow; use scaling: standard",
        ),
    )


def _which(columns: npt.NDArray[np.bool_], names: Sequence[str]) -> str:
    """The columns by name or place, unless they are all or none."""
    places = np.flatnonzero(columns)
    if len(places) in (0, len(columns)):
        return ""
    more = ", ..." if len(places) > _NAMED else ""
    noun = "column" if len(places) == 1 else "columns"
    if names:
        return f"; {noun} {', '.join(repr(names[place]) for place in places[:_NAMED])}{more}"
    return f"; {noun} {', '.join(map(str, places[:_NAMED]))}{more} (counted from 0)"


def _alike(differences: Sequence[str]) -> Check:
    return judged(
        "train and validation",
        "; ".join(differences) or "columns and target are distributed alike",
        (bool(differences), "warn", "scores on validation may mislead; draw both from the same rows"),
    )
