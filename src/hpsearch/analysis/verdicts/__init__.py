"""What a finished search says about the next one. Pure functions, in words, with the command that acts on each."""

from __future__ import annotations

from hpsearch.analysis.verdicts.budget import budget
from hpsearch.analysis.verdicts.code import edited
from hpsearch.analysis.verdicts.commonest import no_better_than_the_commonest
from hpsearch.analysis.verdicts.edges import edges
from hpsearch.analysis.verdicts.equal import equal
from hpsearch.analysis.verdicts.exploded import exploded, exploded_head
from hpsearch.analysis.verdicts.failures import failures
from hpsearch.analysis.verdicts.front import tradeoffs
from hpsearch.analysis.verdicts.longer import longer
from hpsearch.analysis.verdicts.own import own
from hpsearch.analysis.verdicts.seeds import seeds
from hpsearch.analysis.verdicts.ties import ties
from hpsearch.analysis.verdicts.worsening import worsening
from hpsearch.core.verdict import Verdict
from hpsearch.engine.run import Run


def verdicts_of(run: Run) -> tuple[Verdict, ...]:
    """Everything there is to say about a run that has ended, what is most worth acting on first."""
    if run.best is None:
        return ()
    if run.beside:
        return tuple(verdict for verdict in _of_several(run) if verdict)
    lost = exploded(run, run.best)  # nothing points further into such a region
    found = [
        edited(run),
        exploded_head(run),
        no_better_than_the_commonest(run),
        equal(run),
        *([] if lost else edges(run)),
        failures(run.standings, run.space, run.folder.argument),
        None if lost or _takes_no_more(run) else budget(run),
        worsening(run),
        None if lost else longer(run),
        ties(run),
        tradeoffs(run),
        own(run),
        seeds(run),
    ]
    return tuple(verdict for verdict in found if verdict)


def _of_several(run: Run) -> list[Verdict | None]:
    """What there is to say where several metrics rank: the others speak of the best by one."""
    return [
        edited(run),
        failures(run.standings, run.space, run.folder.argument),
        tradeoffs(run),
        seeds(run),
    ]


def _takes_no_more(run: Run) -> bool:
    """Whether the space was tried out, or its points follow from the number of trials."""
    exhausted = run.ending == "complete" and len(run.standings) < run.spec.search.trials
    all_of_it = run.space.size is not None and len(run.trials) + run.inherited >= run.space.size
    return exhausted or all_of_it or run.spec.search.sampler == "grid"
