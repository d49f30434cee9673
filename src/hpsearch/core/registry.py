"""Names under which the pieces of hpsearch are found.

The modules of a package register what they define, and are imported on the first look-up: so a new piece is
one new file, and `import hpsearch` stays instant. A package whose modules are large may say in `WHERE` which of
them each name is in: where one name is looked up, only that one is imported. Other packages add theirs by entry
points (docs/plugins.md), of which only the one is imported that is asked for.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from threading import Lock, get_ident
from typing import Any, Generic, TypeVar

from hpsearch.core.blame import blamed
from hpsearch.core.errors import HpsearchError, InputError, PluginBroken, did_you_mean
from hpsearch.core.plugins import PREFIX, Plugin, declared, elsewhere

T = TypeVar("T")
#: The place in lists of what has none of its own.
LAST = sys.maxsize
#: Held while it is noted that a registry is loaded.
_LOADED = Lock()
#: Who has registered what comes with this package.
OURS = "hpsearch itself"


class Registry(Generic[T]):
    """Named things of one kind, defined in the modules of `package`.

    What takes a package of its own is registered by the module `part` of it, so that its other modules can be
    imported without the whole registry. Entry points of other packages in the group `hpsearch.GROUP` are found too;
    what they stand for must be of the right sort by `fits`.

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

    def __init__(
        self,
        kind: str,
        package: str | None,
        *,
        part: str | None = None,
        group: str | None = None,
        fits: Callable[[Any], bool] = callable,
    ) -> None:
        self.kind = kind
        self._group = group and f"{PREFIX}{group}"
        self._package = package
        self._part = part
        self._fits = fits
        self._found: dict[str, T] = {}
        self._places: dict[str, int] = {}
        self._built_in: frozenset[str] = frozenset()
        self._loaded = False
        self._loading: set[int] = set()  # by threads

    def register(self, name: str, *, place: int = LAST) -> Callable[[T], T]:
        """Decorator: file the decorated thing under `name`; lists are in the order of `place`, then of names."""

        def file(thing: T) -> T:
            if name in self._found:
                raise ValueError(f"{self.kind} {name!r} is registered twice")
            self._found[name], self._places[name] = thing, place
            return thing

        return file

    def __getitem__(self, name: str) -> T:
        claims = self._declared.get(name)
        if not claims and name in self._where:
            self._import(self._where[name])
        else:
            self._load()
        if claims:
            self._plug(name, claims)
        try:
            return self._found[name]
        except KeyError:
            hint = self.hint(name)
            end = "" if hint.endswith("?") else "."
            raise InputError(f"unknown {self.kind} {name!r}{hint}{end} Known: {', '.join(self)}") from None

    def hint(self, wrong: str) -> str:
        """The end of a message about a name that is not here.

        Which package declares it in another group, else the nearest name, else that a package may be missing.
        """
        if self._group and (plugin := elsewhere(self._group, wrong)):
            return f"; {plugin.distribution} declares it in {plugin.group}, and not in {self._group}"
        return did_you_mean(wrong, self) or ("; a package that adds it may be missing" if self._group else "")

    def __iter__(self) -> Iterator[str]:
        self._load()
        names = {*self._found, *self._declared}
        return iter(sorted(names, key=lambda name: (self._places.get(name, LAST), name)))

    def __contains__(self, name: object) -> bool:
        if name in self._where:
            return True
        self._load()
        return name in self._found or name in self._declared

    @property
    def built_in(self) -> dict[str, T]:
        """What is registered here, without anything that other packages add, in the order of lists."""
        added = self.added
        return {name: self._found[name] for name in self if name not in added}

    @property
    def added(self) -> dict[str, str]:
        """The names that other packages add, each with the package and its version; none of them is imported."""
        self._load()
        return {
            name: claims[0].distribution
            for name, claims in self._declared.items()
            if name not in self._built_in
        }

    @contextmanager
    def blaming(self, name: str) -> Iterator[None]:
        """What is done within is done with what `name` stands for: where another package adds it, so is the fault.

        Raises:
            PluginBroken: in place of an error that is none of hpsearch.
        """
        try:
            yield
        except HpsearchError:
            raise
        except Exception as error:
            if name not in self.added:
                raise
            raise blamed(error) or self._declared[name][0].broken(error) from error

    def plugin_of(self, thing: object) -> Plugin | None:
        """What another package has added `thing` by; None if nothing has, as of what comes with hpsearch."""
        return next((self._declared[name][0] for name in self.added if self._found.get(name) is thing), None)

    @property
    def _declared(self) -> Mapping[str, tuple[Plugin, ...]]:
        return declared(self._group) if self._group else {}

    def _plug(self, name: str, claims: Sequence[Plugin]) -> None:
        """Import what another package adds as `name`, which nobody else may claim."""
        owners = [OURS] * (name in self._built_in) + [claim.distribution for claim in claims]
        if len(owners) > 1:
            by = " and by ".join(owners)
            raise PluginBroken(f"{self.kind} {name!r} is registered twice: by {by}; uninstall {owners[-1]}")
        if name not in self._found:
            thing = claims[0].load()
            if not self._fits(thing):
                raise claims[0].broken(f"is no {self.kind}")
            if self._found.get(name) is not thing:  # else its module has registered it
                with self.blaming(name):
                    self.register(name)(thing)

    def _load(self) -> None:
        here = get_ident()
        if self._loaded or here in self._loading:
            return
        self._loading.add(here)  # the modules may look each other up; another thread waits for their import
        try:
            if self._package is not None:
                for module in pkgutil.iter_modules(importlib.import_module(self._package).__path__):
                    self._import(module.name)
        finally:
            self._loading.discard(here)
        with _LOADED:
            if not self._loaded:  # by another thread, which may have found plug-ins since
                self._built_in = frozenset(self._found)
                self._loaded = True

    @cached_property
    def _where(self) -> Mapping[str, str]:
        """The modules of the names of which the package says it."""
        where: Mapping[str, str] = getattr(
            self._package and importlib.import_module(self._package), "WHERE", {}
        )
        return where

    def _import(self, name: str) -> None:
        module = importlib.import_module(f"{self._package}.{name}")
        if self._part and hasattr(module, "__path__"):
            importlib.import_module(f"{module.__name__}.{self._part}")


def subclass_of(base: type) -> Callable[[Any], bool]:
    """Whether a thing is a class derived from `base`."""
    return lambda thing: isinstance(thing, type) and issubclass(thing, base)


def class_with(*attributes: str) -> Callable[[Any], bool]:
    """Whether a thing is a class that has all of these `attributes`, as a protocol asks."""
    return lambda thing: isinstance(thing, type) and all(hasattr(thing, name) for name in attributes)


def object_with(*attributes: str) -> Callable[[Any], bool]:
    """Whether a thing is no class, and has all of these `attributes`."""
    return lambda thing: not isinstance(thing, type) and all(hasattr(thing, name) for name in attributes)


def instance_of(base: type) -> Callable[[Any], bool]:
    """Whether a thing is an object of `base`."""
    return lambda thing: isinstance(thing, base)
