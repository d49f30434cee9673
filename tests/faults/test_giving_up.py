"""Searches whose trials fail: counted on screen, given up in time, and continued after the cause is mended."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from hpsearch.core.trial import FAILED
from tests.cli.conftest import Hpsearch
from tests.faults.conftest import results

SPACE = "space: {x: {scale: linear, low: 0, high: 1}}\n"
PYTHON = 'objective: {kind: python, function: "train.py:train"}\n' + SPACE
COMMAND = 'objective: {kind: command, command: [sh, train.sh, "{x}"]}\n' + SPACE
#: A round of five networks that no machine trains within a deadline of 0.02 s, and then six small ones.
NETWORK = """\
objective: {kind: mlp, dataset: digits, hidden_layers: 2, hidden_units: 8, batch_size: 1, epochs: 4}
space:
  optimizer: {choices: [sgd, momentum]}
  hidden_units: {choices: [2001, 2002, 2003, 2004, 2005], when: {optimizer: [sgd]}}
  momentum: {choices: [0.5, 0.6, 0.7, 0.8, 0.85, 0.9], when: {optimizer: [momentum]}}
search: {sampler: grid, round_size: 5, halving: off, confirm: off}
"""


def write(folder: Path, kind: str, *, broken: bool) -> None:
    """A search of that kind that cannot work, or the same one mended."""
    if kind == "python":
        body = 'raise ValueError(f"no such data: /data/{x}")' if broken else "return x"
        (folder / "train.py").write_text(f"def train(x):\n    {body}\n")
        (folder / "config.yaml").write_text(PYTHON)
    elif kind == "command":
        body = 'echo "no such data: $1" >&2; exit 3' if broken else 'echo "score: $1"'
        (folder / "train.sh").write_text(body)
        (folder / "config.yaml").write_text(COMMAND)
    else:
        (folder / "config.yaml").write_text(NETWORK)


FIX = {"python": [], "command": [], "mlp": ["--set", "dispatch.timeout=off"]}
WORDS = {
    "python": "the first 5 trials all failed the same way: ValueError: no such data: /data/0.",
    "command": "the first 5 trials all failed the same way: the command ended with exit status 3: no such data: 0.",
    "mlp": "the first 5 trials all failed the same way: ran longer than 0.02 s (trial 0: timeout)",
}


@pytest.mark.parametrize("kind", ["python", "command", "mlp"])
def test_five_alike_are_enough(kind: str, folder: Path, hpsearch: Hpsearch, real_hpsearch: Hpsearch) -> None:
    write(folder, kind, broken=True)
    breaking = ["--set", "dispatch.timeout=0.02"] if kind == "mlp" else []
    args = [*breaking, "--trials", "11", "--workers", "2"]
    ended = real_hpsearch("run", "config.yaml", *args)
    assert ended.returncode == 1
    stopped = ended.stderr.splitlines()[-1]
    assert stopped.startswith(f"stopped: {WORDS[kind]}")
    assert "go on with: hpsearch resume config (" in stopped
    begun = results(folder / "runs/config")
    failed = sum(result.status in FAILED for result in begun)
    assert 5 <= failed <= 8  # what had been begun when the fifth failed may have failed too
    assert "failures" in hpsearch("list").stdout
    write(folder, kind, broken=False)
    mended = hpsearch("resume", "config", *FIX[kind])
    assert mended.returncode == 0, mended.stderr
    found = results(folder / "runs/config")
    assert {result.status for result in found[len(begun) :]} == {"done"}
    assert f"11 trials, of which {failed} " in mended.stderr


def test_what_failed_is_tried_again_once_the_cause_is_mended(folder: Path, hpsearch: Hpsearch) -> None:
    write(folder, "python", broken=False)
    assert hpsearch("run", "config.yaml", "--trials", "8").returncode == 0
    expected = (folder / "runs/config/results.csv").read_bytes()
    write(folder, "python", broken=True)
    given_up = hpsearch("run", "config.yaml", "--overwrite", "--trials", "8")
    assert "--retry-failed tries again what failed" in given_up.stderr
    write(folder, "python", broken=False)
    mended = hpsearch("resume", "config", "--retry-failed")
    assert mended.returncode == 0, mended.stderr
    assert "tried again, because they had failed: " in mended.stderr
    # The eight of the opening follow from no result, so they are those of a search in which nothing failed.
    assert (folder / "runs/config/results.csv").read_bytes() == expected
    assert "failed" not in hpsearch("show", "config").stderr


HALF = "def train(x):\n    assert x < 0.5\n    return x\n"


def test_a_number_of_failures_is_a_limit(folder: Path, hpsearch: Hpsearch, real_hpsearch: Hpsearch) -> None:
    (folder / "train.py").write_text(HALF)
    (folder / "config.yaml").write_text(PYTHON)
    sampler = ["--set", "search.sampler=random", "--trials", "40"]
    ended = real_hpsearch("run", "config.yaml", "--max-failures", "3", *sampler)
    assert ended.returncode == 1
    assert "stopped: 3 trials have failed (max_failures: 3), the last one: AssertionError" in ended.stderr
    assert re.search(r"trials, of which \d failed", ended.stderr)
    # Which trial was one too many follows from the results in the order of the trials.
    alone = hpsearch("run", "config.yaml", "--overwrite", "--max-failures", "3", *sampler)
    assert alone.stderr.splitlines()[-1] == ended.stderr.splitlines()[-1]
    # It counts anew, and without it the search is what it would have been.
    again = hpsearch("resume", "config")
    assert again.returncode == 1
    assert "stopped: 3 trials have failed" in again.stderr
    assert hpsearch("resume", "config", "--max-failures", "off").returncode == 0
    results_csv = (folder / "runs/config/results.csv").read_bytes()
    assert hpsearch("run", "config.yaml", "--overwrite", *sampler).returncode == 0
    assert (folder / "runs/config/results.csv").read_bytes() == results_csv


def test_refine_gives_up_too(folder: Path, hpsearch: Hpsearch) -> None:
    write(folder, "python", broken=False)
    assert hpsearch("run", "config.yaml", "--trials", "8").returncode == 0
    write(folder, "python", broken=True)
    assert "first 5 trials all failed" in hpsearch("refine", "config", "--trials", "20").stderr
    limited = hpsearch("refine", "config", "--trials", "20", "--max-failures", "2")
    assert limited.returncode == 1
    assert "2 trials have failed (max_failures: 2)" in limited.stderr


def test_off_never_gives_up(folder: Path, hpsearch: Hpsearch) -> None:
    write(folder, "python", broken=True)
    ended = hpsearch("run", "config.yaml", "--max-failures", "off", "--trials", "9", "--json")
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["statuses"] == {"failed": 9}
    assert "all 9 trials failed; trial 0: failed: ValueError" in ended.stderr


@pytest.mark.parametrize("wrong", ["0", "-1", "many", "1.5", "true"])
def test_what_is_no_number_of_failures_is_refused(wrong: str, folder: Path, hpsearch: Hpsearch) -> None:
    write(folder, "python", broken=True)
    ended = hpsearch("run", "config.yaml", "--max-failures", wrong)
    assert ended.returncode == 2
    assert "must be auto, off, or a whole number from 1 on" in ended.stderr
