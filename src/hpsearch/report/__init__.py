"""How results are told: as text, as tables, as progress."""

import sys
from types import ModuleType
from typing import SupportsFloat, SupportsIndex


class _Callable(ModuleType):
    """To import this room must not hide the function `hpsearch.report`, whose name it has."""

    def __call__(self, epoch: SupportsIndex, **metrics: SupportsFloat) -> None:
        from hpsearch.objectives.function.reports import report

        report(epoch, metrics)


sys.modules[__name__].__class__ = _Callable
