"""Which code a run folder was made to run by the user who has it now, here."""

from __future__ import annotations

import json
from pathlib import Path

from hpsearch.storage.key import is_mark_of

_SESSION, _ROUND = b'"kind":"session"', b'"kind":"round"'


def is_marked(journal: Path, code: str) -> bool:
    """Whether this user, with the key that is kept here, has run `code` in the search of `journal`.

    What is damaged is the business of who reads the records; it is no mark. Raises OSError.
    """
    with journal.open("rb") as lines:
        return any(
            is_mark_of(code, mark) for line in lines if _SESSION in line[:64] and (mark := _mark(line))
        )


def has_begun(journal: Path) -> bool:
    """Whether a search has recorded whose it is, or a round, as one of 0.1.0 did at once. Raises OSError."""
    with journal.open("rb") as lines:
        return any(line.endswith(b"\n") and (_SESSION in line[:64] or _ROUND in line[:64]) for line in lines)


def _mark(line: bytes) -> str:
    try:
        mark = json.loads(line).get("mark")
    except (ValueError, AttributeError, RecursionError):
        return ""
    return mark if isinstance(mark, str) else ""
