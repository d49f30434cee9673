"""What can count in a choice between trials: metrics, parameters' values, and what a trial has cost. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypeGuard

from msgspec import Struct

from hpsearch.core.errors import InputError, did_you_mean
from hpsearch.core.goals import Goal, goal_beside, parted
from hpsearch.core.metric import Metric
from hpsearch.core.trial import Value
from hpsearch.core.words import between_commas, shown, spoken
from hpsearch.engine.run import Run

Kind = Literal["metric", "parameter", "cost"]
#: What a trial has taken: of one worker in the search itself, and for how long it was trained.
COSTS = ("seconds", "epochs")
#: So many criteria there may be.
FEWEST, MOST = 2, 3
#: How a goal is written after a name.
GOALS = (":minimize", ":maximize")


class Criterion(Struct, frozen=True):
    """One of the things that count, with its goal: a metric, a parameter's value, or what a trial has cost."""

    metric: Metric
    of: Kind

    def __str__(self) -> str:
        return spoken(self.metric.name)


def known(run: Run) -> dict[str, Kind]:
    """What can be a criterion: metrics first, then parameters, then costs, where two have one name."""
    metrics = sorted({name for standing in run.ranked for name in standing.metrics})
    found: dict[str, Kind] = dict.fromkeys(COSTS, "cost")
    found |= dict.fromkeys(run.space.recorded, "parameter")
    return found | dict.fromkeys(metrics, "metric")


def typed(run: Run, given: str) -> list[str]:
    """The names in what was typed, with commas between; those of a run may have some of their own."""
    there = known(run)
    return list(between_commas(given, {f"{name}{ending}" for name in there for ending in ("", *GOALS)}))


def criteria_of(run: Run, names: Sequence[str], option: str) -> Iterator[Criterion]:
    """Those of these names, each with `:minimize` or `:maximize` where it does not tell.

    Args:
        option: what an error says that they were given to.

    Raises:
        InputError: there are not two or three, or one is not known, has no goal, or is no number.
    """
    there = known(run)
    bare = [_parted(name, there)[0] for name in names]
    if not FEWEST <= len(names) <= MOST or len(set(bare)) < len(bare):
        raise InputError(
            f"{option} {','.join(names)}: takes two or three names that differ, with commas between"
        )
    for given in names:
        name, goal = _parted(given, there)
        if name not in there:
            raise InputError(f"{option} {name}: is not recorded in {run.folder.path}{_hint(name, there)}")
        goal = goal or _goal(run, name, there[name])
        if goal is None:
            raise InputError(
                f"{option} {name}: its name does not tell whether more or less of it is better; write "
                f"{name}:minimize or {name}:maximize"
            )
        if there[name] == "parameter":
            _refuse_words(run, name, option)
        yield Criterion(Metric(name, goal), there[name])


def _parted(given: str, there: Mapping[str, str]) -> tuple[str, Goal | None]:
    """Name and goal; a name that is known may end like a goal."""
    return (given, None) if given in there else parted(given)


def _goal(run: Run, name: str, of: Kind) -> Goal | None:
    if of == "cost":
        return "minimize"
    told = (one.goal for one in run.spec.search.metrics if of == "metric" and one.name == name)
    return next(told, None) or goal_beside(name)


def _hint(name: str, there: Mapping[str, str]) -> str:
    if hint := did_you_mean(name, there):
        return hint
    parts = {
        of: [name for name, kind in there.items() if kind == of] for of in ("metric", "cost", "parameter")
    }
    said = [f"the {of}{'s' * (len(names) > 1)} {', '.join(names)}" for of, names in parts.items() if names]
    return f"; there are {'; '.join(said)}"


def _refuse_words(run: Run, name: str, option: str) -> None:
    values = ((one.trial.number, one.trial.config[name]) for one in run.ranked if name in one.trial.config)
    for number, value in values:
        if not is_number(value):
            raise InputError(
                f"{option} {name}: has values that are no numbers, such as {shown(value)} of trial {number}"
            )


def is_number(value: Value) -> TypeGuard[int | float]:
    """Whether a parameter's value is one; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)
