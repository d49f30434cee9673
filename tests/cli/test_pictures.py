"""`--picture`: from the command to the file, and to plots of characters."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Hpsearch
from tests.report.pictured import texts

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
