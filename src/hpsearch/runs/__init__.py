"""The record of a run: its folder, its journal, and what they hold."""

from hpsearch.runs.folder import RunFolder, recorded
from hpsearch.runs.journal import Journal
from hpsearch.runs.reading import Recorded, read

__all__ = ["Journal", "Recorded", "RunFolder", "read", "recorded"]
