"""The file of settings that is written for each trial: that of the user, with values of the trial in it."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import yaml
from msgspec import Struct

from hpsearch.config.yaml.scalars import resolve
from hpsearch.core.errors import InputError, MissingExtra
from hpsearch.core.trial import Value
from hpsearch.objectives.command.filling import filled_texts
from hpsearch.objectives.command.placeholders import names_in
from hpsearch.storage.atomic import open_regular

#: A longer file is no file of settings, in bytes.
LONGEST = 1 << 20
_MAP = "tag:yaml.org,2002:map"

#: Where a value goes: the keys of mappings from the top down.
Place = Sequence[str]
Change = tuple[Place, Value]


class SettingsFile(Struct, frozen=True):
    """A file of settings, and what of it a trial changes.

    Attributes:
        base: the user's file.
        text: what is in it.
        changes: what is set, by keys with dots between: texts with placeholders, or values.
    """

    base: Path
    text: str
    changes: Mapping[str, Value]

    @property
    def name(self) -> str:
        """What the written file is called."""
        return f"config{self.base.suffix}"

    def written(self, values: Mapping[str, Value], inactive: Collection[str] = ()) -> str:
        """The text for a trial. What asks for an `inactive` parameter stays as the user's file has it.

        Raises InputError where a key leads through what is no mapping.
        """
        texts = {key: value for key, value in self.changes.items() if isinstance(value, str)}
        filled: dict[str, Value] = dict(filled_texts(texts, values, inactive))
        alone = {key: names_in(text)[0] for key, text in texts.items() if _is_alone(text)}
        filled |= {key: values[name] for key, name in alone.items() if name in values}
        filled |= {key: value for key, value in self.changes.items() if key not in texts}
        changes = [(key.split("."), filled[key]) for key in self.changes if key in filled]
        return FORMATS[self.base.suffix.lower()](self.text, changes)


def _is_alone(text: str) -> bool:
    """Whether a text is one placeholder, which stands for the value itself."""
    names = names_in(text)
    return len(names) == 1 and text == f"{{{names[0]}}}"


def read(base: Path, changes: Mapping[str, Value]) -> SettingsFile:
    """The user's file. Raises InputError where it is none that can be written anew."""
    if base.suffix.lower() not in FORMATS:
        raise InputError(f"must be a file of {', '.join(FORMATS)} (got {base.name})")
    try:
        with open_regular(base) as stream:
            content = stream.read(LONGEST + 1)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error} (got {base})") from None
    if len(content) > LONGEST:
        raise InputError(f"is larger than {LONGEST} bytes (got {base})")
    try:
        made = SettingsFile(base, content.decode("utf-8-sig"), changes)
        FORMATS[base.suffix.lower()](made.text, [(key.split("."), 0) for key in changes])
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise InputError(
            f"cannot be read as {base.suffix}: {' '.join(str(error).split())} (got {base})"
        ) from None
    return made


def _through(place: Place) -> InputError:
    return InputError(f"has {'.'.join(place)}, where {'.'.join(place[:-1])} is no mapping in the file")


# -- YAML --------------------------------------------------------------------------------------------------


def _yaml(text: str, changes: Sequence[Change]) -> str:
    """All that is not set stays as it was written: of readers of YAML 1.1 and 1.2 each sees what it saw before."""
    node: yaml.Node = yaml.compose(text, Loader=yaml.SafeLoader) or yaml.MappingNode(_MAP, [])
    if not isinstance(node, yaml.MappingNode):
        raise ValueError("it holds no mapping")
    for place, value in changes:
        node = _with(node, place, value, place)
    return str(yaml.serialize(node, Dumper=yaml.SafeDumper, allow_unicode=True))


def _with(node: yaml.Node, place: Place, value: Value, whole: Place) -> yaml.Node:
    """A copy of the node with another value below it; a mapping that stands elsewhere too stays there as it is."""
    if not place:
        return _node(value)
    if not isinstance(node, yaml.MappingNode):
        raise _through(whole[: len(whole) - len(place) + 1])
    first, rest = place[0], place[1:]
    # What is in two places gets an anchor: fine for a mapping, and odd for a key or a number.
    pairs = [(_copied(key), _copied(one)) for key, one in node.value]
    at = next((index for index, (key, _) in enumerate(pairs) if key.value == first), None)
    if at is None:
        pairs.append((_node(first), _with(yaml.MappingNode(_MAP, []), rest, value, whole)))
    else:
        pairs[at] = (pairs[at][0], _with(pairs[at][1], rest, value, whole))
    return yaml.MappingNode(node.tag, pairs, flow_style=node.flow_style)


def _copied(node: yaml.Node) -> yaml.Node:
    return copy.copy(node) if isinstance(node, yaml.ScalarNode) else node


def _node(value: Value) -> yaml.Node:
    """A value as YAML 1.1 and 1.2 both read it: a float as 1.0e-05, in quotes what is no text for one of them."""
    if isinstance(value, tuple):
        return yaml.SequenceNode("tag:yaml.org,2002:seq", [_node(item) for item in value], flow_style=True)
    node: Any = yaml.SafeDumper(io.StringIO()).represent_data(value)
    if isinstance(value, str) and not isinstance(_resolved(value), str):
        node.style = "'"
    return cast(yaml.Node, node)


def _resolved(text: str) -> object:
    try:
        return resolve(text)
    except ValueError:  # a number out of reach
        return None


# -- JSON and TOML -----------------------------------------------------------------------------------------


def _json(text: str, changes: Sequence[Change]) -> str:
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError("it holds no mapping")
    for place, value in changes:
        _holder(data, place)[place[-1]] = list(value) if isinstance(value, tuple) else value
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _toml(text: str, changes: Sequence[Change]) -> str:
    """TOML has no null: a key that is set to it is left out."""
    try:
        import tomlkit
    except ImportError:
        raise MissingExtra("a file of settings in TOML", library="tomlkit", extra="toml") from None
    document = tomlkit.parse(text)
    for place, value in changes:
        holder = _holder(document, place)
        if value is None:
            holder.pop(place[-1], None)
        else:
            holder[place[-1]] = list(value) if isinstance(value, tuple) else value
    return str(tomlkit.dumps(document))


def _holder(data: Any, place: Place) -> Any:
    """The mapping that has the last key of a place, made where there is none."""
    for depth, key in enumerate(place[:-1], 1):
        data = data.setdefault(key, {})
        if not isinstance(data, dict):
            raise _through(place[: depth + 1])
    return data


#: How each kind of file is read, changed and written again.
FORMATS: Mapping[str, Callable[[str, Sequence[Change]], str]] = {
    ".yaml": _yaml,
    ".yml": _yaml,
    ".json": _json,
    ".toml": _toml,
}
