"""The pages on the ideas of the courses: their commands are run, and their tables held to what comes out."""

from __future__ import annotations

import csv
import re
import runpy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from hpsearch.actions.report import charts, recorded
from hpsearch.engine.run import Run
from hpsearch.reporting.picture.sections import pictures
from hpsearch.runs import RunFolder
from tests.commands import Ended, here

ROOT = Path(__file__).parents[2]
IDEAS = ROOT / "docs" / "ideas"
MAKE = runpy.run_path(str(ROOT / "docs" / "make_ideas.py"))
#: Another processor rounds differently; what a table says holds there too, within these.
SHARE, LEAST = 0.15, 0.05
_TITLE = "{http://www.w3.org/2000/svg}title"
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A page whose commands have run in `folder`."""

    page: Path
    folder: Path
    ended: Sequence[Ended]

    def rows(self, name: str = "results.csv") -> list[Row]:
        """The results of its search, or another table of its run."""
        (run,) = (self.folder / "runs").iterdir()
        with (run / name).open(newline="") as file:
            return list(csv.DictReader(file))

    def losses(self, *names: str, metric: str = "val_loss") -> dict[Any, float]:
        """A metric of each trial that is done, by its values of these parameters as they are written."""
        return {
            tuple(row[name] for name in names) if len(names) > 1 else row[names[0]]: float(row[metric])
            for row in self.rows()
            if row["status"] == "done"
        }


def run(page: Path, folder: Path, more: Sequence[str] = ()) -> Shown:
    """Run the commands of a page; `more` options make its search cheaper."""
    MAKE["prepare"](page, folder)
    ended = []
    for words in MAKE["commands"](page):
        serially = ("--executor", "serial", "--quiet", *more) if words[0] == "run" else ()
        done = here(folder, *words, *serially)
        assert done.returncode == 0 or (words[0] == "doctor" and done.returncode == 1), done.stderr
        ended.append(done)
    return Shown(page, folder, ended)


def check_pictures(shown: Shown) -> None:
    """What the page shows is what its commands draw, as far as another processor draws the same."""
    for name in MAKE["images"](shown.page):
        kept = (IDEAS / name).read_text(encoding="utf-8")
        assert len(kept) < 50_000
        assert title(kept) == called(shown.folder, name), "run: python docs/make_ideas.py"


def called(folder: Path, name: str) -> str:
    """The title of the picture `name` of a folder in which the commands have run, analysed where it must be."""
    if (folder / name).exists():
        return title((folder / name).read_text(encoding="utf-8"))
    run, _, section = name.removesuffix(".svg").rpartition("-")
    recording = RunFolder.named(folder / "runs", run)
    known = pictures(recorded(Run.read(recording)))
    return (known if section in known else charts(recording))[section].title


def title(svg: str) -> str:
    """What a picture is called."""
    found = ElementTree.fromstring(svg).find(_TITLE)
    assert found is not None
    assert found.text
    return found.text


def tables(page: Path) -> Iterator[Row]:
    """The rows of the tables of a page whose columns are those of results.csv."""
    names: list[str] = []
    for line in page.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if cells and all(re.fullmatch(r"`\w+`", cell) for cell in cells):
            names = [cell.strip("`") for cell in cells]
        elif not cells:
            names = []
        elif names and not set(line) <= set("|- "):
            yield dict(zip(names, cells, strict=True))


def check_tables(shown: Shown) -> None:
    """Every row of them is a trial of the page's search, and says what it reached."""
    for said in tables(shown.page):
        (trial,) = (row for row in shown.rows() if _same(said, row))
        if "diverged" in said.values():
            assert trial["status"] == "diverged"
        else:
            for name in filter(_is_metric, said):
                assert float(trial[name]) == pytest.approx(float(said[name]), rel=SHARE, abs=LEAST), said


def _is_metric(name: str) -> bool:
    return name.startswith(("val_", "train_"))


def _same(said: Row, trial: Row) -> bool:
    """Whether a row of a page is of this trial."""
    return all(_equal(value, trial[name]) for name, value in said.items() if not _is_metric(name))


def _equal(said: str, value: str) -> bool:
    try:
        return float(said) == pytest.approx(float(value), rel=0.005)
    except ValueError:
        return said == value
