"""Everything a run holds, as one JSON document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from hpsearch.reporting.document import detailed
from hpsearch.reporting.export.finite import finite
from hpsearch.reporting.export.format import FORMATS

if TYPE_CHECKING:
    from hpsearch.engine.run import Run


class Json:
    """Trials, the best first, with all their results and curves; a number that is not finite is null."""

    says = "everything, curves and results with fresh seeds included"
    suffix = "-trials.json"

    def write(self, run: Run, path: Path) -> None:
        """Write the document."""
        document = {
            "run": run.name,
            "metric": run.metric.name,
            "goal": run.metric.goal,
            "epochs": run.epochs,
            "trials": [detailed(run, standing.trial.number) for standing in run.standings],
        }
        text = json.dumps(finite(document), indent=1, ensure_ascii=False, allow_nan=False)
        path.write_text(text + "\n", encoding="utf-8", newline="\n")

    def use(self, run: Run, path: Path) -> str:
        """It opens anywhere."""
        del path
        return f"{len(run.standings)} trials with their curves"


FORMATS.register("json")(Json())
