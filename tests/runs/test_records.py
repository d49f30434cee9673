"""Jobs and results survive the journal unchanged, and what no search wrote is refused."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.core.errors import RunFolderError
from hpsearch.core.trial import Config, Job, Result, Trial
from hpsearch.runs.contents import ending_of, header_of
from hpsearch.runs.curves import OneEpoch, Packed, compact
from hpsearch.runs.journal import encode, replay
from hpsearch.runs.records import FORMAT, Ended, Evaluated, Header, Inheritance, Other, Reader, Record
from hpsearch.runs.writing import header, inherited_record, result_record, round_record

TRIAL = Trial(
    3,
    1,
    {
        "lr": 0.1 + 0.2,
        "units": 64,
        "activation": "relu",
        "flag": True,
        "depth": None,
        "hidden": (64, 0.5, "x", True),
    },
    seed=99,
)
ROUND = round_record(1, [Job(TRIAL, epochs=1)])
HEAD = header(version="1", spec="s", data="d")


def reader(*, curves: bool = True) -> Reader:
    """One that has read how a journal begins."""
    read = Reader("journal", curves=curves)
    assert read(encode(HEAD)) == Header(FORMAT, "1", "s", "d")
    return read


def read_back(*records: dict[str, Any], curves: bool = True) -> list[Record]:
    read = reader(curves=curves)
    return [read(encode(record)) for record in records]


def test_the_losses_of_knowing_nothing_are_in_the_first_record_where_they_are_known() -> None:
    known = header(version="1", spec="s", data="d", chance={"val_loss": 2.3})
    first = [Reader("journal")(encode(record)) for record in (known, HEAD)]
    assert [header_of([record], "journal").chance for record in first] == [{"val_loss": 2.3}, {}]
    assert "chance" not in HEAD  # so that what was written without is as before


def test_the_accuracy_of_the_commonest_class_is_in_the_first_record_where_there_is_one() -> None:
    known = header(version="1", spec="s", data="d", commonest=0.9)
    first = [Reader("journal")(encode(record)) for record in (known, HEAD)]
    assert [header_of([record], "journal").commonest for record in first] == [0.9, 0]
    assert "commonest" not in HEAD  # likewise


def test_a_round_reads_back() -> None:
    first = [Job(TRIAL, epochs=1)]
    later = [Job(TRIAL, epochs=3, start=1), Job(TRIAL, epochs=3, replicate=2)]
    read = reader()
    assert read(encode(round_record(1, first))) == first
    assert read(encode(round_record(2, later))) == later
    assert read.trials == {3: TRIAL}


NAMES = st.sampled_from(['a"b', "a{b", "é", "", "replicate", "\n", "\ud800", "kind", "crc"]) | st.text(
    max_size=5
)
VALUES = (
    st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.booleans() | st.text(max_size=5)
)


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_any_configuration_reads_back(config: Config) -> None:
    jobs = [Job(Trial(0, 2, config, 1), 1)]
    (back,) = read_back(round_record(2, jobs))
    assert back == jobs
    assert isinstance(back, list)
    assert list(map(repr, back[0].trial.config.values())) == list(map(repr, config.values()))
    assert list(back[0].trial.config) == list(config)


def numbers(values: Any) -> list[str]:
    """To the bit; what is not finite is nan."""
    return [float(value).hex() if math.isfinite(value) else "nan" for value in values]


@given(
    metrics=st.dictionaries(NAMES, st.floats(), max_size=3),
    curve=st.none() | st.dictionaries(NAMES, st.lists(st.floats(), max_size=3), max_size=3),
    seconds=st.floats(0, 1e6),
    status=st.sampled_from(["done", "failed", "diverged", "timeout", "crashed"]),
    words=st.sampled_from(["", "x", "\udcff", '"metrics":{"acc":1}']),
)
def test_any_result_reads_back(
    metrics: dict[str, float], curve: dict[str, list[float]] | None, seconds: float, status: Any, words: str
) -> None:
    whole = {name: [value] for name, value in metrics.items()} if curve is None else curve
    result = Result(3, 9, status, metrics, whole, seconds, 2, words, words)
    for given_, curves in ((result, True), (compact(result), True), (result, False)):
        _, back = read_back(ROUND, result_record(given_), curves=curves)
        assert isinstance(back, Result)
        assert (back.key, back.status, back.reason, back.output) == (result.key, status, words, words)
        assert back.seconds == round(seconds, 6)
        assert list(back.metrics) == list(metrics)
        assert numbers(back.metrics.values()) == numbers(metrics.values())
        assert list(back.curve) == (list(whole) if curves else [])
        assert all(numbers(values) == numbers(whole[name]) for name, values in back.curve.items())


def test_a_result_reads_back_to_the_bit() -> None:
    result = Result(3, 9, "done", {"val_acc": 1 / 3}, {"val_acc": [0.1, 1 / 3]}, 0.25, 1, "x", "y")
    assert read_back(ROUND, result_record(result))[1] == result == compact(result)


def test_what_is_not_finite_becomes_nan() -> None:
    _, back = read_back(ROUND, result_record(Result(3, 1, "diverged", {}, {"loss": [1.0, math.inf]})))
    assert isinstance(back, Result)
    assert back.curve["loss"][0] == 1.0
    assert math.isnan(back.curve["loss"][1])


def test_the_other_records_read_back() -> None:
    inherited = Inheritance([TRIAL.config, TRIAL.config], [{1: 0.5, 27: 1 / 3}, {}])
    later: dict[str, Any] = {"kind": "a later one", "trial": "of another form"}
    found = read_back(
        inherited_record(inherited), {"kind": "end", "why": "target"}, {"kind": "evaluation", "acc": 1}, later
    )
    assert found == [inherited, Ended("target"), Evaluated(), Other("a later one")]


RESULT = result_record(Result(3, 1, "done", {"acc": 0.5}, seconds=0.1))
JOB: dict[str, Any] = ROUND["jobs"][0]


def test_shares_of_an_epoch_read_back_and_whole_ones_stay_whole() -> None:
    trial = Trial(3, 0, {"lr": 0.1}, 7)
    jobs = [Job(trial, 0.111), Job(trial, 1, 0.111), Job(trial, 3, 1)]
    inherited = Inheritance([{"lr": 0.1}], [{0.05: 0.25, 1: 0.5}])
    results = [Result(3, job.epochs, "done", {"acc": 0.5}, {"acc": [0.5]}) for job in jobs]
    asked, *ended, known = read_back(
        round_record(0, jobs), *map(result_record, results), inherited_record(inherited)
    )
    assert asked == jobs
    assert ended == results
    assert known == inherited
    assert isinstance(known, Inheritance)
    assert isinstance(asked, list)
    assert [repr(one.epochs) for one in (*asked, *ended)] == ["0.111", "1", "3"] * 2  # type: ignore[union-attr]
    assert list(map(repr, known.values[0])) == ["0.05", "1"]


@pytest.mark.parametrize(
    "record",
    [
        {"trial": 3},
        {"kind": 1},
        {"kind": "result"},
        *(
            {**RESULT, name: value}
            for name in ("trial", "epochs", "replicate")
            for value in (-1, "1", True, None, 1.5)
        ),
        {**RESULT, "epochs": 1.0},
        {**RESULT, "trial": 0.5},
        {**RESULT, "trial": 4},
        {**RESULT, "status": "won"},
        {**RESULT, "seconds": "long"},
        *({**RESULT, "metrics": value} for value in (1, [1], {"acc": "best"}, {"acc": True})),
        *({**RESULT, "curve": value} for value in ([1], {"acc": 1.0}, {"acc": ["a"]}, {"acc": [True]})),
        *({**RESULT, name: 1} for name in ("reason", "output")),
        {**ROUND, "round": -1},
        {**ROUND, "jobs": {}},
        *({**ROUND, "jobs": [{**JOB, "config": value}]} for value in ([1], {"lr": [[1]]}, {"lr": [None]})),
        *({**ROUND, "jobs": [{**JOB, name: value}]} for name in JOB for value in (-1, "1")),
        {**ROUND, "jobs": [{name: value for name, value in JOB.items() if name != "seed"}]},
        {**ROUND, "jobs": [{"trial": 99, "epochs": 3, "start": 1}]},
        {"kind": "inherited", "trials": [{"config": {}, "values": {"one": 1.0}}]},
        {"kind": "end", "why": 1},
        {"kind": "end"},
        HEAD,
        {**HEAD, "format": 2},
    ],
    ids=json.dumps,
)
def test_what_no_search_wrote_names_its_line(record: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b"".join(map(encode, (HEAD, ROUND, record))))
    with pytest.raises(
        RunFolderError, match=r"journal\.jsonl:3: this record does not fit the others \(\w+: .+\)\."
    ):
        replay(path, Reader(str(path)))


@pytest.mark.parametrize("curve", [[1], "up", 0.5, True])
def test_a_curve_that_is_passed_over_must_be_one(curve: Any) -> None:
    with pytest.raises(ValueError, match="curve"):
        read_back(ROUND, {**RESULT, "curve": curve}, curves=False)
    assert read_back(ROUND, {**RESULT, "curve": None}, curves=False)[1:] == [
        Result(3, 1, "done", {"acc": 0.5}, {}, 0.1)
    ]


def test_a_result_without_its_trial_is_named(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b"".join(map(encode, (HEAD, RESULT))))
    with pytest.raises(RunFolderError, match=r":2: .*trial 3 has a result, and no round has the trial"):
        replay(path, Reader(str(path)))


def test_journals_of_another_format_are_recognised() -> None:
    for head in ({**HEAD, "format": 99}, {"kind": "run", "format": 99, "spec": ["another", "form"]}):
        with pytest.raises(RunFolderError, match="journal: journal format 99, written by"):
            Reader("journal")(encode(head))


@pytest.mark.parametrize(
    "record", [ROUND, {"kind": "end", "why": "target"}, {"kind": "a later one"}, {"x": 1}]
)
def test_a_journal_without_its_beginning_is_none(record: dict[str, Any]) -> None:
    with pytest.raises(RunFolderError, match=r"journal: not a journal .*first record is missing"):
        Reader("journal")(encode(record))
    with pytest.raises(RunFolderError, match="first record is missing"):
        header_of([], "journal")


def test_the_format_comes_before_what_follows_it(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b"".join(map(encode, ({**HEAD, "format": 2}, {"kind": "result", "of": "format 2"}))))
    with pytest.raises(RunFolderError, match="journal format 2"):
        replay(path, Reader(str(path)))


def test_a_search_that_goes_on_has_not_ended() -> None:
    records = [
        {"kind": "a later one"},
        {"kind": "end", "why": "time"},
        {"kind": "evaluation"},
        ROUND,
        {"kind": "end", "why": "target"},
    ]
    found = [ending_of(read_back(*records[:count])) for count in range(6)]
    assert found == ["", "", "time", "time", "", "target"]


# -- curves ------------------------------------------------------------------------------------------------


def test_packed_curves_are_the_same_curves() -> None:
    curves = {"loss": [0.1, 0.2, 1 / 3], "acc": [], "é": [1.0]}
    packed = Packed(curves)
    assert packed == curves
    assert dict(packed) == curves
    assert (list(packed), len(packed)) == (list(curves), 3)
    with pytest.raises(KeyError):
        packed["none"]
    with pytest.raises(TypeError):
        Packed({"loss": ["a"]})  # type: ignore[list-item]


def test_curves_take_little_more_than_their_numbers() -> None:
    curves = {name: [index / 7 for index in range(27)] for name in ("loss", "acc", "other")}
    packed = Packed(curves)
    assert sys.getsizeof(packed) + sys.getsizeof(packed._values) < 3 * 27 * 8 + 200
    assert packed._lengths is Packed(curves)._lengths


def test_a_curve_of_one_epoch_is_its_metrics() -> None:
    metrics = {"loss": 0.5, "acc": 0.25}
    one = compact(Result(0, 1, "done", metrics, {"loss": [0.5], "acc": [0.25]})).curve
    assert isinstance(one, OneEpoch)
    assert one == {"loss": [0.5], "acc": [0.25]} == dict(one)
    assert isinstance(compact(Result(0, 1, "done", metrics, {"loss": [0.5]})).curve, Packed)
