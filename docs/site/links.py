"""What is wrong with the links of a built site, without a network: `python docs/site/links.py FOLDER`.

Every link must lead to a file that is there and to an anchor that it has, and nothing may be loaded from elsewhere.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

#: What of a tag names something that is loaded with the page.
_LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
_IN_STYLES = re.compile(r"""(?:url\(\s*|@import\s+)["']?(?!data:|#)([^"')\s;]+)""")


class Page(HTMLParser):
    """`links` of a page with whether they are loaded with it, and its `anchors`."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[tuple[str, bool]] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called for each tag."""
        given = {name: value for name, value in attrs if value}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        target = _LOADED.get(tag, "href")
        if target in given:
            self.links.append((given[target], tag in _LOADED))


@cache
def page(path: Path) -> Page:
    """The page in a file."""
    return Page(path.read_text(encoding="utf-8"))


def wrong(site: Path) -> Iterator[str]:
    """Each link that leads nowhere, and all that is loaded from elsewhere, with where it stands."""
    for path in sorted(site.rglob("*.html")):
        for link, loaded in page(path).links:
            if fault := _fault(path, link, loaded):
                yield f"{path.relative_to(site)}: {link}: {fault}"
    for path in sorted(site.rglob("*.css")):
        for link in _IN_STYLES.findall(path.read_text(encoding="utf-8")):
            if fault := _fault(path, link, loaded=True):
                yield f"{path.relative_to(site)}: {link}: {fault}"


def _fault(path: Path, link: str, loaded: bool) -> str:
    """What is wrong with a link in the file at `path`, or nothing."""
    where, anchor = urldefrag(link)
    if urlsplit(link).scheme or link.startswith("//"):
        return "is loaded from elsewhere" if loaded and not link.startswith("data:") else ""
    target = path.parent / unquote(urlsplit(where).path) if where else path
    if not target.is_file():
        return "no such file"
    dead = anchor and target.suffix == ".html" and unquote(anchor) not in page(target).anchors
    return "no such anchor" if dead else ""


if __name__ == "__main__":
    found = list(wrong(Path(sys.argv[1])))
    sys.exit("\n".join(found))
