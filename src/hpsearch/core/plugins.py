"""What other packages add to hpsearch: the entry points they declare, read without importing anything of theirs.

`importlib.metadata` tells the same, and takes longer to import than `hpsearch --help` to answer. So the files are
read here, as it reads them: `entry_points.txt` of every installed distribution, in the folders of `sys.path`.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import redirect_stdout
from functools import cache, reduce
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from hpsearch.core.errors import PluginBroken

#: What the groups of hpsearch begin with.
PREFIX = "hpsearch."
_ENDINGS = (".dist-info", ".egg-info")
_NOTHING: Mapping[str, tuple[Plugin, ...]] = MappingProxyType({})


class Plugin(Struct, frozen=True):
    """An entry point: `name` in `group` stands for the object `value`, says `distribution` (name and version)."""

    group: str
    name: str
    value: str
    distribution: str

    def load(self) -> Any:
        """The object itself, imported.

        Raises:
            PluginBroken: that cannot be done, for the reason the message gives.
        """
        used.add(self)
        try:
            with redirect_stdout(sys.stderr):  # standard output may be one JSON document
                module = importlib.import_module(self.module)
                return reduce(getattr, filter(None, self.attribute.split(".")), module)
        except (Exception, SystemExit) as error:  # it is code of others, which may do anything
            raise self.broken(error) from error

    @property
    def module(self) -> str:
        """The name of its module."""
        return self._place[0]

    @property
    def attribute(self) -> str:
        """What it is called there; empty for the module itself."""
        return self._place[1]

    @property
    def _place(self) -> tuple[str, str]:
        place = self.value.partition("[")[0]  # what follows are extras, which pip sees to
        module, _, attribute = (part.strip() for part in place.partition(":"))
        return module, attribute

    def broken(self, reason: str | BaseException, where: str = "") -> PluginBroken:
        """What to raise of one that is no good, for `reason`; `where` is the line that raised it in use."""
        if isinstance(reason, BaseException):
            reason = " ".join(f"{type(reason).__name__}: {reason}".split())
        fault = f"raised {reason} ({where})" if where else f"cannot be used: {reason}"
        return PluginBroken(
            f"{self.distribution}: its entry point {self.group}: {self.name} = {self.value} {fault}; "
            f"mend or uninstall that package"
        )


#: The plug-ins that this process has imported.
used: set[Plugin] = set()


def declared(group: str) -> Mapping[str, tuple[Plugin, ...]]:
    """The entry points of `group` by their names, which more than one distribution may claim."""
    return _by_group().get(group, _NOTHING)


def elsewhere(group: str, name: str) -> Plugin | None:
    """An entry point of hpsearch called `name` that is not in `group`, and perhaps in a group there is not."""
    others = (names for other, names in _by_group().items() if other != group)
    return next((names[name][0] for names in others if name in names), None)


@cache
def found() -> tuple[Plugin, ...]:
    """Every entry point in a group of hpsearch, of all distributions on `sys.path`; the files are read once."""
    return tuple(plugin for distribution, text in _files() for plugin in parse(distribution, text))


def adopt(plugins: Iterable[Plugin]) -> None:
    """Take `plugins` for what is installed, as another process has found it: a worker need not look again."""
    global _adopted
    _adopted = tuple(plugins)
    _by_group.cache_clear()


_adopted: tuple[Plugin, ...] | None = None


def known() -> tuple[Plugin, ...]:
    """Every plug-in there is, as far as this process was told or has found."""
    return found() if _adopted is None else _adopted


@cache
def _by_group() -> Mapping[str, Mapping[str, tuple[Plugin, ...]]]:
    groups: dict[str, dict[str, tuple[Plugin, ...]]] = {}
    for plugin in known():
        names = groups.setdefault(plugin.group, {})
        names[plugin.name] = (*names.get(plugin.name, ()), plugin)
    return groups


def parse(distribution: str, text: str) -> Iterator[Plugin]:
    r"""The entry points in the groups of hpsearch, as `entry_points.txt` declares them.

    >>> text = "[console_scripts]\nlion = lion:main\n[hpsearch.optimizers]\nlion = lion:LION\n"
    >>> [(plugin.name, plugin.value) for plugin in parse("hpsearch-lion 1.0", text)]
    [('lion', 'lion:LION')]
    """
    group = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            group = line[1:-1].strip()
        elif group.startswith(PREFIX) and not line.startswith(("#", ";")):
            name, mark, value = (part.strip() for part in line.partition("="))
            if mark:
                yield Plugin(group, name, value, distribution)


def _files() -> Iterator[tuple[str, str]]:
    """The distributions that speak of hpsearch in their entry points, each with that file's text.

    The first on `sys.path` counts where a distribution is there twice: it is the one that is imported.
    """
    seen = set()
    for folder in sys.path:
        for title, path in _distributions(folder):
            name, version = _name_and_version(title)
            if name not in seen:
                seen.add(name)
                content = _read(path)
                if PREFIX.encode() in content:
                    yield f"{name} {version}".strip(), content.decode("utf-8", "replace")


def _distributions(folder: str) -> list[tuple[str, str]]:
    """Names and metadata folders of the distributions in `folder`, in one order on every file system."""
    try:
        names = os.listdir(folder or ".")  # noqa: PTH208 - a Path for each would take longer
    except OSError:  # not there, or no folder
        return []
    return [(name, os.path.join(folder, name)) for name in sorted(names) if name.endswith(_ENDINGS)]  # noqa: PTH118


def _name_and_version(title: str) -> tuple[str, str]:
    """Both as package indexes write them.

    >>> _name_and_version("Hpsearch_Lion-1.0.dist-info"), _name_and_version("lion.egg-info")
    (('hpsearch-lion', '1.0'), ('lion', ''))
    """
    name, _, rest = title.rpartition(".")[0].partition("-")
    words = name.lower().replace("_", "-").replace(".", "-").split("-")
    return "-".join(filter(None, words)), rest.partition("-")[0]


def _read(folder: str) -> bytes:
    try:
        with open(f"{folder}/entry_points.txt", "rb") as file:  # noqa: PTH123 - likewise
            return file.read()
    except OSError:  # most have none
        return b""
