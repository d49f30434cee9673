"""`search.metric` as a list: what ranks, and what every trial records beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hpsearch.config import digest, dump_yaml, load_spec
from hpsearch.core.metric import Metric

OWN = {"kind": "command", "command": ["cat", "{lr}"], "epochs": 1}


def test_one_name_is_what_it_was(load: Any) -> None:
    spec = load(search={"metric": "val_loss"})
    assert spec.search.metric == "val_loss"
    assert spec.search.metrics == (Metric("val_loss", "minimize"),)
    assert "  metric: val_loss\n" in dump_yaml(spec)


def test_the_first_of_a_list_ranks(load: Any, tmp_path: Path) -> None:
    spec = load(search={"metric": ["val_acc", "parameters", "val_log_loss"], "value": "best"})
    assert spec.search.ranks_by == Metric("val_acc", "maximize", "best")
    assert spec.search.metrics[1:] == (
        Metric("parameters", "minimize", "best"),
        Metric("val_log_loss", "minimize", "best"),
    )
    (tmp_path / "again.yaml").write_text(written := dump_yaml(spec))
    assert "  metric: [val_acc, parameters, val_log_loss]\n" in written
    again = load_spec(tmp_path / "again.yaml")
    assert (again.search, digest(again)) == (spec.search, digest(spec))
    assert digest(spec) != digest(load(search={"metric": "val_acc", "value": "best"}))


def test_goals_follow_from_names_or_stand_behind_them(load: Any) -> None:
    given = {"metric": ["size", "f1", "milk:maximize"], "goal": "minimize"}
    spec = load(objective=OWN, search=given)
    assert [metric.goal for metric in spec.search.metrics] == ["minimize", "maximize", "maximize"]
    assert [metric.name for metric in spec.search.metrics] == ["size", "f1", "milk"]
    cost = load(objective=OWN, search={"metric": ["acc", "seconds_per_row"]}).search.metrics[1]
    assert cost == Metric("seconds_per_row", "minimize")
    # A goal that the name tells is not written down: the search is the same one.
    told = load(objective=OWN, search={"metric": ["acc", "f1:maximize"]})
    assert told.search.metric == ("acc", "f1")


_LIST = "must be a name, or a list of two or three names that differ, such as [val_acc, parameters]"


@pytest.mark.parametrize(
    ("metric", "words"),
    [
        (["val_acc"], f"search.metric: {_LIST} (got [val_acc])"),
        ([], f"search.metric: {_LIST} (got [])"),
        (["val_acc", "val_acc:minimize"], _LIST),
        (["val_acc", 3], _LIST),
        (["val_acc", "val_f1", "parameters", "val_loss"], _LIST),
        (["val_acc", "paramters"], "search.metric[1]: must be one of val_acc"),
        (["val_acc", "paramters"], "did you mean 'parameters'?"),
        (["parameters", "val_acc"], "search.metric[0]: must be one of val_acc"),
        (["val_acc", "val_rmse"], "search.metric: is not reported for classification"),
        (["val_acc", "lr"], "search.metric[1]: must be one of val_acc"),
    ],
)
def test_what_the_network_cannot_record_is_refused(problems: Any, metric: Any, words: str) -> None:
    (found,) = problems(search={"metric": metric})
    assert words in found


@pytest.mark.parametrize(
    ("metric", "words"),
    [
        (
            ["acc", "size"],
            "search.metric[1]: does not tell which way it is better; write size:minimize, or size:max",
        ),
        (["size", "acc"], "search.metric: does not tell which way it is better; add goal: maximize"),
        (["acc", "lr:minimize"], "is a parameter, and what a trial records is measured; remove it"),
        (["acc", "lr:minimize"], "`hpsearch show RUN --pareto` takes parameters too, such as acc,lr"),
    ],
)
def test_what_own_code_cannot_record_is_refused(problems: Any, metric: Any, words: str) -> None:
    (found,) = problems(objective=OWN, search={"metric": metric})
    assert words in found


def test_patterns_must_read_all(problems: Any) -> None:
    read = {"metrics": {"acc": "acc ([0-9.]+)"}}
    (found,) = problems(objective={**OWN, "read": read}, search={"metric": ["acc", "f1"]})
    assert "lacks f1, which search.metric asks for; add a regular expression for it" in found


def test_a_goal_for_each_ranks_by_all(load: Any, tmp_path: Path) -> None:
    given = {"metric": ["val_acc", "parameters"], "goal": ["maximize", "minimize"]}
    spec = load(search=given)
    assert spec.search.ranking == (Metric("val_acc", "maximize"), Metric("parameters", "minimize"))
    (tmp_path / "again.yaml").write_text(written := dump_yaml(spec))
    assert "  goal: [maximize, minimize]\n" in written
    again = load_spec(tmp_path / "again.yaml")
    assert (again.search, digest(again)) == (spec.search, digest(spec))
    one = load(search={"metric": ["val_acc", "parameters"]})
    assert (len(one.search.ranking), one.search.metrics) == (1, spec.search.metrics)
    assert digest(one) != digest(spec)


def test_a_goal_in_the_list_tells_what_a_name_does_not(load: Any) -> None:
    spec = load(objective=OWN, search={"metric": ["size", "milk"], "goal": ["minimize", "maximize"]})
    assert spec.search.metric == ("size", "milk")
    assert [metric.goal for metric in spec.search.ranking] == ["minimize", "maximize"]


@pytest.mark.parametrize(
    ("metric", "goal", "words"),
    [
        ("val_acc", ["maximize"], "search.goal: must be one for each of search.metric"),
        (["val_acc", "val_loss"], ["maximize"], "search.goal: must be one for each of search.metric"),
        (["val_acc", "val_loss"], ["max", "min"], "search.goal: must be maximize or minimize, or a list"),
        (
            ["val_acc", "parameters:minimize"],
            ["maximize", "minimize"],
            "search.metric[1]: has a goal behind it, and so has search.goal; keep one",
        ),
    ],
)
def test_goals_that_do_not_fit_are_refused(problems: Any, metric: Any, goal: Any, words: str) -> None:
    (found,) = problems(search={"metric": metric, "goal": goal})
    assert words in found
