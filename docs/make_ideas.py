"""Write the pictures of docs/ideas: each page's own commands are run, and what they draw is kept beside it.

python docs/make_ideas.py [PAGE...]

A picture that no command writes is a chart of the report of a run, and called by both: `momentum-heat.svg`. Another
processor rounds differently, and draws dots a little elsewhere.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from hpsearch.actions.report import charts
from hpsearch.reporting.picture.svg import svg
from hpsearch.runs import RunFolder

ROOT = Path(__file__).parents[1]
IDEAS = ROOT / "docs" / "ideas"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page: Path, kind: str) -> list[str]:
    """What stands in the blocks of such a kind."""
    return [text for found, text in _BLOCK.findall(page.read_text(encoding="utf-8")) if found == kind]


def commands(page: Path) -> list[list[str]]:
    """The command lines of a page, without the name of the program."""
    lines = "".join(blocks(page, "bash")).replace("\\\n", " ").splitlines()
    words = [shlex.split(line, comments=True) for line in lines]
    return [rest for program, *rest in filter(None, words) if program == "hpsearch"]


def images(page: Path) -> list[str]:
    """The pictures that a page shows."""
    return re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page.read_text(encoding="utf-8"))


def named(page: Path, kind: str) -> dict[str, str]:
    """The blocks of a kind that begin with the name of their file."""
    texts = [text for text in blocks(page, kind) if text.startswith("# ")]
    return {text.partition("\n")[0].removeprefix("# "): text for text in texts}


def prepare(page: Path, folder: Path) -> None:
    """Put into `folder` what the commands of a page read: the configurations, and the files that it shows."""
    (folder / "configs").symlink_to(ROOT / "configs")
    for name, text in (named(page, "yaml") | named(page, "python")).items():
        (folder / name).write_text(text, encoding="utf-8")


def drawn(folder: Path, name: str) -> str:
    """The picture `name` of a folder in which the commands have run."""
    if (folder / name).exists():
        return (folder / name).read_text(encoding="utf-8")
    run, _, section = name.removesuffix(".svg").rpartition("-")
    return svg(charts(RunFolder.named(folder / "runs", run))[section])


def made(page: Path) -> dict[str, str]:
    """The pictures of a page, by their names."""
    wanted = images(page)
    if not wanted:
        return {}
    with tempfile.TemporaryDirectory() as place:
        prepare(page, Path(place))
        for words in commands(page):
            ended = subprocess.run([sys.executable, "-m", "hpsearch", *words], cwd=place, capture_output=True)
            if ended.returncode > 1:  # 1 is what `doctor` ends with where a check fails, as on some pages
                raise SystemExit(ended.stderr.decode())
        return {name: drawn(Path(place), name) for name in wanted}


if __name__ == "__main__":
    asked = [IDEAS / f"{Path(name).stem}.md" for name in sys.argv[1:]]
    if not asked:
        for path in IDEAS.glob("*.svg"):
            path.unlink()
    for page in asked or sorted(IDEAS.glob("*.md")):
        for name, text in made(page).items():
            (IDEAS / name).write_text(text, encoding="utf-8", newline="\n")
