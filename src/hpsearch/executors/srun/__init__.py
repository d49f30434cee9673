"""Workers that `srun` starts on the machines of a job; they are spoken to by files in a folder that all share."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from hpsearch.core.errors import InputError
from hpsearch.executors.base import EXECUTORS, Executor
from hpsearch.executors.cluster import HERE, Cluster


class _Srun:
    """Makes the executor; as many workers come as the job has tasks."""

    away = True

    def __call__(self, workers: int, preload: Sequence[str] = ()) -> Executor:
        """Workers that meet in a folder made in the current one. Raises InputError."""
        return self.on(HERE, workers, tuple(preload))

    def on(self, cluster: Cluster, workers: int, preload: tuple[str, ...] = ()) -> Executor:
        """Workers that meet in the folder that is shared. Raises InputError where there is no srun."""
        if shutil.which("srun") is None:
            raise InputError(
                "executor srun needs srun, which is not here; search within a job of Slurm, or train on this "
                "machine: --executor local"
            )
        from hpsearch.executors.srun.executor import SrunExecutor

        return SrunExecutor(workers, preload, cluster)


EXECUTORS.register("srun", place=3)(_Srun())
