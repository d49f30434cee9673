"""Every random draw of hpsearch, keyed by what it is for and never by when it happens."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    import numpy as np


class Streams(Struct, frozen=True):
    """Independent random streams derived from one seed.

    The same (seed, purpose, key) always gives the same stream, on any machine and in any order of asking,
    so nothing depends on which worker was faster.

    >>> a = Streams(0).generator("proposal", 3).random()
    >>> a == Streams(0).generator("proposal", 3).random()
    True
    >>> a == Streams(0).generator("proposal", 4).random()
    False
    """

    seed: int

    def generator(self, purpose: str, *key: int) -> np.random.Generator:
        """A fresh generator for `purpose` and the numbers of `key` (round, trial, epoch, ...; all >= 0)."""
        import numpy as np

        spawn_key = (zlib.crc32(purpose.encode()), *key)
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=spawn_key)))

    def integer(self, purpose: str, *key: int) -> int:
        """A seed in [0, 2**31), small enough for every library that takes one."""
        return int(self.generator(purpose, *key).integers(2**31))
