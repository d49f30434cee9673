"""What every command has, by being registered; with one that a single file adds."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from hpsearch.cli.app import Commands, made
from hpsearch.cli.commands import COMMANDS

#: All that a new command takes: a module of hpsearch/cli/commands.
FILE = '''\
"""`hpsearch count RUN`: how many trials a run has."""

from hpsearch.cli import options
from hpsearch.cli.commands import COMMANDS


@COMMANDS.register("count")
def command(run: options.Run, runs_dir: options.RunsDir = options.RUNS) -> None:
    """Count the trials of a run."""
    from hpsearch.cli.console import out
    from hpsearch.engine.run import Run
    from hpsearch.runs import RunFolder

    out(str(len(Run.read(RunFolder.existing(runs_dir, run)).trials)))
'''
#: The program, as it is where the folder that is given belongs to the package of the commands.
PROGRAM = """\
import sys
import hpsearch.cli.commands

hpsearch.cli.commands.__path__.append(sys.argv.pop(1))
from hpsearch.__main__ import main

sys.exit(main())
"""


@pytest.mark.parametrize("name", COMMANDS.built_in)
def test_it_says_what_it_does_and_can_be_debugged(name: str) -> None:
    command = made(name)
    assert command.name == name
    assert command.help.split("\n")[0].endswith((".", ":", ","))
    assert [option for parameter in command.params for option in parameter.opts][-1] == "--debug"
    assert all(parameter.help for parameter in command.params)


@pytest.mark.parametrize("name", COMMANDS.built_in)
def test_what_it_reads_is_refused_in_our_words(name: str) -> None:
    """Where the command line library converts a value, it is its rule that a person reads, or pydantic's."""
    for parameter in inspect.signature(COMMANDS[name], eval_str=True).parameters.values():
        kind, told = get_args(parameter.annotation)
        plain = [one for one in (get_args(kind) or [kind]) if one is not type(None)]
        assert told.parser or plain[0] in (str, bool, Path, list[str]), parameter.name


def test_the_list_of_commands_says_what_each_does_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    for name, command in Commands(name="hpsearch").commands.items():
        said = (inspect.getdoc(COMMANDS[name]) or "").split("\n\n")[0]
        assert command.get_short_help_str(limit=20) == said


def test_a_new_one_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "count.py").write_text(FILE)

    def hpsearch(*args: str) -> subprocess.CompletedProcess[str]:
        call = [sys.executable, "-c", PROGRAM, str(tmp_path / "more"), *args]
        return subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)

    listed = re.findall(r"^  (\w+)", hpsearch("--help").stdout.split("Commands:")[1], re.MULTILINE)
    assert listed == [*COMMANDS.built_in, "count"]  # after ours, which have places
    refused = hpsearch("count", "digits", "--debug")
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "no run 'digits' in runs/" in refused.stderr
    assert "Traceback" in refused.stderr
