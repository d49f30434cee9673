"""What the hyperparameters of the network ask of each other, for all values that a search may give them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import TYPE_CHECKING, Any

from hpsearch.config.messages import got
from hpsearch.config.origins import Finding, KeyPath
from hpsearch.config.schema import Choices, ParameterSettings, Search
from hpsearch.nn.figures import FIGURES, OF_VALIDATION, figures_of
from hpsearch.nn.losses import LOSSES, losses_of, said_to_take
from hpsearch.objectives.network.dataset import check_categories, check_target_scale
from hpsearch.objectives.network.fields import Augment
from hpsearch.objectives.network.split import check_split

if TYPE_CHECKING:
    from hpsearch.config.rules import Parts
    from hpsearch.objectives.network.settings import NetworkSettings


def check_network(objective: NetworkSettings, parts: Parts) -> Iterator[Finding]:
    """Every combination that the network, its data and what is asked of it cannot be."""
    space = parts.space
    yield from _check_widths(objective, space)
    yield from check_split(objective.dataset)
    yield from check_categories(objective.dataset)
    yield from check_target_scale(objective.dataset)
    yield from _check_file(objective, space)
    yield from _check_loss(objective, space)
    yield from _check_alpha_dropout(objective, space)
    yield from _check_batch_norm(objective, space)
    if parts.search is not None:
        yield from _check_task(objective, parts.search)


def place(name: str, space: Mapping[str, ParameterSettings]) -> KeyPath:
    """Where a hyperparameter gets its values."""
    return ("space" if name in space else "objective", name)


def sources(
    name: str, objective: NetworkSettings, space: Mapping[str, ParameterSettings]
) -> Iterator[tuple[KeyPath, tuple[Any, ...], ParameterSettings | None]]:
    """Where a hyperparameter gets its values, which these are (of a range: the ends), and under which conditions.

    That is the space; and the objective, unless the space has it without a condition.
    """
    given = space.get(name)
    if given is not None:
        values = given.choices if isinstance(given, Choices) else (given.low, given.high)
        yield ("space", name), values, given
    if given is None or given.when:
        yield ("objective", name), (getattr(objective, name),), None


def possible(
    name: str,
    objective: NetworkSettings,
    space: Mapping[str, ParameterSettings],
    where: ParameterSettings | None = None,
) -> Set[Any]:
    """The values of a hyperparameter with named values: all, or those with which `where` is drawn."""
    values = {value for _, given, _ in sources(name, objective, space) for value in given}
    condition = where.when.get(name) if where is not None else None
    return values if condition is None else values & set(condition)


def reach(
    name: str, objective: NetworkSettings, space: Mapping[str, ParameterSettings]
) -> tuple[float, float]:
    """The lowest and highest value of a hyperparameter that is a number; 0 where it has none."""
    given = [value for _, values, _ in sources(name, objective, space) for value in values]
    numbers = [value for value in given if isinstance(value, int | float)]
    return min(numbers, default=0), max(numbers, default=0)


def augmenting(
    objective: NetworkSettings, space: Mapping[str, ParameterSettings]
) -> Iterator[tuple[KeyPath, str, float]]:
    """The pieces of augmentation that may be in force: where each gets its values, its name and the highest."""
    for piece in Augment.model_fields:
        name = f"augment_{piece}"
        for at, values, _ in sources(name, objective, space):
            if values == (None,):
                at, values = ("objective", "augment", piece), (getattr(objective.augment, piece, 0.0),)
            if max(values) > 0:
                yield at, piece, max(values)


def _check_loss(objective: NetworkSettings, space: Mapping[str, ParameterSettings]) -> Iterator[Finding]:
    regression = objective.dataset.task == "regression"
    given = possible("loss", objective, space) if regression else ()
    for loss in (name for name in LOSSES if name in given):
        if "regression" in LOSSES[loss].tasks:
            continue
        others = said_to_take(losses_of("regression"))
        rule = f"must be {others} for regression; {loss} is for classes (dataset.task)"
        yield Finding(place("loss", space), f"{rule}{got(loss)}", (("objective", "dataset", "task"),))
    if regression and reach("label_smoothing", objective, space)[1] > 0:
        yield Finding(place("label_smoothing", space), "is for classes; remove it, as the task is regression")
    if regression and possible("class_weights", objective, space) - {"off"}:
        yield Finding(place("class_weights", space), "is for classes; remove it, as the task is regression")


def _check_alpha_dropout(
    objective: NetworkSettings, space: Mapping[str, ParameterSettings]
) -> Iterator[Finding]:
    for at, values, where in sources("alpha_dropout", objective, space):
        if max(values) <= 0:
            continue
        others = possible("activation", objective, space, where) - {"selu"}
        if others:
            rule = f"goes with the activation selu only, which may be {', '.join(sorted(others))} here"
            yield Finding(at, f"{rule}; set it to selu, or use dropout", (place("activation", space),))
        for other, rates, when in sources("dropout", objective, space):
            if max(rates) > 0 and not _apart(where, when):
                yield Finding(at, "cannot be used together with dropout; set one of them to 0", (other,))


def _apart(one: ParameterSettings | None, other: ParameterSettings | None) -> bool:
    """Whether the conditions of two parameters never hold together."""
    if one is None or other is None:
        return False
    shared = set(one.when) & set(other.when)
    return any(not set(one.when[parent]) & set(other.when[parent]) for parent in shared)


def _check_batch_norm(
    objective: NetworkSettings, space: Mapping[str, ParameterSettings]
) -> Iterator[Finding]:
    for at, values, where in sources("batch_size", objective, space):
        used = possible("batch_norm", objective, space, where) - {"off"}
        if used and min(values) < 2:
            rule = "must be at least 2 with batch_norm: one row has no variance"
            yield Finding(at, f"{rule}{got(1)}", (place("batch_norm", space),))


def _check_file(objective: NetworkSettings, space: Mapping[str, ParameterSettings]) -> Iterator[Finding]:
    used = "file" in possible("initializer", objective, space)
    if used and objective.init_file is None:
        rule = "file needs the weights to start from: give objective.init_file"
        yield Finding(place("initializer", space), rule, (("objective", "init_file"),))
    if not used and objective.init_file is not None:
        rule = "is not read, unless the initializer is file"
        yield Finding(("objective", "init_file"), f"{rule}{got(str(objective.init_file))}")
    for name in ("hidden_layers", "hidden_units"):
        if name in space and "file" in possible("initializer", objective, space, space[name]):
            rule = "cannot be searched with the initializer file, whose weights have one shape"
            yield Finding(("space", name), rule, (place("initializer", space),))


def _check_widths(objective: NetworkSettings, space: Mapping[str, ParameterSettings]) -> Iterator[Finding]:
    layers = "hidden_layers" in space or objective.hidden_layers is not None
    units = "hidden_units" in space or objective.hidden_units is not None
    if layers and not units and len(set(objective.hidden)) > 1:
        rule = "has layers of different widths, which hidden_layers cannot repeat; give hidden_units too"
        where = ("space" if "hidden_layers" in space else "objective", "hidden_layers")
        yield Finding(("objective", "hidden"), f"{rule}{got(objective.hidden)}", (where,))


def _check_task(objective: NetworkSettings, search: Search) -> Iterator[Finding]:
    task = objective.dataset.task
    reported = [f"{OF_VALIDATION}{name}" for name in figures_of(task)]
    others = {f"{OF_VALIDATION}{name}" for name in FIGURES} - {*reported}
    if other := next((metric.name for metric in search.metrics if metric.name in others), None):
        rule = f"is not reported for {task}; take {', '.join(reported)} or val_loss"
        yield Finding(("search", "metric"), f"{rule}{got(other)}", (("objective", "dataset", "task"),))
