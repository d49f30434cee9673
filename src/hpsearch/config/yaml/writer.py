"""Plain values as YAML text that is read back as the same values."""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from hpsearch.config.yaml.scalars import BOOLEAN, FLOAT, INTEGER, NULL
from hpsearch.core.escaping import on_a_line

_TAG = "tag:yaml.org,2002:"


class Flow(dict[str, Any]):
    """A mapping written on one line."""


class Writer(yaml.SafeDumper):
    """Quotes what YAML 1.2 would not read as text, so `off` stays plain and `'1e3'` does not."""

    yaml_implicit_resolvers: dict[str | None, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the signature of the base class
        """Never write anchors, which the loader refuses."""
        return True


class PastingWriter(Writer):
    """Quotes what readers of YAML 1.1 would not read as text either: those of other programs often are such."""

    yaml_implicit_resolvers = copy.deepcopy(yaml.SafeDumper.yaml_implicit_resolvers)


def pasted(values: Mapping[str, Any]) -> str:
    r"""Values by name, each on a line of its own, to paste into any YAML.

    >>> print(pasted({"lr": 1e-4, "size": "1e-4", "ends": "a\nb", "use": "off"}))
    lr: 0.0001
    size: '1e-4'
    ends: "a\nb"
    use: 'off'
    <BLANKLINE>
    """
    written = yaml.dump(
        dict(values), Dumper=PastingWriter, sort_keys=False, allow_unicode=True, width=math.inf
    )
    return str(written)


def scalar(value: Any) -> str:
    """One value, such as an item of a list on one line.

    >>> [scalar(value) for value in ("a, b", "0o17", 1e-5, None)]
    ["'a, b'", "'0o17'", '1.0e-05', 'null']
    """
    written = yaml.dump(
        [value], Dumper=PastingWriter, default_flow_style=True, allow_unicode=True, width=math.inf
    )
    return str(written).strip()[1:-1]


def _represent_flow(dumper: Writer, data: Flow) -> yaml.Node:
    return dumper.represent_mapping(f"{_TAG}map", data, flow_style=True)


def _represent_list(dumper: Writer, data: Iterable[Any]) -> yaml.Node:
    return dumper.represent_sequence(f"{_TAG}seq", data, flow_style=True)


def _represent_text(dumper: Writer, data: str) -> yaml.Node:
    """What a line cannot show is put in double quotes, where what `printable` makes of it reads back as well."""
    style = None if on_a_line(data) == data else '"'
    return dumper.represent_scalar(f"{_TAG}str", data, style=style)


Writer.add_representer(str, _represent_text)
Writer.add_representer(Flow, _represent_flow)
Writer.add_representer(list, _represent_list)
PastingWriter.yaml_representers = Writer.yaml_representers
for _writer in (Writer, PastingWriter):
    for _name, _pattern in (("null", NULL), ("bool", BOOLEAN), ("int", INTEGER), ("float", FLOAT)):
        _writer.add_implicit_resolver(f"{_TAG}{_name}", _pattern, None)
    _writer.add_implicit_resolver(f"{_TAG}merge", re.compile(r"<<\Z"), None)
