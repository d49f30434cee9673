"""Parameters that stand in a file beside the code: the settings of Hydra, the first cell of a notebook."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from hpsearch.actions.init.options import UNKNOWN, Option
from hpsearch.config.yaml.loader import parse_yaml
from hpsearch.core.errors import InputError
from hpsearch.objectives.function.signature import UNREADABLE
from hpsearch.storage.atomic import open_regular

#: What a setting without a value is in Hydra.
_MISSING = "???"
#: Sections of Hydra itself, and its list of files.
_ITS_OWN = ("defaults", "hydra")
#: A larger notebook or file of settings is not read, in bytes.
_LARGEST = 10_000_000
_CELL = "parameters"


def settings_of(words: Sequence[str], sources: Sequence[Path]) -> list[Option]:
    """The options that a command takes by the names of settings in a file, or in a notebook that it runs."""
    if Path(words[0]).name == "papermill":
        notebooks = [Path(word) for word in words[1:] if word.endswith(".ipynb")]
        return list(_of_notebook(notebooks[0], words)) if notebooks else []
    found = (option for path in sources for option in _of_hydra(path))
    given = [word.partition("=")[0].lstrip("+") for word in words if "=" in word]
    return [option for option in found if option.name not in given]


# -- Hydra ---------------------------------------------------------------------------------------------


def _of_hydra(source: Path) -> Iterator[Option]:
    """Those of the settings that a script names by `@hydra.main(config_path=..., config_name=...)`."""
    try:
        tree = ast.parse(source.read_bytes())
    except (OSError, *UNREADABLE):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "hydra.main":
            given = {
                word.arg: word.value.value for word in node.keywords if isinstance(word.value, ast.Constant)
            }
            name = str(given.get("config_name") or "config").removesuffix(".yaml")
            folder = source.parent / str(given.get("config_path") or ".")
            yield from _settings(_composed(folder, name))


def _composed(folder: Path, name: str) -> dict[str, Any]:
    """The settings of a file, with those of the files that its `defaults` name below their groups."""
    data = _mapping(folder / f"{name}.yaml")
    found: dict[str, Any] = {}
    for entry in data.get("defaults") or ():
        for group, chosen in entry.items() if isinstance(entry, Mapping) else ():
            if isinstance(chosen, str):
                group = str(group).rpartition(" ")[2]  # override, optional
                found[group] = _mapping(folder / group / f"{chosen}.yaml")
    for key, value in data.items():
        both = isinstance(value, Mapping) and isinstance(found.get(key), Mapping)
        found[key] = {**found[key], **value} if both else value
    return {key: value for key, value in found.items() if key not in _ITS_OWN}


def _mapping(path: Path) -> dict[str, Any]:
    try:
        data = parse_yaml(_text(path), str(path)).data
    except (InputError, OSError, ValueError):
        return {}
    return dict(data) if isinstance(data, Mapping) else {}


def _settings(data: Mapping[str, Any], around: str = "") -> Iterator[Option]:
    for key, value in data.items():
        name = f"{around}{key}"
        if isinstance(value, Mapping):
            yield from _settings(value, f"{name}.")
        else:
            several = isinstance(value, list | tuple)
            default = UNKNOWN if several or value == _MISSING else value
            yield Option(name, f"{name}=", default, several=several, flag=False)


# -- notebooks -----------------------------------------------------------------------------------------


def _of_notebook(path: Path, words: Sequence[str]) -> Iterator[Option]:
    """Those of the cell with the tag `parameters`, as papermill takes them."""
    for name, value in _assigned(path):
        if name not in words:
            # Of what -p is given, papermill takes `true` for a text.
            switch = isinstance(value, bool)
            form = ("-y", f"{name}: {{{name}}}") if switch else ("-p", name, f"{{{name}}}")
            several = isinstance(value, list | tuple | dict)
            yield Option(name, default=UNKNOWN if several else value, several=several, form=form)


def _assigned(path: Path) -> Iterator[tuple[str, Any]]:
    with suppress(OSError, ValueError, LookupError, AttributeError, TypeError, RecursionError):
        for cell in json.loads(_text(path))["cells"]:
            if _CELL in cell["metadata"].get("tags", ()):
                tree = ast.parse("".join(cell["source"]))
                for node in tree.body:
                    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                        yield node.targets[0].id, _value(node.value)


def _value(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except (*UNREADABLE, TypeError):
        return None


def _text(path: Path) -> str:
    with open_regular(path) as stream:
        return stream.read(_LARGEST).decode("utf-8")
