"""`hpsearch export`, as a user has it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from hpsearch.config.yaml.loader import parse_yaml
from tests.cli.conftest import Hpsearch
from tests.commands import here

ODD = """\
name: odd
objective: {kind: python, function: "fit.py:fit"}
space:
  status: {scale: linear, low: 0, high: 1}
  mode: {choices: ["1e-4"]}
  ñ: {scale: linear, type: int, low: 1, high: 9}
search: {trials: 4, metric: "a\\nb", goal: maximize}
"""
FIT = """\
def fit(status, mode, ñ):
    return {"a\\nb": status, "rank": 7, "seconds": 9}
"""


def test_a_run_is_exported(folder: Path, hpsearch: Hpsearch) -> None:
    assert hpsearch("run", "config.yaml", "--trials", "6").returncode == 0
    ended = hpsearch("export", "small", "--to", "json")
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == "written: small-trials.json; 6 trials with their curves\n"
    found = json.loads((folder / "small-trials.json").read_text())
    assert {trial["trial"] for trial in found["trials"]} == set(range(6))
    for args, words in [
        (("--to", "jsn"), "--to jsn: is no format; did you mean 'json'?"),
        (("--to", "json"), "small-trials.json: exists; replace it with --overwrite"),
        (("--to", "csv", "--refit"), "--trial, --best and --refit are for --to model"),
        (("--to", "csv", "-o", "no/such.csv"), "no/such.csv: cannot be written: No such file"),
        (("--to", "model", "-o", "config.yaml"), "config.yaml: exists; replace it with --overwrite"),
    ]:
        ended = hpsearch("export", "small", *args)
        assert ended.returncode == 2
        assert words in ended.stderr
    assert hpsearch("export", "small", "--to", "json", "--overwrite").returncode == 0
    assert hpsearch("export", "none", "--to", "json").returncode == 3
    assert sorted(path.name for path in folder.iterdir()) == ["config.yaml", "runs", "small-trials.json"]


def test_whatever_metrics_and_parameters_are_called(tmp_path: Path) -> None:
    """Like columns, beyond ASCII, with an end of a line: from the search to its files."""
    (tmp_path / "config.yaml").write_text(ODD, encoding="utf-8")
    (tmp_path / "fit.py").write_text(FIT, encoding="utf-8")
    ended = here(tmp_path, "run", "config.yaml", "--executor", "serial")
    assert ended.returncode == 0, ended.stderr
    parameters = ["params_status", "mode", "ñ"]
    metrics = ["a\nb", "metrics_rank", "seconds"]
    own = ["rank", "trial", "round", "status", "epochs"]
    for top in ("1", "4"):
        shown = here(tmp_path, "show", "odd", "--format", "csv", "--top", top).stdout
        assert next(csv.reader(io.StringIO(shown))) == [*own, *metrics, *parameters]
    assert (tmp_path / "runs/odd/results.csv").read_text("utf-8") == shown
    for form in ("csv", "parquet"):
        ended = here(tmp_path, "export", "odd", "--to", form)
        assert ended.returncode == 0, ended.stderr
    with (tmp_path / "odd-trials.csv").open(newline="", encoding="utf-8") as file:
        header, first, *_ = csv.reader(file)
    renamed = ["metrics_seconds" if name == "seconds" else name for name in metrics]
    assert header == [*own, *renamed, *parameters, "seconds", "reason"]
    assert header == pytest.importorskip("polars").read_parquet(tmp_path / "odd-trials.parquet").columns
    row = dict(zip(header, first, strict=True))
    assert (row["rank"], row["metrics_rank"], row["metrics_seconds"], row["mode"]) == (
        "1",
        "7.0",
        "9.0",
        "1e-4",
    )
    best = parse_yaml((tmp_path / "runs/odd/best.yaml").read_text("utf-8"), "best.yaml").data
    assert best == {"status": float(row["params_status"]), "mode": "1e-4", "ñ": int(row["ñ"])}
