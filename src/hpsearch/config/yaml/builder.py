"""From YAML events to plain values with lines, without recursion, collecting every problem on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml

from hpsearch.config.origins import KeyPath, dotted, show
from hpsearch.config.yaml.scalars import resolve
from hpsearch.core.errors import Problem

DEEPEST = 32
#: Keys and values of a file; more would take seconds to check, and no search has so many.
MOST_NODES = 50_000


@dataclass
class _Frame:
    """A collection being filled. In a mapping `key` is the key whose value comes next."""

    value: dict[str, Any] | list[Any]
    path: KeyPath
    key: str | None = None
    lines: dict[str, int] = field(default_factory=dict)
    #: What is a key or under an unusable one: checked like the rest, and thrown away.
    discarded: bool = False
    expects_key: bool = True


class Builder:
    """Builds `data` and `lines` from the events of one document; `problems` says what is not allowed."""

    def __init__(self, file: str) -> None:
        self.data: Any = None
        self.lines: dict[KeyPath, int] = {}
        self.problems: list[Problem] = []
        #: Whether the last problem is a level too many, at which building ended.
        self.too_deep = False
        self._file = file
        self._stack: list[_Frame] = []
        self._documents = 0
        self._nodes = 0

    def consume(self, events: Iterable[yaml.Event]) -> None:
        """Take events up to the end, the second document, or the level or number that is too much."""
        for event in events:
            if not self._take(event):
                return
        if self._documents == 0 or (self.data is None and not self.problems):
            self._report(None, (), "is empty; a search needs at least objective and space")

    def _take(self, event: yaml.Event) -> bool:
        if isinstance(event, yaml.NodeEvent):
            return self._node(event)
        if isinstance(event, yaml.CollectionEndEvent):
            self._stack.pop()
        elif isinstance(event, yaml.DocumentStartEvent):
            return self._document(event)
        return True

    def _document(self, event: yaml.DocumentStartEvent) -> bool:
        self._documents += 1
        if self._documents > 1:
            self._report(event, (), "more than one document; keep one, without a second '---'")
        return self._documents == 1

    def _node(self, event: yaml.NodeEvent) -> bool:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            self._report(event, (), f"holds more than {MOST_NODES:,} keys and values; is it the right file?")
            return False
        self._refuse_references(event)
        if self._is_key():
            return self._key(event)
        path = self._place(event)
        if isinstance(event, yaml.CollectionStartEvent):
            return self._open(event, path)
        self._put(self._scalar(event, path) if isinstance(event, yaml.ScalarEvent) else None)
        return True

    def _refuse_references(self, event: yaml.NodeEvent) -> None:
        path = self._stack[-1].path if self._stack else ()
        if isinstance(event, yaml.AliasEvent):
            self._report(event, path, f"aliases are not allowed; write the value of *{event.anchor} out")
        elif event.anchor is not None:
            self._report(event, path, f"anchors are not allowed; remove &{event.anchor}")
        if (tag := getattr(event, "tag", None)) is not None:
            self._report(event, path, f"tags are not allowed; remove {show(tag)}")

    # -- mapping keys ------------------------------------------------------------------------------------

    def _is_key(self) -> bool:
        return bool(self._stack) and isinstance(self._stack[-1].value, dict) and self._stack[-1].expects_key

    def _key(self, event: yaml.NodeEvent) -> bool:
        frame = self._stack[-1]
        frame.expects_key, frame.key = False, None
        if isinstance(event, yaml.CollectionStartEvent):
            self._report(event, frame.path, "a key must be a name, not a list or a mapping")
            return self._open(event, frame.path, as_key=True)
        if isinstance(event, yaml.ScalarEvent):
            frame.key = self._name(event, frame)
        return True

    def _name(self, event: yaml.ScalarEvent, frame: _Frame) -> str | None:
        key = self._scalar(event, frame.path)
        line = _line(event)
        if event.value == "<<" and event.implicit[0]:
            self._report(event, frame.path, "merge keys (<<) are not allowed; write the values out")
        elif not isinstance(key, str):
            self._report(event, frame.path, f"a key must be a name (got {show(key)}); put it in quotes")
        elif key in frame.lines:
            self._report(event, (*frame.path, key), f"is given twice, first in line {frame.lines[key]}")
        else:
            frame.lines[key] = line
            return key
        return None

    # -- values ------------------------------------------------------------------------------------------

    def _discarding(self) -> bool:
        frame = self._stack[-1]
        return frame.discarded or (isinstance(frame.value, dict) and frame.key is None)

    def _place(self, event: yaml.NodeEvent) -> KeyPath:
        """The path of the value that starts here, with its line noted."""
        if not self._stack:
            return ()
        frame = self._stack[-1]
        if self._discarding():
            return frame.path
        if isinstance(frame.value, list):
            path, line = (*frame.path, len(frame.value)), _line(event)
        else:
            assert frame.key is not None
            path, line = (*frame.path, frame.key), frame.lines[frame.key]
        self.lines[path] = line
        return path

    def _open(self, event: yaml.CollectionStartEvent, path: KeyPath, *, as_key: bool = False) -> bool:
        if len(self._stack) == DEEPEST:
            self.too_deep = True
            self._report(event, (), f"is nested deeper than {DEEPEST} levels")
            return False
        value: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        frame = _Frame(value, path, discarded=bool(self._stack) and self._discarding())
        if not as_key:
            self._put(value)
        self._stack.append(frame)
        return True

    def _put(self, value: Any) -> None:
        if not self._stack:
            self.data = value
            return
        frame = self._stack[-1]
        if isinstance(frame.value, list):
            frame.value.append(value)
            return
        frame.expects_key = True
        if frame.key is not None and not frame.discarded:
            frame.value[frame.key] = value

    def _scalar(self, event: yaml.ScalarEvent, path: KeyPath) -> Any:
        if not event.implicit[0]:
            return event.value
        try:
            return resolve(event.value)
        except ValueError as broken:
            self._report(event, path, f"{broken} (got {show(event.value)})")
            return None

    def _report(self, event: yaml.Event | None, path: KeyPath, message: str) -> None:
        line = None if event is None else _line(event)
        self.problems.append(Problem(self._file, line, dotted(path), message))


def _line(event: yaml.Event) -> int:
    return 1 if event.start_mark is None else int(event.start_mark.line) + 1
