"""The sections of a page in their order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hpsearch.reporting.page.curves import curves
from hpsearch.reporting.page.failures import failures
from hpsearch.reporting.page.fitting import fitting
from hpsearch.reporting.page.found import Found
from hpsearch.reporting.page.head import advice, result
from hpsearch.reporting.page.heat import heat
from hpsearch.reporting.page.parallel import parallel
from hpsearch.reporting.page.parameters import parameters
from hpsearch.reporting.page.pareto import pareto
from hpsearch.reporting.page.parts import Section
from hpsearch.reporting.page.progress import progress
from hpsearch.reporting.page.rounds import rounds
from hpsearch.reporting.page.shares import shares
from hpsearch.reporting.page.sources import sources
from hpsearch.reporting.page.timeline import timeline
from hpsearch.reporting.page.trials import table

_SECTIONS: Sequence[Callable[[Found], Section | None]] = (
    result,
    advice,
    pareto,
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
