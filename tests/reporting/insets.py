"""What stands in the frame that a notebook shows."""

from __future__ import annotations

import re
from html.parser import HTMLParser


class Frame(HTMLParser):
    """The page within the one frame of a text. `outside` are the tags around it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.page = ""
        self.outside: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.outside.append(tag)
        if tag == "iframe":
            given = dict(attrs)
            assert "sandbox" in given  # nothing in it may run
            self.page = given["srcdoc"] or ""


def framed(text: str) -> list[tuple[str, int]]:
    """Each section in the frame, with how many charts it has."""
    sections = Frame(text).page.split("<h2>")[1:]
    return [(section.split("</h2>")[0], len(re.findall("<figure>", section))) for section in sections]
