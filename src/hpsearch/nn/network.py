"""A network: the layers an architecture stands for, and a pass through them on the arrays of a stack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from msgspec import Struct

from hpsearch.core.errors import InputError
from hpsearch.nn.activations import ACTIVATIONS
from hpsearch.nn.batch_norm import BatchNorm
from hpsearch.nn.buffers import Buffers
from hpsearch.nn.dropout import AlphaDropout, Dropout
from hpsearch.nn.figures import Figure, Task, Units, figures_of
from hpsearch.nn.initializers import INITIALIZERS, Distribution, Initializer, Mode, variance_scaling
from hpsearch.nn.layers import Dense, Forward, Layer, Stages
from hpsearch.nn.losses import LOSSES, Loss, losses_of, said_to_take
from hpsearch.nn.losses.class_weights import weighted
from hpsearch.nn.parameters import Array, Layout

#: The initializer that draws nothing: all parameters come from `Architecture.init_file`.
FROM_FILE = "file"


@dataclass(frozen=True)
class Architecture:
    """What distinguishes one network's shape from another's. InputError for sizes below 1 or unknown names.

    `init_mode` and `init_distribution` are those of the initializer `variance_scaling`; the initializer `file`
    takes all parameters from `init_file`, as `save_weights` wrote it. `batch_norm` stands before or after the
    activations, `dropout` after both; their rates are hyperparameters.

    >>> Architecture(4, (3,), 2, initializer="hee")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    hpsearch.core.errors.InputError: unknown initializer 'hee'; did you mean 'he'? Known: he, ...
    """

    inputs: int
    hidden: tuple[int, ...]
    outputs: int
    activation: str = "relu"
    initializer: str = "he"
    loss: str = "cross_entropy"
    task: Task = "classification"
    init_mode: Mode = "fan_in"
    init_distribution: Distribution = "normal"
    init_file: Path | None = None
    batch_norm: Literal["off", "before", "after"] = "off"
    dropout: Literal["off", "inverted", "alpha"] = "off"
    input_dropout: bool = False

    def __post_init__(self) -> None:
        for name, size in (
            ("inputs", self.inputs),
            *(("hidden", h) for h in self.hidden),
            ("outputs", self.outputs),
        ):
            if size < 1:
                raise InputError(f"{name}: {size} units; a layer has at least 1")
        _ = ACTIVATIONS[self.activation], self.draw, LOSSES[self.loss]
        if (self.initializer == FROM_FILE) != (self.init_file is not None):
            raise InputError("init_file goes with initializer: file, and that with it; give both or neither")
        if self.task not in LOSSES[self.loss].tasks:
            others = said_to_take(losses_of(self.task))
            raise InputError(f"loss {self.loss}: is for classes; take {others} for {self.task}")
        if self.dropout == "alpha" and self.activation != "selu":
            raise InputError(f"alpha dropout: goes with the activation selu only, not with {self.activation}")

    @property
    def draw(self) -> Initializer:
        """How weights are drawn, if they are."""
        if self.initializer == "variance_scaling":
            return variance_scaling(self.init_mode, self.init_distribution)
        return INITIALIZERS[self.initializer]

    @property
    def widths(self) -> tuple[int, ...]:
        """The number of units from the inputs to the outputs."""
        return (self.inputs, *self.hidden, self.outputs)


class Network(Struct, frozen=True, dict=True):
    """The layers of an architecture and the layout of their parameters.

    `figures`: names of those that are computed beside those that are always reported.

    >>> Network(Architecture(4, (3,), 2)).layout.size
    23
    """

    architecture: Architecture
    figures: tuple[str, ...] = ()

    @cached_property
    def layers(self) -> Sequence[Layer]:
        """From the inputs to the logits."""
        shape = self.architecture
        widths, draw, biased = shape.widths, shape.draw, shape.batch_norm != "before"
        layers: list[Layer] = []
        for depth, width in enumerate(shape.hidden):
            dense = Dense(widths[depth], width, draw, first=depth == 0, biased=biased)
            layers += [self._fed(dense) if depth == 0 else dense, self._activation(width)]
        last = Dense(widths[-2], widths[-1], draw, first=not shape.hidden, last=True)
        return [*layers, last if shape.hidden else self._fed(last)]

    def _fed(self, dense: Dense) -> Layer:
        """The first layer, after the dropout of the inputs."""
        if not self.architecture.input_dropout:
            return dense
        return Stages((Dropout(dense.inputs, "input_dropout", first=True), dense))

    def _activation(self, width: int) -> Layer:
        """The activation with what stands around it: one layer, so that the others keep their numbers."""
        shape = self.architecture
        parts: list[Layer] = [ACTIVATIONS[shape.activation](width)]
        if shape.batch_norm != "off":
            parts.insert(0 if shape.batch_norm == "before" else 1, BatchNorm(width))
        if shape.dropout != "off":
            parts.append(Dropout(width) if shape.dropout == "inverted" else AlphaDropout(width))
        return parts[0] if len(parts) == 1 else Stages(tuple(parts))

    @cached_property
    def layout(self) -> Layout:
        """Where the layers' parameters are."""
        return Layout([layer.parameters() for layer in self.layers])

    @cached_property
    def metrics(self) -> Mapping[str, Figure]:
        """What is reported besides the loss, by name."""
        known = figures_of(self.architecture.task)
        return {name: figure for name, figure in known.items() if figure.always or name in self.figures}

    @property
    def smallest_batch(self) -> int:
        """How many examples a batch must have: one has no variance."""
        return 1 if self.architecture.batch_norm == "off" else 2

    @cached_property
    def loss(self) -> Loss:
        """What is minimised."""
        return LOSSES[self.architecture.loss]


