"""Where each value came from, a line of the file or a `--set`, and how a problem names it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from msgspec import Struct

from hpsearch.core.errors import Problem

#: The way to a value from the top of the file: mapping keys and list indices.
KeyPath = tuple[str | int, ...]

_PLAIN_KEY = re.compile(r"[\w<>-]+\Z")
_LONGEST = 60


class Finding(Struct, frozen=True):
    """A broken rule at `path`. `related` paths take part in it, so a `--set` of one of them is named."""

    path: KeyPath
    message: str
    related: tuple[KeyPath, ...] = ()


@dataclass(frozen=True)
class Source:
    """The origin of every value; not part of what a spec says, so any two compare equal.

    `overrides` holds, per path, the option that gave it: `--set lr=0.01`, `--trials 20`. `recorded` says that the
    file is that of a run folder; `included` holds, per path, the other file and the line that gave it; `anchored`
    are the places that were written as absolute paths, and `moved` says what was found elsewhere.
    """

    file: str = field(default="config", compare=False)
    lines: Mapping[KeyPath, int] = field(default_factory=dict, compare=False)
    overrides: Mapping[KeyPath, str] = field(default_factory=dict, compare=False)
    recorded: bool = field(default=False, compare=False)
    included: Mapping[KeyPath, tuple[str, int]] = field(default_factory=dict, compare=False)
    anchored: frozenset[KeyPath] = field(default=frozenset(), compare=False)
    moved: tuple[str, ...] = field(default=(), compare=False)

    def overridden(self, path: KeyPath, option: str) -> Source:
        """The same, with everything at and below `path` given by `option`."""
        lines = {at: line for at, line in self.lines.items() if at[: len(path)] != path}
        overrides = {at: given for at, given in self.overrides.items() if at[: len(path)] != path}
        return replace(self, lines=lines, overrides={**overrides, path: option})

    def problem(self, finding: Finding) -> Problem:
        """The finding as the user sees it."""
        if place := self._included(finding.path):
            return Problem(*place, dotted(finding.path), finding.message)
        override = next(
            (text for path in (finding.path, *finding.related) if (text := self._override(path))), None
        )
        if override is not None:
            return Problem(shortened(override), None, dotted(finding.path), finding.message)
        return Problem(self.file, self._line(finding.path), dotted(finding.path), finding.message)

    def problems(self, findings: Iterable[Finding]) -> list[Problem]:
        """One problem per path, the first found, in the order of the file; those of `--set` come last."""
        first: dict[KeyPath, Finding] = {}
        for finding in findings:
            first.setdefault(finding.path, finding)
        problems = [self.problem(finding) for finding in first.values()]
        return sorted(problems, key=lambda problem: (problem.file != self.file, problem.line or 0))

    def is_override(self, path: KeyPath) -> bool:
        """Whether the value at `path` was given by a `--set`."""
        return self._override(path) is not None

    def _override(self, path: KeyPath) -> str | None:
        for end in range(len(path), 0, -1):
            if path[:end] in self.overrides:
                return self.overrides[path[:end]]
            if path[:end] in self.lines:
                return None
        return None

    def _included(self, path: KeyPath) -> tuple[str, int] | None:
        ends = range(len(path), 0, -1)
        return next((self.included[path[:end]] for end in ends if path[:end] in self.included), None)

    def _line(self, path: KeyPath) -> int | None:
        ends = range(len(path), 0, -1)
        return next((self.lines[path[:end]] for end in ends if path[:end] in self.lines), None)


def dotted(path: KeyPath) -> str:
    """The path as the user would write it.

    >>> dotted(("objective", "hidden", 1))
    'objective.hidden[1]'
    """
    return "".join(_step(step) for step in path).removeprefix(".")


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _PLAIN_KEY.match(step) and len(step) <= _LONGEST else f".{show(step)}"


def shortened(text: str, most: int = _LONGEST) -> str:
    """`text` on one line of at most `most` characters, with everything unprintable escaped."""
    cut = text if len(text) <= most else text[:most]
    safe = "".join(char if char.isprintable() else _escaped(char) for char in cut)
    return safe if len(safe) <= most and cut is text else f"{safe[: most - 3]}..."


def _escaped(char: str) -> str:
    return char.encode("unicode_escape", "replace").decode("ascii")


def show(value: object) -> str:
    """A value as the file would have it, in at most 60 characters.

    >>> [show(value) for value in (True, None, 0.1, float("inf"), "a b", [1, "x"])]
    ['true', 'nothing', '0.1', '.inf', "'a b'", '[1, x]']
    """
    if isinstance(value, str):
        return f"'{shortened(value, _LONGEST - 2)}'"
    return shortened(_flow(value))


def _flow(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value - value != 0:
        return repr(value).replace("inf", ".inf").replace("nan", ".nan")
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in list(value.items())[:_LONGEST]) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(item) for item in value[:_LONGEST]) + "]"
    return value[: _LONGEST + 1] if isinstance(value, str) else repr(value)
