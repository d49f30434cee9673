from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.core.trial import Value
from hpsearch.objectives.command.filling import filled, without
from hpsearch.objectives.command.placeholders import names_in, problems, unnamed

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


ALL = {
    "opt.lr": 1e-05,
    "bn": True,
    "skip": False,
    "depth": None,
    "hidden": (64, 32),
    "act": "a b",
    "none": (),
}


@pytest.mark.parametrize(
    ("argument", "arguments"),
    [
        ("{args}", ["--opt.lr", "1e-05", "--bn", "--hidden", "64", "32", "--act", "a b"]),
        ("{args=}", ["--opt.lr=1e-05", "--bn", "--hidden=64,32", "--act=a b"]),
        (
            "{overrides}",
            ["opt.lr=1e-05", "bn=true", "skip=false", "depth=null", "hidden=[64,32]", "act='a b'", "none=[]"],
        ),
    ],
)
def test_all_parameters_in_the_form_that_the_program_reads(argument: str, arguments: list[str]) -> None:
    assert not list(problems(argument, ALL))
    assert filled(["p", argument], ALL, spread=list(ALL)) == ["p", *arguments]


def test_what_stands_for_all_leaves_out_what_is_named_and_what_is_not_active() -> None:
    command = ["p", "--rate={lr}", "{args}", "{epochs}"]
    names = ["lr", "act", "beta2"]
    assert unnamed(command, names) == ("act", "beta2")
    assert filled(command, VALUES, ["beta2"], unnamed(command, names)) == [
        "p",
        "--rate=0.1",
        "--act",
        "relu",
        "3",
    ]


def test_a_parameter_called_args_comes_first() -> None:
    assert not list(problems("x{args}", ("args",)))
    assert filled(["p", "x{args}", "{overrides}"], {"args": 1, "overrides": 2}, spread=["args"]) == [
        "p",
        "x1",
        "2",
    ]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("adam", "adam"),
        ("a/b.c-d", "a/b.c-d"),
        ("true", "'true'"),
        ("Null", "'Null'"),
        ("1e-3", "'1e-3'"),
        ("", "''"),
        ("it's", r"'it\'s'"),
        ("a\\b", r"'a\b'"),
        ("a\\", "'a\\\\'"),
        ("a\\'", "'a\\\\\\''"),
        ("[1]", "'[1]'"),
        ("${x}", "'${x}'"),
    ],
)
def test_a_text_stays_a_text_for_hydra(text: str, written: str) -> None:
    assert filled(["p", "{overrides}"], {"x": text}, spread=["x"]) == ["p", f"x={written}"]


@pytest.mark.parametrize(
    ("values", "arguments"),
    [
        ({"bn": True, "hidden": (64, 32)}, ["-v", "--bn", "m_bn", "--units", "64", "32", "[64, 32]"]),
        ({"bn": False, "hidden": ()}, ["-v", "m"]),
        ({"bn": None, "hidden": None}, ["-v", "m"]),
        ({"bn": None, "hidden": "all"}, ["-v", "m", "--units", "all", "all"]),
    ],
)
def test_flags_and_lists(values: dict[str, Value], arguments: list[str]) -> None:
    command = ["p", "-v", "{bn:+--bn}", "m{bn:+_bn}", "--units", "{hidden...}", "{hidden}"]
    assert not [problem for argument in command for problem in problems(argument, values)]
    assert filled(command, values) == ["p", *arguments]


def test_what_no_trial_has_leaves_the_command() -> None:
    command = ["p", "-v", "{bn:+--bn}", "m{bn:+_bn}", "--units", "{hidden...}", "", "{args}"]
    assert without(command, ["bn", "hidden"]) == ["p", "-v", "m", "", "{args}"]


@pytest.mark.parametrize("argument", ["--x={args}", "{args}{lr}", "{overrides},", "-u{lr...}"])
def test_what_stands_for_several_arguments_is_one_of_its_own(argument: str) -> None:
    (problem,) = problems(argument, ("lr",))
    assert problem.endswith("amid other text, and it stands for several arguments; make it one of its own")


@pytest.mark.parametrize("argument", ["{lrr...}", "{lrr:+x}", "{opt.lrr}", "{epochs:+x}"])
def test_unknown_names_in_any_form_are_refused(argument: str) -> None:
    (problem,) = problems(argument, ("lr", "opt.lr"))
    assert problem.startswith(f"has the unknown placeholder {argument}")


def test_names_with_dots() -> None:
    assert names_in("{opt.lr},{{opt.lr}},{.a}") == ["opt.lr"]
    assert filled(["p", "lr={opt.lr}", "{{opt.lr}}"], {"opt.lr": 0.5}) == ["p", "lr=0.5", "{opt.lr}"]
