"""Run folders: their names, their one owner, and files written as a whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hpsearch.core.errors import InputError, RunFolderError, RunLocked
from hpsearch.runs import RunFolder, recorded


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
