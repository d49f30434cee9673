"""Whether the metric gets worse with more epochs, beyond luck: who is trained on was lucky before. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from hpsearch.analysis.rank_sums import chance_of_rank_sum, chance_of_signs
from hpsearch.core.trial import Epochs
from hpsearch.core.verdict import Verdict
from hpsearch.engine.ranking import longest_first
from hpsearch.engine.run import Run

#: How often each comparison may be so by chance: of curves that nobody chose, and of readings beside shorter ones.
_CURVES, _READINGS = 0.02, 0.01
#: The epoch that the last one of a curve is compared with, as a share of them.
_BEFORE = 1 / 3
#: Such a share of the trials had its best epoch by then.
_MOST = 0.8


def worsening(run: Run) -> Verdict | None:
    """At which epoch the metric was best, where more of them made it worse beyond luck.

    Where they did so more often than not, and it may be luck, that is said which follows for the ranking.
    """
    if run.metric.value == "best":
        return None
    apart = longest_first(run.results, run.metric)
    lengths = sorted({result.epochs for result in run.results if result.status == "done"})
    if apart or len(lengths) == 1:
        surely = next((length for length in lengths if _worse_at(run, length, lengths)), None)
        if surely is not None and (said := _best_epochs(run, surely)):
            order = "; those trained for longer rank first" if apart else ""
            return Verdict(
                "worsening",
                f"{said}: {_remedies(run)}{order}",
                f"hpsearch refine {run.folder.argument} --set search.value=best",
            )
    if not apart:
        return None
    return Verdict(
        "worsening",
        f"those trained for longer rank first: more of them got worse than better in {run.metric} when they were "
        f"trained on, perhaps by chance",
        "",
    )


def _remedies(run: Run) -> str:
    stops = run.spec.objective.values.get("early_stopping")
    return f"fewer epochs, {'early_stopping, ' if stops == 0 else ''}or search.value: best"


def _worse_at(run: Run, length: Epochs, lengths: Sequence[Epochs]) -> bool:
    """Whether so many epochs are worse than fewer."""
    worse, better = _turns(run, length)
    if chance_of_signs(worse, better) < _CURVES:
        return True
    shorter = max((other for other in lengths if other < length), default=0)
    before = _losses(run, shorter)
    after = {trial: loss for trial, loss in _losses(run, length).items() if trial in before}
    return chance_of_rank_sum(list(after.values()), list(before.values())) < _READINGS


def _turns(run: Run, length: Epochs) -> tuple[int, int]:
    """How many curves of so many epochs were worse at their end than at a third of it, and how many better.

    Of trainings in one go only: no epoch of these decided who was trained on.
    """
    turns = [curve[-1] - curve[math.ceil(_BEFORE * length) - 1] for curve in _in_one_go(run, length)]
    return sum(turn > 0 for turn in turns), sum(turn < 0 for turn in turns)


def _in_one_go(run: Run, length: Epochs) -> Iterator[list[float]]:
    """The losses by epoch of every training from the first epoch to this one."""
    metric = run.metric
    for result in run.results:
        curve = result.curve.get(metric.name, ())
        if result.epochs == len(curve) == length > 1 and result.status == "done":
            yield [metric.loss(value) for value in curve]


def _losses(run: Run, length: Epochs) -> Mapping[int, float]:
    """Of each trial in the search itself, after so many epochs."""
    metric = run.metric
    return {
        result.trial: metric.loss(result.metrics[metric.name])
        for result in run.results
        if result.epochs == length and result.status == "done" and not result.replicate
    }


def _best_epochs(run: Run, length: Epochs) -> str:
    """`val loss was best at epoch 1 in 18 of 20 trials that ...`; empty where they have no such epoch in common."""
    metric, found = run.metric, list[Epochs]()
    for standing in run.ranked:
        curve = run.curves(standing.trial.number).get(metric.name, {})
        if standing.epochs >= length and len(curve) > 1:
            found.append(min(sorted(curve), key=lambda epoch: metric.loss(curve[epoch])))
    by = sorted(found)[math.ceil(_MOST * len(found)) - 1] if found else length
    if by >= length:
        return ""
    often = sum(epoch <= by for epoch in found)
    more = "" if length == run.epochs else " or more"
    return (
        f"{metric} was best {'at epoch 1' if by == 1 else f'by epoch {by}'} in {often} of {len(found)} trials that "
        f"were trained for {length} epochs{more}"
    )
