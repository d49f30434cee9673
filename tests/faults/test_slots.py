"""Trials that run at the same time have their slots to themselves, and a slot is no part of what comes out."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Hpsearch
from tests.faults.conftest import results

#: Each card is a file that whoever runs on it has locked. Every tenth trial is killed the first time.
SCRIPT = """\
import fcntl, os, signal, sys, time
_, x, seed, trial, folder = sys.argv
name = os.environ.get("CUDA_VISIBLE_DEVICES")
card = open("card-" + str(name), "a")
try:
    fcntl.flock(card, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    print("collided: 1")
card.write(os.environ["HPSEARCH_SLOT"] + os.linesep)
card.flush()
if int(trial) % 10 == 9 and not os.path.exists(os.path.join(folder, "killed")):
    open(os.path.join(folder, "killed"), "w").close()
    os.kill(os.getpid(), signal.SIGKILL)
time.sleep(0.05 if name else 0)
print("score:", float(x) + int(seed) % 1000)
"""
CONFIG = f"""\
objective:
  kind: command
  command: ['{sys.executable}', -I, -S, script.py, "{{x}}", "{{seed}}", "{{trial}}", "{{checkpoint}}"]
space: {{x: {{scale: linear, low: 0, high: 1}}}}
search: {{sampler: random, trials: 50}}
"""


@pytest.mark.skipif(sys.platform == "win32", reason="it needs locks of files")
def test_no_two_of_fifty_trials_are_on_a_card_at_the_same_time(
    folder: Path, hpsearch: Hpsearch, real_hpsearch: Hpsearch
) -> None:
    (folder / "script.py").write_text(SCRIPT)
    (folder / "config.yaml").write_text(CONFIG)
    ended = real_hpsearch("run", "config.yaml", "--set", "dispatch.gpus=[0, 1, 2, 3]", "--set", "name=cards")
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.count("the command was killed by SIGKILL") == 5
    found = results(folder / "runs/cards")
    assert [result.trial for result in found if "collided" in result.metrics] == []
    on_cards = [(folder / f"card-{card}").read_text().split() for card in range(4)]
    assert [set(slots) for slots in on_cards] == [{"0"}, {"1"}, {"2"}, {"3"}]
    assert sum(map(len, on_cards)) == 55

    alone = hpsearch("run", "config.yaml", "--executor", "serial", "--set", "name=alone")
    assert alone.returncode == 0, alone.stderr
    written = [(folder / "runs" / name / "results.csv").read_bytes() for name in ("cards", "alone")]
    assert written[0] == written[1]
