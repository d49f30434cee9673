"""A page of a run as its readers have it: what a browser makes of its text."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser

#: Of the elements in a table one ends where the next begins.
_CELLS = ("td", "th")


class Page(HTMLParser):
    """The elements of a page in their order, its texts, and its tables by their labels.

    Attributes:
        elements: each with its attributes.
        scripts: the texts of scripts and styles, by the name of the element.
        tables: the rows of each, the one of its heads first.
        words: all other text.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, Mapping[str, str | None]]] = []
        self.scripts: dict[str, str] = {}
        self.tables: dict[str, list[list[str]]] = {}
        self.words = ""
        self._within = ""
        self._rows: list[list[str]] = []
        self._cell = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.elements.append((tag, given))
        if tag in ("script", "style"):
            self._within = tag
        if given.get("role") == "region":
            self._rows = self.tables.setdefault(str(given["aria-label"]).removeprefix("Table: "), [])
        if tag == "tr":
            self._rows.append([])
        self._cell = tag in _CELLS
        if self._cell:
            self._rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._within = ""
        if tag in (*_CELLS, "table"):
            self._cell = False

    def handle_data(self, data: str) -> None:
        if self._within:
            self.scripts[self._within] = self.scripts.get(self._within, "") + data
            return
        self.words += data
        if self._cell:
            self._rows[-1][-1] += data.strip()

    def named(self, tag: str) -> list[Mapping[str, str | None]]:
        """The attributes of each element of that name."""
        return [given for name, given in self.elements if name == tag]

    def column(self, table: str, name: str) -> list[str]:
        """The cells of a column, by its head."""
        head, *rows = self.tables[table]
        return [row[head.index(name)] for row in rows]
