"""What `hpsearch show` prints: a ranking, its parts, one trial, or what failed."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from hpsearch.actions.known import Known
from hpsearch.analysis.tradeoffs import remarks
from hpsearch.analysis.verdicts import verdicts_of
from hpsearch.cli.by import By
from hpsearch.cli.checks import Checks, failure
from hpsearch.cli.console import advise, out, out_json, out_ranking, out_table, remark, width
from hpsearch.cli.pareto import list_front, plot, tell
from hpsearch.config import Spec, build_space, load_recorded
from hpsearch.core.errors import InputError, did_you_mean
from hpsearch.core.trial import Standing, Value
from hpsearch.core.words import between_commas, spoken
from hpsearch.engine.criteria import typed
from hpsearch.engine.front import Front
from hpsearch.engine.run import Run, state_of
from hpsearch.reporting import document, fronts, one_trial, tables, text
from hpsearch.reporting.columns import picked, spoken_apart
from hpsearch.reporting.summary import BEST, Summary, summary_of
from hpsearch.runs import RunFolder

Rows = list[list[Value | None]]
#: What a narrow terminal does without, the first ones first.
SPARE = ("round", "status", "train_loss", "val_loss", "spread", "seeds", "trials", "epochs")
#: What names a row, so that it stands in every table.
_TRIAL = "trial"


class Look(Struct, frozen=True):
    """How something is to be shown: the format, how many, which columns, and whether all of them."""

    form: str
    top: int
    columns: str | None
    wide: bool


def whole(folder: RunFolder, look: Look) -> None:
    """The best trials of a recorded run, and what to do next: as it was told before, where nothing has changed."""
    known = Known(folder)
    if look.top <= BEST and (summary := known.recalled()):
        again(load_recorded(folder.config), folder, summary, look)
    else:
        recorded = Run.read(folder)  # with the curves, of which a verdict speaks
        known.keep(recorded, ranking(recorded, look))


def ranking(run: Run, look: Look, checks: Checks | None = None) -> Summary:
    """The best trials, and what to do next; what was told of all that, for another time.

    Raises:
        SearchFailed: a gate of `checks` is not passed.
    """
    best, columns = run.ranked[: look.top], tables.columns_of(run.standings)
    if look.form != "json":
        _print(run, best, look, columns)  # before the verdicts, which take longer
    verdicts = verdicts_of(run)
    summary = summary_of(run, verdicts, columns)
    found = document.of_summary(summary.data, run.folder.path, run.state, best)
    gates = checks.of(run, verdicts) if checks and checks.anything else []
    found |= document.gated(gates) if gates else {}
    shut = failure(run, gates, found)
    if look.form == "json" and not shut:  # whose document is printed with the error
        out_json(found)
    _tell(summary, run.folder, bool(best))
    if shut:
        raise shut
    return summary


def again(spec: Spec, folder: RunFolder, summary: Summary, look: Look) -> None:
    """What `ranking` told of a run whose files are the same since, with no more of the best than a summary has."""
    best = summary.best[: look.top]
    if look.form == "json":
        out_json(document.of_summary(summary.data, folder.path, state_of(folder, summary.ending), best))
    else:
        _print_best(best, look, spec, build_space(spec).recorded, summary.columns)
    _tell(summary, folder, bool(best))


def _tell(summary: Summary, folder: RunFolder, shown: bool) -> None:
    """What to do next, and what else is to be known; `shown`: the ranking has a trial."""
    for verdict in summary.verdicts:
        advise(verdict)
    if shown and summary.ill:
        remark(f"{summary.ill}; all of them:", f"hpsearch show {folder.argument} --failed")
    for learned in summary.learned:
        remark(f"learned from {learned}")
    if summary.deaths:
        remark(text.deaths(summary.deaths).removeprefix("; "))
    if state_of(folder, summary.ending) == "interrupted":
        remark("interrupted; continue with:", f"hpsearch resume {folder.argument}")


def _print(run: Run, best: Sequence[Standing], look: Look, columns: tables.Columns) -> None:
    if not best:
        _tell_why_empty(run)
    if best or look.form != "table":  # a program gets its head in any case
        _print_best(best, look, run.spec, run.space.recorded, columns)
    if look.form == "text" or (best and look.form == "table"):
        list_front(run, look.top)


def _print_best(
    best: Sequence[Standing], look: Look, spec: Spec, parameters: Sequence[str], columns: tables.Columns
) -> None:
    if look.form == "text":
        search = spec.search
        out_ranking(best, search.ranks_by, spec.objective.epochs, beside=search.ranking[1:])
    else:
        _table(*tables.table(best, parameters, columns), look, _spare(parameters, columns.own))


def _spare(parameters: Sequence[str], own: Sequence[str]) -> tuple[str, ...]:
    """What a table with its `own` columns can do without: no parameter of that name."""
    return tuple(name for name in SPARE if name in own or name not in parameters)


def _tell_why_empty(run: Run) -> None:
    """Why nothing is ranked."""
    if not run.standings:
        remark("no trial has ended yet" if run.state == "running" else "no trial was finished")
        return
    found = text.summary(run.standings)
    remark(f"nothing to rank: {found}; all reasons:", f"hpsearch show {run.folder.argument} --failed")


def by(run: Run, given: str, look: Look) -> None:
    """The best trial for each part of one parameter or two, and whether these can be compared."""
    parts = By.of(run, given)
    if look.form == "json":
        out_json(document.document(run, run.ranked[: look.top], verdicts_of(run)) | {"by": parts.as_data()})
    else:
        # The epochs are shown wherever they are not all the same.
        spare = tuple(
            name
            for name in _spare(run.space.recorded, ("trials", "epochs"))
            if name != "epochs" or not parts.unfair
        )
        _table(*(parts.listed() if look.form == "csv" else parts.table()), look, spare)
    if parts.unfair:
        remark(parts.unfair)
    if len(run.space) > 1 and run.ranked:
        remark(_importance(run))


def pareto(run: Run, given: str, look: Look) -> None:
    """The trials that no other beats in several things, and how to read that."""
    front = Front.of(run, typed(run, given))
    found = remarks(run, front)
    if look.form == "json":
        data = document.document(run, run.ranked[: look.top], verdicts_of(run))
        out_json(data | {"pareto": fronts.as_data(front, found)})
    else:
        _table(*fronts.table(run, front), look, _spare(run.space.recorded, fronts.SPARE))
        if look.form in ("text", "table"):
            plot(run, front)
    tell(front, found)


def _importance(run: Run) -> str:
    """How much each parameter matters by itself, on one line."""
    from hpsearch.analysis.importance import importance

    said = ", ".join(
        f"{spoken(share.name)} {100 * share.mean:.0f} % ({100 * share.low:.0f} to {100 * share.high:.0f})"
        for share in importance(run)
    )
    if not said:
        return "importance: too few trials to tell which parameter matters most"
    return f"importance (the share that each explains alone, with its 90 % interval): {said}"


def trial(run: Run, number: int, look: Look) -> None:
    """One trial with all that is known of it.

    Raises:
        InputError: the run has no such trial.
    """
    if number not in run.trials:
        known = f"trials 0 to {max(run.trials)}" if run.trials else "no trial yet"
        raise InputError(f"--trial {number}: {run.folder.path} has {known}")
    if look.form == "json":
        found = document.document(run, run.ranked[: look.top], verdicts_of(run))
        out_json(found | {"trial": document.detailed(run, number)})
    else:
        out(one_trial.told(run, number, width()))


def failed(run: Run, look: Look) -> None:
    """Every training that did not end well."""
    if look.form == "json":
        found = document.document(run, run.ranked[: look.top], verdicts_of(run))
        out_json(found | {"failed": document.lost(run)})
        return
    rows: Rows = [
        [result.trial, result.replicate, result.epochs, result.status, result.reason or None]
        for result in run.ill
    ]
    if rows:
        _table([_TRIAL, "replicate", "epochs", "status", "reason"], rows, look, ())
    else:
        remark("every training ended well")


def _table(header: list[str], rows: Rows, look: Look, spare: Sequence[str]) -> None:
    if look.columns is not None:
        header, rows = picked(header, rows, _picks(look.columns, header))
        spare = ()
    match look.form:
        case "csv":
            out(tables.as_csv(header, rows), exact=True)
        case "markdown":
            out(tables.markdown(header, rows))
        case _:
            _tell_left_out(out_table(header, rows, () if look.wide else spare))


def _picks(given: str, header: Sequence[str]) -> list[str]:
    """The columns that are asked for, the number of the trial always among them.

    Raises:
        InputError: there is no such column.
    """
    known = {head: name for name, head in spoken_apart(header).items()} | {name: name for name in header}
    names = []
    for wanted in between_commas(given, known):
        if wanted not in known:
            hint = did_you_mean(wanted, known) or f"; there are {', '.join(header)}"
            raise InputError(f"--columns {wanted}: is no column of this table{hint}")
        names.append(known[wanted])
    always = [_TRIAL] if _TRIAL in header and _TRIAL not in names else []
    return list(dict.fromkeys([*always, *names]))


def _tell_left_out(names: Sequence[str]) -> None:
    if names:
        count = "1 column" if len(names) == 1 else f"{len(names)} columns"
        remark(f"{count} not shown ({', '.join(map(spoken, names))}): --wide, --columns")
