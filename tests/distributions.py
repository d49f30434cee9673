"""Packages that add to hpsearch, as pip installs them: modules, and beside them what the package declares."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.commands import Ended, command


def install(
    site: Path,
    name: str,
    entry_points: Mapping[str, Mapping[str, str]],
    modules: Mapping[str, str] | None = None,
    version: str = "1.0",
) -> None:
    """Put the package `name` into the folder `site`.

    Args:
        entry_points: group -> name -> value.
        modules: the text of each, by its path.
    """
    for path, text in (modules or {}).items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text, encoding="utf-8")
    about = site / f"{name.replace('-', '_')}-{version}.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    groups = (
        "\n".join([f"[{group}]", *(f"{key} = {value}" for key, value in names.items())])
        for group, names in entry_points.items()
    )
    (about / "entry_points.txt").write_text("\n\n".join(groups) + "\n")


def run_with(site: Path, folder: Path, *args: str, timeout: float = 60) -> Ended:
    """Run `hpsearch ARGS` in `folder` as a process that finds the packages of `site`."""
    return subprocess.run(
        command(*args),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(found_in(site))},
    )


def found_in(site: Path) -> list[str]:
    """Where Python is to look for modules: `site`, then where it does already."""
    before = os.environ.get("PYTHONPATH")
    return [str(site), *([before] if before else [])]
