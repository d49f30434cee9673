"""Where training runs happen: here (`serial`), or in worker processes (`local`)."""

from hpsearch.executors.base import EXECUTORS, Executor, available_cores, one_blas_thread

__all__ = ["EXECUTORS", "Executor", "available_cores", "one_blas_thread"]
