"""Watching a search that another process conducts, by what its journal says."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from functools import partial

from hpsearch.actions.planning import make_plan, workers
from hpsearch.config import Spec, build_space, load_recorded
from hpsearch.core.trial import Result
from hpsearch.engine.history import History
from hpsearch.engine.loop import restore
from hpsearch.engine.watcher import Snapshot, Watcher
from hpsearch.runs import RunFolder
from hpsearch.runs.following import Following
from hpsearch.runs.records import Ended, Record
from hpsearch.storage.reached import reached

#: How often the journal is looked at, in seconds.
EVERY = 0.25


def watch(folder: RunFolder, show: Callable[[Snapshot], None]) -> None:
    """Show how the search in `folder` goes, until it ends or nobody conducts it any more.

    Raises:
        InputError, RunFolderError: its files cannot be read.
    """
    spec = load_recorded(folder.config)
    history = History(build_space(spec), spec.search.ranks_by)
    trainers = workers(spec)
    watcher = Watcher(
        show,
        make_plan(spec),
        spec.search.ranks_by,
        workers=trainers,
        at_once=_at_once(spec, trainers),
        told=spec.objective.free,
        reached=partial(reached, folder.checkpoints),
    )
    journal, where = Following(folder.journal), str(folder.journal)
    conducted = folder.owned is not False
    records = journal.more()
    restore(records, history, where)
    if pending := history.pending():
        watcher.round_begins(history.rounds - 1, pending, history)
    ended = _ended(records)
    while conducted and not ended:
        time.sleep(EVERY)
        # Looked at before the journal is: what was written last is read then.
        conducted = folder.owned is not False
        records = journal.more()
        for record in records:
            restore([record], history, where)
            if isinstance(record, list):
                watcher.round_begins(history.rounds - 1, record, history)
            elif isinstance(record, Result):
                watcher.results_came([record], history)
        watcher.results_came([], history)
        ended = _ended(records)


def _at_once(spec: Spec, workers: int) -> int:
    """How many trainings go on at a time: one per worker, of networks each worker's share of a round."""
    return workers if spec.objective.free else workers * math.ceil(spec.search.round_size / workers)


def _ended(records: Iterable[Record]) -> bool:
    """Whether a search has ended by the last of these, and was not continued."""
    last = [record for record in records if isinstance(record, Ended | list | Result)]
    return bool(last) and isinstance(last[-1], Ended)
