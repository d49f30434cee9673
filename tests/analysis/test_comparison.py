"""Which of two searches is said to have found better."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hpsearch.analysis.comparison import Judged, judged, of_values
from hpsearch.core.metric import Metric
from hpsearch.core.trial import Result
from hpsearch.engine.run import Run
from tests.analysis.runs import a_run

SCORE, LOSS = Metric("score", "maximize"), Metric("loss", "minimize")


def seeds(best: float, *, count: int = 9, noise: float = 0.01, **settings: object) -> Run:
    """A search whose best was trained with so many seeds, which are as far apart as the noise is."""
    again = [best + noise * (2 * place / (count - 1) - 1) * 1.5 for place in range(count)]
    return a_run([again, best - 0.1, best - 0.2], **settings)  # type: ignore[arg-type]


def one(first: Run, second: Run, pairs: int = 1) -> Judged:
    return judged([first], [second], pairs)


def test_what_is_far_ahead_is_better_from_either_side() -> None:
    found, turned = one(seeds(0.9), seeds(0.8)), one(seeds(0.8), seeds(0.9))
    assert (found.said, turned.said) == ("better", "worse")
    assert found.low is not None
    assert found.high is not None
    assert 0 < found.low < 0.1 < found.high
    assert turned.ahead == pytest.approx(-(found.ahead or 0), abs=1e-6)
    assert found.why == "9 seeds"


def test_of_a_loss_less_is_better() -> None:
    low, high = (seeds(best, metric="val_loss") for best in (0.5, 0.6))
    low = replace(low, results=[result for result in low.results if result.trial == 0])
    high = replace(high, results=[result for result in high.results if result.trial == 0])
    assert one(low, high).said == "better"


def test_what_differs_by_less_than_equals_do_is_tied() -> None:
    found = one(seeds(0.9), seeds(0.9))
    assert found.said == "tied"
    assert found.low is not None
    assert found.high is not None
    assert found.matters is not None
    assert found.low < 0 < found.high < found.matters


def test_a_single_reading_cannot_tell_a_small_difference() -> None:
    found = one(a_run([0.90, 0.7, 0.6], rows=300), a_run([0.89, 0.7, 0.6], rows=300))
    assert found.said == "cannot be told"
    assert found.low is not None
    assert found.why == "300 validation rows"


def test_where_noise_is_not_known_nothing_is_said() -> None:
    found = one(a_run([0.9, 0.8]), a_run([0.1, 0.05]))
    assert (found.said, found.ahead) == ("cannot be told", None)
    assert "neither several seeds nor a share of rows" in found.why


def test_the_noise_of_either_serves_both() -> None:
    assert one(seeds(0.9), a_run([0.5, 0.4])).said == "better"


def test_more_comparisons_ask_for_more() -> None:
    widths = []
    for pairs in (1, 10):
        found = one(seeds(0.9), seeds(0.88), pairs)
        assert found.said == "better"
        assert found.low is not None
        assert found.high is not None
        widths.append(found.high - found.low)
    assert widths[1] > widths[0]


def test_a_search_without_a_best_is_not_compared() -> None:
    empty = replace(a_run([0.5]), results=[Result(0, 1, "failed")])
    assert one(empty, seeds(0.9)).why == "a search has no trial that is done"


def test_single_searches_on_other_rows_are_not_judged() -> None:
    first, second = replace(seeds(0.9), data="1+7"), replace(seeds(0.5), data="1+8")
    assert one(first, second).said == "better"  # they start from other weights
    found = one(first, replace(second, data="2+7"))
    assert (found.said, found.ahead) == ("cannot be told", None)
    assert "measured on other rows" in found.why


def test_groups_are_compared_by_how_far_their_searches_are_apart() -> None:
    """Welch's t of these is 4.899 with 8 degrees of freedom."""
    found = of_values([0.5, 0.6, 0.7, 0.8, 0.9], [0.01, 0.11, 0.21, 0.31, 0.41], SCORE)
    assert found.said == "better"
    assert found.ahead == pytest.approx(0.49)
    assert found.low == pytest.approx(0.49 - 2.306 * 0.1, abs=1e-4)
    assert found.matters == pytest.approx((2 * 0.025) ** 0.5)
    assert of_values([0.5, 0.6], [0.1, 0.9], SCORE).said == "cannot be told"
    assert of_values([0.01, 0.02, 0.03], [0.5, 0.51, 0.52], LOSS).said == "better"


def test_groups_of_eight_can_be_tied() -> None:
    values = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
    assert of_values(values, values[::-1], SCORE).said == "tied"
    assert of_values(values[:3], values[:3], SCORE).said == "cannot be told"  # with so few nothing is


def test_groups_that_do_not_vary_tell_nothing() -> None:
    assert "seeds tell nothing" in of_values([0.5, 0.5], [0.4, 0.4], SCORE).why


def test_one_search_is_no_group() -> None:
    found = judged([seeds(0.9)], [seeds(0.1), seeds(0.2)])
    assert found.said == "cannot be told"
    assert "give several seeds" in found.why
