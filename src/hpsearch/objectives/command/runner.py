"""Any program as an objective: parameters as arguments, metrics from what it writes or prints."""

from __future__ import annotations

import dataclasses
import json
import os
import shlex
import shutil
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace

from hpsearch.core.trial import Epochs, Job, Result
from hpsearch.executors.slots import NO_SLOTS, Slots, slot
from hpsearch.objectives import answers
from hpsearch.objectives.base import JobByJob, Objective
from hpsearch.objectives.command.filling import filled, filled_texts
from hpsearch.objectives.command.guard import GRACE
from hpsearch.objectives.command.judging import Program, Written
from hpsearch.objectives.command.keeper import keeping
from hpsearch.objectives.command.leases import free, leased
from hpsearch.objectives.command.pausing import Going, Over, Pausing
from hpsearch.objectives.command.placeholders import GPU, unnamed
from hpsearch.objectives.command.process import Ended, Paused, end, go_on, run_until
from hpsearch.objectives.command.program import program_of
from hpsearch.objectives.command.reading.epochs import Epoch
from hpsearch.objectives.command.reading.streams import AsBefore, Listener, Reading, Streams
from hpsearch.objectives.folders import begun_log, trial_folder
from hpsearch.objectives.nesting import nested
from hpsearch.objectives.places import Places
from hpsearch.objectives.workdir import Workdir
from hpsearch.storage.reached import Progress
from hpsearch.storage.requests import Requests
from hpsearch.storage.temporary import own_folder

# What reads YAML takes longer to import than a short trial, and few commands have such a file.
if TYPE_CHECKING:
    from hpsearch.objectives.command.settings_file import SettingsFile

#: Beside the checkpoints, a folder for each slot.
SLOTS = "slots"
#: A command that was killed is gone so soon after, in seconds.
_PATIENCE = 5.0


def _never(_: Listener) -> bool:
    return False


