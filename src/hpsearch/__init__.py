"""hpsearch: hyperparameter search from one YAML file and one command.

>>> from hpsearch import load_model, search  # from Python: the same searches, and the models they export
"""

import sys

# `python -m hpsearch` runs this while it still searches the current folder for modules: any imported here may be a
# file of the user's.
TYPE_CHECKING = False  # what `typing` says too; type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import ModuleType
    from typing import Any

    from hpsearch.api import Found, Mode
    from hpsearch.objectives.network.model import Model
else:
    ModuleType = type(sys)

__version__ = "0.1.0"
__all__ = ["__version__", "load_model", "search"]


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
    from hpsearch.api import conduct

    return conduct(config, function, runs_dir=runs_dir, mode=mode, progress=progress)


def load_model(path: "str | Path") -> "Model":
    """The model that `hpsearch export RUN --to model` wrote.

    Raises:
        InputError: there is no such file, or it is no such model.

    >>> load_model("adult.npz").predict("new.csv")  # doctest: +SKIP
    ['<=50K', '>50K']
    """
    from hpsearch.objectives.network.model import load_model as load

    return load(path)


class _Package(ModuleType):
    """Keeps the function `search` under its name when the package of that name is imported."""

    def __setattr__(self, name: str, value: "Any") -> None:
        if name != "search" or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
