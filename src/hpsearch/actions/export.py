"""A recorded run for other programs: what it holds, and its file in one of their formats."""

from __future__ import annotations

from pathlib import Path

from hpsearch.config import build_space, load_spec
from hpsearch.engine.ranking import rank
from hpsearch.report.export import FORMATS, Contents
from hpsearch.runs import RunFolder, read
from hpsearch.storage.atomic import placing


def contents_of(folder: RunFolder) -> Contents:
    """What `folder` holds, also while its search goes on.

    Raises:
        RunFolderError: its record cannot be read.
    """
    spec = load_spec(folder.config)
    metric = spec.search.ranks_by
    found = read(folder.journal, metric.name)
    return Contents(
        run=folder.path.resolve().name,
        metric=metric,
        epochs=spec.objective.epochs,
        space=build_space(spec),
        standings=rank(found.trials.values(), found.results, metric),
        results=found.results,
        written=folder.journal.stat().st_mtime,
    )


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
    contents = contents_of(folder)
    path = output or Path(f"{contents.run}{form.suffix}")
    with placing(path, overwrite=overwrite) as made:
        form.write(contents, made)
    return path, form.use(contents, path)
