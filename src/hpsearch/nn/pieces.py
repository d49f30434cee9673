"""The pieces that networks are made of and trained with, all imported: workers start with this module.

>>> PIECES["loss"]
('cross_entropy', 'mse', 'mae')
"""

from __future__ import annotations

from typing import Any

from hpsearch.core.registry import Registry
from hpsearch.nn.activations import ACTIVATIONS
from hpsearch.nn.figures import FIGURES
from hpsearch.nn.initializers import INITIALIZERS
from hpsearch.nn.losses import LOSSES
from hpsearch.nn.optimizers import OPTIMIZERS
from hpsearch.nn.schedules import SCHEDULES

_REGISTRIES: tuple[Registry[Any], ...] = (
    ACTIVATIONS,
    FIGURES,
    INITIALIZERS,
    LOSSES,
    OPTIMIZERS,
    SCHEDULES,
)
#: Sort of piece -> the names of all there are.
PIECES = {registry.kind: tuple(registry) for registry in _REGISTRIES}
