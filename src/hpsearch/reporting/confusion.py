"""Which classes are taken for which: a matrix where it fits, else the mistakes that are made most."""

from __future__ import annotations

from collections.abc import Sequence

Counts = Sequence[Sequence[int]]
_WIDTH = 80
_LONGEST = 12
#: How many mistakes are told where there is no room for the matrix.
_MISTAKES = 10


def confusion(names: Sequence[str], counts: Counts, width: int = _WIDTH) -> list[str]:
    """The lines that tell, for each class (down), for which (across) its rows were taken.

    >>> for line in confusion(["no", "yes"], [[8, 1], [0, 7]]):
    ...     print(line)
    confusion (down: the true class; across: the predicted one)
              no   yes
        no     8     1
       yes     0     7
    """
    short = [cut(name, _LONGEST) for name in names]
    alike = len(set(short)) < len(names)
    for lines in (_named(short, counts), _numbered(names, counts, width))[alike:]:
        if max(map(len, lines)) <= width:
            return ["confusion (down: the true class; across: the predicted one)", *lines]
    return _mistakes(names, counts)


def _named(names: Sequence[str], counts: Counts) -> list[str]:
    wide = max(5, *map(len, names), len(str(_most(counts)))) + 1
    lines = [" " * wide + "".join(name.rjust(wide) for name in names)]
    return lines + [_row(name.rjust(wide), row, wide) for name, row in zip(names, counts, strict=True)]


def _numbered(names: Sequence[str], counts: Counts, width: int) -> list[str]:
    """Columns by number, and what each number stands for at the end of its row."""
    wide = max(len(str(len(names) - 1)), len(str(_most(counts)))) + 1
    room = max(1, width - wide * (len(names) + 1) - 2)
    lines = [_row(" " * wide, range(len(names)), wide)]
    return lines + [
        f"{_row(str(number).rjust(wide), row, wide)}  {cut(names[number], room)}"
        for number, row in enumerate(counts)
    ]


def _mistakes(names: Sequence[str], counts: Counts) -> list[str]:
    mistakes = [
        (count, names[true], names[taken])
        for true, row in enumerate(counts)
        for taken, count in enumerate(row)
        if count and taken != true
    ]
    mistakes.sort(key=lambda mistake: -mistake[0])
    lines = [f"{count:6d}  {true} for {taken}" for count, true, taken in _readable(mistakes[:_MISTAKES])]
    head = f"taken for another most often (of {len(names)} classes; --json has the whole matrix)"
    return [head, *lines] if lines else ["no row was taken for another class"]


def _readable(mistakes: Sequence[tuple[int, str, str]]) -> list[tuple[int, str, str]]:
    return [(count, cut(true, 30), cut(taken, 30)) for count, true, taken in mistakes]


def _row(head: str, values: Sequence[int], wide: int) -> str:
    return head + "".join(str(value).rjust(wide) for value in values)


def _most(counts: Counts) -> int:
    return max(max(row) for row in counts)


def cut(name: str, length: int) -> str:
    """A name in so many letters at most; a tilde stands for what is left out."""
    return name if len(name) <= length else f"{name[: length - 1]}~"
