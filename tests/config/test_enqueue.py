"""`search.enqueue`: what can be tried first, what is refused and where that is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hpsearch.config import Spec, build_space, dump_yaml, load_spec
from hpsearch.config.enqueue import enqueued
from hpsearch.config.identity import changed_keys, digest
from hpsearch.core.errors import InputError, SpecError
from tests.config.conftest import Load, Problems

TEXT = """\
objective: {kind: mlp, dataset: digits, epochs: 9}
space:
  lr: {scale: log, low: 1e-4, high: 1}
  hidden_layers: {scale: linear, low: 1, high: 4}
  dropout: {scale: linear, low: 0, high: 0.5, step: 0.1}
  optimizer: {choices: [sgd, adam]}
  beta2: {scale: linear, low: 0.9, high: 0.999, when: {optimizer: [adam]}}
  batch_norm: after
require: [lr < 0.5 or hidden_layers <= 2]
search:
  trials: 12
  enqueue:
    - ENTRY
"""


def of(entry: str) -> str:
    return TEXT.replace("ENTRY", entry)


def typed(spec: Spec) -> list[Any]:
    return enqueued(spec, build_space(spec))


def test_values_are_as_the_search_has_them(load: Load) -> None:
    spec = load(of("{lr: 1, hidden_layers: 2.0, dropout: 0.30, optimizer: adam, beta2: 0.95}"))
    assert typed(spec) == [
        {"lr": 1.0, "hidden_layers": 2, "dropout": 0.3, "optimizer": "adam", "beta2": 0.95}
    ]
    assert [type(value) for value in typed(spec)[0].values()] == [float, int, float, str, float]


def test_what_all_trials_have_may_be_given_too(load: Load) -> None:
    assert typed(load(of("{lr: 0.1, batch_norm: after, epochs: 9}"))) == [{"lr": 0.1}]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{lr: 3}", "lr: must be within space.lr, 0.0001 to 1; widen that, or leave it out (got 3)"),
        ("{lr: high}", "lr: must be a number (got 'high')"),
        ("{lr: true}", "lr: must be a number (got true)"),
        (
            "{hidden_layers: 2.5}",
            "hidden_layers: must be one of the values of space.hidden_layers, of which 3 is nearest (got 2.5)",
        ),
        (
            "{dropout: 0.26}",
            "dropout: must be one of the values of space.dropout, of which 0.3 is nearest (got 0.26)",
        ),
        (
            "{optimizer: adams}",
            "optimizer: must be one of the values of space.optimizer, [sgd, adam]; did you mean 'adam'? "
            "(got 'adams')",
        ),
        ("{lrr: 0.1}", "lrr: is no parameter of the space; did you mean 'lr'? (got 0.1)"),
        (
            "{batch_norm: before}",
            "batch_norm: is not searched, and is 'after' in every trial; remove it, or search batch_norm "
            "(got 'before')",
        ),
        (
            "{beta2: 0.95}",
            "beta2: is only there where optimizer is adam; give optimizer too, or remove it (got 0.95)",
        ),
        (
            "{beta2: 0.95, optimizer: sgd}",
            "beta2: is only there where optimizer is adam; remove it, or change optimizer (got 0.95)",
        ),
    ],
)
def test_what_cannot_be_tried_is_said_with_its_line(problems: Problems, entry: str, said: str) -> None:
    assert problems(of(entry)) == [f"config.yaml:13: search.enqueue[0].{said}"]


def test_what_requirements_refuse_is_said(problems: Problems) -> None:
    (said,) = problems(of("{lr: 0.9, hidden_layers: 3}"))
    assert said.startswith(
        "config.yaml:13: search.enqueue[0]: breaks what require asks for, lr < 0.5 or hidden_layers <= 2; "
    )
    (twice,) = problems(
        of("{hidden_layers: 1, lr: 0.1, dropout: 0, optimizer: sgd}\n    - ENTRY").replace(
            "ENTRY", "{hidden_layers: 1, lr: 0.1, dropout: 0, optimizer: sgd}"
        )
    )
    assert twice.startswith("config.yaml:14: search.enqueue[1]: is the same as one before it; ")


def test_more_than_there_are_trials_are_refused(problems: Problems) -> None:
    (said,) = problems(of("{lr: 0.1}\n    - {lr: 0.2}"), "search.trials=1")
    assert said == (
        "--set search.trials=1: search.enqueue: holds 2 configurations, more than search.trials; "
        "raise that, or remove some (got 1)"
    )


@pytest.mark.parametrize("entry", ["{}", "0.1", "{lr: {low: 1}}"])
def test_what_is_no_configuration_is_refused(problems: Problems, entry: str) -> None:
    (said,) = problems(of(entry))
    assert said.startswith("config.yaml:13: search.enqueue[0]")


def test_other_files_come_first_and_are_named_with_their_lines(load: Load, tmp_path: Path) -> None:
    best, some = tmp_path / "best.yaml", tmp_path / "some.yaml"
    best.write_text("# trial 3\nlr: 0.02\noptimizer: sgd\n")
    some.write_text("- {lr: 0.03}\n- lr: 0.04\n  dropout: 0.1\n")
    load(of("{lr: 0.1}"))
    config = tmp_path / "config.yaml"
    rates = [given["lr"] for given in typed(load_spec(config, (), [best, some]))]
    assert rates == [0.02, 0.03, 0.04, 0.1]

    config.write_text(of("{lr: 7}"))
    some.write_text("- {lr: 0.03}\n- lr: 0.04\n  dropout: 9\n")
    best.write_text("# trial 3\nlr: 0.02\nrate: 1\n")
    with pytest.raises(SpecError) as error:
        load_spec(config, (), [best, some])
    places = [(Path(problem.file).name, problem.line, problem.path) for problem in error.value.problems]
    assert sorted(places) == [
        ("best.yaml", 3, "search.enqueue[0].rate"),
        ("config.yaml", 13, "search.enqueue[3].lr"),
        ("some.yaml", 3, "search.enqueue[2].dropout"),
    ]


@pytest.mark.parametrize("text", ["", "# no trial is done\n", "0.1", "[]x", "[lr]", "[{}]", "[]", TEXT])
def test_a_file_without_a_configuration_is_refused(load: Load, tmp_path: Path, text: str) -> None:
    load(of("{lr: 0.1}"))
    best = tmp_path / "best.yaml"
    best.write_text(text)
    rule = "must hold the parameters of a configuration|is not valid YAML"
    with pytest.raises(InputError, match=rf"best\.yaml(:1)?: .*({rule})"):
        load_spec(tmp_path / "config.yaml", (), [best])


def test_a_file_that_is_not_there_is_not_one_to_begin_a_search_with(load: Load, tmp_path: Path) -> None:
    load(of("{lr: 0.1}"))
    with pytest.raises(InputError, match=r"best\.yaml: no such file; name one with configurations"):
        load_spec(tmp_path / "config.yaml", (), [tmp_path / "best.yaml"])


def test_what_is_the_same_as_that_of_another_file_is_named_by_its_own(load: Load, tmp_path: Path) -> None:
    load(of("{lr: 0.1}"))
    best, some = tmp_path / "best.yaml", tmp_path / "some.yaml"
    best.write_text("lr: 0.02\nhidden_layers: 2\ndropout: 0.1\noptimizer: sgd\n")
    some.write_text("# trial 3\n" + best.read_text())
    with pytest.raises(SpecError) as error:
        load_spec(tmp_path / "config.yaml", (), [best, some])
    (problem,) = error.value.problems
    assert (Path(problem.file).name, problem.line) == ("some.yaml", 2)


def test_it_is_recorded_and_belongs_to_the_search(load: Load) -> None:
    spec = load(of("{lr: 0.1, hidden_layers: 2}"))
    assert load(dump_yaml(spec)) == spec
    other = load(of("{lr: 0.2, hidden_layers: 2}"))
    assert changed_keys(spec, other) == ["search.enqueue"]
    assert digest(spec) != digest(other)
    for same in ("{lr: 0.1, hidden_layers: 2.0}", "{hidden_layers: 2, lr: 0.1}"):
        assert changed_keys(spec, load(of(same))) == ["search.enqueue"]  # as the fingerprint has it


def test_a_search_without_it_is_what_it_was_before_it_was_known(load: Load) -> None:
    none, empty = load(None), load(None, "search.enqueue=[]")
    assert "enqueue" not in dump_yaml(none)
    assert digest(none) == digest(empty) == DIGEST


#: Of the minimal configuration, as versions without `enqueue` made it.
DIGEST = "222b97089f857f4a33d09e114f71ed4edd7a6e17313d4b68a4aa709a9c65e81f"
