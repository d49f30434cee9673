"""How a command has ended, and what it has written and printed, as the result of its job."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from hpsearch.core.trial import Job, Result, Status
from hpsearch.objectives import answers
from hpsearch.objectives.command.process import Ended
from hpsearch.objectives.command.reading import files
from hpsearch.objectives.command.reading.streams import Found, Reading
from hpsearch.objectives.epochs import curves_of, ranking_first
from hpsearch.storage.atomic import open_regular

#: A result file larger than this is no set of metrics, in bytes.
LARGEST_RESULT = 1 << 20
#: The clocks of files are at most so coarse, in seconds; what was there before is none of the command's.
_COARSE = 0.02


class Program(Struct, frozen=True):
    """What is asked of a command: to be called so, to have a metric, and to take at most so many seconds."""

    name: str
    metric: str
    timeout: float | None

    def judged(self, job: Job, ended: Ended, file: Path, written: Written) -> tuple[Result, str]:
        """The result of a job whose command has ended, and where its metric was read.

        Args:
            file: where the command may have written its metrics.
            written: what else it writes.
        """
        how, _, detail = ended.how.partition(" ")
        if how == "over":
            reached = {**ended.found.metrics, **_so_far(file, self.metric)}
            return answers.stopped(job, reached, ended.errors), ""
        if how == "late":
            reason = f"ran longer than {self.timeout:g} s"
            return answers.ended(job, "timeout", reason, ended.errors), ""
        if how == "start":
            return answers.ended(job, "failed", f"cannot start {self.name!r}: {detail}"), ""
        if ended.how != "exit 0":
            status: Status = "crashed" if how == "signal" else "failed"
            return answers.ended(job, status, _reason(how, detail, ended.errors), ended.errors), ""
        try:
            told = _written(file, self.metric)
        except ValueError as error:
            return answers.ended(job, "failed", f"the result file {error}", ended.errors), ""
        try:
            found = ended.found if self.metric in told else written.found(ended.found)
        except ValueError as error:
            return answers.ended(job, "failed", str(error), ended.errors), ""
        if self.metric not in told and found.unclear:
            return answers.ended(job, "failed", found.unclear, ended.errors), ""
        result = answers.judged(job, {**found.metrics, **told}, self.metric, "it wrote and printed")
        if result.status == "failed" and (hint := found.elsewhere or written.elsewhere()):
            result = replace(result, reason=f"{result.reason}; {hint}")
        if result.status == "done":
            result = replace(result, curve=curves_of(ranking_first(found.curves, self.metric), job))
        where = "the result file" if self.metric in told else found.where
        return replace(result, output=ended.errors if result.status != "done" else ""), where


class Written:
    """The files that a job writes, from before it begins."""

    def __init__(self, read: Reading | None, folder: Path, job: Job, wanted: str, *, shared: bool) -> None:
        self._read, self._folder, self._wanted = read, folder, wanted
        pattern = (read and read.file) or ""
        self._pattern = pattern.replace("{trial}", str(job.trial.number))
        self._shared = shared and self._pattern == pattern
        self._before = files.stamps(folder, self._pattern) if self._pattern else {}
        self._since = time.time() - _COARSE

    def found(self, printed: Found) -> Found:
        """What was printed, with what stands in the file that is read. Raises ValueError where there is none."""
        if not self._pattern:
            return printed
        pattern, before = self._pattern, self._before
        found = files.written(self._folder, pattern, before, self._wanted, shared=self._shared)
        first = found if found.where or found.unclear else printed
        metrics, curves = {**printed.metrics, **found.metrics}, {**printed.curves, **found.curves}
        return Found(metrics, curves, first.where, first.unclear, first.elsewhere, printed.behind)

    def elsewhere(self) -> str:
        """Which file has what ranks, and is not read, with the remedy."""
        if self._read is None or not (name := files.telling(self._folder, self._since, self._wanted)):
            return ""
        return f"{name} has it, which objective.read.file={name} reads"


def _so_far(file: Path, metric: str) -> dict[str, float]:
    """What a command that was ended had written by then; it may have been at it."""
    try:
        return _written(file, metric)
    except ValueError:
        return {}


def _reason(how: str, detail: str, errors: str) -> str:
    """Why a command failed, with the last thing it said."""
    if how == "signal":
        words = f"was killed by {_signal_name(int(detail))}"
    else:
        words = f"ended with exit status {detail}" if detail else "was killed"
    last = errors.rpartition("\n")[2].strip()
    return f"the command {words}{': ' + last if last else ''}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _written(file: Path, metric: str) -> dict[str, float]:
    """The metrics of the result file; none where the command wrote none. Raises ValueError."""
    try:
        with open_regular(file) as stream:
            content = stream.read(LARGEST_RESULT + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None
    if len(content) > LARGEST_RESULT:
        raise ValueError(f"is too large; metrics take less than {LARGEST_RESULT} bytes")
    try:
        answer: Any = json.loads(content)
    except RecursionError:
        raise ValueError("is no set of metrics: it nests too deep") from None
    except ValueError as error:
        raise ValueError(f"is not JSON: {error}") from None
    try:
        return answers.as_metrics(answer, metric)
    except TypeError as error:
        raise ValueError(str(error)) from None
