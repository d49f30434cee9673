"""What a shell completes, asked as shells ask it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
import typer

from hpsearch.cli import completion
from tests.versions.cases import BEFORE

#: What pip installs as the command.
PROGRAM = "#!{python}\nimport sys\nfrom hpsearch.__main__ import main\nsys.exit(main())\n"
#: A line that ends where somebody asks -> what is offered.
LINES = {
    "hpsearch re": {"resume", "refine", "report", "reproduce"},
    "hpsearch resume --tri": {"--trials"},
    "hpsearch show ": {"digits", "moons"},
    "hpsearch show --runs-dir other ": {"spirals"},
    "hpsearch export digits --to mo": {"model"},
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with the program, two runs, a folder beside them, and a run elsewhere."""
    program = tmp_path / "bin" / "hpsearch"
    program.parent.mkdir()
    program.write_text(PROGRAM.format(python=sys.executable))
    program.chmod(0o755)
    for run in ("runs/digits", "runs/moons", "other/spirals"):
        (tmp_path / run).mkdir(parents=True)
        (tmp_path / run / "journal.jsonl").write_text("x")
    (tmp_path / "runs" / "digits-notes").mkdir()
    return tmp_path


def ran(home: Path, *command: str, **variables: str) -> str:
    """The standard output of a command that has nothing to complain of."""
    path = f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "HOME": str(home), "PATH": path, **variables}
    ended = subprocess.run(
        command, cwd=home, env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert not ended.stderr
    return ended.stdout


@pytest.mark.parametrize("line", ["hpsearch re", "hpsearch show "])
def test_zsh_is_told_the_names(line: str, home: Path) -> None:
    told = ran(home, "hpsearch", _HPSEARCH_COMPLETE="complete_zsh", _TYPER_COMPLETE_ARGS=line)
    names = set(re.findall(r"[\w-]+", told))
    assert names >= LINES[line]
    assert not names & {"show", "digits-notes", "check"}


def test_the_names_are_those_there_are(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    assert [asked_for(folder) for folder in (None, "other", "nowhere")] == [
        ["digits", "moons"],
        ["spirals"],
        [],
    ]
    assert {"local", "serial"} <= {*completion.executors()}
    assert {"model", "csv"} <= {*completion.formats()}


def test_parameters_and_trials_are_those_of_the_run_that_the_line_names() -> None:
    runs = BEFORE / "runs"
    parsed = SimpleNamespace(params={"runs_dir": runs, "run": "stepping"}, args=[])
    awaited = SimpleNamespace(params={"runs_dir": runs}, args=["--json", "stepping"])
    for line in (parsed, awaited):
        assert "units" in completion.parameters(cast(typer.Context, line))
    assert {"0", "15"} <= set(completion.trials(cast(typer.Context, parsed)))
    nothing = cast(typer.Context, SimpleNamespace(params={"runs_dir": runs}, args=[]))
    assert not completion.trials(nothing)
    assert not completion.parameters(nothing)


def asked_for(folder: str | None) -> list[str]:
    return completion.runs(cast(typer.Context, SimpleNamespace(params={"runs_dir": folder})))


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes_once_it_was_told_to(home: Path) -> None:
    bash = ("bash", "--norc", "-c")
    # By a shell, which it finds out about; the command that follows keeps it from giving way to the program.
    ran(home, *bash, f"{sys.executable} -m hpsearch --install-completion && true")
    function = re.search(r"-F (\S+)", ran(home, *bash, "source ~/.bashrc; complete -p hpsearch"))
    assert function is not None
    script = ["source ~/.bashrc"]
    for line in LINES:
        words = line.split(" ")
        script.append(f"COMP_WORDS=({shlex.join(words)}); COMP_CWORD={len(words) - 1}")
        script.append(f"{function[1]} hpsearch; echo ${{COMPREPLY[@]}}")
    offered = ran(home, *bash, "\n".join(script)).split("\n")
    assert [set(names.split()) for names in offered[:-1]] == list(LINES.values())
