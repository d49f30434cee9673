"""The user's code as far as files tell it: which of them a function or a command is made of, and their digests.

Of Python it is the file that is named, and what it imports from the folder of the objective or its own, by its
import statements. What is installed, imported by other means, or read as data has no part in it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

#: What the parser raises of what is no Python; the last two where it nests deeper than the parser goes.
_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
#: A project with more modules, or a larger file, is not looked at any further: it would keep a search waiting.
MOST_FILES = 1000
LARGEST = 16 << 20
_DIGITS = 16


def digests(files: Iterable[Path], folder: Path) -> dict[str, str]:
    """Name -> digest of each of the files and of what they import, named from `folder` as far as they are in it."""
    found: dict[Path, str] = {}
    waiting = [Path(file).resolve() for file in files]
    roots = [folder.resolve(), *dict.fromkeys(file.parent for file in waiting)]
    while waiting and len(found) < MOST_FILES:
        file = waiting.pop()
        if file in found or (content := _content(file)) is None:
            continue
        found[file] = sha256(content).hexdigest()[:_DIGITS]
        if file.suffix == ".py":
            waiting += _imported(content, file, roots)
    return dict(sorted((_name(file, roots[0]), digest) for file, digest in found.items()))


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The files that are not the same in both; if all are, those that only one of the two has.

    >>> differences({"a.py": "1", "b.py": "2"}, {"a.py": "3", "b.py": "2", "c.py": "4"})
    ['a.py']
    >>> differences({"a.py": "1"}, {"a.py": "1", "b.py": "2"})
    ['b.py']
    """
    edited = [name for name in before if name in after and before[name] != after[name]]
    return sorted(edited or before.keys() ^ after.keys())


def _content(file: Path) -> bytes | None:
    with suppress(OSError):
        if file.is_file() and file.stat().st_size <= LARGEST:
            return file.read_bytes()
    return None


def _name(file: Path, folder: Path) -> str:
    """From the folder; outside of it, where a move would change that, by its own and its folder's name."""
    inside = file.is_relative_to(folder) and folder != Path(folder.anchor)
    return (file.relative_to(folder) if inside else Path(file.parent.name, file.name)).as_posix()


def _imported(content: bytes, file: Path, roots: Sequence[Path]) -> Iterator[Path]:
    try:
        tree = ast.parse(content)
    except _UNREADABLE:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from module_files(alias.name, roots)
        elif isinstance(node, ast.ImportFrom):
            parents = list(file.parents)[node.level - 1 : node.level] if node.level else roots
            for alias in node.names:
                yield from module_files(".".join(filter(None, [node.module, alias.name])), parents)


def module_files(name: str, roots: Iterable[Path]) -> Iterator[Path]:
    """The files that importing a module runs, its packages' first, from the first root that has any."""
    steps = name.split(".")
    for root in roots:
        places = [root.joinpath(*steps[:end]) for end in range(1, len(steps) + 1)]
        candidates = (
            file for place in places for file in (place / "__init__.py", place.with_name(f"{place.name}.py"))
        )
        if files := [file.resolve() for file in candidates if file.is_file()]:
            yield from files
            return
