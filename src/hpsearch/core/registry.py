"""Names under which the pieces of hpsearch are found.

The modules of a package register what they define, and are imported on the first look-up: so a new piece is
one new file, and `import hpsearch` stays instant.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from hpsearch.core.errors import InputError, did_you_mean

T = TypeVar("T")
#: The place in lists of what has none of its own.
LAST = sys.maxsize


class Registry(Generic[T]):
    """Named things of one kind, defined in the modules of `package`.

    What takes a package of its own is registered by the module `part` of it, so that its other modules can be
    imported without the whole registry.

    >>> colours = Registry[str]("colour", package=None)
    >>> colours.register("red")("#f00")
    '#f00'
    >>> colours["red"]
    '#f00'
    >>> colours["rad"]
    Traceback (most recent call last):
    ...
    hpsearch.core.errors.InputError: unknown colour 'rad'; did you mean 'red'? Known: red
    """

    def __init__(self, kind: str, package: str | None, *, part: str | None = None) -> None:
        self.kind = kind
        self._package = package
        self._part = part
        self._found: dict[str, T] = {}
        self._places: dict[str, int] = {}

    def register(self, name: str, *, place: int = LAST) -> Callable[[T], T]:
        """Decorator: file the decorated thing under `name`; lists are in the order of `place`, then of names."""

        def file(thing: T) -> T:
            if name in self._found:
                raise ValueError(f"{self.kind} {name!r} is registered twice")
            self._found[name], self._places[name] = thing, place
            return thing

        return file

    def __getitem__(self, name: str) -> T:
        self._load()
        try:
            return self._found[name]
        except KeyError:
            hint = did_you_mean(name, self._found) or "."
            raise InputError(f"unknown {self.kind} {name!r}{hint} Known: {', '.join(self)}") from None

    def __iter__(self) -> Iterator[str]:
        self._load()
        return iter(sorted(self._found, key=lambda name: (self._places[name], name)))

    def __contains__(self, name: object) -> bool:
        self._load()
        return name in self._found

    def _load(self) -> None:
        package, self._package = self._package, None
        if package is None:
            return
        for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
            inside = f".{self._part}" if module.ispkg and self._part else ""
            importlib.import_module(f"{package}.{module.name}{inside}")
