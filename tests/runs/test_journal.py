"""The journal: what was appended comes back, a torn tail is repaired, damage is never guessed around."""

from __future__ import annotations

import errno
import io
import random
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.core.errors import JournalDamaged, RunFolderError
from hpsearch.runs import journal as journal_module
from hpsearch.runs.journal import Journal, decode, encode
from hpsearch.runs.records import FORMAT, Ended, Header, Other, Reader, Record
from hpsearch.runs.writing import header

NEWLINE = b"\n"
HEAD = header(version="1", spec="s", data="d")
plain = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
records = st.dictionaries(st.text(), plain | st.lists(plain, max_size=3), max_size=4).map(
    lambda record: {"kind": "x"} | {key: value for key, value in record.items() if key != "crc"}
)


def written(path: Path, count: int = 5) -> list[Record]:
    with Journal(path) as journal:
        journal.open()
        journal.append([HEAD, *({"kind": "end", "why": f"number {n}"} for n in range(1, count))])
    return [Header(FORMAT, "1", "s", "d"), *(Ended(f"number {n}") for n in range(1, count))]


def replay(path: Path) -> tuple[list[Record], int, int]:
    return journal_module.replay(path, Reader(str(path)))


@given(records)
def test_a_line_reads_back(record: dict[str, object]) -> None:
    line = encode(record)
    assert line.endswith(b"\n")
    assert b"\n" not in line[:-1]
    back = decode(line[:-1])
    assert back == record


def test_numbers_that_json_cannot_say_are_refused() -> None:
    with pytest.raises(ValueError):
        encode({"kind": "x", "value": float("nan")})


