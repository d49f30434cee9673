"""A journal is read as it grows."""

from __future__ import annotations

from pathlib import Path

import pytest

from hpsearch.core.errors import RunFolderError
from hpsearch.runs.following import Following
from hpsearch.runs.journal import encode
from hpsearch.runs.records import Ended
from hpsearch.runs.writing import header

HEAD = encode(header(version="0", spec="a", data="b"))
END = encode({"kind": "end", "why": "complete"})


def test_a_line_is_read_once_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(HEAD + END[:9])
    following = Following(path)
    assert len(following.more()) == 1
    assert following.more() == []
    with path.open("ab") as file:
        file.write(END[9:])
    assert following.more() == [Ended("complete")]
    assert following.more() == []


def test_one_that_was_begun_anew_or_is_damaged_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(HEAD + END)
    following = Following(path)
    following.more()
    path.write_bytes(HEAD)
    with pytest.raises(RunFolderError, match="begun anew"):
        following.more()
    path.write_bytes(HEAD.replace(b"spec", b"spic"))
    with pytest.raises(RunFolderError, match="damaged"):
        Following(path).more()
