"""What is kept in the user's cache is whole, or nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hpsearch.storage import kept

KEY, OTHER = "0" * 64, "1" * 64


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where it is kept."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "hpsearch" / "kept"


def test_what_was_kept_is_recalled_by_its_key_alone(folder: Path) -> None:
    assert kept.recall(KEY) is None
    kept.keep(KEY, b"what was told")
    assert kept.recall(KEY) == b"what was told"
    assert kept.recall(OTHER) is None
    (folder / KEY).rename(folder / OTHER)  # of something else
    assert kept.recall(OTHER) is None
    assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("place", [0, 31, 32, 44])
def test_one_other_byte_is_no_more_believed(folder: Path, place: int) -> None:
    kept.keep(KEY, b"what was told")
    content = bytearray((folder / KEY).read_bytes())
    content[place] ^= 1
    (folder / KEY).write_bytes(content)
    assert kept.recall(KEY) is None
    (folder / KEY).write_bytes(b"")
    assert kept.recall(KEY) is None


def test_no_more_is_kept_than_there_is_room_for(folder: Path) -> None:
    kept.keep(KEY, bytes(kept.LARGEST))
    assert kept.recall(KEY) == bytes(kept.LARGEST)
    kept.keep(OTHER, bytes(kept.LARGEST + 1))
    assert kept.recall(OTHER) is None
    os.utime(folder / KEY, ns=(0, 0))
    for number in range(kept.MOST):
        kept.keep(f"{number:064x}", b"later")
    assert len(list(folder.iterdir())) == kept.MOST
    assert not (folder / f"{kept.MOST:064x}").exists()


def test_a_place_that_cannot_be_written_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    kept.keep(KEY, b"what was told")
    assert kept.recall(KEY) is None


def test_a_pipe_in_its_place_is_not_waited_for(folder: Path) -> None:
    folder.mkdir(parents=True)
    os.mkfifo(folder / KEY)
    assert kept.recall(KEY) is None
