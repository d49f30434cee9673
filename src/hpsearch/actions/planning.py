"""How the search of a specification goes: its plan, its limits, and how many trials train at once."""

from __future__ import annotations

import time
from collections.abc import Callable

from hpsearch.actions.remaining import remaining
from hpsearch.config import Spec, build_space
from hpsearch.config.enqueue import enqueued
from hpsearch.config.fields import AUTO
from hpsearch.config.slots import Flight, crowd_told, idle_told, slots_of, trials_at_once, workers_there
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Epochs
from hpsearch.engine.history import History
from hpsearch.engine.loop import Limits
from hpsearch.engine.plan import Confirm, Halving, Plan
from hpsearch.executors import available_cores
from hpsearch.executors.cards import cards
from hpsearch.executors.slots import Slots
from hpsearch.samplers import SAMPLERS
from hpsearch.samplers.queue import queued


def make_plan(spec: Spec) -> Plan:
    """How the search of `spec` goes.

    Raises:
        SpecError: its requirements leave nothing to try.
    """
    search = spec.search
    halving, confirm = search.halving, search.confirm
    with SAMPLERS.blaming(search.sampler):
        sampler = SAMPLERS[search.sampler].from_settings(search.model_dump(), search.left_to_sampler)
        if not hasattr(sampler, "propose"):
            raise TypeError(f"from_settings gave {sampler!r}, which is no sampler")
    space, streams = build_space(spec), Streams(spec.seed)
    plan = Plan(
        space=space,
        sampler=sampler,
        streams=streams,
        trials=search.trials,
        round_size=search.round_size,
        epochs=spec.objective.epochs,
        halving=None if halving is None else Halving(halving.eta, halving.least),
        confirm=None if confirm is None else Confirm(confirm.top, confirm.seeds, spec.objective.free),
        overlap=search.rounds_over,
        queue=queued(space, enqueued(spec, space), streams),
        by_seconds=search.budget == "seconds",
    )
    if spec.require:
        remaining(spec, plan)
    return plan


def budget_told(spec: Spec) -> list[str]:
    """What follows from a budget of seconds, in words; empty where it is none."""
    said = (
        "note: search.budget is seconds: which trials are tried follows from what trainings take on this machine, "
        "as its journal has it; the same file may try others another time"
    )
    return [said] if spec.search.budget == "seconds" else []


def with_levels(spec: Spec, shortest: Epochs) -> Spec:
    """The same; where it leaves the first level open, with that of a training as short as `shortest`."""
    halving = spec.search.halving
    if halving is None or halving.min_epochs != AUTO:
        return spec
    decided = halving.model_copy(update={"min_epochs": shortest})
    return spec.model_copy(update={"search": spec.search.model_copy(update={"halving": decided})})


def workers(spec: Spec, slots: Slots | None = None) -> int:
    """How many are asked for on this machine."""
    cores = available_cores()
    if slots is None:
        slots = slots_of(spec.dispatch, cards, cores)[0] if spec.objective.free else Slots()
    return trials_at_once(spec, slots, cores)


def in_flight(spec: Spec, slots: Slots, trials: int) -> dict[str, object]:
    """How many trainings of so many `trials` go on at a time on this machine, and what has work for more."""
    flight = Flight.of(spec, workers_there(spec, slots, available_cores()))
    search = spec.search
    return {
        "most": min(trials, flight.most),
        "round_size": search.round_size,
        "overlap": search.rounds_over,
        "workers": flight.workers,
        "idle": flight.idle,
        "set": flight.remedy,
    } | ({"busy": flight.overlap[1]} if flight.overlap else {})


def workers_told(spec: Spec, slots: Slots, tell: Callable[[str], None]) -> int:
    """How many there are for `spec` on this machine; that some stay idle is told, or that they are few."""
    there = workers_there(spec, slots, available_cores())
    for said in filter(None, (idle_told(spec, there), crowd_told(spec, there))):
        tell(said)
    return workers(spec, slots)


def limits_of(spec: Spec) -> Limits:
    """When the search of `spec` ends before its plan does, counted from now."""
    search = spec.search
    metric, target = search.ranks_by, search.target
    deadline = None if search.time_limit is None else time.monotonic() + search.time_limit

    def reached(history: History) -> bool:
        return target is not None and history.lowest() <= metric.loss(target)

    return Limits(reached, deadline, search.max_failures)
