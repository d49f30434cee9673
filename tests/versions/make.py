"""Records the runs, and what the version that made them answers: `python -m tests.versions.make HPSEARCH`.

HPSEARCH is the command of the version whose files are to be kept, installed in an environment of its own with the
extra `all`; this script is started from the top of the repository with the Python of that environment. It makes the
folder /tmp/hpsearch-before, in which everything is recorded, because the paths of a run stand in its files, and
writes `before/runs` and `before/expected` anew.

What a search computed, and when, is recorded once and for all. The answers can be made anew, with `--answers`, which
is right only where new cases were added: a difference in the others is what these files are there to find.

`growing` ends with a SIGKILL in the middle of its search. Of the states of trainings `data.bin`, which is made anew
from the data when it is needed, is not kept.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.versions.cases import BEFORE, EXPECTED, PLACE, Case, answer, cases

#: The call of its function in which `growing` is killed.
KILLED_AT = 34
COMMANDS = (
    ("run", "project/growing.yaml"),
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
    ("export", "houses", "--to", "model", "-o", "project/houses.npz"),
)


class Command:
    """The command of a version, in a process of its own."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __call__(self, place: Path, args: tuple[str, ...]) -> tuple[int, str, str]:
        """Run it in `place`."""
        environment = {**os.environ, "PYTHONPATH": str(place / "project"), "TZ": "UTC"}
        environment |= {"PYTHONDONTWRITEBYTECODE": "1", "HPSEARCH_TEST_KILL": str(KILLED_AT)}
        if "expected" in place.name:
            del environment["HPSEARCH_TEST_KILL"]
        ended = subprocess.run(
            [self._path, *args], cwd=place, env=environment, capture_output=True, text=True, check=False
        )
        return ended.returncode, ended.stdout, ended.stderr


def record(call: Command) -> None:
    """Conduct the searches, and keep their folders."""
    place = Path(PLACE)
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(BEFORE / "project", place / "project")
    for args in COMMANDS:
        status, _, err = call(place, args)
        print(status, *args, err.splitlines()[-1:])
    shutil.copy(place / "project/houses.npz", BEFORE / "project")
    shutil.rmtree(BEFORE / "runs", ignore_errors=True)
    shutil.copytree(place / "runs", BEFORE / "runs", ignore=shutil.ignore_patterns(".lock", "data.bin"))


def ask(call: Command) -> None:
    """Write down what is answered to every case."""
    answers: dict[str, dict[str, object]] = {}
    for case in cases():
        answers.setdefault(case.run or "all", {})[case.name] = _answered(case, call)
    shutil.rmtree(EXPECTED, ignore_errors=True)
    EXPECTED.mkdir()
    for run, found in answers.items():
        text = json.dumps(found, indent=1, ensure_ascii=False)
        (EXPECTED / f"{run}.json").write_text(text + "\n", encoding="utf-8")


def _answered(case: Case, call: Command) -> object:
    with tempfile.TemporaryDirectory(suffix="expected") as place:
        found = answer(case, Path(place), call)
    print(found["status"], case.name)
    return found


if __name__ == "__main__":
    command = Command(sys.argv[1])
    if "--answers" not in sys.argv:
        record(command)
    ask(command)
