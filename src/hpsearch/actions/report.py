"""A recorded run as one page of HTML: what it means is found, and drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from hpsearch.analysis.importance import importance
from hpsearch.analysis.isolation import isolate, isolate_pairs
from hpsearch.analysis.noise import known_noise
from hpsearch.analysis.tradeoffs import remarks
from hpsearch.analysis.verdicts import verdicts_of
from hpsearch.config import build_space, load_recorded
from hpsearch.core.errors import HpsearchError, InputError, MissingExtra
from hpsearch.engine.criteria import typed
from hpsearch.engine.front import Front, front_of
from hpsearch.engine.run import Run
from hpsearch.reporting.page.found import Ancestor, Found, Grid, Interval, Part, Share
from hpsearch.runs import RunFolder
from hpsearch.runs.contents import asked_in, header_of
from hpsearch.runs.journal import replay
from hpsearch.runs.times import TimesReader
from hpsearch.space import Parameter
from hpsearch.storage.atomic import placing, refuse_existing
from hpsearch.storage.endings import PNG

if TYPE_CHECKING:
    from hpsearch.reporting.picture.svg import Picture


def report(
    folder: RunFolder, output: Path | None = None, *, overwrite: bool = False, pareto: str | None = None
) -> Path:
    """Write what `folder` holds as one file that needs no other, whole or not at all.

    Args:
        output: where to; the run's name with `.html` if None.
        pareto: names with commas between, of what trials are to be drawn by as a front.

    Returns:
        where it was written.

    Raises:
        InputError: the path is taken or cannot be written, or there is no front by these names.
        MissingExtra: what fills in the page is not installed.
    """
    try:
        from hpsearch.reporting.page.page import page
    except ImportError:
        raise MissingExtra("report", library="jinja2", extra="report") from None
    path = output or Path(f"{folder.path.resolve().name}.html")
    refuse_existing(path, overwrite=overwrite)  # before all the reading
    text = page(found(Run.read(folder), pareto))
    with placing(path, overwrite=overwrite) as made:
        made.write_text(text, encoding="utf-8", newline="\n")
    return path


def report_charts(
    folder: RunFolder, directory: Path, *, overwrite: bool = False, pareto: str | None = None
) -> list[Path]:
    """Write the charts of the report of `folder` as a .png for each of its sections.

    Args:
        directory: where to; it is made where there is none, and other files in it stay.
        pareto: as in `report`.

    Returns:
        the files.

    Raises:
        InputError: there is no chart, or a file is there already or cannot be written.
        MissingExtra: what draws a .png is not installed.
    """
    from hpsearch.actions.picture import drawn
    from hpsearch.reporting.picture import png

    if not _can_be_a_folder(directory):
        raise InputError(f"--png {directory}: must be a folder, or a new one in a folder that exists")
    png.require()
    made = {directory / f"{name}{PNG}": picture for name, picture in charts(folder, pareto).items()}
    try:
        directory.mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(f"--png {directory}: no folder can be made there: {error.strerror}") from error
    for path in made:
        refuse_existing(path, overwrite=overwrite, option="--png")
    for path, picture in made.items():
        with placing(path, overwrite=overwrite, option="--png") as place:
            place.write_bytes(drawn(picture, PNG))
    return list(made)


def _can_be_a_folder(path: Path) -> bool:
    try:
        return path.is_dir() or (path.absolute().parent.is_dir() and not path.exists())
    except OSError:  # such as a name that is too long
        return False


def charts(folder: RunFolder, pareto: str | None = None) -> dict[str, Picture]:
    """The charts of the report, by the names of its sections. Raises InputError where there are none."""
    from hpsearch.reporting.picture.sections import pictures

    made = pictures(found(Run.read(folder), pareto))
    if not made:
        raise InputError(f"{folder.path.name} has no results to draw yet")
    return made


def recorded(run: Run) -> Found:
    """What its record tells without analysis, which takes seconds."""
    journal = run.folder.journal
    reader = TimesReader(str(journal))
    records, _, _ = replay(journal, reader)
    wrote = str(header_of(records, str(journal)).version)
    return Found(run, asked=asked_in(records), times=reader.times, wrote=wrote, front=front_of(run))


def found(run: Run, pareto: str | None = None) -> Found:
    """All that the page of a run tells, the front of these names included. Raises InputError for wrong ones."""
    front = front_of(run) if pareto is None else Front.of(run, typed(run, pareto))
    shares = [Share(one.name, one.mean, one.low, one.high) for one in importance(run)]
    pair = _pair(run, shares)
    return replace(
        recorded(run),
        verdicts=verdicts_of(run),
        interval=_interval(run),
        shares=shares,
        pair=pair,
        grid=_grid(run, *pair) if pair else None,
        ancestors=list(_ancestors(run)),
        front=front,
        remarks=remarks(run, front) if front else (),
    )


def _interval(run: Run) -> Interval | None:
    """How well the best is known; None where nothing tells."""
    best, noise = run.best, known_noise(run)
    if best is None or noise is None:
        return None
    return Interval(noise.interval(best.confirmed.seeds if best.confirmed else 1), noise.source)


def _pair(run: Run, shares: Sequence[Share]) -> tuple[Parameter, Parameter] | None:
    """The two parameters that matter most; the first two of the file where that cannot be told."""
    if len(run.space) < 2:
        return None
    by_name = {parameter.name: parameter for parameter in run.space.parameters}
    first, second, *_ = [by_name[one.name] for one in shares] or run.space.parameters
    return first, second


def _grid(run: Run, across: Parameter, down: Parameter) -> Grid:
    """The best for each pair of their parts."""
    cells = isolate_pairs(run.standings, down, across)
    labels = [bucket.label for bucket in isolate(run.standings, down)]
    rows = [
        (label, [Part(bucket.trials, bucket.best) for bucket in row])
        for label, row in zip(labels, cells, strict=True)
    ]
    return Grid(down.name, across.name, [bucket.label for bucket in cells[0]], rows)


def _ancestors(run: Run) -> Iterator[Ancestor]:
    """The searches that this one refines, its parent first, as far as they lie beside it and can be read."""
    spec, seen = run.spec, {run.name}
    while spec.parent and spec.parent not in seen:
        seen.add(spec.parent)
        try:
            spec = load_recorded(RunFolder.named(run.folder.path.parent, spec.parent).config)
        except HpsearchError:
            return
        yield Ancestor(spec.name, build_space(spec))
