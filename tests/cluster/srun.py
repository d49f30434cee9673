"""A program that stands for `srun`: so many of what it is given, here, which end when it is told to end."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from hpsearch.executors.srun import meeting
from tests.cluster.hosts import Host

TASKS = 2
#: How often a search and its workers look at what the other has written, in seconds: tests wait for little else.
EVERY = 0.05
_SRUN = """\
#!/bin/sh
while [ "${{1#--}}" != "$1" ]; do shift; done
pids=
for task in $(seq {tasks}); do "$@" & pids="$pids $!"; done
echo $pids > {folder}/workers
trap 'kill $pids; wait; exit 143' TERM
wait
"""


#: Each worker on a machine of its own, as far as one machine can be several: with a network, mounts, a name and a
#: umask of its own. The last has an empty folder where the others see the runs.
_FAR = """\
#!/bin/sh
while [ "${{1#--}}" != "$1" ]; do shift; done
pids= n=0
for net in {nets} none; do
  n=$((n+1)); enter="ip netns exec $net"; hide=; mask=02$n
  if [ $net = none ]; then enter=; hide="mount -t tmpfs none {runs} &&"; fi
  $enter unshare --mount --uts sh -c "hostname machine$n && umask $mask && $hide exec \\"\\$@\\"" sh "$@" &
  pids="$pids $!"
done
echo $pids > {folder}/workers
trap 'kill $pids; wait; exit 143' TERM
wait
"""


def far(folder: Path, hosts: Sequence[Host]) -> None:
    """Have a program in a folder that starts a worker on each of these hosts, and one that sees no run folder."""
    nets = " ".join(host.within[-1] for host in hosts)
    program = folder / "srun"
    program.write_text(_FAR.format(nets=nets, folder=folder, runs=folder / "runs"))
    program.chmod(0o755)


def on_the_path(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str = _SRUN) -> None:
    """Have it in a folder, where it is found before all others; searches of this process look often at workers."""
    program = folder / "srun"
    program.write_text(script.format(tasks=TASKS, folder=folder))
    program.chmod(0o755)
    monkeypatch.setattr(meeting, "EVERY", EVERY)
    monkeypatch.setenv("PATH", os.pathsep.join([str(folder), os.environ["PATH"]]))


def started(folder: Path) -> list[int]:
    """The process ids of its workers."""
    file = folder / "workers"
    return [int(pid) for pid in file.read_text().split()] if file.exists() else []
