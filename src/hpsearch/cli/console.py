"""The two streams of the command line: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hpsearch.core.errors import InputError
from hpsearch.core.escaping import in_json, printable
from hpsearch.core.trial import Value

if TYPE_CHECKING:
    from hpsearch.report.curves import Watch
    from hpsearch.report.progress import Progress


def out(text: str, *, exact: bool = False) -> None:
    """Print results. A reader that has seen enough (`| head`) ends the printing, not the command.

    Args:
        text: what to print; what a terminal would obey is escaped.
        exact: it is data, which programs and files get as it stands; only a terminal does not.

    Raises:
        InputError: they cannot be written where standard output leads, such as to a full disk.
    """
    if not exact or sys.stdout.isatty():
        text = printable(text)
    try:
        sys.stdout.write(_encodable(text if text.endswith("\n") else text + "\n"))
        sys.stdout.flush()
    except OSError as error:
        # What is left in the stream would fail again at the end of the process.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise InputError(
                f"standard output: cannot be written: {error.strerror}; what was recorded is kept (hpsearch show)"
            ) from error


def _encodable(text: str) -> str:
    """With escapes for the letters that standard output has no way to write."""
    encoding = sys.stdout.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def out_json(data: Any) -> None:
    """Print results as one JSON document."""
    out(in_json(json.dumps(data, indent=2, ensure_ascii=False)), exact=True)


def note(text: str, *, quiet: bool = False) -> None:
    """Print a message to the person, unless they asked for quiet."""
    if not quiet:
        sys.stderr.write(printable(text) + "\n")
        sys.stderr.flush()


def progress(*, quiet: bool) -> Progress:
    """A live screen on a terminal, plain lines elsewhere, nothing if `quiet`."""
    from hpsearch.report.progress import Silent, on_standard_error

    return Silent() if quiet else on_standard_error()


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
