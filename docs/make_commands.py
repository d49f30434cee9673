"""Write docs/commands.md from the help texts of the program:

python docs/make_commands.py
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from hpsearch.cli.commands import COMMANDS

TARGET = Path(__file__).parent / "commands.md"
WIDTH = {"COLUMNS": "100", "TERMINAL_WIDTH": "100"}
HEAD = """\
# Commands

Written by `python docs/make_commands.py` from the help texts.
"""


def help_of(*command: str) -> str:
    """What `hpsearch COMMAND --help` prints at 100 columns."""
    call = [sys.executable, "-m", "hpsearch", *command, "--help"]
    path = os.environ.get("PYTHONPATH", "")
    environment = {**WIDTH, "PATH": "", "PYTHONPATH": path}
    return subprocess.run(call, capture_output=True, text=True, check=True, env=environment).stdout


def reference(help_of: Callable[..., str] = help_of) -> str:
    """The whole page, of what `help_of` gives for each command."""
    pages = [("hpsearch", help_of()), *((f"hpsearch {name}", help_of(name)) for name in COMMANDS.built_in)]
    return HEAD + "".join(f"\n## {title}\n\n```\n{text.strip()}\n```\n" for title, text in pages)


if __name__ == "__main__":
    TARGET.write_text(reference(), encoding="utf-8")
