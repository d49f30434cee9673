"""How marks and words look in a picture that stands alone: as on the page, in its light colours."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

_PAGE = Path(__file__).parents[1] / "page" / "templates" / "page.css"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_COLOUR = re.compile(r"var\(--([\w-]+)\)")
_FAINT = re.compile(r"(?<![\w-])opacity")
_CLASS = re.compile(r"\.([\w-]+)")
#: What draws a PNG takes the first of these that the machine has: it knows no `sans-serif` of its own.
FONTS = (
    "system-ui, 'Segoe UI', 'Helvetica Neue', Arial, 'Liberation Sans', 'Noto Sans', 'DejaVu Sans', Ubuntu, "
    "Cantarell, 'Open Sans', Roboto, Verdana, sans-serif"
)


def style(classes: Collection[str]) -> str:
    """The rules for these classes, without variables, which not every program that shows SVG knows."""
    rules = [
        f"text {{ font-family: {FONTS}; font-size: 24px; fill: {colours()['ink']}; }}",
        f"rect {{ fill: {colours()['paper']}; }}",
        f".lead {{ fill: {colours()['soft']}; }}",
        ".heading { font-size: 34px; font-weight: bold; }",
        ".title { font-size: 28px; font-weight: bold; }",
        ".caption { font-weight: bold; }",
    ]
    rules += [rule for shade in range(6) if f"h{shade}" in classes for rule in _shade(shade)]
    rules += [rule for names, rule in _drawing_rules() if names <= set(classes)]
    return "\n".join(rules)


def _shade(shade: int) -> list[str]:
    """A cell of a heat map, and the words on it."""
    ground, ink = colours()[f"s{shade}"], colours()[f"t{shade}"]
    return [f"path.h{shade} {{ fill: {ground}; stroke: none; }}", f"text.h{shade} {{ fill: {ink}; }}"]


@cache
def colours() -> dict[str, str]:
    """Those of the light page, by their names."""
    first = next(body for selector, body in _rules() if selector == ":root")
    return dict(re.findall(r"--([\w-]+): (#\w+)", first))


@cache
def _drawing_rules() -> list[tuple[frozenset[str], str]]:
    """The rules of what is drawn, each with the classes it is for."""
    ink = colours()["ink"]
    found = []
    for selector, body in _rules():
        if re.match(r"path\b|svg \.", selector):
            told = _COLOUR.sub(lambda name: colours()[name[1]], body.strip()).replace("currentColor", ink)
            # Nothing that is faint is filled, and of a stroke alone it is drawn ten times faster.
            told = _FAINT.sub("stroke-opacity", told)
            rule = f"{selector.removeprefix('svg ')} {{ {told} }}"
            found.append((frozenset(_CLASS.findall(selector)), rule))
    return found


def _rules() -> Iterator[tuple[str, str]]:
    text = _COMMENT.sub("", _PAGE.read_text(encoding="utf-8"))
    return ((selector.strip(), body) for selector, body in _RULE.findall(text))
