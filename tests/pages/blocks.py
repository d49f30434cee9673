"""A page taken apart: its blocks of code, and of a console its commands with what is shown of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

_BLOCK = re.compile(
    r"^(?:<!-- (?:not run: (?P<why>.+?)|with: (?P<given>.+?)) -->\n)?"
    r"```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.M | re.S,
)
_NAMED = re.compile(r"# ([\w./-]+\.\w+)\n")


@dataclass(frozen=True)
class Block:
    """A block in a page.

    `why`: why it is not run, or empty; `given`: a file of the docs that it reads, or empty; `start`: the character
    of the page where its text starts; `line`: the line, from 1 on.
    """

    language: str
    text: str
    why: str
    given: str
    start: int
    line: int

    @property
    def file(self) -> str:
        """The file that its first line names, as a comment: the block is what that file holds."""
        named = _NAMED.match(self.text)
        return named[1] if named else ""

    @cached_property
    def commands(self) -> list[Command]:
        """Of a console: each line after a `$ `, and what is shown of it."""
        commands: list[Command] = []
        for line in self.text.splitlines(keepends=True):
            if line.startswith("$ "):
                commands.append(Command(line))
            elif commands and commands[-1].typed.endswith("\\\n"):
                commands[-1].typed += line
            elif commands:
                commands[-1].shown += line
        return commands


@dataclass
class Command:
    """A command as it is typed after the `$ `, in one line or more, and what the page shows of it."""

    typed: str
    shown: str = ""

    @property
    def line(self) -> str:
        """What a shell is given."""
        return self.typed.removeprefix("$ ").replace("\\\n", " ").strip()


def blocks(page: str) -> Iterator[Block]:
    """Those of a page, from its top to its end."""
    for found in _BLOCK.finditer(page):
        start = found.start("text")
        line = page.count("\n", 0, start) + 1
        yield Block(found["language"], found["text"], found["why"] or "", found["given"] or "", start, line)


def lines_of(script: str) -> Iterator[str]:
    """The commands of a shell script: a line that ends with a backslash goes on in the next, a comment is none."""
    for line in script.replace("\\\n", " ").splitlines():
        command = re.sub(r"(^|\s)#.*", "", line).strip()
        if command:
            yield command
