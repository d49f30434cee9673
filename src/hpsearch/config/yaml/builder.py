"""From YAML events to plain values with lines, collecting every problem on the way.

A value is built by building what it holds, which is safe: no value stands more than `DEEPEST` levels down.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import yaml

from hpsearch.config.origins import KeyPath, dotted, show
from hpsearch.config.yaml.scalars import resolve
from hpsearch.core.errors import Problem

DEEPEST = 32
#: Keys and values of a file; more would take seconds to check, and no search has so many.
MOST_NODES = 50_000


class _Enough(Exception):
    """What was just reported makes the rest not worth reading."""


#: What is said of a file without anything, after that it is empty.
NEEDS = "a search needs at least objective and space"


class Builder:
    """Builds `data` and `lines` from the events of one document; `problems` says what is not allowed.

    What is a key, or stands under one that cannot be used, is checked like the rest but not `kept`: its problems
    have the path of what holds it.
    """

    def __init__(self, file: str, needs: str = NEEDS) -> None:
        self.data: Any = None
        self.lines: dict[KeyPath, int] = {}
        self.problems: list[Problem] = []
        #: Whether the last problem is a level too many, at which building ended.
        self.too_deep = False
        self._file = file
        self._needs = needs
        self._events: Iterator[yaml.Event] = iter(())
        self._nodes = 0

    def consume(self, events: Iterable[yaml.Event]) -> None:
        """Take events up to the end, the second document, or the level or number that is too much."""
        self._events = iter(events)
        with suppress(_Enough):
            self._stream()

    def _stream(self) -> None:
        starts = (event for event in self._events if isinstance(event, yaml.DocumentStartEvent))
        if next(starts, None) is not None:
            self.data = self._value(self._next(()), (), 0)
        if (second := next(starts, None)) is not None:
            self._report(second, (), "more than one document; keep one, without a second '---'")
        elif self.data is None and not self.problems:
            self._report(None, (), f"is empty; {self._needs}")

    def _next(self, path: KeyPath) -> yaml.Event:
        """The next event of the value at `path`."""
        event = next(self._events)
        if isinstance(event, yaml.NodeEvent):
            self._nodes += 1
            if self._nodes > MOST_NODES:
                self._report(
                    event, (), f"holds more than {MOST_NODES:,} keys and values; is it the right file?"
                )
                raise _Enough
            self._refuse_references(event, path)
        return event

    def _refuse_references(self, event: yaml.NodeEvent, path: KeyPath) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._report(event, path, f"aliases are not allowed; write the value of *{event.anchor} out")
        elif event.anchor is not None:
            self._report(event, path, f"anchors are not allowed; remove &{event.anchor}")
        if (tag := getattr(event, "tag", None)) is not None:
            self._report(event, path, f"tags are not allowed; remove {show(tag)}")

    # -- values ------------------------------------------------------------------------------------------

    def _value(self, event: yaml.Event, path: KeyPath, depth: int, *, kept: bool = True) -> Any:
        """The value that begins with `event`, in `depth` others."""
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path)
        if not isinstance(event, yaml.CollectionStartEvent):
            return None  # an alias, which is reported
        if depth == DEEPEST:
            self.too_deep = True
            self._report(event, (), f"is nested deeper than {DEEPEST} levels")
            raise _Enough
        fill = self._mapping if isinstance(event, yaml.MappingStartEvent) else self._list
        return fill(path, depth + 1, kept)

    def _scalar(self, event: yaml.ScalarEvent, path: KeyPath) -> Any:
        if not event.implicit[0]:
            return event.value
        try:
            return resolve(event.value)
        except ValueError as broken:
            self._report(event, path, f"{broken} (got {show(event.value)})")
            return None

    def _list(self, path: KeyPath, depth: int, kept: bool) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := self._next(path), yaml.SequenceEndEvent):
            place = self._noted((*path, len(items)), _line(event)) if kept else path
            items.append(self._value(event, place, depth, kept=kept))
        return items

    def _mapping(self, path: KeyPath, depth: int, kept: bool) -> dict[str, Any]:
        values: dict[str, Any] = {}
        lines: dict[str, int] = {}
        while not isinstance(event := self._next(path), yaml.MappingEndEvent):
            key = self._key(event, path, depth, lines)
            event = self._next(path)
            if key is None or not kept:
                self._value(event, path, depth, kept=False)
            else:
                values[key] = self._value(event, self._noted((*path, key), lines[key]), depth)
        return values

    def _noted(self, path: KeyPath, line: int) -> KeyPath:
        self.lines[path] = line
        return path

    # -- mapping keys ------------------------------------------------------------------------------------

    def _key(self, event: yaml.Event, path: KeyPath, depth: int, lines: dict[str, int]) -> str | None:
        """The key that begins with `event`, its line added to `lines`; None where it cannot be used."""
        if isinstance(event, yaml.ScalarEvent):
            return self._name(event, path, lines)
        if isinstance(event, yaml.CollectionStartEvent):
            self._report(event, path, "a key must be a name, not a list or a mapping")
            self._value(event, path, depth, kept=False)
        return None

    def _name(self, event: yaml.ScalarEvent, path: KeyPath, lines: dict[str, int]) -> str | None:
        key = self._scalar(event, path)
        if event.value == "<<" and event.implicit[0]:
            self._report(event, path, "merge keys (<<) are not allowed; write the values out")
        elif not isinstance(key, str):
            self._report(event, path, f"a key must be a name (got {show(key)}); put it in quotes")
        elif key in lines:
            self._report(event, (*path, key), f"is given twice, first in line {lines[key]}")
        else:
            lines[key] = _line(event)
            return key
        return None

    # -- problems ----------------------------------------------------------------------------------------

    def _report(self, event: yaml.Event | None, path: KeyPath, message: str) -> None:
        line = None if event is None else _line(event)
        self.problems.append(Problem(self._file, line, dotted(path), message))


def _line(event: yaml.Event) -> int:
    return 1 if event.start_mark is None else int(event.start_mark.line) + 1
