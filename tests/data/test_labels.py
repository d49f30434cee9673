from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hpsearch.core.errors import DataError
from hpsearch.data.labels import encode_labels


@pytest.mark.parametrize(
    ("labels", "y", "classes"),
    [
        ([7, -3, 7], [1, 0, 1], ("-3", "7")),
        ([[7], [3], [7]], [1, 0, 1], ("3", "7")),
        ([10, 9, 10], [1, 0, 1], ("9", "10")),
        ([True, False, True], [1, 0, 1], ("False", "True")),
        ([2.0, 0.0, 2.0], [1, 0, 1], ("0", "2")),
        (["dog", "cat", "dog"], [1, 0, 1], ("cat", "dog")),
        ([b"dog", b"cat", b"dog"], [1, 0, 1], ("cat", "dog")),
        (np.array([2**64 - 1, 0, 2**64 - 1], np.uint64), [1, 0, 1], ("0", str(2**64 - 1))),
    ],
)
def test_labels_become_indices_of_their_classes(labels: Any, y: list[int], classes: tuple[str, ...]) -> None:
    found, names = encode_labels("file", np.array(labels), 3)
    assert found.dtype == np.int64
    assert (found.tolist(), names) == (y, classes)


@pytest.mark.parametrize(
    ("labels", "problem"),
    [
        ([1.5, 0.0], "1.5 in row 0 .* is no class"),
        ([0.0, np.nan], "nan in row 1 .* is no class"),
        ([0.0, np.inf], "inf in row 1 .* is no class"),
        ([3, 3], "all 2 labels are 3"),
        ([0, 1, 1], "3 labels for 2 rows"),
        (np.eye(2), "one-hot"),
        (np.array(3), "one label per row"),
        (np.frombuffer(b"\xff\xff\xff\x7fa\0\0\0", "<U1"), "not Unicode"),
    ],
)
def test_others_are_refused(labels: Any, problem: str) -> None:
    with pytest.raises(DataError, match=f"file: y: .*{problem}"):
        encode_labels("file: y", np.array(labels), 2)
