"""What is appended is kept, up to a size; then the middle goes."""

from __future__ import annotations

from pathlib import Path

from hpsearch.storage.log import Log


def test_a_log_keeps_all_while_there_is_room(tmp_path: Path) -> None:
    log = Log(tmp_path / "trials/3/output.log")
    log.head("a heading needs something above it")
    assert not list(tmp_path.iterdir())
    log.append(b"one\n")
    log.head("again")
    Log(tmp_path / "trials/3/output.log").append(b"two\n")
    assert (tmp_path / "trials/3/output.log").read_text() == "one\nagain\ntwo\n"


def test_the_middle_of_a_long_one_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    log = Log(path, most=1000, head=300, tail=400)
    lines = [b"%06d\n" % number for number in range(1000)]
    for line in lines:
        log.append(line)
        assert path.stat().st_size <= 1000
    kept = path.read_bytes()
    assert kept.startswith(b"".join(lines)[:300] + b"\n[... ")
    assert kept.endswith(b"".join(lines)[-400:])
    assert [file.name for file in tmp_path.iterdir()] == ["output.log"]


def test_a_log_that_cannot_be_written_costs_only_the_log(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    Log(tmp_path / "file/output.log").append(b"one\n")
    (tmp_path / "output.log").symlink_to(tmp_path / "file")
    Log(tmp_path / "output.log").append(b"one\n")
    assert (tmp_path / "file").read_text() == "mine"
