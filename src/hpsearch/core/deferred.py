"""NumPy, imported when it is first asked for something.

Importing it takes as long as everything else that a check of a file does. The names that a file may use are those
of pieces that compute; a module that defines such pieces takes `np` from here, so that names cost no arithmetic.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__all__ = ["Deferred", "np"]


class Deferred:
    """A module that is imported when an attribute of it is first read; from then on that is one of its own.

    >>> math = Deferred("math")
    >>> math.floor(2.5)
    2
    >>> "floor" in vars(math)
    True
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(importlib.import_module(self._name), attribute)
        setattr(self, attribute, found)
        return found


if TYPE_CHECKING:
    import numpy as np
else:
    np = Deferred("numpy")
