"""The two streams of the command line: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hpsearch.trial import Value

if TYPE_CHECKING:
    from hpsearch.report.curves import Watch
    from hpsearch.report.progress import Progress


def out(text: str) -> None:
    """Print results, as they stand. A reader that has seen enough (`| head`) ends the printing, not the command."""
    try:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def out_json(data: Any) -> None:
    """Print results as one JSON document."""
    out(json.dumps(data, indent=2, ensure_ascii=False))


def note(text: str, *, quiet: bool = False) -> None:
    """Print a message to the person, unless they asked for quiet."""
    if not quiet:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


def progress(*, quiet: bool) -> Progress:
    """A live bar on a terminal, plain lines elsewhere, nothing if `quiet`."""
    from hpsearch.report.progress import LiveBar, PlainLines, Silent

    if quiet:
        return Silent()
    from rich.console import Console

    console = Console(stderr=True)
    return LiveBar(console) if console.is_terminal else PlainLines(console)


def watch(*, quiet: bool) -> Watch:
    """The curves of a training: live on a terminal that can draw them, else plain lines, nothing if `quiet`."""
    from rich.console import Console

    from hpsearch.report.curves import Lines, Live

    console = Console(stderr=True)
    able = console.is_terminal and not console.is_dumb_terminal and console.encoding.startswith("utf")
    return Live(console) if able and not quiet else Lines(console, quiet=quiet)


def out_table(
    header: Sequence[str], rows: Sequence[Sequence[Value | None]], spare: Sequence[str] = ()
) -> None:
    """Print a table. On a terminal too narrow for it, the columns of `spare` are left out, the first ones first."""
    from hpsearch.report.text import aligned

    out(aligned(header, rows, spare, shutil.get_terminal_size().columns if sys.stdout.isatty() else None))
