"""How often what hpsearch says of a search is true: hundreds of simulated searches with known functions.

    python benchmarks/verdicts.py --searches 60 --workers 2
    python benchmarks/verdicts.py --only edges importance

Every module of `benchmarks/calibration` measures one statement. The table has a line for each figure: what is said,
in which searches, how many, the share with its 95 % interval (Wilson, 1927), what it must be, and whether it is:
met; short, where that is no chance (5 %, binomial); or unsettled, where more searches would tell. A figure that is
a part of another, of one level of noise for example, has its verdict in brackets and counts by itself. The last
lines count them; the status is 1 where one is short. Some constants of the program were chosen on
seeds below 4,000, others on those from 50,000, 300,000, 900,000, 2,000,000, 3,000,000, 6,000,000, 9,200,000,
39,000,000, 41,000,000 or 43,000,000 on: report from another --first-seed.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})
sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import calibration
from benchmarks.calibration.simulated import Figure, Sample, Verdict
from hpsearch.objectives.network.measures import wilson

_COUNTED: tuple[Verdict, ...] = ("met", "unsettled", "short")
_ROW = "{:<40} {:<60} {:<20} {:<13} {:<13} {}"
_HEAD = _ROW.format("what is said", "in which searches", "seen", "95 %", "must be", "").rstrip()


def measured(only: list[str], searches: Sample) -> Iterator[Figure]:
    """The figures of every module that has some, or of those that are asked for."""
    for found in pkgutil.iter_modules(calibration.__path__):
        module = importlib.import_module(f"{calibration.__name__}.{found.name}")
        if hasattr(module, "figures") and (not only or found.name in only):
            yield from module.figures(searches)


def line(figure: Figure) -> str:
    """A figure as a line of the table."""
    a_share = figure.searches and figure.rare is None  # and no size beside another
    independent = (figure.hits // figure.each, figure.searches // figure.each)
    interval = wilson(*independent) if a_share else None
    around = f"{100 * interval[0]:3.0f} to {100 * interval[1]:3.0f} %" if interval else "            "
    share = f"{100 * figure.share:5.1f} %" if figure.searches else "      -"
    bounds = f"{100 * figure.least:.0f} to {100 * figure.most:.0f} %" if figure.bounded else ""
    verdict = f"({figure.verdict})" if figure.part and figure.verdict else figure.verdict
    seen = f"{figure.hits:>4} of {figure.searches:<4} {share}"
    return _ROW.format(figure.statement, figure.where, seen, around, bounds, verdict).rstrip()


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--searches", type=int, default=200, help="for each figure")
    parser.add_argument("--only", nargs="*", default=[], help="the statements to measure, by their modules")
    parser.add_argument("--first-seed", type=int, default=0, help="of the searches")
    parser.add_argument("--workers", type=int, default=1, help="searches at a time, each in a process")
    asked = parser.parse_args()
    began, whole, parts = time.monotonic(), Counter[Verdict](), Counter[Verdict]()
    print(_HEAD, flush=True)
    for figure in measured(asked.only, Sample(asked.searches, asked.first_seed, asked.workers)):
        print(line(figure), flush=True)
        (parts if figure.part else whole)[figure.verdict] += 1
    minutes = (time.monotonic() - began) / 60
    for name, counted in (("figures", whole), ("parts of them", parts)):
        print(f"{name}: " + ", ".join(f"{counted[verdict]} {verdict}" for verdict in _COUNTED))
    print(f"{asked.searches} searches a figure from seed {asked.first_seed} on, {minutes:.1f} min")
    return 1 if whole["short"] or parts["short"] else 0


if __name__ == "__main__":
    sys.exit(main())
