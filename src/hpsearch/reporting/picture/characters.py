"""Pictures as characters that every terminal has: the marks of their charts on a grid of cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, zip_longest
from textwrap import wrap

from msgspec import Struct

from hpsearch.core.escaping import on_a_line
from hpsearch.reporting.page.drawing import Chart, Charts, Mark, Word
from hpsearch.reporting.picture.svg import Picture

#: A cell in units of a chart: as wide as a letter is on the average, and as high as a line.
_WIDE, _HIGH = 13, 26
#: From the line that a word stands on to its middle.
_RISE = 8
#: Classes of a style -> what marks of it are made of; the first that fits. Longer trainings have darker ones.
_SIGNS = {
    "ends": "",
    "even": "",
    "ring": "*",
    "crosses": "x",
    "ill": "x",
    "training": ".",
    "bar": "#",
    "box": "'",
    "s0": ".",
    "s1": ":",
    "s2": "o",
    "s3": "O",
    "s4": "0",
    "s5": "@",
    "line": "*",
    "old": ".",
    "dots": "o",
}
#: What stands for one place, whatever is drawn around it; and how far from its path's beginning that is.
_PLACES = {"crosses": 0, "ring": 12}
_COMMAND = re.compile(r"([MLHVmhz])([^A-Za-z]*)")
_APART = 3
Point = tuple[float, float]


def plotted(picture: Picture, width: int) -> str:
    """The picture on lines of at most `width` characters, as charts beside and below each other."""
    lines = [on_a_line(picture.title)]
    for part in picture.parts:
        lines += ["", on_a_line(part.title)] if part.title != picture.title else []
        lines += wrap(on_a_line(part.lead), width)
        key = [(sign(style), text) for style, text in part.charts.key]
        lines += [f"  {character}  {on_a_line(text)}" for character, text in key if character]
        for row in _rows(part.charts, width):
            lines += ["", *_beside([plot(chart, width) for chart in row])]
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

    >>> sign("dots new"), sign("line training"), sign("dots s5"), sign("grid")
    ('o', '.', '@', '')
    """
    classes = style.split()
    return next((character for name, character in _SIGNS.items() if name in classes), "")


def plot(chart: Chart, width: int = 80) -> list[str]:
    """One chart with its title and note, line by line; a wide one is drawn closer, so that it fits."""
    grid = _Grid.of(chart, width)
    for mark in chart.marks:
        grid.draw(mark)
    for word in chart.words:
        grid.write(word)
    columns = len(grid.rows[0])
    head = [*wrap(on_a_line(chart.title), columns), *wrap(on_a_line(chart.note), columns)]
    rows = ["".join(row).rstrip() for row in grid.rows]
    while rows and not rows[-1]:
        rows.pop()
    return [*head, *rows]


class _Grid(Struct, frozen=True):
    """The characters of a chart, row by row; `wide` is a cell in units of it."""

    rows: list[list[str]]
    wide: float

    @classmethod
    def of(cls, chart: Chart, width: int) -> _Grid:
        wide = max(_WIDE, (chart.width + 1) / width)
        columns = int(chart.width // wide) + 1
        return cls([[" "] * columns for _ in range(chart.height // _HIGH + 1)], wide)

    def draw(self, mark: Mark) -> None:
        classes = mark.style.split()
        if "frame" in classes:
            self._frame(strokes(mark.path)[0])
            return
        if not (character := sign(mark.style)):
            return
        aside = next((aside for name, aside in _PLACES.items() if name in classes), None)
        for points in strokes(mark.path) if aside is None else _places(mark.path, aside):
            for row, column in self._inside(points) if "bar" in classes else self._along(points):
                if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
                    self.rows[row][column] = character

    def write(self, word: Word) -> None:
        """A word where it stands, as far as there is room."""
        text, classes = on_a_line(word.text), word.style.split()
        beside = "end" in classes and "axis" not in classes  # of a tick, whose middle is that of the word
        row, column = self._cell((word.x, word.y - _RISE * beside))
        if "end" in classes:
            column -= len(text)
        elif "middle" in classes:
            column -= len(text) // 2
        cells = self.rows[min(row, len(self.rows) - 1)]
        column = max(0, min(column, len(cells) - len(text)))
        cells[column : column + len(text)] = text[: len(cells) - column]

    def _cell(self, point: Point) -> tuple[int, int]:
        return int(point[1] // _HIGH), int(point[0] // self.wide)

    def _along(self, points: Sequence[Point]) -> Iterator[tuple[int, int]]:
        """The cells that a line passes."""
        yield self._cell(points[0])
        for (x, y), (to_x, to_y) in pairwise(points):
            count = 1 + int(max(abs(to_x - x) / self.wide, abs(to_y - y) / _HIGH))
            for place in range(1, count + 1):
                yield self._cell((x + (to_x - x) * place / count, y + (to_y - y) * place / count))

    def _inside(self, corners: Sequence[Point]) -> Iterator[tuple[int, int]]:
        """The cells whose middle a box holds."""
        (left, top), (right, bottom) = corners[0], corners[2]
        (first, begin), (last, end) = self._cell(corners[0]), self._cell(corners[2])
        for row in range(first, last + 1):
            for column in range(begin, end + 1):
                x, y = (column + 0.5) * self.wide, (row + 0.5) * _HIGH
                if left <= x < right and top <= y < bottom:
                    yield row, column

    def _frame(self, corners: Sequence[Point]) -> None:
        """The left and the lower side."""
        (top, left), (bottom, right) = self._cell(corners[0]), self._cell(corners[2])
        for row in range(top, bottom):
            self.rows[row][left] = "|"
        self.rows[bottom][left : right + 1] = "+" + "-" * (right - left)


def strokes(path: str) -> list[list[Point]]:
    """The points of each stroke of a path, as far as it consists of lines.

    >>> strokes("M1 2h0M3 4L5 6H7V8z")
    [[(1.0, 2.0), (1.0, 2.0)], [(3.0, 4.0), (5.0, 6.0), (7.0, 6.0), (7.0, 8.0), (3.0, 4.0)]]
    >>> strokes("M9 5m-4 0h8")
    [[(5.0, 5.0), (13.0, 5.0)]]
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
        elif command == "m":
            x, y = found[-1][-1]
            found[-1] = [*found[-1][:-1], (x + numbers[0], y + numbers[1])]
        elif command == "h":
            found[-1].append((found[-1][-1][0] + numbers[0], found[-1][-1][1]))
        elif command == "z":
            found[-1].append(found[-1][0])
    return found


def _places(path: str, aside: int) -> list[list[Point]]:
    return [[(float(x) + aside, float(y))] for x, y in re.findall(r"M(\d+) (\d+)", path)]
