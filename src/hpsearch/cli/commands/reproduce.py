"""`hpsearch reproduce RUN TRIAL`: train a recorded trial again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hpsearch.cli import options
from hpsearch.cli.commands import COMMANDS


@COMMANDS.register("reproduce", place=80)
def command(
    run: options.Run,
    trial: options.Trial,
    keep: Annotated[
        Path | None,
        typer.Option(
            "--keep",
            metavar="FOLDER",
            help="Keep what it makes there, a new folder: its log, its checkpoint, its own working folder.",
        ),
    ] = None,
    trust: options.Trust = False,
    runs_dir: options.RunsDir = options.RUNS,
) -> None:
    """Train a recorded trial again and compare it to the bit."""
    from hpsearch.actions.reproduce import reproduce
    from hpsearch.cli.console import note, out
    from hpsearch.core.errors import SearchFailed
    from hpsearch.core.words import shown, spoken
    from hpsearch.runs import RunFolder

    made = reproduce(RunFolder.existing(runs_dir, run), trial, keep, trust=trust, tell=note)
    if keep:
        note(f"kept: {keep}")
    metrics = ", ".join(f"{spoken(name)} {shown(value)}" for name, value in made.again.metrics.items())
    ending = f"{made.again.status} after {made.again.epochs} epochs" + (f", {metrics}" if metrics else "")
    if made.difference and made.edited:
        raise SearchFailed(
            f"trial {trial}: not reproduced: {made.difference}. "
            f"Its code has changed since: {', '.join(made.edited)}"
        )
    if made.difference:
        raise SearchFailed(
            f"trial {trial}: not reproduced: {made.difference}. "
            f"Another machine, NumPy or BLAS may compute other bits; code of your own may ignore the seed, or "
            f"answer differently where it goes on from its checkpoint: here it was trained in one go"
        )
    out(f"trial {trial}: {ending}; reproduced to the bit ({made.compared} numbers compared)")
