"""A ranking as text: the textbook's lines, and the YAML to paste. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from hpsearch.config.yaml.writer import pasted
from hpsearch.core.escaping import on_a_line
from hpsearch.core.metric import Metric
from hpsearch.core.trial import Config, Confirmed, Standing, Status, plain
from hpsearch.core.verdict import Verdict
from hpsearch.core.words import shown, spoken
from hpsearch.runs.records import Hint, Inheritance

#: Whole numbers up to here are counts.
_COUNTS = 1e15
TITLE = "=========== Hyper-Parameter Optimization Result ==========="


def described(config: Config) -> str:
    """A configuration on one line: `lr:0.0088, weight decay:1.18e-06`."""
    return ", ".join(f"{spoken(name)}:{shown(value)}" for name, value in config.items())


def line(standing: Standing, metric: Metric, full_epochs: int, beside: Sequence[Metric] = ()) -> str:
    """`Best-1(val acc:0.9833) | lr:0.0088, weight decay:1.18e-06`.

    What was confirmed with fresh seeds, trained for fewer than `full_epochs`, or put in its place by its loss,
    says so after a further bar. `beside`: what else ranks.
    """
    also = "".join(f", {one}:{counted(one, standing.reading(one))}" for one in beside)
    parts = [
        f"Best-{standing.rank}({metric}:{metric.shown(standing.reading(metric))}{also})",
        described(standing.trial.config),
    ]
    if standing.confirmed:
        parts.append(f"{metric}:{_over_seeds(standing.confirmed)}")
    if said := trained(standing, full_epochs):
        parts.append(said)
    if standing.tie_breaker is not None and metric.loss_beside:
        parts.append(f"near-tie, {spoken(metric.loss_beside)}:{metric.shown(standing.tie_breaker)}")
    return " | ".join(parts)


def counted(metric: Metric, value: float) -> str:
    """A value of what may be a count, which is said in full."""
    return f"{value:.0f}" if value.is_integer() and 1e3 <= abs(value) < _COUNTS else metric.shown(value)


def trained(standing: Standing, full_epochs: int) -> str:
    """`9 of 27 epochs`; `epoch 4 of 27`, of which its metric is; `epoch 4, 9 of 27 epochs`; empty where in full."""
    epoch = f"epoch {standing.epoch}" if standing.epoch != standing.epochs else ""
    if standing.epochs >= full_epochs:
        return epoch and f"{epoch} of {full_epochs}"
    short = f"{standing.epochs} of {full_epochs} epochs{_then(standing)}"
    return f"{epoch}, {short}" if epoch else short


def _over_seeds(again: Confirmed) -> str:
    """`0.9800 +- 0.0100 (3 seeds)`, or `0.9800 (1 of 3 seeds, 2 diverged)`."""
    # Four places suit a score such as an accuracy; a small one would be lost in them, a large one longer for them.
    of_mean, of_spread = (
        (".4f", ".4f") if again.mean == 0 or 0.01 <= abs(again.mean) < 1e6 else (".4g", ".2g")
    )
    mean, spread = f"{again.mean:{of_mean}}", f"{again.spread:{of_spread}}"
    said = f"{mean} +- {spread}" if again.seeds > 1 else mean
    if not again.lost:
        return f"{said} ({again.seeds} seeds)"
    lost = ", ".join(f"{count} {status}" for status, count in sorted(again.lost.items()))
    return f"{said} ({again.seeds} of {again.seeds + sum(again.lost.values())} seeds, {lost})"


def _then(standing: Standing) -> str:
    """`, then failed: out of memory` for a trial that ended well until it was trained on."""
    then = standing.failure
    return f", then {_how(then.status, then.reason)}" if then else ""


def _how(status: Status, reason: str) -> str:
    """`failed: out of memory`, or what the status tells by itself."""
    return f"{status}: {on_a_line(reason)}" if reason else status


def ranking(
    standings: Sequence[Standing],
    metric: Metric,
    full_epochs: int,
    top: int | None = None,
    beside: Sequence[Metric] = (),
) -> str:
    """The title and a line for each of the `top` best (all, if None)."""
    return "".join(ranking_lines(standings, metric, full_epochs, top, beside))


def results(
    standings: Iterable[Standing],
    metric: Metric,
    full_epochs: int,
    verdicts: Sequence[Verdict],
    front: Iterable[str] = (),
    beside: Sequence[Metric] = (),
) -> Iterator[str]:
    """What results.txt holds: the whole ranking, after it the lines of a front, and what to do next."""
    yield from ranking_lines(standings, metric, full_epochs, beside=beside)
    for line in front:
        yield f"{line}\n"
    if verdicts:
        yield "\n"
    for verdict in verdicts:
        yield f"- {on_a_line(str(verdict))}\n"


def ranking_lines(
    standings: Iterable[Standing],
    metric: Metric,
    full_epochs: int,
    top: int | None = None,
    beside: Sequence[Metric] = (),
) -> Iterator[str]:
    """The lines of `ranking`, one by one: of 100,000 trials they are never all in memory."""
    lower = " and ".join(str(one) for one in (metric, *beside) if one.goal == "minimize")
    yield f"{TITLE}{f' {lower}, the lower the better' if lower else ''}\n"
    ranked = (standing for standing in standings if standing.rank is not None)
    for standing in islice(ranked, top):
        yield f"{line(standing, metric, full_epochs, beside)}\n"


def best_yaml(standing: Standing, metric: Metric, run: str) -> str:
    """The parameters of the best trial, to paste below `objective:`."""
    comment = (
        f"# trial {standing.trial.number} of {run}: {on_a_line(metric.name)} "
        f"{metric.shown(standing.reading(metric))} after {standing.epoch} epochs\n"
    )
    return comment + pasted(plain(standing.trial.config))


def as_data(standing: Standing) -> dict[str, Any]:
    """A standing as plain data, for JSON."""
    data: dict[str, Any] = {
        "rank": standing.rank,
        "trial": standing.trial.number,
        "status": standing.status,
        "epochs": standing.epochs,
        **({"epoch": standing.epoch} if standing.epoch != standing.epochs else {}),
        "metrics": dict(standing.metrics),
        "parameters": plain(standing.trial.config),
    }
    if standing.confirmed:
        again = standing.confirmed
        data["confirmed"] = {"mean": again.mean, "spread": again.spread, "seeds": again.seeds}
        data["confirmed"] |= {"lost": dict(again.lost)} if again.lost else {}
    if standing.failure:
        then = standing.failure
        data["then"] = {"status": then.status, "epochs": then.epochs, "reason": then.reason}
    return data | ({"reason": standing.reason} if standing.reason else {})


def summary(standings: Sequence[Standing]) -> str:
    """`60 trials`, or `12 trials, of which 2 diverged (trial 1: the loss exploded in epoch 1)`."""
    trials = "1 trial" if len(standings) == 1 else f"{len(standings)} trials"
    return f"{trials}, of which {_ill(standings)}" if _ill(standings) else trials


def deaths(count: int) -> str:
    """`; 2 processes died, and what they trained was begun again`; empty if none did.

    >>> deaths(0), deaths(1)
    ('', '; 1 process died, and what it trained was begun again')
    """
    who = ("process", "it") if count == 1 else ("processes", "they")
    return f"; {count} {who[0]} died, and what {who[1]} trained was begun again" if count else ""


def lesson(learned: Inheritance | Hint) -> str:
    """What a search learned from a run: `old: 52 of its 60 trials lie in this space; other data: as a hint`.

    Its trials are those that ended well.
    """
    count = len(learned.configs)
    lie = f"{count} of its {learned.of} trials lie{'s' if count == 1 else ''} in this space"
    why = f"; {on_a_line(learned.why)}: as a hint" if isinstance(learned, Hint) else ""
    return f"{learned.source}: {lie}{why}"


def failures(standings: Iterable[Standing]) -> str:
    """`did not end well: 2 diverged, 1 failed (trial 17: no metric)`; empty if none."""
    ill = _ill(standings)
    return f"did not end well: {ill}" if ill else ""


def _ill(standings: Iterable[Standing]) -> str:
    """How many trials ended in which way other than done, and why the first of them did."""
    ill = [standing for standing in standings if standing.status != "done" or standing.failure]
    if not ill:
        return ""
    counts = Counter(map(_ended, ill))
    said = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    first = min(ill, key=lambda standing: standing.trial.number)
    reason = (first.failure or first).reason
    return f"{said} (trial {first.trial.number}: {reason or _ended(first)})"


def _ended(standing: Standing) -> str:
    """How a trial ended that did not end well."""
    return f"{standing.failure.status} when trained on" if standing.failure else standing.status
