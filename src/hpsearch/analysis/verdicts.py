"""What a finished search says about the next one. Pure functions, in words, with the command that acts on each."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from hpsearch.config import is_legal
from hpsearch.core.metric import Metric
from hpsearch.core.quantiles import NORMAL_95
from hpsearch.core.trial import Standing, Value
from hpsearch.core.verdict import Verdict
from hpsearch.core.words import shown, spoken
from hpsearch.engine.run import Run
from hpsearch.space import Space
from hpsearch.space.edges import Edge, Legal, edge_of

#: So many of the best are looked at for ties.
_NEAR = 10
#: Fewer failures than this have no pattern worth words.
_FEWEST_FAILURES = 3
#: A rule must fit this much more of the failed trials than of the others to be told.
_CLEAR = 0.6


def verdicts_of(run: Run) -> tuple[Verdict, ...]:
    """Everything there is to say about a run that has ended."""
    spec = run.spec
    found = verdicts(
        run.standings, run.space, run.metric, run.rows, run.folder.argument, partial(is_legal, spec)
    )
    exhausted = run.ending == "complete" and len(run.standings) < spec.search.trials
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


# -- edges -------------------------------------------------------------------------------------------------


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


# -- ties --------------------------------------------------------------------------------------------------


def ties(standings: Sequence[Standing], metric: Metric, rows: int, run: str) -> Verdict | None:
    """Which of the best are tied with the first: the difference is within its 95 % interval.

    The interval comes from the number of validation `rows` (0: unknown), for metrics that are shares of them,
    and from the spread over seeds where a trial was confirmed.
    """
    ranked = [standing for standing in standings if standing.rank][:_NEAR]
    if not ranked or not standard_error(ranked[0], metric, rows):
        return None
    first, tied = ranked[0], 1
    for other in ranked[1:]:
        error = math.hypot(*(standard_error(standing, metric, rows) for standing in (first, other)))
        if abs(other.value(metric) - first.value(metric)) > NORMAL_95 * error:
            break
        tied += 1
    if tied == 1:
        return (
            Verdict("tie", "Best-1 is ahead of Best-2 by more than chance", "") if len(ranked) > 1 else None
        )
    interval = NORMAL_95 * standard_error(first, metric, rows)
    seeds = 3 * (first.confirmed.seeds if first.confirmed else 1)
    return Verdict(
        "tie",
        f"Best-1 to Best-{tied} are tied: {metric} is only known to +-{interval:.2g} "
        f"({_sources(first, metric, rows)}); choose among them by cost, or try more seeds",
        f"hpsearch resume {run} --set search.confirm.top={tied} --set search.confirm.seeds={seeds}",
    )


def _sources(standing: Standing, metric: Metric, rows: int) -> str:
    sources = [f"{rows} validation rows"] if rows and metric.is_share(standing.value(metric)) else []
    if standing.confirmed:
        sources.append(f"{standing.confirmed.seeds} seeds")
    return ", ".join(sources)


def standard_error(standing: Standing, metric: Metric, rows: int) -> float:
    """Of the value a standing ranks by; 0 where nothing is known about it.

    A share p of `rows` has the binomial error sqrt(p (1 - p) / rows), with p moved off its ends as Agresti and
    Coull do (1998); the mean over n seeds has the error spread / sqrt(n).
    """
    sampling = 0.0
    if rows and metric.is_share(standing.value(metric)):
        share = (standing.value(metric) * rows + 2) / (rows + 4)
        sampling = math.sqrt(share * (1 - share) / rows)
    again = standing.confirmed
    return math.hypot(sampling, again.spread / math.sqrt(again.seeds) if again else 0.0)


# -- budget ------------------------------------------------------------------------------------------------


def budget(standings: Sequence[Standing], metric: Metric, rows: int, run: str) -> Verdict | None:
    """Whether more trials would pay: what the last half of them raised the expected best by.

    The expected best of k trials drawn from those there are (the bootstrap of best-so-far, in closed form;
    Dodge et al., Show Your Work, 2019) is compared at k = n/2 and k = n.
    """
    losses = sorted(metric.loss(standing.reading(metric)) for standing in standings if standing.rank)
    count = len(losses)
    if count < 2 * _FEWEST_FAILURES:
        return None
    gain = expected_best(losses, count // 2) - expected_best(losses, count)
    best = next(standing for standing in standings if standing.rank)
    noise = standard_error(best, metric, rows) or 0.01 * (losses[count // 2] - losses[0])
    said = f"the last half of {count} trials improved the expected best {metric} by {gain:.2g}"
    if gain <= noise:
        return Verdict("budget", f"more trials would hardly pay: {said}, within the noise of {noise:.2g}", "")
    return Verdict("budget", f"more trials would pay: {said}", f"hpsearch resume {run} --trials {2 * count}")


def expected_best(losses: Sequence[float], draws: int) -> float:
    """The expected lowest of `draws` draws with replacement from ascending `losses`.

    >>> expected_best([0.0, 1.0], 1), expected_best([0.0, 1.0], 2)
    (0.5, 0.25)
    """
    count = len(losses)
    chances = [((count - i) / count) ** draws - ((count - i - 1) / count) ** draws for i in range(count)]
    return math.fsum(loss * chance for loss, chance in zip(losses, chances, strict=True))


# -- failures ----------------------------------------------------------------------------------------------


def failures(standings: Sequence[Standing], space: Space, run: str) -> Verdict | None:
    """Where trials failed: the one side of one parameter, or one category, that covers them best."""
    failed = [standing for standing in standings if standing.status != "done"]
    fine = [standing for standing in standings if standing.status == "done"]
    if len(failed) < _FEWEST_FAILURES:
        return None
    rules = (rule for parameter in space.names for rule in _rules(parameter, failed, fine))

    def clarity(rule: _Rule) -> float:
        return rule.failed / len(failed) - rule.fine / max(1, len(fine))

    rule = max(rules, key=clarity, default=None)
    if rule is None or clarity(rule) < _CLEAR:
        return None
    kind = failed[0].status if len({standing.status for standing in failed}) == 1 else "failed"
    also = f", as have {rule.fine} of the {len(fine)} others" if rule.fine else ""
    return Verdict(
        "failures",
        f"{rule.failed} of {len(failed)} {kind} trials have {rule}{also}",
        f"hpsearch refine {run}",
    )


@dataclass(frozen=True, slots=True)
class _Rule:
    """A part of the range of one parameter, and how many trials of either kind lie there."""

    parameter: str
    relation: str
    bound: Value
    failed: int
    fine: int

    def __str__(self) -> str:
        separator = ":" if self.relation == "=" else f" {self.relation} "
        return f"{spoken(self.parameter)}{separator}{shown(self.bound)}"


def _rules(parameter: str, failed: Sequence[Standing], fine: Sequence[Standing]) -> Iterator[_Rule]:
    """Rules that cover failed trials: from or up to a failed value, or a category."""
    ill, well = (
        [standing.trial.config[parameter] for standing in standings if parameter in standing.trial.config]
        for standings in (failed, fine)
    )
    if any(isinstance(value, str | bool) for value in ill):
        counts, others = Counter(ill), Counter(well)
        yield from (_Rule(parameter, "=", value, count, others[value]) for value, count in counts.items())
        return
    # Sorted, so that counting takes no longer for the thousandth failure than for the first.
    low, high = sorted(map(float, ill)), sorted(map(float, well))
    for value in map(float, dict.fromkeys(ill)):
        beyond = [len(values) - bisect_left(values, value) for values in (low, high)]
        yield _Rule(parameter, ">=", value, *beyond)
        yield _Rule(parameter, "<=", value, bisect_right(low, value), bisect_right(high, value))
