"""A recorded run for other programs: what it holds, and its file in one of their formats."""

from __future__ import annotations

from pathlib import Path

from hpsearch.engine.run import Run
from hpsearch.reporting.export import FORMATS
from hpsearch.runs import RunFolder
from hpsearch.storage.atomic import placing


def export(folder: RunFolder, name: str, output: Path | None, *, overwrite: bool) -> tuple[Path, str]:
    """Write a run in the format `name`, whole or not at all.

    Args:
        output: where to; the run's name with the format's suffix if None.

    Returns:
        where it was written, and how to open it.

    Raises:
        InputError: there is no such format, or the path is taken or cannot be written.
        MissingExtra: the library for it is not installed.
    """
    form = FORMATS[name]
    run = Run.read(folder)
    path = output or Path(f"{run.name}{form.suffix}")
    with placing(path, overwrite=overwrite) as made:
        form.write(run, made)
    return path, form.use(run, path)
