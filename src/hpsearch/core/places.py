"""Where things are, unless it is said."""

#: The folder of the run folders.
DEFAULT_RUNS = "runs"
