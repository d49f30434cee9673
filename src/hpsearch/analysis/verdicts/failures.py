"""Where trials failed: which side of which parameter. Pure."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate

from msgspec import Struct

from hpsearch.core.trial import Standing, Value, as_number
from hpsearch.core.verdict import Verdict
from hpsearch.core.words import shown, spoken
from hpsearch.space import Space

#: Fewer failures than this have no pattern worth words.
_FEWEST = 3
#: How often a pattern may be told where there is none; for all rules that are tried together.
_ERROR = 0.02
#: So many ends of a rule are tried on each side of a parameter at most, and terms of a tail summed.
_ENDS, _TERMS = 20, 1000
_NUMBERS = (int, float)
#: Enough to tell any two numbers apart.
_ALL_DIGITS = 17


def failures(standings: Sequence[Standing], space: Space, run: str) -> Verdict | None:
    """Where trials failed: the one side of one parameter, or one category, that is least likely by chance.

    The trials of each status are compared with those that ended well; where none of these has a pattern, all
    failures together are.
    """
    fine = [standing for standing in standings if _ending(standing) == "done"]
    failed = [standing for standing in standings if _ending(standing) not in ("done", "stopped")]
    kinds = sorted({_ending(standing) for standing in failed})
    groups = [(kind, [one for one in failed if _ending(one) == kind]) for kind in kinds]
    if len(kinds) > 1:
        groups.append(("failed", failed))
    for kind, alike in groups:
        if rule := _pattern(alike, fine, space, _ERROR / len(groups)):
            also = f", as have {rule.fine} of the {len(fine)} others" if rule.fine else ""
            told = f"{rule.failed} of {len(alike)} {kind} trials have {rule}{also}"
            return Verdict("failures", told, f"hpsearch refine {run}")
    return None


def _ending(standing: Standing) -> str:
    """How a trial ended at the longest training that it was asked for."""
    return standing.failure.status if standing.failure else standing.status


class _Rule(Struct, frozen=True):
    """A part of the range of one parameter, and how many trials of either kind lie there."""

    parameter: str
    relation: str
    bound: Value
    failed: int
    fine: int

    def __str__(self) -> str:
        separator = ":" if self.relation == "=" else f" {self.relation} "
        return f"{spoken(self.parameter)}{separator}{shown(self.bound)}"


def _pattern(
    failed: Sequence[Standing], fine: Sequence[Standing], space: Space, error: float
) -> _Rule | None:
    """The rule that is least likely by chance; None where chance explains it too.

    Under chance every set of trials is as likely to have failed, so the chance of a rule is exact (Fisher, 1935).
    The end of a rule is the j-th of the failed values from outside: for a fixed j its place among all values is
    the statistic, so that all that is tried is counted, and Bonferroni's bound holds (1936).
    """
    if len(failed) < _FEWEST or not fine:
        return None
    rules = [rule for name in space.names for rule in _rules(name, failed, fine)]
    chances = _Chances(len(failed), len(fine))
    rule = min(rules, key=lambda rule: chances.of(rule.failed, rule.fine), default=None)
    return rule if rule and chances.of(rule.failed, rule.fine) * len(rules) < error else None


def _rules(parameter: str, failed: Sequence[Standing], fine: Sequence[Standing]) -> Iterator[_Rule]:
    """Rules that cover half of the failed trials or more: from or up to a failed value, or a category."""
    ill, well = (
        [standing.trial.config[parameter] for standing in standings if parameter in standing.trial.config]
        for standings in (failed, fine)
    )
    if any(isinstance(value, bool) or not isinstance(value, _NUMBERS) for value in (*ill, *well)):
        counts, others = Counter(map(_hashable, ill)), Counter(map(_hashable, well))
        for value in counts | others:
            yield _Rule(parameter, "=", value, counts[value], others[value])
        return
    # Sorted, so that counting takes no longer for the thousandth failure than for the first.
    low, high = sorted(map(as_number, ill)), sorted(map(as_number, well))
    for place in _ends(len(failed), len(low)):
        value = low[-place]
        beyond = [len(values) - bisect_left(values, value) for values in (low, high)]
        yield _Rule(parameter, ">=", value, *beyond)
        value = low[place - 1]
        yield _Rule(parameter, "<=", value, bisect_right(low, value), bisect_right(high, value))


def _ends(failed: int, having: int) -> Iterator[int]:
    """Which of the failed values from outside are tried as ends: of the half further in, evenly spread."""
    first = (failed + 1) // 2
    steps = range(_ENDS)
    places = {failed - step * (failed - first) // (_ENDS - 1) for step in steps}
    return iter(sorted(place for place in places if place <= having))


def _hashable(value: Value) -> Value:
    """A value as a key: true is no 1, and a list is told by its text."""
    return value if isinstance(value, str | bool) else shown(value, _ALL_DIGITS)


class _Chances:
    """How likely it is that a rule covers so many of the failed trials, were they drawn from all at random."""

    def __init__(self, failed: int, fine: int) -> None:
        self._failed, self._all = failed, failed + fine
        self._logs = list(accumulate((math.log(n) for n in range(1, self._all + 1)), initial=0.0))

    def of(self, failed: int, fine: int) -> float:
        """That of covering `failed` of them, or more, among so many trials (hypergeometric)."""
        covered = failed + fine
        if failed * self._all <= covered * self._failed:
            return 1.0
        most = min(self._failed, covered, failed + _TERMS)
        return math.fsum(math.exp(self._log(hits, covered)) for hits in range(failed, most + 1))

    def _log(self, hits: int, covered: int) -> float:
        if self._failed - hits > self._all - covered:
            return -math.inf
        inside = self._choices(covered, hits)
        outside = self._choices(self._all - covered, self._failed - hits)
        return inside + outside - self._choices(self._all, self._failed)

    def _choices(self, out_of: int, chosen: int) -> float:
        return self._logs[out_of] - self._logs[chosen] - self._logs[out_of - chosen]
