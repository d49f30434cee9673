"""Which modules have no doctests to run: those that stand on a library of an extra that is not installed."""

from importlib.util import find_spec

_NEEDS = {
    "distributed": "hpsearch/executors/dask/[!_]*.py",
    "dask_jobqueue": "hpsearch/executors/dask/queue.py",
}
collect_ignore_glob = [modules for library, modules in _NEEDS.items() if find_spec(library) is None]
