"""Gates: whether a search has what a pipeline asks of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from hpsearch.analysis.noise import Noise, known_noise, pooled
from hpsearch.core.errors import InputError
from hpsearch.core.gate import Gate
from hpsearch.core.metric import Metric
from hpsearch.core.trial import FAILED, Standing
from hpsearch.engine.run import Run

_UNKNOWN = "give a number: --tolerance 0.01"
#: Why a search is not complete, by its ending.
_ENDINGS = {"time": "its time limit was reached", "failures": "too many trials failed"}


class Baseline(Struct, frozen=True):
    """The best of an earlier search.

    Attributes:
        name: how the user called it.
        value: the metric of its best, a mean over so many `seeds`.
        data: the fingerprint of what it was measured on; empty where code of the user's reads that.
        noise: of one reading, as far as that search knows it.
    """

    name: str
    metric: str
    goal: str
    value: float
    seeds: int
    data: str
    noise: Noise | None = None


class Asked(Struct, frozen=True):
    """What a search must have; None asks for nothing.

    Attributes:
        tolerance: by how much it may be worse than the `baseline`; None: by as much as is noise.
    """

    fail_under: float | None = None
    complete: bool = False
    max_failed: int | None = None
    baseline: Baseline | None = None
    tolerance: float | None = None

    @property
    def anything(self) -> bool:
        """Whether there is any gate."""
        limits = (self.fail_under, self.max_failed, self.baseline)
        return self.complete or any(limit is not None for limit in limits)


def refuse_other_metric(baseline: Baseline, metric: Metric) -> None:
    """Raise InputError unless searches that rank by `metric` can be held to the baseline."""
    if (baseline.metric, baseline.goal) != (metric.name, metric.goal):
        raise InputError(
            f"--baseline {baseline.name}: ranks by {baseline.metric}, {baseline.goal}, and this search by "
            f"{metric.name}, {metric.goal}; give one that ranks by the same"
        )


def gates(run: Run, asked: Asked) -> list[Gate]:
    """Each gate that is asked for, in the order of the options."""
    return list(_gates(run, asked))


def _gates(run: Run, asked: Asked) -> Iterator[Gate]:
    if asked.fail_under is not None:
        yield _fail_under(run, asked.fail_under)
    if asked.complete:
        yield _complete(run)
    if asked.max_failed is not None:
        yield _max_failed(run, asked.max_failed)
    if asked.baseline is not None:
        yield _baseline(run, asked.baseline, asked.tolerance)


def _fail_under(run: Run, limit: float) -> Gate:
    best, metric = run.best, run.metric
    if best is None:
        return Gate(
            "fail-under", False, None, limit, f"no trial is done, so none reaches --fail-under {limit:g}"
        )
    value = best.value(metric)
    passed = not metric.is_better(limit, than=value)
    text = f"{_reading(run, best)} is {_side(metric, passed=passed)} --fail-under {limit:g}"
    return Gate("fail-under", passed, value, limit, text)


def _complete(run: Run) -> Gate:
    """A target that was set and reached is an end as well."""
    if run.ending in ("complete", "target"):
        how = ": it has reached its target" if run.ending == "target" else ""
        return Gate("require", True, run.ending, "complete", f"the search is complete{how}")
    why = _ENDINGS.get(run.ending, f"it is {run.state}")
    text = f"the search is not complete, which --require asks for: {why}"
    return Gate("require", False, run.ending or run.state, "complete", text)


def _max_failed(run: Run, most: int) -> Gate:
    count = len({result.trial for result in run.results if result.status in FAILED})
    trials = "1 trial has" if count == 1 else f"{count} trials have"
    text = f"{trials} failed, {'' if count <= most else 'more than '}--max-failed {most}"
    return Gate("max-failed", count <= most, count, most, text)


def _baseline(run: Run, baseline: Baseline, tolerance: float | None) -> Gate:
    best, metric = run.best, run.metric
    refuse_other_metric(baseline, metric)
    if best is None:
        return Gate("baseline", False, None, baseline.value, "no trial is done to compare with --baseline")
    value = best.value(metric)
    if tolerance is None:
        known = _noise(run, baseline)
        if isinstance(known, str):
            text = f"--tolerance noise: cannot be told of {baseline.name}: {known}; {_UNKNOWN}"
            return Gate("baseline", False, value, None, text)
        tolerance, source = known.chance(_seeds(best), baseline.seeds), f"noise ({known.source})"
    else:
        source = "--tolerance"
    limit = baseline.value + metric.sign * tolerance
    passed = not metric.is_better(limit, than=value)
    text = (
        f"{_reading(run, best)} is {_side(metric, passed=passed)} {metric.shown(limit)}: "
        f"{metric.shown(baseline.value)} of {baseline.name} with {tolerance:.2g} for {source}"
    )
    return Gate("baseline", passed, value, limit, text)


def _noise(run: Run, baseline: Baseline) -> Noise | str:
    """That of one reading, or why it is not known."""
    if baseline.data != run.data:
        return "it was measured on other rows, of other data or as another seed divides it"
    found = [noise for noise in (known_noise(run), baseline.noise) if noise]
    return (
        pooled(found) if found else "neither several seeds nor a share of rows tell how noisy the metric is"
    )


def _seeds(best: Standing) -> int:
    return best.confirmed.seeds if best.confirmed else 1


def _reading(run: Run, best: Standing) -> str:
    """`mean val acc of 3 seeds 0.9833`."""
    again = best.confirmed
    what = f"mean {run.metric} of {again.seeds} seeds" if again else str(run.metric)
    return f"{what} {run.metric.shown(best.value(run.metric))}"


def _side(metric: Metric, *, passed: bool) -> str:
    if passed:
        return "not below" if metric.goal == "maximize" else "not above"
    return "below" if metric.goal == "maximize" else "above"
