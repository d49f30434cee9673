"""Where training runs happen: here (`serial`), in worker processes (`local`), or in those of a cluster (`dask`)."""

from hpsearch.executors.base import EXECUTORS, Executor, available_cores, one_blas_thread

__all__ = ["EXECUTORS", "Executor", "available_cores", "one_blas_thread"]
