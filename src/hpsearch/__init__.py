"""hpsearch: hyperparameter search from one YAML file and one command.

>>> from hpsearch import load_model, open_run, search  # from Python: the same searches, runs and models
"""

from hpsearch.core.root_error import HpsearchError
from hpsearch.core.version import __version__

# `python -m hpsearch` runs this while it still searches the current folder for modules: any other imported here may
# be a file of the user's.
TYPE_CHECKING = False  # what `typing` says too; type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import Any, SupportsFloat, SupportsIndex

    from hpsearch.api import Found, Mode
    from hpsearch.objectives.network.model import Model

__all__ = ["HpsearchError", "__version__", "load_model", "open_run", "report", "search"]


def search(
    config: "str | Path | Mapping[str, Any]",
    function: "Callable[..., Any] | None" = None,
    *,
    runs_dir: "str | Path" = "runs",
    mode: "Mode" = "new",
    progress: bool = False,
) -> "Found":
    """Conduct a search, as `hpsearch run` does, and return what it found.

    Args:
        config: the path of a YAML file, or the same as a dictionary, whose paths start at the current folder.
        function: what to call with the parameters, in place of an `objective` of kind python. One that is
            defined in a file is called by workers; one of a notebook in this process, one trial at a time.
        runs_dir: where run folders are kept.
        mode: what to do with a recorded search of that name: refuse (`new`), `resume` or `overwrite` it.
        progress: show it on standard error.

    Raises:
        InputError: the configuration, the function or the data cannot be used.
        RunFolderError: trouble with the run folder.

    >>> found = search("digits.yaml")  # doctest: +SKIP
    >>> found.best, found.to_dataframe()  # doctest: +SKIP
    """
    from hpsearch import api

    return api.search(config, function, runs_dir=runs_dir, mode=mode, progress=progress)


def open_run(run: "str | Path", *, runs_dir: "str | Path" = "runs") -> "Found":
    """What a recorded run has found, also while it goes on; it is read, and nothing is changed.

    Args:
        run: its name below `runs_dir`, or the path of its folder.
        runs_dir: where run folders are kept.

    Raises:
        RunFolderError: there is no such run, or its record cannot be read.

    >>> open_run("digits").to_dataframe()  # doctest: +SKIP
    """
    from hpsearch import api

    return api.open_run(run, runs_dir=runs_dir)


def report(epoch: "SupportsIndex", **metrics: "SupportsFloat") -> None:
    """Report the metrics of an epoch to the search that has called this code, for its curves and its progress.

    A function that returns nothing has the metrics of its last report. In a program that a search has started they
    are printed as a line of JSON, which it reads; outside of a search this does nothing.

    Args:
        epoch: counted from 0 or from 1.
        metrics: numbers by their names; `**{"val/acc": 0.9}` for one that is no name of Python.

    Raises:
        TypeError: the epoch is no whole number, or a metric is no number.

    >>> for epoch in range(3):
    ...     report(epoch, val_acc=0.9)
    """
    from hpsearch.objectives.function.reports import report as take

    take(epoch, metrics)


def load_model(path: "str | Path") -> "Model":
    """The model that `hpsearch export RUN --to model` wrote.

    Raises:
        InputError: there is no such file, or it is no such model.

    >>> load_model("adult.npz").predict("new.csv")  # doctest: +SKIP
    ['<=50K', '>50K']
    """
    from hpsearch import api

    return api.load_model(path)
