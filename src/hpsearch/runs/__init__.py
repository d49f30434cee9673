"""The record of a run: its folder, its journal, and what they hold."""

from hpsearch.runs.folder import RunFolder, recorded
from hpsearch.runs.journal import Journal

__all__ = ["Journal", "RunFolder", "recorded"]
