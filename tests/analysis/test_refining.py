"""A refined file loads and checks, holds the best, keeps to the old bounds and steps, and can be refined again."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hpsearch.actions.refine import told
from hpsearch.analysis.narrowing import Change, refine, settled
from hpsearch.analysis.refined import refined_spec
from hpsearch.config import Spec, build_space, dump_yaml, is_legal, lint
from hpsearch.config.loading import spec_of
from hpsearch.config.yaml.loader import parse_yaml
from hpsearch.core.trial import Config, Value
from hpsearch.space import Choice, Integer, Parameter, Real, Space, Steps
from hpsearch.space.conditions import may_be
from hpsearch.space.edges import Edge, edge_of
from hpsearch.space.stepping import exact

RANGES: tuple[dict[str, Any], ...] = (
    {"scale": "linear", "low": 0, "high": 1},
    {"scale": "linear", "low": -3.5, "high": 12.25},
    {"scale": "linear", "low": 1e15, "high": 1e15 + 1},
    {"scale": "linear", "low": 1_700_000_000, "high": 1_700_000_001},
    {"scale": "linear", "low": -8e307, "high": 8e307},
    {"scale": "linear", "low": 0, "high": 5e-324},
    {"scale": "log", "low": 1e-300, "high": 1e300},
    {"scale": "log", "low": 5e-324, "high": 1.7e308},
    {"scale": "log", "low": 0.5, "high": 0.5000001},
    {"scale": "log", "low": 1e-4, "high": 1},
    {"scale": "log", "type": "int", "low": 1, "high": 4096},
    {"scale": "one_minus_log", "low": 0.9, "high": 0.999},
    {"scale": "one_minus_log", "low": -50, "high": 0.9999999999999},
    {"scale": "linear", "type": "int", "low": 2, "high": 4},
    {"scale": "linear", "type": "int", "low": 0, "high": 10**15 - 1},
    {"scale": "linear", "type": "int", "low": 0, "high": 1000, "step": 10},
    {"scale": "linear", "type": "int", "low": 5, "high": 99_999, "step": 10},
    {"scale": "linear", "type": "int", "low": -7, "high": 7, "step": 2},
    {"scale": "linear", "low": 0.2, "high": 0.3, "step": 0.1},
    {"scale": "linear", "low": 0.1, "high": 1, "step": 0.1},
    {"scale": "linear", "low": 0, "high": 1, "step": 0.3333333333},
    {"scale": "linear", "low": -1, "high": 1, "step": 0.3},
)
CHOICES: tuple[list[Value], ...] = (
    ["p", "q"],
    [f"c{number}" for number in range(12)],
    [True, False],
    [1, 2, 3],
    [0.98331, 0.98334, 1e-9],
    ["1e-4", "\u200fabc", "off", "a\nb", "", "\\u200f"],
)
#: Some that the network has, by what they may be.
OF_THE_NETWORK: dict[str, dict[str, Any]] = {
    "lr": {"scale": "log", "low": 1e-300, "high": 1e300},
    "momentum": {"scale": "one_minus_log", "low": 0.9, "high": 0.999, "when": {"optimizer": ["momentum"]}},
    "optimizer": {"choices": ["momentum", "adam", "sgd"]},
    "beta2": {"scale": "one_minus_log", "low": 0.9, "high": 0.9999, "when": {"optimizer": "adam"}},
    "hidden_layers": {"scale": "linear", "low": 1, "high": 4},
    "hidden_units": {"scale": "linear", "low": 8, "high": 64, "step": 8, "when": {"hidden_layers": [1, 4]}},
    "dropout": {"scale": "linear", "low": 0, "high": 0.5, "step": 0.1},
    "batch_norm": {"choices": ["off", "before", "after"]},
}


@st.composite
def own_spaces(draw: st.DrawFn) -> dict[str, Any]:
    """Parameters of every kind, each waiting for earlier ones at times, and some of them fixed."""
    space: dict[str, Any] = {}
    for number in range(draw(st.integers(1, 6))):
        if number and draw(st.integers(0, 4)) == 0:
            space[f"p{number}"] = draw(st.sampled_from(["text", 0.5, 3, True]))
            continue
        given = draw(st.sampled_from([*RANGES, *({"choices": list(choices)} for choices in CHOICES)]))
        space[f"p{number}"] = {**given, **draw(conditions(space))}
    return space


@st.composite
def conditions(draw: st.DrawFn, space: dict[str, Any]) -> dict[str, Any]:
    """What an earlier parameter must be, at times."""
    if not space or draw(st.booleans()):
        return {}
    parent = draw(st.sampled_from(sorted(space)))
    values = possible(space[parent])
    return {"when": {parent: draw(st.lists(st.sampled_from(values), min_size=1, max_size=3))}}


def possible(given: Any) -> list[Any]:
    """Some values that a parameter of the file can have."""
    if not isinstance(given, dict):
        return [given]
    if "choices" in given:
        return list(given["choices"])
    low = given["low"]
    inside = [float(exact(low) + exact(given["step"]))] if "step" in given else []
    return [low, given["high"], *inside]


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    """Searches of every kind of objective."""
    kind = draw(st.sampled_from(["command", "python", "mlp"]))
    search: dict[str, Any] = {"trials": 9}
    if kind == "mlp":
        names = draw(st.lists(st.sampled_from(sorted(OF_THE_NETWORK)), min_size=1, unique=True))
        space = {name: OF_THE_NETWORK[name] for name in OF_THE_NETWORK if name in {"hidden_layers", *names}}
        return spec_of({"objective": {"kind": "mlp", "dataset": "digits"}, "space": space, "search": search})
    space = draw(own_spaces())
    told = (
        [f"--{name}={{{name}}}" for name in space]
        if draw(st.booleans())
        else [f"{{{name}}}" for name in space]
    )
    code = {"command": ["true", *told]} if kind == "command" else {"function": "f.py:f"}
    objective = {"kind": kind, "epochs": 1, **code}
    return spec_of({"objective": objective, "space": space, "search": {**search, "goal": "maximize"}})


def places(number: int) -> st.SearchStrategy[list[list[float]]]:
    """Where a few trials lie in the cube, often at its ends."""
    place = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0, 1))
    return st.lists(st.lists(place, min_size=number, max_size=number), min_size=1, max_size=6)


def edges(spec: Spec, space: Space, best: Config) -> dict[str, Edge]:
    """Every end that the best is at, as if the metric pressed on it."""
    found = (
        edge_of(parameter, best[parameter.name], lambda name, value: is_legal(spec, name, value))
        for parameter in space.parameters
        if parameter.name in best
    )
    return {edge.parameter: edge for edge in found if edge}


@settings(max_examples=25)
@given(specs(), st.data(), st.booleans())
def test_what_is_refined_is_a_search_that_holds_the_best(
    spec: Spec, data: st.DataObject, widen: bool
) -> None:
    for again in range(2):
        space = build_space(spec)
        if not len(space):
            return
        best = space.decode(np.array(data.draw(places(len(space)))))
        changes = settled(space, refine(space, best, edges(spec, space, best[0]) if widen else {}))
        assert told(changes)
        if all(change.fixed or change.after is None for change in changes):
            return
        refined = refined_spec(spec, changes, name=f"again-{again}")
        assert spec_of(parse_yaml(dump_yaml(refined), "").data) == refined
        lint(refined)
        within(changes)
        around = build_space(refined)
        for config in best:
            assert {name: value for name, value in config.items() if name in around.recorded} in around
        assert all(config in around for config in around.decode(np.full((1, len(around)), 0.3)))
        spec = refined


def within(changes: list[Change]) -> None:
    """The new ranges lie in the old ones, but for an end that moved; what has steps stays on them."""
    for change in changes:
        before, after = change.before, change.after
        if isinstance(after, Real | Integer | Steps):
            assert isinstance(before, Real | Integer | Steps)
            moved = change.edge.end if change.edge else ""
            assert moved == "low" or before.scale.low <= after.scale.low
            assert moved == "high" or after.scale.high <= before.scale.high
            assert moved != "low" or after.scale.low < before.scale.low
            assert moved != "high" or after.scale.high > before.scale.high
            on_step(before, after)
        elif isinstance(after, Choice):
            assert isinstance(before, Choice)
            assert all(choice in before for choice in after.choices)
        elif after is not None:
            assert may_be(before, after)


def on_step(before: Parameter, after: Parameter) -> None:
    if isinstance(before, Integer) or isinstance(after, Integer):
        return
    step = getattr(before, "step", None)
    assert step == getattr(after, "step", None)
    if step is not None:
        assert isinstance(after, Real | Steps)
        assert isinstance(before, Real | Steps)
        assert (exact(after.scale.low) - exact(before.scale.low)) % exact(step) == 0
