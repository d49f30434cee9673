"""Whether training again with other seeds has said anything. Pure."""

from __future__ import annotations

from hpsearch.core.verdict import Verdict
from hpsearch.engine.run import Run


def seeds(run: Run) -> Verdict | None:
    """That other seeds changed nothing, to the bit: a spread of nothing would look like certainty."""
    if not run.seedless:
        return None
    return Verdict(
        "seeds",
        "trained again with another seed, the best gave the same to the bit: the objective does not use its seed, "
        "and nothing was confirmed (search.confirm: off saves these trainings)",
        "",
    )
