"""What a pipeline asks of a search: gates it must pass, and files that tell how it ended."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hpsearch.actions.baseline import baseline
from hpsearch.actions.ci import Reports
from hpsearch.analysis.gates import Asked, gates, refuse_other_metric
from hpsearch.config import Spec
from hpsearch.config.origins import Finding, KeyPath
from hpsearch.core.errors import InputError, SearchFailed
from hpsearch.core.gate import Gate
from hpsearch.core.verdict import Verdict
from hpsearch.engine.run import Run

NOISE = "noise"
#: What of the file a gate is about.
_PLACES: dict[str, KeyPath] = {
    "fail-under": ("search", "metric"),
    "require": ("search", "trials"),
    "max-failed": ("objective",),
    "baseline": ("search", "metric"),
}


@dataclass(slots=True)
class Checks:
    """Gates, and the files.

    Attributes:
        name: what the files call the search as long as there is nothing of it.
        told: whether they were written.
    """

    name: str
    reports: Reports
    asked: Asked = field(default_factory=Asked)
    told: bool = False

    @property
    def anything(self) -> bool:
        """Whether an option asks for a gate or a file."""
        return self.asked.anything or self.reports.any_file

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Have the files written also where the search comes to no result."""
        try:
            yield
        except (Exception, KeyboardInterrupt) as error:
            if not self.told:
                self.told = True
                said = "interrupted" if isinstance(error, KeyboardInterrupt) else str(error)
                self.reports.refused(self.name, said or type(error).__name__)
            raise

    def refuse_before(self, spec: Spec) -> None:
        """Raise InputError for what no search of `spec` can be held to, before it takes its time."""
        if (held := self.asked.baseline) is None:
            return
        metric = spec.search.ranks_by
        refuse_other_metric(held, metric)
        counted = not spec.objective.free and metric.is_share(0.5)
        seeds = spec.search.confirm.seeds if spec.search.confirm else 1
        if not (self.asked.tolerance is not None or held.noise or seeds > 1 or counted):
            raise InputError(
                f"--tolerance noise: neither several seeds (search.confirm) nor a share of validation rows will "
                f"tell how noisy {metric} is; give a number: --tolerance 0.01"
            )

    def of(self, run: Run, verdicts: Sequence[Verdict], error: str = "") -> list[Gate]:
        """The gates of a search as it stands, of which the files then tell.

        Args:
            error: what else has gone wrong than a gate.

        Raises:
            InputError: a file cannot be written.
        """
        found = gates(run, self.asked)
        self.told = True
        self.reports.ended(run, found, verdicts, error)
        return found


def failure(run: Run, found: Sequence[Gate], data: dict[str, Any]) -> SearchFailed | None:
    """The error of the gates that are shut, with the document of the search; None where none is."""
    shut = [gate for gate in found if not gate.passed]
    if not shut:
        return None
    source = run.spec.source
    problems = [source.problem(Finding(_PLACES[gate.name], gate.text)) for gate in shut]
    return SearchFailed("\n".join(gate.text for gate in shut), found=data, problems=problems)


def asked(
    runs_dir: Path,
    *,
    fail_under: float | None,
    require: object = None,
    max_failed: int | None = None,
    held_to: str | None = None,
    tolerance: str | None = None,
) -> Asked:
    """The gates of the options.

    Raises:
        InputError: a limit that nothing compares with, or a baseline that cannot be used.
        RunFolderError: there is no such run, or it cannot be read.
    """
    if fail_under is not None and not math.isfinite(fail_under):
        raise InputError(f"--fail-under {fail_under}: must be a number to compare with")
    if tolerance is not None and held_to is None:
        raise InputError(
            f"--tolerance {tolerance}: says how far below --baseline is still well; give that too"
        )
    within = _tolerance(tolerance)
    held = None if held_to is None else baseline(runs_dir, held_to)
    return Asked(fail_under, require is not None, max_failed, held, within)


def _tolerance(text: str | None) -> float | None:
    if text is None or text == NOISE:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise InputError(f"--tolerance {text}: must be {NOISE!r} or a number from 0 on, such as 0.01")
    return value
