"""Data sets that are downloaded: from a server on this machine, once, and only what was published."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from hpsearch.core.errors import DataError
from hpsearch.data.sources import download as module
from hpsearch.data.sources.base import load
from hpsearch.data.spec import DatasetSpec
from tests.data.conftest import WriteMnist


class Handler(SimpleHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012 - of all requests of a test

    def log_message(self, *args: Any) -> None:
        self.asked.append(self.path)


@pytest.fixture
def server(
    write_mnist: WriteMnist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ThreadingHTTPServer]:
    """A mirror with small data sets, whose checksums are the published ones."""
    folder = write_mnist(60, 20)
    for name in ("mnist", "fashion_mnist"):
        (folder / "mirror" / name).mkdir(parents=True)
        for file in module.CHECKSUMS[name]:
            packed = gzip.compress((folder / file.removesuffix(".gz")).read_bytes(), mtime=0)
            (folder / "mirror" / name / file).write_bytes(packed)
            checksum = hashlib.md5(packed, usedforsecurity=False).hexdigest()
            monkeypatch.setitem(module.CHECKSUMS[name], file, checksum)
    Handler.asked = []
    made = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder / "mirror"))
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    monkeypatch.setenv(module.MIRROR, f"http://127.0.0.1:{made.server_port}/")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_it_is_downloaded_once(name: str, server: ThreadingHTTPServer, tmp_path: Path) -> None:
    first = load(DatasetSpec(name))
    assert len(first.X) == 60
    assert first.X_test is not None
    assert len(Handler.asked) == 4
    again = load(DatasetSpec(name))
    assert (again.X == first.X).all()
    assert len(Handler.asked) == 4
    assert len(list((tmp_path / "cache/hpsearch" / name).iterdir())) == 4


def test_other_content_is_refused_and_not_kept(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    (tmp_path / "mirror/mnist/train-labels-idx1-ubyte.gz").write_bytes(b"other")
    with pytest.raises(
        DataError, match=r"train-labels-idx1-ubyte.gz is not the published file by its checksum"
    ):
        load(DatasetSpec("mnist"))
    assert not (tmp_path / "cache/hpsearch/mnist/train-labels-idx1-ubyte.gz").exists()


def test_without_a_connection_the_way_by_hand_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv(module.MIRROR, "http://127.0.0.1:9")
    with pytest.raises(
        DataError, match=r"cannot be downloaded .*give \{source: fashion_mnist, dir: FOLDER\}"
    ):
        load(DatasetSpec("fashion_mnist"))
    monkeypatch.setenv(module.MIRROR, "not a place")
    with pytest.raises(DataError, match="cannot be downloaded"):
        load(DatasetSpec("mnist"))
