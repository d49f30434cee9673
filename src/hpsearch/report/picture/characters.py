"""Pictures as characters that every terminal has: the marks of their charts on a grid of cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, zip_longest
from textwrap import wrap

from hpsearch.core.escaping import on_a_line
from hpsearch.report.page.drawing import Chart, Charts, Mark, Word
from hpsearch.report.picture.svg import Picture

#: A cell in units of a chart: as wide as a letter is on the average, and as high as a line.
_WIDE, _HIGH = 13, 26
#: Classes of a style -> what marks of it are made of; the first that fits.
_SIGNS = {"crosses": "x", "training": ".", "bar": "#", "line": "*", "dots": "o"}
_COMMAND = re.compile(r"([MLHVhz])([^A-Za-z]*)")
_APART = 3
Grid = list[list[str]]
Point = tuple[float, float]


def plotted(picture: Picture, width: int) -> str:
    """The picture on lines of at most `width` characters, or of those of one chart where that is more."""
    lines = [on_a_line(picture.title)]
    for part in picture.parts:
        lines += ["", on_a_line(part.title)] if part.title != picture.title else []
        lines += wrap(on_a_line(part.lead), width)
        lines += [f"  {sign(style)}  {on_a_line(text)}" for style, text in part.charts.key]
        for row in _rows(part.charts, width):
            lines += ["", *_beside([plot(chart) for chart in row])]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _rows(charts: Charts, width: int) -> Iterator[Sequence[Chart]]:
    count = max(1, (width + _APART) // (charts.charts[0].width // _WIDE + 1 + _APART))
    return (charts.charts[first : first + count] for first in range(0, len(charts.charts), count))


def _beside(blocks: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, block)) for block in blocks]
    return [
        (" " * _APART).join(line.ljust(width) for line, width in zip(lines, widths, strict=True))
        for lines in zip_longest(*blocks, fillvalue="")
    ]


def sign(style: str) -> str:
    """What marks of a style are made of; nothing where they are not drawn.

    >>> sign("dots s4"), sign("line training"), sign("grid")
    ('o', '.', '')
    """
    classes = style.split()
    return next((character for name, character in _SIGNS.items() if name in classes), "")


def plot(chart: Chart) -> list[str]:
    """One chart with its title and note, line by line."""
    columns = chart.width // _WIDE + 1
    grid = [[" "] * columns for _ in range(chart.height // _HIGH + 1)]
    for mark in chart.marks:
        _draw(grid, mark)
    for word in chart.words:
        _write(grid, word)
    head = [*wrap(on_a_line(chart.title), columns), *wrap(on_a_line(chart.note), columns)]
    rows = ["".join(row).rstrip() for row in grid]
    while rows and not rows[-1]:
        rows.pop()
    return [*head, *rows]


def _draw(grid: Grid, mark: Mark) -> None:
    classes = mark.style.split()
    if "frame" in classes:
        _frame(grid, strokes(mark.path)[0])
        return
    if not (character := sign(mark.style)):
        return
    for points in strokes(mark.path):
        cells = _inside(points) if "bar" in classes else _along(points)
        for row, column in cells:
            if 0 <= row < len(grid) and 0 <= column < len(grid[row]):
                grid[row][column] = character


def strokes(path: str) -> list[list[Point]]:
    """The points of each stroke of a path, as far as they are told by where they are.

    >>> strokes("M1 2h0M3 4L5 6H7V8z")
    [[(1.0, 2.0)], [(3.0, 4.0), (5.0, 6.0), (7.0, 6.0), (7.0, 8.0), (3.0, 4.0)]]
    """
    found: list[list[Point]] = []
    for command, told in _COMMAND.findall(path):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", told)]
        if command == "M":
            found.append([(numbers[0], numbers[1])])
        elif command == "L":
            found[-1].append((numbers[0], numbers[1]))
        elif command == "H":
            found[-1].append((numbers[0], found[-1][-1][1]))
        elif command == "V":
            found[-1].append((found[-1][-1][0], numbers[0]))
        elif command == "z":
            found[-1].append(found[-1][0])
    return found


def _cell(point: Point) -> tuple[int, int]:
    return int(point[1] // _HIGH), int(point[0] // _WIDE)


def _along(points: Sequence[Point]) -> Iterator[tuple[int, int]]:
    """The cells that a line passes."""
    yield _cell(points[0])
    for (x, y), (to_x, to_y) in pairwise(points):
        count = 1 + int(max(abs(to_x - x) / _WIDE, abs(to_y - y) / _HIGH))
        for place in range(1, count + 1):
            yield _cell((x + (to_x - x) * place / count, y + (to_y - y) * place / count))


def _inside(corners: Sequence[Point]) -> Iterator[tuple[int, int]]:
    """The cells whose middle a box holds."""
    (left, top), (right, bottom) = corners[0], corners[2]
    for row in range(int(top // _HIGH), int(bottom // _HIGH) + 1):
        for column in range(int(left // _WIDE), int(right // _WIDE) + 1):
            if left <= (column + 0.5) * _WIDE < right and top <= (row + 0.5) * _HIGH < bottom:
                yield row, column


def _frame(grid: Grid, corners: Sequence[Point]) -> None:
    """The left and the lower side."""
    top, left = _cell(corners[0])
    bottom, right = _cell(corners[2])
    for row in range(top, bottom):
        grid[row][left] = "|"
    grid[bottom][left : right + 1] = "+" + "-" * (right - left)


def _write(grid: Grid, word: Word) -> None:
    """A word where it stands, as far as there is room."""
    text, classes = on_a_line(word.text), word.style.split()
    row, column = _cell((word.x, word.y))
    if "end" in classes:
        column -= len(text)
    elif "middle" in classes:
        column -= len(text) // 2
    column = max(0, min(column, len(grid[0]) - len(text)))
    for place, character in enumerate(text[: len(grid[0]) - column]):
        grid[min(row, len(grid) - 1)][column + place] = character
