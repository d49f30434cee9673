"""Which results were trained with which code, as a journal tells it."""

from __future__ import annotations

from hpsearch.core.trial import Result
from hpsearch.runs.codes import Codes, codes_of
from hpsearch.runs.contents import ending_of
from hpsearch.runs.records import Ended, Header, Record, Session

A, B = Session("s", {"f.py": "a"}), Session("s", {"f.py": "b"})


def result(trial: int, epochs: int = 1) -> Result:
    return Result(trial, epochs, "done", {"score": 1.0})


def told(*records: Record) -> tuple[int, dict[tuple[int, ...], list[int]]]:
    known = codes_of(records)
    return len(known.versions), known.trials(record for record in records if isinstance(record, Result))


def test_a_result_is_of_the_session_before_it() -> None:
    assert told(Header(), A, result(0), result(1)) == (1, {(0,): [0, 1]})
    assert told(Header(), A, result(0), A, result(1)) == (1, {(0,): [0, 1]})
    assert told(Header(), A, result(0), B, result(1)) == (2, {(0,): [0], (1,): [1]})


def test_a_trial_that_went_on_with_other_code_is_of_both() -> None:
    assert told(A, result(0), result(1), B, result(1, 3)) == (2, {(0,): [0], (0, 1): [1]})


def test_code_that_comes_back_is_the_same_version() -> None:
    assert told(A, result(0), B, result(1), A, result(2)) == (2, {(0,): [0, 2], (1,): [1]})


def test_what_was_tried_again_is_of_the_later_code() -> None:
    assert told(A, result(0), B, result(0)) == (2, {(1,): [0]})


def test_nothing_is_said_of_what_was_not_recorded() -> None:
    assert told(Header(), result(0)) == (0, {})
    assert told(Header(), result(0), A) == (1, {})
    assert told(Header(), result(0), A, result(1)) == (1, {(0,): [1]})
    assert told(Header(), Session("s"), result(0)) == (0, {})
    assert Codes.only({}).version(result(0)) is None


def test_a_session_without_files_says_nothing_of_what_follows() -> None:
    assert told(A, result(0), Session("s"), result(1), result(0, 3))[1] == {(0,): [0]}


def test_a_session_is_no_end_and_undoes_none() -> None:
    assert ending_of([Header(), A, Ended("complete"), B]) == "complete"
    assert ending_of([Header(), A]) == ""
