"""What is asked of the files that an earlier version wrote, and what of the answers is compared.

Only the command line and the files it reads and writes are used here: how the program is made inside may change
wholly, and these files must still be read, to the same bytes.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.versions import contents

HERE = Path(__file__).parent
BEFORE = HERE / "before"
EXPECTED = BEFORE / "expected"
#: Where the runs were recorded; it stands in their files for whatever folder they are copied to.
PLACE = "/tmp/hpsearch-before"
#: The last write of a copied journal, from which the exports take their dates.
WRITTEN = 1_700_000_000

#: What the answers about all runs together are filed under.
ALL = "all"

#: What runs code that a run folder names. Nothing tells that it was this user's before there were marks.
TRUSTED = ("resume", "refine", "reproduce")
#: What is said of the time that a search takes, and of that trust.
_PASSING = r"\d+ of \d+ trainings ended|note: .*, which is trusted"
#: Runs a command in the folder it is given; returns its exit status and what it printed.
Call = Callable[[Path, tuple[str, ...]], tuple[int, str, str]]


@dataclass(frozen=True, slots=True)
class Case:
    """A command on a copy of recorded runs.

    Attributes:
        run: the run that is copied; all of them if empty.
        args: the command.
        torn: whether the last line of the journal is cut, as by a power failure.
        exact: whether every processor computes the same; else numbers are not compared.
    """

    run: str
    args: tuple[str, ...]
    torn: bool = False
    exact: bool = True

    @property
    def name(self) -> str:
        """The command, as one would type it."""
        return " ".join(self.args) + (" (torn)" if self.torn else "")


#: The runs, and the parameters that `show --by` is asked about.
BY = {
    "growing": ("units", "dropout", "optimizer", "beta", "nesterov", "batch"),
    "stepping": ("units", "depth"),
    "falling": ("lr", "momentum", "width", "mode"),
    "falling-refined": ("lr", "mode"),
    "breaking": ("case",),
    "commanding": ("n", "speed"),
    "losing": ("x",),
    "digits": ("activation", "hidden_layers", "momentum"),
    "houses": ("lr", "l1"),
}
FORMATS = ("text", "table", "json", "csv", "markdown")
EXPORTS = ("csv", "json", "parquet", "optuna", "tensorboard")
#: The runs that differ enough to be shown and exported in every form.
EVERY_FORM = ("growing", "falling", "breaking", "digits")


def cases() -> list[Case]:
    """All of them."""
    return [*_everywhere(), *_continued(), *_refined(), *_trained_again(), *_refused()]


def _everywhere() -> Iterator[Case]:
    """What only reads, asked of every run."""
    yield Case("", ("list",))
    yield Case("", ("list", "--json"))
    for run, names in BY.items():
        every = run in EVERY_FORM
        for form in FORMATS if every else FORMATS[:1]:
            yield Case(run, ("show", run, "--format", form))
        yield Case(run, ("show", run, "--top", "3", "--json"))
        for name in names:
            yield Case(run, ("show", run, "--by", name))
        yield Case(run, ("show", run, "--by", names[0], "--format", "csv"))
        yield Case(run, ("show", run, "--by", names[-1], "--json"))
        for form in EXPORTS if every else EXPORTS[:1]:
            yield Case(run, ("export", run, "--to", form))
        if run != "growing":  # whose best have one optimizer
            # Where the lines of the other's file break follows from how long a path is.
            top = ("--top", "5") if run == "houses" else ()
            yield Case(run, ("refine", run, "--dry-run", *top))


def _continued() -> Iterator[Case]:
    yield Case("growing", ("show", "growing"), torn=True)
    yield Case("growing", ("resume", "growing"), torn=True)
    yield Case("growing", ("resume", "growing"))
    yield Case("growing", ("resume", "growing", "--json"))
    yield Case("growing", ("resume", "growing", "--trials", "30", "--quiet"))
    yield Case("growing", ("run", "project/growing.yaml", "--resume", "--fail-under", "0.95"))
    yield Case("stepping", ("resume", "stepping", "--trials", "24"))
    for run in ("falling", "falling-refined", "breaking", "commanding", "losing"):
        yield Case(run, ("resume", run, "--executor", "serial"))
    yield Case("digits", ("resume", "digits"))
    yield Case("houses", ("resume", "houses"))


def _refined() -> Iterator[Case]:
    yield Case("stepping", ("refine", "stepping", "--trials", "12"))
    yield Case("stepping", ("refine", "stepping", "--no-widen", "--trials", "6", "--seed", "5", "--json"))
    yield Case("falling", ("refine", "falling", "--dry-run", "--top", "3", "--no-widen", "--trials", "7"))
    yield Case("commanding", ("refine", "commanding", "--executor", "serial", "--trials", "4", "--json"))


def _trained_again() -> Iterator[Case]:
    for trial in ("0", "2", "4", "7"):
        yield Case("growing", ("reproduce", "growing", trial))
    for trial in ("0", "5", "29"):
        yield Case("falling", ("reproduce", "falling", trial))
    for trial in ("0", "1", "4", "8"):
        yield Case("breaking", ("reproduce", "breaking", trial))
    for trial in ("0", "6", "7"):
        yield Case("commanding", ("reproduce", "commanding", trial))
    yield Case("digits", ("export", "digits", "--to", "model"), exact=False)
    yield Case("digits", ("evaluate", "digits"))
    yield Case("digits", ("evaluate", "digits", "--json", "--trial", "6"), exact=False)
    yield Case("digits", ("reproduce", "digits", "5"), exact=False)
    yield Case("houses", ("reproduce", "houses", "0"), exact=False)
    yield Case("houses", ("evaluate", "houses"), exact=False)
    yield Case("houses", ("export", "houses", "--to", "model"), exact=False)
    yield Case("houses", ("predict", "project/houses.npz", "project/houses.csv"), exact=False)


def _refused() -> Iterator[Case]:
    yield Case("growing", ("run", "project/growing.yaml"))
    yield Case("growing", ("run", "project/growing.yaml", "--resume", "--set", "search.round_size=8"))
    yield Case("growing", ("evaluate", "growing"))
    yield Case("growing", ("export", "growing", "--to", "model"))
    yield Case("growing", ("reproduce", "growing", "99"))
    yield Case("growing", ("show", "growing", "--by", "unit"))
    yield Case("", ("show", "digit"))


def answer(case: Case, place: Path, call: Call) -> dict[str, Any]:
    """What the program answers in `place`, an empty folder: its status, words, and the files it wrote."""
    lay_out(case, place)
    before = dict(_files(place))
    trust = ("--trust",) if case.args[0] in TRUSTED else ()
    status, out, err = call(place, (*case.args, *trust))
    files = {
        name: contents.comparable(place / name, data, before.get(name, b""))
        for name, data in _files(place)
        if contents.changed(before.get(name, b""), data)
    }
    found: dict[str, Any] = {
        "status": status,
        "out": out.splitlines(),
        "err": _said(err),
        "files": files,
    }
    placed: dict[str, Any] = _put(found, str(place), PLACE)
    return placed if case.exact else {name: _vague(part) for name, part in placed.items()}


def lay_out(case: Case, place: Path) -> None:
    """Copy what the case needs to `place`."""
    shutil.copytree(BEFORE / "project", place / "project")
    shutil.copytree(BEFORE / "runs" / case.run, place / "runs" / case.run)
    for config in place.glob("runs/*/config.yaml"):
        config.write_text(config.read_text(encoding="utf-8").replace(PLACE, str(place)), encoding="utf-8")
    for journal in place.glob(f"runs/*/{contents.JOURNAL}"):
        if case.torn:
            journal.write_bytes(journal.read_bytes()[:-9])
        contents.date(journal, WRITTEN)


def _files(place: Path) -> Iterator[tuple[str, bytes]]:
    """What is written for others to read: not the states of trainings, nor the lock."""
    for path in sorted(place.rglob("*")):
        name = path.relative_to(place)
        if path.is_file() and not {"checkpoints", "__pycache__", ".lock"} & set(name.parts):
            yield name.as_posix(), path.read_bytes()


def _said(err: str) -> list[str]:
    """The messages, without what depends on the clock, and without what is said of `TRUSTED`."""
    lines = [re.sub(r" in [\d.a-z ]+; written:", " in ...; written:", line) for line in err.splitlines()]
    return [line for line in lines if not re.match(_PASSING, line)]


def _put(value: Any, old: str, new: str) -> Any:
    """The same with another text in all texts."""
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, list):
        return [_put(item, old, new) for item in value]
    if isinstance(value, dict):
        return {key: _put(item, old, new) for key, item in value.items()}
    return value


def _vague(value: Any) -> Any:
    """The same without the digits of numbers that have a point."""
    if isinstance(value, str):
        return re.sub(r" *(?<![\w.])-?(\d+\.\d+|\d+(?=e-))(e-\d+)?(?![\w.])", " #", value)
    if isinstance(value, float):
        return "#"
    if isinstance(value, list):
        return [_vague(item) for item in value]
    if isinstance(value, dict):
        return {key: _vague(item) for key, item in value.items() if key != "sha256"}
    return value
