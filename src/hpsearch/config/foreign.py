"""Files that are no configuration of hpsearch: what they are taken for, and how one is made for them."""

from __future__ import annotations

import re
from pathlib import Path
from shlex import quote
from typing import Any

from hpsearch.core.errors import InputError, did_you_mean
from hpsearch.storage.endings import DATA, RUNNERS, ending

_OURS = (".yaml", ".yml", ".json", "")
#: Any of these makes a mapping one of ours, with whatever mistakes.
_SECTIONS = ("objective", "space", "search", "dispatch", "require", "parent")


def refused(path: Path, error: Exception | None = None) -> InputError | None:
    """The error of a file that cannot be one of ours by its name; None of any that may be.

    Args:
        error: why it cannot be read.
    """
    if path.suffix.lower() in _OURS:
        return None
    why = f" ({error})" if error is not None and ending(path) not in (*RUNNERS, *DATA) else ""
    return InputError(f"{path}: is not the YAML file of a search{why}; {_made_by(path)} writes one")


def settings_of_a_program(path: Path, data: Any) -> InputError | None:
    """The error of a mapping that is somebody else's; None where a key may be meant as a section of ours."""
    if not isinstance(data, dict) or not data or any(_may_be_ours(key) for key in data):
        return None
    return InputError(
        f"{path}: has neither objective nor space, so it is not the file of a search; if these are the settings "
        f"of a program of your own, {_made_by(path)} writes a search over it"
    )


def missing(path: Path) -> str:
    """How to get a configuration, where there is no such file."""
    if path.suffix.lower() in _OURS and not _is_command(path):
        return f"hpsearch init -o {quote(str(path))} writes one to start from" if path.parent.is_dir() else ""
    return f"{_made_by(path)} writes one to start from"


def _may_be_ours(key: object) -> bool:
    return isinstance(key, str) and (key in _SECTIONS or bool(did_you_mean(key, _SECTIONS)))


def _is_command(path: Path) -> bool:
    """Whether it is the call of a program, such as `python train.py`."""
    words = str(path).split()
    return len(words) > 1 and any(ending(word) in RUNNERS for word in words)


def _made_by(path: Path) -> str:
    """`hpsearch init 'python train.py' -o search.yaml`."""
    return f"hpsearch init {_given(path)} -o search.yaml"


def _given(path: Path) -> str:
    name, end = str(path), ending(path)
    if end in RUNNERS and not _is_command(path):
        return quote(f"{RUNNERS[end]} {name}")
    itself = end in DATA or _is_command(path) or re.search(r"\.py:\w+$", name)
    return quote(name) if itself else "'COMMAND'"
