"""Every way a file can be wrong, in the words the user sees."""

from __future__ import annotations

import math
import re
from difflib import get_close_matches
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.config.loading import validate
from hpsearch.config.messages import _WORDING
from hpsearch.config.origins import Source, shortened, show
from hpsearch.core.errors import did_you_mean

BASE: dict[str, Any] = {
    "name": "x",
    "objective": {"kind": "mlp", "dataset": "digits"},
    "space": {"lr": {"scale": "log", "low": 0.0001, "high": 1.0}},
}
INFINITY = float("inf")
LIBRARY_WORDS = re.compile(
    r"pydantic|input should|valid (?:integer|number|string|list|dict|tuple|boolean)|value error"
    r"|field required"
    r"|extra inputs|validation error"
    r"|instance of|keyword|type=|input_(?!dropout)|cannot be used here|\bdict\b|\btuple\b"
    r"|(?-i:\bNone\b)",
    re.IGNORECASE,
)


def changed(path: str, value: object) -> dict[str, Any]:
    """The good configuration with `value` at the dotted `path`."""
    *folders, last = path.split(".")
    data = {**BASE}
    here = data
    for folder in folders:
        below = here.get(folder, {})
        here[folder] = below = dict(below) if isinstance(below, dict) else {"source": below}
        here = below
    here[last] = value
    return data


def said(data: Any) -> list[str]:
    return [str(problem) for problem in Source("f").problems(validate(data)[1])]


