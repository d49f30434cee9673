"""Folders for temporary files (`TMPDIR`) with long paths, and what is left in them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpsearch.core.errors import ExecutorBroken
from hpsearch.executors import EXECUTORS
from hpsearch.executors.local import server
from tests.commands import started
from tests.faults.conftest import begun, until

SLOW = """\
name: slow
objective: {kind: command, command: [sleep, "%s"]}
space: {lr: {scale: log, low: 1e-3, high: 1}}
search: {trials: 4, metric: score, goal: maximize}
dispatch: {workers: 2}
"""


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder whose path leaves room for that of a socket, which that of `tmp_path` may not."""
    path = Path(tempfile.mkdtemp(dir="/tmp"))
    yield path
    shutil.rmtree(path)


def folder_of(length: int, within: Path) -> Path:
    """A folder with a path of that many bytes."""
    path = within / ("x" * (length - len(str(within)) - 1))
    path.mkdir()
    return path


@pytest.mark.parametrize("length", [71, 72, 90, 250])  # 71: the longest with room for a socket
def test_a_folder_for_temporary_files_may_have_a_path_of_any_length(
    length: int, short: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (short / "config.yaml").write_text(SLOW % 0)
    path = folder_of(length, short)
    monkeypatch.setenv("TMPDIR", str(path))
    with started(short, "run", "config.yaml", "--workers", "1") as process:
        _, errors = process.communicate(timeout=60)
    assert "4 trials, of which 4 failed" in errors, errors  # `sleep` names no score, and says so
    assert not [*path.iterdir()]


def test_a_search_that_is_killed_leaves_no_socket(
    short: Path, lasting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (short / "config.yaml").write_text(SLOW % lasting)
    path = folder_of(60, short)
    monkeypatch.setenv("TMPDIR", str(path))
    with started(short, "run", "config.yaml") as process:
        assert until(lambda: begun(short / "runs/slow"))
        assert [*path.glob("pymp-*/listener-*")]
        process.kill()
    assert until(lambda: not [*path.glob("pymp-*")])


def test_where_no_socket_can_be_it_is_said_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(server, "_SHORT", (str(tmp_path / "nowhere"),))
    monkeypatch.setattr(tempfile, "tempdir", str(folder_of(len(str(tmp_path)) + 200, tmp_path)))
    with pytest.raises(
        ExecutorBroken, match=r"x: the path .* is too long .* set TMPDIR .* --executor serial"
    ):
        EXECUTORS["local"](1).__enter__()
