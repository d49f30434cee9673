from __future__ import annotations

from collections.abc import Iterator

import pytest

from hpsearch.core.trial import Config
from hpsearch.samplers import Evidence, Tried, sampler


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


def test_asking_again_goes_through_what_is_new_only() -> None:
    class Unscanned(list[Config]):
        def __iter__(self) -> Iterator[Config]:
            raise AssertionError("everything that was tried is gone through")

    tried = Tried([{"lr": 0.1}, {"lr": 0.2}])
    tried._configs = Unscanned(tried._configs)
    tried.add({"lr": 0.3})
    assert {"lr": 0.3} in tried
    assert {"lr": 0.4} not in tried
    assert tried.distinct == 3


def test_configurations_that_share_a_number_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampler, "config_key", lambda config: len(config))
    tried = Tried([{"lr": 0.1}, {"lr": 0.2}, {"lr": 0.1}, {"a": 1, "b": 2}])
    assert [{"lr": rate} in tried for rate in (0.1, 0.2, 0.3)] == [True, True, False]
    assert {"b": 2, "a": 1} in tried
    assert tried.distinct == 3
