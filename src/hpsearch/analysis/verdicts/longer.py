"""Whether longer training would pay: where the curve of the best still rises at its end. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from hpsearch.analysis.extrapolation import Curve
from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Epochs
from hpsearch.core.verdict import Verdict
from hpsearch.engine.run import Run

#: The part of a training that tells of its end: what came before this share of it is left out.
_FROM = 0.25
#: Fewer epochs than this are no curve.
_FEWEST = 8
#: Training so many times as long is looked at: it must pay at either, and so probably.
_LONGER = (2, 3)
_SURE = 0.9
#: Less than this share of what the curve has gained so far is not worth as much training again.
_WORTH = 0.01


def longer(run: Run) -> Verdict | None:
    """Whether training the best two and three times as long would raise it by more than the noise of its curve.

    Forms that learning curves have are fitted to the end of its curve, the mean over its seeds; each counts by
    how well it fits. Where the learning rate follows a schedule, a curve says nothing of a longer one; nor
    does that of code which counts epochs that it is not told of, and so could not be told of more.
    """
    best = run.best
    if best is None or run.epochs == 1 or best.epochs < run.epochs or _scheduled(run):
        return None
    if not run.spec.objective.trains_as_told:
        return None
    curve = _curve(run, best.trial.number)
    if curve is None:
        return None
    rng = Streams(run.spec.seed).generator("verdict")
    gains = [curve.gains(times, rng) for times in _LONGER]
    worth = max(curve.noise, _WORTH * float(np.ptp(curve.losses)))
    if min((gain > worth).mean() for gain in gains) < _SURE:
        return None
    low, high = _within(run, np.quantile(gains[-1], (0.05, 0.95)).tolist())
    epochs = _LONGER[-1] * run.epochs
    return Verdict(
        "longer",
        f"longer training would pay: the {run.metric} of the best still improves at its end and has {low:.2g} to "
        f"{high:.2g} to gain from {epochs} epochs instead of {run.epochs}; the noise of its curve is {worth:.2g}",
        f"hpsearch refine {run.folder.argument} --set objective.epochs={epochs}",
    )


def _within(run: Run, gains: list[float]) -> list[float]:
    """Gains of the best as far as there is room for them: a share is at most 1."""
    assert run.best is not None
    value = run.best.value(run.metric)
    return [min(gain, 1 - value) for gain in gains] if run.metric.is_share(value) else gains


def _scheduled(run: Run) -> bool:
    """Whether the learning rate of the best depends on how long its training is to be."""
    assert run.best is not None
    fixed = run.spec.objective.values.get("lr_schedule", "constant")
    return run.best.trial.config.get("lr_schedule", fixed) != "constant"


def _curve(run: Run, trial: int) -> Curve | None:
    """The end of a trial's curve, the mean over its seeds; None where it is none."""
    name = run.metric.name
    seeds = [run.curves(trial).get(name, {}), *_again(run, trial)]
    known = [epochs for epochs in sorted(seeds[0]) if epochs > _FROM * run.epochs and _finite(seeds, epochs)]
    if len(known) < _FEWEST or known[-1] < run.epochs:
        return None
    losses = [run.metric.sign * math.fsum(seed[epochs] for seed in seeds) / len(seeds) for epochs in known]
    return Curve(np.array(known, dtype=np.float64), np.array(losses), len(seeds))


def _again(run: Run, trial: int) -> Iterator[dict[Epochs, float]]:
    """The whole curves of a trial with other seeds: epoch -> value."""
    for result in run.by_trial[trial]:
        curve = result.curve.get(run.metric.name, ())
        if result.replicate and result.status == "done" and len(curve) == run.epochs:
            yield dict(enumerate(curve, start=1))


def _finite(seeds: Sequence[Mapping[Epochs, float]], epochs: Epochs) -> bool:
    return all(math.isfinite(seed.get(epochs, math.nan)) for seed in seeds)
