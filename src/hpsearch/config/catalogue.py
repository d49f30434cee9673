"""The names a YAML file may use, known without importing the pieces they name.

The packages of samplers, datasets and executors import NumPy, which takes as long as everything else a check of a
file does. Built-in names are answered from the lists here; any other name is looked up in its registry, so a new
piece needs no entry, and a test holds the two together. The registry of scales does without NumPy and is asked.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

from hpsearch.core.errors import did_you_mean


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The names of one kind: the built-in ones, and those that `registry` (package:attribute) adds."""

    kind: str
    builtin: tuple[str, ...]
    registry: str

    def __contains__(self, name: object) -> bool:
        return name in self.builtin or name in self.load()

    def load(self) -> Any:
        """The registry itself, imported."""
        package, _, attribute = self.registry.partition(":")
        return getattr(importlib.import_module(package), attribute)

    def names(self) -> tuple[str, ...]:
        """Every name, the built-in ones first."""
        return (*self.builtin, *(name for name in self.load() if name not in self.builtin))

    def validate(self, name: Any) -> Any:
        """`name`, if there is such a piece. Raises ValueError with the rule and a hint."""
        if isinstance(name, str) and name in self:
            return name
        hint = did_you_mean(name, self.names()) if isinstance(name, str) else ""
        raise ValueError(one_of(self.names()), hint)


def one_of(names: tuple[str, ...]) -> str:
    """The rule of a value with named alternatives.

    >>> one_of(("sgd", "adam"))
    'must be one of sgd, adam'
    """
    return f"must be {names[0]}" if len(names) == 1 else f"must be one of {', '.join(names)}"


SAMPLERS = Catalogue("sampler", ("coarse_to_fine", "random", "sobol", "grid"), "hpsearch.samplers:SAMPLERS")
SCALES = Catalogue("scale", (), "hpsearch.space.scales:SCALES")
EXECUTORS = Catalogue("executor", ("local", "serial"), "hpsearch.executors:EXECUTORS")
