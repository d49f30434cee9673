"""Training a recorded trial again, and comparing it to the bit."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from hpsearch.actions.opening import store
from hpsearch.actions.trust import refuse_foreign
from hpsearch.core.collector import collect_as_usual
from hpsearch.core.errors import InputError
from hpsearch.core.trial import Job, Result
from hpsearch.engine.run import Run
from hpsearch.executors import one_blas_thread
from hpsearch.objectives.base import Workload
from hpsearch.objectives.checked import checked
from hpsearch.objectives.code import differences
from hpsearch.objectives.kind import gather
from hpsearch.objectives.own import OwnSettings
from hpsearch.runs import RunFolder
from hpsearch.storage.temporary import temporary_folder


class Reproduction(Struct, frozen=True):
    """A trial as it was recorded and as it was trained again, each from the first epoch to the last.

    `compared` counts the numbers that were compared; `difference` names the first that differs, or the statuses
    if these do; it is empty where everything is equal to the bit. `edited` are the files of the user's code that
    have changed since, as far as they were recorded.
    """

    recorded: Result
    again: Result
    compared: int
    difference: str
    edited: Sequence[str] = ()


def reproduce(
    folder: RunFolder,
    number: int,
    keep: Path | None = None,
    *,
    trust: bool = False,
    tell: Callable[[str], object] = lambda _: None,
) -> Reproduction:
    """Train trial `number` of the run in `folder` again, in this process.

    Args:
        keep: a new folder for what the training makes and prints; by itself that is not kept.
        trust: whether to run code though it was not this user who ran it before, here.
        tell: is told of code that is run on trust.

    Raises:
        InputError: there is no such trial, it has no result, or the data is not what it was; `keep` cannot be made;
            the code is somebody else's, and not trusted.
    """
    run = Run.read(folder)
    refuse_foreign(run.spec, folder, trust=trust, tell=tell)
    results = run.searched(number)
    if not results:
        raise InputError(
            f"trial {number}: not in {folder.path}, which has results of {_numbers(run.results)}"
        )
    ended = [result for result in results if result.status == "done"] or results
    own = isinstance(run.spec.objective, OwnSettings)
    recorded = joined(ended[-1:] if own else ended)  # in one go it may train otherwise than from rung to rung
    if recorded.status == "stopped" and recorded.kept:
        recorded = _shortened(recorded, recorded.kept)
    workload = gather(run.spec)
    if part := workload.changed(run.data):
        raise InputError(f"{folder.path}: {part} is not what trial {number} was trained with")
    one_blas_thread()
    collect_as_usual()
    with temporary_folder() if keep is None else _kept(keep) as place:
        scratch = RunFolder(place)
        scratch.checkpoints.mkdir()
        store(workload, scratch)
        job = Job(run.trials[number], recorded.epochs)
        answer = workload.objective(scratch.checkpoints).evaluate([job])
    search = run.spec.search
    again = checked([job], answer, [metric.name for metric in search.metrics], len(search.ranking))[0]
    length = _length(recorded)
    behind = int(recorded.epochs) - length if own and recorded.epochs > length else 0
    compared, difference = compare(recorded, again, behind)
    return Reproduction(recorded, again, compared, difference, _edited(run, results, workload))


@contextmanager
def _kept(folder: Path) -> Iterator[Path]:
    """A folder that stays, and is new. Raises InputError where there is something of that name."""
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise InputError(f"--keep {folder}: is there already; name a new folder") from None
    except OSError as error:
        raise InputError(f"--keep {folder}: cannot be made: {error.strerror}") from None
    yield folder


def _shortened(result: Result, epochs: int) -> Result:
    """What a training to so many epochs had, as one that ended there."""
    curve = {name: values[:epochs] for name, values in result.curve.items()}
    return replace(result, status="done", epochs=epochs, curve=curve, reason="", kept=0)


def _edited(run: Run, results: Iterable[Result], workload: Workload) -> list[str]:
    codes, now = run.codes, workload.code()
    places = {place for result in results if (place := codes.version(result)) is not None}
    return sorted({name for place in places for name in differences(codes.versions[place], now)})


def _numbers(results: Iterable[Result]) -> str:
    numbers = sorted({result.trial for result in results})
    return f"trials {numbers[0]} to {numbers[-1]}" if numbers else "no trial"


def joined(results: Sequence[Result]) -> Result:
    """The results of one trial at its rungs as if it had been trained in one go, which stops at no share of one."""
    ordered = sorted(results, key=lambda result: result.epochs)
    last = ordered[-1]
    kept = [result for result in ordered if result.epochs >= 1 or result is last]
    names = dict.fromkeys(name for result in kept for name in result.curve)
    curve = {name: [value for result in kept for value in result.curve.get(name, ())] for name in names}
    return Result(
        last.trial, last.epochs, last.status, last.at_last, curve, reason=last.reason, kept=last.kept
    )


def _length(result: Result) -> int:
    return max(map(len, result.curve.values()), default=0)


def compare(recorded: Result, again: Result, behind: int = 0) -> tuple[int, str]:
    """How many numbers were compared, and the first difference in words.

    Args:
        behind: how many epochs lie before the recorded curve, which are not compared.
    """
    if recorded.status != again.status:
        return 0, f"it ended as {recorded.status} then, and as {again.status} now"
    compared = 0
    for index in range(_length(recorded)):
        epoch = behind + index
        for name, values in recorded.curve.items():
            then, now = _at(values, index), _at(again.curve.get(name, ()), epoch)
            compared += 1
            if not _same(then, now):
                return compared, f"{name} of epoch {epoch + 1} was {_told(then)}, and is {_told(now)} now"
    for name, value in recorded.metrics.items():
        compared += 1
        now = again.metrics.get(name, math.inf if math.isnan(value) else math.nan)
        if value != now and not (math.isnan(value) and math.isnan(now)):
            return compared, f"{name} was {value!r}, and is {again.metrics.get(name)!r} now"
    return compared, ""


def _at(values: Sequence[float], place: int) -> float | None:
    return values[place] if place < len(values) else None


def _same(then: float | None, now: float | None) -> bool:
    if then is None or now is None:
        return then is now
    return then == now or (math.isnan(then) and math.isnan(now))


def _told(value: float | None) -> str:
    return "not told" if value is None else repr(value)
