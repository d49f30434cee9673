"""A search before it begins: what its first trials would be, and what one of them answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from functools import partial
from itertools import chain

from msgspec import Struct

from hpsearch.actions.learning import learned
from hpsearch.actions.log import EVERY, follow
from hpsearch.actions.planning import make_plan, with_levels
from hpsearch.config import Spec, build_space
from hpsearch.core.collector import collect_as_usual
from hpsearch.core.errors import DeadlineExceeded, WorkerDied
from hpsearch.core.trial import Job, Result
from hpsearch.engine.history import History
from hpsearch.engine.loop import restore
from hpsearch.executors import EXECUTORS
from hpsearch.objectives.answers import ended
from hpsearch.objectives.base import Describing, Objective, last_words
from hpsearch.objectives.kind import gather
from hpsearch.reporting import text
from hpsearch.runs import RunFolder
from hpsearch.runs.folder import CHECKPOINTS
from hpsearch.storage.temporary import temporary_folder


class DryRun(Struct, frozen=True):
    """The jobs of the first round, and the result of the first of them.

    Attributes:
        calls: each job as what would be run: a command, a call, or a configuration.
        source: where the metric was read; empty where the kind has one place only.
    """

    jobs: Sequence[Job]
    calls: Sequence[str]
    result: Result
    source: str


def dry_run(
    spec: Spec,
    planned: Callable[[Sequence[Job], Sequence[str]], object] = lambda *_: None,
    heard: Callable[[bytes], object] = lambda _: None,
    tell: Callable[[str], object] = lambda _: None,
) -> DryRun:
    """Plan the first round and run its first job, in a folder that is gone afterwards; nothing is recorded.

    Args:
        spec: the search.
        planned: is given the jobs and their calls before the first of them begins.
        heard: is given what that prints, as it comes.
        tell: is told what a person should know, in words.

    Raises:
        InputError: the data cannot be used, or there is no such function or program, or nothing to learn from.
    """
    workload = gather(spec)
    spec = with_levels(spec, workload.shortest)
    history = History(build_space(spec), spec.search.ranks_by)
    restore(chain.from_iterable(learned(spec, workload, None, (), tell)), history, spec.name)
    jobs = make_plan(spec).next_round(history)
    with temporary_folder() as folder:
        checkpoints = folder / CHECKPOINTS
        checkpoints.mkdir()
        workload.store(checkpoints)
        objective = workload.objective(checkpoints)
        calls = [_described(objective, job) for job in jobs]
        planned(jobs, calls)
        collect_as_usual()
        with EXECUTORS[spec.dispatch.executor](1, workload.preload) as executor:
            future = executor.submit(_attempt, objective, jobs[0], timeout=workload.timeout())
            follow(RunFolder(folder), jobs[0].trial.number, 0, heard, partial(_goes_on, future))
            result, source = _answer(future, objective, jobs[0])
    return DryRun(jobs, calls, result, source)


def _goes_on(future: Future[tuple[Result, str]]) -> bool:
    return bool(wait([future], EVERY).not_done)


def _attempt(objective: Objective, job: Job) -> tuple[Result, str]:
    return objective.attempt(job) if isinstance(objective, Describing) else (objective.evaluate([job])[0], "")


def _answer(future: Future[tuple[Result, str]], objective: Objective, job: Job) -> tuple[Result, str]:
    try:
        return future.result()
    except DeadlineExceeded as error:
        return ended(job, "timeout", str(error), last_words(objective, job)), ""
    except WorkerDied as error:
        return ended(job, "crashed", str(error), last_words(objective, job)), ""


def _described(objective: Objective, job: Job) -> str:
    return objective.described(job) if isinstance(objective, Describing) else text.described(job.trial.config)
