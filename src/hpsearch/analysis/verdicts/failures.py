"""Where trials failed: which side of which parameter. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hpsearch.core.trial import Standing, Value
from hpsearch.core.verdict import Verdict
from hpsearch.core.words import shown, spoken
from hpsearch.space import Space

#: Fewer failures than this have no pattern worth words.
_FEWEST = 3
#: A rule must fit this much more of the failed trials than of the others to be told.
_CLEAR = 0.6


def failures(standings: Sequence[Standing], space: Space, run: str) -> Verdict | None:
    """Where trials failed: the one side of one parameter, or one category, that covers them best."""
    failed = [standing for standing in standings if standing.status != "done"]
    fine = [standing for standing in standings if standing.status == "done"]
    if len(failed) < _FEWEST:
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
