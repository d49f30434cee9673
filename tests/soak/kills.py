"""Searches killed with SIGKILL at random moments, again and again, and resumed with 1, 2 and 4 workers.

    python tests/soak/kills.py --coordinator 300 --workers 100

kills the searching process so many times and its workers so many times, over searches of the kinds mlp, python and
command, and checks after each kill that every record that was complete is still there, and after each search that
none is there twice and that results.csv has the same bytes as that of a search nobody disturbed.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Protocol

import psutil

from hpsearch.engine.run import Run
from hpsearch.runs import RunFolder

#: So many workers are killed at most before something new is recorded.
PATIENCE = 4
KINDS = ("mlp", "python", "command")
MLP = """\
name: soak
objective: {kind: mlp, dataset: digits, hidden: [16], batch_size: 64, epochs: 4}
space:
  lr: {scale: log, low: 1e-3, high: 1}
  momentum: {scale: one_minus_log, low: 0.5, high: 0.99}
  activation: {choices: [relu, tanh]}
search: {trials: 20, round_size: 4, halving: {eta: 2, min_epochs: 1}, confirm: {top: 2, seeds: 2}}
"""
OWN = """\
name: soak
objective: {OBJECTIVE, epochs: 4}
space:
  lr: {scale: log, low: 1e-3, high: 1}
  width: {scale: linear, type: int, low: 1, high: 9}
search: {trials: 20, round_size: 4, halving: {eta: 2, min_epochs: 1}, confirm: {top: 2, seeds: 2}}
"""
PYTHON = OWN.replace("OBJECTIVE", 'kind: python, function: "train.py:train"')
COMMAND = OWN.replace("OBJECTIVE", 'kind: command, command: [sh, train.sh, "{lr}", "{width}", "{epochs}"]')
#: Both keep what they have seen in their checkpoint folder, epoch by epoch, and go on from there however they
#: ended: a state that is lost or mixed up shows.
FUNCTION = """\
import os, pathlib, time
def train(lr, width, epochs, seed, checkpoint):
    state, own = pathlib.Path(checkpoint, "state"), f"{lr} {width} {seed}"
    seen = state.read_text().splitlines() if state.exists() else []
    while len(seen) < epochs:
        time.sleep(0.02)
        seen.append(own)
        state.with_suffix(".new").write_text("\\n".join(seen))
        os.replace(state.with_suffix(".new"), state)
    return {"score": lr * width / epochs + seen.count(own) + seed % 5}
"""
SCRIPT = """\
state=$HPSEARCH_CHECKPOINT/state own="$1 $2 $HPSEARCH_SEED"
touch "$state"
while [ "$(wc -l < "$state")" -lt "$3" ]; do
  sleep 0.02
  { cat "$state"; echo "$own"; } > "$state.new"
  mv "$state.new" "$state"
