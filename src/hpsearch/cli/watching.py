"""`show --watch`: a search of another terminal, as it goes on there."""

from __future__ import annotations

from hpsearch.actions.watch import watch
from hpsearch.cli.console import progress
from hpsearch.core.errors import Interrupted
from hpsearch.runs import RunFolder


def follow(folder: RunFolder, *, quiet: bool) -> None:
    """Show the search in `folder` until it ends.

    Raises:
        Interrupted: by Ctrl-C; the search goes on.
    """
    try:
        with progress(quiet=quiet) as shown:
            watch(folder, shown.update)
    except KeyboardInterrupt:
        raise Interrupted("no longer watched; the search itself goes on") from None
