"""The command reference says what the program says."""

from __future__ import annotations

import runpy
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_reference_is_up_to_date() -> None:
    reference = runpy.run_path(str(DOCS / "make_commands.py"))["reference"]
    assert (DOCS / "commands.md").read_text(encoding="utf-8") == reference(), (
        "run: python docs/make_commands.py"
    )
