"""Tables and lines on screens of every width."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.core.trial import Value
from hpsearch.core.verdict import Verdict
from hpsearch.reporting.columns import digits, laid_out
from hpsearch.reporting.wrapping import advice, ranked

HEADER = ["rank", "round", "lr", "activation"]
ROWS: list[list[Value | None]] = [[1, 12, 0.0123456, "relu"], [2, 3, 1e-6, None]]


def test_a_table_that_fits_is_whole() -> None:
    assert laid_out(HEADER, ROWS, spare=["round"]).text == (
        "rank  round       lr  activation\n   1     12  0.01235  relu\n   2      3    1e-06\n"
    )


def test_names_of_several_words_are_broken_before_a_column_goes() -> None:
    header, rows = ["trial", "weight_decay", "round"], [[3, 0.01, 1]]
    assert (
        laid_out(header, rows, ["round"], width=26).text
        == "trial  weight decay  round\n    3          0.01      1\n"
    )
    broken = laid_out(header, rows, ["round"], width=20)
    assert broken.text == "       weight\ntrial   decay  round\n    3    0.01      1\n"
    assert broken.left_out == ()


def test_what_does_not_fit_is_left_out_and_named() -> None:
    narrow = laid_out(HEADER, ROWS, spare=["round", "rank", "absent"], width=26)
    assert narrow.text == "rank       lr  activation\n   1  0.01235  relu\n   2    1e-06\n"
    assert narrow.left_out == ("round",)


def test_a_row_that_does_not_fit_is_a_block_with_every_parameter() -> None:
    block = laid_out(HEADER, ROWS, spare=["round"], width=20)
    assert block.text == "rank: 1,\n    lr: 0.01235,\n    activation: relu\nrank: 2, lr: 1e-06\n"
    assert block.left_out == ("round",)


def test_twenty_long_names_are_all_there_and_no_line_is_too_long() -> None:
    header = ["rank", "trial", *(f"weight_decay_of_the_layer_number_{number}" for number in range(20))]
    rows: list[list[Value | None]] = [[1, 7, *(1 / (number + 3) for number in range(20))]]
    block = laid_out(header, rows, width=80)
    assert max(map(len, block.text.splitlines())) <= 80
    flat = re.sub(r"\s+", " ", block.text)
    assert all(f"layer number {number}: {1 / (number + 3):.4g}" in flat for number in range(20))


@pytest.mark.parametrize(
    ("values", "enough"),
    [
        ([0.98331, 0.98334], 5),
        ([0.98331, 0.5, 0.98334], 4),  # no neighbours
        ([0.25, 0.25, 3, "a", None], 4),
        ([0.1, 0.1 + 1e-8], 8),
        ([0.1, 0.1 + 2**-56], 4),  # rounded differently
        ([float("nan"), float("nan")], 4),
    ],
)
def test_neighbours_that_differ_do_not_look_alike(values: list[Value | None], enough: int) -> None:
    assert digits(values) == enough


LINE = "Best-1(val acc:0.98) | lr:0.01, weight decay:1e-06, activation:relu | 3 of 9 epochs, then failed: no memory"
VERDICT = Verdict(
    "tie", "Best-1 and Best-2 are tied: known to 0.98 +- 0.02 in [0.9, 1]", "hpsearch resume small"
)


@given(st.integers(24, 200))
def test_lines_break_between_words_only(width: int) -> None:
    for text, plain in ((ranked(LINE, width), LINE), (advice(VERDICT, width), f"- {VERDICT}")):
        assert max(map(len, text.splitlines())) <= max(width, 29)  # what is longer alone
        assert re.sub(r"\n *", " ", text) == plain
    lines = advice(VERDICT, width).splitlines()
    for together in ("(hpsearch resume small)", "0.98 +- 0.02", "[0.9, 1]"):
        assert sum(together in line for line in lines) == 1
    assert sum("weight decay:1e-06" in line for line in ranked(LINE, width).splitlines()) == 1


def test_where_no_width_is_known_nothing_is_broken() -> None:
    assert ranked(LINE, None) == LINE
    assert advice(VERDICT, None) == f"- {VERDICT}"
