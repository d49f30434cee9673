"""Where coarse to fine goes on looking, and where it has seen enough."""

from __future__ import annotations

import numpy as np
import pytest

from hpsearch.core.metric import Metric
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Config, Result, as_number
from hpsearch.engine.history import History
from hpsearch.engine.plan import Halving, Plan
from hpsearch.samplers import Evidence, Results, Tried
from hpsearch.samplers.coarse_to_fine import CAUTION, CAUTION_BELOW, OPENING, CoarseToFine, _Belief, _fitted
from hpsearch.space import Linear, Real, Space

SPACE = Space([Real("x", Linear(0, 1)), Real("y", Linear(0, 1))])


def a_search(trials: int, noise: float) -> History:
    """A search for the least x, which is at an end of its range; y does nothing."""
    plan = Plan(SPACE, CoarseToFine(), Streams(1), trials, epochs=1)
    history, rng = History(SPACE, Metric("loss", "minimize")), np.random.default_rng(1)
    while jobs := plan.next_round(history):
        history.add_round(jobs)
        for job in jobs:
            loss = as_number(job.trial.config["x"]) + noise * rng.standard_normal()
            history.add(Result(job.trial.number, 1, "done", {"loss": loss}))
    return history


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_what_is_known_is_not_tried_again_and_again(noise: float) -> None:
    history = a_search(60, noise)
    units = SPACE.encode([trial.config for trial in history.trials])
    nearest = [np.abs(units[:row] - units[row]).max(axis=1).min() for row in range(OPENING, len(units))]
    assert sum(apart < 0.01 for apart in nearest) < len(nearest) / 2
    assert units[:, 0].min() < 0.01


class Unmoved:
    """A fit that takes what it has predicted for granted."""

    noise = 1.0

    def believing(self, _units: object) -> Unmoved:
        """The same."""
        return self

    def predict(self, units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """A point is the poorer and the more doubtful the higher its x."""
        return units[:, 0], np.full(len(units), 1.0) + units[:, 0]


@pytest.mark.parametrize(("pending", "caution"), [(0, 2.0), (12, 2.5), (24, 3.0), (100, 3.0)])
def test_the_more_is_pending_the_more_doubt_is_wanted(pending: int, caution: float) -> None:
    configs = tuple({"x": number / 100, "y": 0.5} for number in range(pending))
    belief = _Belief(Unmoved(), None, 0.0).awaiting(SPACE, Evidence(Tried(configs), pending=configs))  # type: ignore[arg-type]
    assert belief.scores(np.array([[0.25, 0.0]])).tolist() == [0.25 - caution * 1.25]


def test_after_shorter_trainings_more_doubt_is_wanted() -> None:
    units = np.random.default_rng(0).random((12, 2))
    results = Results.of(units, units[:, 0] ** 2)
    full, shorter = (
        _fitted(SPACE, Evidence(results=results, partial=partial), Streams(0), 0, None)
        for partial in (False, True)
    )
    asked = np.array([[0.1, 0.9], [0.7, 0.2]])
    _, doubt = full.losses.predict(asked)
    np.testing.assert_allclose(full.scores(asked) - shorter.scores(asked), (CAUTION_BELOW - CAUTION) * doubt)


def test_a_sampler_is_told_whether_it_learns_from_full_trainings() -> None:
    told: list[tuple[bool, bool]] = []
    history = History(SPACE, Metric("loss", "minimize"))

    class Told(CoarseToFine):
        def propose(self, space: Space, evidence: Evidence, *others: object) -> list[Config]:
            told.append((evidence.partial, evidence.results is history.evidence(9)))
            return super().propose(space, evidence, *others)  # type: ignore[arg-type]

    plan = Plan(SPACE, Told(), Streams(1), 100, epochs=9, halving=Halving(eta=3, min_epochs=1))
    while jobs := plan.next_round(history):
        history.add_round(jobs)
        for job in jobs:
            loss = as_number(job.trial.config["x"]) + 1 / job.epochs
            history.add(Result(job.trial.number, job.epochs, "done", {"loss": loss}))
    assert all(partial != full for partial, full in told)
    assert told[0][0]
    assert not told[-1][0]
