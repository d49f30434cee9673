"""A page done as it says, in the folder it is given."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from hpsearch.config import load_spec
from tests.commands import here
from tests.pages.blocks import Block, Command, blocks, lines_of
from tests.pages.likeness import alike, settled

DOCS = Path(__file__).parents[2] / "docs"
#: What is shown of a page stands in lines of so many characters.
WIDTH = {"COLUMNS": "110", "TERMINAL_WIDTH": "110", "NO_COLOR": "1"}
#: Installing is tested where packages are (`.ci/run`).
_INSTALLS = ("pip ", "python -m pip ", "python3 -m venv ", "source ", ". ")
#: The commands that would start workers.
_SEARCHES = ("run", "resume", "refine")
#: Their digits follow from the files they are given.
_TRAINS_NOTHING = ("check", "init", "schema")
#: With these a line is for a shell.
_SHELL = set("|&;<$*`(")


@dataclass
class Difference:
    """A page shows something else than what is printed by the command of that number in `block`, or by Python."""

    block: Block
    number: int | None
    command: str
    shown: str
    printed: str

    def __str__(self) -> str:
        return f"line {self.block.line}: $ {self.command}\n--- shown\n{self.shown}--- printed\n{self.printed}"


@dataclass
class Page:
    """What has happened so far: the status of the last command, and the names that Python knows."""

    folder: Path
    status: int = 0
    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "__main__"})
    printed: str | None = None

    def do(self, block: Block) -> Iterator[Difference]:
        """Do what it says. Raises AssertionError where that goes wrong."""
        said, self.printed = self.printed, None
        if block.why:
            return
        if block.given:
            shutil.copy(DOCS / block.given, self.folder)
        if block.file:
            target = self.folder / block.file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text, encoding="utf-8")
        elif block.language == "console":
            yield from self._console(block)
        elif block.language in ("bash", "sh"):
            for line in lines_of(block.text):
                printed = self.run(line)
                assert self.status == 0, f"line {block.line}: {line}\n{printed}"
        elif block.language == "python":
            self.printed = self._python(block)
        elif block.language == "yaml":
            self._yaml(block)
        elif block.language == "text" and said and not alike(block.text, said, exactly=not self._networks()):
            yield Difference(block, None, "(what Python prints)", block.text, said)

    def _console(self, block: Block) -> Iterator[Difference]:
        for number, command in enumerate(block.commands):
            asked = command.line == "echo $?"
            assert self.status == 0 or asked, f"line {block.line}: the command before ends with {self.status}"
            printed = f"{self.status}\n" if asked else self.run(command.line)
            self.status = 0 if asked else self.status
            same = command.shown.strip() == printed.strip() if asked else self._alike(command, printed)
            if not same:
                yield Difference(block, number, command.line, command.shown, printed)
        assert self.status == 0, f"line {block.line}: ends with {self.status}; show it: $ echo $?"

    def run(self, line: str) -> str:
        """What a line prints, as a terminal shows it."""
        if line.startswith(_INSTALLS):
            return ""
        words = shlex.split(line, comments=True)
        target = words[-1] if words[-2:-1] == [">"] else ""
        plain = words[:-2] if target else words
        if words[0] != "hpsearch" or _SHELL.intersection("".join(plain)) or (not target and ">" in words):
            return self._shell(line)
        serially = ("--executor", "serial") if plain[1] in _SEARCHES and "--executor" not in plain else ()
        ended = here(self.folder, *plain[1:], *serially, environment=_environment(), together=not target)
        self.status = ended.returncode
        if target:
            (self.folder / target).write_text(ended.stdout, encoding="utf-8")
        return settled(ended.stderr if target else ended.stdout)

    def _shell(self, line: str) -> str:
        ended = subprocess.run(
            ["bash", "-o", "pipefail", "-c", line],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env={**os.environ, **_environment()},
        )
        self.status = ended.returncode
        return settled(ended.stdout)

    def _yaml(self, block: Block) -> None:
        """A whole configuration must be accepted, anything else be YAML."""
        found = yaml.safe_load(block.text)
        if isinstance(found, dict) and {"objective", "space"} <= found.keys():
            shown = self.folder / "shown.yaml"
            shown.write_text(block.text, encoding="utf-8")
            load_spec(shown)

    def _python(self, block: Block) -> str:
        """What it prints."""
        code = compile("\n" * (block.line - 1) + block.text, "page", "exec")
        out = io.StringIO()
        with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out):
            patch.chdir(self.folder)
            exec(code, self.names)
        return out.getvalue()

    def _alike(self, command: Command, printed: str) -> bool:
        """What is shown of a command is what it prints; where nothing is shown, nothing is said of that."""
        exactly = not self._is_trained(command.line)
        return not command.shown.strip() or alike(command.shown, printed, exactly=exactly)

    def _is_trained(self, line: str) -> bool:
        """Whether what a command tells comes of a built-in network: its digits are those of this processor."""
        words = re.findall(r"[\w./-]+", line)
        if words[0] != "hpsearch" or words[1] in _TRAINS_NOTHING:
            return False
        return not self._networks().isdisjoint(words)

    def _networks(self) -> set[str]:
        """How the commands of the page name configurations, runs and models of the built-in network."""
        configs = {file.name for file in self.folder.glob("*.yaml") if _is_of_network(file)}
        runs = {file.parent.name for file in self.folder.glob("runs/*/config.yaml") if _is_of_network(file)}
        return configs | runs | {file.name for file in self.folder.glob("*.npz")}


def _environment() -> dict[str, str]:
    """What is shown does not depend on the terminal, and `python` and `hpsearch` are those that run the tests."""
    return {**WIDTH, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def _is_of_network(config: Path) -> bool:
    """Whether a file is a configuration of the built-in network."""
    found = yaml.safe_load(config.read_text(encoding="utf-8"))
    return isinstance(found, dict) and (found.get("objective") or {}).get("kind") == "mlp"


def differences(text: str, folder: Path) -> Iterator[Difference]:
    """Do all that a page says in `folder`; where it shows something else than what is printed."""
    page = Page(folder)
    for block in blocks(text):
        yield from page.do(block)
