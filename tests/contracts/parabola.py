"""A whole kind of objective in one file, as somebody would add it below hpsearch/objectives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from hpsearch.config.objective import KINDS
from hpsearch.config.origins import Finding
from hpsearch.core.trial import Job, Result, as_number
from hpsearch.objectives.base import JobByJob, Workload
from hpsearch.objectives.kind import Kind

if TYPE_CHECKING:
    from hpsearch.config.rules import Parts
    from hpsearch.config.schema import Spec


@KINDS.register("parabola")
class ParabolaSettings(Kind):
    """(x - middle)^2 + offset, to be minimized."""

    metrics = ("loss",)
    unsearchable: ClassVar[Mapping[str, str]] = {
        **Kind.unsearchable,
        "epochs": "halving decides how long a trial trains",
        "middle": "it is what is looked for",
    }

    kind: Literal["parabola"] = Field(description="what is trained: parabola, for a first look")
    x: float = Field(default=0.0, ge=-10, le=10, description="where it is measured")
    offset: float = Field(default=0.0, ge=0, description="how high it lies")
    middle: float = Field(default=1.0, description="where its lowest point is")

    def rules(self, parts: Parts) -> Iterator[Finding]:
        """The lowest point must be one that can be found."""
        if abs(self.middle) > 10:
            yield Finding(("objective", "middle"), "must be between -10 and 10, as x is", (("space", "x"),))

    def warnings(self, spec: Spec) -> Iterator[Finding]:
        """A parabola is searched along x."""
        if "x" not in spec.space:
            yield Finding(("space",), "lacks x, on which most depends; add it")

    def workload(self, spec: Spec) -> Workload:
        """No data: only the parabola."""
        return ParabolaWorkload(self)


@dataclass(frozen=True)
class ParabolaWorkload(Workload):
    """What a search of it works on."""

    settings: ParabolaSettings

    def objective(self, checkpoints: Path) -> Parabola:
        """The parabola."""
        return Parabola(self.settings.x, self.settings.offset, self.settings.middle)


@dataclass(frozen=True)
class Parabola(JobByJob):
    """Measures it."""

    x: float
    offset: float
    middle: float

    def attempt(self, job: Job) -> tuple[Result, str]:
        """The height at x, after however many epochs."""
        x = as_number(job.trial.config.get("x", self.x))
        loss = (x - self.middle) ** 2 + as_number(job.trial.config.get("offset", self.offset))
        return Result(job.trial.number, job.epochs, "done", {"loss": loss}, replicate=job.replicate), ""
