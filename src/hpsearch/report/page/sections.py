"""The sections of a page in their order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hpsearch.report.page.curves import curves
from hpsearch.report.page.failures import failures
from hpsearch.report.page.fitting import fitting
from hpsearch.report.page.found import Found
from hpsearch.report.page.head import advice, result
from hpsearch.report.page.heat import heat
from hpsearch.report.page.parallel import parallel
from hpsearch.report.page.parameters import parameters
from hpsearch.report.page.parts import Section
from hpsearch.report.page.progress import progress
from hpsearch.report.page.rounds import rounds
from hpsearch.report.page.shares import shares
from hpsearch.report.page.sources import sources
from hpsearch.report.page.timeline import timeline
from hpsearch.report.page.trials import table

_SECTIONS: Sequence[Callable[[Found], Section | None]] = (
    result,
    advice,
    progress,
    parameters,
    curves,
    rounds,
    shares,
    fitting,
    heat,
    parallel,
    timeline,
    table,
    failures,
    sources,
)


def sections(found: Found) -> list[Section]:
    """Those that there is something to say in."""
    return [section for make in _SECTIONS if (section := make(found))]
