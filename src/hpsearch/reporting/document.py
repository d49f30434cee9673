"""What `--json` prints of a search, in one shape for all commands, told in docs/json.md. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict

from hpsearch.core.errors import HpsearchError, SpecError
from hpsearch.core.gate import Gate
from hpsearch.core.trial import Result, Standing, plain
from hpsearch.core.verdict import Verdict
from hpsearch.core.words import spans
from hpsearch.engine.front import front_of
from hpsearch.reporting.export.finite import finite
from hpsearch.reporting.fronts import as_data as as_front
from hpsearch.reporting.text import as_data
from hpsearch.runs.records import Hint, Inheritance

if TYPE_CHECKING:
    from hpsearch.engine.run import Run

#: Raised by one whenever a key goes away or means something else; a key that is new raises nothing.
VERSION = 1


def document(run: Run, best: Sequence[Standing], verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """A search as it stands, the `best` of its trials, and what to do next."""
    return (
        {
            "version": VERSION,
            "run": str(run.folder.path),
            "state": run.state,
            "ending": run.ending,
            "parent": run.spec.parent,
            "metric": run.metric.name,
            "goal": run.metric.goal,
            "epochs": run.epochs,
            "trials": len(run.standings),
            "statuses": dict(Counter(standing.status for standing in run.standings)),
            "verdicts": [asdict(verdict) for verdict in verdicts],
            "best": [ranked(standing) for standing in best],
        }
        | ({"data": run.data} if run.data else {})
        | ({"deaths": run.deaths} if run.deaths else {})
        | ({"learned": [_lesson(learned) for learned in run.learned]} if run.learned else {})
        | _code(run)
        | ({"ranked_by": [metric.name for metric in run.spec.search.ranking]} if run.beside else {})
        | ({"pareto": as_front(front)} if (front := front_of(run)) else {})
    )


def of_summary(data: Mapping[str, Any], folder: Path, state: str, best: Sequence[Standing]) -> dict[str, Any]:
    """The document of a run whose `data` are known but for its best trials; called and owned as it is now."""
    return {**data, "run": str(folder), "state": state, "best": [ranked(standing) for standing in best]}


def gated(gates: Sequence[Gate]) -> dict[str, Any]:
    """What was asked of a search, to put into its document."""
    return {"gates": [asdict(gate) for gate in gates]}


def _lesson(learned: Inheritance | Hint) -> dict[str, Any]:
    """A run that was learned from, and how much of it."""
    why = learned.why if isinstance(learned, Hint) else ""
    return {"run": learned.source, "trials": len(learned.configs), "of": learned.of, "why": why}


def _code(run: Run) -> dict[str, Any]:
    """Each version of the user's code that trained something, with its trials; nothing where none was recorded."""
    ran: dict[int, list[int]] = {}
    for places, trials in run.codes.trials(run.results).items():
        for place in places:
            ran.setdefault(place, []).extend(trials)
    found = [
        {"version": place + 1, "files": dict(code), "trials": [list(span) for span in spans(ran[place])]}
        for place, code in enumerate(run.codes.versions)
        if place in ran
    ]
    return {"code": found} if found else {}


def ranked(standing: Standing) -> dict[str, Any]:
    """A trial with where it stands; a metric that is not finite is null."""
    return dict(finite(as_data(standing)))


def detailed(run: Run, number: int) -> dict[str, Any]:
    """All there is of one trial, its curves and its replicates included."""
    trial, standing = run.trials[number], run.standing(number)
    data = ranked(standing) if standing else {"trial": number, "parameters": plain(trial.config)}
    results = [measured(result) | _version(run, result) for result in run.by_trial.get(number, ())]
    return data | {"round": trial.round, "seed": trial.seed, "results": results}


def _version(run: Run, result: Result) -> dict[str, int]:
    place = run.codes.version(result)
    return {} if place is None else {"code": place + 1}


def measured(result: Result) -> dict[str, Any]:
    """One training of a trial: to a rung, or with a fresh seed."""
    data = {
        "epochs": result.epochs,
        "replicate": result.replicate,
        "status": result.status,
        "seconds": result.seconds,
        **({"epoch": result.epoch} if result.epoch != result.epochs else {}),
        "metrics": dict(result.metrics),
        "curve": {name: list(values) for name, values in result.curve.items()},
    }
    optional = {"reason": result.reason, "output": result.output}
    return dict(finite(data)) | {name: text for name, text in optional.items() if text}


def lost(run: Run) -> list[dict[str, Any]]:
    """Every training that did not end well, with its trial."""
    return [{"trial": result.trial} | measured(result) for result in run.ill]


def refused(error: BaseException, message: str, status: int) -> dict[str, Any]:
    """What is told of an error; with what was found nonetheless, where a search ended with it."""
    problems = error.problems if isinstance(error, SpecError) else ()
    told = {"message": message, "status": status, "problems": [asdict(problem) for problem in problems]}
    found = error.found if isinstance(error, HpsearchError) else {}
    return {"version": VERSION} | dict(found) | {"error": told}
