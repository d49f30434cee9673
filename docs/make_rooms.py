"""Write the list of rooms in docs/architecture.md from the packages' docstrings:

python docs/make_rooms.py
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

TARGET = Path(__file__).parent / "architecture.md"
PACKAGE = Path(__file__).parents[1] / "src" / "hpsearch"
_HEAD, _TAIL = "| room | what it is for |\n| --- | --- |\n", "\n## "
_LIST = re.compile(f"{re.escape(_HEAD)}.*?(?={_TAIL})", re.DOTALL)


def rooms() -> Iterator[str]:
    """Every package below src/hpsearch and the modules beside them, by name: `hpsearch.nn`."""
    for path in sorted([*PACKAGE.rglob("*/__init__.py"), *PACKAGE.glob("[!_]*.py")]):
        place = (path.parent if path.name == "__init__.py" else path.with_suffix("")).relative_to(PACKAGE)
        yield ".".join(("hpsearch", *place.parts))


def purpose(room: str) -> str:
    """The first sentence of its docstring, which fits on a line."""
    path = PACKAGE.joinpath(*room.split(".")[1:])
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    docstring = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or ""
    return re.split(r"(?<=\.)\s", docstring.partition("\n")[0])[0]


def page(text: str) -> str:
    """The whole page, with the list in `text` made anew."""
    lines = [f"| `{room.removeprefix('hpsearch.')}` | {purpose(room)} |\n" for room in rooms()]
    return _LIST.sub(lambda _: _HEAD + "".join(lines), text)


if __name__ == "__main__":
    TARGET.write_text(page(TARGET.read_text(encoding="utf-8")), encoding="utf-8")
