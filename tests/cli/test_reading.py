"""What a program prints, from its lines to the files of the run: curves with gaps, the same when resumed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hpsearch.actions.reproduce import compare
from hpsearch.core.trial import Result
from tests.cli.conftest import Hpsearch

#: Prints its metric on standard error, as percents, not in each epoch, and its best beside it.
SCRIPT = """
for epoch in 1 2 3; do
  echo "Epoch $epoch/3" >&2
  [ $epoch = 2 ] || echo "Val Acc - $1.$epoch%, best val acc: 0.9" >&2
done
"""
CONFIG = """\
objective: {kind: command, command: [sh, train.sh, "{n}"], read: {value: best}}
space: {n: {choices: [20, 30]}}
search: {sampler: grid, trials: 2, metric: val_acc}
dispatch: {executor: serial}
"""


@pytest.mark.skipif(os.name == "nt", reason="it needs process groups")
def test_epochs_that_a_program_prints_are_curves_everywhere(folder: Path, hpsearch: Hpsearch) -> None:
    (folder / "train.sh").write_text(SCRIPT)
    (folder / "config.yaml").write_text(CONFIG)
    ended = hpsearch("run", "config.yaml")
    assert (ended.returncode, "Best-1(val acc:0.303) | n:30" in ended.stdout) == (0, True), ended
    run = folder / "runs/config"
    assert (run / "curves.csv").read_text().splitlines() == [
        "trial,replicate,epoch,best_val_acc,val_acc",
        *("0,0,1,0.9,0.201", "0,0,2,nan,nan", "0,0,3,0.9,0.203"),
        *("1,0,1,0.9,0.301", "1,0,2,nan,nan", "1,0,3,0.9,0.303"),
    ]
    shown = hpsearch("show", "config", "--trial", "1").stdout
    assert "3           0.9    0.303" in shown, shown
    before = {name: (run / name).read_bytes() for name in ("results.csv", "curves.csv", "results.txt")}
    assert hpsearch("resume", "config").returncode == 0
    assert {name: (run / name).read_bytes() for name in before} == before
    assert hpsearch("reproduce", "config", "1").returncode == 0


def test_epochs_behind_the_last_training_are_not_compared() -> None:
    last = Result(0, 4, "done", {"acc": 0.5}, {"acc": [0.25, 0.5]})
    whole = Result(0, 4, "done", {"acc": 0.5}, {"acc": [9, 9, 0.25, 0.5]})
    assert compare(last, whole, behind=2) == (3, "")
    other = Result(0, 4, "done", {"acc": 0.5}, {"acc": [9, 9, 0.125, 0.5]})
    assert compare(last, other, behind=2) == (1, "acc of epoch 3 was 0.25, and is 0.125 now")
    assert compare(last, Result(0, 4, "done", {"acc": 0.5}), behind=2)[1].endswith("is not told now")
