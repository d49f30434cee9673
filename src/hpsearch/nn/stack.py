"""The rows of a stack that are in training: their arrays, and the passes over the examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from hpsearch.nn import early_stopping
from hpsearch.nn.examples import Change, Evaluated, Examples, Rows, cuts, steps_in
from hpsearch.nn.figures import Units, row_means
from hpsearch.nn.folds import FoldedExamples
from hpsearch.nn.network import Network, Pass
from hpsearch.nn.optimizers import Arrays
from hpsearch.nn.parameters import Array
from hpsearch.nn.settings import PATIENCE, Settings
from hpsearch.nn.state import State

#: Examples per forward pass of an evaluation; fixed, because a product's bits may depend on its shape.
EVALUATION_BATCH = 256


class Stack:
    """The rows in training: their arrays, and a pass for each batch size that occurs.

    `losses` (K, N): those of the N examples that an epoch which is not over has taken; None between epochs.
    """

    def __init__(
        self,
        network: Network,
        settings: Settings,
        examples: Examples | FoldedExamples,
        state: State,
        rows: Array,
        of: int,
    ) -> None:
        self.hyper = {name: column[rows] for name, column in settings.columns(of).items()}
        self.settings = settings
        self.network = network
        self.examples = examples
        self.count = settings.epoch_of(examples.count)
        self.cuts = cuts(self.count, settings.batch_size, network.smallest_batch)
        self._chain = settings.chain(self.hyper, per_epoch=len(self.cuts) - 1)
        self.parameters = state.parameters
        self.slots = state.slots
        self.done = state.steps
        self.losses = state.losses
        self._stops = settings.uses(PATIENCE)
        self._class_weights = examples.class_weights(len(rows)) if settings.balanced else None
        self._passes: dict[int, Pass] = {}
        self._evaluations: dict[tuple[int | None, int], Pass] = {}
        learned = network.layout.learned
        self.gradients = np.zeros((len(rows), learned), state.parameters.dtype)
        self.arrays = Arrays(self.parameters[:, :learned], self.gradients, self.slots, network.layout.weights)

    def epoch(
        self,
        order: npt.NDArray[np.int64],
        masks: Callable[[int], np.random.Generator],
        changing: Callable[[], Change] | None = None,
        share: float = 1,
    ) -> dict[str, npt.NDArray[np.float64]]:
        """One pass over the training examples of `order`, then the evaluation: name -> (K,).

        `masks` gives the generator of what layers draw in a step of the epoch; what `changing` gives is applied to
        the inputs. The pass ends where a `share` of the epoch is over, and goes on from where the last one ended;
        what is drawn for the epoch is drawn from its start all the same, so that neither place shows in any bit.
        """
        steps = len(self.cuts) - 1
        losses, first = self._begun()
        last = steps_in(share, steps)
        columns = self._chain.columns(self.done - first, steps, len(self.parameters), self.parameters.dtype)
        batches = zip(self.examples.batches(order, self.cuts, changing), columns, strict=True)
        for step, ((start, X_BI, T_OB), column) in islice(enumerate(batches), first, last):
            batch = T_OB.shape[-1]
            through = self._learning(batch)
            drawn = masks(step) if through.random else None
            through.learn(X_BI, T_OB, losses[:, start : start + batch], drawn)
            self._chain.update(self.arrays, column)
        self.done += last - first
        losses = losses[:, : self.cuts[last]]
        self.losses = losses if share < 1 else None
        scores = self._evaluate(self.examples.validation)
        return {
            "train_loss": row_means(losses),
            **{f"val_{name}": values for name, values in scores.items()},
        }

    def _begun(self) -> tuple[Array, int]:
        """Room for the losses (K, N) of an epoch, with those of its first steps, and how many these are.

        ValueError where they are not those of whole steps.
        """
        losses = np.empty((len(self.parameters), self.count), self.parameters.dtype)
        if self.losses is None:
            return losses, 0
        taken = self.losses.shape[1]
        if taken not in self.cuts:
            raise ValueError(f"the state stands after {taken} examples of an epoch, within a batch")
        losses[:, :taken] = self.losses
        return losses, int(np.searchsorted(self.cuts, taken))

    def training_loss(self) -> npt.NDArray[np.float64]:
        """(K,) the mean loss on the training examples as the networks are now, evaluated as validation is."""
        return self._evaluate(self.examples.training)["loss"]

    def stop(
        self, figures: Mapping[str, Array], epoch: int, sound: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.bool_]:
        """Which of the `sound` rows stop early with this epoch; these have their best parameters again."""
        if not self._stops:
            return np.zeros_like(sound)
        patience, last = self.hyper[PATIENCE][:, 0], self.settings.full_epochs
        return early_stopping.follow(self.slots, self.parameters, figures, patience, sound, epoch, last)

    def _evaluate(self, examples: Sequence[Evaluated]) -> dict[str, npt.NDArray[np.float64]]:
        parts = [
            scored(self.network, partial(self._scoring, rows), len(self.parameters[rows]), X, T, units)
            for rows, X, T, units in examples
        ]
        return {name: np.concatenate([figures[name] for figures in parts]) for name in parts[0]}

    def _learning(self, batch: int) -> Pass:
        if batch not in self._passes:
            self._passes[batch] = Pass(
                self.network,
                self.parameters,
                self.gradients,
                batch,
                training=True,
                hyper=self.hyper,
                class_weights=self._class_weights,
            )
        return self._passes[batch]

    def _scoring(self, rows: slice, batch: int) -> Pass:
        """The pass of an evaluation for these rows of the stack, which read their parameters where they are."""
        key = (rows.start, batch)
        if key not in self._evaluations:
            own, unused = self.parameters[rows], self.gradients[rows]
            hyper = {name: column[rows] for name, column in self.hyper.items()}
            weights = None if self._class_weights is None else self._class_weights[rows]
            self._evaluations[key] = Pass(
                self.network, own, unused, batch, training=False, hyper=hyper, class_weights=weights
            )
        return self._evaluations[key]


def scored(
    network: Network,
    evaluation: Callable[[int], Pass],
    rows: int,
    X: Array | Rows,
    T: Array,
    units: Units | None = None,
) -> dict[str, npt.NDArray[np.float64]]:
    """The mean loss and metrics (K,) on the examples X (N, I), T (O, N): `loss`, then each metric by name.

    `evaluation` gives the pass for a batch size. The loss is that of the scale that is learned, metrics are of the
    numbers in their `units`.
    """
    losses = np.empty((rows, len(X)), X.dtype)
    outputs = network.architecture.outputs
    figures = {
        name: figure.values(rows, len(X), outputs, X.dtype) for name, figure in network.metrics.items()
    }
    for start in range(0, len(X), EVALUATION_BATCH):
        place = slice(start, min(start + EVALUATION_BATCH, len(X)))
        own = {name: figure[..., place] for name, figure in figures.items()}
        evaluation(place.stop - start).score(X[place], T[:, place], losses[:, place], own, units)
    true = T if units is None else units.true(T)
    return {
        "loss": row_means(losses),
        **{name: network.metrics[name].finish(figure, true) for name, figure in figures.items()},
    }


def evaluate(
    network: Network,
    state: State,
    X: npt.NDArray[Any],
    y: npt.NDArray[Any],
    units: Units | None = None,
) -> dict[str, npt.NDArray[np.float64]]:
    """The mean loss and the metrics (K,) of the networks of `state` on the examples X (N, I), y (N,), by name."""
    parameters = state.parameters
    T = network.loss.targets(y, network.architecture.outputs, parameters.dtype)
    unused = np.zeros((len(parameters), 0), parameters.dtype)

    def evaluation(batch: int) -> Pass:
        return Pass(network, parameters, unused, batch, training=False)

    with np.errstate(all="ignore"):  # a figure that is no number says so itself
        inputs = np.ascontiguousarray(X, parameters.dtype)
        return scored(network, evaluation, len(parameters), inputs, T, units)
