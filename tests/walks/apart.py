"""What only real processes can show: kill -9 of a search with workers, and the same results for any number of them."""

from __future__ import annotations

import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path

from tests.commands import as_process, command
from tests.walks import invariants
from tests.walks.walk import Walk
from tests.walks.walker import Broken, Walker

#: Longer than any of these searches takes, also on a machine that does ten other things.
_PATIENCE = 300


def walked_apart(walk: Walk, place: Path) -> list[Broken]:
    """The search in one process; with two workers and killed as soon as something is recorded; with three to its end."""
    # Which failure is one too many is counted anew when it goes on, and which of several workers reaches a target first
    # is a matter of time.
    search = {name: value for name, value in walk.search.items() if name != "target"} | {
        "max_failures": "off"
    }
    walk = replace(walk, config={**walk.config, "search": search})
    alone, crowd = Walker(walk, place / "alone"), Walker(walk, place / "crowd")
    ran = alone.call("run", "config.yaml", status=(0, 1, 2) if walk.refusable else (0, 1))
    if ran.returncode == 2:  # which walk this is depends on the version of hypothesis
        return alone.broken
    _kill(crowd)
    crowd.trail.append("hpsearch run config.yaml --resume --workers 3")
    ended = as_process(crowd.folder, "run", "config.yaml", "--resume", "--workers", "3", timeout=_PATIENCE)
    for invariant in invariants.ALWAYS:
        crowd.hold(invariant, ("run",), ended)
    for name in ("results.csv", "curves.csv", "best.yaml"):
        wanted, found = (one.run / name for one in (alone, crowd))
        if wanted.exists():
            crowd.hold(invariants.equal_bytes, name, wanted.read_bytes(), found.read_bytes())
    return [*alone.broken, *crowd.broken]


def _kill(walker: Walker) -> None:
    """Kill -9 what has recorded a result, or has ended before."""
    walker.trail.append("hpsearch run config.yaml --workers 2 & sleep 1; kill -9 $!")
    journal, quiet = walker.run / "journal.jsonl", subprocess.DEVNULL
    with subprocess.Popen(
        command("run", "config.yaml", "--workers", "2"), cwd=walker.folder, stdout=quiet, stderr=quiet
    ) as process:
        while process.poll() is None and not (journal.exists() and b'"result"' in journal.read_bytes()):
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
