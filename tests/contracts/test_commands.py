"""What every command has, by being registered; with one that a single file adds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hpsearch.cli.app import made
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
    from hpsearch.runs import RunFolder, read

    out(str(len(read(RunFolder.existing(runs_dir, run).journal).trials)))
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


def test_a_new_one_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "count.py").write_text(FILE)

    def hpsearch(*args: str) -> subprocess.CompletedProcess[str]:
        call = [sys.executable, "-c", PROGRAM, str(tmp_path / "more"), *args]
        return subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)

    listed = [
        line.split()[0] for line in hpsearch("--help").stdout.split("Commands:")[1].splitlines() if line
    ]
    assert listed == [*COMMANDS.built_in, "count"]  # after ours, which have places
    refused = hpsearch("count", "digits", "--debug")
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "no run 'digits' in runs/" in refused.stderr
    assert "Traceback" in refused.stderr
