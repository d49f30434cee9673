"""What continuous integration reads of a search: files that are written however it ends."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from hpsearch.core.errors import InputError
from hpsearch.core.gate import Gate
from hpsearch.core.verdict import Verdict
from hpsearch.engine.run import Run
from hpsearch.reporting.ci.annotations import on_github
from hpsearch.reporting.ci.junit import junit
from hpsearch.reporting.ci.openmetrics import nothing_found, openmetrics
from hpsearch.reporting.ci.summary import refusal, summary
from hpsearch.storage.atomic import replacing

#: Where the runners of GitHub have a step write what is shown beside it.
STEP_SUMMARY = "GITHUB_STEP_SUMMARY"


class Reports(Struct, frozen=True):
    """The files that are asked for; each is written as a whole, in place of what was there.

    Attributes:
        step: to which the summary is added, where a runner of GitHub asks for it.
    """

    junit: Path | None
    summary: Path | None
    metrics: Path | None
    step: Path | None

    @classmethod
    def asked(
        cls, junit: Path | None = None, summary: Path | None = None, metrics: Path | None = None
    ) -> Reports:
        """Those of the options, and of the surroundings.

        Raises:
            InputError: one of them is a folder, or lies where none can be made.
        """
        for option, path in (("--junit", junit), ("--summary", summary), ("--metrics", metrics)):
            if path is not None:
                _prepare(option, path)
        there = os.environ.get(STEP_SUMMARY) if on_github() else None
        return cls(junit, summary, metrics, Path(there) if there else None)

    @property
    def any_file(self) -> bool:
        """Whether an option asks for one."""
        return any(path is not None for path in (self.junit, self.summary, self.metrics))

    def ended(self, run: Run, gates: Sequence[Gate], verdicts: Sequence[Verdict], error: str = "") -> None:
        """Write them of a search as it stands; `error` says what else has gone wrong than a gate.

        Raises:
            InputError: one cannot be written.
        """
        self._write(
            lambda: junit(run.name, gates, error),
            lambda: summary(run, gates, verdicts, error),
            lambda: openmetrics(run, gates),
        )

    def refused(self, name: str, error: str) -> None:
        """Write them of a search that came to no result. Raises InputError."""
        self._write(lambda: junit(name, (), error), lambda: refusal(name, error), lambda: nothing_found(name))

    def _write(self, cases: Callable[[], str], page: Callable[[], str], figures: Callable[[], str]) -> None:
        for path, made in ((self.junit, cases), (self.summary, page), (self.metrics, figures)):
            if path is not None:
                _replace(path, made())
        if self.step is not None:
            _add(self.step, page())


def _prepare(option: str, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{option} {path}: cannot be written: {error.strerror}; give another path"
        ) from error
    if path.is_dir() or not path.name:
        raise InputError(f"{option} {path}: is a folder; give the path of a file")


def _add(path: Path, text: str) -> None:
    """To what other commands of the step have written; nobody asked for it, so that it fails in silence."""
    with suppress(OSError), path.open("a", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        file.write(f"{text}\n")


def _replace(path: Path, text: str) -> None:
    try:
        with replacing(path) as file:
            file.write(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}; give another path") from error
