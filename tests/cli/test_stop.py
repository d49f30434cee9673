"""`hpsearch stop`: from within a search, which is the process it is told, and from another process."""

from __future__ import annotations

import csv
import json
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Hpsearch
from tests.commands import here, started

#: The second trial stops the last, and is refused the others.
FROM_WITHIN = """\
import json
from pathlib import Path

from hpsearch.actions.stop import stop
from hpsearch.core.errors import HpsearchError
from hpsearch.runs import RunFolder

def train(x):
    if x == 1:
        folder, told = RunFolder(Path("runs/search")), []
        for number in (0, 2, 7):
            try:
                told.append(str(stop(folder, number, wait=0)))
            except HpsearchError as error:
                told.append(str(error))
        Path("told.json").write_text(json.dumps(told))
    return x
"""
FOREVER = """\
import time
from pathlib import Path

def train(x):
    print("so far")
    if x == 0:
        Path("begun").touch()
        time.sleep(600)
    return x
"""
CONFIG = """\
objective: {kind: python, function: train.py:train}
space: {x: {choices: [0, 1, 2]}}
search: {trials: 3, sampler: grid}
"""


@pytest.fixture
def search(folder: Path) -> Path:
    (folder / "search.yaml").write_text(CONFIG)
    return folder


def endings(folder: Path) -> dict[str, str]:
    with (folder / "runs/search/results.csv").open() as file:
        return {row["x"]: row["status"] for row in csv.DictReader(file)}


def test_a_trial_is_stopped_where_a_search_has_it_before_it(search: Path, hpsearch: Hpsearch) -> None:
    (search / "train.py").write_text(FROM_WITHIN)
    ended = hpsearch("run", "search.yaml")
    assert ended.returncode == 0, ended.stderr
    assert endings(search) == {"0": "done", "1": "done", "2": "stopped"}
    assert "3 trials, of which 1 stopped (trial 2: by its user)" in ended.stderr
    assert json.loads((search / "told.json").read_text()) == [
        "trial 0: is not running; hpsearch show search says how it ended",
        "None",
        "trial 7: not in runs/search, which has 3 trials so far",
    ]
    again = hpsearch("resume", "search", "--retry-failed")
    assert again.returncode == 0, again.stderr
    assert endings(search)["2"] == "stopped"
    refused = hpsearch("stop", "search", "2")
    assert refused.returncode == 3
    assert "runs/search: no search is running there, so that there is no trial to end" in refused.stderr


def test_a_function_is_ended_with_its_worker_and_the_search_goes_on(search: Path) -> None:
    (search / "train.py").write_text(FOREVER)
    running = started(search, "run", "search.yaml", "--workers", "1")
    try:
        while not (search / "begun").exists():
            assert running.poll() is None
            time.sleep(0.05)
        told = here(search, "stop", "search", "0")
        said = running.communicate(timeout=60)[1]
    finally:
        running.kill()
    assert running.returncode == 0, said
    assert endings(search) == {"0": "stopped", "1": "done", "2": "done"}
    assert told.returncode == 0
    assert told.stdout == "trial 0: stopped\n" or "trial 0: will be ended" in told.stderr
    assert "so far" in here(search, "show", "search", "--trial", "0").stdout
