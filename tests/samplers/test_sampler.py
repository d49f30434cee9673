from __future__ import annotations

from hpsearch.samplers import Evidence, Tried


def test_tried_is_a_sequence_with_a_quick_answer() -> None:
    first, second = {"lr": 0.1, "n": 1}, {"lr": 0.2, "n": 1}
    tried = Tried([first, second, first])
    assert list(tried) == [first, second, first]
    assert (len(tried), tried.distinct, tried[1], tried[-2:]) == (3, 2, second, [second, first])
    assert {"n": 1, "lr": 0.2} in tried
    assert {"lr": 0.2} not in tried


def test_evidence_starts_empty_and_is_not_shared() -> None:
    one, other = Evidence(), Evidence()
    one.tried.add({"lr": 0.1})
    assert len(other.tried) == 0
    assert len(one.results) == 0
