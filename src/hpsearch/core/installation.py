"""How hpsearch was installed, and so how an optional library is added to it."""

from __future__ import annotations

import json
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

NAME = "hpsearch"
#: What an installer leaves in the folder of the environment that it made for one program -> what it is called by.
_OWN_ENVIRONMENTS = {
    "pipx_metadata.json": "pipx install --force",
    "uv-receipt.toml": "uv tool install --force",
}


def adding(extra: str) -> str:
    """The command that adds an extra, with the program that hpsearch was installed by."""
    found = _installed()
    own = (call for file, call in _OWN_ENVIRONMENTS.items() if Path(sys.prefix, file).is_file())
    if call := next(own, None):
        return f"{call} '{NAME}[{extra}]{_source(found)}'"  # made anew, from where it came
    by = ((found and found.read_text("INSTALLER")) or "").strip()
    return f"{'uv pip' if by == 'uv' else 'pip'} install '{NAME}[{extra}]'"


def _installed() -> Distribution | None:
    try:
        return distribution(NAME)
    except PackageNotFoundError:  # it runs from its folder
        return None


def _source(found: Distribution | None) -> str:
    """` @ URL` where it is not from an index (PEP 610)."""
    try:
        origin = json.loads((found and found.read_text("direct_url.json")) or "{}")
    except ValueError:
        return ""
    url, vcs = origin.get("url"), origin.get("vcs_info", {}).get("vcs")
    return f" @ {vcs + '+' if vcs else ''}{url}" if url else ""
