"""How much of a space its requirements leave, and that a search finds something there."""

from __future__ import annotations

from hpsearch.config import Spec
from hpsearch.config.messages import got
from hpsearch.config.origins import Finding
from hpsearch.core.errors import SpecError
from hpsearch.engine.plan import Plan
from hpsearch.samplers import Tried
from hpsearch.samplers.sampler import Bounded
from hpsearch.space.requirements import Left


def remaining(spec: Spec, plan: Plan) -> Left:
    """What the requirements of `spec` leave of the space of `plan`.

    Raises:
        SpecError: nothing, or too little to be found.
    """
    left = Left.of(plan.space)
    findings = [
        Finding(("require", index), f"{_too_little(left, left.by_requirement[text])}{got(text)}")
        for index, text in enumerate(spec.require)
        if not left.suffices(left.by_requirement[text])
    ]
    if not findings and not left.suffices(left.kept):
        findings = [Finding(("require",), f"{_too_little(left, left.kept)}{got(list(spec.require))}")]
    if not findings and isinstance(plan.sampler, Bounded) and plan.sampler.left(plan.space, Tried()) == 0:
        rule = f"leaves no point of the {spec.search.sampler}; give more trials, or another sampler"
        findings = [Finding(("require",), f"{rule}{got(list(spec.require))}", (("search", "sampler"),))]
    if findings:
        raise SpecError(spec.source.problems(findings))
    return left


def _too_little(left: Left, kept: int) -> str:
    drawn = "" if left.every else "random "
    leaves = f"{kept or 'nothing'} of {left.looked_at} {drawn}combinations of the space"
    return f"leaves {leaves}; relax it, or narrow the ranges to where it holds"


def told(left: Left) -> str:
    """What is left, in words; each requirement by itself where there are several."""
    drawn = "" if left.every else "random "
    lines = [
        f"require leaves {_percent(left.share)} of the space: {left.kept} of {left.looked_at} {drawn}combinations"
    ]
    if len(left.by_requirement) > 1:
        width = max(map(len, left.shares))
        lines += [f"  {text:<{width}}  {_percent(share):>7}" for text, share in left.shares.items()]
    return "\n".join(lines)


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
