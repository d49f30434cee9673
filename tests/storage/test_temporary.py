"""Temporary folders, and what becomes of those whose process is gone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hpsearch.storage.atomic import placing
from hpsearch.storage.temporary import own_folder, sweep, temporary_folder

KILLED = """\
import os, signal, sys
from pathlib import Path
from hpsearch.storage.temporary import own_folder
with own_folder(sys.argv[1], suffix=".tmp", parent=Path(sys.argv[2])) as folder:
    (folder / "data").write_text("of a process that is killed")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def left(parent: Path, prefix: str) -> Path:
    """What a killed process has left."""
    subprocess.run([sys.executable, "-c", KILLED, prefix, str(parent)], check=False)
    (folder,) = parent.iterdir()
    return folder


def test_a_folder_is_gone_with_its_block(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), temporary_folder("a-", parent=tmp_path) as folder:
        (folder / "data").touch()
        assert folder.parent == tmp_path
        raise ZeroDivisionError
    assert not [*tmp_path.iterdir()]


def test_what_a_killed_process_left_goes_and_nothing_else(tmp_path: Path) -> None:
    folder = left(tmp_path, "a-")
    others = [tmp_path / name for name in ("a-unowned.tmp", "b-owned.tmp", "a-owned.other", "a-file.tmp")]
    for other in others[:3]:
        other.mkdir()
    for other in others[1:3]:
        (other / ".owner").touch()
    others[3].touch()
    with own_folder("a-", suffix=".tmp", parent=tmp_path) as mine:
        link = tmp_path / "a-link.tmp"
        link.symlink_to(others[1])
        sweep("a-", suffix=".tmp", parent=tmp_path)
        assert not folder.exists()
        assert all(path.exists() for path in (*others, mine, others[1] / ".owner"))


def test_a_pipe_in_the_place_of_the_owner_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "a-1").mkdir()
    os.mkfifo(tmp_path / "a-1" / ".owner")
    with temporary_folder("a-", parent=tmp_path):
        pass


def test_an_export_that_was_killed_leaves_nothing_beside_the_next(tmp_path: Path) -> None:
    left(tmp_path, ".[t].npz.")
    with placing(tmp_path / "[t].npz") as made:
        made.write_text("whole")
    assert [path.name for path in tmp_path.iterdir()] == ["[t].npz"]
