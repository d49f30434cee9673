"""What is allowed and probably not meant. Each warning names its line and the remedy."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from hpsearch.config.messages import got
from hpsearch.config.origins import Finding, show
from hpsearch.config.schema import Choices, Range, Spec
from hpsearch.config.space_rules import whole_shown
from hpsearch.core.errors import Problem
from hpsearch.core.metric import Metric

_DECAYS = ("momentum", "beta1", "beta2")
_MANY_DECADES = 2
_FEWEST_TRIALS = 4

Rule = Callable[[Spec], Iterator[Finding]]


def lint(spec: Spec) -> list[Problem]:
    """Warnings about a valid spec, in the order of its file."""
    return spec.source.problems(finding for rule in _RULES for finding in rule(spec))


def _scales(spec: Spec) -> Iterator[Finding]:
    for name, given in spec.space.items():
        if isinstance(given, Range):
            message = _decay_scale(name, given) if name in _DECAYS else _wide_scale(name, given)
            if message is not None:
                yield Finding(("space", name, "scale"), message, (("space", name),))


def _decay_scale(name: str, given: Range) -> str | None:
    """The effect of a decay goes with 1/(1 - x), so what matters is how far it is from 1."""
    if given.scale == "linear" and given.high >= 0.95:
        return (
            f"draws few values of {name} close to {_number(given.high)}, where they differ most; {_ONE_MINUS}"
        )
    if given.scale == "log":
        return f"is even in the logarithm of {name}, but what counts is its distance from 1; {_ONE_MINUS}"
    return None


_ONE_MINUS = "use scale: one_minus_log"


def _wide_scale(name: str, given: Range) -> str | None:
    if given.scale == "one_minus_log":
        return f"is meant for values close to 1, such as momentum; use scale: log for {name}"
    if given.scale != "linear" or given.low <= 0 or math.log10(given.high / given.low) < _MANY_DECADES:
        return None
    lowest = given.low + 0.1 * (given.high - given.low)
    without = " without step" if given.step is not None else ""
    share = f"90 % of the draws of {name} would lie in [{lowest:.3g}, {_number(given.high)}]"
    return f"{share}; use scale: log{without}"


def _number(value: float) -> str:
    return show(whole_shown(value))


def _zero_lows(spec: Spec) -> Iterator[Finding]:
    """A linear scale from 0 hides the same mistake: there is no number of decades to count."""
    for name in ("lr", "weight_decay", "l1", "epsilon"):
        given = spec.space.get(name)
        if isinstance(given, Range) and given.scale == "linear" and given.low == 0:
            remedy = f"use scale: log and a low above 0, such as {given.high / 1e4:.3g}"
            share = (
                f"90 % of the draws of {name} would lie in [{0.1 * given.high:.3g}, {_number(given.high)}]"
            )
            yield Finding(("space", name, "scale"), f"{share}; {remedy}", (("space", name),))


def _unused(spec: Spec) -> Iterator[Finding]:
    """Parameters that nothing reads with the values their neighbour may take."""
    for name, given in spec.space.items():
        use = spec.objective.users(name)
        if use is None:
            continue
        decider, users = use
        possible = _possible(spec, decider, given.when.get(decider))
        wanted = ", ".join(sorted(users))
        if possible and not possible & users:
            others = ", ".join(sorted(map(str, possible)))
            message = f"is never used: {decider} is {others}, and it counts only with {wanted}; remove it"
            yield Finding(("space", name), message)
        elif possible - users:
            counts = ", ".join(sorted(users & possible))
            yield Finding(
                ("space", name),
                f"counts only with {decider} {counts}; add when: {{{decider}: [{counts}]}}",
            )


def _possible(spec: Spec, name: str, condition: tuple[Any, ...] | None) -> set[Any]:
    """The values a hyperparameter with named values takes where the condition holds, if any."""
    given = spec.space.get(name)
    values = set(given.choices) if isinstance(given, Choices) else {getattr(spec.objective, name)}
    return values if condition is None else values & set(condition)


def _never_active(spec: Spec) -> Iterator[Finding]:
    for name, given in spec.space.items():
        for parent, allowed in given.when.items():
            if parent in spec.space or getattr(spec.objective, parent) in allowed:
                continue
            value = show(getattr(spec.objective, parent))
            remedy = f"search {parent}, or remove {name}"
            message = f"never holds: objective.{parent} is {value}, not among {show(allowed)}; {remedy}"
            yield Finding(("space", name, "when", parent), message)


def _single_choices(spec: Spec) -> Iterator[Finding]:
    if spec.objective.free:  # it has no other place for a fixed value
        return
    for name, given in spec.space.items():
        if isinstance(given, Choices) and len(given.choices) == 1:
            message = f"has one choice; set objective.{name} to it instead, or add choices"
            yield Finding(("space", name, "choices"), message)


def _few_trials(spec: Spec) -> Iterator[Finding]:
    trials, parameters = spec.search.trials, len(spec.space)
    fewest = _FEWEST_TRIALS * parameters
    if trials < fewest and spec.search.sampler != "grid":  # a grid learns nothing, however long
        noun = "parameter" if parameters == 1 else "parameters"
        message = (
            f"is few for {parameters} {noun}; {fewest} or more let the search learn something{got(trials)}"
        )
        yield Finding(("search", "trials"), message)


def _odd_goal(spec: Spec) -> Iterator[Finding]:
    natural = Metric.named(spec.search.metric).goal
    if spec.search.goal != natural:
        remedy = f"remove it, or give goal: {natural}{got(spec.search.goal)}"
        message = f"looks for the worst {spec.search.metric}; {remedy}"
        yield Finding(("search", "goal"), message, (("search", "metric"),))


def _pointless_halving(spec: Spec) -> Iterator[Finding]:
    halving, epochs = spec.search.halving, spec.objective.epochs
    if halving is not None and epochs < halving.eta * halving.min_epochs:
        reason = f"has one level: {epochs} epochs are less than eta x min_epochs"
        message = f"{reason}; give more epochs, or halving: off"
        yield Finding(("search", "halving"), message, (("objective", "epochs"),))


def _replaced(spec: Spec) -> Iterator[Finding]:
    """A `--set` that changes nothing in a search."""
    for name in spec.space:
        path = ("objective", name)
        if spec.source.is_override(path) and not spec.source.is_override(("space", name)):
            yield Finding(
                path, f"has no effect on a search, space.{name} replaces it; change the space instead"
            )


def _of_the_kind(spec: Spec) -> Iterator[Finding]:
    return spec.objective.warnings(spec)


_RULES: tuple[Rule, ...] = (
    _scales,
    _zero_lows,
    _unused,
    _never_active,
    _single_choices,
    _few_trials,
    _odd_goal,
    _pointless_halving,
    _replaced,
    _of_the_kind,
)
