"""The two streams of the command line: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hpsearch.trial import Value

if TYPE_CHECKING:
    from rich.console import Console

    from hpsearch.report.progress import Progress


def out(text: str) -> None:
    """Print results, as they stand."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")
    sys.stdout.flush()


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


def out_table(header: Sequence[str], rows: Sequence[Sequence[Value | None]]) -> None:
    """Print a table, as wide as the terminal lets it be."""
    from rich.table import Table
    from rich.text import Text

    from hpsearch.report.text import shown, spoken

    table = Table(box=None, pad_edge=False, header_style="bold")
    for index, name in enumerate(header):
        numeric = any(isinstance(row[index], int | float) for row in rows)
        table.add_column(Text(spoken(name)), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if value is None else shown(value, 4)) for value in row))
    _stdout().print(table)


def _stdout() -> Console:
    from rich.console import Console

    # A pipe has no width; a table must not be folded to one that was never there.
    return Console() if sys.stdout.isatty() else Console(width=10_000)
