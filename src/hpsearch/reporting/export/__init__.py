"""What a run found, in the forms of other programs: one file per format, which registers itself."""

from hpsearch.reporting.export.format import FORMATS, Format

__all__ = ["FORMATS", "Format"]
