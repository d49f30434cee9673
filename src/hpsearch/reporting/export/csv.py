"""A table of the trials as CSV."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hpsearch.reporting.export.format import FORMATS
from hpsearch.reporting.export.trials import trials
from hpsearch.reporting.tables import as_csv

if TYPE_CHECKING:
    from hpsearch.engine.run import Run


class Csv:
    """One line per trial, the best first."""

    says = "a table of the trials"
    suffix = "-trials.csv"

    def write(self, run: Run, path: Path) -> None:
        """Write the table."""
        path.write_text(as_csv(*trials(run)), encoding="utf-8", newline="\n")

    def use(self, run: Run, path: Path) -> str:
        """It opens anywhere."""
        del path
        return f"{len(run.standings)} trials, one per line"


FORMATS.register("csv")(Csv())
