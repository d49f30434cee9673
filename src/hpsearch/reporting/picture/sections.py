"""The charts of a report as pictures: one for each of its sections."""

from __future__ import annotations

from collections.abc import Sequence

from hpsearch.core.words import spoken
from hpsearch.reporting.page.drawing import Chart, Charts, Mark, Word, box, shortened
from hpsearch.reporting.page.found import Found
from hpsearch.reporting.page.heat import Cell, Heat
from hpsearch.reporting.page.parallel import Parallel
from hpsearch.reporting.page.parts import Block
from hpsearch.reporting.page.sections import sections
from hpsearch.reporting.picture.svg import Part, Picture

#: Of a heat map: a cell, the room above, and the most there is for the labels on the left.
_WIDE, _HIGH, _TOP, _MOST_LEFT, _LETTER = 220, 72, 56, 330, 13


def pictures(found: Found) -> dict[str, Picture]:
    """The pictures by the names of their sections; none of what is told in words and tables alone."""
    drawn: dict[str, Picture] = {}
    for section in sections(found):
        title = f"{section.title} ({spoken(found.run.name)})"
        parts = [part for block in section.blocks if (part := _part(title, section.lead, block))]
        if parts:
            drawn[section.id] = Picture(title, parts)
    return drawn


def _part(title: str, lead: str, block: Block) -> Part | None:
    if isinstance(block, Charts):
        return Part(title, block, lead)
    if isinstance(block, Parallel):
        return Part(title, Charts([_parallel(block)]), block.lead)
    return Part(title, Charts([_heat(block)]), lead) if isinstance(block, Heat) else None


def _parallel(block: Parallel) -> Chart:
    stands = [Mark(f"M{stand.x} {stand.top}V{stand.bottom}", "stand") for stand in block.stands]
    return Chart("", block.says, block.width, block.height, [*block.marks, *stands], block.words)


def _heat(block: Heat) -> Chart:
    """A cell for each part, that says what the best there has, and how many trials there are."""
    labels = [block.down, *(label for label, _ in block.rows)]
    left = min(_MOST_LEFT, _LETTER * max(map(len, labels)) + 20)
    right, bottom = left + _WIDE * len(block.columns), _TOP + _HIGH * len(block.rows)
    cells = [
        _cell(left + _WIDE * column, _TOP + _HIGH * row, cell)
        for row, (_, some) in enumerate(block.rows)
        for column, cell in enumerate(some)
    ]
    words = [Word(left - 12, 36, shortened(block.down, left - 12), "axis end")]
    words += [
        Word(left - 12, _TOP + _HIGH * row + _HIGH // 2 + 8, shortened(label, left - 12), "end")
        for row, (label, _) in enumerate(block.rows)
    ]
    words += [
        Word(left + _WIDE * column + _WIDE // 2, bottom + 32, shortened(label, _WIDE), "middle")
        for column, label in enumerate(block.columns)
    ]
    words += [Word(right, bottom + 66, shortened(block.across, right), "axis end")]
    says = f"The best for each part of {block.down} and of {block.across}."
    marks = [mark for mark, _ in cells]
    return Chart(
        "", says, right + 20, bottom + 90, marks, [*words, *(word for _, some in cells for word in some)]
    )


def _cell(left: int, top: int, cell: Cell) -> tuple[Mark, Sequence[Word]]:
    frame = box(left, top, left + _WIDE, top + _HIGH)
    if not cell.text:
        return Mark(frame, "frame"), ()
    count = "1 trial" if cell.trials == 1 else f"{cell.trials} trials"
    middle, style = left + _WIDE // 2, f"middle {cell.style}"
    return Mark(frame, cell.style), [
        Word(middle, top + down, shortened(text, _WIDE), style)
        for down, text in ((30, cell.text), (60, count))
    ]
