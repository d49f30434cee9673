"""`refine`, `reproduce` and `show --by`, typed as a user types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from hpsearch.engine.run import Run
from hpsearch.runs import RunFolder
from tests.cli.conftest import SMALL, Hpsearch

#: A learning rate that can only be too small, so that the best presses on its upper end.
#: A grid has a trial at that end.
TIMID = """\
name: small
objective: {kind: mlp, dataset: digits, hidden: [16], batch_size: 64, epochs: 4}
space: {lr: {scale: log, low: 1e-4, high: 1e-2}}
search: {sampler: grid, trials: 10, round_size: 5, halving: off, confirm: off}
"""


@pytest.fixture
def timid(folder: Path, hpsearch: Hpsearch) -> Path:
    (folder / "config.yaml").write_text(TIMID)
    ended = hpsearch("run", "config.yaml")
    assert "of its log range [0.0001, 0.01]: widen high to 0.03; over the last fifth val acc" in ended.stderr
    return folder


def test_refine_widens_where_the_best_presses_and_finds_better(timid: Path, hpsearch: Hpsearch) -> None:
    ended = hpsearch("refine", "small", "--top", "3")
    assert ended.returncode == 0, ended.stderr
    assert "-> log [" in ended.stderr
    assert "(widened)" in ended.stderr
    refined = timid / "runs/small-refined"
    written = yaml.safe_load((refined / "config.yaml").read_text())
    assert written["parent"] == "small"
    assert float(written["space"]["lr"]["high"]) == 0.03

    def best(run: Path) -> float:
        return float((run / "results.csv").read_text().splitlines()[1].split(",")[6])

    assert best(refined) > best(timid / "runs/small")
    assert hpsearch("refine", "small", "--dry-run").stdout.startswith("name: small-refined-2")
    header, plain, with_parent = hpsearch("list").stdout.splitlines()
    assert header.split()[-1] == "parent"
    assert with_parent.split()[-1] == plain.split()[0] == "small"


def test_the_parents_results_are_known_and_survive_resuming(timid: Path, hpsearch: Hpsearch) -> None:
    assert hpsearch("refine", "small", "--no-widen", "--trials", "6").returncode == 0
    whole = (timid / "runs/small-refined/results.csv").read_bytes()
    journal = (timid / "runs/small-refined/journal.jsonl").read_text().splitlines()
    assert '"kind":"inherited"' in journal[1]
    known = {tuple(t.config.items()) for t in Run.read(RunFolder(timid / "runs/small")).trials.values()}
    own = [tuple(t.config.items()) for t in Run.read(RunFolder(timid / "runs/small-refined")).trials.values()]
    assert not known & set(own)
    # Cut off everything after the first round, as a kill would, and go on.
    cut = next(n for n, line in enumerate(journal) if '"kind":"result"' in line)
    (timid / "runs/small-refined/journal.jsonl").write_text("\n".join(journal[:cut]) + "\n")
    assert hpsearch("resume", "small-refined").returncode == 0
    assert (timid / "runs/small-refined/results.csv").read_bytes() == whole


def test_a_dry_run_changes_nothing(timid: Path, hpsearch: Hpsearch) -> None:
    before = sorted(path.name for path in (timid / "runs").iterdir())
    ended = hpsearch("refine", "small", "--dry-run")
    assert ended.returncode == 0
    assert yaml.safe_load(ended.stdout)["parent"] == "small"
    (timid / "again.yaml").write_text(ended.stdout)
    assert hpsearch("check", "again.yaml").returncode == 0
    assert sorted(path.name for path in (timid / "runs").iterdir()) == before


def test_refining_what_cannot_be_refined_is_refused(folder: Path, hpsearch: Hpsearch) -> None:
    (folder / "config.yaml").write_text(SMALL.replace("low: 1e-3, high: 1}", "low: 1e5, high: 1e6}"))
    hpsearch("run", "config.yaml", "--trials", "4")
    ended = hpsearch("refine", "small")
    assert ended.returncode == 2
    assert "no trial is done" in ended.stderr
    # With nothing to rank, `show` says why, and where the reasons are.
    empty = hpsearch("show", "small")
    assert (empty.returncode, empty.stdout) == (0, "")
    assert "nothing to rank: 4 trials, of which 4 diverged (trial 0:" in empty.stderr
    assert "hpsearch show small --failed" in empty.stderr
    assert [line.split()[:4] for line in hpsearch("show", "small", "--failed").stdout.splitlines()] == [
        ["trial", "replicate", "epochs", "status"],
        *([str(number), "0", "1", "diverged"] for number in range(4)),
    ]
    assert hpsearch("refine", "none").returncode == 3


def test_top_beyond_the_trials_is_refused(timid: Path, hpsearch: Hpsearch) -> None:
    ended = hpsearch("refine", "small", "--top", "99")
    assert ended.returncode == 2
    assert "--top 99: must be at most 10" in ended.stderr


def test_a_space_with_one_value_left_is_refused(folder: Path, hpsearch: Hpsearch) -> None:
    start, stop = SMALL.index("space:"), SMALL.index("search:")
    only = SMALL[:start] + "space:\n  activation: {choices: [relu, tanh]}\n" + SMALL[stop:]
    (folder / "config.yaml").write_text(only)
    hpsearch("run", "config.yaml")
    ended = hpsearch("refine", "small", "--top", "1")
    assert ended.returncode == 2
    assert "nothing to refine" in ended.stderr


OWN = """\
name: own
objective: {kind: python, function: "train.py:train", timeout: 1m}
space:
  lr: {scale: log, low: 1e-4, high: 1}
  kind: {choices: [a, b]}
  timeout: {choices: [5, 6], when: {kind: [a]}}
