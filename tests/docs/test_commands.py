"""The command reference says what the program says."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import typer

from hpsearch.cli.app import app, made
from hpsearch.cli.commands import COMMANDS as REGISTERED

DOCS = Path(__file__).parents[2] / "docs"
MAKER = runpy.run_path(str(DOCS / "make_commands.py"))
PAGE = (DOCS / "commands.md").read_text(encoding="utf-8")
SECTIONS = dict(part.split("\n", 1) for part in PAGE.split("\n## ")[1:])
COMMANDS: dict[str, Any] = {
    "hpsearch": typer.main.get_command(app),
    **{f"hpsearch {name}": made(name) for name in REGISTERED.built_in},
}


def letters(text: str) -> str:
    """What is left when the layout, which is the library's, is not."""
    return re.sub(r"[\W_]+", "", text)


def options(text: str) -> set[str]:
    return set(re.findall(r"--[a-z][a-z-]*[a-z]", text))


def test_every_command_has_its_section() -> None:
    assert list(SECTIONS) == list(COMMANDS)


@pytest.mark.parametrize("title", COMMANDS)
def test_a_section_says_what_the_program_says(title: str) -> None:
    command, section = COMMANDS[title], SECTIONS[title]
    texts = [command.help, *(getattr(parameter, "help", None) or "" for parameter in command.params)]
    missing = [text for text in texts if letters(text) not in letters(section)]
    assert not missing, "run: python docs/make_commands.py"
    names = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    offered = {name for name in names if name.startswith("--")} | {"--help"}
    assert options(section) == offered | options(" ".join(texts)), "run: python docs/make_commands.py"


def test_the_page_is_made_from_the_help_texts() -> None:
    assert letters(COMMANDS["hpsearch check"].help) in letters(MAKER["help_of"]("check"))
