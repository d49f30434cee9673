"""The files for continuous integration: their steps are run as a runner does, in a folder as it is checked out."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from hpsearch.actions.init.ci import SERVICES
from tests.cli.conftest import Hpsearch

CONFIG = """\
name: small
objective: {kind: python, function: "fit.py:fit"}
space:
  x: {scale: linear, low: 0, high: 1}
search: {trials: 3, metric: score, goal: maximize}
dispatch: {executor: serial}
"""
FIT = "def fit(x):\n    return x\n"
#: How each runs the commands of a step.
SHELL = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]


def of_github(file: Any) -> list[str]:
    (job,) = file["jobs"].values()
    return [step["run"] for step in job["steps"] if "run" in step]


def of_gitlab(file: Any) -> list[str]:
    return ["\n".join(file["hyperparameter-search"]["script"])]


STEPS: dict[str, Callable[[Any], list[str]]] = {"github": of_github, "gitlab": of_gitlab}
LEFT = {"github": {"hpsearch.xml"}, "gitlab": {"hpsearch.xml", "hpsearch.md", "hpsearch.txt"}}


def stand_ins(folder: Path) -> Path:
    """Programs as a runner has them: hpsearch, and a pip that only says what it was to install."""
    programs = folder / "bin"
    programs.mkdir()
    for name, line in (
        ("hpsearch", f'exec "{sys.executable}" -m hpsearch "$@"'),
        ("python", f'echo "$@" >> "{folder}/installed"'),
    ):
        (programs / name).write_text(f"#!/bin/sh\n{line}\n")
        (programs / name).chmod(0o755)
    return programs


@pytest.mark.parametrize("service", SERVICES)
def test_the_steps_of_a_file_do_what_they_say(service: str, folder: Path, hpsearch: Hpsearch) -> None:
    (folder / "config.yaml").unlink()
    (folder / "sub dir").mkdir()
    (folder / "sub dir" / "it's: #1.yaml").write_text(CONFIG)
    (folder / "sub dir" / "fit.py").write_text(FIT)
    ended = hpsearch("init", "-o", "sub dir/it's: #1.yaml", "--ci", service)
    assert ended.returncode == 0, ended.stderr
    path = folder / SERVICES[service].path
    assert ended.stderr.startswith(f"written: {SERVICES[service].path}; commit it")
    file = yaml.safe_load(path.read_text())
    before = {found.name for found in folder.iterdir()}
    environment = os.environ | {"PATH": f"{stand_ins(folder)}{os.pathsep}{os.environ['PATH']}"}
    for step in STEPS[service](file):
        ran = subprocess.run([*SHELL, step], cwd=folder, env=environment, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
    assert (folder / "installed").read_text() == "-m pip install hpsearch\n"
    left = {found.name for found in folder.iterdir()} - before - {"bin", "installed"}
    assert left == LEFT[service] | {"runs"}
    assert 'tests="2" failures="0" errors="0"' in (folder / "hpsearch.xml").read_text()


@pytest.mark.parametrize("service", SERVICES)
def test_the_page_shows_the_file_as_it_is_written(service: str) -> None:
    page = Path(__file__).parents[2] / "docs" / "ci.md"
    text = SERVICES[service].text(Path("config.yaml"), "hpsearch")
    assert f"`{SERVICES[service].path}`:\n\n```yaml\n{text}```\n" in page.read_text(encoding="utf-8")


def test_what_is_kept_is_what_the_steps_write(folder: Path, hpsearch: Hpsearch) -> None:
    assert hpsearch("init", "--ci", "gitlab").returncode == 0
    artifacts = yaml.safe_load((folder / ".gitlab-ci.yml").read_text())["hyperparameter-search"]["artifacts"]
    assert {*artifacts["reports"].values(), *artifacts["paths"]} == LEFT["gitlab"] | {"runs/"}
    assert hpsearch("init", "--ci", "github").returncode == 0
    (job,) = yaml.safe_load((folder / ".github/workflows/hpsearch.yml").read_text())["jobs"].values()
    assert set(job["steps"][-1]["with"]["path"].split()) == LEFT["github"] | {"runs/"}


def test_a_configuration_is_written_too_where_there_is_none(folder: Path, hpsearch: Hpsearch) -> None:
    (folder / "t.csv").write_text("a,b\n" + "".join(f"{n},{n % 2}\n" for n in range(60)))
    ended = hpsearch("init", "t.csv", "-o", "new.yaml", "--ci", "github")
    assert ended.returncode == 0, ended.stderr
    assert [line.split(";")[0] for line in ended.stderr.splitlines()] == [
        "written: new.yaml",
        "written: .github/workflows/hpsearch.yml",
    ]
    text = (folder / ".github/workflows/hpsearch.yml").read_text()
    assert "hpsearch run new.yaml " in text
    assert "pip install 'hpsearch[tabular]'" in text


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--ci", "gitlab"), ".gitlab-ci.yml: exists, and is never written over; move it away"),
        (
            ("digits.csv", "--ci", "github"),
            "config.yaml: exists, and is never written over; give another name",
        ),
        (("--ci", "jenkins"), "must be one of github, gitlab (got 'jenkins')"),
        (("-o", "a\nb.yaml", "--ci", "github"), "'a\\nb.yaml': has letters that no line"),
    ],
)
def test_nothing_is_written_over(args: tuple[str, ...], words: str, folder: Path, hpsearch: Hpsearch) -> None:
    (folder / ".gitlab-ci.yml").write_text("mine")
    (folder / "a\nb.yaml").write_text(CONFIG)
    ended = hpsearch("init", *args)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert words in ended.stderr
    assert (folder / ".gitlab-ci.yml").read_text() == "mine"
    assert not (folder / ".github").exists()
