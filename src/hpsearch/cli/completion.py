"""What a shell completes beside commands and options, which the command line library knows."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from hpsearch.core.errors import HpsearchError
from hpsearch.core.places import DEFAULT_RUNS

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


def executors() -> list[str]:
    """The names of the executors."""
    from hpsearch.executors import EXECUTORS

    return list(EXECUTORS)


def formats() -> list[str]:
    """The formats of `export`."""
    from hpsearch.cli.commands.export import MODEL
    from hpsearch.report.export import FORMATS

    return [MODEL, *FORMATS]
