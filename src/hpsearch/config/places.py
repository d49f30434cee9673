"""The paths of a file, above all of its `objective`: where relative ones start, and how all are recorded."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from hpsearch.config.origins import KeyPath, Source, dotted
from hpsearch.config.schema import Spec

#: The section that has them.
SECTION = "objective"


class Root(Struct, frozen=True):
    """Where the relative paths of a file start.

    Attributes:
        folder: that of the file.
        recorded: whether that is a run folder, which may have been moved with its project, or away from it.
        anchored: the paths that are absolute where they are written, as far as they were asked for.
        moved: what was found elsewhere, in words.
    """

    folder: Path
    source: Source
    recorded: bool = False
    anchored: set[KeyPath] = field(default_factory=set)
    moved: list[str] = field(default_factory=list)

    def absolute(self, value: Any, *keys: str) -> Any:
        """The path at objective.KEYS, made absolute: see `placed`."""
        return self.placed(value, (SECTION, *keys))

    def placed(self, value: Any, at: KeyPath) -> Any:
        """The path at a key, made absolute: from the file's folder, or from the current one for `--set`.

        What is no path comes back as it is, for the section's own rules to refuse.
        """
        if not isinstance(value, str) or not value:
            return value
        given = Path(value).expanduser()
        if given.is_absolute():
            self.anchored.add(at)
        base = Path() if self.source.is_override(at) else self.folder
        return os.path.abspath(base / given)  # noqa: PTH100 - resolve() would follow links

    def present(self, value: Any, *keys: str, there: Callable[[str], bool] = os.path.isfile) -> Any:
        """The same; of a recorded search, what is not `there` is where it would be had the project been moved."""
        path, at = self.absolute(value, *keys), (SECTION, *keys)
        if self.recorded and isinstance(path, str) and not self.source.is_override(at) and not there(path):
            for candidate in filter(there, self._elsewhere(path)):
                self.anchored.discard(at)
                self.moved.append(f"{dotted(at)}: {path} is not there; taken instead: {candidate}")
                return candidate
        return path

    def _elsewhere(self, path: str) -> Iterator[str]:
        """Where the end of the path leads from the run folder's project, and from the current folder.

        The longest end comes first: the more of a path is the same, the surer it is the one. The last one is empty.
        """
        parts = Path(path).parts[1:]
        for base in dict.fromkeys([self.folder.absolute().parent.parent, Path.cwd()]):
            yield from (str(base.joinpath(*parts[start:])) for start in range(len(parts) + 1))

    def told(self) -> Source:
        """Where the values came from, with what was found out about the paths among them."""
        return replace(
            self.source,
            recorded=self.recorded,
            anchored=frozenset(self.anchored),
            moved=tuple(self.moved),
        )


def recordable(spec: Spec, folder: Path) -> Spec:
    """The same as it is recorded in a run `folder`: paths are relative to it, so that a project can move.

    One that the user wrote as an absolute path stays one, and so does one on another disk or below another top.
    """
    objective = spec.objective
    keys = [key for key in objective.paths if (SECTION, *key) not in spec.source.anchored]
    for key in keys:
        objective = _changed(objective, key, lambda path: _relative(path, os.path.abspath(folder)))  # noqa: PTH100
    runs = tuple(
        run
        if ("search", "learn_from", place) in spec.source.anchored
        else _relative(run, os.path.abspath(folder))  # noqa: PTH100
        for place, run in enumerate(spec.search.learn_from)
    )
    search = spec.search.model_copy(update={"learn_from": runs})
    return spec.model_copy(update={SECTION: objective, "search": search})


def _changed(section: Any, key: tuple[str, ...], change: Callable[[Any], Any]) -> Any:
    """The section with the value at `key` changed, where that is an absolute path."""
    first, *rest = key
    value = getattr(section, first, None)
    if value is None:
        return section
    if rest:
        return section.model_copy(update={first: _changed(value, tuple(rest), change)})
    return section.model_copy(update={first: change(value)}) if is_path(value) else section


def _relative(path: Any, folder: str) -> Any:
    try:
        common = os.path.commonpath([path, folder])
    except ValueError:  # on another drive
        return path
    return path if common == Path(common).anchor else type(path)(os.path.relpath(path, folder))


def is_path(value: Any) -> bool:
    """Whether a value is a path made absolute, and not the name of something that ships."""
    return isinstance(value, str | Path) and Path(value).is_absolute()


def as_written(objective: Mapping[str, Any], key: tuple[str, ...]) -> Any:
    """What an `objective` section that was read has at `key`; None where it has nothing."""
    value: Any = objective
    for step in key:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
