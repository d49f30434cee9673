"""What pages show differently from what is printed: `python -m tests.pages PAGE...`; `--write` mends them.

A page is named by its path in docs, without its ending: `tutorial`, `ideas/scales`.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tests.pages.running import DOCS, Difference, differences


def main(*names: str) -> None:
    """Print what differs, and mend it if asked to."""
    for name in (name for name in names if name != "--write"):
        page = DOCS / f"{name}.md"
        text = page.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            found = list(differences(text, Path(folder)))
        if "--write" in names:
            page.write_text(mended(text, found), encoding="utf-8")
        for difference in found:
            print(f"{page.name}, {difference}")


def mended(text: str, found: Iterable[Difference]) -> str:
    """The page with what was printed in the place of what it shows."""
    printed = {(difference.block.start, difference.number): difference.printed for difference in found}
    blocks = {difference.block.start: difference.block for difference in found}
    for block in reversed(blocks.values()):
        new = printed.get((block.start, None)) or "".join(
            command.typed + printed.get((block.start, number), command.shown)
            for number, command in enumerate(block.commands)
        )
        text = text[: block.start] + new + text[block.start + len(block.text) :]
    return text


if __name__ == "__main__":
    main(*sys.argv[1:])
