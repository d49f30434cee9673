"""What a shell completes beside commands and options, which the command line library knows."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from hpsearch.core.errors import HpsearchError
from hpsearch.core.places import DEFAULT_RUNS

if TYPE_CHECKING:
    from hpsearch.engine.run import Run

_INSTALLING = {"--install-completion", "--show-completion"}


def program() -> str | None:
    """What a shell is told that the program is called, also by `python -m hpsearch`; None where none is told."""
    return "hpsearch" if _INSTALLING & set(sys.argv[1:2]) else None


def runs(ctx: typer.Context) -> list[str]:
    """The names of the recorded runs; none where they cannot be read, for a shell shows no message."""
    from hpsearch.runs import recorded

    try:
        return [run.path.name for run in recorded(Path(ctx.params.get("runs_dir") or DEFAULT_RUNS))]
    except (HpsearchError, OSError):
        return []


def parameters(ctx: typer.Context) -> list[str]:
    """The names of the parameters that the run of the line searched."""
    found = _run(ctx)
    return [] if found is None else list(found.space.names)


def trials(ctx: typer.Context) -> list[str]:
    """The numbers of the trials of the run of the line."""
    found = _run(ctx)
    return [] if found is None else [str(number) for number in found.trials]


def _run(ctx: typer.Context) -> Run | None:
    from hpsearch.engine.run import Run
    from hpsearch.runs import RunFolder

    # While the value of an option is awaited, what stands before it is not parsed yet.
    run = ctx.params.get("run") or next((word for word in ctx.args if not word.startswith("-")), "")
    try:
        runs_dir = Path(ctx.params.get("runs_dir") or DEFAULT_RUNS)
        return Run.read(RunFolder.existing(runs_dir, run), curves=False)
    except (HpsearchError, OSError):
        return None


def executors() -> list[str]:
    """The names of the executors."""
    from hpsearch.executors import EXECUTORS

    return list(EXECUTORS)


def formats() -> list[str]:
    """The formats of `export`."""
    from hpsearch.cli.commands.export import MODEL
    from hpsearch.reporting.export import FORMATS

    return [MODEL, *FORMATS]
