"""Everything a run holds, as one JSON document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpsearch.core.trial import Result, Standing
from hpsearch.report.export.finite import finite, finite_values
from hpsearch.report.export.format import FORMATS
from hpsearch.report.text import as_data

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
            "trials": [_trial(standing, run) for standing in run.standings],
        }
        text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
        path.write_text(text + "\n", encoding="utf-8", newline="\n")

    def use(self, run: Run, path: Path) -> str:
        """It opens anywhere."""
        del path
        return f"{len(run.standings)} trials with their curves"


def _trial(standing: Standing, run: Run) -> dict[str, Any]:
    trial = standing.trial
    results = [_result(result) for result in run.by_trial[trial.number]]
    data = as_data(standing) | {"metrics": finite_values(standing.metrics)}
    return data | {"round": trial.round, "seed": trial.seed, "results": results}


def _result(result: Result) -> dict[str, Any]:
    data = {
        "epochs": result.epochs,
        "replicate": result.replicate,
        "status": result.status,
        "seconds": result.seconds,
        "metrics": finite_values(result.metrics),
        "curve": {name: list(map(finite, values)) for name, values in result.curve.items()},
    }
    optional = {"reason": result.reason, "output": result.output}
    return data | {name: text for name, text in optional.items() if text}


FORMATS.register("json")(Json())
