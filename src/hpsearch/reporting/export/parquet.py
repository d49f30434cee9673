"""The table of the trials as Parquet, by polars."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpsearch.core.errors import MissingExtra
from hpsearch.reporting.export.format import FORMATS
from hpsearch.reporting.export.trials import recorded, trials
from hpsearch.reporting.tables import in_a_cell, own_columns

if TYPE_CHECKING:
    from hpsearch.engine.run import Run
    from hpsearch.space import Parameter

#: Columns of the table's own that hold whole numbers or texts; the others are numbers, or what the parameter is.
_OWN = dict.fromkeys(("rank", "trial", "round", "epochs", "best_epoch", "seeds"), "Int64") | {
    "status": "String"
}
#: Those of them that are no whole numbers where trials stopped within their first epoch.
_LENGTHS = ("epochs", "best_epoch")


class Parquet:
    """The columns of the CSV, with their types."""

    says = "the same table with types"
    suffix = "-trials.parquet"

    def write(self, run: Run, path: Path) -> None:
        """Write the table."""
        try:
            import polars as pl
        except ImportError:
            raise MissingExtra("export --to parquet", library="polars", extra="tabular") from None
        header, rows = trials(run)
        types = _types(header, run)
        columns = zip(*rows, strict=True) if rows else [()] * len(header)
        series = {  # by name: a list of them would get another for one that is called nothing
            name: pl.Series(name, values, dtype=getattr(pl, types[name]), strict=False)
            for name, values in zip(header, columns, strict=True)
        }
        stream = io.BytesIO()  # so that trouble with the disk is ours to report
        pl.DataFrame(series).write_parquet(stream)
        path.write_bytes(stream.getvalue())

    def use(self, run: Run, path: Path) -> str:
        """Any library of tables."""
        del run
        return f'open it: polars.read_parquet("{path}")'


def _types(header: list[str], run: Run) -> dict[str, str]:
    """The type of each column, as polars calls it."""
    types = dict.fromkeys(header, "Float64") | {"seconds": "Float64", "reason": "String"}
    # What is not confirmed has no column of its own named `seeds`, and a metric may be called so.
    types |= {name: _OWN[name] for name in own_columns(run.standings) if name in _OWN}
    if any(min(standing.epochs, standing.best or 1) < 1 for standing in run.standings):
        types |= {name: "Float64" for name in _LENGTHS if name in types}
    # The parameters are the last columns, before the seconds and the reason.
    parameters = recorded(run.space)
    names = header[-2 - len(parameters) : -2]
    types |= {name: _type(parameter) for name, parameter in zip(names, parameters, strict=True)}
    return types


def _type(parameter: Parameter) -> str:
    from hpsearch.space import Integer, Real

    if isinstance(parameter, Real | Integer):
        return "Float64" if isinstance(parameter, Real) else "Int64"
    kinds: set[type[Any]] = {type(in_a_cell(choice)) for choice in parameter.choices}
    names = {bool: "Boolean", int: "Int64", str: "String"}
    return names.get(kinds.pop(), "Float64") if len(kinds) == 1 else "String" if str in kinds else "Float64"


FORMATS.register("parquet")(Parquet())
