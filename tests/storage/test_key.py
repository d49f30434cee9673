"""The user's key, and marks."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from hpsearch.storage.key import is_mark_of, mark_of


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path


def test_a_mark_is_of_one_text_and_one_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = mark_of("train.py \udcff")
    assert is_mark_of("train.py \udcff", mark) and not is_mark_of("train.py", mark)
    assert not is_mark_of("train.py", "é\udcff")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "other"))
    assert not is_mark_of("train.py \udcff", mark)


def test_nobody_else_may_read_the_key(home: Path) -> None:
    mark_of("")
    (key,) = (home / "hpsearch").iterdir()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600 and len(key.read_bytes()) == 32


def test_several_that_make_the_key_have_one() -> None:
    marks: list[str] = []
    together = threading.Barrier(8)

    def make() -> None:
        together.wait()
        marks.append(mark_of("text"))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(marks) == 8 and len(set(marks)) == 1


@pytest.mark.parametrize("spoilt", ["no folder", "too short"])
def test_without_a_key_the_mark_is_of_the_machine(spoilt: str, home: Path) -> None:
    if spoilt == "no folder":
        (home / "hpsearch").write_text("a file")
    else:
        (home / "hpsearch").mkdir()
        (home / "hpsearch/key").write_bytes(b"short")
    assert is_mark_of("text", mark_of("text"))
    assert not is_mark_of("text", mark_of("other"))
