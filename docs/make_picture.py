"""Write docs/check.svg, the picture of the README: what `hpsearch check --picture` draws of a small search.

python docs/make_picture.py
"""

from __future__ import annotations

from pathlib import Path

from hpsearch.actions.check import pictured
from hpsearch.core.randomness import Streams
from hpsearch.engine.plan import Plan
from hpsearch.reporting.picture.svg import svg
from hpsearch.samplers import SAMPLERS
from hpsearch.space import Log, OneMinusLog, Real, Space

TARGET = Path(__file__).parent / "check.svg"
TRIALS = 16


def picture() -> str:
    """The whole file."""
    space = Space([Real("lr", Log(1e-4, 1)), Real("momentum", OneMinusLog(0.9, 0.999))])
    plan = Plan(space, SAMPLERS["random"].from_settings({}, TRIALS), Streams(0), TRIALS)
    return svg(pictured("a search", plan, "random"))


if __name__ == "__main__":
    TARGET.write_text(picture(), encoding="utf-8", newline="\n")
