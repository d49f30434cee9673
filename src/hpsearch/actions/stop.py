"""Ending one trial of a search that another process conducts."""

from __future__ import annotations

import time
from collections.abc import Iterable

from hpsearch.config import build_space, load_recorded
from hpsearch.core.errors import InputError, RunFolderError
from hpsearch.core.trial import Result
from hpsearch.engine.history import History
from hpsearch.engine.loop import restore
from hpsearch.runs import RunFolder
from hpsearch.runs.following import Following
from hpsearch.runs.journal import trouble
from hpsearch.runs.records import Record
from hpsearch.storage.requests import Requests

#: How often the journal is looked at, in seconds.
EVERY = 0.1


def stop(folder: RunFolder, number: int, *, wait: float) -> Result | None:
    """Ask the search in `folder` to end trial `number`, and wait for its result, at most so many seconds.

    The request outlives both processes: a search that is killed before it has recorded the end of the trial ends
    it when it is resumed. None where nothing was recorded yet.

    Raises:
        InputError: there is no such trial, or it has ended.
        RunFolderError: no search is running there, or its folder cannot be read or written.
    """
    if folder.owned is False:
        raise RunFolderError(f"{folder.path}: no search is running there, so that there is no trial to end")
    spec, journal = load_recorded(folder.config), Following(folder.journal)
    history = History(build_space(spec), spec.search.ranks_by)
    restore(journal.more(), history, str(folder.journal))
    if number not in range(len(history.trials)):
        raise InputError(
            f"trial {number}: not in {folder.path}, which has {len(history.trials)} trials so far"
        )
    if all(job.trial.number != number for job in history.pending()):
        raise InputError(f"trial {number}: is not running; hpsearch show {folder.argument} says how it ended")
    try:
        Requests(folder.checkpoints).ask(number)
    except OSError as error:
        raise RunFolderError(trouble(folder.checkpoints, error)) from error
    return _awaited(folder, journal, number, time.monotonic() + wait)


def _awaited(folder: RunFolder, journal: Following, number: int, end: float) -> Result | None:
    while True:
        # Looked at before the journal is: what was written last is read then.
        conducted = folder.owned is not False
        result = _of_trial(journal.more(), number)
        if result or not conducted or time.monotonic() >= end:
            return result
        time.sleep(EVERY)


def _of_trial(records: Iterable[Record], number: int) -> Result | None:
    results = (record for record in records if isinstance(record, Result))
    return next((result for result in results if result.trial == number), None)
