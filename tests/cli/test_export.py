"""`hpsearch export`, as a user has it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Hpsearch


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
        (("--to", "csv", "--refit"), "--trial and --refit are for --to model"),
        (("--to", "csv", "-o", "no/such.csv"), "no/such.csv: cannot be written: No such file"),
        (("--to", "model", "-o", "config.yaml"), "config.yaml: exists; replace it with --overwrite"),
    ]:
        ended = hpsearch("export", "small", *args)
        assert ended.returncode == 2
        assert words in ended.stderr
    assert hpsearch("export", "small", "--to", "json", "--overwrite").returncode == 0
    assert hpsearch("export", "none", "--to", "json").returncode == 3
    assert sorted(path.name for path in folder.iterdir()) == ["config.yaml", "runs", "small-trials.json"]
