"""How many trainings a search still has before it, rung by rung. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product

from msgspec import Struct

from hpsearch.core.trial import Epochs
from hpsearch.engine.history import History
from hpsearch.engine.plan import TRIALS_PER_START_RUNG, Plan
from hpsearch.samplers.sampler import Bounded, Tried

#: Of n results at a rung, so many times the root of n go on although they are not among the best 1/eta in the end:
#: they were when they came (measured: 0.0 to 0.5, the more the faster a search improves).
PASSING = 0.25


class Coming(Struct, frozen=True):
    """`count` trainings from `start` to `epochs` epochs that no round has asked for yet.

    `again` ones train what is known with fresh seeds. How many there will be is an estimate unless it is `sure`.
    """

    start: Epochs
    epochs: Epochs
    count: int
    again: bool = False
    sure: bool = True


def forecast(plan: Plan, history: History) -> list[Coming]:
    """The trainings to come after those that `history` holds or awaits, in about the order of their coming.

    What follows from `plan` alone is exact: new trials, and their confirmation; where rounds overlap, how long the
    first are trained at first is an estimate. How many will go on to longer training depends on results still to
    come: the best 1/eta of each rung, and some that are among these only for a while. Where nothing comes to a rung
    any more, what still waits there is exact; so is the end.
    """
    searched = [coming for coming in _searched(plan, history) if coming.count]
    pending = history.pending()
    if searched or any(not job.replicate for job in pending):
        return [*searched, *_head_foreseen(plan, history, searched)]
    if not pending and not plan.next_round(history):
        return []
    return [coming for coming in _head_as_it_is(plan, history) if coming.count]


def _searched(plan: Plan, history: History) -> Iterator[Coming]:
    """New trials and promotions, the lowest rung first."""
    awaited = Counter(job.epochs for job in history.pending() if not job.replicate)
    begun, end = len(history.trials), len(history.trials) + new_trials(plan, history)
    lower: Epochs = 0
    promoted, arriving = 0, 0
    for rung, epochs in enumerate(plan.rungs):
        new = _starting(plan, history, rung, begun, end)
        yield Coming(0, epochs, new)
        yield Coming(lower, epochs, promoted, sure=not arriving)
        if epochs == plan.epochs:
            return
        arriving = awaited[epochs] + new + promoted
        lower, promoted = epochs, _promotions(plan, history, epochs, arriving)


def new_trials(plan: Plan, history: History) -> int:
    """How many configurations are still to be proposed: all that were asked for, or that there are."""
    asked, sampler, begun = max(0, plan.trials - len(history.trials)), plan.sampler, len(history.trials)
    if not asked:
        return 0
    queued = plan.queue[begun:]
    tried = Tried([*history.tried, *queued]) if queued else history.tried
    if isinstance(sampler, Bounded) and (left := sampler.left(plan.space, tried)) is not None:
        asked = min(asked, len(queued) + left)
    if plan.space.size is not None:
        asked = min(asked, max(0, plan.space.size - history.tried.distinct))
    return asked


def _starting(plan: Plan, history: History, rung: int, first: int, end: int) -> int:
    """How many of the trials from number `first` to before `end` are trained to `rung` at first.

    Where rounds overlap, those of all rounds that run now but for one are taken to be unknown to each of them.
    """
    before = history.inherited - plan.unknown(history) * plan.overlap // (plan.overlap + 1)
    low = rung * TRIALS_PER_START_RUNG - before if rung else first
    high = (rung + 1) * TRIALS_PER_START_RUNG - before if rung < len(plan.rungs) - 1 else end
    return max(0, min(end, high) - max(first, low))


def _promotions(plan: Plan, history: History, epochs: Epochs, arriving: int) -> int:
    """How many trials will still go on from `epochs`.

    Args:
        arriving: how many more will get there.
    """
    assert plan.halving is not None
    eta, here = plan.halving.eta, history.count(epochs)
    ever = here + arriving
    due = sum(1 for _ in history.waiting(epochs, int(here / eta)))
    if not arriving:
        return due
    return max(due, round(ever / eta + PASSING * math.sqrt(ever)) - history.gone_on(epochs))


def _head_foreseen(plan: Plan, history: History, searched: Sequence[Coming]) -> Iterator[Coming]:
    """The head of the ranking, as it will be once all that is asked for has ended."""
    proposed = len(history.trials) + sum(coming.count for coming in searched if not coming.start)
    head = min(_head(plan), proposed)
    full = history.count(plan.epochs)
    full += sum(job.epochs == plan.epochs and not job.replicate for job in history.pending())
    full += sum(coming.count for coming in searched if coming.epochs == plan.epochs)
    if full < head:
        yield Coming(plan.rungs[-2:][0], plan.epochs, head - full, sure=False)
    if plan.confirm:
        yield Coming(0, plan.epochs, head * (plan.confirm.seeds - 1), again=True)


def _head_as_it_is(plan: Plan, history: History) -> Iterator[Coming]:
    """The head of the ranking, all other work being done: what of it is not trained in full, or not again."""
    leaders = history.leaders(_head(plan))
    asked = Counter(history.asked_of(number) for number in leaders)
    yield from (Coming(start, plan.epochs, count) for start, count in asked.items() if start < plan.epochs)
    if plan.confirm:
        pending = {job.key for job in history.pending()}
        keys = product(leaders[: plan.confirm.top], range(1, plan.confirm.seeds), [plan.epochs])
        left = sum(key not in history.results and key not in pending for key in keys)
        yield Coming(0, plan.epochs, left, again=True)


def _head(plan: Plan) -> int:
    return max(1, plan.confirm.top if plan.confirm else 1)
