"""hpsearch from Python: a search of a dictionary or a file, a recorded run, a model."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, get_args

from msgspec import Struct

from hpsearch.actions import report
from hpsearch.actions import run as action
from hpsearch.actions.opening import Mode, prepared
from hpsearch.actions.planning import make_plan
from hpsearch.analysis.verdicts import verdicts_of
from hpsearch.config import Spec, load_spec, recorded_objective, spec_of
from hpsearch.core.errors import HpsearchError, InputError, MissingExtra, RunFolderError, did_you_mean
from hpsearch.core.trial import Value, plain
from hpsearch.core.verdict import Verdict
from hpsearch.engine.front import Front, front_of
from hpsearch.engine.run import Run
from hpsearch.engine.watcher import Watcher
from hpsearch.executors.base import blas_threads
from hpsearch.objectives.base import Workload
from hpsearch.objectives.function.signature import HERE, register_here
from hpsearch.objectives.function.workload import FunctionWorkload
from hpsearch.objectives.network.model_file import load_model
from hpsearch.reporting import notebook
from hpsearch.reporting.progress import Silent, on_standard_error
from hpsearch.runs import RunFolder
from hpsearch.storage.reached import reached

__all__ = ["Found", "Mode", "load_model", "open_run", "search"]

#: How many of the ranking a notebook shows.
_SHOWN = 10
#: What to change in the call, where the command that acts on a verdict could not call the function.
_INSTEAD = {
    "budget": 'raise search.trials, with mode="resume"',
    "tie": 'raise search.confirm, with mode="resume"',
    "longer": "raise objective.epochs, in a search of another name",
}
#: The pictures that a notebook shows unasked, and those for which a run is analysed.
_DRAWN, _ANALYSED = ("progress", "parameters", "curves"), {"rounds", "importance", "heat"}


@dataclass(frozen=True, slots=True)
class Pictures:
    """Some of a run's pictures, by their names; `html` is empty where the run has nothing to draw in them."""

    names: Sequence[str]
    html: str = field(repr=False)

    def _repr_html_(self) -> str:
        return self.html or "<p>there is nothing to draw yet</p>"


class Found(Struct, frozen=True):
    """What a search has found, whether it was conducted here or is read from its folder.

    Attributes:
        run: the search with all its details.
        here: whether the function is in this process only, where no command can call it.
    """

    run: Run
    here: bool = False

    def __repr__(self) -> str:
        """The ranking, as `hpsearch run` prints it, and what to do next."""
        from hpsearch.reporting import text

        ranking = text.ranking(self.run.standings, self.run.metric, self.run.epochs, _SHOWN, self.run.beside)
        why = [] if self.run.ranked else [notebook.head(self.run), *self._reasons]
        return "\n".join([ranking.rstrip(), *why, *(f"- {verdict}" for verdict in self.verdicts)])

    @property
    def _reasons(self) -> list[str]:
        return [f"- {reason}" for reason in notebook.reasons(self.run)]

    def _repr_html_(self) -> str:
        """How it stands, the ranking and what to do next, with pictures where what draws them is installed."""
        told = notebook.html(self.run, self.verdicts, _SHOWN)
        try:
            return f"{told}\n{self.plot().html}" if self.run.ranked else told
        except HpsearchError:  # Jinja2 is missing, or the folder is gone
            return told

    def plot(self, *names: str) -> Pictures:
        """Pictures, which a notebook shows: those of `hpsearch report`.

        Args:
            names: progress, parameters and curves if none is given; also fitting and timeline; pareto where
                `search.metric` is a list; and rounds, importance and heat, for which the run is analysed first,
                which may take seconds.

        Raises:
            InputError: there is no picture of such a name.
            MissingExtra: what fills in the page is not installed.
            RunFolderError: its record cannot be read.
        """
        try:
            from hpsearch.reporting.page.inset import PICTURES, inset
        except ImportError:
            raise MissingExtra("plot()", library="jinja2", extra="report") from None
        if unknown := [name for name in names if name not in PICTURES]:
            hint = did_you_mean(unknown[0], PICTURES) or f"; known: {', '.join(PICTURES)}"
            raise InputError(f"plot: there is no picture {unknown[0]!r}{hint}")
        chosen = names or _DRAWN
        with blas_threads(1):
            known = report.recorded(self.run) if _ANALYSED.isdisjoint(chosen) else report.found(self.run)
        return Pictures(chosen, inset(known, chosen))

    def curves(self) -> list[dict[str, Value]]:
        """One dictionary for each trial and epoch, of the best trial first: its metrics after that epoch.

        All have the same keys, so that `pandas.DataFrame(found.curves())` and that of polars are tables.
        """
        return notebook.curves(self.run)

    @property
    def failures(self) -> list[dict[str, Value]]:
        """One dictionary for each training that did not end well: its reason, and the last lines it printed."""
        return notebook.failures(self.run)

    @property
    def verdicts(self) -> list[str]:
        """What to do next, in words."""
        return [self._said(verdict) for verdict in self.run.verdicts]

    def _said(self, verdict: Verdict) -> str:
        if not (self.here and verdict.command):
            return str(verdict)
        instead = _INSTEAD.get(verdict.about)
        return f"{verdict.text} ({instead})" if instead else verdict.text

    @property
    def folder(self) -> Path:
        """The run folder, with all its files."""
        return self.run.folder.path

    @property
    def best(self) -> Mapping[str, Any] | None:
        """The best parameters; None if no trial is done."""
        best = self.run.best
        return None if best is None else plain(best.trial.config)

    @property
    def score(self) -> float | None:
        """The metric of the best trial, the mean over its seeds where it was confirmed."""
        best = self.run.best
        return None if best is None else best.value(self.run.metric)

    @property
    def rows(self) -> list[dict[str, Value | None]]:
        """One dictionary per trial, the best first: its rank, status, epochs, metrics and parameters.

        All have the same keys, so that `pandas.DataFrame(found.rows)` and that of polars are tables.
        """
        from hpsearch.reporting.tables import table

        header, rows = table(self.run.standings, self.run.space.recorded)
        return [dict(zip(header, row, strict=True)) for row in rows]

    def pareto(self, *names: str) -> list[dict[str, Value | None]]:
        """One dictionary for each trial that no other beats in several things: a front to choose from.

        Args:
            names: two or three of metrics, parameters, `seconds` and `epochs` (what a trial has cost); with
                `:minimize` or `:maximize` where a name does not tell which way is better. Those of
                `search.metric` if none is given.

        Raises:
            InputError: there are not two or three, or one is not known, has no goal, or is no number.
        """
        from hpsearch.reporting.fronts import table

        front = None if names else front_of(self.run)
        header, rows = table(self.run, front or Front.of(self.run, names, "pareto"))
        return [dict(zip(header, row, strict=True)) for row in rows]

    def to_dataframe(self) -> Any:
        """`rows` as a table of pandas, or of polars where pandas is not installed.

        Raises:
            MissingExtra: neither is.
        """
        for library in ("pandas", "polars"):
            try:
                module = __import__(library)
            except ImportError:
                continue
            return module.DataFrame(self.rows)
        raise MissingExtra("to_dataframe()", library="pandas or polars", extra="tabular")


