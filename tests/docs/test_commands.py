"""The command reference says what the program says."""

from __future__ import annotations

import runpy
from pathlib import Path

from tests.commands import here

DOCS = Path(__file__).parents[2] / "docs"


def test_the_reference_is_up_to_date(tmp_path: Path) -> None:
    script = runpy.run_path(str(DOCS / "make_commands.py"))

    def help_of(*command: str) -> str:
        return here(tmp_path, *command, "--help", environment=script["WIDTH"]).stdout

    assert (DOCS / "commands.md").read_text(encoding="utf-8") == script["reference"](help_of), (
        "run: python docs/make_commands.py"
    )