CASES = [
    (
        "name",
        "a b",
        "name: must be up to 64 letters, digits, '.', '_' or '-', the first a letter or digit (got 'a b')",
    ),
    ("name", "x" * 65, "name: must be up to 64 letters"),
    (
        "name",
        "x\n",
        "name: must be up to 64 letters, digits, '.', '_' or '-', the first a letter or digit (got 'x\\n')",
    ),
    ("name", 3, "name: must be text (got 3)"),
    ("name", None, "name: must be text (got nothing)"),
    ("seed", -1, "seed: must be at least 0 (got -1)"),
    ("seed", 1.5, "seed: must be a whole number (got 1.5)"),
    ("seed", True, "seed: must be a whole number (got true)"),
    ("sede", 1, "sede: unknown key; did you mean 'seed'?"),
    ("zzz", 1, "zzz: unknown key; known: name, parent, seed, objective, space, require, search, dispatch"),
    ("objective", "mlp", "objective: must be a mapping of settings, one `key: value` each (got 'mlp')"),
    ("objective", None, "objective: must be a mapping of settings, one `key: value` each (got nothing)"),
    ("objective", {}, "objective.kind: is missing: what is trained: mlp, the built-in network"),
    (
        "objective.kind",
        "mpl",
        "objective.kind: must be one of mlp, python, command (got 'mpl'); did you mean 'mlp'?",
    ),
    ("objective.kind", "foo", "objective.kind: must be one of mlp, python, command (got 'foo')"),
    ("objective.kind", ["mlp"], "objective.kind: must be one of mlp, python, command (got [mlp])"),
    ("objective.dataset", 3, "objective.dataset: must be a name, a path, or a mapping"),
    ("objective.dataset", "digts", "objective.dataset.source: must be one of digits, "),
    ("objective.dataset.sorce", "x", "objective.dataset.sorce: unknown key; did you mean 'source'?"),
    ("objective.dataset.source", "", "objective.dataset.source: must not be empty"),
    ("objective.dataset.dir", 3, "objective.dataset.dir: must be the path of a folder (got 3)"),
    (
        "objective.dataset.split",
        [0.5, 0.6],
        "objective.dataset.split: must add up to 1, not 1.1 (got [0.5, 0.6])",
    ),
    (
        "objective.dataset.split",
        [1],
        "objective.dataset.split: must be auto, or two or three parts between 0 and 1",
    ),
    ("objective.dataset.split", "half", "objective.dataset.split: must be auto, or two or three parts"),
    ("objective.dataset.split", {}, "objective.dataset.split.folds: is missing: networks per trial"),
    ("objective.dataset.split", {"folds": 1}, "objective.dataset.split.folds: must be at least 2, for each"),
    (
        "objective.dataset.split",
        {"folds": 2.5},
        "objective.dataset.split.folds: must be a whole number (got 2.5)",
    ),
    (
        "objective.dataset.split",
        {"folds": 5, "test": 1},
        "objective.dataset.split.test: must be below 1 (got 1)",
    ),
    (
        "objective.dataset.split",
        {"folds": 5, "tset": 0},
        "objective.dataset.split.tset: unknown key; did you mean 'test'?",
    ),
    (
        "objective.dataset.scaling",
        "std",
        "objective.dataset.scaling: must be one of none, minmax, standard, numbers, whiten, tanh, quantile (got",
    ),
    ("objective.dataset.limit", 0, "objective.dataset.limit: must be at least 1 (got 0)"),
    ("objective.hidden", [], "objective.hidden: must have at least 1 entry (got 0)"),
    ("objective.hidden", [8] * 65, "objective.hidden: must have at most 64 entries (got 65)"),
    ("objective.hidden", [8, 0], "objective.hidden[1]: must be at least 1 (got 0)"),
    ("objective.hidden", [99999], "objective.hidden[0]: must be at most 16384 (got 99999)"),
    ("objective.hidden", 64, "objective.hidden: must be a list, such as [1, 2] (got 64)"),
    ("objective.hidden_layers", 65, "objective.hidden_layers: must be at most 64 (got 65)"),
    (
        "objective.activation",
        "rel",
        "objective.activation: must be one of sigmoid, tanh, relu, leaky_relu, rrelu, prelu, elu, selu, gelu, silu "
        "(got 'rel'); did you mean 'r",
    ),
    ("objective.lr", 0, "objective.lr: must be above 0 (got 0)"),
    ("objective.lr", INFINITY, "objective.lr: must be a finite number (got .inf)"),
    ("objective.lr", -INFINITY, "objective.lr: must be a finite number (got -.inf)"),
    ("objective.lr", float("nan"), "objective.lr: must be a finite number (got .nan)"),
    ("objective.lr", "0.1", "objective.lr: must be a number (got '0.1'); remove the quotes"),
    ("objective.lr", "fast", "objective.lr: must be a number (got 'fast')"),
    ("objective.lr", None, "objective.lr: must be a number (got nothing)"),
    ("objective.momentum", 1, "objective.momentum: must be below 1 (got 1)"),
    ("objective.batch_size", "no", "objective.batch_size: must be a whole number (got 'no')"),
    ("objective.batch_size", INFINITY, "objective.batch_size: must be a whole number (got .inf)"),
    ("objective.epoch", 3, "objective.epoch: unknown key; did you mean 'epochs'?"),
    ("space", {}, "space: must have at least 1 entry (got 0)"),
    ("space", [], "space: must be a mapping of settings"),
    (
        "space.lr",
        math.inf,
        "space.lr: must be a range or choices, such as {scale: log, low: 1e-4, high: 1}, or a fixed",
    ),
    ("space.lr", None, "space.lr: must be a range or choices"),
    ("space.lr", -0.5, "space.lr: must be above 0 (got -0.5)"),
    ("space.lr", "0.1", "space.lr: must be a number (got '0.1')"),
    ("space.epochs", 3, "space.epochs: cannot be searched"),
    ("space.lr", [0.1, 1], "space.lr: must be a mapping; write {choices: [0.1, 1]}"),
    (
        "space.lr.scale",
        "lgo",
        "space.lr.scale: must be one of linear, log, one_minus_log (got 'lgo'); did you mean 'log'?",
    ),
    ("space.lr.scale", 3, "space.lr.scale: must be one of linear, log, one_minus_log (got 3)"),
    ("space.lr.type", "integer", "space.lr.type: must be one of float, int (got 'integer')"),
    ("space.lr.step", 0, "space.lr.step: must be above 0 (got 0)"),
    ("space.lr.hihg", 0, "space.lr.hihg: unknown key; did you mean 'high'?"),
    (
        "space.lr.choices",
        [1],
        "space.lr: has both choices and scale; keep the choices, or the range of numbers",
    ),
    ("space.lr", {"low": 1, "high": 2}, "space.lr.scale: is missing: linear; log"),
    ("space.lr", {"choices": []}, "space.lr.choices: must have at least 1 entry (got 0)"),
    ("space.lr", {"choices": 3}, "space.lr.choices: must be a list, such as [1, 2] (got 3)"),
    ("space.lr", {"choices": [[1]]}, "space.lr.choices[0]: must be a number (got [1])"),
    ("space.lr", {"choices": [None]}, "space.lr.choices[0]: must be a number (got nothing)"),
    (
        "space.lr",
        {"choices": [[[1]]]},
        "space.lr.choices[0]: must be a flat list, of texts, numbers and true/false (got [[1]])",
    ),
    (
        "space.lr",
        {"choices": [INFINITY]},
        "space.lr.choices[0]: must be a text, a number, true/false, null, or a flat list of such (got .inf)",
    ),
    ("space.lr", {"choices": [1], "ordered": "yes"}, "space.lr.ordered: must be true or false (got 'yes')"),
    ("space.lr.when", "adam", "space.lr.when: must be a mapping of settings"),
    ("space.lr.when", {"optimizer": []}, "space.lr.when.optimizer: must have at least 1 entry (got 0)"),
    ("search", 3, "search: must be a mapping of settings"),
    (
        "search.sampler",
        "sobl",
        "search.sampler: must be one of coarse_to_fine, random, sobol, grid (got 'sobl'); did you",
    ),
    ("search.trials", 0, "search.trials: must be at least 1 (got 0)"),
    ("search.trials", 10**7, "search.trials: must be at most 1000000 (got 10000000)"),
    ("search.round_size", 1001, "search.round_size: must be at most 1000 (got 1001)"),
    ("search.overlap", -1, "search.overlap: must be auto, or a whole number from 0 to 100 (got -1)"),
    (
        "search.overlap",
        "often",
        "search.overlap: must be auto, or a whole number from 0 to 100 (got 'often')",
    ),
    (
        "search.metric",
        "val_ac",
        "search.metric: must be one of val_acc, val_r2, val_auc, val_f1, val_balanced_acc, val_log_loss, "
        "val_mae, val_rmse, val_loss, train_loss (got 'val_ac'); did you mean 'val_acc'?",
    ),
    ("search.budget", "money", "search.budget: must be one of epochs, seconds (got 'money')"),
    (
        "search",
        {"budget": "seconds", "sampler": "random"},
        "search.budget: must be epochs: random as it is set proposes whatever trainings take; give sampler: "
        "coarse_to_fine with fit: on, which weighs it, or remove budget (got 'seconds')",
    ),
    (
        "search",
        {"budget": "seconds", "fit": "off"},
        "search.budget: must be epochs: coarse_to_fine as it is set",
    ),
    ("search.metric", 3, "search.metric: must be text (got 3)"),
    ("search.metric", "", "search.metric: must not be empty"),
    ("search.goal", "max", "search.goal: must be one of maximize, minimize (got 'max')"),
    ("search.target", "high", "search.target: must be a number (got 'high')"),
    (
        "search.time_limit",
        "10 parsecs",
        "search.time_limit: must be a duration such as 30s, 10m, 2h or 1d (got '10 par",
    ),
    (
        "search.time_limit",
        0,
        "search.time_limit: must be a duration such as 30s, 10m, 2h or 1d, above 0 and at most 3650d",
    ),
    (
        "search.time_limit",
        True,
        "search.time_limit: must be a duration such as 30s, 10m, 2h or 1d (got true)",
    ),
    ("search.halving", 3, "search.halving: must be off, or a mapping of settings (got 3)"),
    ("search.halving", None, "search.halving: must be off, or a mapping of settings (got nothing)"),
    ("search.halving", {"eta": 1}, "search.halving.eta: must be at least 2 (got 1)"),
    ("search.halving", {"eta": 11}, "search.halving.eta: must be at most 10 (got 11)"),
    (
        "search.halving",
        {"min_epochs": 28},
        "search.halving.min_epochs: must be at most objective.epochs, 27 (got 28)",
    ),
    *(
        (
            "search.halving",
            {"min_epochs": value},
            "search.halving.min_epochs: must be auto, a whole number from 1 on, or a share of an epoch from 0.001 "
            f"to below 1 (got {got})",
        )
        for value, got in [
            (0, "0"),
            (1.5, "1.5"),
            (-0.5, "-0.5"),
            (1e-4, "0.0001"),
            (True, "true"),
            ("a", "'a'"),
        ]
    ),
    ("search.halving", {"et": 3}, "search.halving.et: unknown key; did you mean 'eta'?"),
    ("search.confirm", {"top": 0}, "search.confirm.top: must be at least 1 (got 0)"),
    ("search.fit", "maybe", "search.fit: must be on or off (got 'maybe')"),
    ("dispatch", None, "dispatch: must be a mapping of settings"),
    (
        "dispatch.executor",
        "locl",
        "dispatch.executor: must be one of local, serial, dask, srun (got 'locl'); did you mean 'local'?",
    ),
    ("dispatch.workers", 0, "dispatch.workers: must be auto, or a whole number from 1 to 1024 (got 0)"),
    (
        "dispatch.workers",
        "many",
        "dispatch.workers: must be auto, or a whole number from 1 to 1024 (got 'many')",
    ),
    (
        "dispatch.timeout",
        "soon",
        "dispatch.timeout: must be a duration such as 30s, 10m, 2h or 1d (got 'soon')",
    ),
    ("dispatch.retries", 11, "dispatch.retries: must be at most 10 (got 11)"),
]


