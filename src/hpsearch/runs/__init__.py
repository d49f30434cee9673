"""The record of a run: its folder, its journal, and what they hold."""

from hpsearch.runs.folder import RunFolder, recorded
from hpsearch.runs.journal import Journal
from hpsearch.runs.reading import Glance, Recorded, read

__all__ = ["Glance", "Journal", "Recorded", "RunFolder", "read", "recorded"]