search: {trials: 12}
"""


def test_parameters_named_as_settings_of_the_objective_are_refined_too(
    folder: Path, hpsearch: Hpsearch
) -> None:
    (folder / "train.py").write_text(
        "def train(lr, kind, timeout=1):\n    return {'score': (kind == 'a') + timeout, 'odd': float('nan')}\n"
    )
    (folder / "own.yaml").write_text(OWN)
    assert hpsearch("run", "own.yaml").returncode == 0
    ended = hpsearch("refine", "own", "--top", "1")
    assert ended.returncode == 0, ended.stderr
    written = yaml.safe_load((folder / "runs/own-refined/config.yaml").read_text())
    assert written["objective"]["kind"] == "python"
    assert written["space"]["kind"] == "a"
    assert written["space"]["timeout"] == 6
    assert (folder / "runs/own-refined/results.csv").read_text().splitlines()[1].startswith("1,")
    again = hpsearch("reproduce", "own", "0")  # NaN is NaN, though no NaN equals another
    assert again.returncode == 0, again.stderr


def test_a_grid_is_not_told_to_go_on(timid: Path, hpsearch: Hpsearch) -> None:
    assert hpsearch("resume", "small", "--trials", "16").returncode == 2
    ended = hpsearch("run", "config.yaml", "--overwrite")
    assert "refine small" in ended.stderr
    assert "more trials would" not in ended.stderr


def test_reproduce_compares_to_the_bit(folder: Path, hpsearch: Hpsearch) -> None:
    hpsearch("run", "config.yaml")
    for number in (0, 13):
        ended = hpsearch("reproduce", "small", str(number))
        assert ended.returncode == 0, ended.stderr
        assert "reproduced to the bit" in ended.stdout
    assert "has results of trials 0 to 13" in hpsearch("reproduce", "small", "14").stderr
    assert hpsearch("reproduce", "small", "99").returncode == 2


def test_reproduce_tells_what_differs(folder: Path, hpsearch: Hpsearch) -> None:
    hpsearch("run", "config.yaml", "--trials", "4")
    config = folder / "runs/small/config.yaml"
    config.write_text(config.read_text().replace("initializer: he", "initializer: glorot"))
    ended = hpsearch("reproduce", "small", "0")
    assert ended.returncode == 1
    assert "trial 0: not reproduced: train_loss of epoch 1 was" in ended.stderr


def test_show_by_one_parameter(folder: Path, hpsearch: Hpsearch) -> None:
    hpsearch("run", "config.yaml")
    lines = hpsearch("show", "small", "--by", "activation").stdout.splitlines()
    assert [line.split()[0] for line in lines[1:3]] == ["relu", "tanh"]
    parts = json.loads(hpsearch("show", "small", "--by", "lr", "--json").stdout)["by"]["parts"]
    assert [part["values"] for part in parts] == [["0.001 to 0.01"], ["0.01 to 0.1"], ["0.1 to 1"]]
    pairs = hpsearch("show", "small", "--by", "lr,activation").stdout.splitlines()
    assert pairs[0].split() == ["lr", "\\", "activation", "relu", "tanh"]
    assert len(pairs) == 4
    assert "takes one parameter, or two" in hpsearch("show", "small", "--by", "lr,lr").stderr
    ended = hpsearch("show", "small", "--by", "activatoin")
    assert ended.returncode == 2
    assert "did you mean 'activation'?" in ended.stderr
