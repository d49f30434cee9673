"""A Python function as an objective: parameters as keywords, its answer as metrics."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Collection, Hashable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from types import ModuleType
from typing import Any

from msgspec.structs import replace

from hpsearch.core.errors import InputError, said
from hpsearch.core.places import OUTPUT
from hpsearch.core.trial import Epochs, Job, Result, Status, plain
from hpsearch.executors.base import blas_threads
from hpsearch.executors.slots import NO_SLOTS, Slots, slot
from hpsearch.objectives import answers
from hpsearch.objectives.base import JobByJob
from hpsearch.objectives.epochs import curves_of, ranking_first
from hpsearch.objectives.folders import begun_log, printing, trial_folder
from hpsearch.objectives.function.capture import Captured, captured, recovered
from hpsearch.objectives.function.generators import SUSPENDED, Training, Unfit, Yielding, trained
from hpsearch.objectives.function.reports import Reports, reporting
from hpsearch.objectives.function.restore import put_back, reopened
from hpsearch.objectives.function.signature import GIVEN, Reference, yields
from hpsearch.objectives.output import LAST_LINES
from hpsearch.objectives.places import Places
from hpsearch.objectives.workdir import Workdir
from hpsearch.storage.log import Log
from hpsearch.storage.reached import Progress

Function = Callable[..., Any]
#: The variable that says to a training that its folders are those of an interrupted one.
RESUMED = "HPSEARCH_RESUMED"
#: The variable that holds the number of the slot.
SLOT = "HPSEARCH_SLOT"
#: Where the files that call functions are: their part of a trace is of no use to anyone.
_OURS = f"{Path(__file__).parent}{os.sep}"
#: Streams, current folder and environment are the whole process's: threads call functions one after the other. The
#: thread that has it may enter again, for a function may conduct a search itself.
_ONE_AT_A_TIME = threading.RLock()


@dataclass(frozen=True)
class FunctionObjective(JobByJob):
    """Calls a function for every job.

    Attributes:
        reference: the function; it is imported where it is called, and nowhere else.
        checkpoints: where each trial has a folder of its own, kept from rung to rung.
        metric: what must be among its metrics.
        capture: whether what it prints is kept for the reasons of failures; else it goes to standard error.
        function: the function itself, where it cannot be imported; it cannot be sent to workers then.
        path: where its module finds others: `sys.path` of the process that the search was started in.
        workdir: the folder that each trial runs in, where it is one of its own.
        again: whether a job that was interrupted finds its folders as its first attempt did.
        slots: what each worker has to itself.
        yielding: what is known of a function that yields once per epoch; None of any other.
    """

    reference: Reference
    checkpoints: Path
    metric: str
    capture: bool = True
    function: Function | None = None
    path: tuple[str, ...] = field(default_factory=lambda: tuple(sys.path))
    workdir: Workdir | None = None
    again: bool = False
    slots: Slots = NO_SLOTS
    yielding: Yielding | None = None

    @property
    def suspends(self) -> bool:
        """Whether a training goes on at less cost in the worker that had the last one of its trial."""
        return self.yielding is not None

    def attempt(self, job: Job) -> tuple[Result, str]:
        """The result of a job, and where its metric was read."""
        with _ONE_AT_A_TIME:
            begun = time.perf_counter()
            places = Places(self.checkpoints, job, self.workdir, again=self.again)
            with self._captured(job) as output, self._threads():
                result = self._called(job, output, places)
            places.left(result)
            if self.yielding and len(SUSPENDED) > self.yielding.paused:
                with (
                    captured(keep=self.capture),
                    put_back(),
                ):  # what they say as they end is no trial's output
                    SUSPENDED.shrink(self.yielding.paused)
            seconds = time.perf_counter() - begun
        where = "yielded" if self.yielding else "returned"
        return replace(result, seconds=seconds), f"the value that was {where}"

    def _threads(self) -> AbstractContextManager[None]:
        """Workers have one thread anyway, and NumPy looks at the variables only when it is imported."""
        threads = self.slots.threads or 1
        return blas_threads(threads) if threads > 1 else nullcontext()

    def last_words(self, job: Job) -> str:
        """What a job printed whose process is gone."""
        heard = Log(trial_folder(self.checkpoints, job) / OUTPUT).append
        return recovered(printing(self.checkpoints, job), above=_OURS, heard=heard)

    def _captured(self, job: Job) -> AbstractContextManager[Captured]:
        if not self.capture:
            return captured(keep=False)
        return captured(
            keep=True, path=printing(self.checkpoints, job), heard=begun_log(self.checkpoints, job).append
        )

    def described(self, job: Job) -> str:
        """The call of a job as Python."""
        signature = self.reference.signature()
        names = () if signature is None else signature.names
        epochs = self.yielding.epochs if self.yielding else job.epochs
        given = {"epochs": epochs, "seed": answers.seed_of(job), "checkpoint": "..."}
        taken = {name: value for name, value in given.items() if name in names}
        arguments = ", ".join(
            f"{name}={value!r}" for name, value in {**plain(job.trial.config), **taken}.items()
        )
        return f"{self.reference.name}({arguments})"

    def tidy(self, keep: Collection[tuple[int, Epochs]]) -> None:
        """Delete the folders of the trials that are not in `keep`, and end what is suspended of them here."""
        answers.tidy(self.checkpoints, keep)
        if self.yielding:
            SUSPENDED.tidy(self.yielding.search, {number for number, _ in keep})

    def _called(self, job: Job, output: Captured, places: Places) -> Result:
        _settled(slot(), self.slots)
        with Progress(self.checkpoints, job.key) as progress:
            return self._reporting(job, output, places, Reports(self.metric, partial(_tell, progress, job)))

    def _reporting(self, job: Job, output: Captured, places: Places, reports: Reports) -> Result:
        try:
            function = self.function or _imported(self.reference, self.path)
            if self.yielding and yields(function):
                return self._yielded(function, job, output, places, reports)
            given = _given(function, job)
            if "checkpoint" in given:
                given["checkpoint"] = places.checkpoint()
            with put_back(), reporting(reports):
                _enter(places)
                answer = function(**plain(job.trial.config), **given)
        except KeyboardInterrupt as error:
            if not self.capture:  # not in a worker: a person wants all of it to end
                raise
            return _failed(job, error, output)
        except BaseException as error:  # sys.exit too: what user code raises costs one trial
            return _failed(job, error, output)
        finally:
            reopened()
        return self._returned(job, answer, reports, output)

    def _returned(self, job: Job, answer: Any, reports: Reports, output: Captured) -> Result:
        name, reported = self.reference.name, answer is None and reports.last
        try:
            metrics = reported or answers.as_metrics(answer, self.metric)
        except TypeError as error:
            return answers.ended(job, "failed", f"what {name} returns {error}", output.text)
        result = answers.judged(job, metrics, self.metric, f"{name} {'reported' if reported else 'returned'}")
        if result.status != "done":
            return result
        return replace(result, curve=curves_of(ranking_first(reports.curves, self.metric), job))

    def _yielded(
        self, function: Function, job: Job, output: Captured, places: Places, reports: Reports
    ) -> Result:
        """The result of a function that yields once per epoch; it stays suspended where it may go on."""
        assert self.yielding is not None
        training, name = SUSPENDED.take(self.yielding.search, job), self.reference.name
        if training is None:
            places.begin_anew()
        given = _given(function, replace(job, epochs=self.yielding.epochs))
        if "checkpoint" in given:
            given["checkpoint"] = places.checkpoint()
        with put_back():
            _enter(places)
            training = training or Training(
                function(**plain(job.trial.config), **given), self.yielding.patience
            )
            try:
                training.train(int(job.epochs), self.metric, reports.take)
            except Unfit as error:
                training.end()
                return answers.ended(job, "failed", f"what {name} yields {error}", output.text)
            if not training.epoch:
                return self._returned(job, training.returned, reports, output)
            result = trained(job, training, reports.curves, self.metric, f"{name} yielded")
            if result.status == "done" and job.epochs < self.yielding.epochs:
                training.loss = self.yielding.sign * training.metrics[self.metric]
                SUSPENDED.put(self.yielding.search, job, training)
            else:
                training.end()
        return result


def _tell(progress: Progress, job: Job, epoch: int, value: float) -> None:
    progress.tell(epoch, int(job.epochs) if job.epochs > 1 else 0, value)


@lru_cache(maxsize=8)
def _settled(number: int, slots: Slots) -> None:
    """Set the variables of a slot in this process, before libraries are imported that look at them once."""
    os.environ.update({SLOT: str(number), **slots.variables(number)})


def _enter(places: Places) -> None:
    """Go to the folder that a trial runs in, and say whether its folders are those of an interrupted training."""
    if folder := places.folder():
        os.chdir(folder)
    if places.resumed:
        os.environ[RESUMED] = "1"
    else:
        os.environ.pop(RESUMED, None)


def _given(function: Function, job: Job) -> dict[str, Any]:
    """What the signature of the function names besides its parameters; a checkpoint has no path yet."""
    taken = _taken(function) if isinstance(function, Hashable) else _taken.__wrapped__(function)
    given: dict[str, Any] = {"epochs": job.epochs, "checkpoint": None}
    if "seed" in taken:
        given["seed"] = answers.seed_of(job)
    return {name: given[name] for name in taken if name not in job.trial.config}


@lru_cache(maxsize=8)
def _taken(function: Function) -> tuple[str, ...]:
    """What a function takes of what is given; asking it again would take longer than a quick trial."""
    try:
        names = inspect.signature(function).parameters
    except (TypeError, ValueError):  # some compiled functions do not tell
        return ()
    return tuple(name for name in GIVEN if name in names)


def _failed(job: Job, error: BaseException, output: Captured) -> Result:
    status: Status = "diverged" if isinstance(error, OverflowError | FloatingPointError) else "failed"
    if isinstance(error, SystemExit):
        reason = f"the function called sys.exit({error.code!r})"
    elif isinstance(error, InputError):
        reason = str(error)
    else:
        reason = f"{said(error)}{_place(error)}"
    trace = _trace(error)
    lines = [*output.text.splitlines(), *trace]
    output.add("\n".join([*trace, ""]))
    return answers.ended(job, status, reason[:500], "\n".join(lines[-LAST_LINES:]))


def _place(error: BaseException) -> str:
    """` (train.py:12)`, where it was raised; a generator's own StopIteration comes here in another error."""
    cause = error.__cause__
    raised = cause if isinstance(cause, StopIteration) else error
    last = traceback.extract_tb(raised.__traceback__)[-1:]
    return "".join(f" ({Path(frame.filename).name}:{frame.lineno})" for frame in last)


