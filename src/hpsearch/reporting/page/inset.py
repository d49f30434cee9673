"""Pictures of a run within another page, such as a notebook: in a frame, whose styles touch nothing outside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from markupsafe import escape

from hpsearch.reporting.page.curves import curves
from hpsearch.reporting.page.drawing import SAMPLES, Charts
from hpsearch.reporting.page.fitting import fitting
from hpsearch.reporting.page.found import Found
from hpsearch.reporting.page.heat import heat
from hpsearch.reporting.page.page import environment, part, policy
from hpsearch.reporting.page.parameters import parameters
from hpsearch.reporting.page.pareto import pareto
from hpsearch.reporting.page.parts import Section
from hpsearch.reporting.page.progress import progress
from hpsearch.reporting.page.rounds import rounds
from hpsearch.reporting.page.shares import shares
from hpsearch.reporting.page.timeline import timeline

#: What can be drawn, by name, in the order of the page.
PICTURES: Mapping[str, Callable[[Found], Section | None]] = {
    "pareto": pareto,
    "progress": progress,
    "parameters": parameters,
    "curves": curves,
    "rounds": rounds,
    "importance": shares,
    "fitting": fitting,
    "heat": heat,
    "timeline": timeline,
}
#: About how high a line of pictures is, and how many are on it, by their size; and what is around them, in rem.
_LINES = {"small": (12, 4), "medium": (16, 3), "wide": (27, 1)}
_AROUND, _HIGHEST = 10, 52


def inset(found: Found, names: Iterable[str]) -> str:
    """An element with the pictures of these names, as far as the run has what they show; empty where it has none.

    Nothing in it runs and nothing is loaded. It can be made higher by its corner.
    """
    sections = [section for name in names if (section := PICTURES[name](found))]
    if not sections:
        return ""
    style = part("page.css")
    template = environment().get_template("inset.html")
    page = template.render(
        name=found.run.name, sections=sections, style=style, policy=policy(style), samples=SAMPLES
    )
    high = min(_HIGHEST, sum(map(_height, sections)))
    look = f"width: 100%; height: {high}rem; border: 0; resize: vertical; overflow: auto"
    title = escape(f"pictures of {found.run.name}")
    return f'<iframe sandbox title="{title}" style="{look}" srcdoc="{escape(page)}"></iframe>'


def _height(section: Section) -> int:
    charts = [block for block in section.blocks if isinstance(block, Charts)]
    return _AROUND + sum(_of_lines(block.size, block.charts) for block in charts)


def _of_lines(size: str, charts: Sequence[object]) -> int:
    high, across = _LINES[size]
    return high * -(-len(charts) // across)
