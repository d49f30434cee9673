"""Where things are, unless it is said."""

#: The folder of the run folders.
DEFAULT_RUNS = "runs"
#: What a run folder keeps of each trial, and what the trial printed.
TRIALS = "trials"
OUTPUT = "output.log"