def search(
    config: str | Path | Mapping[str, Any],
    function: Callable[..., Any] | None,
    *,
    runs_dir: str | Path,
    mode: Mode,
    progress: bool,
) -> Found:
    """See `hpsearch.search`."""
    if mode not in get_args(Mode):
        raise InputError(f"mode: must be one of {', '.join(get_args(Mode))} (got {mode!r})")
    if function is None and mode == "resume":
        _refuse_without_function(config, Path(runs_dir))
    reference, is_here = _reference(function)
    spec = _spec(config, reference, is_here=is_here)
    workload: Workload | None = FunctionWorkload(spec, function) if function and is_here else None
    folder = RunFolder.named(Path(runs_dir), spec.name)
    if mode == "new" and folder.recorded:
        raise RunFolderError(
            f'{folder.path}: holds a recorded search; continue it with mode="resume", delete it and start again '
            f'with mode="overwrite", or give this one another name'
        )
    settings = spec.search
    with on_standard_error() if progress else Silent() as bar, blas_threads(1):
        spec, work = prepared(spec, folder, mode, workload)
        plan = make_plan(spec)
        progressed = partial(reached, folder.checkpoints)
        watcher = Watcher(bar.update, plan, settings.ranks_by, limit=settings.time_limit, reached=progressed)
        tell = (lambda text: print(text, file=sys.stderr)) if progress else (lambda _: None)  # noqa: T201
        conducted = action.run(spec, folder, mode, watcher, tell, workload=work)
    return Found(conducted, here=is_here)


def _refuse_without_function(config: str | Path | Mapping[str, Any], runs_dir: Path) -> None:
    """Raise InputError if what is to be continued called a function that was given to it, and is not given now."""
    if not isinstance(config, Mapping):
        file = Path(config)
    elif "objective" not in config and isinstance(name := config.get("name"), str):
        file = RunFolder.named(runs_dir, name).config
    else:
        return
    called = str(recorded_objective(file).get("function", ""))
    if called and (isinstance(config, Mapping) or called.startswith(f"{HERE}:")):
        raise _function_missing(file, called)


def _function_missing(file: Path, called: str) -> InputError:
    name = called.rpartition(":")[2]
    of = (
        "was defined in a notebook or in the script that ran"
        if called.startswith(HERE)
        else "is its objective"
    )
    return InputError(f'{file}: {called} {of}; give it again: search(config, {name}, mode="resume")')


def open_run(run: str | Path, *, runs_dir: str | Path) -> Found:
    """See `hpsearch.open_run`."""
    recorded = Run.read(RunFolder.existing(Path(runs_dir), str(run)))
    if recorded.ending:
        with blas_threads(1):
            recorded.verdicts = verdicts_of(recorded)
    function = getattr(recorded.spec.objective, "function", "")
    return Found(recorded, here=function.startswith(f"{HERE}:"))


def _reference(function: Callable[..., Any] | None) -> tuple[str | None, bool]:
    """How the YAML names a function, and whether it can be had in this process only."""
    if function is None:
        return None, False
    name = getattr(function, "__name__", "")
    module = inspect.getmodule(function)
    file = getattr(module, "__file__", None)
    at_top = getattr(module, name, None) is function
    if file and at_top and name.isidentifier() and getattr(module, "__name__", "") != "__main__":
        return f"{Path(file).absolute()}:{name}", False
    return register_here(function), True


def _spec(config: str | Path | Mapping[str, Any], reference: str | None, *, is_here: bool) -> Spec:
    if not isinstance(config, Mapping):
        sets = [] if reference is None else [f"objective.function='{reference}'"]
        return load_spec(config, [*sets, *(["dispatch.executor=serial"] if is_here else [])])
    data = dict(config)
    if reference is not None:
        objective = {"kind": "python", **(data.get("objective") or {}), "function": reference}
        if objective["kind"] != "python":
            raise InputError(f"objective.kind {objective['kind']!r}: a function is searched with kind python")
        data["objective"] = objective
    if is_here:
        data["dispatch"] = {**(data.get("dispatch") or {}), "executor": "serial"}
    return spec_of(data)
