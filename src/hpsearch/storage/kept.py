"""What was worked out once, kept in the user's cache: bytes, each by the digest of all that they follow from.

Nothing there is needed, and none of it is believed that is not whole. It is the user's own place, so what a folder
that came from elsewhere holds has no say in it.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from stat import S_ISREG

from hpsearch.storage.atomic import open_regular, replacing

#: So many are kept, of so many bytes at most: some megabytes in all.
MOST, LARGEST = 64, 1 << 20
_DIGEST = 32
_FOLDER = "kept"


def cache_folder() -> Path:
    """The user's cache. Raises RuntimeError where there is no home."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "hpsearch"


def recall(key: str) -> bytes | None:
    """What is kept by `key`, hexadecimal digits; None where nothing is, or not as it was written."""
    with suppress(OSError, RuntimeError), open_regular(cache_folder() / _FOLDER / key) as file:
        content = file.read(_DIGEST + LARGEST + 1)
        if content[:_DIGEST] == _digest(key, content[_DIGEST:]):
            return content[_DIGEST:]
    return None


def keep(key: str, content: bytes) -> None:
    """Keep `content` as far as that can be done; what was kept longest goes where there is too much."""
    if len(content) > LARGEST:
        return
    with suppress(OSError, RuntimeError):
        folder = cache_folder() / _FOLDER
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with replacing(folder / key) as file:
            file.write(_digest(key, content) + content)
        _make_room(folder)


def _digest(key: str, content: bytes) -> bytes:
    return hashlib.sha256(key.encode() + content).digest()


def _make_room(folder: Path) -> None:
    found = [(path.lstat(), path) for path in folder.iterdir()]
    files = sorted((status.st_mtime_ns, path) for status, path in found if S_ISREG(status.st_mode))
    for _, path in files[:-MOST]:
        path.unlink(missing_ok=True)
