"""Class labels as people store them, and as a network needs them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hpsearch.core.deferred import np
from hpsearch.core.errors import DataError
from hpsearch.data.tables.texts import excerpt, quoted

if TYPE_CHECKING:
    from numpy.typing import NDArray


def encode_labels(name: str, labels: NDArray[Any], rows: int) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """The index of each label among the classes, (N,), and the names of the classes in ascending order.

    Args:
        name: what messages call them.
        labels: (N,) or (N, 1) whole numbers, booleans or text.
        rows: the N there must be.

    Raises:
        DataError: labels of another shape, number or kind, or of one class only.

    >>> encode_labels("pets.npz: y", np.array(["dog", "cat", "dog"]), rows=3)
    (array([1, 0, 1]), ('cat', 'dog'))
    """
    classes, y = np.unique(_labels(name, labels, rows), return_inverse=True)
    if len(classes) < 2:
        raise DataError(f"{name}: all {rows} labels are {classes[0]!s}; must be of at least 2 classes")
    return y.reshape(-1).astype(np.int64), _names(name, classes)


def encode_values(name: str, values: NDArray[Any], rows: int) -> NDArray[np.float64]:
    """The numbers to come close to, (N,). Raises DataError as `encode_labels`, or where they are all equal.

    >>> encode_values("houses.npz: y", np.array([[1], [3]]), rows=2)
    array([1., 3.])
    """
    numbers = _numbers(name, values, rows)
    if numbers.min() == numbers.max():
        raise DataError(f"{name}: all {rows} values are {values[0]!s}; there is nothing to learn")
    return numbers


def known_labels(
    name: str, given: NDArray[Any], rows: int, classes: Sequence[str], source: str
) -> NDArray[Any]:
    """Labels as indices of the `classes` of `source`, (N,) int64; numbers to come close to where there are none.

    Raises:
        DataError: labels of another shape, number or kind, or of a class that is none of those.

    >>> known_labels("b.npz: y", np.array(["dog", "dog"]), 2, ("cat", "dog"), "a.npz")
    array([1, 1])
    """
    if not classes:
        return _numbers(name, given, rows)
    labels, y = np.unique(_labels(name, given, rows), return_inverse=True)
    place = {text: index for index, text in enumerate(classes)}
    names = _names(name, labels)
    strange = [text for text in names if text not in place]
    if strange:
        shown = ", ".join(map(excerpt, classes[:10])) + (", ..." if len(classes) > 10 else "")
        raise DataError(
            f"{name}: {quoted(strange[0])} is no class of {source}, which has {shown}; leave these rows out, "
            f"or add rows of that class there"
        )
    return np.array([place[text] for text in names], np.int64)[y.reshape(-1)]


def _labels(name: str, labels: NDArray[Any], rows: int) -> NDArray[Any]:
    flat = _flat(name, labels, rows)
    return _whole(name, flat) if flat.dtype.kind == "f" else flat


def _numbers(name: str, values: NDArray[Any], rows: int) -> NDArray[np.float64]:
    flat = _flat(name, values, rows)
    if flat.dtype.kind not in "iuf" or not np.isfinite(flat).all():
        raise DataError(
            f"{name}: must be finite numbers for task: regression; fill in or leave out the others"
        )
    return flat.astype(np.float64)


def _flat(name: str, labels: NDArray[Any], rows: int) -> NDArray[Any]:
    if labels.ndim > 2 or (labels.ndim == 2 and labels.shape[1] != 1) or labels.ndim == 0:
        raise DataError(
            f"{name}: has shape {labels.shape}; must have one label per row, ({rows},): "
            f"of one-hot rows take y.argmax(axis=1)"
        )
    if len(labels) != rows:
        raise DataError(f"{name}: has {len(labels)} labels for {rows} rows of X; must have one for each")
    return labels.reshape(-1)


def _whole(name: str, labels: NDArray[Any]) -> NDArray[np.int64]:
    """Class numbers that were stored as floats. Beyond 2**53 a float no longer tells whole numbers apart."""
    wrong = ~((labels == np.floor(labels)) & (np.abs(labels) <= 2**53))
    if wrong.any():
        first = int(np.argmax(wrong))
        raise DataError(
            f"{name}: {labels[first]!s} in row {first} (from 0) is no class; must be whole numbers "
            f"or text; to come close to numbers, give the dataset task: regression"
        )
    return labels.astype(np.int64)


def _names(name: str, values: NDArray[Any]) -> tuple[str, ...]:
    try:
        labels = values.tolist()
    except (ValueError, SystemError):  # which of the two depends on how far beyond Unicode it is
        raise DataError(f"{name}: holds text that is not Unicode: damaged; save it again") from None
    return tuple(text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text) for text in labels)
