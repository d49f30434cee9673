"""A kind of objective: its section of the YAML, and the workload that follows from it."""

from __future__ import annotations

from collections.abc import Sequence

from hpsearch.config.objective import ObjectiveSettings
from hpsearch.config.origins import Finding
from hpsearch.config.schema import Spec
from hpsearch.core.errors import SpecError
from hpsearch.objectives.base import Workload


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


def gather(spec: Spec) -> Workload:
    """What the search of `spec` works on. Raises as `Kind.workload`."""
    assert isinstance(spec.objective, Kind)
    return spec.objective.workload(spec)


def refused(spec: Spec, findings: Sequence[Finding]) -> SpecError:
    """What to raise of a configuration that goes with nothing there is, for the reasons found."""
    return SpecError(spec.source.problems(findings))
