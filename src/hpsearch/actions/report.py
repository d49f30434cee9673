"""A recorded run as one page of HTML: what it means is found, and drawn."""

from __future__ import annotations

from pathlib import Path

from hpsearch.analysis.noise import known_noise
from hpsearch.analysis.verdicts import verdicts_of
from hpsearch.core.errors import MissingExtra
from hpsearch.engine.run import Run
from hpsearch.report.page.found import Found, Interval
from hpsearch.runs import RunFolder
from hpsearch.runs.journal import replay
from hpsearch.runs.records import Reader, header_of
from hpsearch.storage.atomic import placing, refuse_existing


def report(folder: RunFolder, output: Path | None = None, *, overwrite: bool = False) -> Path:
    """Write what `folder` holds as one file that needs no other, whole or not at all.

    Args:
        output: where to; the run's name with `.html` if None.

    Returns:
        where it was written.

    Raises:
        InputError: the path is taken or cannot be written.
        MissingExtra: what fills in the page is not installed.
    """
    try:
        from hpsearch.report.page.page import page
    except ImportError:
        raise MissingExtra("report", library="jinja2", extra="report") from None
    path = output or Path(f"{folder.path.resolve().name}.html")
    refuse_existing(path, overwrite=overwrite)  # before all the reading
    text = page(found(Run.read(folder)))
    with placing(path, overwrite=overwrite) as made:
        made.write_text(text, encoding="utf-8", newline="\n")
    return path


def found(run: Run) -> Found:
    """All that the page of a run tells."""
    journal = run.folder.journal
    records, _, _ = replay(journal, Reader(str(journal), curves=False))
    return Found(
        run,
        verdicts=verdicts_of(run),
        interval=_interval(run),
        wrote=str(header_of(records, str(journal)).version),
    )


def _interval(run: Run) -> Interval | None:
    """How well the best is known; None where nothing tells."""
    best, noise = run.best, known_noise(run)
    if best is None or noise is None:
        return None
    return Interval(noise.interval(best.confirmed.seeds if best.confirmed else 1), noise.source)
