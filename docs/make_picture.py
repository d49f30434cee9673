"""Write the pictures of the README, docs/check.svg and docs/parameters.svg, as hpsearch draws them:

python docs/make_picture.py
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import hpsearch
from hpsearch.actions.check import pictured
from hpsearch.actions.report import charts
from hpsearch.core.randomness import Streams
from hpsearch.engine.plan import Plan
from hpsearch.reporting.picture.svg import svg
from hpsearch.runs import RunFolder
from hpsearch.samplers import SAMPLERS
from hpsearch.space import Log, OneMinusLog, Real, Space

HERE = Path(__file__).parent
TRIALS = 16


def checked() -> str:
    """What `hpsearch check --picture` draws of a small search."""
    space = Space([Real("lr", Log(1e-4, 1)), Real("momentum", OneMinusLog(0.9, 0.999))])
    plan = Plan(space, SAMPLERS["random"].from_settings({}, TRIALS), Streams(0), TRIALS)
    return svg(pictured("a search", plan, "random"))


def searched() -> str:
    """What `hpsearch report --png` draws of the parameters of the tutorial's search, which is run for it."""
    tutorial = (HERE / "tutorial.md").read_text(encoding="utf-8")
    (config,) = re.findall(r"^```yaml\n# config.yaml\n(.*?)^```", tutorial, re.MULTILINE | re.DOTALL)
    with tempfile.TemporaryDirectory() as place:
        file, runs = Path(place, "first.yaml"), Path(place, "runs")
        file.write_text(f"{config}dispatch: {{executor: serial}}\n", encoding="utf-8")
        hpsearch.search(file, runs_dir=runs, progress=False)
        return svg(charts(RunFolder.existing(runs, "first"))["parameters"])


PICTURES = {"check.svg": checked, "parameters.svg": searched}

if __name__ == "__main__":
    for name, picture in PICTURES.items():
        (HERE / name).write_text(picture(), encoding="utf-8", newline="\n")
