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
from hpsearch.core.trial import Standing, Value

if TYPE_CHECKING:
    from hpsearch.core.metric import Metric
    from hpsearch.core.verdict import Verdict
    from hpsearch.reporting.curves import Watch
    from hpsearch.reporting.progress import Progress


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
    """Print results as one JSON document; a number that is not finite is null."""
    from hpsearch.reporting.export.finite import finite

    text = json.dumps(finite(data), indent=2, ensure_ascii=False, allow_nan=False)
    out(in_json(text), exact=True)


def note(text: str, *, quiet: bool = False) -> None:
    """Print a message to the person, unless they asked for quiet."""
    if not quiet:
        sys.stderr.write(printable(text) + "\n")
        sys.stderr.flush()


def progress(*, quiet: bool) -> Progress:
    """A live screen on a terminal, plain lines elsewhere, nothing if `quiet`."""
    from hpsearch.reporting.progress import Silent, on_standard_error

    return Silent() if quiet else on_standard_error()


def watch(*, quiet: bool) -> Watch:
    """The curves of a training: live on a terminal that can draw them, else plain lines, nothing if `quiet`."""
    from rich.console import Console

    from hpsearch.reporting.curves import Lines, Live

    console = Console(stderr=True)
    able = console.is_terminal and not console.is_dumb_terminal and console.encoding.startswith("utf")
    return Live(console) if able and not quiet else Lines(console, quiet=quiet)


def width() -> int | None:
    """How wide standard output is; None where it is no terminal, and lines may be of any length."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def out_table(
    header: Sequence[str], rows: Sequence[Sequence[Value | None]], spare: Sequence[str] = ()
) -> tuple[str, ...]:
    """Print a table; gives the columns of `spare` for which the terminal is too narrow."""
    from hpsearch.reporting.columns import laid_out

    layout = laid_out(header, rows, spare, width())
    out(layout.text)
    return layout.left_out


def out_ranking(
    standings: Sequence[Standing],
    metric: Metric,
    epochs: int,
    top: int | None = None,
    beside: Sequence[Metric] = (),
) -> None:
    """Print the lines of a ranking, on a terminal broken between settings."""
    from hpsearch.reporting.text import ranking_lines
    from hpsearch.reporting.wrapping import ranked

    lines = ranking_lines(standings, metric, epochs, top, beside)
    out("\n".join(ranked(line.rstrip("\n"), width()) for line in lines))


def advise(verdict: Verdict, *, quiet: bool = False) -> None:
    """Print what to do next, on a terminal broken between words."""
    from hpsearch.reporting.wrapping import advice

    note(advice(verdict, _width_of_notes()), quiet=quiet)


def remark(text: str, command: str = "", *, quiet: bool = False) -> None:
    """Print a message to the person, and the command that it ends with; on a terminal broken between words."""
    from hpsearch.reporting.wrapping import together, wrapped

    note(wrapped(f"{text} {together(command)}" if command else text, _width_of_notes()), quiet=quiet)


def _width_of_notes() -> int | None:
    return shutil.get_terminal_size().columns if sys.stderr.isatty() else None
