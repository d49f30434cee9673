"""Models that earlier versions exported answer as they did there, in each format that there was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hpsearch import load_model
from hpsearch.objectives.network.model_file import NEWER

MODELS = Path(__file__).parent / "models"
#: What the version that wrote a model said of the rows of the table of its kind.
EXPECTED: dict[str, Any] = json.loads((MODELS / "expected.json").read_text(encoding="utf-8"))


def _format(name: str) -> int:
    with np.load(MODELS / f"{name}.npz") as arrays:
        return int(json.loads(str(arrays["facts"]))["format"])


@pytest.mark.parametrize("name", EXPECTED)
def test_an_older_model_predicts_the_same(name: str) -> None:
    kind, form = name.split("-")
    assert _format(name) == int(form)
    model, rows = load_model(MODELS / f"{name}.npz"), MODELS / f"{kind}.csv"
    if kind == "numbers":
        np.testing.assert_allclose(np.array(model.predict(rows), float), EXPECTED[name], rtol=1e-6)
        return
    expected = np.array(EXPECTED[name])
    np.testing.assert_allclose(model.predict_proba(rows), expected, atol=2e-6)
    assert model.predict(rows) == [model.classes[best] for best in expected.argmax(axis=1)]


def test_every_format_that_there_was_is_kept() -> None:
    assert {_format(name) for name in EXPECTED} == set(range(1, NEWER + 1))
    assert {path.stem for path in MODELS.glob("*.npz")} == set(EXPECTED)
