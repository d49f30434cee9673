"""Jobs and results survive the journal unchanged."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from hpsearch.core.errors import RunFolderError
from hpsearch.core.trial import Job, Result, Trial
from hpsearch.runs import Journal, read
from hpsearch.runs.records import check_header, header, jobs_of, result_of, result_record, round_record

TRIAL = Trial(3, 1, {"lr": 0.1 + 0.2, "units": 64, "activation": "relu", "flag": True}, seed=99)


def test_a_round_reads_back() -> None:
    first = [Job(TRIAL, epochs=1)]
    later = [Job(TRIAL, epochs=3, start=1), Job(TRIAL, epochs=3, replicate=2)]
    trials: dict[int, Trial] = {}
    assert jobs_of(round_record(1, first), trials) == first
    assert jobs_of(round_record(2, later), trials) == later
    assert trials == {3: TRIAL}


def test_a_result_reads_back_to_the_bit() -> None:
    result = Result(
        3,
        9,
        "done",
        {"val_acc": 1 / 3},
        {"val_acc": [0.1, 1 / 3]},
        seconds=0.25,
        replicate=1,
        reason="x",
        output="y",
    )
    assert result_of(result_record(result)) == result


def test_what_is_not_finite_becomes_nan() -> None:
    back = result_of(result_record(Result(0, 1, "diverged", {}, {"loss": [1.0, math.inf]})))
    assert back.curve["loss"][0] == 1.0
    assert math.isnan(back.curve["loss"][1])


def test_journals_of_another_format_are_recognised() -> None:
    with pytest.raises(RunFolderError, match="journal format 99"):
        check_header([header(version="9.9", spec="", data="") | {"format": 99}], "j")
    with pytest.raises(RunFolderError, match="first record is missing"):
        check_header([], "j")


def test_reading_passes_over_a_torn_line(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        journal.open()
        journal.append([header(version="1", spec="s", data="d"), round_record(1, [Job(TRIAL, 1)])])
        journal.append([result_record(Result(3, 1, "done", {"val_acc": 0.5}))])
    with path.open("ab") as file:
        file.write(b'{"crc":"0000')
    found = read(path)
    assert found.trials == {3: TRIAL}
    assert [result.metrics["val_acc"] for result in found.results] == [0.5]
    assert found.ending == ""
