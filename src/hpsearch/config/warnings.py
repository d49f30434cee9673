"""What is allowed and probably not meant. Each warning names its line and the remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hpsearch.config.build import build_space
from hpsearch.config.messages import got
from hpsearch.config.origins import Finding
from hpsearch.config.schema import Choices, Fixed, Range, Spec
from hpsearch.config.unmet import unmet
from hpsearch.config.yaml.writer import scalar
from hpsearch.core.errors import Problem
from hpsearch.core.goals import goal_beside
from hpsearch.core.trial import Scalar
from hpsearch.executors import EXECUTORS
from hpsearch.samplers import SAMPLERS
from hpsearch.samplers.sampler import Advising
from hpsearch.space.scales import SCALES
from hpsearch.space.scales.digits import plain
from hpsearch.space.stepping import Stepping

_FEWEST_TRIALS = 4

Rule = Callable[[Spec], Iterator[Finding]]


def lint(spec: Spec) -> list[Problem]:
    """Warnings about a valid spec, in the order of its file."""
    return spec.source.problems(finding for rule in _RULES for finding in rule(spec))


def _scales(spec: Spec) -> Iterator[Finding]:
    for name, given in spec.space.items():
        if isinstance(given, Range):
            scale = SCALES[given.scale](given.low, given.high)
            message = scale.advice(name, spec.objective.counts.get(name), stepped=given.step is not None)
            if message is not None:
                yield Finding(("space", name, "scale"), message, (("space", name),))


def _short_steps(spec: Spec) -> Iterator[Finding]:
    """Steps that go past the end of their range, which is then never drawn."""
    for name, given in spec.space.items():
        if isinstance(given, Range) and given.step is not None:
            last = Stepping.of(given.low, given.high, given.step).last
            if last != given.high:
                message = f"does not reach high, {plain(given.high)}: the last value is {plain(last)}"
                yield Finding(("space", name, "step"), f"{message}; give that as high, or another step")


def _unused(spec: Spec) -> Iterator[Finding]:
    """Parameters that nothing reads with the values their neighbour may take."""
    for name, given in spec.space.items():
        use = spec.objective.users(name, spec.space)
        if use is None:
            continue
        decider, users = use
        possible = _possible(spec, decider, given.when.get(decider))
        wanted = ", ".join(sorted(users))
        if possible and not possible & users:
            others = ", ".join(sorted(map(str, possible)))
            message = f"is never used: {decider} is {others}, and it counts only with {wanted}; remove it"
            yield Finding(("space", name), message)
        elif possible - users and not isinstance(given, Fixed):  # which takes no condition
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


def _single_choices(spec: Spec) -> Iterator[Finding]:
    for name, given in spec.space.items():
        if isinstance(given, Fixed) or given.when:  # the one is meant, and the other has no other place
            continue
        if isinstance(given, Choices) and len(given.choices) == 1 and isinstance(given.choices[0], Scalar):
            message = f"has one choice; write {name}: {scalar(given.choices[0])} to fix it, or add choices"
            yield Finding(("space", name, "choices"), message)


def _few_trials(spec: Spec) -> Iterator[Finding]:
    trials = spec.search.trials
    parameters = sum(not isinstance(given, Fixed) for given in spec.space.values())
    fewest = _FEWEST_TRIALS * parameters
    if trials < fewest and spec.search.sampler != "grid":  # a grid learns nothing, however long
        noun = "parameter" if parameters == 1 else "parameters"
        message = (
            f"is few for {parameters} {noun}; {fewest} or more let the search learn something{got(trials)}"
        )
        yield Finding(("search", "trials"), message)


def _part_of_the_trials(spec: Spec) -> Iterator[Finding]:
    search = spec.search
    sampler = SAMPLERS[search.sampler]
    if issubclass(sampler, Advising):
        with SAMPLERS.blaming(search.sampler):
            made = sampler.from_settings(search.model_dump(), search.left_to_sampler)
            advice = made.advice(build_space(spec))
        if advice and search.enqueue:
            advice += f", beside the {len(search.enqueue)} that are enqueued"
        if advice:
            yield Finding(("search", "trials"), f"{advice}{got(search.trials)}", (("search", "sampler"),))


def _odd_goal(spec: Spec) -> Iterator[Finding]:
    if spec.objective.free:  # what its metrics are called is a guess, which what was typed overrules
        return
    for metric in spec.search.ranking:
        natural = spec.objective.goal(metric.name) or goal_beside(metric.name)
        if metric.goal != natural:
            remedy = f"remove it, or give goal: {natural}{got(metric.goal)}"
            message = f"looks for the worst {metric.name}; {remedy}"
            yield Finding(("search", "goal"), message, (("search", "metric"),))


def _pointless_halving(spec: Spec) -> Iterator[Finding]:
    halving, epochs = spec.search.halving, spec.objective.epochs
    if halving is not None and epochs < halving.eta * halving.least:
        reason = f"has one level: {epochs} epochs are less than eta x min_epochs"
        less = ", a min_epochs below 1" if spec.objective.stops_within_an_epoch else ""
        message = f"{reason}; give more epochs{less}, or halving: off"
        yield Finding(("search", "halving"), message, (("objective", "epochs"),))


def _replaced(spec: Spec) -> Iterator[Finding]:
    """A `--set` that changes nothing in a search."""
    for name in spec.space:
        path = ("objective", name)
        if spec.source.is_override(path) and not spec.source.is_override(("space", name)):
            yield Finding(
                path, f"has no effect on a search, space.{name} replaces it; change the space instead"
            )


def _no_deadline(spec: Spec) -> Iterator[Finding]:
    """A timeout that neither the executor nor the kind of objective keeps."""
    dispatch = spec.dispatch
    own = getattr(spec.objective, "timeout", None) is not None
    if spec.objective.keeps_deadlines or not (own or dispatch.timeout):
        return
    if not getattr(EXECUTORS[dispatch.executor], "keeps_deadlines", True):
        message = f"has no effect: executor {dispatch.executor} cannot end a trial; remove it, or use local"
        yield Finding(("objective" if own else "dispatch", "timeout"), message)


def _workers_that_stay(spec: Spec) -> Iterator[Finding]:
    """A limit of trials per worker where there are no workers to replace."""
    dispatch = spec.dispatch
    if dispatch.max_trials_per_worker and not getattr(EXECUTORS[dispatch.executor], "replaces_workers", True):
        message = (
            f"has no effect: executor {dispatch.executor} has no worker processes; remove it, or use local"
        )
        yield Finding(("dispatch", "max_trials_per_worker"), message)


def _slots_of_nobody(spec: Spec) -> Iterator[Finding]:
    """Cards and threads for trials that use none."""
    if spec.objective.free:
        return
    for name in ("gpus", "threads_per_trial"):
        if getattr(spec.dispatch, name) not in ("auto", None, 1):
            message = "has no effect: the built-in network trains on one core; remove it"
            yield Finding(("dispatch", name), message)


def _of_the_kind(spec: Spec) -> Iterator[Finding]:
    return spec.objective.warnings(spec)


_RULES: tuple[Rule, ...] = (
    _scales,
    _short_steps,
    _unused,
    unmet,
    _single_choices,
    _few_trials,
    _part_of_the_trials,
    _odd_goal,
    _pointless_halving,
    _replaced,
    _no_deadline,
    _workers_that_stay,
    _slots_of_nobody,
    _of_the_kind,
)
