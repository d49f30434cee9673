"""Write the sections of docs/own-script.md, and the configurations in configs/examples, from tests/scripts:

python docs/make_own_script.py
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "own-script.md"
SCRIPTS, EXAMPLES = ROOT / "tests" / "scripts", ROOT / "configs" / "examples"
_MARK = "<!-- made by docs/make_own_script.py -->\n"
_COMMENT = re.compile(r"\s+# .*|^\s*# .*\n?", re.MULTILINE)


def expected(name: str) -> Mapping[str, Any]:
    """What a script is asked for, and what must come out."""
    found: Mapping[str, Any] = yaml.safe_load((SCRIPTS / name / "expected.yaml").read_text("utf-8"))
    return found


def names() -> list[str]:
    """The scripts."""
    return sorted(path.parent.name for path in SCRIPTS.glob("*/expected.yaml"))


def source(name: str) -> Path:
    """The folder of a script: one of the examples, or one of the tests."""
    return EXAMPLES / name if (EXAMPLES / name).is_dir() else SCRIPTS / name


def copied(name: str, folder: Path) -> Path:
    """A copy of the folder of a script, as a person has it."""
    place = folder / name
    shutil.copytree(source(name), place, ignore=shutil.ignore_patterns("expected.yaml", f"{name}.yaml"))
    return place


def asked(given: Mapping[str, Any]) -> str:
    """The command line of `init`."""
    return " ".join(["hpsearch init", f'"{given["command"]}"', *given.get("options", ())])


def essential(text: str) -> str:
    r"""A configuration without its comments and blank lines.

    >>> essential("# A start\nspace:   # what is searched\n\n  # left: why\n  lr: 1\n")
    'space:\n  lr: 1\n'
    """
    lines = _COMMENT.sub("", text).splitlines()
    return "".join(f"{line.rstrip()}\n" for line in lines if line.strip())


def section(name: str, text: str) -> str:
    """The section of a script, for what `init` writes."""
    given = expected(name)
    folder = source(name).relative_to(ROOT)
    head = f"## {given['title']}\n\n{given['says'].strip()}\n[Script](../{folder}).\n\n    {asked(given)}\n"
    return f"{head}\n```yaml\n{essential(text)}```\n"


def example(name: str, text: str) -> str:
    """The file of an example, for what `init` writes."""
    given = expected(name)
    head = f"# {given['title']}, imitated: what this script prints is all that is needed. Written by\n"
    head += f"#   {asked(given)}\n#   hpsearch run configs/examples/{name}/{name}.yaml\n"
    return head + essential(text)


def written() -> Iterator[tuple[str, str]]:
    """Each script, and what `init` writes for it."""
    with tempfile.TemporaryDirectory() as place:
        for name in names():
            folder = copied(name, Path(place))
            given = expected(name)
            if "compile" in given:
                subprocess.run(given["compile"].split(), cwd=folder, check=True)
            words = [sys.executable, "-m", "hpsearch", "init", given["command"], *given.get("options", ())]
            subprocess.run(words, cwd=folder, check=True, capture_output=True, env=os.environ)
            yield name, (folder / "config.yaml").read_text("utf-8")


if __name__ == "__main__":
    sections = []
    for name, text in written():
        sections.append(section(name, text))
        if source(name).parent == EXAMPLES:
            (EXAMPLES / name / f"{name}.yaml").write_text(example(name, text), encoding="utf-8")
    head = TARGET.read_text(encoding="utf-8").partition(_MARK)[0]
    TARGET.write_text(head + _MARK + "\n" + "\n".join(sections), encoding="utf-8")
