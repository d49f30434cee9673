"""The slots that follow from `dispatch` and from the cards there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from hpsearch.config.fields import MOST_OVERLAP
from hpsearch.config.messages import got
from hpsearch.config.origins import Finding
from hpsearch.config.schema import Dispatch, Spec
from hpsearch.executors import EXECUTORS
from hpsearch.executors.slots import Slots

#: So few find more in the same time where rounds do not overlap, though they wait for each other (docs/search.md).
FEW_WORKERS = 4


def slots_of(
    dispatch: Dispatch, found: Callable[[], tuple[str, ...]], cores: int
) -> tuple[Slots, str, list[Finding]]:
    """The slots, what a person should know of them, and the rules that the machine breaks.

    Args:
        dispatch: what is asked for.
        found: says which cards there are; it is asked for `gpus: auto` alone.
        cores: of the machine.
    """
    threads = None if dispatch.threads_per_trial == "auto" else dispatch.threads_per_trial
    if isinstance(dispatch.gpus, tuple):
        return _divided(_names(dispatch.gpus), dispatch, cores), "", []
    at_home = dispatch.executor != "serial" and not elsewhere(dispatch)
    looked_for = dispatch.gpus == "auto" and at_home and _says(dispatch.executor, "numbers_workers")
    cards = found() if looked_for else ()
    if not cards:
        return Slots(threads=threads), "", []
    problems = list(_problems(dispatch, cards))
    if problems and dispatch.gpus_per_trial == 1:
        return Slots(threads=threads), f"no card is assigned: {problems[0].message}", []
    return _divided(cards, dispatch, cores), _told(cards, dispatch), problems


def elsewhere(dispatch: Dispatch) -> bool:
    """Whether its workers may be on other machines."""
    told = dispatch.scheduler is not None or dispatch.jobqueue is not None
    return told or _says(dispatch.executor, "away")


def _says(executor: str, name: str) -> bool:
    """Whether an executor says so of its workers; one whose package is gone says nothing."""
    return executor in EXECUTORS and getattr(EXECUTORS[executor], name, False)


def _names(cards: Sequence[int | str]) -> tuple[str, ...]:
    return tuple(map(str, cards))


def _divided(cards: tuple[str, ...], dispatch: Dispatch, cores: int) -> Slots:
    """The slots with these cards; `auto` divides the cores among the trials that they hold."""
    slots = Slots(cards, dispatch.gpus_per_trial)
    if dispatch.threads_per_trial == "auto":
        threads = max(1, cores // max(1, slots.count or 1))
    else:
        threads = dispatch.threads_per_trial
    return Slots(cards, dispatch.gpus_per_trial, threads)


def _told(cards: Sequence[str], dispatch: Dispatch) -> str:
    count = Slots(tuple(cards), dispatch.gpus_per_trial).count
    several = f"{len(cards)} cards hold {count}" if len(cards) > 1 else f"1 card holds {count}"
    trials = "trial" if count == 1 else "trials"
    return (
        f"{several} {trials} at a time ({', '.join(cards)}); where trials use none, --set dispatch.gpus=off lets "
        f"one run on each core"
    )


def trials_at_once(spec: Spec, slots: Slots, cores: int) -> int:
    """How many workers are asked for: no more than there are trainings in flight, or than the cards hold."""
    return min(workers_there(spec, slots, cores), spec.search.in_flight)


def workers_there(spec: Spec, slots: Slots, cores: int) -> int:
    """How many workers there can be, whether the search has enough for them to do or not."""
    wanted = spec.dispatch.workers
    if spec.dispatch.executor == "serial":
        return 1
    if elsewhere(spec.dispatch) and wanted == "auto":  # as many as come
        return spec.search.in_flight
    return (slots.count or max(1, cores // (slots.threads or 1))) if wanted == "auto" else wanted


class Flight(Struct, frozen=True):
    """How many trainings of a search can go on at a time, and who has work then.

    Attributes:
        most: of its trainings, as its rounds allow.
        workers: how many there are.
        idle: how many of these never have work.
        overlap: what `search.overlap` has work for more of them, and for how many; None where none has.
    """

    most: int
    workers: int
    idle: int
    overlap: tuple[int, int] | None = None

    @classmethod
    def of(cls, spec: Spec, there: int) -> Flight:
        """That of a search with so many workers."""
        search = spec.search
        most, wanted = search.in_flight, min(there, search.trials)
        if wanted <= most:
            return cls(most, there, 0)
        overlap = min(-(-wanted // search.round_size) - 1, MOST_OVERLAP)
        busy = min(wanted, search.round_size * (overlap + 1))
        return cls(most, there, there - most, None if overlap == search.rounds_over else (overlap, busy))

    @property
    def remedy(self) -> str:
        """The setting that has work for more, as `--set` takes it; empty where there is none."""
        return f"search.overlap={self.overlap[0]}" if self.overlap else ""


def idle_told(spec: Spec, there: int) -> str:
    """That there are more workers than the search has trainings for, and what uses them; empty if not."""
    search, flight = spec.search, Flight.of(spec, there)
    if not flight.idle:
        return ""
    said = (
        f"{flight.idle} of {there} workers will stay idle: at most {flight.most} trainings go on at a time "
        f"(search.round_size {search.round_size}, search.overlap {search.overlap})"
    )
    if flight.overlap is None:
        return said
    busy = flight.overlap[1]
    return f"{said}; a search that is begun with --set {flight.remedy} has work for {busy}"


def crowd_told(spec: Spec, there: int) -> str:
    """That so few workers find more with less in flight than follows from the number of trials; empty if not."""
    search = spec.search
    fits = search.sampler == type(search).model_fields["sampler"].default and getattr(search, "fit", True)
    if not (fits and search.flight_left_open and search.rounds_over) or there > FEW_WORKERS:
        return ""
    few = "1 worker is" if there == 1 else f"{there} workers are"
    return (
        f"{few} few for the {search.in_flight} trainings that so many trials have in flight by default: a search "
        "that is begun with --set search.overlap=0 usually finds more in the same time"
    )


def slot_problems(dispatch: Dispatch) -> Iterator[Finding]:
    """The rules that cards named in the file break; those that are found are known later."""
    if not isinstance(dispatch.gpus, tuple):
        return
    if _says(dispatch.executor, "numbers_workers"):
        yield from _problems(dispatch, _names(dispatch.gpus))

    else:
        message = (
            f"need numbered workers, which executor {dispatch.executor} has not; use local, or gpus: off"
        )
        yield Finding(("dispatch", "gpus"), message, (("dispatch", "executor"),))


def _problems(dispatch: Dispatch, cards: Sequence[str]) -> Iterator[Finding]:
    wanted, there = dispatch.gpus_per_trial, f"{len(cards)} card{'s' if len(cards) > 1 else ''}"
    are, hold = ("are", "hold") if len(cards) > 1 else ("is", "holds")
    if wanted > len(cards):
        message = f"is more than the {there} there {are}; give a trial fewer, or gpus more"
        yield Finding(("dispatch", "gpus_per_trial"), f"{message}{got(wanted)}", (("dispatch", "gpus"),))
        return
    count, workers = Slots(tuple(cards), wanted).count, dispatch.workers
    if workers != "auto" and count is not None and workers > count:
        share = "" if wanted > 1 else f", gpus_per_trial: {_share(workers, len(cards)):g} to share them"
        message = f"must be at most {count}, which {there} {hold} at a time"
        yield Finding(
            ("dispatch", "workers"),
            f"{message}; give workers: {count}{share}, or gpus: off{got(workers)}",
            (("dispatch", "gpus"),),
        )


def _share(workers: int, cards: int) -> float:
    return round(1 / -(-workers // cards), 4)
