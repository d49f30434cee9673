"""The menu of the site. It stands here and not in docs/index.md, since GitHub would show it as code.

A page that is in no part of it is a warning of the build, and so an error. The pages of a folder with an index.md
stand below that, in the order in which it links to them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
#: Title of a part -> its pages, in order.
MENU = {
    "Start": ["docs/tutorial", "docs/results", "docs/notebook"],
    "Your own": ["docs/own-table", "docs/own-script", "docs/cluster", "docs/scale", "docs/coming-from"],
    "Share and gate": ["docs/compare", "docs/ci"],
    "Ideas": ["docs/ideas/index"],
    "How it works": ["docs/search", "docs/measured", "docs/reliability"],
    "Reference": ["docs/yaml", "docs/settings", "docs/commands", "docs/json", "docs/plugins"],
    "The project": ["docs/architecture", "CONTRIBUTING", "docs/releasing", "SECURITY", "CHANGELOG"],
}
_LINK = re.compile(r"\]\(([\w-]+)\.md\)")


def toctree(pages: list[str], caption: str = "") -> str:
    """A part of the menu."""
    lines = [f":caption: {caption}"] if caption else []
    return "\n".join(["\n```{toctree}", ":hidden:", *lines, "", *(f"/{page}" for page in pages), "```\n"])


def written(pages: list[str]) -> list[str]:
    """Those that are there."""
    return [page for page in pages if list(ROOT.glob(f"{page}.*"))]


def add(_: Any, page: str, source: list[str]) -> None:
    """Put the menu below the pages that hold one."""
    if page == "docs/index":
        source[0] += "".join(toctree(written(pages), part) for part, pages in MENU.items() if written(pages))
    elif page.endswith("/index"):
        source[0] += toctree(within(page.removesuffix("/index"), source[0]))


def within(folder: str, index: str) -> list[str]:
    """The pages of a folder as its index links to them, then all others."""
    linked = [f"{folder}/{name}" for name in dict.fromkeys(_LINK.findall(index))]
    others = sorted(f"{folder}/{path.stem}" for path in (ROOT / folder).glob("*.md") if path.stem != "index")
    return list(dict.fromkeys([*written(linked), *others]))


def setup(app: Any) -> dict[str, bool]:
    """Called by Sphinx."""
    app.connect("source-read", add)
    return {"parallel_read_safe": True}
