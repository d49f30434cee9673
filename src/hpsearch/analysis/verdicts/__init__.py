"""What a finished search says about the next one. Pure functions, in words, with the command that acts on each."""

from __future__ import annotations

from hpsearch.analysis.verdicts.budget import budget
from hpsearch.analysis.verdicts.edges import edges
from hpsearch.analysis.verdicts.failures import failures
from hpsearch.analysis.verdicts.seeds import seeds
from hpsearch.analysis.verdicts.ties import ties
from hpsearch.core.verdict import Verdict
from hpsearch.engine.run import Run


def verdicts_of(run: Run) -> tuple[Verdict, ...]:
    """Everything there is to say about a run that has ended, what is most worth acting on first."""
    spec, name = run.spec, run.folder.argument
    if run.best is None:
        return ()
    candidates = [
        *edges(run),
        failures(run.standings, run.space, name),
        budget(run.standings, run.metric, run.rows, name),
        ties(run.standings, run.metric, run.rows, name),
        seeds(run),
    ]
    exhausted = run.ending == "complete" and len(run.standings) < spec.search.trials
    no_more = exhausted or spec.search.sampler == "grid"  # whose points follow from the number of trials
    return tuple(said for said in candidates if said and not (no_more and said.about == "budget"))
