"""What the hyperparameters of the network ask of each other, for all values that a search may give them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

from hpsearch.config.messages import got
from hpsearch.config.objective import MlpObjective
from hpsearch.config.schema import Choices, Parameter, Range
from hpsearch.config.sources import Finding, Path


def check_network(objective: MlpObjective, space: Mapping[str, Parameter]) -> Iterator[Finding]:
    """Every combination that the network cannot be."""
    yield from _check_file(objective, space)
    yield from _check_loss(objective, space)
    yield from _check_alpha_dropout(objective, space)
    yield from _check_batch_norm(objective, space)


def place(name: str, space: Mapping[str, Parameter]) -> Path:
    """Where a hyperparameter gets its values."""
    return ("space" if name in space else "objective", name)


def possible(
    name: str, objective: MlpObjective, space: Mapping[str, Parameter], where: Parameter | None = None
) -> Set[Any]:
    """The values of a hyperparameter with named values: all, or those with which `where` is drawn."""
    given = space.get(name)
    values = set(given.choices) if isinstance(given, Choices) else {getattr(objective, name)}
    condition = where.when.get(name) if where is not None else None
    return values if condition is None else values & set(condition)


def reach(name: str, objective: MlpObjective, space: Mapping[str, Parameter]) -> tuple[float, float]:
    """The lowest and highest value of a hyperparameter that is a number."""
    given = space.get(name)
    if isinstance(given, Range):
        return given.low, given.high
    values = given.choices if isinstance(given, Choices) else [getattr(objective, name)]
    numbers = [value for value in values if isinstance(value, int | float)]
    return min(numbers, default=0), max(numbers, default=0)


def _check_loss(objective: MlpObjective, space: Mapping[str, Parameter]) -> Iterator[Finding]:
    regression = objective.dataset.task == "regression"
    if regression and "cross_entropy" in possible("loss", objective, space):
        rule = "must be mse or mae for regression; cross_entropy is for classes (dataset.task)"
        yield Finding(
            place("loss", space), f"{rule}{got('cross_entropy')}", (("objective", "dataset", "task"),)
        )
    if regression and reach("label_smoothing", objective, space)[1] > 0:
        yield Finding(place("label_smoothing", space), "is for classes; remove it, as the task is regression")


def _check_alpha_dropout(objective: MlpObjective, space: Mapping[str, Parameter]) -> Iterator[Finding]:
    if reach("alpha_dropout", objective, space)[1] <= 0:
        return
    at, given = place("alpha_dropout", space), space.get("alpha_dropout")
    others = possible("activation", objective, space, given) - {"selu"}
    if others:
        rule = f"goes with the activation selu only, which may be {', '.join(sorted(map(str, others)))} here"
        yield Finding(at, f"{rule}; set it to selu, or use dropout", (place("activation", space),))
    if reach("dropout", objective, space)[1] > 0:
        yield Finding(
            at, "cannot be used together with dropout; set one of them to 0", (place("dropout", space),)
        )


def _check_batch_norm(objective: MlpObjective, space: Mapping[str, Parameter]) -> Iterator[Finding]:
    used = possible("batch_norm", objective, space) - {"off"}
    if used and reach("batch_size", objective, space)[0] < 2:
        rule = "must be at least 2 with batch_norm: one row has no variance"
        yield Finding(place("batch_size", space), f"{rule}{got(1)}", (place("batch_norm", space),))


def _check_file(objective: MlpObjective, space: Mapping[str, Parameter]) -> Iterator[Finding]:
    used = "file" in possible("initializer", objective, space)
    if used and objective.init_file is None:
        rule = "file needs the weights to start from: give objective.init_file"
        yield Finding(place("initializer", space), rule, (("objective", "init_file"),))
    if not used and objective.init_file is not None:
        rule = "is not read, unless the initializer is file"
        yield Finding(("objective", "init_file"), f"{rule}{got(str(objective.init_file))}")
    for name in ("hidden_layers", "hidden_units"):
        if used and name in space:
            rule = "cannot be searched with the initializer file, whose weights have one shape"
            yield Finding(("space", name), rule, (place("initializer", space),))
