"""What is printed is kept in little room, and outlives the process that printed it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from hpsearch.objectives.function.capture import captured, recovered

#: Prints numbered lines until its files changed places three times, and dies.
TALKATIVE = """
import os, sys
from pathlib import Path
from hpsearch.objectives.function.capture import captured
path, ended = Path(sys.argv[1]), Path(sys.argv[2])
other = path.with_name(path.stem + "-2" + path.suffix)
with captured(keep=True, path=path):
    number, turns, most = 0, 0, 0
    current = os.fstat(1).st_ino
    while turns < 3:
        print(number, "x" * 1000)
        number += 1
        now = os.fstat(1).st_ino
        turns, current = turns + (now != current), now
        most = max(most, path.stat().st_size + other.stat().st_size)
    print(number, "x" * 1000)
    ended.write_text(f"{number + 1} {most}")
    os._exit(3)
"""
FAULT = """
import ctypes, sys
from pathlib import Path
from hpsearch.objectives.function.capture import captured
def theirs():
    ctypes.string_at(0)
with captured(keep=True, path=Path(sys.argv[1])):
    print("so far")
    theirs()
"""


def died(tmp_path: Path, code: str) -> Path:
    """The path whose output a process left that ran `code` and died."""
    path = tmp_path / ".printed.tmp"
    command = [sys.executable, "-c", code, str(path), str(tmp_path / "ended")]
    assert subprocess.run(command, timeout=100, check=False).returncode not in (0, 1)
    return path


def test_the_last_lines_outlive_a_process_that_prints_without_end(tmp_path: Path) -> None:
    path = died(tmp_path, TALKATIVE)
    number, most = map(int, (tmp_path / "ended").read_text().split())
    lines = recovered(path, above="x").splitlines()
    assert [int(line.split()[0]) for line in lines] == list(range(number - 20, number))
    assert most < number * 1000
    assert [file.name for file in tmp_path.iterdir()] == ["ended"]


def test_a_fault_tells_where_python_was(tmp_path: Path) -> None:
    path = died(tmp_path, FAULT)
    lines = recovered(path, above="<string>").splitlines()
    assert lines[:2] == ["so far", "Fatal Python error: Segmentation fault"]
    assert "in string_at" in lines[-1]  # what called it is left out
    assert recovered(path, above="<string>") == ""


def test_nothing_stays_after_a_good_end(tmp_path: Path) -> None:
    path = tmp_path / ".printed.tmp"
    (tmp_path / ".printed-2.tmp").write_text("of an earlier process")
    with captured(keep=True, path=path) as output:
        os.write(1, b"one\n")
        os.write(2, b"two\n")
        assert output.text == "one\ntwo"
        assert path.exists()
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_had_costs_only_the_last_words(tmp_path: Path) -> None:
    with captured(keep=True, path=tmp_path / "none" / "x.tmp") as output:
        os.write(1, b"one\n")
        assert output.text == "one"
    assert recovered(tmp_path / "none" / "x.tmp", above="x") == ""


def test_a_planted_link_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "x.tmp").symlink_to(tmp_path / "mine")
    with captured(keep=True, path=tmp_path / "x.tmp"):
        os.write(1, b"one\n")
    assert (tmp_path / "mine").read_text() == "mine"
