"""One model, trained under the eyes of a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from hpsearch.core.errors import InputError
from hpsearch.core.randomness import Streams
from hpsearch.data.prepared import Prepared
from hpsearch.nn.early_stopping import stopped
from hpsearch.nn.network import Network
from hpsearch.nn.stack import evaluate
from hpsearch.nn.training import initial, train
from hpsearch.nn.weights import save_weights
from hpsearch.objectives.network.model import Model
from hpsearch.objectives.network.model_file import arrays_of
from hpsearch.objectives.network.trainer import architecture, augmentation, in_units, settings


@dataclass
class Single:
    """The network of a complete configuration on its data. `state` is where the training stands.

    `figures`: names of those that are measured beside those that always are.
    """

    config: Mapping[str, Any]
    data: Prepared
    seed: int
    epochs: int
    figures: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.architecture = architecture(self.config, self.data)
        self.network = Network(self.architecture, self.figures)
        self.settings = settings([self.config], self.epochs)
        self.seeds = [Streams(self.seed).integer("weights", 0)]
        self.state = initial(self.network, self.settings, self.seeds)

    def start_from(self, weights: NDArray[Any]) -> None:
        """Begin with the parameters (P,) of another training; InputError where they are of another network.

        Of the networks of a cross-validation, they are of fold 0, whose validation part this one has.
        """
        own = self.state.parameters
        if weights.shape != own.shape[1:]:
            raise InputError(
                f"--from: that trial has {weights.size} parameters, and this network "
                f"{own.shape[1]}; only settings that keep its shape can be changed"
            )
        self.state = replace(self.state, parameters=weights[None].astype(own.dtype))

    def run(self) -> Iterator[dict[str, float]]:
        """Train, and give the figures of each epoch; ends early where it diverges or stops."""
        for epoch in range(1, self.epochs + 1):
            done = train(
                self.architecture,
                self.settings,
                self.data,
                seeds=self.seeds,
                order=(self.seed, 0),
                epochs=epoch,
                state=self.state,
                augment=augmentation(self.config, self.data),
                figures=self.figures,
                units=self.data.units,
            )
            self.state = done.state
            curves = in_units(done.curves, self.data)
            yield {name: float(curve[0, -1]) for name, curve in curves.items()}
            if self.diverged or stopped(self.state.slots, 1).any():
                return

    @property
    def diverged(self) -> bool:
        """Whether the loss has exploded."""
        return bool(self.state.diverged[0])

    @property
    def figure(self) -> str:
        """What `scores` are of: the first figure of the task."""
        return next(iter(self.network.metrics))

    def scores(self) -> tuple[float, float]:
        """Accuracy, or r2 for regression, on the training and on the validation part, as the model is now."""
        parts = ((self.data.X_train, self.data.y_train), (self.data.X_val, self.data.y_val))
        units = self.data.units
        first, second = (
            float(evaluate(self.network, self.state, X, y, units)[self.figure][0]) for X, y in parts
        )
        return first, second

    def save(self, path: Path) -> None:
        """Write the model, for `hpsearch predict`, and each array of its weights by name, for the initializer
        `file`. Raises OSError.
        """
        parameters = self.state.parameters[0]
        model = Model.of(self.architecture, parameters, self.data, {"epochs": self.state.epoch})
        names = {"classes": np.array(self.data.classes), "target": np.array(self.data.target)}
        save_weights(path, self.network.layout, parameters, {**names, **arrays_of(model)})
