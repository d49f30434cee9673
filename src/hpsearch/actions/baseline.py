"""What a search is held to: the best of a recorded run, or of the JSON that told of one."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Literal

import msgspec

from hpsearch.analysis.gates import Baseline
from hpsearch.analysis.noise import known_noise
from hpsearch.core.errors import HpsearchError, InputError
from hpsearch.engine.run import Run
from hpsearch.reporting.document import VERSION
from hpsearch.runs import RunFolder
from hpsearch.runs.folder import NAME
from hpsearch.storage.atomic import open_regular

#: A document is read whole; one of a search with all its trials is smaller.
_MOST_BYTES = 100_000_000


class _Confirmed(msgspec.Struct):
    mean: float | None
    seeds: int


class _Trial(msgspec.Struct):
    metrics: dict[str, float | None]
    confirmed: _Confirmed | None = None


class _Document(msgspec.Struct):
    """What is read of docs/json.md."""

    version: int
    metric: str
    goal: Literal["maximize", "minimize"]
    best: list[_Trial]
    data: str = ""


def baseline(runs_dir: Path, given: str) -> Baseline:
    """That of the run called `given`, or of the file of that path.

    Raises:
        InputError: the file is no document of a search, or none of its trials is done.
        RunFolderError: there is no such run, or it cannot be read.
    """
    named = NAME.fullmatch(given) and RunFolder(runs_dir / given).recorded
    path = Path(given)
    if path.is_file() and not named:
        return _of_file(path)
    try:
        run = Run.read(RunFolder.existing(runs_dir, given), curves=False)
    except HpsearchError as error:
        absent = not path.exists() and not (runs_dir / given).exists()
        error.args = (f"--baseline {given}: {error}{'; nor is there a file of that name' if absent else ''}",)
        raise
    if run.best is None:
        raise _nothing(given)
    again, value = run.best.confirmed, run.best.value(run.metric)
    seeds = again.seeds if again else 1
    metric = run.metric
    return Baseline(given, metric.name, metric.goal, value, seeds, run.data, known_noise(run))


def _of_file(path: Path) -> Baseline:
    try:
        with open_regular(path) as file:
            text = file.read(_MOST_BYTES + 1)
        found = msgspec.json.decode(text, type=_Document)
    except OSError as error:
        raise InputError(f"--baseline {path}: cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(
            f"--baseline {path}: is neither a run nor what `hpsearch show RUN --json` prints: {error}"
        ) from error
    if found.version != VERSION:
        raise InputError(
            f"--baseline {path}: is version {found.version} of the document, and {VERSION} is read; "
            f"make it anew with: hpsearch show RUN --json"
        )
    first = found.best[0] if found.best else None
    again = first.confirmed if first else None
    value = again.mean if again else first.metrics.get(found.metric) if first else None
    if value is None or not math.isfinite(value):
        raise _nothing(str(path))
    return Baseline(str(path), found.metric, found.goal, value, again.seeds if again else 1, found.data)


def _nothing(given: str) -> InputError:
    return InputError(f"--baseline {given}: no trial of it is done, so there is nothing to compare with")
