"""Where things are, unless it is said."""

#: The folder of the run folders.
DEFAULT_RUNS = "runs"
#: What a run folder keeps of each trial, and what the trial printed.
TRIALS = "trials"
OUTPUT = "output.log"
#: ... and the working folder of the trial, where each has one of its own.
FILES = "files"
#: The record of a run, which makes a folder that of one.
JOURNAL = "journal.jsonl"