done
echo "score: $1$2"
echo "seen=$(grep -cxF "$own" "$state")"
"""


@dataclass(slots=True)
class Figures:
    """What was done and what was found."""

    kills: int = 0
    searches: int = 0
    records: int = 0
    lost: int = 0
    twice: int = 0
    different: int = 0
    seconds: float = 0.0

    @property
    def sound(self) -> bool:
        """Whether nothing was lost, doubled or changed."""
        return not (self.lost or self.twice or self.different)

    def __str__(self) -> str:
        return (
            f"{self.kills} kills in {self.searches} searches, {self.seconds:.0f} s: {self.records} records, "
            f"{self.lost} losses, {self.twice} twice, {self.different} results.csv that differ"
        )


class Process(Protocol):
    """What is asked of a process that searches."""

    pid: int

    def poll(self) -> int | None:
        """How it ended; None while it goes on."""

    def wait(self, timeout: float | None = None) -> int:
        """How it ended."""

    def kill(self) -> None:
        """Kill it."""


def as_users_do(folder: Path, *args: str) -> Process:
    """`hpsearch ARGS` in `folder`, going on."""
    return subprocess.Popen(
        [sys.executable, "-m", "hpsearch", *args],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


@dataclass(slots=True)
class Soak:
    """Searches of one kind, in a folder of its own; `begin` starts what is to be killed."""

    kind: str
    folder: Path
    random: random.Random
    begin: Callable[..., Process] = as_users_do
    figures: Figures = field(default_factory=Figures)
    expected: bytes = b""
    name: str = ""
    number: int = 0

    def prepare(self) -> None:
        """Write the search, and conduct it once without any trouble."""
        (self.folder / "config.yaml").write_text(
            {"mlp": MLP, "python": PYTHON, "command": COMMAND}[self.kind]
        )
        (self.folder / "train.py").write_text(FUNCTION)
        (self.folder / "train.sh").write_text(SCRIPT)
        self.name = "calm"
        assert self.start(2).wait() == 0
        self.expected = self.results

    @property
    def run(self) -> Path:
        """The folder of the present search."""
        return self.folder / "runs" / self.name

    @property
    def results(self) -> bytes:
        """Its results.csv."""
        return (self.run / "results.csv").read_bytes()

    def journal(self) -> bytes:
        """The complete lines of its journal."""
        path = self.run / "journal.jsonl"
        content = path.read_bytes() if path.exists() else b""
        return content[: content.rfind(b"\n") + 1]

    def start(self, workers: int, *more: str) -> Process:
        """Start or continue the present search."""
        name = ("--set", f"name={self.name}")
        return self.begin(
            self.folder, "run", "config.yaml", "--resume", "-q", *name, "--workers", str(workers), *more
        )

    # -- the searching process --------------------------------------------------------------------------

    def kill_coordinators(self, kills: int) -> None:
        """Kill searches until there were so many kills, and bring the last one to its end."""
        begun, workers = time.monotonic(), cycle((1, 2, 4))
        while self.figures.kills < kills:
            self._new_search()
            while self.figures.kills < kills and self._killed(next(workers)):
                pass
            before = self.journal()
            assert self.start(next(workers)).wait(300) == 0
            self._compare(before)
            self._judge()
        self.figures.seconds += time.monotonic() - begun

    def _killed(self, workers: int) -> bool:
        """Kill the search once; False if it came to its end before."""
        before = self.journal()
        process = self.start(workers)
        moment = self.random.random()
        if moment < 0.7:  # while it works; else at any moment, its start included
            while process.poll() is None and not (
                self.journal() != before and (moment < 0.4 or self._goes_on())
            ):
                time.sleep(0.002)
            time.sleep(self.random.uniform(0, 0.3 if moment < 0.4 else 0.06))
        else:
            time.sleep(self.random.uniform(0, 1.5))
        if b'"kind":"end"' in self.journal():
            process.wait(300)
            return False
        process.kill()
        process.wait()
        self.figures.kills += 1
        self._compare(before)
        return True

    def _goes_on(self) -> bool:
        """Whether the last round has a trial that goes on from a rung below."""
        rounds = [line for line in self.journal().splitlines() if b'"kind":"round"' in line]
        return bool(rounds) and b'"start":' in rounds[-1]

    # -- its workers --------------------------------------------------------------------------------------

    def kill_workers(self, kills: int) -> None:
        """Kill workers of searches that go on, until there were so many kills."""
        begun, workers = time.monotonic(), cycle((2, 4, 1))
        while self.figures.kills < kills:
            self._new_search()
            process = self.start(next(workers), "--set", "dispatch.retries=10")
            while process.poll() is None and self.figures.kills < kills:
                self._kill_some(process, min(PATIENCE, kills - self.figures.kills))
            before = self.journal()
            assert process.wait(300) == 0
            self._compare(before)
            self._judge()
        self.figures.seconds += time.monotonic() - begun

    def _kill_some(self, process: Process, kills: int) -> None:
        """Kill workers, and wait for the next record: a trial that dies ten times has crashed, and that counts."""
        before = self.journal()
        for _ in range(kills):
            time.sleep(self.random.uniform(0, 0.2))
            self._kill_worker(process.pid)
        while process.poll() is None and self.journal() == before:
            time.sleep(0.01)

    def _kill_worker(self, coordinator: int) -> None:
        before = self.journal()
        try:
            # The workers are the children of the server that they are forked from.
            found = psutil.Process(coordinator).children(recursive=True)
            self.random.choice([worker for worker in found if is_worker(worker, coordinator)]).kill()
        except (psutil.Error, IndexError):
            return
        self.figures.kills += 1
        self._compare(before)

    # -- judging ------------------------------------------------------------------------------------------

    def _new_search(self) -> None:
        self.figures.searches += 1
        self.number += 1
        self.name = f"search{self.number}"

    def _compare(self, before: bytes) -> None:
        if not self.journal().startswith(before):
            self.figures.lost += 1

    def _judge(self) -> None:
        """Compare the search, which has ended, with the one that nobody disturbed."""
        keys = [result.key for result in Run.read(RunFolder(self.run)).results]
        self.figures.records += self.journal().count(b"\n")
        self.figures.twice += len(keys) - len(set(keys))
        self.figures.different += self.results != self.expected


def is_worker(process: psutil.Process, coordinator: int) -> bool:
    """Whether it is a process that trains."""
    server = process.parent()
    return server is not None and server.ppid() == coordinator and "forkserver" in " ".join(process.cmdline())


def soaks(folder: Path, seed: int) -> Iterator[Soak]:
    """One for each kind."""
    for kind in KINDS:
        place = folder / kind
        place.mkdir()
        soak = Soak(kind, place, random.Random(f"{seed} {kind}"))
        soak.prepare()
        yield soak


def main() -> int:
    """Kill as often as asked; the exit status says whether everything held."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--coordinator", type=int, default=300, help="kills of the searching process")
    parser.add_argument("--workers", type=int, default=100, help="kills of worker processes")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    sound = True
    with tempfile.TemporaryDirectory(prefix="hpsearch-soak-") as folder:
        for soak in soaks(Path(folder), args.seed):
            for what, kills in (("coordinator", args.coordinator), ("workers", args.workers)):
                soak.figures = Figures()
                share = kills // len(KINDS) + (soak.kind == KINDS[0]) * (kills % len(KINDS))
                (soak.kill_coordinators if what == "coordinator" else soak.kill_workers)(share)
                sys.stdout.write(f"{soak.kind}, {what}: {soak.figures}\n")
                sys.stdout.flush()
                sound = sound and soak.figures.sound
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
