"""What a command costs beyond its own time.

    python benchmarks/commands.py [--commands 200] [--rounds 5]

Programs that end at once, one after the other in this process: **plain**, started by `subprocess.run` with its
output read, in a session of its own; **guarded**, as a trial runs it, followed line by line and never left behind;
**trial**, a whole job with its parameters, placeholders, checkpoint folder and log, whose output is read. They take
turns within a round; figures are the medians of the rounds, in milliseconds per command, and what guarded and trial
take beyond plain.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from hpsearch.core.trial import Job, Trial
from hpsearch.objectives.command.process import run
from hpsearch.objectives.command.program import program_of
from hpsearch.objectives.command.reading.streams import Reading
from hpsearch.objectives.command.runner import CommandObjective

PROGRAMS = {"sh": ["sh", "-c", "echo score: 1"], "awk": ["awk", 'BEGIN { print "score:", 1 }']}


def contenders(command: list[str], folder: Path) -> dict[str, Callable[[int], object]]:
    """What is measured; each is given the number of the trial."""
    arguments = [program_of(command[0], folder), *command[1:]]
    objective = CommandObjective(command, ["x"], folder, folder / "run/checkpoints", "score", read=Reading())
    return {
        "plain": lambda _: subprocess.run(
            arguments, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, start_new_session=True
        ),
        "guarded": lambda _: run(arguments, folder, {}, None),
        "trial": lambda number: objective.attempt(Job(Trial(number, 0, {"x": 1}, 0), 1)),
    }


def milliseconds(call: Callable[[int], object], commands: int) -> float:
    """Those of one command."""
    begun = time.perf_counter()
    for number in range(commands):
        call(number)
    return (time.perf_counter() - begun) / commands * 1000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--commands", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    for name, command in PROGRAMS.items():
        with tempfile.TemporaryDirectory() as folder:
            calls = contenders(command, Path(folder))
            found: dict[str, list[float]] = {contender: [] for contender in calls}
            for _ in range(args.rounds):
                for contender, call in calls.items():
                    found[contender].append(milliseconds(call, args.commands))
        medians = {contender: statistics.median(values) for contender, values in found.items()}
        plain = medians["plain"]
        told = ", ".join(f"{which} {value:.2f} ms (+{value - plain:.2f})" for which, value in medians.items())
        sys.stdout.write(f"{name}: {told}\n")


if __name__ == "__main__":
    main()
