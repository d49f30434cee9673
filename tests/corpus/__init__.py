"""Input that is wrong, hostile, or right though it looks odd: every case is one entry in a table of this folder.

`case.py` says what a case is and `running.py` runs one, as a process of its own; `tests/cli/test_corpus.py` runs
them all. To add one, write an entry into the table of its subject. To see what every case is told, and what it
costs: `python -m tests.corpus [WORD]`.
"""
