"""A run read from its folder: what it holds, how it ranks, and what of it cannot be read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hpsearch.core.errors import InputError, RunFolderError
from hpsearch.core.trial import Job, Result, Trial
from hpsearch.engine.run import Run
from hpsearch.runs import RunFolder
from hpsearch.runs.journal import encode
from hpsearch.runs.writing import header, result_record, round_record

CONFIG = """\
objective: {kind: command, command: [echo, "{x}", "{epochs}"], epochs: 3}
space: {x: {scale: linear, low: 0, high: 1}}
search: {metric: loss, goal: minimize, halving: {min_epochs: 1}}
"""
TRIALS = [Trial(number, 0, {"x": number / 4}, number + 7) for number in range(4)]
RESULTS = [
    Result(0, 1, "done", {"loss": 2.0}, {"loss": [2.0]}, 1.0),
    Result(2, 1, "failed", seconds=1.0, reason="no luck"),
    Result(1, 1, "done", {"loss": 1.0}, {"loss": [1.0]}, 1.0),
    Result(1, 3, "done", {"loss": 0.5}, {"loss": [0.7, 0.5]}, 2.0),
    Result(1, 3, "done", {"loss": 0.75}, {}, 4.0, replicate=1),
]


def recorded(path: Path, *more: Mapping[str, Any], config: str = CONFIG) -> RunFolder:
    folder = RunFolder(path / "small")
    folder.path.mkdir()
    folder.config.write_text(config)
    jobs = [*(Job(trial, 1) for trial in TRIALS), Job(TRIALS[1], 3, start=1), Job(TRIALS[1], 3, replicate=1)]
    records = [header(version="1", spec="s", data="d", rows=10), round_record(0, jobs)]
    records += map(result_record, RESULTS)
    folder.journal.write_bytes(b"".join(map(encode, [*records, *more])))
    return folder


def test_everything_recorded_is_there(tmp_path: Path) -> None:
    folder = recorded(tmp_path, {"kind": "end", "why": "target"})
    os.utime(folder.journal, (5, 1_700_000_000))
    run = Run.read(folder)
    assert (run.name, run.metric.name, run.metric.goal, run.epochs) == ("small", "loss", "minimize", 3)
    assert (run.ending, run.data, run.rows, run.written) == ("target", "d", 10, 1_700_000_000)
    assert run.trials == dict(enumerate(TRIALS))
    assert run.results == RESULTS
    assert run.space.names == ("x",)


def test_it_ranks(tmp_path: Path) -> None:
    run = Run.read(recorded(tmp_path))
    assert [(standing.trial.number, standing.epochs) for standing in run.standings] == [
        (1, 3),
        (0, 1),
        (2, 1),
    ]
    assert [standing.trial for standing in run.ranked] == [TRIALS[1], TRIALS[0]]
    assert [standing.reason for standing in run.lost] == ["no luck"]
    assert [standing.trial.number for standing in run.in_order] == [0, 1, 2]
    best = run.best
    assert best is not None
    assert (best.trial, best.value(run.metric)) == (TRIALS[1], 0.625)


def test_a_trial_is_told_without_its_fresh_seeds(tmp_path: Path) -> None:
    run = Run.read(recorded(tmp_path))
    assert run.by_trial[1] == [RESULTS[2], RESULTS[3], RESULTS[4]]
    assert run.searched(1) == [RESULTS[2], RESULTS[3]]
    assert run.searched(3) == []
    assert run.seconds(1) == 3.0
    assert run.curves(1) == {"loss": {1: 1.0, 2: 0.7, 3: 0.5}}


def test_without_curves_the_ranking_is_the_same(tmp_path: Path) -> None:
    folder = recorded(tmp_path)
    run = Run.read(folder, curves=False)
    assert not any(result.curve for result in run.results)
    assert run.standings == Run.read(folder).standings


def test_nothing_done_has_no_best(tmp_path: Path) -> None:
    folder = recorded(tmp_path)
    lines = folder.journal.read_bytes().splitlines(keepends=True)
    folder.journal.write_bytes(b"".join(lines[:2]))
    run = Run.read(folder)
    assert (list(run.standings), list(run.ranked), list(run.lost), run.best) == ([], [], [], None)


def test_its_settings_can_be_overridden(tmp_path: Path) -> None:
    folder = recorded(tmp_path)
    run = Run.read(folder, [("--set search.goal=maximize", "search.goal=maximize")])
    assert [standing.trial.number for standing in run.ranked] == [1, 0]  # what was confirmed comes first
    assert run.metric.goal == "maximize"


def test_it_is_read_where_its_executor_is_gone(tmp_path: Path) -> None:
    config = f"{CONFIG}dispatch: {{executor: cluster, workers: 7}}\n"
    folder = recorded(tmp_path, config=config)
    dispatch = Run.read(folder).spec.dispatch
    assert (dispatch.executor, dispatch.workers) == ("cluster", 7)
    here = Run.read(folder, [("--executor serial", "dispatch.executor=serial")]).spec.dispatch
    assert (here.executor, here.workers) == ("serial", 7)
    with pytest.raises(InputError, match="must be one of local, serial, dask"):
        Run.read(folder, [("--executor club", "dispatch.executor=club")])


@pytest.mark.parametrize("text", ["[1]", "dispatch: 3", "dispatch: {executor: 3}"])
def test_a_config_that_is_none_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="must be"):
        Run.read(recorded(tmp_path, config=f"{text}\n"))


def test_a_config_that_ranks_by_what_no_trial_has_is_refused(tmp_path: Path) -> None:
    run = Run.read(recorded(tmp_path, config=CONFIG.replace("metric: loss", "metric: other")))
    with pytest.raises(
        RunFolderError, match=r"journal\.jsonl: trial 0 has no metric 'other', by which config\.yaml"
    ):
        _ = run.standings


def test_a_torn_line_is_passed_over(tmp_path: Path) -> None:
    folder = recorded(tmp_path)
    with folder.journal.open("ab") as file:
        file.write(b'{"crc":"0000')
    run = Run.read(folder)
    assert (run.results, run.ending) == (RESULTS, "")


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    folder = recorded(tmp_path)
    folder.journal.write_bytes(b"")
    with pytest.raises(RunFolderError, match="first record is missing"):
        Run.read(folder)
    folder.config.unlink()
    with pytest.raises(InputError, match="no such file"):
        Run.read(folder)