@dataclass(frozen=True)
class CommandObjective(JobByJob):
    """Runs a command for every job.

    Attributes:
        command: the arguments, with `{name}` for values; the first is the program.
        parameters: the names of the space.
        folder: where it runs.
        checkpoints: where each trial has a folder of its own, kept from rung to rung.
        metric: what must be among its metrics.
        timeout: seconds it may take.
        workdir: the folder that each trial runs in, where it is one of its own.
        again: whether a job that was interrupted finds its folders as its first attempt did.
        env: variables of its environment, with `{name}` for values.
        settings: the file of settings that is written for each job.
        read: how what it prints and writes is read; None in searches recorded before that could be said.
        slots: what each worker has to itself.
        grace: the seconds between SIGTERM and SIGKILL, where it is ended.
    """

    ends_jobs: ClassVar[bool] = True

    command: Sequence[str]
    parameters: Sequence[str]
    folder: Path
    checkpoints: Path
    metric: str
    timeout: float | None = None
    workdir: Workdir | None = None
    again: bool = False
    env: Mapping[str, str] | None = None
    settings: SettingsFile | None = None
    read: Reading | None = None
    pausing: Pausing | None = None
    slots: Slots = NO_SLOTS
    grace: float = GRACE

    @property
    def suspends(self) -> bool:
        """Whether a training goes on at less cost in the slot that had the last one of its trial."""
        return self.pausing is not None and self.pausing.between == "stop" and self.pausing.placed

    def attempt(self, job: Job) -> tuple[Result, str]:
        """The result of a job, and where its metric was read."""
        begun = time.perf_counter()
        with self._leased(job, self.checkpoints / SLOTS / str(slot())) as leases:
            if self.pausing and self.pausing.applies_to(job):
                result, where = self._in_parts(job, self.pausing, leases)
            else:
                with self._leased(job, trial_folder(self.checkpoints, job)) as more:
                    result, where = self._in_one_go(job, [*leases, *more])
        return replace(result, seconds=time.perf_counter() - begun), where

    def _leased(self, job: Job, folder: Path) -> AbstractContextManager[list[int]]:
        return leased([folder], self.grace + _PATIENCE, self._over_for(job))

    def _in_one_go(self, job: Job, leases: Sequence[int]) -> tuple[Result, str]:
        with own_folder() as temporary:
            places = Places(self.checkpoints, job, self.workdir, again=self.again)
            result, where = self._answer(job, self._begun(job, job, places, temporary, leases))
        if result.status != "crashed":  # it goes on from what it left, as one whose worker died
            places.left(result)
        return result, where

    def _in_parts(self, job: Job, pausing: Pausing, leases: Sequence[int]) -> tuple[Result, str]:
        """The result of a job whose command may have served its trial before, and may go on with it later."""
        whole = replace(job, start=0, epochs=pausing.epochs)
        now = pausing.taken(job)
        if not isinstance(now, Over):
            now = self._further(job, whole, now, leases, pausing)
        if isinstance(now, Going) and isinstance(now.command, Ended):
            now = self._over(whole, now)
        if isinstance(now, Over):
            result, where = pausing.at_end(job, now), now.where
        else:
            assert isinstance(now.command, Paused)
            free(leases)  # those of the slot: the folder of its trial is its own until it has ended
            listener = now.command.said.listener
            assert isinstance(listener, Streams)
            found = listener.so_far()
            result, where = pausing.paused(job, found), found.where
        pausing.keep(job, result, now)
        return result, where

    def _further(
        self,
        job: Job,
        whole: Job,
        kept: Going | None,
        leases: Sequence[int],
        pausing: Pausing,
    ) -> Going:
        """A command when all of a job is due, or when it has ended."""
        due = partial(pausing.due, job)
        if kept is not None and (kept.slot == slot() or not pausing.placed):
            return self._gone_on(job, kept, pausing, due)
        if kept is not None:  # in whose slot another trial may run by now
            assert isinstance(kept.command, Paused)
            end(kept.command, self.grace)
        # What was lost begins again with what the trial found at first, and so from the first epoch.
        places = Places(self.checkpoints, whole, self.workdir, again=True)
        given = self._kept_files(job)
        given.mkdir(exist_ok=True)
        with self._leased(job, trial_folder(self.checkpoints, job)) as more:
            return self._begun(job, whole, places, given, [*leases, *more], due)

    def _over(self, whole: Job, ended: Going) -> Over:
        """What a command has trained that has ended, and was to do the `whole`."""
        assert isinstance(ended.command, Ended)
        found = ended.command.found
        result, where = self._answer(whole, ended)
        with suppress(ValueError):  # which is the reason that the result has
            found = ended.written.found(found)
        shutil.rmtree(self._kept_files(whole), ignore_errors=True)
        return Over(found, result, where, ended.command.listener)

    def _answer(self, job: Job, ended: Going) -> tuple[Result, str]:
        assert isinstance(ended.command, Ended)
        program = Program(self.command[0], self.metric, self.timeout)
        return program.judged(job, ended.command, ended.file, ended.written)

    def _begun(
        self,
        job: Job,
        whole: Job,
        places: Places,
        folder: Path,
        leases: Sequence[int],
        due: Callable[[Listener], bool] = _never,
    ) -> Going:
        """A command that is begun for a job, and told to do the `whole`, with its files in `folder`."""
        paths = {"params": folder / "params.json", "result": folder / "result.json"}
        paths["params"].write_text(json.dumps(nested(job.trial.config)), encoding="utf-8")
        paths["result"].unlink(missing_ok=True)
        if self.settings:
            paths["config"] = folder / self.settings.name
            text = self.settings.written({**self._numbers(whole), **job.trial.config}, self._inactive(job))
            paths["config"].write_text(text, encoding="utf-8")
        given = self._given(whole, {**paths, "checkpoint": places.checkpoint()})
        arguments, place = self._arguments(job, given), places.folder() or self.folder
        environment = self.slots.variables(slot()) | _environment(given, resumed=places.resumed)
        environment |= self._variables(job, given)
        written = Written(self.read, place, job, self.metric, shared=self.workdir is None)
        log, over = begun_log(self.checkpoints, job), self._over_for(job)
        with Progress(self.checkpoints, job.key) as progress:
            listener = partial(self._listener, job, progress)
            command = run_until(
                due,
                arguments,
                place,
                environment,
                self.timeout,
                over,
                log.append,
                listener,
                grace=self.grace,
                leases=leases,
            )
        return Going(command, paths["result"], written, slot())

    def _gone_on(self, job: Job, kept: Going, pausing: Pausing, due: Callable[[Listener], bool]) -> Going:
        """A command that was paused, once more."""
        assert isinstance(kept.command, Paused)
        listener = kept.command.said.listener
        assert isinstance(listener, Streams)
        log, over = begun_log(self.checkpoints, job), self._over_for(job)
        with Progress(self.checkpoints, job.key) as progress:
            listener.tell(self._reached(job, progress))
            listener.up_to(pausing.until(job))
            command = go_on(due, kept.command, self.timeout, over, log.append, grace=self.grace)
        return replace(kept, command=command)

    def _over_for(self, job: Job) -> Callable[[], bool]:
        return partial(Requests(self.checkpoints).asks, job.trial.number)

    def _kept_files(self, job: Job) -> Path:
        """Where the files are that a command was given which may be paused."""
        return self.checkpoints.absolute() / f".given-{job.trial.number}.tmp"

    @contextmanager
    def serving(self) -> Iterator[Objective]:
        """The same while a search goes on: commands that are paused are kept, and end with it."""
        if self.pausing is None or self.pausing.between == "restart":
            yield self
            return
        with keeping(self.pausing.most) as keeper:
            pausing = replace(self.pausing, address=keeper.address)
            yield dataclasses.replace(self, pausing=pausing)
        for left in self.checkpoints.glob(".given-*.tmp"):
            shutil.rmtree(left, ignore_errors=True)

    def described(self, job: Job) -> str:
        """The command of a job as one would type it into a shell."""
        stand_ins = {name: f"$HPSEARCH_{name.upper()}" for name in self._files()}
        given = {**self._numbers(job), **stand_ins}
        typed = [
            argument if argument in stand_ins.values() else shlex.quote(argument)
            for argument in (self.command[0], *self._arguments(job, given)[1:])
        ]
        variables = self._variables(job, given).items()
        return " ".join([*(f"{name}={shlex.quote(value)}" for name, value in variables), *typed])

    def tidy(self, keep: Collection[tuple[int, Epochs]]) -> None:
        """Delete the folders of the trials that are not in `keep`."""
        answers.tidy(self.checkpoints, keep)

    def _files(self) -> tuple[str, ...]:
        return ("checkpoint", "params", "result", *(["config"] if self.settings else []))

    # -- what the command is given ---------------------------------------------------------------------

    def _given(self, job: Job, files: Mapping[str, Path]) -> dict[str, str]:
        return {**self._numbers(job), **{name: str(path) for name, path in files.items()}}

    def _numbers(self, job: Job) -> dict[str, str]:
        return {
            "trial": str(job.trial.number),
            "seed": str(answers.seed_of(job)),
            "epochs": str(job.epochs),
            "dir": str(self.folder.absolute()),
            "slot": str(slot()),
            "gpu": self.slots.gpu(slot()),
        }

    def _arguments(self, job: Job, given: Mapping[str, str]) -> list[str]:
        changes = self.settings.changes.values() if self.settings else ()
        texts = [
            *self.command,
            *(self.env or {}).values(),
            *(text for text in changes if isinstance(text, str)),
        ]
        spread = unnamed(texts, self.parameters)
        program = program_of(self.command[0], self.folder)
        values = {**given, **job.trial.config}
        return filled([program, *self.command[1:]], values, self._inactive(job), spread)

    def _variables(self, job: Job, given: Mapping[str, str]) -> dict[str, str]:
        return filled_texts(self.env or {}, {**given, **job.trial.config}, self._inactive(job))

    def _inactive(self, job: Job) -> list[str]:
        without_card = [] if self.slots.cards or GPU in self.parameters else [GPU]
        return [*without_card, *(name for name in self.parameters if name not in job.trial.config)]

    # -- what it answers -------------------------------------------------------------------------------

    def _listener(self, job: Job, progress: Progress) -> Listener:
        """Who reads what it prints: each value of the metric that ranks that has an epoch is told at once."""
        if self.read is None:
            return AsBefore()
        listener = Streams(self.metric, self.read, self._reached(job, progress))
        if self.pausing:
            listener.up_to(self.pausing.until(job))
        return listener

    def _reached(self, job: Job, progress: Progress) -> Callable[[Epoch, float], object]:
        def reached(epoch: Epoch, value: float) -> None:
            progress.tell(epoch.at, epoch.all or (int(job.epochs) if job.epochs > 1 else 0), value)

        return reached


def _environment(given: Mapping[str, str], *, resumed: bool) -> dict[str, str]:
    """What is added to the variables of this process; HPSEARCH_RESUMED is empty where nothing was interrupted."""
    given = {**given, "resumed": "1" if resumed else ""}
    at_once = {"PYTHONUNBUFFERED": os.environ.get("PYTHONUNBUFFERED", "1")}
    return at_once | {f"HPSEARCH_{name.upper()}": value for name, value in given.items()}
