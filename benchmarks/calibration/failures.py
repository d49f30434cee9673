"""`11 of 12 diverged trials have lr > 0.3`: searches whose failures have a reason, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .simulated import Figure, Sample, count, searched
from .truths import Truth, trained, unit

_NAMES = ("lr", "weight_decay", "kind", "width")
_NOISE, _TRIALS = 0.005, 40


def figures(searches: Sample) -> Iterator[Figure]:
    """How often the right side of the right parameter is told, and how often anything where there is no reason."""
    above = [" have lr >= " in text for text in searches.of(with_a_reason) if text is not None]
    kinds = [" have kind:b" in text for text in searches.other(1).of(of_a_kind) if text is not None]
    for where, right, part in (
        ("three failed or more for a reason", above + kinds, False),
        ("above a learning rate", above, True),
        ("of one category", kinds, True),
    ):
        yield Figure("failures", where, count(right), len(right), least=0.95, part=part)
    silent = count(not text for text in searches.of(by_chance))
    yield Figure("failures: silent", "by chance", silent, len(searches), least=0.95)


def with_a_reason(seed: int) -> str | None:
    """What is said where all diverge above a learning rate; None where fewer than three, or all, did."""
    edge = 0.55 + 0.4 * (seed % 7) / 6
    return _said(seed, lambda config, _: float("nan") if unit("lr", config["lr"]) > edge else None)


def of_a_kind(seed: int) -> str | None:
    """What is said where one category fails."""
    return _said(seed, lambda config, _: float("nan") if config["kind"] == "b" else None)


def by_chance(seed: int) -> str:
    """What is said where one trial in so many fails whatever it is."""
    share = (0.1, 0.25, 0.5)[seed % 3]
    return _said(seed, lambda _, rng: float("nan") if rng.random() < share else None, fewest=0) or ""


def _said(
    seed: int, lost: Callable[[dict[str, Any], np.random.Generator], float | None], fewest: int = 3
) -> str | None:
    truth = Truth(_NAMES, {"lr": 1.0, "width": 0.3}, {"lr": 0.5}, _NOISE)
    train, rng = trained(truth), np.random.default_rng([seed, 9])

    def often_lost(seed: int = 0, **config: Any) -> float:
        value = lost(config, rng)
        return train(seed=seed, **config) if value is None else value

    run = searched(truth.space, often_lost, seed, trials=_TRIALS)
    if len(run.lost) < fewest or not run.ranked:
        return None
    return next((verdict.text for verdict in run.verdicts if verdict.about == "failures"), "")
