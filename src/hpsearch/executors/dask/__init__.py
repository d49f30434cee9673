"""Workers of a Dask cluster: one that is made here, or that of a scheduler elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

from hpsearch.core.errors import MissingExtra
from hpsearch.executors.base import EXECUTORS, Executor
from hpsearch.executors.cluster import HERE, Cluster


class _Dask:
    """Makes the executor, whose library takes long to import."""

    numbers_workers = True

    def __call__(self, workers: int, preload: Sequence[str] = ()) -> Executor:
        """With workers on this machine. Raises MissingExtra."""
        return self.on(HERE, workers, tuple(preload))

    def on(self, cluster: Cluster, workers: int, preload: tuple[str, ...] = ()) -> Executor:
        """With the workers of a cluster."""
        if find_spec("distributed") is None:
            raise MissingExtra("executor dask", library="distributed", extra="dask", otherwise=_here(cluster))
        if cluster.jobqueue and find_spec("dask_jobqueue") is None:
            raise MissingExtra(
                "dispatch.jobqueue", library="dask-jobqueue", extra="jobqueue", otherwise=_here(cluster)
            )
        from hpsearch.executors.dask.executor import DaskExecutor

        return DaskExecutor(workers, preload, cluster)


def _here(cluster: Cluster) -> str:
    """How the search goes without a cluster."""
    given = {"scheduler": cluster.scheduler, "jobqueue": cluster.jobqueue}
    without = "".join(f" --set dispatch.{name}=" for name, value in given.items() if value)
    return f"train on this machine: --executor local{without}"


EXECUTORS.register("dask", place=2)(_Dask())
