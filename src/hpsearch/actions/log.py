"""What a trial printed: all that is kept of it, and what it prints from now on."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from hpsearch.core.errors import InputError
from hpsearch.core.places import OUTPUT
from hpsearch.core.trial import Job
from hpsearch.engine.run import Run
from hpsearch.objectives.base import Describing
from hpsearch.objectives.command.settings import CommandSettings
from hpsearch.objectives.folders import folder_name, printed_now
from hpsearch.objectives.kind import gather
from hpsearch.runs import RunFolder

#: How often the files are looked at, in seconds, and how much of them is passed on at once, in bytes.
EVERY = 0.25
_CHUNK = 1 << 20


def number_of(run: Run, trial: str) -> int:
    """The number of a trial that is given by it, or as `best`.

    Raises:
        InputError: there is no such trial.
    """
    if trial == "best":
        if run.best is None:
            raise InputError(f"{run.folder.path}: has no best trial: none ended well")
        return run.best.trial.number
    if not trial.isdecimal():
        raise InputError(f"trial {trial!r:.40}: must be the number of a trial, as `show` has it, or best")
    if int(trial) not in run.trials:
        raise InputError(f"trial {trial}: not in {run.folder.path}, which has {len(run.trials)} trials")
    return int(trial)


def command_of(run: Run, number: int) -> str:
    """What was run for a trial, as one would type it.

    Raises:
        InputError: it was no command and no function.
    """
    objective = gather(run.spec).objective(run.folder.checkpoints)
    if not isinstance(objective, Describing):
        raise InputError(f"--command: trial {number} trained the built-in network; see hpsearch train --from")
    standing = run.standing(number)
    described = objective.described(Job(run.trials[number], standing.epochs if standing else run.epochs))
    settings = run.spec.objective
    return (
        f"cd {shlex.quote(str(settings.dir))} && {described}"
        if isinstance(settings, CommandSettings)
        else described
    )


def printed(folder: RunFolder, trial: int, replicate: int = 0) -> Iterator[bytes]:
    """All that is kept of what a trial has printed so far, in parts."""
    for path in _files(folder, trial, replicate):
        yield from _read(path, 0)


def follow(
    folder: RunFolder,
    trial: int,
    replicate: int,
    show: Callable[[bytes], object],
    going: Callable[[], bool] | None = None,
) -> None:
    """Show what a trial prints, from the beginning, until nobody conducts the search any more.

    Args:
        folder: that of the run.
        trial, replicate: whose output it is.
        show: is given it.
        going: waits a little, and says whether it goes on; by default as long as the search is conducted.
    """
    shown, conducted = 0, True
    while conducted:
        # Looked at before the files are: what was printed last is read then.
        conducted = going() if going else folder.owned is not False
        shown = _show_from(shown, _files(folder, trial, replicate), show)
        if conducted and not going:
            time.sleep(EVERY)


def _show_from(shown: int, files: list[Path], show: Callable[[bytes], object]) -> int:
    """Show what lies behind so many bytes of the files; returns how many there are."""
    place = 0
    for path in files:
        size = _size(path)
        for part in _read(path, max(0, shown - place)) if place + size > shown else ():
            show(part)
        place += size
    return place  # fewer than before where the middle was cut: what comes behind that is shown


def _files(folder: RunFolder, trial: int, replicate: int) -> list[Path]:
    """The log, and what a function prints now, which is moved to it when it ends."""
    log = folder.trials / folder_name(trial, replicate) / OUTPUT
    return [log, *sorted(printed_now(folder.checkpoints, trial, replicate), key=_written)]


def _written(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _read(path: Path, place: int) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            file.seek(place)
            while chunk := file.read(_CHUNK):
                yield chunk
    except OSError:
        return  # nothing was printed, or it was moved to the log meanwhile
