"""Making a walk small: the same with something left out, as long as it fails in the same way."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from tests.walks.walk import Tree, Walk
from tests.walks.walker import Broken

#: So many walks may be taken for it.
_TRIED = 150
#: Without these nothing is left of a file.
_NEEDED = {
    "objective",
    "space",
    "search",
    "kind",
    "function",
    "command",
    "dataset",
    "source",
    "task",
    "metric",
    "goal",
    "split",
}


def smallest(walk: Walk, broken: Broken, walked: Callable[[Walk], list[Broken]]) -> tuple[Walk, Broken]:
    """What is left when nothing more can be left out, and how it fails."""
    tried, found = 0, True
    while found and tried < _TRIED:
        found = False
        for candidate in smaller(walk):
            tried += 1
            alike = [one for one in walked(candidate) if one.kind == broken.kind]
            if found := bool(alike):
                walk, broken = candidate, alike[0]
                break
            if tried >= _TRIED:
                break
    return walk, broken


def smaller(walk: Walk) -> Iterator[Walk]:
    """The walk with something left out, what is large first."""
    yield from (_without_parameter(walk, name) for name in walk.space if len(walk.space) > 1)
    yield from _without_rows(walk)
    yield from _without_columns(walk)
    trials = walk.search.get("trials", 1)
    if trials > 1:
        yield replace(walk, config=walk.config | {"search": walk.search | {"trials": trials // 2}})
    if len(walk.asked_for) > 1:
        first = {"metric": walk.metric, "goal": walk.ranking[0][1]}
        told = {name: value for name, value in first.items() if value}
        search = {name: value for name, value in walk.search.items() if name != "goal"} | told
        yield replace(walk, config=walk.config | {"search": search})
    yield from (replace(walk, config=config) for config in _without_keys(walk.config))


def _without_parameter(walk: Walk, name: str) -> Walk:
    """Neither in the space, nor in conditions, requirements and commands."""
    space = {other: _unconditional(given, name) for other, given in walk.space.items() if other != name}
    config = walk.config | {"space": space}
    config.pop("require", None)
    objective = dict(walk.config["objective"])
    if "command" in objective:
        objective["command"] = [
            word for word in objective["command"] if word not in (f"{{{name}}}", f"--{name}")
        ]
    return replace(walk, config=config | {"objective": objective})


def _unconditional(given: Any, name: str) -> Any:
    if not isinstance(given, dict) or name not in given.get("when", {}):
        return given
    when = {parent: values for parent, values in given["when"].items() if parent != name}
    rest = {key: value for key, value in given.items() if key != "when"}
    return rest | ({"when": when} if when else {})


def _without_rows(walk: Walk) -> Iterator[Walk]:
    for name, content in walk.files.items():
        if name.endswith(".csv"):
            header, *rows = _read(content)
            for part in (rows[: len(rows) // 2], rows[len(rows) // 2 :]) if len(rows) > 1 else ():
                yield replace(walk, files={**walk.files, name: _written([header, *part])})


def _without_columns(walk: Walk) -> Iterator[Walk]:
    """The same column of every table, which is not the target."""
    tables = {name: _read(content) for name, content in walk.files.items() if name.endswith(".csv")}
    shortest = min((rows[0] for rows in tables.values()), key=len, default=[])
    for place in range(len(shortest)) if len(shortest) > 1 else ():
        left = {
            name: _written([row[:place] + row[place + 1 :] for row in rows]) for name, rows in tables.items()
        }
        yield replace(walk, files={**walk.files, **left})


def _read(content: bytes) -> list[list[str]]:
    return [row for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")) if row]


def _written(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _without_keys(tree: Tree) -> Iterator[Tree]:
    """The tree without one of its keys, or with a list of choices halved, at any depth."""
    for key, value in tree.items():
        if key not in _NEEDED and (key, type(value)) != ("target", str):  # which is a column
            yield {other: given for other, given in tree.items() if other != key}
        if isinstance(value, dict):
            yield from (tree | {key: less} for less in _without_keys(value))
        if key == "choices" and len(value) > 1:
            yield from (tree | {key: part} for part in (value[: len(value) // 2], value[len(value) // 2 :]))
