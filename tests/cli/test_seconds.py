"""`search.budget: seconds`, typed as a user types it: what is said of it, and what its journal says again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hpsearch.actions.planning import make_plan
from hpsearch.config import build_space
from hpsearch.config.loading import load_continued
from hpsearch.engine.history import History
from hpsearch.engine.loop import restore
from hpsearch.runs import Journal
from tests.cli.conftest import Hpsearch

#: Wide ones take longer, as they have more to add up.
WIDE = """\
import math
def fit(lr, width, epochs):
    sum(math.sqrt(place) for place in range(epochs * width))
    return {"loss": (math.log10(lr) + 2) ** 2 + 1 / epochs}
"""
CONFIG = """\
objective: {kind: python, function: "wide.py:fit", epochs: 9}
space:
  lr: {scale: log, low: 1e-4, high: 1}
  width: {scale: log, type: int, low: 100, high: 10000}
search: {trials: 24, metric: loss, budget: seconds}
"""
NOTE = "note: search.budget is seconds: which trials are tried follows from what trainings take"


@pytest.fixture
def wide(folder: Path) -> Path:
    """The folder with a search that weighs seconds as wide.yaml."""
    (folder / "wide.py").write_text(WIDE)
    (folder / "wide.yaml").write_text(CONFIG)
    return folder


def read(path: Path) -> list[object]:
    with Journal(path) as journal:
        return list(journal.open())


def test_check_and_run_say_what_the_trials_follow_from(wide: Path, hpsearch: Hpsearch) -> None:
    assert NOTE in hpsearch("check", "wide.yaml").stderr
    assert NOTE not in hpsearch("check", "wide.yaml", "--set", "search.budget=epochs").stderr
    ended = hpsearch("run", "wide.yaml")
    assert ended.returncode == 0, ended.stderr
    assert NOTE in ended.stderr
    assert "budget: seconds" in (wide / "runs/wide/config.yaml").read_text()


def test_a_sampler_that_weighs_nothing_is_refused(wide: Path, hpsearch: Hpsearch) -> None:
    for setting in ("search.sampler=random", "search.sampler=grid", "search.fit=off"):
        ended = hpsearch("check", "wide.yaml", "--set", setting)
        assert ended.returncode == 2
        assert "search.budget: must be epochs: " in ended.stderr


def test_its_journal_says_every_round_again_and_it_is_resumed(wide: Path, hpsearch: Hpsearch) -> None:
    assert hpsearch("run", "wide.yaml").returncode == 0
    path = wide / "runs/wide/journal.jsonl"
    records = read(path)
    spec = load_continued(wide / "runs/wide/config.yaml")
    plan, rounds = make_plan(spec), [place for place, one in enumerate(records) if isinstance(one, list)]
    for place in rounds:
        history = History(build_space(spec), spec.search.ranks_by)
        restore(records[:place], history, "journal")  # type: ignore[arg-type]
        assert plan.next_round(history) == records[place]
    # Cut off in the midst of a round: what was begun is finished, and what went before it stays.
    whole = path.read_bytes().splitlines(keepends=True)
    cut = rounds[len(rounds) // 2] + 2
    path.write_bytes(b"".join(whole[:cut]))
    ended = hpsearch("resume", "wide")
    assert ended.returncode == 0, ended.stderr
    assert path.read_bytes().startswith(b"".join(whole[:cut]))
    assert len({job.trial.number for jobs in read(path) if isinstance(jobs, list) for job in jobs}) == 24


def test_a_trial_is_reproduced_whatever_it_took(wide: Path, hpsearch: Hpsearch) -> None:
    assert hpsearch("run", "wide.yaml", "--trials", "10").returncode == 0
    ended = hpsearch("reproduce", "wide", "9")
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_a_recorded_search_keeps_its_budget(wide: Path, hpsearch: Hpsearch) -> None:
    assert hpsearch("run", "wide.yaml", "--trials", "3").returncode == 0
    ended = hpsearch("run", "wide.yaml", "--resume", "--set", "search.budget=epochs", "--trials", "5")
    assert ended.returncode == 2
    assert "another search.budget" in ended.stderr


def test_what_is_taken_over_is_weighed_by_itself(wide: Path, hpsearch: Hpsearch) -> None:
    assert hpsearch("run", "wide.yaml", "--trials", "10").returncode == 0
    text = CONFIG.replace("trials: 24", "trials: 16, reuse: true, learn_from: [runs/wide]")
    (wide / "new.yaml").write_text(text)
    ended = hpsearch("run", "new.yaml")
    assert ended.returncode == 0, ended.stderr
    spec = load_continued(wide / "runs/new/config.yaml")
    records = read(wide / "runs/new/journal.jsonl")
    history = History(build_space(spec), spec.search.ranks_by)
    restore(records, history, "journal")  # type: ignore[arg-type]
    assert len(history.reused) == 10
    of_lots = [{number in history.reused for _, number in lot.entries} for lot in history.took()]
    assert {True} in of_lots
    assert {False} in of_lots
    assert {True, False} not in of_lots


def test_a_search_that_says_epochs_is_one_that_says_nothing(wide: Path, hpsearch: Hpsearch) -> None:
    configs = []
    for number, budget in enumerate(("", ", budget: epochs")):
        (wide / "wide.yaml").write_text(CONFIG.replace(", budget: seconds", budget))
        assert hpsearch("run", "wide.yaml", "--trials", "10").returncode == 0
        configs.append((wide / "runs/wide/config.yaml").read_text())
        jobs = [one for one in read(wide / "runs/wide/journal.jsonl") if isinstance(one, list)]
        configs.append(repr(jobs))
        if not number:
            shutil.move(wide / "runs/wide", wide / "runs/before")
    assert configs[:2] == configs[2:]
