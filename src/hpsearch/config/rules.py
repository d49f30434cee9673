"""What the sections ask of each other. Each rule looks only at sections that are sound in themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hpsearch.config.catalogue import one_of
from hpsearch.config.conditions import check_conditions
from hpsearch.config.dataset import Dataset, Folds
from hpsearch.config.messages import got
from hpsearch.config.mlp import MlpObjective
from hpsearch.config.network_rules import check_network
from hpsearch.config.objective import Objective
from hpsearch.config.origins import Finding
from hpsearch.config.own import CommandObjective
from hpsearch.config.schema import Parameter, Search
from hpsearch.config.space_rules import check_parameter, name_problem
from hpsearch.core.errors import did_you_mean
from hpsearch.objectives.command import placeholders


@dataclass(frozen=True)
class Parts:
    """The sections of a file that could be read; None or left out where one could not."""

    kind: type[Objective]
    objective: Objective | None
    space: Mapping[str, Parameter]
    search: Search | None


def check_rules(data: Mapping[str, Any], parts: Parts) -> Iterator[Finding]:
    """Every rule between sections that is broken. `data` is the file as it was read."""
    names = _mapping(data, "space")
    for name in names:
        if problem := name_problem(name, parts.kind):
            yield Finding(("space", name), problem)
    for name, parameter in parts.space.items():
        yield from check_parameter(name, parameter, parts.kind)
    yield from check_conditions(parts.space, frozenset(names) - frozenset(parts.space), parts.kind)
    yield from _check_values(parts)
    yield from _check_metric(_mapping(data, "search").get("metric"), parts.kind)
    if isinstance(parts.objective, CommandObjective):
        yield from _check_command(parts.objective, names)
    if isinstance(parts.objective, MlpObjective):
        yield from _check_widths(parts.objective, parts.space)
        yield from _check_split(parts.objective.dataset)
        yield from check_network(parts.objective, parts.space)
        if parts.search is not None:
            yield from _check_task(parts.objective, parts.search)
    if parts.search is not None and parts.objective is not None:
        yield from _check_halving(parts.search, parts.objective)


def _mapping(data: Mapping[str, Any], section: str) -> Mapping[str, Any]:
    given = data.get(section)
    return given if isinstance(given, dict) else {}


def _check_values(parts: Parts) -> Iterator[Finding]:
    """Conditions on fields of the objective that are possible, and have no value."""
    for name, parameter in parts.space.items():
        for parent in parameter.when:
            if parent not in parts.space and getattr(parts.objective, parent, 0) is None:
                remedy = f"give objective.{parent} a value, or search {parent} too"
                yield Finding(
                    ("space", name, "when", parent), f"asks for {parent}, which has no value; {remedy}"
                )


def _check_metric(metric: Any, kind: type[Objective]) -> Iterator[Finding]:
    if isinstance(metric, str) and metric and kind.metrics and metric not in kind.metrics:
        hint = did_you_mean(metric, kind.metrics)
        yield Finding(("search", "metric"), f"{one_of(kind.metrics)}{got(metric)}{hint}")


def _check_split(dataset: Dataset) -> Iterator[Finding]:
    """Fractions or folds for parts that have files of their own."""
    own = tuple(part for part in ("validation", "test") if getattr(dataset, part) is not None)
    at = ("objective", "dataset")
    related = tuple((*at, part) for part in own)
    if isinstance(dataset.split, Folds):
        if "validation" in own:
            rule = "cannot be folds, which validate every row: validation is a file of its own; remove one of them"
            yield Finding((*at, "split"), rule, related)
        if "test" in own and dataset.split.test:
            rule = "must be left out: test is a file of its own"
            yield Finding((*at, "split", "test"), f"{rule}{got(dataset.split.test)}", related)
        return
    lengths, rule = _SPLITS[own]
    if dataset.split != "auto" and len(dataset.split) not in lengths:
        yield Finding((*at, "split"), f"{rule}{got(dataset.split)}", related)


#: The parts that have files of their own -> how many fractions may be given for the others.
_SPLITS: Mapping[tuple[str, ...], tuple[tuple[int, ...], str]] = {
    (): (
        (2, 3),
        "must be auto, or two or three parts between 0 and 1 such as [0.6, 0.2, 0.2], or {folds: 5}",
    ),
    ("test",): (
        (2,),
        "must be two parts such as [0.8, 0.2], training and validation: test is a file of its own",
    ),
    ("validation",): (
        (1, 2),
        "must be two parts such as [0.8, 0.2], training and test, or [1] for no test part: validation is a file "
        "of its own",
    ),
    ("validation", "test"): (
        (),
        "has nothing to divide: validation and test are files of their own; remove it",
    ),
}


def _check_task(objective: MlpObjective, search: Search) -> Iterator[Finding]:
    wrong = "val_acc" if objective.dataset.task == "regression" else "val_r2"
    if search.metric == wrong:
        rule = f"is not reported for {objective.dataset.task}; take {_OTHER[wrong]} or val_loss"
        yield Finding(("search", "metric"), f"{rule}{got(wrong)}", (("objective", "dataset", "task"),))


_OTHER = {"val_acc": "val_r2", "val_r2": "val_acc"}


def _check_widths(objective: MlpObjective, space: Mapping[str, Parameter]) -> Iterator[Finding]:
    layers = "hidden_layers" in space or objective.hidden_layers is not None
    units = "hidden_units" in space or objective.hidden_units is not None
    if layers and not units and len(set(objective.hidden)) > 1:
        rule = "has layers of different widths, which hidden_layers cannot repeat; give hidden_units too"
        where = ("space" if "hidden_layers" in space else "objective", "hidden_layers")
        yield Finding(("objective", "hidden"), f"{rule}{got(objective.hidden)}", (where,))


def _check_command(objective: CommandObjective, names: Mapping[str, Any]) -> Iterator[Finding]:
    for index, argument in enumerate(objective.command):
        for problem in placeholders.problems(argument, tuple(names)):
            yield Finding(("objective", "command", index), f"{problem}{got(argument)}")


def _check_halving(search: Search, objective: Objective) -> Iterator[Finding]:
    if search.halving is not None and search.halving.min_epochs > objective.epochs:
        limit = f"must be at most objective.epochs, {objective.epochs}"
        path = ("search", "halving", "min_epochs")
        yield Finding(path, f"{limit}{got(search.halving.min_epochs)}", (("objective", "epochs"),))
