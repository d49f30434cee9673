"""Writing a file that was not there before, and never over one that was."""

from __future__ import annotations

from pathlib import Path

from hpsearch.core.errors import InputError

#: What to do where a file is there already.
OTHER, MOVE = "give another name with -o", "move it away to have it made anew"


def refuse_taken(path: Path, remedy: str) -> None:
    """Raise InputError where something is at `path`, if only a link that leads nowhere."""
    if path.exists() or path.is_symlink():
        raise _taken(path, remedy)


def write_new(path: Path, text: str, remedy: str) -> None:
    """Write `text` to `path`.

    Raises:
        InputError: something is there, or it cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise _taken(path, remedy) from None
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}; give another path with -o") from error


def _taken(path: Path, remedy: str) -> InputError:
    return InputError(f"{path}: exists, and is never written over; {remedy}")
