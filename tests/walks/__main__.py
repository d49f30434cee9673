"""Walks from fresh seeds: `python -m tests.walks --count 500 [--seed S] [--kind search] [--output FOLDER]`.

Prints each kind of failure with the smallest reproduction, which is written to a folder, and a summary. A seed that is
printed draws the same walk again, by the same version of hypothesis.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections import Counter
from pathlib import Path

from tests.walks.kinds import KINDS
from tests.walks.seeds import drawn, walked
from tests.walks.smaller import smallest
from tests.walks.walk import Walk
from tests.walks.walker import Broken


def main() -> int:
    """Walk; 1 if anything failed."""
    asked = _asked()
    kinds = [asked.kind] if asked.kind else list(KINDS)
    failed = False
    for kind in kinds:
        failed = _walk(kind, asked) or failed
    return int(failed)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.walks")
    parser.add_argument("--count", type=int, default=500, help="walks of each kind")
    parser.add_argument(
        "--seed", type=int, default=secrets.randbelow(10**9), help="of the first; default: a fresh one"
    )
    parser.add_argument("--kind", choices=list(KINDS), help="default: every kind")
    parser.add_argument("--output", type=Path, default=Path("walks"), help="where what fails is written")
    parser.add_argument("--as-drawn", action="store_true", help="do not make small what fails")
    return parser.parse_args()


def _walk(kind: str, asked: argparse.Namespace) -> bool:
    seen: Counter[str] = Counter()
    begun = time.monotonic()
    _say(f"{kind}: {asked.count} walks from seed {asked.seed}")
    for number in range(asked.seed, asked.seed + asked.count):
        walk = drawn(KINDS[kind], number)
        for broken in walked(walk):
            seen[broken.kind] += 1
            if seen[broken.kind] == 1:
                found = (walk, broken) if asked.as_drawn else smallest(walk, broken, walked)
                _tell(asked.output / f"{kind}-{number}-{len(seen)}", kind, number, *found)
    _say(f"{kind}: {asked.count} walks in {time.monotonic() - begun:.0f} s, {len(seen)} kinds of failure")
    for failure, count in seen.most_common():
        _say(f"  {count} x {failure}")
    return bool(seen)


def _tell(folder: Path, kind: str, number: int, walk: Walk, broken: Broken) -> None:
    folder.mkdir(parents=True)
    walk.write(folder)
    (folder / "steps").write_text("".join(f"{step}\n" for step in broken.trail), encoding="utf-8")
    _say(f"\n{kind}, seed {number}: {broken.invariant}: {broken.told}")
    _say(f"  {broken.trail[-1] if broken.trail else ''}   in {folder}\n")
    _say((folder / "config.yaml").read_text(encoding="utf-8"))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
