"""What the place where a process was started does not allow is said with its remedy."""

from __future__ import annotations

import errno
import sys

import pytest

from hpsearch.core import surroundings
from hpsearch.core.errors import ExecutorBroken, InputError
from hpsearch.core.surroundings import hindrance

LETTER = UnicodeEncodeError("ascii", "a\xe4o", 1, 2, "ordinal not in range(128)")


@pytest.mark.parametrize(
    ("most", "remedy"), [(24, "24 files at a time"), (24, "ulimit -n 1024"), (4096, "fewer --workers")]
)
def test_too_few_descriptors(most: int, remedy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "open_files", lambda: most)
    said = hindrance(OSError(errno.EMFILE, "Too many open files"))
    assert isinstance(said, ExecutorBroken)
    assert remedy in str(said)
    assert ("ulimit" in str(said)) == (most < surroundings.ENOUGH_FILES)


def test_a_letter_that_the_locale_does_not_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "getfilesystemencoding", lambda: "ANSI_X3.4-1968")  # as C libraries call it
    said = hindrance(LETTER)
    assert isinstance(said, InputError)
    assert "'\\xe4'" in str(said)
    assert "PYTHONUTF8=1" in str(said)


def test_everything_else_is_not_for_the_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "getfilesystemencoding", lambda: "utf-8")
    for error in (LETTER, OSError(errno.ENOENT, "No such file or directory"), ValueError("x")):
        assert hindrance(error) is None
