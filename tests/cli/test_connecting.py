"""Workers are asked for when there is something to train; who interrupts that leaves nothing half begun."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import pytest

from hpsearch.actions.executing import executor_of
from hpsearch.core.trial import Job
from hpsearch.engine.history import History
from hpsearch.engine.plan import Plan
from tests.commands import here

SEARCH = """\
objective: {kind: python, function: train.py:train}
space: {x: {choices: [1, 2, 3, 4]}}
search: {sampler: grid, trials: 2}
dispatch: {executor: serial}
"""


class Interrupted:
    """Workers somewhere; whoever waits for them has no patience."""

    def __enter__(self) -> Self:
        raise KeyboardInterrupt

    def __exit__(self, *_: object) -> None:
        raise AssertionError("it was never there")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "train.py").write_text("def train(x):\n    return x\n")
    (tmp_path / "own.yaml").write_text(SEARCH)

    def made(spec: Any, *others: Any) -> Any:
        return Interrupted() if spec.dispatch.workers == 7 else executor_of(spec, *others)

    monkeypatch.setattr("hpsearch.actions.run.executor_of", made)
    return tmp_path


AWAY = ("--workers", "7")


@pytest.mark.parametrize("again", [(), ("--overwrite",), ("--json",)])
def test_who_interrupts_before_there_is_a_worker_leaves_nothing(folder: Path, again: tuple[str, ...]) -> None:
    ended = here(folder, "run", "own.yaml", *AWAY, *again)
    assert ended.returncode == 130
    assert ended.stderr.splitlines()[-1] == "interrupted before anything was trained"
    assert not [path for path in (folder / "runs/own").rglob("[!.]*") if path.is_file()]
    assert here(folder, "run", "own.yaml").returncode == 0


def test_a_search_that_goes_on_keeps_what_it_had(folder: Path) -> None:
    assert here(folder, "run", "own.yaml").returncode == 0
    before = (folder / "runs/own/results.csv").read_bytes()
    ended = here(folder, "resume", "own", "--trials", "4", *AWAY)
    assert ended.returncode == 130
    assert ended.stderr.splitlines()[-1] == "interrupted; continue with: hpsearch resume own"
    assert (folder / "runs/own/results.csv").read_bytes() == before


@pytest.mark.parametrize("of", [(), ("--set", "search.target=2")])
def test_where_nothing_is_left_to_train_nobody_is_asked_for_workers(
    folder: Path, of: tuple[str, ...]
) -> None:
    """Neither of a search that is complete, nor of one whose target is reached."""
    assert here(folder, "run", "own.yaml", *of).returncode == 0
    before = (folder / "runs/own/results.csv").read_bytes()
    more = ("--trials", "4") if of else ()
    ended = here(folder, "resume", "own", *AWAY, *more)
    assert ended.returncode == 0, ended.stderr
    assert (folder / "runs/own/results.csv").read_bytes() == before


def test_that_there_is_something_to_train_is_decided_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A round of a search that learns takes seconds to decide."""
    decided: list[int] = []
    whole = Plan.next_round

    def next_round(plan: Plan, history: History) -> list[Job]:
        decided.append(len(history.results))
        return whole(plan, history)

    monkeypatch.setattr(Plan, "next_round", next_round)
    settings = ("--set", "search.round_size=1")
    assert here(folder, "run", "own.yaml", *settings).returncode == 0
    assert decided == [0, 1, 2]
    decided.clear()
    assert here(folder, "resume", "own", "--trials", "4").returncode == 0
    assert decided == [2, 3, 4]
