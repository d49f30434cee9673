"""What the sections ask of each other. Each rule looks only at sections that are sound in themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from msgspec import Struct

from hpsearch.config.conditions import check_conditions
from hpsearch.config.messages import got
from hpsearch.config.objective import ObjectiveSettings
from hpsearch.config.origins import Finding, KeyPath
from hpsearch.config.requirements import check_require
from hpsearch.config.schema import ParameterSettings, Search
from hpsearch.config.space_rules import check_parameter, name_problem, strange_names
from hpsearch.core.errors import MOST_PROBLEMS, did_you_mean, one_of
from hpsearch.core.goals import parted
from hpsearch.samplers import SAMPLERS


class Parts(Struct, frozen=True):
    """The sections of a file that could be read; None or left out where one could not.

    Attributes:
        names: those of the space, with those of its parameters that could not be read.
    """

    kind: type[ObjectiveSettings]
    objective: ObjectiveSettings | None
    space: Mapping[str, ParameterSettings]
    names: tuple[str, ...]
    search: Search | None


def check_rules(data: Mapping[str, Any], parts: Parts, told: Collection[KeyPath]) -> Iterator[Finding]:
    """Every rule between sections that is broken.

    Args:
        data: the file as it was read.
        told: where something was found already; of each place one problem is shown, and hints take their time.
    """
    asked = (name for name in parts.names if name in parts.space or ("space", name) not in told)
    strange = dict.fromkeys(strange_names(asked, parts.kind))
    for place, name in enumerate(name for name in strange if ("space", name) not in told):
        yield Finding(("space", name), name_problem(name, parts.kind, hints=place < MOST_PROBLEMS))
    for name, parameter in parts.space.items():
        if name not in strange:
            yield from check_parameter(name, parameter, parts.kind)
    yield from check_conditions(parts.space, frozenset(parts.names) - frozenset(parts.space), parts.kind)
    yield from _check_values(parts)
    yield from _check_metric(mapping(data, "search").get("metric"), parts)
    if parts.objective is not None:
        if len(parts.space) == len(parts.names):
            yield from check_require(data.get("require"), parts.space, parts.objective)
        yield from parts.objective.rules(parts)
        if parts.search is not None:
            yield from _check_halving(parts.search, parts.objective)
    if parts.search is not None:
        yield from _check_budget(parts.search)
    if parts.search is not None and parts.search.reuse and not parts.search.learn_from:
        rule = "there is no run to take trials from; name it in search.learn_from, or with --learn-from"
        yield Finding(("search", "reuse"), rule)


def mapping(data: Any, section: str) -> Mapping[str, Any]:
    """A section of the file as it was read; empty where it is none."""
    given = data.get(section) if isinstance(data, dict) else None
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


def _check_metric(given: Any, parts: Parts) -> Iterator[Finding]:
    several = isinstance(given, list | tuple)
    for place, metric in enumerate(given if several else [given]):
        if not isinstance(metric, str) or not metric:
            continue
        name, known = parted(metric)[0] if place else metric, parts.kind.reported()
        known = (*known, *parts.kind.costs()) if place else known
        path = ("search", "metric", place) if several else ("search", "metric")
        if known and name not in known:
            yield Finding(path, f"{one_of(known)}{got(name)}{did_you_mean(name, known)}")
        elif place and name in parts.names:
            remedy = (
                f"remove it; `hpsearch show RUN --pareto` takes parameters too, such as {given[0]},{name}"
            )
            yield Finding(path, f"is a parameter, and what a trial records is measured; {remedy}")


def _check_budget(search: Search) -> Iterator[Finding]:
    """Seconds where nothing would weigh them."""
    if search.budget == "epochs":
        return
    with SAMPLERS.blaming(search.sampler):
        sampler = SAMPLERS[search.sampler].from_settings(search.model_dump(), search.left_to_sampler)
        weighs = bool(getattr(sampler, "weighs_seconds", False))
    if not weighs:
        rule = f"must be epochs: {search.sampler} as it is set proposes whatever trainings take"
        remedy = "give sampler: coarse_to_fine with fit: on, which weighs it, or remove budget"
        yield Finding(("search", "budget"), f"{rule}; {remedy}{got(search.budget)}", (("search", "sampler"),))


def _check_halving(search: Search, objective: ObjectiveSettings) -> Iterator[Finding]:
    if search.halving is None:
        return
    least, path = search.halving.least, ("search", "halving", "min_epochs")
    if least > objective.epochs:
        limit = f"must be at most objective.epochs, {objective.epochs}"
        yield Finding(path, f"{limit}{got(least)}", (("objective", "epochs"),))
    if least < 1 and not objective.stops_within_an_epoch:
        rule = "must be a whole number: of these kinds only mlp, the built-in network, stops within an epoch"
        remedy = (
            "give 1, and where an epoch is long, let one be a part of the data and raise objective.epochs"
        )
        yield Finding(path, f"{rule}; {remedy}{got(least)}", (("objective", "kind"),))
