"""The user's code as far as files tell it: which of them a function or a command is made of, and their digests.

Of Python it is the file that is named, and what it imports from the folder of the objective or its own, by its
import statements. What is installed, imported by other means, or read as data has no part in it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

_STATEMENT = re.compile(
    r"^[ \t]*(?:from[ \t]+(\.*)([\w.]*)[ \t]+import\b[ \t]*(\([^)]*\)|(?:[^\n#;\\]|\\\n)+)"
    r"|import[ \t]+((?:[^\n#;\\]|\\\n)+))",
    re.MULTILINE,
)
_COMMENT = re.compile(r"#[^\n]*")
#: A project with more modules, or a larger file, is not looked at any further: it would keep a search waiting.
MOST_FILES = 1000
LARGEST = 16 << 20
_DIGITS = 16


def digests(files: Iterable[Path], folder: Path) -> dict[str, str]:
    """Name -> digest of each of the files and of what they import, named from `folder` as far as they are in it."""
    found: dict[Path, str] = {}
    waiting = [Path(file).resolve() for file in files]
    roots = tuple(dict.fromkeys([folder.resolve(), *(file.parent for file in waiting)]))
    known: dict[str, list[Path]] = {}
    while waiting and len(found) < MOST_FILES:
        file = waiting.pop()
        if file in found or (content := _content(file)) is None:
            continue
        found[file] = sha256(content).hexdigest()[:_DIGITS]
        if file.suffix == ".py":
            waiting += _imported(content, file, roots, known)
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


def _imported(
    content: bytes, file: Path, roots: tuple[Path, ...], known: dict[str, list[Path]]
) -> Iterator[Path]:
    """The files that the import statements of `file` run; `known` keeps what the `roots` have of a name."""
    for dots, name in set(_imports(content.decode("utf-8", "replace"))):
        if dots:
            yield from module_files(name, list(file.parents)[len(dots) - 1 : len(dots)])
            continue
        if name not in known:
            known[name] = list(module_files(name, roots))
        yield from known[name]


def _imports(text: str) -> Iterator[tuple[str, str]]:
    r"""The dots and the name of each module, or perhaps module, that is imported.

    Parsing a large project would take seconds. A statement that stands in a text counts too, which does no harm.

    >>> sorted(_imports("import a.b as c, d\nfrom ..e import (f as g,\n    h)  # i\n"))
    [('', 'a.b'), ('', 'd'), ('..', 'e.f'), ('..', 'e.h')]
    """
    for found in _STATEMENT.finditer(text):
        dots, module, members, modules = found.groups(default="")
        listed = _COMMENT.sub("", members or modules).strip("()").replace("\\\n", " ")
        names = (item.split()[0] for item in listed.split(",") if item.strip())
        yield from ((dots, ".".join(filter(None, [module, name]))) for name in names)


def module_files(name: str, roots: Iterable[Path]) -> Iterator[Path]:
    """The files that importing a module runs, its packages' first, from the first root that has any."""
    steps = name.split(".")
    for root in roots:
        places = [os.path.join(root, *steps[:end]) for end in range(1, len(steps) + 1)]  # noqa: PTH118 - thousands
        files = (file for place in places for file in (os.path.join(place, "__init__.py"), f"{place}.py"))  # noqa: PTH118
        if found := [Path(file) for file in files if os.path.isfile(file)]:  # noqa: PTH113
            yield from found
            return
