"""What a command runs: its program, and the script that an interpreter is to run."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from hpsearch.core.errors import InputError
from hpsearch.storage.atomic import open_regular

#: So much of a file is read for what it mentions, in bytes.
_LONGEST_SCRIPT = 1 << 20
_INTERPRETERS = ("python", "bash", "sh", "zsh", "perl", "ruby", "Rscript", "julia", "node")


def program_of(name: str, folder: Path) -> str:
    """The file of a program: on the search path, or relative to `folder` where it is written as a path.

    `python` is the one that runs hpsearch where the search path has none.

    Raises:
        InputError: there is no such program, or it may not be executed.
    """
    if os.sep in name:
        path = (folder / Path(name).expanduser()).absolute()
        if path.is_file() and os.access(path, os.X_OK):
            return str(path)
        what = "is no file" if not path.is_file() else "may not be executed; make it so with chmod +x"
        raise InputError(f"the program {name!r} {what} (looked for {path})")
    program = shutil.which(name)
    if program:
        return program
    if name == "python":
        return sys.executable
    raise InputError(
        f"the program {name!r} is not on the search path (PATH); install it, or write its path, such as ./{name}"
    )


def absent_script(command: Sequence[str], folder: Path) -> str | None:
    """What to say of the script that an interpreter is to run and that is not in `folder`; None if all is well."""
    if len(command) < 2 or not Path(command[0]).name.rstrip("0123456789.").endswith(_INTERPRETERS):
        return None
    script = command[1]
    if script.startswith("-") or "{" in script or not Path(script).suffix or (folder / script).is_file():
        return None
    remedy = "give objective.dir, the folder to run in" if Path(script).is_file() else "correct its path"
    return f"there is no file {script!r} in {folder.absolute()}; {remedy}"


def mentions(text: str, command: Sequence[str], folder: Path) -> bool:
    """Whether an argument of a command, or a file of `folder` that one names, has `text` in it."""
    return any(text in argument or _holds(folder / argument, text) for argument in command)


def _holds(path: Path, text: str) -> bool:
    try:
        with open_regular(path) as stream:
            return text.encode() in stream.read(_LONGEST_SCRIPT)
    except (OSError, ValueError):  # no file, or none that can be read
        return False
