"""Which saved states are kept."""

from __future__ import annotations

import pytest

from hpsearch.core.metric import Metric
from hpsearch.core.trial import Job, Result, Trial
from hpsearch.engine import checkpoints
from hpsearch.engine.checkpoints import states_to_keep
from hpsearch.engine.history import History
from hpsearch.space import Log, Real, Space

SPACE = Space([Real("lr", Log(1e-4, 1))])


def history(epochs: list[int], losses: list[float]) -> History:
    made = History(SPACE, Metric("val_loss", "minimize"))
    trials = [Trial(n, 0, {"lr": 10 ** (-1 - n / 10)}, n) for n in range(len(epochs))]
    made.add_round([Job(trial, epochs[trial.number]) for trial in trials])
    for number, loss in enumerate(losses):
        made.add(Result(number, epochs[number], "done", {"val_loss": loss}))
    return made


def test_paused_trials_the_best_models_and_what_goes_on_are_kept() -> None:
    past = history([1, 3, 9, 9], [0.9, 0.5, 0.4, 0.2])
    assert states_to_keep((), past, 9) == {(0, 1), (1, 3), (2, 9), (3, 9)}


def test_there_is_a_bound_and_the_worst_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "MOST_PAUSED", 2)
    monkeypatch.setattr(checkpoints, "MODELS", 1)
    past = history([1, 1, 1, 9, 9], [0.9, 0.5, 0.7, 0.3, 0.2])
    assert states_to_keep((), past, 9) == {(1, 1), (2, 1), (4, 9)}
    assert (0, 1) in states_to_keep([Job(past.trials[0], 3, start=1)], past, 9)


def test_the_states_that_a_round_goes_on_from_are_kept() -> None:
    past = history([1, 1], [0.9, 0.5])
    promotion = Job(past.trials[1], 3, start=1)
    past.add_round([promotion])
    assert (1, 1) in states_to_keep([promotion], past, 9)


def test_failed_trials_keep_nothing() -> None:
    made = History(SPACE, Metric("val_loss", "minimize"))
    made.add_round([Job(Trial(0, 0, {"lr": 0.1}, 0), 1)])
    made.add(Result(0, 1, "diverged"))
    assert (0, 1) not in states_to_keep((), made, 9)


def test_of_what_runs_while_another_round_begins_the_state_stays_that_it_ends_with() -> None:
    new = Job(Trial(0, 0, {"lr": 0.1}, 0), 3)
    history = History(Space([Real("lr", Log(1e-4, 1))]), Metric("loss", "minimize"))
    history.add_round([new])
    # Its worker has written the state, and its result is not there yet.
    assert (0, 3) in states_to_keep(history.pending(), history, 27)
