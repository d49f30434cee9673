"""Records the runs, and what the version that made them answers: `python -m tests.versions.make`.

It is started from the top of the repository with the Python of an environment in which the version is installed
whose files are to be kept, with the extra `all`. It makes the folder /tmp/hpsearch-before, in which everything is
recorded, because the paths of a run stand in its files, and writes `before/runs` and `before/expected` anew.

What a search computed, and when, is recorded once and for all. With `--answers` only the answers are made anew,
which is right where cases were added, and where what the program says was changed on purpose: then every line of
the difference is to be read, since what nobody meant to change is what these files are there to find.

`growing` ends with a SIGKILL in the middle of its search. Of the states of trainings `data.bin`, which is made anew
from the data when it is needed, is not kept.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.versions.calling import call
from tests.versions.cases import ALL, BEFORE, EXPECTED, PLACE, answer, cases

#: The call of its function in which `growing` is killed.
KILLED_AT = 34
COMMANDS = (
    ("run", "project/growing.yaml"),
    ("run", "project/stepping.yaml"),
    ("run", "project/falling.yaml"),
    ("refine", "falling"),
    ("run", "project/breaking.yaml"),
    ("run", "project/commanding.yaml"),
    ("run", "project/losing.yaml"),
    ("run", "project/digits.yaml"),
    ("evaluate", "digits"),
    ("evaluate", "digits", "--refit"),
    ("run", "project/houses.yaml"),
    ("evaluate", "houses"),
    ("export", "houses", "--to", "model", "-o", "project/houses.npz", "--overwrite"),
)


def record() -> None:
    """Conduct the searches, and keep their folders."""
    place = Path(PLACE)
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(BEFORE / "project", place / "project")
    for args in COMMANDS:
        command = [sys.executable, "-m", "hpsearch", *args]
        kill = {"HPSEARCH_TEST_KILL": str(KILLED_AT)} if "project/growing.yaml" in args else {}
        environment = {**os.environ, "PYTHONPATH": str(place / "project"), **kill}
        ended = subprocess.run(command, cwd=place, env=environment, check=False)
        print(ended.returncode, *args)
    shutil.copy(place / "project/houses.npz", BEFORE / "project")
    shutil.rmtree(BEFORE / "runs", ignore_errors=True)
    shutil.copytree(place / "runs", BEFORE / "runs", ignore=shutil.ignore_patterns(".lock", "data.bin"))


def ask() -> None:
    """Write down what is answered to every case."""
    answers: dict[str, dict[str, object]] = {}
    for case in cases():
        with tempfile.TemporaryDirectory() as place:
            answers.setdefault(case.run or ALL, {})[case.name] = answer(case, Path(place), call)
    shutil.rmtree(EXPECTED, ignore_errors=True)
    EXPECTED.mkdir()
    for run, found in answers.items():
        (EXPECTED / f"{run}.json").write_text(laid_out(found) + "\n", encoding="utf-8")


def laid_out(value: object, indent: str = "") -> str:
    """JSON with an entry per line, and what is in the lists on one line each."""
    inner, end = f"{indent} ", f"\n{indent}"
    if isinstance(value, dict) and value:
        entries = (f"\n{inner}{_short(key)}: {laid_out(item, inner)}" for key, item in value.items())
        return "{" + ",".join(entries) + end + "}"
    if isinstance(value, list | tuple) and value:
        return "[" + ",".join(f"\n{inner}{_short(item)}" for item in value) + end + "]"
    return _short(value)


def _short(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def main(words: Sequence[str] | None = None) -> None:
    """Do what the command line says; what it does not know, or `--help`, records nothing."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.versions.make",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--answers", action="store_true", help="only make the answers anew, and keep the runs"
    )
    given = parser.parse_args(words)
    if not given.answers:
        record()
    ask()


if __name__ == "__main__":
    main()
