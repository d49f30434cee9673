"""A search on a cluster of processes: `python -m tests.cluster` does what a cluster does to it, and compares."""
