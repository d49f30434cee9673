"""The table of all trials: what the charts draw, to be sorted and searched."""

from __future__ import annotations

from collections.abc import Sequence

from hpsearch.core.escaping import on_a_line
from hpsearch.core.trial import Standing, Value
from hpsearch.core.words import shown
from hpsearch.reporting import tables
from hpsearch.reporting.columns import digits, spoken_apart
from hpsearch.reporting.page.found import Found
from hpsearch.reporting.page.parts import Column, Section, Table

#: More digits than this nobody compares.
_DIGITS = 6
_TRIAL = 1


def table(found: Found) -> Section | None:
    """Every trial with where it stands, best first."""
    run, standings = found.run, found.standings
    if not standings:
        return None
    last = {"reason": _reason} if any(map(_reason, standings)) else {}
    header, rows = tables.table(standings, run.space.recorded, tables.columns_of(run.standings), last)
    heads = spoken_apart(header)
    cells = [_cells([row[place] for row in rows]) for place in range(len(header))]
    columns = [Column(heads[name], _numeric(rows, place)) for place, name in enumerate(header)]
    lead = (
        f"The best {len(standings)} of {len(run.standings)} trials. "
        if len(standings) < len(run.standings)
        else ""
    )
    lead += "Full precision is in results.csv."
    block = Table("trials", columns, list(zip(*cells, strict=True)), heads=_TRIAL, trials=True, sorts=True)
    return Section("trials", "Trials", [block], lead)


def _reason(standing: Standing) -> str | None:
    failure = standing.failure
    said = f"then {failure.status}: {failure.reason}" if failure else standing.reason
    return on_a_line(said) or None


def _numeric(rows: Sequence[Sequence[Value | None]], place: int) -> bool:
    return all(
        isinstance(row[place], int | float | None) and not isinstance(row[place], bool) for row in rows
    )


def _cells(values: Sequence[Value | None]) -> list[str]:
    enough = min(digits(values), _DIGITS)
    return ["" if value is None else shown(value, enough) for value in values]