def _trace(error: BaseException) -> list[str]:
    """The traceback from the user's code on; that of hpsearch is of no use to anyone."""
    trace = error.__traceback__
    while (
        trace is not None
        and trace.tb_frame.f_code.co_filename.startswith(_OURS)
        and trace.tb_next is not None
    ):
        trace = trace.tb_next
    return "".join([*traceback.format_tb(trace), said(error)]).splitlines()


@lru_cache(maxsize=8)
def _imported(reference: Reference, search: tuple[str, ...]) -> Function:
    """The function, imported once per process; its folder is searched for what it imports, as for a script.

    Args:
        reference: what to import.
        search: the order of `sys.path`, which is another in workers.

    Raises:
        InputError: it is not there.
        Exception: whatever its module raises.
    """
    sys.path[:] = [*search, *(folder for folder in sys.path if folder not in search)]
    path = reference.path
    root = str(reference.folder if path is None else path.parent)
    if root not in sys.path:
        sys.path.insert(0, root)
    module = importlib.import_module(reference.module) if path is None else _file(path)
    function = getattr(module, reference.name, None)
    if not callable(function):
        what = "is no function" if hasattr(module, reference.name) else "is not there"
        raise InputError(f"{reference.module}:{reference.name} {what}")
    train: Function = function
    return train


def _file(path: Path) -> ModuleType:
    """The module of a file, under its own name unless another module has it."""
    name = path.stem if path.stem not in sys.modules else f"hpsearch_objective_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise InputError(f"{path}: cannot be imported; its name must end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
