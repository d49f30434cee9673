from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.objectives.command.placeholders import filled, names_in, problems

VALUES = {"lr": "0.1", "act": "relu", "epochs": "3"}


@pytest.mark.parametrize(
    ("argument", "text"),
    [
        ("{lr}", "0.1"),
        ("--lr={lr},{act}", "--lr=0.1,relu"),
        ("{{lr}}", "{lr}"),
        ("{print $1}", "{print $1}"),
        ("BEGIN{for(;i<{epochs};){s+=i}}", "BEGIN{for(;i<3;){s+=i}}"),
        ("{}", "{}"),
        ("x{3}", "x{3}"),
    ],
)
def test_only_names_in_braces_are_replaced(argument: str, text: str) -> None:
    assert not list(problems(argument, ("lr", "act")))
    assert filled(["program", argument], VALUES) == ["program", text]


#: Names that a parameter may have: of every script, with marks, and with what else Python takes for letters.
NAMES = st.text("aZ_é09ñßλ日本ไि्\u0301℘·𐐷", min_size=1).filter(str.isidentifier)


@given(NAMES, st.sampled_from(["{}", "--x={}", "→{}←", "${}", "{}é"]))
def test_a_name_of_every_script_is_replaced(name: str, around: str) -> None:
    argument = around.format(f"{{{name}}}")
    assert names_in(argument) == [name]
    assert not list(problems(argument, (name,)))
    assert filled(["p", argument], {name: "0.5"}) == ["p", around.format("0.5")]
    assert filled(["p", f"{{{{{name}}}}}"], {name: "0.5"}) == ["p", f"{{{name}}}"]
    assert len(list(problems(argument, ("other",)))) == 1


@pytest.mark.parametrize("argument", ["{→}", "{{→}}", "{a→}", "{é è}", "{\u0301a}", "{→[x]}", "{·}"])
def test_what_is_no_name_in_any_script_is_left_alone(argument: str) -> None:
    assert not list(problems(argument, ()))
    assert filled(["p", argument], {}) == ["p", argument]


def test_values_are_text_and_never_filled_again() -> None:
    assert filled(["p", "{a}"], {"a": "{b}; rm -rf $HOME", "b": "no"}) == ["p", "{b}; rm -rf $HOME"]


@pytest.mark.parametrize("argument", ["{x.__class__}", "{lr!r}", "{lr:>10}", "{lr[0]}"])
def test_formats_and_attributes_are_refused(argument: str) -> None:
    (problem,) = problems(argument, ("lr", "x"))
    assert problem == f"has {argument}, which is no placeholder: only {{name}} is replaced, as plain text"


def test_unknown_names_are_refused_with_a_hint() -> None:
    (problem,) = problems("--lr={lrr}", ("lr",))
    assert problem.startswith("has the unknown placeholder {lrr}; did you mean 'lr'?")
    (problem,) = problems("${HOME}", ("lr",))
    assert problem.endswith("write {{HOME}} for the text itself")


def test_a_parameter_that_is_not_active_leaves_out_its_argument_and_option() -> None:
    command = ["train", "--adam", "{beta2}", "--x={beta2}", "--lr", "{lr}"]
    assert filled(command, VALUES, ["beta2"]) == ["train", "--lr", "0.1"]
