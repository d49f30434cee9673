from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.config import Spec, dump_yaml
from hpsearch.config.loading import validate
from hpsearch.config.yaml.loader import parse_yaml

#: No path holds a null character.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "lr": st.floats(1e-300, 1e300),
    "momentum": st.floats(0, 0.999),
    "hidden": st.lists(st.integers(1, 16384), min_size=1, max_size=4),
    "hidden_units": st.none() | st.integers(1, 9),
    "activation": st.sampled_from(["relu", "tanh"]),
}
DATASET: st.SearchStrategy[Any] = st.sampled_from(["digits", "moons"]) | st.fixed_dictionaries(
    {"source": TEXT.map(lambda text: f"/{text}")},
    optional={
        "split": st.sampled_from([[0.7, 0.3], {"folds": 5}, {"folds": 2, "test": 0}]),
        "dir": TEXT,
        "limit": st.integers(1, 9),
    },
)
DURATIONS = st.sampled_from(["off", "5m", "90s", "1d", 0.25, 1e-5, 123.456, 7200])
SEARCH: dict[str, st.SearchStrategy[Any]] = {
    "trials": st.integers(1, 1000),
    "target": st.none() | st.floats(allow_nan=False, allow_infinity=False),
    "time_limit": DURATIONS,
    "halving": st.sampled_from(["off", "on", {"eta": 2}, {"min_epochs": 3}]),
    "confirm": st.sampled_from(["off", "on", {"top": 5}]),
    "fit": st.booleans(),
    "metric": st.sampled_from(["val_acc", "val_loss"]),
    "goal": st.sampled_from(["maximize", "minimize"]),
}
PARAMETERS: dict[str, st.SearchStrategy[Any]] = {
    "lr": st.tuples(st.floats(1e-200, 1), st.floats(2, 1e200)).map(
        lambda ends: {"scale": "log", "low": ends[0], "high": ends[1]}
    ),
    "batch_size": st.just({"scale": "linear", "low": 8, "high": 64, "step": 8}),
    "beta2": st.just({"scale": "one_minus_log", "low": 0.9, "high": 0.999, "when": {"optimizer": ["adam"]}}),
    "weight_decay": st.lists(st.floats(0, 1e9) | st.integers(0, 99), min_size=1, unique=True).map(
        lambda choices: {"choices": choices, "ordered": True}
    ),
    "optimizer": st.just({"choices": ["sgd", "adam"]}),
}


def specs() -> st.SearchStrategy[Spec]:
    data = st.fixed_dictionaries(
        {
            "name": st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,10}", fullmatch=True),
            "objective": st.fixed_dictionaries({"kind": st.just("mlp"), "dataset": DATASET}, optional=FIELDS),
            "space": st.fixed_dictionaries({}, optional=PARAMETERS).filter(bool),
        },
        optional={
            "seed": st.integers(0, 2**63 - 1),
            "search": st.fixed_dictionaries({}, optional=SEARCH),
            "dispatch": st.fixed_dictionaries(
                {}, optional={"workers": st.integers(1, 99), "timeout": DURATIONS}
            ),
        },
    )
    return data.map(good)


def good(data: Any) -> Spec:
    if "hidden" in data["objective"]:
        data["objective"].setdefault("hidden_units", 8)
    spec, findings = validate(data)
    assert spec is not None, findings
    return spec


@given(specs())
def test_what_is_written_reads_back_as_the_same_spec(spec: Spec) -> None:
    again, findings = validate(parse_yaml(dump_yaml(spec), "f").data)
    assert findings == []
    assert again == spec


_NUMBERS = st.integers(-9, 9) | st.floats(allow_nan=False, allow_infinity=False)
CHOICES = st.lists(TEXT, min_size=1, max_size=4, unique=True) | st.lists(
    _NUMBERS, min_size=1, max_size=4, unique=True
)


@given(
    st.dictionaries(st.sampled_from(["x", "ñ", "no", "e1"]), CHOICES, min_size=1, max_size=2),
    TEXT,
    st.lists(TEXT, min_size=1, max_size=2),
)
def test_choices_metrics_and_arguments_of_any_letters_read_back(
    choices: dict[str, list[Any]], metric: str, command: list[str]
) -> None:
    arguments = [argument.replace("{", "(") for argument in command]
    spec = good(
        {
            "name": "own",
            "objective": {"kind": "command", "command": ["p", *arguments]},
            "space": {name: {"choices": values} for name, values in choices.items()},
            "search": {"metric": metric, "goal": "maximize"},
        }
    )
    again = parse_yaml(dump_yaml(spec), "f").data
    assert validate(again)[0] == spec
    assert {name: given["choices"] for name, given in again["space"].items()} == choices


@pytest.mark.parametrize("end", ["\x85", "\u2028", "\u2029", "\r", "\n"])
def test_every_end_of_a_line_reads_back(end: str) -> None:
    objective = {"kind": "mlp", "dataset": f"/a{end}b.npz"}
    spec = good(
        {"name": "a", "objective": objective, "space": {"lr": {"scale": "log", "low": 0.1, "high": 1.0}}}
    )
    assert validate(parse_yaml(dump_yaml(spec), "f").data)[0] == spec


def test_every_field_is_written_but_those_without_a_value(load: Any) -> None:
    written = parse_yaml(dump_yaml(load(search={"halving": "off"})), "f").data
    assert list(written) == ["name", "seed", "objective", "space", "search", "dispatch"]
    assert written["objective"]["batch_size"] == 32
    assert written["objective"]["dataset"] == {
        "source": "digits",
        "split": "auto",
        "scaling": "minmax",
        "task": "classification",
    }
    assert written["search"]["halving"] == written["search"]["time_limit"] == "off"
    assert not {"target", "hidden_units"} & ({*written["search"], *written["objective"]})


def test_it_reads_like_the_contract(load: Any) -> None:
    text = dump_yaml(load(None, "search.halving=off", "dispatch.timeout=300", "space.lr.low=1e-8"))
    assert "  lr: {scale: log, low: 1.0e-08, high: 1}\n" in text
    assert "  halving: off\n" in text
    assert "  fit: on\n" in text
    assert "  timeout: 5m\n" in text
    assert "  confirm: {top: 3, seeds: 3}\n" in text


def test_numbers_are_numbers_to_older_readers_too(load: Any) -> None:
    text = dump_yaml(load(None, "lr=1e-9", "space.lr.low=1e-12"))
    data = yaml.safe_load(text)
    assert (data["objective"]["lr"], data["space"]["lr"]["low"]) == (1e-9, 1e-12)


def test_paths_are_absolute(load: Any, tmp_path: Path) -> None:
    text = dump_yaml(load(objective={"kind": "mlp", "dataset": {"source": "mnist", "dir": "idx"}}))
    assert yaml.safe_load(text)["objective"]["dataset"]["dir"] == str(tmp_path / "idx")


@pytest.mark.parametrize(
    "text", ["1e3", "010", "0o7", "true", "~", "null", "<<", ".inf", "", "a: b", "- x", "é\x07", "1.5"]
)
def test_text_stays_text(text: str) -> None:
    spec = good(
        {
            "name": "x",
            "objective": {"kind": "mlp", "dataset": {"source": "digits", "dir": text or "."}},
            "space": {"lr": {"choices": [1, 2]}},
        }
    )
    data = parse_yaml(dump_yaml(spec), "f").data
    assert data["objective"]["dataset"]["dir"] == (text or ".")