@pytest.mark.parametrize(
    ("path", "value", "message"), CASES, ids=[f"{path}={value!r:.20}" for path, value, _ in CASES]
)
def test_the_rule_is_said_in_words(path: str, value: object, message: str) -> None:
    messages = said(changed(path, value))
    assert messages[0].startswith(f"f: {message}")
    assert not any(LIBRARY_WORDS.search(text) for text in messages)


@pytest.mark.parametrize("hidden", [[0], [99999, 99999], [8, 0]])
def test_a_list_of_wrong_entries_is_not_too_short(hidden: list[int]) -> None:
    messages = said(changed("objective.hidden", hidden))
    assert len(messages) == sum(not 1 <= units <= 16384 for units in hidden)


def test_the_good_configuration_is_good() -> None:
    assert said(BASE) == []


@pytest.mark.parametrize("section", ["objective", "space"])
def test_missing_sections(section: str) -> None:
    data = {key: value for key, value in BASE.items() if key != section}
    assert [message.split(":")[2] for message in said(data)] == [" is missing"]


@pytest.mark.parametrize("data", [None, 3, "text", [1]])
def test_a_file_that_is_no_mapping(data: object) -> None:
    assert said(data) == [
        "f: must be a mapping with the keys name, parent, seed, objective, space, require, search, dispatch (got "
        f"{show(data)})"
    ]


