"""What `require` may say in a file, and what a search makes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hpsearch.actions.planning import make_plan
from hpsearch.actions.remaining import remaining
from hpsearch.config import build_space, changed_keys, digest, dump_yaml
from hpsearch.config.json_schema import json_schema
from hpsearch.core.errors import SpecError
from tests.commands import here

TEXT = """\
objective: {kind: mlp, dataset: digits, hidden: [16], epochs: 9}
space:
  lr: {scale: log, low: 1e-4, high: 1}
  batch_size: {choices: [16, 32, 64]}
  optimizer: {choices: [sgd, adam]}
  beta2: {scale: one_minus_log, low: 0.9, high: 0.999, when: {optimizer: adam}}
require:
"""


@pytest.mark.parametrize(
    ("require", "said"),
    [
        ("- lr * batch <= 1", "8: require[0]: names 'batch', which is neither a parameter nor a field"),
        ("- lr < 1\n- lr = 3", "9: require[1]: cannot be read as a condition"),
        ("- optimizer == adam", "8: require[0]: names 'adam' without quotation marks"),
        ("- hidden_layers < 3", "8: require[0]: asks for hidden_layers, which has no value; give objective."),
        ("- lr < 0.1\n- lr < 0.1", "9: require[1]: is given twice (got 'lr < 0.1')"),
        ("- 3", "8: require[0]: must be "),
        ("- ''", "8: require[0]: "),
        ("  lr < 3", "7: require: must be a list"),
        ("- [lr < 3]", "8: require[0]: must be "),
    ],
)
def test_what_cannot_be_required(problems: Any, require: str, said: str) -> None:
    (found,) = problems(f"{TEXT}{require}\n")
    assert found.startswith(f"config.yaml:{said}")


def test_nothing_is_said_of_conditions_while_a_parameter_is_broken(problems: Any) -> None:
    found = problems(f"{TEXT.replace('high: 1}', 'high: 0}')}- lr * batch_size <= 1\n")
    assert [one.split(": ")[1] for one in found] == ["space.lr.high"]


@pytest.mark.parametrize(
    ("require", "said"),
    [
        (
            ["lr > 1", "batch_size < 99"],
            r":8: require\[0\]: leaves nothing of 10000 random combinations of the space; relax it, or narrow",
        ),
        (["lr < 0.01", "lr > 0.01"], ":7: require: leaves nothing of 10000 random combinations"),
        (["lr < 0.0001001"], r":8: require\[0\]: leaves \w+ of 10000 random combinations"),
    ],
)
def test_a_search_of_what_is_hardly_there_does_not_begin(load: Any, require: list[str], said: str) -> None:
    text = TEXT + "".join(f"- {one}\n" for one in require)
    with pytest.raises(SpecError, match=said):
        make_plan(load(text))


def test_a_small_space_is_counted(load: Any) -> None:
    space = {"batch_size": {"choices": [8, 16]}, "optimizer": {"choices": ["sgd", "adam"]}}
    with pytest.raises(SpecError, match="leaves nothing of 4 combinations of the space"):
        make_plan(load(space=space, require=["batch_size > 16"]))
    spec = load(space=space, require=["batch_size > 8"])
    assert remaining(spec, make_plan(spec)).share == 0.5


def test_where_nothing_is_required_all_is_left_and_nothing_is_drawn(load: Any) -> None:
    spec = load(TEXT.replace("require:\n", ""))
    left = remaining(spec, make_plan(spec))
    assert (left.share, left.shares, left.looked_at) == (1.0, {}, 0)


def test_a_grid_none_of_whose_points_is_left_does_not_begin(load: Any) -> None:
    space = {"lr": {"scale": "log", "low": 1e-4, "high": 1}}
    with pytest.raises(SpecError, match=r"require: leaves no point of the grid; give more trials"):
        make_plan(
            load(None, "search.sampler=grid", "search.trials=1", space=space, require=["0.02 < lr < 0.5"])
        )


def test_it_is_a_part_of_what_a_search_is(load: Any) -> None:
    plain, required = load(TEXT.replace("require:\n", "")), load(f"{TEXT}- lr * batch_size <= 1\n")
    assert changed_keys(plain, required) == ["require"]
    assert digest(plain) != digest(required)
    assert "require" not in dump_yaml(plain)
    assert load(dump_yaml(required)) == required
    assert [one.text for one in build_space(required).require] == ["lr * batch_size <= 1"]


def test_values_of_the_objective_may_be_named(load: Any) -> None:
    space = build_space(load(f"{TEXT}- lr * epochs <= 1\n"))
    assert space.admits({"lr": 0.1})
    assert not space.admits({"lr": 0.2})


def test_editors_know_it() -> None:
    described = json_schema()["properties"]["require"]
    assert (described["type"], described["items"]["type"]) == ("array", "string")


@pytest.mark.parametrize("sampler", ["coarse_to_fine", "grid"])
def test_check_tells_what_is_left(tmp_path: Path, sampler: str) -> None:
    (tmp_path / "config.yaml").write_text(f"{TEXT}- lr * batch_size <= 1\n- lr < 0.01\n")
    told = here(tmp_path, "check", "config.yaml", "--set", f"search.sampler={sampler}")
    assert told.returncode == 0, told.stderr
    first, *each = told.stdout.splitlines()[-3:]
    assert first.startswith("require leaves ")
    assert " % of the space: " in first
    assert [line.split("  ")[1] for line in each] == ["lr * batch_size <= 1", "lr < 0.01"]
    data = json.loads(here(tmp_path, "check", "config.yaml", "--json").stdout)
    assert data["require"]["lr < 0.01"] == pytest.approx(0.5, abs=0.02)
    assert 0 < data["left"] <= 0.52 < data["require"]["lr * batch_size <= 1"] < 0.7
