"""Memory that arrays have freed, and where it goes."""

from __future__ import annotations

from functools import cache

from hpsearch.core.deferred import np

#: Bytes: more than the arrays that a proposal makes and frees by the dozen.
_BLOCK = 4 << 20


@cache
def keep_freed_memory() -> None:
    """Have the C library keep what is freed for the next array, instead of asking the system for it each time.

    Pages that are handed back are cleared before they come again, which takes a sixth of the time of a proposal.
    glibc hands back what is larger than 128 kB and than any block that was freed so far; other libraries take no
    note. The block is never written to, so that it takes no memory itself.
    """
    np.empty(_BLOCK, dtype=np.uint8)
