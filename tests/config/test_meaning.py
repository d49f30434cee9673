"""Configurations that mean the same have the same settings, however they are written."""

from __future__ import annotations

from typing import Any

import pytest

from hpsearch.config import spec_of
from hpsearch.config.identity import settings, side_by_side
from hpsearch.config.yaml.loader import parse_yaml

NETWORK = "{kind: mlp, dataset: digits%s}"
OWN = "{kind: command, command: [python, train.py, '{args}'], epochs: 9%s}"
LR = "{lr: {scale: log, low: 1e-3, high: 1}%s}"


def read(text: str) -> dict[str, Any]:
    return {"name": "x", **parse_yaml(text, "f").data}


def differing(one: str, other: str) -> list[str]:
    """The keys of the settings that two files do not mean alike."""
    first, second = side_by_side([spec_of(read(one)), spec_of(read(other))])
    return [
        key
        for key in {**first, **second}
        if key not in first or key not in second or first[key].meant != second[key].meant
    ]


def network(more: str = "", space: str = "", search: str = "{}") -> str:
    return f"objective: {NETWORK % more}\nspace: {LR % space}\nsearch: {search}\n"


def own(more: str = "", space: str = "", search: str = "metric: score, goal: maximize") -> str:
    return f"objective: {OWN % more}\nspace: {LR % space}\nsearch: {{{search}}}\n"


def at(more: str) -> str:
    """A network with a data set in the long form."""
    return network().replace("dataset: digits", f"dataset: {{source: digits, {more}}}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (network(), network(", momentum: 0.9, weight_decay: 0, early_stopping: off")),
        (network(), network(", lr: 0.5")),  # in whose place the space has values
        (network(), network(search="{halving: {eta: 3}, confirm: {top: 3, seeds: 3}, goal: maximize}")),
        (network(), at("scaling: minmax, split: auto, ignore: [], task: classification")),
        (network(), network(", hidden_layers: 2, hidden_units: 64")),
        (network(", hidden: [32, 32, 32]"), network(", hidden: [32], hidden_layers: 3")),
        (network(), network(", augment: {shift: 0}")),
        (network(", augment: {shift: 2}"), network(", augment_shift: 2")),
        (network(", batch_size: 16"), network(space=", batch_size: 16")),
        (
            network(space=", activation: {choices: [relu, tanh]}"),
            network(space=", activation: {choices: [relu, tanh], ordered: false}"),
        ),
        (
            network(space=", batch_size: {choices: [16, 32]}"),
            network(space=", batch_size: {choices: [32, 16.0], ordered: true}"),
        ),
        (
            network(space=", hidden_layers: {scale: linear, low: 1, high: 3}"),
            network(space=", hidden_layers: {scale: linear, type: int, low: 1.0, high: 3}"),
        ),
        (
            own(space=", a: {scale: linear, low: 0, high: 1, when: {kind: b, on: true}}, on: true, kind: b"),
            own(space=", a: {scale: linear, low: 0, high: 1, when: {on: [true], kind: [b]}}, on: true, kind: b"),
        ),
        (own(), own(", keep: best, links: auto, timeout: off, read: {from: auto}")),
        (
            own(", read: {value: best}"),
            own(search="metric: score, goal: maximize, value: best"),
        ),
    ],
)  # fmt: skip
def test_how_it_is_written_makes_no_difference(one: str, other: str) -> None:
    assert differing(one, other) == []


@pytest.mark.parametrize(
    ("one", "other", "keys"),
    [
        (network(), network(", momentum: 0.8"), ["objective.momentum"]),
        (network(), network(", hidden_layers: 3"), ["objective.hidden"]),
        (network(), network(", augment_flip: 0.5"), ["objective.augment.flip"]),
        (network(), network(space=", batch_size: 16"), ["objective.batch_size"]),
        (network(), at("scaling: standard"), ["objective.dataset.scaling"]),
        (
            network(space=", activation: {choices: [relu, tanh]}"),
            network(space=", activation: {choices: [tanh, relu]}"),
            ["space.activation"],
        ),
        (
            network(space=", batch_size: {choices: [16, 32]}"),
            network(space=", batch_size: {choices: [16, 32], ordered: false}"),
            ["space.batch_size"],
        ),
        (own(space=", a: 1"), own(space=", a: true"), ["space.a"]),
        (own(space=", a: {choices: [1, 2]}"), own(space=", a: {choices: [1.0, 2]}"), ["space.a"]),
    ],
)
def test_what_means_something_else_does(one: str, other: str, keys: list[str]) -> None:
    assert differing(one, other) == keys


def test_a_parameter_is_shown_as_it_is_written() -> None:
    written: Any = settings(spec_of(read(network())))["space.lr"].written
    assert written == {"scale": "log", "low": 0.001, "high": 1}


def test_what_one_searches_stands_beside_what_the_other_has() -> None:
    searched, fixed = network(space=", batch_size: {choices: [16, 32]}"), network(space=", batch_size: 16")
    one, other, default = side_by_side([spec_of(read(text)) for text in (searched, fixed, network())])
    written = [found["space.batch_size"].written for found in (one, other, default)]
    assert written == [{"choices": [16, 32]}, 16, 32]
    assert not any("objective.batch_size" in found for found in (one, other, default))
