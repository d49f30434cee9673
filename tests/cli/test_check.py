"""What `check` draws is what the search would try."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from hpsearch.actions.check import MOST, Foreseen
from hpsearch.core.metric import Metric
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Config, Result
from hpsearch.engine.history import History
from hpsearch.engine.plan import Plan
from hpsearch.reporting.scales import drawn
from hpsearch.samplers import SAMPLERS
from hpsearch.space import Choice, Log, OneMinusLog, Real, Space
from hpsearch.space.preview import preview
from tests.commands import here

SPACE = Space(
    [
        Real("lr", Log(1e-4, 1)),
        Choice("optimizer", ("sgd", "adam")),
        Real("beta2", OneMinusLog(0.9, 0.999), when={"optimizer": ("adam",)}),
    ]
)
CONFIG = """\
objective: {kind: mlp, dataset: digits}
space:
  lr: {scale: log, low: 1e-4, high: 1}
  momentum: {scale: one_minus_log, low: 0.9, high: 0.999}
search: {sampler: SAMPLER, trials: 30}
"""


def a_plan(sampler: str, trials: int = 30, space: Space = SPACE, queue: Sequence[Config] = ()) -> Plan:
    made = SAMPLERS[sampler].from_settings({}, max(1, trials - len(queue)))
    return Plan(space, made, Streams(0), trials, round_size=3, queue=queue)


def tried(plan: Plan) -> list[Config]:
    """What a search tries whose results get better with every trial."""
    history = History(plan.space, Metric.named("loss"))
    while jobs := plan.next_round(history):
        history.add_round(jobs)
        for job in jobs:
            history.add(Result(job.trial.number, job.epochs, "done", {"loss": -float(job.trial.number)}))
    return [trial.config for trial in history.trials]


QUEUE: tuple[Config, ...] = ({"lr": 0.1, "optimizer": "sgd"}, {"lr": 1e-4, "optimizer": "sgd"})


@pytest.mark.parametrize("sampler", ["coarse_to_fine", "grid", "random", "sobol"])
def test_nothing_but_what_was_given_is_foreseen_where_there_is_nothing_else(sampler: str) -> None:
    plan = a_plan(sampler, 2, queue=QUEUE)
    assert tuple(Foreseen.of(plan).configs) == QUEUE
    assert Foreseen.of(plan).made(plan) == 2


@pytest.mark.parametrize("queue", [(), QUEUE])
@pytest.mark.parametrize("sampler", ["coarse_to_fine", "grid", "random", "sobol"])
def test_what_is_foreseen_is_what_is_tried(sampler: str, queue: Sequence[Config]) -> None:
    plan = a_plan(sampler, queue=queue)
    foreseen, all_tried = Foreseen.of(plan), tried(plan)
    assert list(foreseen.configs) == all_tried[: len(foreseen.configs)]
    assert foreseen.made(plan) == len(all_tried)
    assert (len(foreseen.configs) == len(all_tried)) == foreseen.all == (sampler != "coarse_to_fine")


def test_of_an_unknown_sampler_the_first_round_is_foreseen() -> None:
    class Another:
        def propose(self, space: Space, *given: Any) -> list[Config]:
            return [{"lr": 0.1 / (1 + number), "optimizer": "sgd"} for number in given[-1]]

    plan = Plan(SPACE, Another(), Streams(0), 30, round_size=3)  # type: ignore[arg-type]
    assert len(Foreseen.of(plan).configs) == 3


def test_of_very_many_trials_the_first_are_drawn() -> None:
    plan = a_plan("random", trials=10 * MOST)
    foreseen = Foreseen.of(plan)
    assert (len(foreseen.configs), foreseen.made(plan)) == (MOST, 10 * MOST)


def test_a_finite_space_is_said_to_hold_no_more() -> None:
    plan = a_plan("coarse_to_fine", space=Space([Choice("size", tuple(range(12)))]))
    foreseen = Foreseen.of(plan)
    assert (len(foreseen.configs), foreseen.made(plan)) == (8, 12)


def test_a_grid_is_shown_by_its_levels_and_counted(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG.replace("SAMPLER", "grid"))
    (tmp_path / "random.yaml").write_text(CONFIG.replace("SAMPLER", "random"))
    grid, random = (
        json.loads(here(tmp_path, "check", name, "--json").stdout) for name in ("config.yaml", "random.yaml")
    )
    assert (grid["trials"], grid["drawn"], random["trials"]) == (30, 30, 30)
    assert [label for label, _ in grid["space"][1]["parts"]] == ["0.9", "0.9684", "0.99", "0.9968", "0.999"]
    assert len(random["space"][1]["parts"]) == 2
    told = here(tmp_path, "check", "config.yaml", "--trials", "7")
    assert told.stdout.startswith("what grid tries: 6 trials of the 7 asked for\n")
    fine = (
        "fine; 6 trials of 2 parameters, grid (7 asked for, it holds no more), 6 at a time at most, ranked by"
    )
    assert fine in told.stderr
    many = here(tmp_path, "check", "config.yaml", "--set", "dispatch.workers=16")
    assert "8 of 16 workers will stay idle" in many.stderr
    assert "--set search.overlap=1 has work for 16" in many.stderr


def test_a_parameter_that_no_point_of_a_grid_has_is_shown_all_the_same() -> None:
    adam = Real("beta2", Log(0.1, 10), when={"optimizer": ("adam",)})
    plan = a_plan("grid", 1, Space([Choice("optimizer", ("adam", "sgd")), adam]))
    previews = Foreseen.of(plan).previews(plan)
    assert [share for _, share in previews[1]["parts"]] == [0, 0]
    assert "0.1 to 1" in drawn(previews, 1)


def test_another_scale_stands_beside_the_linear_one_within_80_columns() -> None:
    long = Real(
        "a_decay_rate_with_a_long_name", OneMinusLog(0.98765, 0.999987), when={"optimizer": ("adam",)}
    )
    shown = preview(long)
    assert shown["linear"] == pytest.approx([0.1904, 0.7290, 0.0729, 0.0077], abs=0.05)
    text = drawn([{**shown, "drawn": 3}], trials=10)
    assert max(map(len, text.splitlines())) <= 80
    assert "if it were linear" in text
    assert "in 3 of these trials" in " ".join(text.split())
    assert "linear" not in preview(Choice("size", (1, 2)))
