"""Bad input gets one clear message and its exit status: no traceback, nothing written, nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import SMALL, Hpsearch

BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"

#: (what is replaced in the small config, by what, words of the message)
YAML = {
    "log from 0": ("low: 1e-3", "low: 0", ["config.yaml:4: space.lr.low", "above 0 on a log scale (got 0)"]),
    "log from below": ("low: 1e-3", "low: -1", ["config.yaml:4: space.lr.low", "(got -1)"]),
    "one_minus_log to 1": (
        "high: 0.99",
        "high: 1",
        ["config.yaml:5: space.momentum.high", "below 1", "(got 1)"],
    ),
    "misspelt key": ("trials: 14", "trails: 14", ["config.yaml:7: search.trails", "did you mean 'trials'?"]),
    "misspelt section": ("objective:", "objectve:", ["config.yaml:2", "did you mean 'objective'?"]),
    "misspelt parameter": ("  lr:", "  lrr:", ["config.yaml:4: space.lrr", "did you mean 'lr'?"]),
    "misspelt scale": ("scale: log", "scale: logg", ["config.yaml:4: space.lr.scale", "did you mean 'log'?"]),
    "duplicate key": ("name: small", "name: small\nname: other", ["config.yaml:2", "name"]),
    "low above high": ("low: 1e-3, high: 1", "low: 1, high: 1e-3", ["config.yaml:4: space.lr"]),
    "a text for a number": ("low: 1e-3", "low: tiny", ["config.yaml:4: space.lr.low", "'tiny'"]),
    "unknown data set": ("dataset: digits", "dataset: digit", ["config.yaml:2", "did you mean 'digits'?"]),
    "no such data file": ("dataset: digits", "dataset: ./none.npz", ["none.npz"]),
    "no trials": ("trials: 14", "trials: 0", ["config.yaml:7: search.trials", "(got 0)"]),
    "alias bomb": ("name: small\n", BOMB, ["config.yaml:1", "anchor"]),
    "a tag": ("name: small", "name: !!python/object/apply:os.system [id]", ["config.yaml:1", "tag"]),
    "not YAML": ("name: small", "name: [small", ["config.yaml:"]),
    "two documents": ("name: small", "name: small\n---\nname: other", ["config.yaml:"]),
    "a name that leads elsewhere": ("name: small", "name: ../small", ["config.yaml:1: name"]),
    "infinite": ("high: 1}", "high: .inf}", ["config.yaml:4: space.lr.high"]),
    "no space": (
        SMALL[SMALL.index("space:") : SMALL.index("search:")],
        "space: {}\n",
        ["config.yaml", "space"],
    ),
}


@pytest.mark.parametrize("case", YAML)
def test_a_wrong_file_is_refused_before_anything_runs(case: str, folder: Path, hpsearch: Hpsearch) -> None:
    old, new, words = YAML[case]
    assert old in SMALL
    (folder / "config.yaml").write_text(SMALL.replace(old, new, 1))
    for command in ("run", "check"):
        ended = hpsearch(command, "config.yaml")
        assert ended.returncode == 2, ended.stderr
        assert ended.stdout == ""
        assert "Traceback" not in ended.stderr
        for word in words:
            assert word in ended.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["config.yaml"]


def test_every_mistake_is_reported_at_once(folder: Path, hpsearch: Hpsearch) -> None:
    text = SMALL.replace("low: 1e-3", "low: 0").replace("trials: 14", "trials: 0").replace("relu", "relo")
    (folder / "config.yaml").write_text(text)
    ended = hpsearch("check", "config.yaml")
    lines = ended.stderr.splitlines()
    assert [line.split(": ")[0] for line in lines] == ["config.yaml:4", "config.yaml:6", "config.yaml:7"]


ARGUMENTS = {
    "missing config": (["run", "none.yaml"], 2, ["none.yaml", "no such file"]),
    "a folder as config": (["run", "."], 2, ["folder"]),
    "zero workers": (["run", "config.yaml", "--workers", "0"], 2, ["--workers 0", "(got 0)"]),
    "half a worker": (["run", "config.yaml", "--workers", "1.5"], 2, ["--workers 1.5"]),
    "unknown executor": (["run", "config.yaml", "--executor", "lokal"], 2, ["did you mean 'local'?"]),
    "no trials": (["run", "config.yaml", "--trials", "0"], 2, ["--trials 0"]),
    "time without unit of time": (["run", "config.yaml", "--time-limit", "soon"], 2, ["--time-limit soon"]),
    "unknown key": (["run", "config.yaml", "--set", "search.trails=3"], 2, ["did you mean 'trials'?"]),
    "a bare word": (["run", "config.yaml", "--set", "lr"], 2, ["--set lr", "key=value"]),
    "unknown option": (["run", "config.yaml", "--wrokers", "2"], 2, ["--wrokers", "--workers"]),
    "unknown command": (["rum", "config.yaml"], 2, ["rum"]),
    "contradiction": (["run", "config.yaml", "--resume", "--overwrite"], 2, ["give one of them"]),
    "a bar that is no number": (["run", "config.yaml", "--fail-under", "nan"], 2, ["--fail-under nan"]),
    "a config of another ending": (["run", "config.yml"], 2, ["did you mean 'config.yaml'?"]),
    "unknown run": (["show", "none"], 3, ["no run 'none'", "recorded there: none"]),
    "unknown run to resume": (["resume", "none"], 3, ["no run 'none'"]),
    "top of nothing": (["show", "none", "--top", "0"], 2, ["--top"]),
    "a file for the runs": (["run", "config.yaml", "--runs-dir", "config.yaml"], 3, ["config.yaml"]),
}


@pytest.mark.parametrize("case", ARGUMENTS)
def test_a_wrong_call_is_refused(case: str, folder: Path, hpsearch: Hpsearch) -> None:
    arguments, status, words = ARGUMENTS[case]
    ended = hpsearch(*arguments)
    assert ended.returncode == status, ended.stderr
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr
    for word in words:
        assert word in ended.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["config.yaml"]


def test_an_exponent_is_a_number(folder: Path, hpsearch: Hpsearch) -> None:
    ended = hpsearch("check", "config.yaml", "--set", "space.lr.low=1e-4")
    assert ended.returncode == 0
    assert "log, 0.0001 to 1" in ended.stdout


def test_debug_shows_the_traceback(hpsearch: Hpsearch) -> None:
    ended = hpsearch("run", "none.yaml", "--debug")
    assert ended.returncode == 2
    assert "Traceback" in ended.stderr
