"""The YAML text of a configuration: its scalars, paths and lines."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from hpsearch.config.yaml.writer import scalar


def path_from(output: Path, path: Path | None) -> str:
    """A path as the file `output` names it; the current folder in place of None."""
    return os.path.relpath(path or Path.cwd(), output.absolute().parent)


def flow(mapping: Mapping[str, str]) -> str:
    """A mapping as YAML on one line."""
    return "{" + ", ".join(f"{key}: {scalar(value)}" for key, value in mapping.items()) + "}"


def commented(lines: Sequence[str]) -> str:
    """The whole text: the lines below a first comment."""
    return "\n".join(["# A start; every line may be changed. Its settings: docs/yaml.md", *lines]) + "\n"
