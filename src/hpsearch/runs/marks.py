"""Which code a run folder was made to run by the user who has it now, here."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

from hpsearch.storage.key import is_mark_of

_SESSION = b'"kind":"session"'


def is_marked(journal: Path, code: str) -> bool:
    """Whether this user, with the key that is kept here, has run `code` in the search of `journal`.

    What is damaged is the business of who reads the records; it is no mark. Raises OSError.
    """
    with journal.open("rb") as lines:
        return any(
            is_mark_of(code, mark) for line in lines if _SESSION in line[:64] and (mark := _mark(line))
        )


def has_begun(journal: Path) -> bool:
    """Whether a search has recorded more than its first line. Raises OSError."""
    with journal.open("rb") as lines:
        return sum(line.endswith(b"\n") for line in islice(lines, 2)) == 2


def _mark(line: bytes) -> str:
    try:
        mark = json.loads(line).get("mark")
    except (ValueError, AttributeError, RecursionError):
        return ""
    return mark if isinstance(mark, str) else ""