def test_all_problems_are_found_in_one_go(problems: Any) -> None:
    text = """\
name: "a b"
objective:
  kind: mlp
  dataset: digts
  lr: 0
space:
  lr: {scale: log, low: 0, high: 1}
  momentun: {scale: log, low: 0.1, high: 0.9}
  epochs: {scale: linear, low: 1, high: 9}
  activation: {choices: [relu, tahn]}
search:
  trials: 0
  metric: acc
dispatch: {retires: 3}
"""
    assert [problem.split(": ")[:2] for problem in problems(text)] == [
        ["config.yaml:1", "name"],
        ["config.yaml:4", "objective.dataset.source"],
        ["config.yaml:5", "objective.lr"],
        ["config.yaml:7", "space.lr.low"],
        ["config.yaml:8", "space.momentun"],
        ["config.yaml:9", "space.epochs"],
        ["config.yaml:10", "space.activation.choices[1]"],
        ["config.yaml:12", "search.trials"],
        ["config.yaml:13", "search.metric"],
        ["config.yaml:14", "dispatch.retires"],
    ]


def test_the_line_of_a_problem_inside_a_long_mapping(problems: Any) -> None:
    text = "objective: {kind: mlp,\n dataset: digits}\nspace:\n  lr: {scale: log,\n   low: 0,\n   high: 1}\n"
    assert problems(text) == ["config.yaml:5: space.lr.low: must be above 0 on a log scale (got 0)"]


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from(
        [1e18, 0.5, INFINITY, float("nan"), "off", "on", "adam", "relu", "1", "", "lr", "a\x1b[31m"]
    ),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["low", "high", "scale", "choices", "when", "lr", "source"]), inner, max_size=3
        ),
    ),
    max_leaves=5,
)
PATHS = sorted({path for path, _, _ in CASES} | {"space.momentum", "space.activation", "search.target"})


@given(st.dictionaries(st.sampled_from(PATHS), VALUES, min_size=1, max_size=3))
def test_whatever_is_wrong_no_wording_of_a_library_leaks(changes: dict[str, Any]) -> None:
    data = BASE
    for path, value in changes.items():
        *folders, last = path.split(".")
        data = {**data}
        here: Any = data
        for folder in folders:
            below = here.get(folder)
            here[folder] = dict(below) if isinstance(below, dict) else {}
            here = here[folder]
        here[last] = value
    spec, findings = validate(data)
    messages = [str(problem) for problem in Source("f").problems(findings)]
    assert (spec is None) == bool(messages)
    assert not [text for text in messages if LIBRARY_WORDS.search(text) or not text.isprintable()]


def test_the_wording_has_no_entry_that_is_only_a_library_word() -> None:
    assert not [
        words for words in _WORDING.values() if isinstance(words, str) and LIBRARY_WORDS.search(words)
    ]


@pytest.mark.parametrize(
    "value", ["x" * 100_000, ["x" * 100] * 100_000, {"k" * 99: 1}, "\x1b[31m" * 50, "\n" * 100]
)
def test_values_are_short_and_printable(value: object) -> None:
    assert len(show(value)) <= 60
    assert show(value).isprintable()


def test_text_that_fits_is_shown_whole() -> None:
    assert shortened("x" * 60) == "x" * 60
    assert shortened("x" * 61) == "x" * 57 + "..."


@pytest.mark.parametrize("count", [50, 51])
def test_what_is_meant_is_looked_for_where_it_is_shown(count: int) -> None:
    mistyped = {f"seed{index}": 1 for index in range(count)}
    told = said({**mistyped, **BASE})
    assert len(told) == count
    assert all(line.endswith("unknown key; did you mean 'seed'?") for line in told[:50])
    assert all("known: name, " in line for line in told[50:])


@given(st.text("abcder_", max_size=12), st.lists(st.text("abcder_", max_size=12), max_size=8))
def test_a_name_that_is_not_near_is_known_from_its_letters(wrong: str, known: list[str]) -> None:
    assert bool(did_you_mean(wrong, known)) == any(get_close_matches(wrong, known, cutoff=0.6))
