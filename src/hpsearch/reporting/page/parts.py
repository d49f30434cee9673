"""What a page is put together from: sections, and the blocks in them, each drawn by the template of its kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

from msgspec import Struct


class Facts(Struct, frozen=True):
    """Names with what there is to say of each."""

    template: ClassVar[str] = "facts.html"
    pairs: Sequence[tuple[str, str]]


class Advice(Struct, frozen=True):
    """Sentences, each with the command that acts on it; empty where there is none."""

    template: ClassVar[str] = "advice.html"
    points: Sequence[tuple[str, str]]


class Text(Struct, frozen=True):
    """Lines as they are, under a `title` that opens them where they are `folded`."""

    template: ClassVar[str] = "text.html"
    title: str
    lines: str
    folded: bool = False


class Column(Struct, frozen=True):
    """The head of a column; `numeric` ones are set to the right.

    Attributes:
        keys: by which numbers its rows are sorted, where its cells do not say them.
    """

    name: str
    numeric: bool = True
    keys: Sequence[float] = ()


class Table(Struct, frozen=True):
    """Rows of a cell for each column.

    Attributes:
        title: what it is called for those who do not see it.
        heads: the place of the column that names a row.
        trials: whether it is the one of all trials, which charts point to, and of which not all rows are laid out.
        sorts: whether it can be sorted.
    """

    template: ClassVar[str] = "table.html"
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    heads: int = 0
    trials: bool = False
    sorts: bool = False


class Block(Protocol):
    """What is drawn by the template of that name, which is given it as `block`."""

    template: ClassVar[str]


class Section(Struct, frozen=True):
    """A part of the page with a place in its contents; `lead` says what is to be seen."""

    id: str
    title: str
    blocks: Sequence[Block]
    lead: str = ""
