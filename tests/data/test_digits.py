from __future__ import annotations

import subprocess
import sys

import numpy as np

from hpsearch.data.preparation import prepare
from hpsearch.data.sources.base import load
from hpsearch.data.sources.digits import FILE
from hpsearch.data.spec import DatasetSpec


def test_the_packaged_file_is_what_scikit_learn_has() -> None:
    from sklearn.datasets import load_digits  # slow to import

    raw, theirs = load(DatasetSpec("digits")), load_digits()
    np.testing.assert_array_equal(raw.X, theirs.data)
    np.testing.assert_array_equal(raw.y, theirs.target)


def test_the_packaged_file_is_small_and_holds_bytes() -> None:
    assert FILE.stat().st_size <= 60_000
    assert load(DatasetSpec("digits")).X.dtype == np.uint8


def test_scaled_pixels_are_sixteenths() -> None:
    digits = prepare(DatasetSpec("digits"), seed=0)
    np.testing.assert_array_equal(digits.X_train * 16, np.rint(digits.X_train * 16))
    assert (digits.X_train.min(), digits.X_train.max()) == (0, 1)


def test_60_20_20_of_1797_rows() -> None:
    digits = prepare(DatasetSpec("digits", split=(0.6, 0.2, 0.2)), seed=0)
    assert [len(y) for y in (digits.y_train, digits.y_val, digits.y_test)] == [1078, 360, 359]
    assert digits.feature_shape == (8, 8)


def test_loading_imports_nothing_heavy() -> None:
    code = (
        "import sys; from hpsearch.data.preparation import prepare; from hpsearch.data.spec import DatasetSpec; "
        "prepare(DatasetSpec('digits'), 0); "
        "print([name for name in ('scipy', 'sklearn', 'pandas', 'pydantic', 'importlib.resources') "
        "if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
