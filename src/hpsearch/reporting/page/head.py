"""What became of a search, its best, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator

from hpsearch.config.yaml.writer import pasted
from hpsearch.core.trial import Standing, plain
from hpsearch.engine.run import Run
from hpsearch.reporting import text
from hpsearch.reporting.page.found import Found
from hpsearch.reporting.page.parts import Advice, Block, Facts, Section, Text

_STATES = {
    "complete": "complete",
    "target": "stopped: the target is reached",
    "time": "stopped: the time limit is reached",
    "failures": "stopped: too many trials failed",
}
_RESUMED = ("time", "failures")


def state(run: Run) -> str:
    """What became of it, in words."""
    return _STATES.get(run.ending, run.state)


def result(found: Found) -> Section:
    """How it stands, and the best."""
    blocks: list[Block] = [Facts(list(_facts(found)))]
    best = found.run.best
    if best is not None:
        blocks.append(Text("Parameters of the best, to paste below objective:", _parameters(best)))
    return Section("result", "Result", blocks)


def _facts(found: Found) -> Iterator[tuple[str, str]]:
    run = found.run
    yield "state", state(run)
    yield from _best(found)
    yield "trials", text.summary(run.standings) if run.standings else _none(run)
    if len(found.standings) < len(run.standings):
        yield "on this page", f"the best {len(found.standings)} of them, and the progress of all"
    yield "full training", "1 epoch" if run.epochs == 1 else f"{run.epochs} epochs"
    better = [
        f"{one}, the {'higher' if one.goal == 'maximize' else 'lower'} the better"
        for one in run.spec.search.ranking
    ]
    yield "metric", ", and ".join(better)
    if run.deaths:
        yield "workers", text.deaths(run.deaths).removeprefix("; ")
    for learned in run.learned:
        yield "learned from", text.lesson(learned)
    if run.spec.parent:
        yield "refines", run.spec.parent


def _none(run: Run) -> str:
    return "no trial has ended yet" if run.state == "running" else "no trial was finished"


def _best(found: Found) -> Iterator[tuple[str, str]]:
    run, best = found.run, found.run.best
    if best is None:
        yield "best", "nothing to rank"
        return
    yield "best", f"trial {best.trial.number}: {text.line(best, run.metric, run.epochs, run.beside)}"
    yield f"{run.metric} of the best", _known(found, best)


def _known(found: Found, best: Standing) -> str:
    """Its value with the interval that it is known to."""
    metric, value, interval = found.run.metric, best.value(found.run.metric), found.interval
    seeds = f"mean of {best.confirmed.seeds} seeds" if best.confirmed else "one reading"
    if interval is None:
        return f"{metric.shown(value)} ({seeds}; how noisy a reading is, is not known)"
    low, high = value - interval.half, value + interval.half
    if metric.is_share(value):
        low, high = max(low, 0.0), min(high, 1.0)
    ends = f"{metric.shown(low)} to {metric.shown(high)}"
    return f"{metric.shown(value)} ± {interval.half:.2g}, so {ends} (95 %; {seeds}; known from {interval.source})"


def _parameters(best: Standing) -> str:
    return pasted(plain(best.trial.config))


def advice(found: Found) -> Section | None:
    """What to do next, with the commands."""
    points = [*_resume(found.run), *((verdict.text, verdict.command) for verdict in found.verdicts)]
    return Section("next", "What to do next", [Advice(points)]) if points else None


def _resume(run: Run) -> Iterator[tuple[str, str]]:
    """How a search goes on that has not come to its end."""
    command = f"hpsearch resume {run.folder.argument}"
    if run.state == "interrupted":
        yield "it was interrupted; continue", command
    elif run.ending in _RESUMED:
        yield f"{_STATES[run.ending]}; continue", command
