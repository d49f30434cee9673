"""The sections of the YAML as data: what they hold, their defaults and their bounds.

The models know the shape of each section; `rules` knows what sections ask of each other.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import Annotated, Any, Literal, Self

from pydantic import Field, PrivateAttr, SerializeAsAny, model_validator

from hpsearch.config.fields import (
    GOALS,
    METRICS,
    SWITCH,
    WHOLE,
    Choosable,
    Choosables,
    Count,
    Duration,
    Length,
    MaxFailures,
    NameIn,
    OneOrSome,
    Overlap,
    Section,
    Seed,
    Workers,
    first_of,
    switchable,
)
from hpsearch.config.objective import ObjectiveSettings
from hpsearch.config.origins import Source
from hpsearch.config.slot_fields import Cards, CardsPerTrial, Grace, RetryOn, Threads
from hpsearch.core.goals import Goal, goal_beside, parted
from hpsearch.core.metric import Epoch, Metric
from hpsearch.core.trial import Value
from hpsearch.executors import EXECUTORS
from hpsearch.samplers import SAMPLERS
from hpsearch.space.expressions import LONGEST
from hpsearch.space.scales import SCALES

#: Letters of the name of a run.
LONGEST_NAME = 64
NAME = rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{LONGEST_NAME - 1}}}"

#: A configuration that is tried first; what it lacks is drawn.
Enqueued = Annotated[dict[str, Choosable], Field(min_length=1)]
#: So many of them at most: more are a search of their own.
MOST_ENQUEUED = 1000
#: The folder of a run whose results are learned from, and so many of them at most.
LearnedFrom = Annotated[str, Field(min_length=1)]
MOST_LEARNED = 20
#: So many trainings are unknown to a round at most with `overlap: auto`: four workers then hardly wait.
UNKNOWN = 8
#: By default a tenth of the trials that are asked for are in flight, in whole rounds, up to so many: the fit takes
#: longer the more is pending, and more was not measured.
IN_FLIGHT_PER_TRIAL, MOST_IN_FLIGHT = 0.1, 64
#: The settings of a search that say how many are.
FLIGHT = ("round_size", "overlap")
Conditions = dict[str, OneOrSome]
Requirement = Annotated[str, Field(min_length=1, max_length=LONGEST)]
_WHEN = "drawn only where these hold: a parameter or a field of the objective -> its value or values"


class Range(Section):
    """A hyperparameter drawn from a range of numbers."""

    scale: Annotated[str, NameIn(SCALES)] = Field(
        description="linear; log: even in log(x); one_minus_log: even in log(1 - x), for momentum"
    )
    low: float = Field(description="the smallest value")
    high: float = Field(description="the largest value")
    type: Literal["float", "int"] | None = Field(
        default=None,
        description="int draws whole numbers, both ends included; follows from the hyperparameter",
    )
    step: Annotated[float, Field(gt=0)] | None = Field(
        default=None, description="on a linear scale: only low, low + step, ..."
    )
    when: Conditions = Field(default={}, description=_WHEN)


class Choices(Section):
    """A hyperparameter drawn from a list of values."""

    choices: Choosables = Field(
        description="the values: all texts, all numbers, all true/false or all flat lists; null with any"
    )
    ordered: bool | None = Field(
        default=None,
        description="whether neighbours are alike; numbers are ordered, texts are not, unless said here",
    )
    when: Conditions = Field(default={}, description=_WHEN)


class Fixed(Choices):
    """A hyperparameter with one value: the file has that value alone. It is recorded and not searched."""

    fixed: Literal[True] = Field(default=True, description="what tells it from a single choice")

    @property
    def value(self) -> Value:
        """The one value."""
        return self.choices[0]


ParameterSettings = Range | Fixed | Choices


class Halving(Section):
    """Successive halving: short trainings first, longer ones for the best."""

    eta: Annotated[int, Field(ge=2, le=10), WHOLE] = Field(
        default=3, description="the best 1/eta of a level train eta times longer"
    )
    min_epochs: Length = Field(
        default="auto",
        description="epochs of the shortest training, of the built-in network perhaps a share of one; auto: 1, or "
        "0.05 where one has more than 2,000 steps",
    )

    @property
    def least(self) -> float:
        """`min_epochs`, and 1 as long as the data has not decided."""
        return 1 if self.min_epochs == "auto" else self.min_epochs


class Confirm(Section):
    """Training the best again with fresh seeds, to rank them by their mean."""

    top: Annotated[int, Field(ge=1, le=100), WHOLE] = Field(default=3, description="how many of the best")
    seeds: Annotated[int, Field(ge=1, le=100), WHOLE] = Field(default=3, description="trainings of each")


class Search(Section):
    """How the space is searched, and for how long."""

    # The settings that samplers bring come after these: see `sampler_settings`.

    sampler: Annotated[str, NameIn(SAMPLERS)] = Field(
        default="coarse_to_fine", description="what proposes trials"
    )
    trials: Annotated[int, Field(ge=1, le=1_000_000), WHOLE] = Field(
        default=60, description="configurations tried in all, those of a resumed run included"
    )
    round_size: Annotated[int, Field(ge=1, le=1000), WHOLE] = Field(
        default=8, description="trials proposed together; never depends on the number of workers"
    )
    overlap: Overlap = Field(
        default=0,
        description="how many earlier rounds may still run when one begins; auto: at most 8 trainings, first "
        "fewer; where the file gives neither this nor round_size nor a time limit, a tenth of the trials are in "
        "flight",
    )
    enqueue: Annotated[tuple[Enqueued, ...], Field(strict=False, max_length=MOST_ENQUEUED)] = Field(
        default=(), description="configurations that are tried first; parameters they lack are drawn"
    )
    learn_from: Annotated[tuple[LearnedFrom, ...], Field(strict=False, max_length=MOST_LEARNED)] = Field(
        default=(), description="folders of earlier runs, whose results the search begins with"
    )
    reuse: bool = Field(
        default=False,
        description="take over the trials of `learn_from` with their results, where nothing but the space differs",
    )
    metric: Annotated[str | tuple[str, ...], METRICS] = Field(
        default="val_acc",
        description="what ranks the trials; of a list the first, and what every trial records beside it",
    )
    goal: Annotated[Goal | tuple[Goal, ...], GOALS] = Field(
        description="follows from the metric's name where that tells: losses are minimized; else to be given; "
        "a list of one for each metric ranks by all of them"
    )
    value: Epoch = Field(
        default="last",
        description="which epoch of a trial ranks it: its last, or the best of all it was trained for",
    )
    target: float | None = Field(default=None, description="stop when the metric reaches this")
    time_limit: Duration = Field(
        default=None, description="stop after this time: 30s, 10m, 2h, 1d; off: no limit"
    )
    budget: Literal["epochs", "seconds"] = Field(
        default="epochs",
        description="what proposals make the most of; with seconds trials follow from what trainings took, too",
    )
    max_failures: MaxFailures = Field(
        default="auto",
        description="give up after so many failed trials; auto: if the first 5 all fail the same way; off: never",
    )
    halving: Annotated[Halving | None, SWITCH] = Field(
        default=Halving(), description="stop poor trials early, or off", json_schema_extra=switchable
    )
    confirm: Annotated[Confirm | None, SWITCH] = Field(
        default=Confirm(),
        description="train the best again with fresh seeds, or off",
        json_schema_extra=switchable,
    )

    @property
    def left_to_sampler(self) -> int:
        """How many trials the sampler has, at least one: all but those that are enqueued."""
        return max(1, self.trials - len(self.enqueue))

    @property
    def in_flight(self) -> int:
        """How many trainings go on at a time at most, if there are workers enough."""
        return self.round_size * (self.rounds_over + 1)

    @property
    def rounds_over(self) -> int:
        """How many earlier rounds may still run when one begins, at most."""
        return UNKNOWN // self.round_size if self.overlap == "auto" else self.overlap

    @property
    def ranks_by(self) -> Metric:
        """The metric that ranks, with its goal and the epoch that counts."""
        return self.metrics[0]

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What every trial records: the metric that ranks first."""
        names = (self.metric,) if isinstance(self.metric, str) else self.metric
        goals = (self.goal,) if isinstance(self.goal, str) else self.goal
        told = [(names[0], goals[0]), *map(parted, names[1:])]
        found = zip_longest(told, goals)
        return tuple(
            Metric(
                name, (goal or behind or goal_beside(name) or "maximize") if place else goals[0], self.value
            )
            for place, ((name, behind), goal) in enumerate(found)
        )

    @property
    def ranking(self) -> tuple[Metric, ...]:
        """Those of `metrics` that rank: the first alone, unless each has a goal of its own."""
        return self.metrics[:1] if isinstance(self.goal, str) else self.metrics

    @property
    def flight_left_open(self) -> bool:
        """Whether the file leaves it to its trials how many trainings are in flight."""
        return self.model_fields_set.isdisjoint(FLIGHT)

    @property
    def flight_is_usual(self) -> bool:
        """Whether as many trainings are in flight as where the file leaves that open, though it says it."""
        usual = type(self).model_fields["round_size"].default, self._usual_overlap()
        return (self.round_size, self.overlap) == usual

    def _usual_overlap(self) -> int:
        """The overlap that a search of so many trials has where it says nothing of its rounds.

        A time limit may end it after a few of them, so that their number tells nothing.
        """
        if self.time_limit is not None:
            return 0
        in_flight = min(MOST_IN_FLIGHT, int(self.trials * IN_FLIGHT_PER_TRIAL))
        return max(0, in_flight // self.round_size - 1)

    @model_validator(mode="after")
    def _flight_of_trials(self) -> Self:
        if self.flight_left_open:
            # Past the model, which is frozen and would count it as given.
            self.__dict__["overlap"] = self._usual_overlap()
        return self

    @model_validator(mode="before")
    @classmethod
    def _goal_of_metric(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "goal" in data:
            return data
        return {**data, "goal": Metric.named(first_of(data.get("metric", "val_acc"))).goal}


class Tls(Section):
    """The certificates of a cluster."""

    ca: Annotated[str, Field(min_length=1)] = Field(
        description="the certificate of who has signed those of scheduler and workers, a PEM file"
    )
    cert: Annotated[str, Field(min_length=1)] = Field(description="the certificate of the search, a PEM file")
    key: Annotated[str, Field(min_length=1)] = Field(description="the key of that certificate, a PEM file")


class Dispatch(Section):
    """Where the trials run."""

    executor: Annotated[str, NameIn(EXECUTORS)] = Field(
        default="local",
        description="local: worker processes; serial: one after the other in this process; dask: the workers of a "
        "Dask cluster; srun: those that srun starts within a job of Slurm",
    )
    workers: Workers = Field(
        default="auto",
        description="trials at a time; auto: as many as the cards hold; without cards one per core",
    )
    scheduler: Annotated[str, Field(min_length=1)] | None = Field(
        default=None,
        description="of a Dask cluster: tls://host:8786, or the file that it wrote; none: workers on this machine",
    )
    tls: Tls | None = Field(default=None, description="the certificates for a scheduler at tls://")
    insecure: bool = Field(
        default=False,
        description="whether plain tcp:// to another machine is accepted, where whoever reaches the port runs code",
    )
    jobqueue: Annotated[str, Field(min_length=1)] | None = Field(
        default=None,
        description="a YAML file that says how workers are asked of Slurm, or of another queue of jobs",
    )
    gpus: Cards = Field(
        default="auto",
        description="graphics cards for trials of one's own code: auto, all that are there; off; [0, 1]",
    )
    gpus_per_trial: CardsPerTrial = Field(
        default=1, description="cards that a trial has to itself; 0.5: two trials share one"
    )
    threads_per_trial: Threads = Field(
        default="auto",
        description="of BLAS and OpenMP in trials of one's own code; auto: 1, with cards their share of the cores",
    )
    timeout: Duration = Field(
        default=None, description="the longest a trial may take per level: 30s, 10m, 2h; off: no limit"
    )
    memory: Annotated[int, Field(ge=1), WHOLE] = Field(
        default=256, description="megabytes that the networks of a worker may take; a larger one is refused"
    )
    grace: Grace = Field(
        default=10.0,
        description="how long a command that is ended has between SIGTERM and SIGKILL: 10s; off: none",
    )
    paused: Count = Field(
        default=16,
        description="so many trials of one's own code are paused at the same time, commands or functions that "
        "yield; of more the poorest are ended",
    )
    retries: Annotated[int, Field(ge=0, le=10), WHOLE] = Field(
        default=1, description="of a trial whose process died, or that failed with what retry_on names"
    )
    retry_on: RetryOn = Field(
        default=None,
        description="texts in the last lines of a failed trial that is tried again: [out of memory]",
    )
    interrupted: Literal["continue", "again"] = Field(
        default="continue",
        description="what a training of one's own code that was interrupted finds in its folders: what it left, "
        "or again what its last rung had left",
    )
    max_trials_per_worker: Count | None = Field(
        default=None,
        description="trainings after which a worker makes way for a fresh process, for code that leaks",
    )


class Spec(Section):
    """A whole configuration, complete with its defaults; made by `load_spec`, which checks all rules."""

    name: Annotated[str, Field(pattern=rf"^{NAME}$")] = Field(
        description="names the run folder; default: the file's name without its ending"
    )
    parent: Annotated[str, Field(pattern=rf"^{NAME}$")] | None = Field(
        default=None, description="the run that this search was refined from; written by hpsearch refine"
    )
    seed: Seed = Field(default=0, description="everything random derives from it")
    objective: SerializeAsAny[ObjectiveSettings] = Field(description="what is trained")
    space: Annotated[dict[str, ParameterSettings], Field(min_length=1)] = Field(
        description="what is searched: each name replaces the objective's value of that name"
    )
    require: Annotated[tuple[Requirement, ...], Field(strict=False, max_length=100)] = Field(
        default=(), description="conditions on parameters: combinations that break one are never tried"
    )
    search: SerializeAsAny[Search] = Field(description="how the space is searched")
    dispatch: Dispatch = Field(default=Dispatch(), description="where the trials run")

    _source: Source = PrivateAttr(default_factory=Source)

    @property
    def source(self) -> Source:
        """Where each value came from, for problems found later."""
        return self._source


def parameter_model(data: object) -> type[Range] | type[Choices]:
    """Which kind of parameter a mapping of the space describes."""
    return Choices if isinstance(data, dict) and "choices" in data else Range
