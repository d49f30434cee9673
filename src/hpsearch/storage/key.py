"""A key of this user's own, and the marks that nobody makes without it."""

from __future__ import annotations

import hmac
import os
import platform
import secrets
from contextlib import suppress
from pathlib import Path

#: Bytes of the key, and hexadecimal digits of a mark.
_KEY, _MARK = 32, 32


def mark_of(text: str) -> str:
    """What tells that this user has seen `text`: 32 hexadecimal digits (HMAC-SHA-256; RFC 2104)."""
    return hmac.new(_key(), text.encode(errors="surrogatepass"), "sha256").hexdigest()[:_MARK]


def is_mark_of(text: str, mark: str) -> bool:
    """Whether `mark` is that of `text`."""
    return hmac.compare_digest(mark_of(text).encode(), mark.encode(errors="replace"))


def _key() -> bytes:
    """What the user's file holds, made where there is none; where none can be, what tells users and hosts apart."""
    with suppress(OSError, RuntimeError):  # a RuntimeError: there is no home
        path = _place()
        with suppress(FileNotFoundError):
            return _whole(path.read_bytes())
        return _made(path)
    return (
        f"{platform.node()}\0{os.getuid() if hasattr(os, 'getuid') else os.environ.get('USERNAME')}".encode()
    )


def _place() -> Path:
    base = os.environ.get("XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local" / "state") / "hpsearch" / "key"


def _whole(key: bytes) -> bytes:
    if len(key) != _KEY:
        raise OSError(f"not {_KEY} bytes")
    return key


def _made(path: Path) -> bytes:
    """A new key; of several processes that make one at the same time, all have the first one's."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(secrets.token_bytes(_KEY))
    try:
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    return _whole(path.read_bytes())
