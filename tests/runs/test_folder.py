"""Run folders: their names, their one owner, and files written as a whole."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hpsearch.core.errors import InputError, RunFolderError, RunLocked
from hpsearch.runs import RunFolder, recorded
from tests.commands import here


@pytest.mark.parametrize("name", ["", ".hidden", "-x", "a/b", "..", "a" * 65, "a b", "a\n", "é"])
def test_names_that_could_lead_elsewhere_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="run name"):
        RunFolder.named(tmp_path, name)


OWNER = """
import sys, time
from pathlib import Path
from hpsearch.runs import RunFolder
with RunFolder(Path(sys.argv[1])).locked():
    print("owned", flush=True)
    time.sleep(600)
"""


def test_one_owner_at_a_time_and_free_when_it_is_killed(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    command = [sys.executable, "-c", OWNER, str(folder.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "owned\n"
        with pytest.raises(RunLocked, match="another hpsearch process"), folder.locked():
            pass
        assert folder.owned
        owner.kill()
    assert folder.owned is False
    with folder.locked():
        assert folder.checkpoints.is_dir()


def test_who_looks_at_a_lock_takes_it_from_nobody(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    assert folder.owned is False
    assert not folder.path.exists()
    with folder.locked():
        assert folder.owned
        assert folder.owned  # also after it was looked at
    assert folder.owned is False


def test_a_symbolic_link_is_never_written_through(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RunFolderError, match="symbolic link"), RunFolder(tmp_path / "run").locked():
        pass
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_file_in_the_way_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("mine")
    with (
        pytest.raises(RunFolderError, match="is a file where a folder is needed"),
        RunFolder(tmp_path / "run").locked(),
    ):
        pass


def test_clearing_spares_what_the_run_did_not_write(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    with folder.locked():
        folder.write("results.txt", "old")
        (folder.path / "notes.md").write_text("mine")
        (folder.checkpoints / "trial3-epochs9.npz").write_text("x")
        (folder.checkpoints / "mine.txt").write_text("mine")
        folder.clear()
    assert {path.name for path in folder.path.iterdir()} >= {"notes.md", "checkpoints"}
    assert not (folder.path / "results.txt").exists()
    assert [path.name for path in folder.checkpoints.iterdir()] == ["mine.txt"]


def test_a_failed_write_keeps_the_old_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = RunFolder(tmp_path)
    folder.write("results.txt", "old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(RunFolderError, match="the disk is full"):
        folder.write("results.txt", "new")
    assert (tmp_path / "results.txt").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["results.txt"]


def test_runs_are_found_by_name_and_by_path(tmp_path: Path) -> None:
    for name in ("a", "b"):
        folder = RunFolder.named(tmp_path, name)
        with folder.locked():
            folder.journal.write_text("{}\n")
    assert [folder.path.name for folder in recorded(tmp_path)] == ["a", "b"]
    assert RunFolder.existing(tmp_path, "a").path == tmp_path / "a"
    assert RunFolder.existing(Path("nowhere"), str(tmp_path / "b")).path == tmp_path / "b"
    with pytest.raises(RunFolderError, match=r"no run 'c' in .*; recorded there: a, b"):
        RunFolder.existing(tmp_path, "c")
    (tmp_path / "a").rename(tmp_path / "digits")
    with pytest.raises(RunFolderError, match=r"no run 'digit' in .*; did you mean 'digits'\? recorded there"):
        RunFolder.existing(tmp_path, "digit")


@pytest.fixture
def others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recorded run beside the folder of another user, which the system lets nobody else look into.

    That it does is played: the user of the tests may be one whom no permission stops.
    """
    with RunFolder.named(tmp_path, "mine").locked():
        (tmp_path / "mine/journal.jsonl").write_text("{}\n")
    (tmp_path / "theirs").mkdir()
    known = os.stat

    def refusing(path: Any, *args: Any, **settings: Any) -> os.stat_result:
        if isinstance(path, str | Path) and Path(path).parent == tmp_path / "theirs":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return known(path, *args, **settings)

    monkeypatch.setattr(os, "stat", refusing)
    return tmp_path


def test_what_cannot_be_looked_into_hides_no_other_run(others: Path) -> None:
    assert [(folder.path.name, folder.closed) for folder in recorded(others)] == [
        ("mine", False),
        ("theirs", True),
    ]
    assert RunFolder.existing(others, "mine").recorded
    with pytest.raises(RunFolderError, match=r"no run 'mines'.* recorded there: mine$"):
        RunFolder.existing(others, "mines")


def test_what_cannot_be_looked_into_is_said_to_be_so(others: Path) -> None:
    words = r"theirs: cannot be read: Permission denied; ask its owner"
    for look in (lambda: RunFolder.existing(others, "theirs"), lambda: RunFolder(others / "theirs").recorded):
        with pytest.raises(RunFolderError, match=words):
            look()


def test_list_says_which_run_cannot_be_read_and_shows_the_others(others: Path) -> None:
    listed = here(others, "list", "--runs-dir", str(others), "--json")
    assert listed.returncode == 0
    mine, theirs = json.loads(listed.stdout)
    assert (mine["run"], theirs["run"]) == ("mine", "theirs")
    assert "cannot be read: Permission denied" in theirs["state"]
    assert "Permission" not in mine["state"]


def test_a_link_in_place_of_the_unfinished_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("precious")
    (tmp_path / ".results.txt.tmp").symlink_to(tmp_path / "target")
    RunFolder(tmp_path).write("results.txt", "new")
    assert (tmp_path / "target").read_text() == "precious"
    assert not (tmp_path / "results.txt").is_symlink()
    assert (tmp_path / "results.txt").read_text() == "new"


def test_a_run_given_as_the_current_folder_has_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "small").mkdir()
    (tmp_path / "small/journal.jsonl").write_text("{}")
    monkeypatch.chdir(tmp_path / "small")
    assert RunFolder.existing(Path("runs"), ".").argument.startswith("small --runs-dir ")
