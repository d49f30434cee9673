"""`--picture FILE`: a picture as a file, or as plots of characters on standard output."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hpsearch.reporting.picture.svg import Picture

#: Where plots of characters go.
HERE = Path("-")
#: So wide are plots where there is no terminal.
_COLUMNS = 80


def examine(path: Path | None, *, overwrite: bool, json: bool) -> None:
    """Refuse, before the work, what cannot be drawn. Raises InputError."""
    from hpsearch.actions import picture
    from hpsearch.core.errors import InputError

    if path == HERE and json:
        raise InputError("--picture -: cannot be printed beside the document of --json; give a FILE")
    if path is not None and path != HERE:
        picture.examine(path, overwrite=overwrite)


def draw(path: Path | None, make: Callable[[], Picture], *, overwrite: bool, quiet: bool = False) -> None:
    """Draw what `make` gives, if a picture was asked for."""
    from hpsearch.actions.picture import write
    from hpsearch.cli.console import note

    if path == HERE:
        plot([make()])
    elif path is not None:
        write(make(), path, overwrite=overwrite)
        note(f"written: {path}", quiet=quiet)


def plot(pictures: Iterable[Picture]) -> None:
    """Print pictures as plots of characters, beside each other as far as the terminal is wide enough."""
    from hpsearch.cli.console import out, width
    from hpsearch.reporting.picture.characters import plotted

    out("\n".join(plotted(picture, width() or _COLUMNS) for picture in pictures))
