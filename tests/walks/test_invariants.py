"""That what the walks look at can be seen to be wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.walks import invariants, models, own
from tests.walks.walk import Walk, as_yaml
from tests.walks.walker import Walker, ends_with

_SPACE = {
    "x": {"scale": "linear", "low": 0, "high": 1, "step": 0.1},
    "n": {"scale": "log", "low": 1, "high": 100, "type": "int"},
    "flag": {"choices": [True, False]},
    "deep": {"scale": "linear", "low": 0, "high": 1, "when": {"flag": True, "kind": "python"}},
}
_FIXED = {"kind": "python"}
_BEST = [
    {
        "rank": 1,
        "trial": 0,
        "status": "done",
        "epochs": 1,
        "metrics": {"loss": 0.25},
        "parameters": {"x": 0.5},
    }
]
#: The second is no worse in both, and better in one.
_BEATEN = [
    _BEST[0] | {"rank": rank, "trial": rank, "metrics": {"loss": 0.25, "x": float(rank)}} for rank in (1, 2)
]


def _ended(status: int = 0, out: str = "", err: str = "") -> CompletedProcess[str]:
    return CompletedProcess([], status, out, err)


@pytest.mark.parametrize(
    "parameters",
    [
        {"x": 0.15, "n": 1, "flag": False},
        {"x": 1.1, "n": 1, "flag": False},
        {"x": 0.1, "n": 1.0, "flag": False},
        {"x": 0.1, "n": 1, "flag": 0},
        {"x": 0.1, "n": 1, "flag": True},
        {"x": 0.1, "n": 1, "flag": False, "deep": 0.5},
        {"x": 0.1, "n": 1},
        {"x": 0.1, "n": 1, "flag": False, "y": 1},
    ],
)
def test_a_trial_that_is_not_of_the_space_is_seen(parameters: dict[str, Any]) -> None:
    with pytest.raises(AssertionError):
        invariants.values_within_the_space(_SPACE, _FIXED, parameters)


def test_a_trial_of_the_space_passes() -> None:
    for parameters in ({"x": 0.3, "n": 100, "flag": True, "deep": 0.5}, {"x": 1.0, "n": 1, "flag": False}):
        invariants.values_within_the_space(_SPACE, _FIXED, parameters)


@pytest.mark.parametrize(
    ("invariant", "about"),
    [
        (invariants.no_word_of_the_machinery, ((), _ended(err="numpy: RuntimeWarning: overflow"))),
        (invariants.no_word_of_the_machinery, ((), _ended(1, err="hpsearch failed unexpectedly: KeyError"))),
        (invariants.a_status_of_the_contract, ((), _ended(1))),
        (invariants.a_status_of_the_contract, ((), _ended(4, err="what"))),
        (invariants.nothing_a_terminal_obeys, (("show",), _ended(out="\x1b[31m"))),
        (invariants.json_as_everybody_reads_it, (("--json",), _ended(out='{"a": NaN}'))),
        (invariants.json_as_everybody_reads_it, (("--json",), _ended(out='{"a": 1, "a": 2}'))),
        (invariants.json_as_everybody_reads_it, (("--json",), _ended(out="fine"))),
        (ends_with, ({0}, ("check",), _ended(2, err="config.yaml:1: no"))),
        (invariants.what_is_required_holds, (["x <= 0.5", "`ñ` <= 1.0"], {"x": 0.5, "ñ": 2})),
        (invariants.columns_told_apart, ("a,b,a\n1,2,3\n",)),
        (invariants.columns_told_apart, ("a,b\n1,2,3\n",)),
        (invariants.csv_holds_what_json_holds, ("trial,loss,x\n0,0.25,0.4\n", _BEST)),
        (invariants.csv_holds_what_json_holds, ("trial,loss,x\n", _BEST)),
        (invariants.shown_is_recorded, ("Best-1(loss:0.26) | x:0.5\n", _BEST, "loss", 3)),
        (invariants.shown_is_recorded, ("no lines", _BEST, "loss", 3)),
        (
            invariants.ranked_by_the_goal,
            ([*_BEST, _BEST[0] | {"rank": 2, "metrics": {"loss": 0.2}}], "loss", "minimize"),
        ),
        (invariants.ranked_by_the_goal, ([_BEST[0] | {"status": "failed"}], "loss", "minimize")),
        (invariants.ranked_front_by_front, (_BEATEN, _BEATEN, [("loss", "minimize"), ("x", "maximize")])),
        (invariants.shown_is_recorded, ("Best-1(loss:0.26, a b:0.25) | x:0.5\n", _BEST, "loss", 3)),
        (invariants.pasted_is_the_best, ("x: 1\n", {"x": True})),
        (invariants.pasted_is_the_best, ("x: 1e-4\n", {"x": "1e-4"})),
        (invariants.equal_bytes, ("results.csv", b"a\n", b"b\n")),
        (models.finite_on_the_test_part, ({"test_r2": None},)),
        (models.every_row_is_answered, ("a\n1\n", "a,prediction\n1,nan\n")),
        (models.every_row_is_answered, ("a\n1\n", "a,prediction\n2,x\n")),
        (models.measured_is_computed_again, ({"test_acc": 1.0}, "y,prediction\na,b\na,a\n", "y")),
    ],
)
def test_what_does_not_hold_is_seen(invariant: Callable[..., object], about: tuple[Any, ...]) -> None:
    with pytest.raises(AssertionError):
        invariant(*about)


def test_fronts_in_their_order_pass() -> None:
    invariants.ranked_front_by_front(_BEATEN, _BEATEN, [("loss", "minimize"), ("x", "minimize")])
    invariants.ranked_front_by_front(_BEATEN, _BEATEN, [("loss", "minimize")])
    invariants.shown_is_recorded("Best-1(loss:0.25, a, b:0.3) | x:0.5\n", _BEST, "loss", 3)


def test_scores_are_held_against_the_code_itself() -> None:
    settings = {"metric": "loss", "others": [], "value": "luck", "grows": 0, "share": 0, "fails": "raise"}
    code = own.function(settings | {"noise": False, "epochs": False, "seed": False})
    walk = Walk(
        {"objective": {"kind": "python"}, "space": {"x": {}}, "search": {"metric": "loss"}}, {"f.py": code}
    )
    given = own.answer(code, {"x": 0.5}, 1, 0)
    assert given is not None
    result = {"epochs": 1, "replicate": 0, "status": "done", "metrics": given}
    trial = {"trial": 0, "seed": 0, "parameters": {"x": 0.5}, "results": [result]}
    invariants.scores_are_those_of_the_code(walk, trial)
    with pytest.raises(AssertionError, match="where the function gives"):
        invariants.scores_are_those_of_the_code(walk, trial | {"parameters": {"x": 0.25}})


def test_the_checksum_is_that_of_posix() -> None:
    assert own.scored(["1", "a b"]) == 0.338


def test_what_does_not_hold_is_kept_with_the_way_there(tmp_path: Path) -> None:
    walk = Walk({"objective": {"kind": "python", "function": "f.py:train"}, "space": {}, "search": {}})
    walker = Walker(walk, tmp_path / "here")
    assert (tmp_path / "here/config.yaml").read_text() == as_yaml(walk.config)
    assert not walker.hold(invariants.equal_bytes, "results.csv", b"a", b"b")
    assert walker.hold(invariants.equal_bytes, "results.csv", b"a", b"a")
    assert [broken.invariant for broken in walker.broken] == ["equal_bytes"]
