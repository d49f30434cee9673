"""Every kind of objective, by the name that `objective.kind` gives it."""

from __future__ import annotations

from collections.abc import Mapping

from hpsearch.config.mlp import MlpObjective
from hpsearch.config.objective import Objective
from hpsearch.config.own import CommandObjective, PythonObjective

OBJECTIVES: Mapping[str, type[Objective]] = {
    "mlp": MlpObjective,
    "python": PythonObjective,
    "command": CommandObjective,
}
