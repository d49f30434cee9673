"""Files that hold tables, as sources of data."""

from __future__ import annotations

from hpsearch.data.sources.base import FORMATS, RawData
from hpsearch.data.spec import DatasetSpec
from hpsearch.storage.endings import TABLES


def load_table(spec: DatasetSpec) -> RawData:
    """The data set of a file that names its columns, as `hpsearch.data.tables.source` reads it."""
    from hpsearch.data.tables.source import load_table

    return load_table(spec)


for _ending in TABLES:
    FORMATS.register(_ending)(load_table)
