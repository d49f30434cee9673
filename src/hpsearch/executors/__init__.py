"""Where training runs happen: here (`serial`), or in worker processes (`local`)."""

from hpsearch.executors.executor import EXECUTORS, Executor, available_cores, one_blas_thread

__all__ = ["EXECUTORS", "Executor", "available_cores", "one_blas_thread"]
