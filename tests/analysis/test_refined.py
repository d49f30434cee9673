"""The file of a search around the best of another: what becomes of its requirements."""

from __future__ import annotations

from hpsearch.analysis.narrowing import refine, settled
from hpsearch.analysis.refined import refined_spec
from hpsearch.config import Spec, build_space
from hpsearch.config.loading import spec_of
from hpsearch.core.trial import Config

SPEC = {
    "name": "parent",
    "objective": {"kind": "mlp", "dataset": "digits"},
    "space": {
        "lr": {"scale": "log", "low": 1e-4, "high": 1},
        "optimizer": {"choices": ["sgd", "adam"]},
        "beta2": {"scale": "linear", "low": 0.9, "high": 0.999, "when": {"optimizer": "adam"}},
    },
    "require": ["beta2 < 0.99", "lr < 0.5 or (optimizer == 'adam' and beta2 > 0.95)", "lr * epochs < 20"],
}


def around(parent: Spec, best: list[Config]) -> Spec:
    space = build_space(parent)
    return refined_spec(parent, settled(space, refine(space, best, {})), name="child")


def test_requirements_go_on_without_the_parameters_that_no_trial_has_any_more() -> None:
    parent = spec_of(SPEC)
    best: list[Config] = [{"lr": 0.01, "optimizer": "sgd"}, {"lr": 0.3, "optimizer": "sgd"}]
    refined = around(parent, best)
    assert list(refined.space) == ["lr", "optimizer"]  # which is fixed
    assert refined.require == ("lr < 0.5 or optimizer == 'adam'", "lr * epochs < 20")
    space = build_space(refined)
    assert space.admits({"lr": 0.4})  # beta2, which the objective has a value for, counts no more
    assert not space.admits({"lr": 0.6})


def test_where_every_parameter_stays_they_stay_as_they_are() -> None:
    parent = spec_of(SPEC)
    best: list[Config] = [{"lr": 0.01, "optimizer": "sgd"}, {"lr": 0.3, "optimizer": "adam", "beta2": 0.95}]
    assert around(parent, best).require == parent.require
