"""Refining what a function or a command is given, and values that are fixed in the space."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from hpsearch.config.yaml.loader import parse_yaml
from tests.cli.conftest import Hpsearch

CODE = "def f(n=0, x=0.0, a='p', b=0, c=0.0):\n    return n / 1000 - x * x + (a in ('p', '\\u200fabc'))\n"
HEAD = 'objective: {kind: python, function: "f.py:f"}\n'
STEPS = """\
space:
  n: {scale: linear, type: int, low: 0, high: 1000, step: 10}
  x: {scale: linear, low: 0, high: 1, step: 0.1}
search: {trials: 24, goal: maximize}
"""
CHAIN = """\
space:
  a: {choices: [p, q]}
  b: {choices: [1, 2], when: {a: q}}
  c: {scale: linear, low: 0, high: 1, when: {b: 2}}
  x: {scale: linear, low: 1700000000, high: 1700000001}
search: {trials: TRIALS, goal: maximize}
"""


@pytest.fixture
def search(folder: Path, hpsearch: Hpsearch) -> Any:
    (folder / "f.py").write_text(CODE)

    def run(text: str, name: str = "own") -> None:
        (folder / f"{name}.yaml").write_text(HEAD + text, encoding="utf-8")
        ended = hpsearch("run", f"{name}.yaml")
        assert ended.returncode == 0, ended.stderr

    return run


def space_of(folder: Path, run: str) -> Any:
    return parse_yaml((folder / "runs" / run / "config.yaml").read_text(encoding="utf-8"), run).data["space"]


def test_stepped_ranges_stay_ranges_on_their_steps(folder: Path, hpsearch: Hpsearch, search: Any) -> None:
    search(STEPS)
    assert hpsearch("refine", "own", "--no-widen", "--trials", "6").returncode == 0
    n, x = space_of(folder, "own-refined").values()
    assert (n["step"], n["low"] % 10, n["high"], n["type"]) == (10, 0, 1000, "int")
    assert (x["step"], x["low"]) == (0.1, 0)
    widened = hpsearch("refine", "own", "--dry-run")
    assert "n  linear [0, 1000] by 10 -> linear [" in widened.stderr
    assert yaml.safe_load(widened.stdout)["space"]["n"]["high"] == 1250
    again = hpsearch("refine", "own-refined", "--trials", "4")
    assert again.returncode == 0, again.stderr


@pytest.mark.parametrize(
    ("parent", "given", "flight"),
    [
        ("", (), (8, 2)),
        ("", ("search.overlap=0",), (8, 0)),
        ("", ("search.time_limit=1h",), (8, 0)),
        ("overlap: 1, ", (), (8, 1)),
        ("round_size: 4, ", (), (4, 0)),
    ],
)
def test_what_is_in_flight_follows_from_its_own_trials_unless_it_was_said(
    parent: str, given: tuple[str, ...], flight: tuple[int, int], hpsearch: Hpsearch, search: Any
) -> None:
    search(STEPS.replace("trials: 24", f"{parent}trials: 6"))
    sets = [word for setting in given for word in ("--set", setting)]
    told = hpsearch("refine", "own", "--dry-run", "--trials", "240", *sets)
    made = yaml.safe_load(told.stdout)["search"]
    assert (made["round_size"], made.get("overlap", 0), made["trials"]) == (*flight, 240)


def test_what_waits_for_what_is_gone_is_left_out(folder: Path, hpsearch: Hpsearch, search: Any) -> None:
    name = "a" * 60
    search(CHAIN.replace("TRIALS", "4"), name)
    ended = hpsearch("refine", name, "--trials", "4", "--top", "1")
    assert ended.returncode == 0, ended.stderr
    assert "left out: its condition cannot hold any more" in ended.stderr
    assert "(as before)" not in ended.stderr  # though nine digits of the range are
    refined = f"{'a' * 56}-refined"
    space = space_of(folder, refined)
    assert (list(space), space["a"]) == (["a", "x"], "p")
    rows = (folder / "runs" / refined / "results.csv").read_text().splitlines()
    assert rows[0].split(",")[-2:] == ["x", "a"]
    assert {row.split(",")[-1] for row in rows[1:]} == {"p"}


def test_fewer_than_five_are_all_of_the_best(hpsearch: Hpsearch, search: Any) -> None:
    search(CHAIN.replace("TRIALS", "3"))
    assert hpsearch("refine", "own", "--dry-run").returncode == 0
    refused = hpsearch("refine", "own", "--top", "5", "--dry-run")
    assert "--top 5: must be at most 3" in refused.stderr


def test_a_space_that_was_tried_out_leaves_no_empty_run(
    folder: Path, hpsearch: Hpsearch, search: Any
) -> None:
    search("space:\n  n: {scale: linear, type: int, low: 0, high: 4}\nsearch: {trials: 9, goal: maximize}\n")
    refused = hpsearch("refine", "own", "--no-widen")
    assert refused.returncode == 2
    assert "has tried all 5 configurations around its best" in refused.stderr
    assert [path.name for path in (folder / "runs").iterdir()] == ["own"]


def test_the_best_is_pasted_into_the_space(folder: Path, hpsearch: Hpsearch, search: Any) -> None:
    search(
        'space: {a: {choices: ["\u200fabc", "1e-4", "off"]}, n: 7, x: {scale: linear, low: 0, high: 1}}\n'
        + GOAL
    )
    pasted = hpsearch("refine", "own", "--dry-run", "--top", "3")
    (folder / "next.yaml").write_text(pasted.stdout, encoding="utf-8")
    assert hpsearch("check", "next.yaml").returncode == 0
    assert parse_yaml(pasted.stdout, "").data["space"]["a"] == "\u200fabc"
    best = (folder / "runs/own/best.yaml").read_text(encoding="utf-8")
    below = "".join(f"  {line}\n" for line in best.splitlines())
    search(f"space:\n{below}{GOAL}", "again")
    rows = (folder / "runs/again/results.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 2
    first = (folder / "runs/own/results.csv").read_text(encoding="utf-8").splitlines()[1].split(",")
    assert sorted(rows[1].split(",")[-3:]) == sorted(first[-3:])
    assert hpsearch("check", "again.yaml").returncode == 0
    assert hpsearch("show", "again").returncode == 0


GOAL = "search: {trials: 12, goal: maximize}\n"


def test_what_is_fixed_is_recorded_and_not_searched(folder: Path, hpsearch: Hpsearch, search: Any) -> None:
    ranges = "x: {scale: linear, low: 0, high: 1}, c: {scale: linear, low: 0, high: 1}"
    search(f"space: {{n: 7, {ranges}}}\n{GOAL}")
    by = hpsearch("show", "own", "--by", "x")
    assert by.stdout.splitlines()[0].split()[-2:] == ["c", "n"]
    assert not any(line.startswith("n ") for line in by.stderr.splitlines())
    assert hpsearch("show", "own", "--by", "n").returncode == 2
    assert hpsearch("show", "own", "--top", "1").stdout.split()[-1] == "7"
    assert "fine; 12 trials of 2 parameters" in hpsearch("check", "own.yaml").stderr
    columns = [line.split(",")[-3:] for line in (folder / "runs/own/results.csv").read_text().splitlines()]
    assert columns[0] == ["x", "c", "n"]
    assert {row[2] for row in columns[1:]} == {"7"}


def test_many_words_are_checked_and_shown(hpsearch: Hpsearch, search: Any) -> None:
    words = ", ".join(f"c{number}" for number in range(11))
    search(f"space: {{a: {{choices: [{words}]}}, x: {{scale: log, low: 1e-4, high: 5e-3}}}}\n{GOAL}")
    assert hpsearch("check", "own.yaml").returncode == 0
    assert hpsearch("show", "own", "--by", "a").stdout.count("\n") == 12
