"""Which modules have doctests to run: not those without an example, not the one that changes a process into the
server of workers, and not those that stand on a library of an extra that is not installed.
"""

from importlib.util import find_spec
from pathlib import Path

_NEEDS = {
    "distributed": "hpsearch/executors/dask/[!_]*.py",
    "dask_jobqueue": "hpsearch/executors/dask/queue.py",
}
collect_ignore_glob = [
    "hpsearch/executors/local/quiet_start.py",
    *(modules for library, modules in _NEEDS.items() if find_spec(library) is None),
]


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """To import what has no example, and to look for one in it, would be a tenth of what collecting costs."""
    return True if collection_path.suffix == ".py" and b">>>" not in collection_path.read_bytes() else None
