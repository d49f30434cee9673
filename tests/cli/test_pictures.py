"""`--picture`: from the command to the file, and to plots of characters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpsearch.objectives.network.single import Single
from tests.cli.conftest import Hpsearch
from tests.reporting.pictured import texts

#: There is no data to read.
OWN = """\
name: small
objective: {kind: command, command: [echo, "{lr}", "{momentum}"]}
space:
  lr: {scale: log, low: 1e-3, high: 1}
  momentum: {scale: one_minus_log, low: 0.5, high: 0.99}
search: {trials: 14, metric: acc}
"""


def test_check_draws_random_beside_grid_and_the_scales(hpsearch: Hpsearch, folder: Path) -> None:
    (folder / "config.yaml").write_text(OWN)
    done = hpsearch("check", "config.yaml", "--picture", "c.svg", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["trials"] == 14
    assert done.stderr.startswith("written: c.svg\n")
    told = texts((folder / "c.svg").read_text(encoding="utf-8"))
    assert {
        "What small would try",
        "grid, 12 trials",
        "random, 14 trials",
    } <= set(told)
    here = hpsearch("check", "config.yaml", "--picture", "-")
    assert here.stdout.startswith("What small would try\n")
    assert "grid, 12 trials" in here.stdout
    assert "what coarse_to_fine tries" not in here.stdout
    for given, message in (
        (["c.svg"], "c.svg: exists; replace it with --overwrite"),
        (["c.jpg"], "must end in .svg or .png"),
        (["-", "--json"], "cannot be printed beside the document of --json"),
    ):
        refused = hpsearch("check", "config.yaml", "--picture", *given)
        assert refused.returncode == 2
        assert message in refused.stderr


def test_train_draws_both_parts_on_one_axis(hpsearch: Hpsearch, folder: Path) -> None:
    done = hpsearch("train", "config.yaml", "--set", "lr=0.1", "--picture", "t.svg", "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    told = texts((folder / "t.svg").read_text(encoding="utf-8"))
    assert {"The training of small", "validation", "training", "loss", "acc", "epoch"} <= set(told)
    here = hpsearch("train", "config.yaml", "--set", "lr=1000", "--quiet", "--picture", "-")
    assert here.returncode == 1  # it diverged, and is seen to
    assert "The training of small" in here.stdout
    refused = hpsearch("train", "config.yaml", "--picture", "nowhere/t.svg")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "there is no folder" in refused.stderr


def test_doctor_draws_what_comes_out_of_each_layer(hpsearch: Hpsearch, folder: Path) -> None:
    layers = ("--set", "hidden=[16, 8]", "--set", "lr=0.1")
    done = hpsearch("doctor", "config.yaml", *layers, "--picture", "d.svg", "--json")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)) == 10
    told = texts((folder / "d.svg").read_text(encoding="utf-8"))
    assert {"The layers of small", "layer 1, 16 units", "layer 2, 8 units"} <= set(told)


def test_report_writes_a_picture_of_each_chart(hpsearch: Hpsearch, folder: Path) -> None:
    pytest.importorskip("resvg_py", reason="resvg-py is not installed: pip install 'hpsearch[png]'")
    (folder / "config.yaml").write_text(OWN.replace("{lr}", "acc={lr}").replace("trials: 14", "trials: 4"))
    assert hpsearch("run", "config.yaml", "--quiet").returncode == 0
    done = hpsearch("report", "small", "--png", "figures")
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("written: figures: progress.png, parameters.png, rounds.png, ")
    made = list((folder / "figures").iterdir())
    assert {path.name for path in made} >= {"progress.png", "heat.png", "parallel.png", "timeline.png"}
    assert all(path.read_bytes()[:4] == b"\x89PNG" for path in made)
    assert not (folder / "small.html").exists()
    here = hpsearch("report", "small", "--png", "-")
    assert here.returncode == 0, here.stderr
    assert here.stdout.startswith("Best so far (small)\n")
    assert max(map(len, here.stdout.splitlines())) <= 80
    assert "All parameters together" not in here.stdout
    refused = hpsearch("report", "small", "--png", "config.yaml")
    assert refused.returncode == 2
    assert "--png config.yaml: must be a folder" in refused.stderr


def test_who_interrupts_a_training_has_its_picture(
    hpsearch: Hpsearch, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(self: Single) -> Iterator[dict[str, float]]:
        yield {"train_loss": 1.0, "val_loss": 2.0}
        raise KeyboardInterrupt

    monkeypatch.setattr(Single, "run", interrupted)
    done = hpsearch("train", "config.yaml", "--picture", "t.svg", "--quiet")
    assert done.returncode == 130
    assert "loss" in texts((folder / "t.svg").read_text(encoding="utf-8"))
