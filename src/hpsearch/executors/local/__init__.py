"""Worker processes on this machine: the pool, its workers, and what ends what they leave behind."""

from hpsearch.executors.local.pool import LocalExecutor

__all__ = ["LocalExecutor"]
