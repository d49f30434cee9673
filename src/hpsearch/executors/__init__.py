"""Where training runs happen: here (`serial`), in worker processes (`local`), or on a cluster (`dask`, `srun`)."""

from hpsearch.executors.base import EXECUTORS, Executor, available_cores, one_blas_thread

__all__ = ["EXECUTORS", "Executor", "available_cores", "one_blas_thread"]
