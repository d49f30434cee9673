"""Pictures as files: refused before the work that they are of, and written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from hpsearch.core.errors import InputError
from hpsearch.storage.atomic import placing, refuse_existing
from hpsearch.storage.endings import PNG, SVG, ending

if TYPE_CHECKING:
    from hpsearch.reporting.picture.svg import Picture

OPTION = "--picture"


def examine(path: Path, *, overwrite: bool = False) -> None:
    """See that a picture can be written there.

    Raises:
        InputError: its name ends otherwise, it exists, or its folder cannot be written to.
        MissingExtra: what draws a .png is not installed.
    """
    if ending(path) not in (SVG, PNG):
        raise InputError(f"{OPTION} {path}: must end in {SVG} or {PNG}, or be - for plots of characters")
    refuse_existing(path, overwrite=overwrite, option=OPTION)
    folder = path.absolute().parent
    if not folder.is_dir():
        raise InputError(f"{OPTION} {path}: there is no folder {folder}; make it, or give another path")
    if not os.access(folder, os.W_OK):
        raise InputError(f"{OPTION} {path}: the folder {folder} cannot be written to; give another path")
    if ending(path) == PNG:
        from hpsearch.reporting.picture import png

        png.require()


def write(picture: Picture, path: Path, *, overwrite: bool = False) -> None:
    """Write the picture as its name ends. Raises InputError where it cannot be written."""
    content = drawn(picture, ending(path))
    with placing(path, overwrite=overwrite, option=OPTION) as made:
        made.write_bytes(content)


def drawn(picture: Picture, kind: str) -> bytes:
    """The content of a file with such an ending."""
    from hpsearch.reporting.picture.svg import svg

    text = svg(picture)
    if kind == SVG:
        return text.encode()
    from hpsearch.reporting.picture.png import png

    return png(text)