def test_appending_goes_on_after_reopening(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    events = written(path)
    with Journal(path) as journal:
        assert journal.open() == events
        assert journal.notice == ""
        journal.append([{"kind": "a later one"}])
    assert replay(path)[0] == [*events, Other("a later one")]


def test_the_last_record_cut_at_every_byte_is_recovered_with_a_notice(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    events = written(path)
    content = path.read_bytes()
    before_last = content.rindex(b"\n", 0, len(content) - 1) + 1
    for cut in range(before_last + 1, len(content)):
        path.write_bytes(content[:cut])
        with Journal(path) as journal:
            found = journal.open()
            assert journal.notice
            whole = cut == len(content) - 1  # only the line end is gone
            assert found == (events if whole else events[:-1])
            journal.append([{"kind": "end", "why": "target"}])
        again, _, torn = replay(path)
        assert again == [*found, Ended("target")]
        assert torn == 0


def test_no_bit_flip_goes_unnoticed(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    events = written(path, count=20)
    content = path.read_bytes()
    rng = random.Random(0)
    for _ in range(2000):
        flipped = bytearray(content)
        place = rng.randrange(len(content))
        flipped[place] ^= 1 << rng.randrange(8)
        path.write_bytes(bytes(flipped))
        try:
            found, _, torn = replay(path)
        except JournalDamaged as error:
            assert f"{path}:{content.count(NEWLINE, 0, place) + 1}:" in str(error)
        else:  # only the end of the last line can pass for a torn write, and then it is counted as one
            assert found == events[:-1]
            assert torn > 0


def test_damage_in_the_middle_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    written(path)
    lines = path.read_bytes().split(b"\n")
    lines[2] = lines[2].replace(b"number 2", b"number 7")
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(JournalDamaged, match=r"journal\.jsonl:3: this record is damaged"):
        Journal(path).open()


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "journal.jsonl"
    events = written(path)
    import errno
    import os

    real, calls = os.write, []

    def full(handle: int, data: bytes) -> int:
        calls.append(data)
        if len(calls) == 1:
            return real(handle, data[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    with Journal(path) as journal:
        journal.open()
        monkeypatch.setattr("hpsearch.runs.journal.os.write", full)
        with pytest.raises(RunFolderError, match="the disk is full"):
            journal.append([{"kind": "end"}])
        monkeypatch.undo()
    found, whole, torn = replay(path)
    assert (found, whole, torn) == (events, path.stat().st_size, 0)


def test_a_folder_in_its_place_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match="cannot be read"):
        replay(tmp_path)


def test_what_came_together_is_one_write_synced_before_it_is_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    calls: list[str] = []
    write, sync = os.write, journal_module._sync

    def counted_write(handle: int, data: bytes) -> int:
        calls.append(f"write {len(data)}")
        return write(handle, data)

    def counted_sync(handle: int) -> None:
        calls.append("sync")
        sync(handle)

    monkeypatch.setattr(os, "write", counted_write)
    monkeypatch.setattr(journal_module, "_sync", counted_sync)
    events = [{"kind": "result", "trial": number} for number in range(50)]
    with Journal(tmp_path / "journal.jsonl") as journal:
        journal.open()
        journal.append([{"kind": "run"}])
        calls.clear()
        journal.append(events)
        calls.append("acknowledged")
        journal.append(events[:1])
    together, alone = (sum(map(len, map(encode, some))) for some in (events, events[:1]))
    assert calls == [f"write {together}", "sync", "acknowledged", f"write {alone}", "sync"]


def test_a_new_journal_is_in_its_folder_after_a_crash_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    path, begun = tmp_path / "journal.jsonl", [{"kind": "run"}, {"kind": "end"}]
    synced: list[int] = []
    fsync = os.fsync

    def noted(handle: int) -> None:
        if not synced:  # whoever is killed until now has written nothing that can be seen
            assert not path.exists()
            assert os.fstat(handle).st_size == sum(map(len, map(encode, begun)))
        synced.append(os.fstat(handle).st_ino)
        fsync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    with Journal(path) as journal:
        journal.open()
        journal.append(begun)
    assert synced == [path.stat().st_ino, tmp_path.stat().st_ino]


def test_a_new_journal_that_cannot_be_written_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "")

    with Journal(tmp_path / "journal.jsonl") as journal:
        journal.open()
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            with pytest.raises(RunFolderError, match=r"the disk is full; free some space$"):
                journal.append([{"kind": "run"}])
        assert not list(tmp_path.iterdir())
        journal.append([{"kind": "run"}])
    assert (tmp_path / "journal.jsonl").read_bytes() == encode({"kind": "run"})


@pytest.mark.parametrize("end", [b"\0" * 4096, b'{"crc":"' + b"\0" * 100, b"\xff" * 17])
def test_what_a_power_failure_leaves_of_the_last_write_is_cut_off(tmp_path: Path, end: bytes) -> None:
    """The size of the file can reach the disk before its content."""
    path = tmp_path / "journal.jsonl"
    events = written(path)
    with path.open("ab") as file:
        file.write(end)
    with Journal(path) as journal:
        assert journal.open() == events
        assert f"({len(end)} bytes) and is dropped" in journal.notice
    records, whole, torn = replay(path)
    assert (records, whole, torn) == (events, path.stat().st_size, 0)


def test_the_lines_before_the_damage_can_be_kept(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    events = written(path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:3], lines[3].upper(), lines[4]]))
    with pytest.raises(JournalDamaged, match=r"journal\.jsonl:4: .* keep only the 3 lines before it"):
        replay(path)
    path.write_bytes(b"".join(lines[:3]))
    assert replay(path)[0] == events[:3]


@pytest.mark.parametrize(
    ("total", "free", "full"), [(0, 0, False), (1 << 30, 0, True), (1 << 30, 1 << 20, False)]
)
def test_a_disk_that_does_not_tell_its_room_is_not_full(
    total: int, free: int, full: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(total=total, free=free))
    with Journal(tmp_path / "journal.jsonl") as journal:
        journal.open()
        with pytest.raises(RunFolderError, match="the disk is full") if full else nullcontext():
            journal.refuse_full_disk()


def test_a_record_whose_newline_is_on_its_way_is_no_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader reaches the end of the file just before the newline, and would find that one by itself."""
    record = encode(HEAD)

    class Arriving(io.BytesIO):
        def __next__(self) -> bytes:
            return next(pieces)

        def __iter__(self) -> Self:
            return self

    pieces = iter([record.removesuffix(b"\n"), b"\n"])
    monkeypatch.setattr(journal_module, "open_regular", lambda _: Arriving())
    found, whole, torn = replay(tmp_path / "journal.jsonl")
    assert (len(found), whole, torn) == (1, len(record) - 1, 0)
