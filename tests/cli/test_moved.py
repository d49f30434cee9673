"""A project that is moved, renamed or edited while a search of it rests."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from hpsearch.config import dump_yaml, load_spec
from tests import commands
from tests.cli.test_regression import write_houses
from tests.commands import Ended

FUNCTION = """\
objective: {kind: python, function: "f.py:f"}
space: {x: {scale: linear, low: 0, high: 1}}
search: {trials: 6, metric: score, goal: maximize}
"""
CODE = "from lib import net\ndef f(x): return net.g(x)\n"
HOUSES = """\
objective: {kind: mlp, dataset: {source: houses.csv, target: price}, hidden: [4], epochs: 2}
space: {lr: {scale: log, low: 1e-3, high: 0.1}}
search: {trials: 4, round_size: 4, confirm: off, halving: off}
"""


def call(place: Path, *args: str, status: int = 0) -> Ended:
    serially = ("--executor", "serial") if args[0] in ("run", "resume", "refine") else ()
    ended = commands.here(place, *args, *serially)
    assert ended.returncode == status, ended.stderr
    return ended


def edit(place: Path, peak: float) -> None:
    (place / "lib.py").write_text(f"class net:\n    g = staticmethod(lambda x: -((x - {peak}) ** 2))\n")


@pytest.fixture
def one(tmp_path: Path) -> Path:
    """A project with a search of a function."""
    place = tmp_path / "one"
    place.mkdir()
    edit(place, 0.4)
    (place / "f.py").write_text(CODE)
    (place / "c.yaml").write_text(FUNCTION)
    call(place, "run", "c.yaml", "--quiet")
    return place


def test_everything_goes_on_with_a_function_where_it_is_moved(one: Path) -> None:
    two = one.rename(one.with_name("two"))
    call(two, "resume", "c", "--trials", "8")
    call(two, "run", "c.yaml", "--resume", "--trials", "9")
    assert "reproduced to the bit" in call(two, "reproduce", "c", "3").stdout
    call(two, "refine", "c", "--trials", "2", "--top", "3")
    for run in ("c", "c-refined"):
        assert "dir: ../..\n" in (two / f"runs/{run}/config.yaml").read_text()
        assert str(two.parent) not in (two / f"runs/{run}/journal.jsonl").read_text()


def test_everything_goes_on_with_a_table_where_it_is_moved(tmp_path: Path) -> None:
    one = tmp_path / "one"
    one.mkdir()
    write_houses(one / "houses.csv", rows=60)
    (one / "n.yaml").write_text(HOUSES)
    call(one, "run", "n.yaml", "--quiet")
    two = one.rename(tmp_path / "two")
    call(two, "resume", "n", "--trials", "5")
    call(two, "run", "n.yaml", "--resume", "--trials", "6")
    assert "reproduced to the bit" in call(two, "reproduce", "n", "1").stdout
    call(two, "evaluate", "n")
    call(two, "export", "n", "--to", "model")
    data = (two / "houses.csv").rename(tmp_path / "elsewhere.csv")
    said = call(two, "evaluate", "n", status=2).stderr
    remedy = re.search(r"if it was moved: hpsearch (resume n --set objective.dataset.source=)PATH", said)
    assert remedy, said
    resume = f"{remedy[1]}{data}".split()
    call(two, *resume)
    call(two, "evaluate", "n")
    data.write_text("".join(data.read_text().splitlines(keepends=True)[:50]))
    assert "is not what its trials were trained with" in call(two, "evaluate", "n", status=2).stderr


def test_a_run_recorded_with_absolute_paths_goes_on_twice(one: Path) -> None:
    config = one / "runs/c/config.yaml"
    config.write_text(dump_yaml(load_spec(config)))
    assert f"dir: {one}\n" in config.read_text()
    two = one.rename(one.with_name("two"))
    said = call(two, "resume", "c", "--trials", "7", "--trust").stderr
    assert f"note: objective.dir: {one} is not there; taken instead: {two}" in said
    assert "not there" not in call(two, "resume", "c", "--trials", "8").stderr


def test_another_folder_of_the_code_changes_no_search(one: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for name in ("f.py", "lib.py"):
        (one / name).rename(other / name)
    said = call(one, "resume", "c", "--trials", "7", status=2).stderr
    assert "if it was moved: hpsearch resume c --set objective.dir=PATH" in said
    said = call(one, "resume", "c", "--trials", "7", "--set", "objective.dir=../other").stderr
    assert "has changed" not in said
    assert "dir: ../../../other\n" in (one / "runs/c/config.yaml").read_text()


def test_code_that_was_edited_is_said_and_shown(one: Path) -> None:
    edit(one, 0.55)
    said = call(one, "resume", "c", "--trials", "8").stderr
    assert "note: lib.py has changed since trials 0 to 5 were trained" in said
    verdict = (
        "the code changed during this search (lib.py), so its scores may not compare: "
        "trials 0 to 5 ran version 1; trials 6 to 7 ran version 2"
    )
    assert verdict in said
    assert verdict in (one / "runs/c/results.txt").read_text()
    assert verdict in call(one, "show", "c").stderr
    trial = call(one, "show", "c", "--trial", "6").stdout
    assert re.search(r"code:\n  version 2 of 2: f.py \w{8}, lib.py \w{8}", trial)
    document = json.loads(call(one, "show", "c", "--trial", "0", "--json").stdout)
    assert [version["trials"] for version in document["code"]] == [[[0, 5]], [[6, 7]]]
    assert document["code"][0]["files"].keys() == {"f.py", "lib.py"}
    assert document["trial"]["results"][0]["code"] == 1
    assert "Its code has changed since: lib.py" in call(one, "reproduce", "c", "0", status=1).stderr
    assert "reproduced" in call(one, "reproduce", "c", "6").stdout


def test_code_that_stays_is_recorded_once(one: Path) -> None:
    said = call(one, "resume", "c", "--trials", "8").stderr
    assert "has changed" not in said and "the code changed" not in said
    assert (one / "runs/c/journal.jsonl").read_text().count('"kind":"session"') == 1


def test_code_that_is_edited_while_it_is_searched_is_said(one: Path) -> None:
    (one / "f.py").write_text(CODE + "import pathlib; pathlib.Path(__file__).write_text('# edited')\n")
    said = call(one, "run", "c.yaml", "--overwrite").stderr
    assert "note: f.py has changed while the search went on" in said
