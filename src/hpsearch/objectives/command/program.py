"""What a command runs: its program, and the script that an interpreter is to run."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from hpsearch.core.errors import InputError, did_you_mean
from hpsearch.objectives.code import module_files
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


def spelled(command: Sequence[str], parameters: Collection[str], folder: Path) -> list[str]:
    """The arguments as they name files, wherever a trial runs: with `folder` for `{dir}`.

    >>> spelled(["python", "{dir}/train.py", "{lr}"], ["lr"], Path("/p"))
    ['python', '/p/train.py', '{lr}']
    """
    place = "{dir}" if "dir" in parameters else str(folder.absolute())
    return [argument.replace("{dir}", place) for argument in command]


def absent_script(command: Sequence[str], folder: Path) -> str | None:
    """What to say of the script that an interpreter is to run and that is not in `folder`; None if all is well."""
    if len(command) < 2 or not Path(command[0]).name.rstrip("0123456789.").endswith(_INTERPRETERS):
        return None
    script = command[1]
    if script.startswith("-") or "{" in script or not Path(script).suffix or (folder / script).is_file():
        return None
    place = (folder / script).parent
    beside = [found.name for found in place.iterdir() if found.is_file()] if place.is_dir() else []
    meant = did_you_mean(Path(script).name, beside).removeprefix("; ")
    remedy = (
        "give objective.dir, the folder to run in" if Path(script).is_file() else meant or "correct its path"
    )
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


def named_files(command: Sequence[str], folder: Path) -> list[Path]:
    """The files that a command line names for every trial: the program by its path, scripts, settings, `-m`."""
    names = [argument.rpartition("=")[2] for argument in command if "{" not in argument]
    installed = [] if os.sep in command[0] else command[:1]  # a program on the search path is not the user's
    files = [folder / Path(name).expanduser() for name in names if name and name not in installed]
    return [*filter(_is_file, files), *_module_of(command, folder)]


def _is_file(path: Path) -> bool:
    return os.path.isfile(path)  # noqa: PTH113 - that of a Path raises for a name that is too long


def _module_of(command: Sequence[str], folder: Path) -> list[Path]:
    """The files of the module that `python -m MODULE` runs."""
    if "-m" not in command[1:-1]:
        return []
    module = command[command.index("-m", 1) + 1]
    return list(module_files(module, [folder])) + list(module_files(f"{module}.__main__", [folder]))
