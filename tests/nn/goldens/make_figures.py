"""Records what scikit-learn computes for tests/nn/test_figures.py: run by hand, its output is kept.

    python -m venv /tmp/oracle && /tmp/oracle/bin/pip install scikit-learn==1.9.1
    /tmp/oracle/bin/python tests/nn/goldens/make_figures.py

writes figures.json beside this file. Outputs are quarters, so that many are equal, and exact in float32.
"""

from __future__ import annotations

import importlib
import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np


def main() -> None:
    rng = np.random.default_rng(0)
    cases = {
        "two classes, ties": classes(*drawn(rng, 80, 2, 0.5)),
        "two classes, one rare": classes(*drawn(rng, 150, 2, 1.0, shares=[0.94, 0.06])),
        "three classes, one rare": classes(*drawn(rng, 120, 3, 1.5, shares=[0.6, 0.35, 0.05])),
        "twelve classes": classes(*drawn(rng, 240, 12, 2.0)),
        "one class is not there, and is predicted": classes(*without(3, *drawn(rng, 90, 4, 1.0))),
        "numbers": numbers(rng),
    }
    target = Path(__file__).with_name("figures.json")
    target.write_text(json.dumps(cases, separators=(",", ":")) + "\n", encoding="utf-8")


def drawn(
    rng: np.random.Generator, rows: int, outputs: int, signal: float, shares: list[float] | None = None
) -> tuple[Any, Any]:
    """Outputs (N, O) that tell something of the classes (N,)."""
    y = rng.choice(outputs, rows, p=shares)
    logits = rng.normal(size=(rows, outputs)) + signal * np.eye(outputs)[y]
    return np.round(4 * logits) / 4, y


def without(absent: int, logits: Any, y: Any) -> tuple[Any, Any]:
    known = y != absent
    return logits[known], y[known]


def classes(logits: Any, y: Any) -> dict[str, Any]:
    metrics: Any = importlib.import_module("sklearn.metrics")  # not among the project's dependencies
    weights: Any = importlib.import_module("sklearn.utils.class_weight")
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    known, chosen = np.unique(y), logits.argmax(axis=1)
    told = np.round(probabilities, 12)  # what is equal on paper is not told apart by how it was added up
    areas = [metrics.roc_auc_score(y == own, told[:, own]) for own in known]
    own_weights = weights.compute_sample_weight("balanced", y)
    every = list(range(logits.shape[1]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a class that is predicted and not there
        return {
            "outputs": logits.tolist(),
            "y": y.tolist(),
            "acc": metrics.accuracy_score(y, chosen),
            "auc": float(np.mean(areas)),
            "f1": metrics.f1_score(y, chosen, average="macro"),
            "balanced_acc": metrics.balanced_accuracy_score(y, chosen),
            "log_loss": metrics.log_loss(y, probabilities, labels=every),
            "recall": metrics.recall_score(y, chosen, average=None, labels=every, zero_division=0).tolist(),
            "precision": metrics.precision_score(
                y, chosen, average=None, labels=every, zero_division=0
            ).tolist(),
            "weighted loss": metrics.log_loss(y, probabilities, labels=every, sample_weight=own_weights),
        }


def numbers(rng: np.random.Generator) -> dict[str, Any]:
    metrics: Any = importlib.import_module("sklearn.metrics")
    y = np.round(8 * rng.normal(size=50)) / 8
    outputs = np.round(8 * (0.7 * y + 0.5 * rng.normal(size=50))) / 8
    return {
        "outputs": outputs[:, None].tolist(),
        "y": y.tolist(),
        "r2": metrics.r2_score(y, outputs),
        "mae": metrics.mean_absolute_error(y, outputs),
        "rmse": metrics.root_mean_squared_error(y, outputs),
    }


if __name__ == "__main__":
    main()
