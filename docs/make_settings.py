"""Write docs/settings.md, every setting of the YAML in one line, from the JSON Schema that editors read:

python docs/make_settings.py
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hpsearch.config import json_schema

TARGET = Path(__file__).parent / "settings.md"
HEAD = """\
# Every setting

Written by `python docs/make_settings.py` from what `hpsearch schema` prints, which editors complete and check by.
[The YAML](yaml.md) tells what it all means.
"""
#: Title -> the definition, or nothing for the file itself.
SECTIONS = {
    "The file": "",
    "objective, kind: mlp": "NetworkSettings",
    "objective, kind: python": "FunctionSettings",
    "objective, kind: command": "CommandSettings",
    "objective.dataset": "Dataset",
    "objective.dataset.split": "FoldsSettings",
    "objective.dataset.categories": "CategoriesSettings",
    "objective.augment": "Augment",
    "objective.config": "ConfigFile",
    "objective.read": "ReadSettings",
    "space, a range": "Range",
    "space, choices": "Choices",
    "search": "Search",
    "search.halving": "Halving",
    "search.confirm": "Confirm",
    "dispatch": "Dispatch",
    "dispatch.tls": "Tls",
}
_BOUNDS = {
    "minimum": "at least",
    "exclusiveMinimum": "above",
    "maximum": "at most",
    "exclusiveMaximum": "below",
}
_NAMES = {
    "boolean": "true or false",
    "integer": "whole number",
    "string": "text",
    "array": "list",
    "object": "mapping",
}
_MANY = 10_000  # bounds beyond are there against slips of the keyboard

Schema = Mapping[str, Any]


def page(schema: Schema) -> str:
    """The whole page."""
    return HEAD + "".join(
        section(title, schema["$defs"][name] if name else schema) for title, name in SECTIONS.items()
    )


def section(title: str, definition: Schema) -> str:
    """The table of a definition."""
    needed = definition.get("required", ())
    rows = (row(name, setting, name in needed) for name, setting in definition["properties"].items())
    about = definition["description"] if "$schema" not in definition else "Its sections follow."
    head = "| setting | is | default | allowed |\n| --- | --- | --- | --- |\n"
    return f"\n## {title}\n\n{about}\n\n{head}{''.join(rows)}"


def row(name: str, setting: Schema, needed: bool) -> str:
    """A line of it."""
    default = "must be given" if needed else _default(setting)
    cells = (f"`{name}`", setting.get("description", ""), default, "; ".join(dict.fromkeys(allowed(setting))))
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |\n"


def _default(setting: Schema) -> str:
    """As the YAML has it; nothing for what is a section of its own, and for null."""
    value = setting.get("default")
    if value is None or (isinstance(value, dict) and len(value) > 2):
        return ""
    if isinstance(value, bool) and "on" in setting.get("enum", ()):
        return "`on`" if value else "`off`"
    return _value(value)


def allowed(setting: Schema) -> Iterator[str]:
    """What it may be, in words."""
    if "anyOf" in setting:
        for option in setting["anyOf"]:
            yield from allowed(option)
    elif "$ref" in setting:
        yield "mapping"
    elif "const" in setting or "enum" in setting:
        values = setting.get("enum", [setting.get("const")])
        yield ", ".join(_value(value) for value in values if not _means_off(value, values))
    elif setting.get("pattern", "").endswith("[smhd]$"):
        yield "a time, such as `30s`"
    else:
        yield from _of_types(setting)


def _means_off(value: Any, values: list[Any]) -> bool:
    """Another way to write `off` or `on`, which are in the list."""
    return value in (False, True, None) and bool(
        {"on", "off", "auto"} & {one for one in values if isinstance(one, str)}
    )


def _of_types(setting: Schema) -> Iterator[str]:
    types = setting.get("type", "anything")
    bounds = [
        f"{word} {_number(setting[key])}"
        for key, word in _BOUNDS.items()
        if abs(setting.get(key, _MANY)) < _MANY
    ]
    for kind in [types] if isinstance(types, str) else types:
        name = _NAMES.get(kind, kind)
        yield (
            ", ".join([name, *bounds])
            if kind in ("integer", "number")
            else name
            if kind != "null"
            else "`null`"
        )


def _number(value: float) -> str:
    return f"{value:g}"


def _value(value: Any) -> str:
    """As the YAML has it."""
    match value:
        case None:
            return "`null`"
        case bool():
            return "`true`" if value else "`false`"
        case float():
            return f"`{value:g}`"
        case dict() if value:
            return f"`{{{', '.join(f'{key}: {one}' for key, one in value.items())}}}`"
        case _:
            return f"`{value}`"


if __name__ == "__main__":
    TARGET.write_text(page(json_schema()), encoding="utf-8")