class Pass:
    """A network bound to one stack's parameters (K, P) and gradients (K, P) and to one batch size B.

    `hyper`: what layers and losses read, by name, (K, 1) each. `class_weights` (K, O): what the loss of an example
    is multiplied by, by its class. `nbytes` is what the buffers take; `dry`: only that is wanted.
    """

    def __init__(
        self,
        network: Network,
        parameters: Array,
        gradients: Array,
        batch: int,
        *,
        training: bool,
        hyper: Mapping[str, Array] | None = None,
        class_weights: Array | None = None,
        dry: bool = False,
    ) -> None:
        buffers = Buffers(len(parameters), batch, parameters.dtype, training=training, hyper=hyper, dry=dry)
        values, slopes = network.layout.views(parameters), network.layout.views(gradients)
        self._forwards: list[Forward] = [
            layer.bind(value, slope, buffers)
            for layer, value, slope in zip(network.layers, values, slopes, strict=True)
        ]
        self._buffers = buffers
        compare = network.loss.bind(buffers, network.architecture.outputs)
        self._compare = compare if class_weights is None else weighted(compare, class_weights, buffers)
        self._metrics = network.metrics
        self.nbytes = buffers.nbytes

    def outputs(self, X_BI: Array) -> Array:
        """Logits (K, B, O), in a buffer that the next pass overwrites."""
        Y = X_BI
        for forward in self._forwards:
            Y, _ = forward(Y)
        return Y

    def layers(self, X_BI: Array, rng: np.random.Generator | None = None) -> Iterator[Array]:
        """The output of each layer (K, B, O), first to last; each is valid until the next is asked for.

        What layers draw comes from `rng`.
        """
        self._buffers.rng = rng
        Y = X_BI
        for forward in self._forwards:
            Y, _ = forward(Y)
            yield Y

    @property
    def random(self) -> bool:
        """Whether `learn` needs a generator: some layer draws."""
        return self._buffers.random

    def learn(
        self, X_BI: Array, T_OB: Array, losses_KB: Array, rng: np.random.Generator | None = None
    ) -> None:
        """Write the loss of each example and the gradient of their mean; changes nothing the optimizer does.

        What layers draw comes from `rng`, layer by layer.
        """
        self._buffers.rng = rng
        Y, backwards = X_BI, []
        for forward in self._forwards:
            Y, backward = forward(Y)
            backwards.append(backward)
        dY = self._compare(Y, T_OB, losses_KB)
        for backward in reversed(backwards):
            dY = backward(dY)

    def score(
        self,
        X_BI: Array,
        T_OB: Array,
        losses_KB: Array,
        figures: Mapping[str, Array],
        units: Units | None = None,
    ) -> None:
        """Write the loss and, for each name of `figures`, the metric of each example (K, B), in their `units`."""
        Z_KBO = self.outputs(X_BI)
        pair = (Z_KBO, T_OB) if units is None else (units.predicted(Z_KBO), units.true(T_OB))
        for name, figure in figures.items():
            figure[...] = self._metrics[name].each(*pair)
        self._compare(Z_KBO, T_OB, losses_KB)
