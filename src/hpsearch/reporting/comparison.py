"""Searches side by side, as text, as Markdown and as data. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct, to_builtins

from hpsearch.core.metric import Metric
from hpsearch.core.trial import Value
from hpsearch.core.words import shown, spoken
from hpsearch.reporting.columns import laid_out
from hpsearch.reporting.progress import duration
from hpsearch.reporting.tables import in_markdown, markdown
from hpsearch.reporting.wrapping import wrapped

VERSION = 1
#: How wide a range is drawn, in letters.
_WIDTH = 40
Rows = list[list[Value | None]]


class Side(Struct, frozen=True):
    """A search, or several that differ in their seeds.

    Attributes:
        name: how it is called.
        runs: the names of its searches.
        trials, epochs, seconds: what was spent, on the average of its searches.
        bests: of each search what its best has.
        best: their mean; None where one has none.
        around: half the width of its 95 % interval; None where that is not known.
        reached: epochs until half of its searches had the level; None where they never did.
    """

    name: str
    runs: Sequence[str]
    trials: float
    epochs: float
    seconds: float
    bests: Sequence[float]
    best: float | None
    around: float | None
    reached: float | None


class Pair(Struct, frozen=True):
    """What one side is beside another: `better`, `worse`, `tied` or `cannot be told`, and the same in words."""

    one: str
    other: str
    verdict: str
    ahead: float | None
    low: float | None
    high: float | None
    text: str


class Setting(Struct, frozen=True):
    """One that is not the same on all sides; a value is None where a side does not have it."""

    key: str
    values: Sequence[str | None]


class Range(Struct, frozen=True):
    """One parameter of a side on the axis of all: its ends, and where these and the best are, from 0 to 1."""

    side: str
    said: str
    span: tuple[float, float] | None
    best: float | None


class Overlay(Struct, frozen=True):
    """The ranges that the sides have of one parameter."""

    parameter: str
    ranges: Sequence[Range]


class Comparison(Struct, frozen=True):
    """All there is to tell; `level` is what epochs are counted up to."""

    metric: Metric
    level: float | None
    sides: Sequence[Side]
    pairs: Sequence[Pair]
    settings: Sequence[Setting]
    overlays: Sequence[Overlay]


def as_data(found: Comparison) -> dict[str, Any]:
    """The document that `compare --json` prints."""
    return {
        "version": VERSION,
        "metric": found.metric.name,
        "goal": found.metric.goal,
        "level": found.level,
        "sides": [to_builtins(side) for side in found.sides],
        "pairs": [to_builtins(pair) for pair in found.pairs],
        "settings": [to_builtins(setting) for setting in found.settings],
        "ranges": [to_builtins(overlay) for overlay in found.overlays],
    }


def table(found: Comparison) -> tuple[list[str], Rows]:
    """What each side spent and found."""
    metric = found.metric
    level = "" if found.level is None else f"epochs to {metric.shown(found.level)}"
    header = ["", "searches", "trials", "epochs", "time", str(metric), "+-", *([level] if level else [])]
    rows: Rows = []
    for side in found.sides:
        reached = [_whole(side.reached) or "never"] if level else []
        best = None if side.best is None else metric.shown(side.best)
        around = None if side.around is None else f"{side.around:.2g}"
        spent = [_whole(side.trials), _whole(side.epochs), duration(side.seconds)]
        rows.append([side.name, len(side.runs), *spent, best, around, *reached])
    return header, rows


def _whole(count: float | None) -> str:
    return "" if count is None else f"{count:.0f}" if count == round(count) else f"{count:.1f}"


def differences(found: Comparison) -> tuple[list[str], Rows]:
    """The settings that are not the same."""
    header = ["setting", *(side.name for side in found.sides)]
    return header, [[setting.key, *setting.values] for setting in found.settings]


def as_text(found: Comparison, width: int | None) -> str:
    """As a terminal of that width shows it; None: of any width."""
    parts = [laid_out(*table(found), (), width).text.rstrip("\n")]
    parts.append("\n".join(wrapped(pair.text, width) for pair in found.pairs))
    if found.settings:
        parts.append(laid_out(*differences(found), (), width).text.rstrip("\n"))
    else:
        parts.append("no setting differs but the seed")
    parts += ["\n".join(_drawn(overlay)) for overlay in found.overlays]
    return "\n\n".join(parts)


def _drawn(overlay: Overlay) -> Iterator[str]:
    yield spoken(overlay.parameter)
    room = max(len(one.side) for one in overlay.ranges)
    for one in overlay.ranges:
        yield f"  {one.side:<{room}}  {bar(one)}  {one.said}".rstrip()


def bar(one: Range) -> str:
    """A range as a line of letters, the best an `o` in it.

    >>> bar(Range("a", "", (0.5, 1.0), 0.75)).rstrip()
    '                    [========o=========]'
    """
    letters = [" "] * _WIDTH
    if one.span is not None:
        first, last = (min(_WIDTH - 1, int(end * _WIDTH)) for end in one.span)
        letters[first : last + 1] = "=" * (last + 1 - first)
        letters[first], letters[last] = "[", "]"
    if one.best is not None:
        letters[round(one.best * (_WIDTH - 1))] = "o"
    return "".join(letters)


def as_markdown(found: Comparison) -> str:
    """The same as tables of Markdown."""
    ranges: Rows = [
        [spoken(overlay.parameter), *(one.said for one in overlay.ranges)] for overlay in found.overlays
    ]
    parts = [markdown(*table(found)), "".join(f"- {in_markdown(pair.text)}\n" for pair in found.pairs)]
    parts += [markdown(*differences(found))] if found.settings else []
    parts += [markdown(["range", *(side.name for side in found.sides)], ranges)] if ranges else []
    return "\n".join(parts)


def ends(low: Value, high: Value) -> str:
    """`0.0001 to 1`."""
    return f"{shown(low)} to {shown(high)}"
