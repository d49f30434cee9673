"""What a walk starts from: the files of a project, and what is known of them beforehand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Tree = dict[str, Any]
NOTHING: Mapping[str, bytes] = {}


@dataclass(frozen=True)
class Walk:
    """A project with a file that is valid.

    Attributes:
        config: what config.yaml holds.
        files: what lies beside it, by name.
        asked: a table for `predict`, where the objective learns from one; empty: none.
        refusable: whether what it learns from may be refused, if it is said why.
    """

    config: Tree
    files: Mapping[str, bytes] = field(default_factory=dict)
    asked: str = ""
    refusable: bool = False

    @property
    def name(self) -> str:
        """The name of its run."""
        return str(self.config.get("name", "config"))

    @property
    def kind(self) -> str:
        """Of the objective."""
        return str(self.config["objective"]["kind"])

    @property
    def space(self) -> Tree:
        """What is searched."""
        return dict(self.config["space"])

    @property
    def search(self) -> Tree:
        """How it is searched."""
        return dict(self.config.get("search", {}))

    @property
    def asked_for(self) -> list[str]:
        """The metrics that every trial must record, first the one that ranks."""
        asked = self.search["metric"]
        names = [asked] if isinstance(asked, str) else asked
        return [name.removesuffix(":minimize").removesuffix(":maximize") for name in names]

    @property
    def metric(self) -> str:
        """What ranks; of several the first."""
        return self.asked_for[0]

    @property
    def ranking(self) -> list[tuple[str, str]]:
        """All that rank, each with its goal: more than the first only where each has a goal."""
        goals = self.search.get("goal", "")
        return (
            [(self.metric, goals)]
            if isinstance(goals, str)
            else list(zip(self.asked_for, goals, strict=True))
        )

    @property
    def names(self) -> list[str]:
        """The parameters that are drawn: those of one value only are not."""
        return [name for name, given in self.space.items() if isinstance(given, dict)]

    def write(self, folder: Path) -> None:
        """The files, in a folder that is there."""
        (folder / "config.yaml").write_text(as_yaml(self.config), encoding="utf-8")
        for name, content in self.files.items():
            (folder / name).write_bytes(content)


def as_yaml(tree: Tree) -> str:
    """The tree as YAML that a person could have typed: a section is a block, what is in it a line."""
    lines = []
    for key, value in tree.items():
        if isinstance(value, dict) and value:
            inner = [f"  {_json(name)}: {_json(given)}" for name, given in value.items()]
            lines += [f"{key}:", *inner]
        else:
            lines.append(f"{key}: {_json(value)}")
    return "\n".join(lines) + "\n"


def _json(value: Any) -> str:
    """JSON is YAML, once no letter is left that YAML does not take as it is."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in text)


def _escaped(letter: str) -> str:
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"
