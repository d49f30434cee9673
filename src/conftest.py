"""Which modules have no doctests to run: the one that changes a process into the server of workers, and those that
stand on a library of an extra that is not installed.
"""

from importlib.util import find_spec

_NEEDS = {
    "distributed": "hpsearch/executors/dask/[!_]*.py",
    "dask_jobqueue": "hpsearch/executors/dask/queue.py",
}
collect_ignore_glob = [
    "hpsearch/executors/local/quiet_start.py",
    *(modules for library, modules in _NEEDS.items() if find_spec(library) is None),
]
