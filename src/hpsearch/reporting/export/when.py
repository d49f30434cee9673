"""When a run's trials were trained, for formats that have a place for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hpsearch.runs.journal import replay
from hpsearch.runs.times import Span, TimesReader

if TYPE_CHECKING:
    from hpsearch.engine.run import Run


def when(run: Run) -> Mapping[int, Span]:
    """Begin and end of each trial in the search itself, its pauses between rungs included.

    Where that was not recorded, it ended when the record was last written, and began its seconds before.
    """
    found = {number: (run.written - run.seconds(number), run.written) for number in run.trials}
    if run.folder.recorded:
        reader = TimesReader(str(run.folder.journal))
        replay(run.folder.journal, reader)
        for number in run.trials:
            keys = (result.key for result in run.searched(number))
            spans = [reader.times[key] for key in keys if key in reader.times]
            if spans:
                found[number] = (min(begin for begin, _ in spans), max(end for _, end in spans))
    return found
