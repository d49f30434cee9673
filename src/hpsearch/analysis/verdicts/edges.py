"""Where the best value of a parameter lies at an end of its range. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from hpsearch.core.trial import Standing
from hpsearch.core.verdict import Verdict
from hpsearch.core.words import spoken
from hpsearch.space import Space
from hpsearch.space.edges import Edge, Legal, edge_of


def edges(space: Space, best: Standing, run: str, legal: Legal) -> Iterator[Verdict]:
    """Where the best value lies in the outer 5 % of its range: the optimum may lie beyond."""
    config = best.trial.config
    for parameter in space.parameters:
        edge = edge_of(parameter, config[parameter.name], legal) if parameter.name in config else None
        if edge:
            yield Verdict("edge", _at_edge(edge), f"hpsearch refine {run}")


def _at_edge(edge: Edge) -> str:
    scale = edge.scale
    return (
        f"{spoken(edge.parameter)} {edge.value:.3g} is at {100 * edge.position:.0f} % of its {scale.name} range "
        f"[{scale.low:.6g}, {scale.high:.6g}]: widen {edge.end} to {edge.beyond:.6g}"
    )
