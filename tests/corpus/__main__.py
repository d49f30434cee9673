"""What every case is told and what it costs: `python -m tests.corpus [WORD]` for those with WORD in their names."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.corpus.case import Case
from tests.corpus.cases import CASES
from tests.corpus.running import run


def main(word: str = "") -> None:
    """Run and print."""
    for name, case in CASES.items():
        if word in name:
            print(f"== {name}: {_told(case)}", flush=True)


def _told(case: Case) -> str:
    try:
        with tempfile.TemporaryDirectory() as place:
            outcome = run(case, Path(place))
    except subprocess.TimeoutExpired:
        return "HANGS"
    figures = f"status {outcome.status}, {outcome.seconds:.2f} s, {outcome.kilobytes >> 10} MB"
    missing = [said for said in case.says if said not in outcome.out + outcome.err]
    left = [*outcome.left, *outcome.outside]
    notes = f"{f', left {left}' if left else ''}{f', MISSING {missing}' if missing else ''}"
    if case.status != outcome.status:
        notes += f", STATUS {case.status} WANTED"
    return f"{figures}{notes}\n{_printable(outcome.err if case.status else outcome.out + outcome.err)}"


def _printable(text: str, most: int = 1200) -> str:
    """The text with everything that a terminal might obey escaped."""
    return text[:most].encode("unicode_escape").decode().replace("\\n", "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
