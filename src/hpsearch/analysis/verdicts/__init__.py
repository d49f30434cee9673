"""What a finished search says about the next one. Pure functions, in words, with the command that acts on each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from hpsearch.analysis.verdicts.budget import budget
from hpsearch.analysis.verdicts.edges import edges
from hpsearch.analysis.verdicts.failures import failures
from hpsearch.analysis.verdicts.seeds import seeds
from hpsearch.analysis.verdicts.ties import ties
from hpsearch.config import is_legal
from hpsearch.core.metric import Metric
from hpsearch.core.trial import Standing
from hpsearch.core.verdict import Verdict
from hpsearch.engine.run import Run
from hpsearch.space import Space
from hpsearch.space.edges import Legal


def verdicts_of(run: Run) -> tuple[Verdict, ...]:
    """Everything there is to say about a run that has ended."""
    spec = run.spec
    found = verdicts(
        run.standings, run.space, run.metric, run.rows, run.folder.argument, partial(is_legal, spec)
    )
    exhausted = run.ending == "complete" and len(run.standings) < spec.search.trials
    if said := seeds(run):
        found.append(said)
    no_more = exhausted or spec.search.sampler == "grid"  # whose points follow from the number of trials
    return tuple(verdict for verdict in found if not (no_more and verdict.about == "budget"))


def verdicts(
    standings: Sequence[Standing], space: Space, metric: Metric, rows: int, run: str, legal: Legal
) -> list[Verdict]:
    """Everything there is to say about the search `run`, what is most worth acting on first.

    Args:
        standings: every trial, best first.
        rows: how many rows the metric was measured on; 0 if unknown.
        run: its name, for the commands.
        legal: whether a parameter may have a value at all.
    """
    if not standings or standings[0].rank is None:
        return []
    candidates = [
        *edges(space, standings[0], run, legal),
        failures(standings, space, run),
        budget(standings, metric, rows, run),
        ties(standings, metric, rows, run),
    ]
    return [verdict for verdict in candidates if verdict]
