"""Resuming is replaying: every sampler, with halving and confirmation, cut off anywhere in its journal."""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpsearch.core.metric import Metric
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Job, Result, as_number
from hpsearch.engine.dispatch import Dispatcher
from hpsearch.engine.history import History
from hpsearch.engine.loop import Limits, restore, search
from hpsearch.engine.plan import Confirm, Halving, Plan
from hpsearch.executors import EXECUTORS
from hpsearch.runs import Journal
from hpsearch.runs.writing import header
from hpsearch.samplers import SAMPLERS
from hpsearch.space import Choice, Integer, Linear, Log, Real, Space

SPACE = Space(
    [
        Real("lr", Log(1e-4, 1)),
        Integer("layers", Linear(1, 3)),
        Choice("optimizer", ("sgd", "adam")),
        Real("beta2", Linear(0.9, 0.999), when={"optimizer": ("adam",)}),
    ]
)
TRIALS = 20


class Bowl:
    """Best in the middle of the range of lr, better with more epochs; the highest rates diverge."""

    def group(self, jobs: Sequence[Job], workers: int) -> list[tuple[Job, ...]]:
        return [tuple(jobs[start : start + 3]) for start in range(0, len(jobs), 3)]

    def evaluate(self, stack: Sequence[Job]) -> list[Result]:
        return [self._one(job) for job in stack]

    def _one(self, job: Job) -> Result:
        rate = as_number(job.trial.config["lr"])
        if rate > 0.5:
            return Result(
                job.trial.number, job.epochs, "diverged", replicate=job.replicate, reason="too fast"
            )
        noise = Streams(job.trial.seed).generator("noise", job.replicate, job.epochs).random()
        loss = (math.log10(rate) + 2) ** 2 + 1 / job.epochs + 0.1 * noise
        return Result(job.trial.number, job.epochs, "done", {"loss": loss}, replicate=job.replicate)

    def tidy(self, keep: Collection[tuple[int, int]]) -> None:
        return None


class Deaf:
    """Observes nothing."""

    def round_begins(self, number: int, jobs: Sequence[Job], history: History) -> None:
        return None

    def training_begins(self, jobs: Sequence[Job], workers: int) -> None:
        return None

    def results_came(self, results: Sequence[Result], history: History) -> None:
        return None


#: Configurations that are tried first, more than a round has; one is poor, one diverges.
QUEUE = tuple({"lr": lr, "layers": 2, "optimizer": "sgd"} for lr in (0.01, 0.9, 1e-4, 0.1, 0.02))
#: What is searched with: a sampler, and what else the plan has.
CASES: dict[str, tuple[str, dict[str, Any]]] = {name: (name, {}) for name in SAMPLERS}
CASES |= {f"{name} behind a queue": (name, {"queue": QUEUE}) for name in ("coarse_to_fine", "grid")}


def conducted(case: str, journal: Path) -> dict[tuple[int, int, int], dict[str, float]]:
    """The metrics of a whole search, or of the rest of one that `journal` holds a part of."""
    name, others = CASES[case]
    sampler = SAMPLERS[name].from_settings({"fit": True}, TRIALS)
    plan = Plan(SPACE, sampler, Streams(0), TRIALS, 4, 9, Halving(3, 1), Confirm(2, 2), **others)
    history = History(SPACE, Metric("loss", "minimize"))
    with Journal(journal) as record, EXECUTORS["serial"](1) as executor:
        records = record.open()
        if not records:
            record.append([header(version="1", spec="s", data="d")])
        restore(records, history, str(journal))
        search(plan, history, Dispatcher(Bowl(), executor), record, Deaf(), Limits())
    return {key: dict(result.metrics) for key, result in sorted(history.results.items())}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[bytes, object]]:
    """Each case's journal and results, undisturbed."""
    found: dict[str, tuple[bytes, object]] = {}
    for name in CASES:
        path = tmp_path_factory.mktemp(name) / "journal.jsonl"
        results = conducted(name, path)
        found[name] = (path.read_bytes(), results)
    return found


@pytest.mark.parametrize("name", list(CASES))
@given(share=st.floats(0, 1))
@settings(max_examples=12)
def test_a_search_cut_off_anywhere_ends_as_if_it_never_was(
    name: str, share: float, whole: dict[str, tuple[bytes, object]]
) -> None:
    content, expected = whole[name]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.jsonl"
        path.write_bytes(content[: round(share * len(content))])
        assert conducted(name, path) == expected


def test_the_searches_confirm_their_best(whole: dict[str, tuple[bytes, object]]) -> None:
    for _, results in whole.values():
        assert isinstance(results, dict)
        assert sum(replicate > 0 for _, replicate, _ in results) == 2


@pytest.mark.parametrize("name", [name for name, (_, others) in CASES.items() if "queue" in others])
def test_what_was_given_is_tried_first_and_never_again(
    name: str, whole: dict[str, tuple[bytes, object]]
) -> None:
    records = [json.loads(line) for line in whole[name][0].splitlines()]
    jobs = [job for record in records if record["kind"] == "round" for job in record["jobs"]]
    configs = [job["config"] for job in jobs if "config" in job]
    assert configs[: len(QUEUE)] == list(QUEUE)
    assert len(configs) == TRIALS
    assert not any(config in QUEUE for config in configs[len(QUEUE) :])
