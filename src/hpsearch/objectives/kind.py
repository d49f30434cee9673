"""A kind of objective: its section of the YAML, and the workload that follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from hpsearch.config.objective import ObjectiveSettings
from hpsearch.config.origins import Finding
from hpsearch.config.places import is_path
from hpsearch.config.schema import Spec
from hpsearch.core.errors import SpecError
from hpsearch.objectives.base import Workload
from hpsearch.runs import RunFolder


class Kind(ObjectiveSettings):
    """What every kind is registered as: its settings, which know who trains with them."""

    #: By the names of the field, which functions and commands use too: of a decay rate x, it is 1 / (1 - x).
    counts = {  # noqa: RUF012 - a class variable by the base class
        "momentum": "distance from 1",
        "beta1": "distance from 1",
        "beta2": "distance from 1",
        "lr": "order of magnitude",
        "weight_decay": "order of magnitude",
        "l1": "order of magnitude",
        "epsilon": "order of magnitude",
    }

    def workload(self, spec: Spec) -> Workload:
        """What the search of `spec`, whose objective this is, works on.

        Raises:
            InputError: the data cannot be used, or there is no such function or program.
        """
        raise NotImplementedError

    def lost(self) -> str:
        """Which of its paths leads nowhere, as `dataset.source`; empty if none does."""
        given: Iterator[tuple[tuple[str, ...], Any]] = ((key, reduce(_at, key, self)) for key in self.paths)
        return next((".".join(key) for key, path in given if is_path(path) and not Path(path).exists()), "")


def _at(section: Any, step: str) -> Any:
    return getattr(section, step, None)  # a section that is not there has no path either


def gather(spec: Spec) -> Workload:
    """What the search of `spec` works on. Raises as `Kind.workload`."""
    assert isinstance(spec.objective, Kind)
    return spec.objective.workload(spec)


def refused(spec: Spec, findings: Sequence[Finding]) -> SpecError:
    """What to raise of a configuration that goes with nothing there is, for the reasons found."""
    told = (replace(found, message=found.message + _if_moved(spec)) for found in findings)
    return SpecError(spec.source.problems(told))


def _if_moved(spec: Spec) -> str:
    """What to type where something that a recorded search needs is elsewhere by now."""
    assert isinstance(spec.objective, Kind)
    if not spec.source.recorded or not (lost := spec.objective.lost()):
        return ""
    run = RunFolder(Path(spec.source.file).parent).argument
    return f"; if it was moved: hpsearch resume {run} --set objective.{lost}=PATH"
