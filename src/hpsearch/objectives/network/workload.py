"""What a search of the built-in network works on: prepared data, and who trains with it."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from hashlib import file_digest
from itertools import zip_longest
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from hpsearch.config.origins import Finding
from hpsearch.config.schema import Spec
from hpsearch.core.errors import DataError, InputError
from hpsearch.core.trial import Epochs
from hpsearch.data.folded import Folded
from hpsearch.data.preparation import prepare, prepare_folds, prepare_whole
from hpsearch.data.prepared import Prepared
from hpsearch.data.spec import ALL_CATEGORIES, Categories, DatasetSpec, Folds
from hpsearch.nn.figures import asked_for
from hpsearch.objectives.base import Workload
from hpsearch.objectives.kind import refused
from hpsearch.objectives.network.costs import COSTS
from hpsearch.objectives.network.feasibility import check_feasible
from hpsearch.objectives.network.rules import possible, reach
from hpsearch.objectives.network.settings import NetworkSettings, network_of
from hpsearch.objectives.network.split import FoldsSettings
from hpsearch.objectives.network.trainer import NetworkObjective

_DATA = "data.bin"
#: An epoch of more steps than this is long; such a share of it says something of a trial.
_LONG, _SHARE = 2000, 0.05
_Data = TypeVar("_Data", Prepared, Folded)


#: What a fingerprint is of, part by part.
_PARTS = ("the data of objective.dataset", "the file objective.init_file")
_AND = "+"


def replaced(recorded: str, present: str) -> str | None:
    """What is not what it was, by its fingerprints then and now, in words; None where all is.

    >>> replaced("1b+77", "1b+77"), replaced("1b+77", "1b+78")
    (None, 'the file objective.init_file')
    """
    pairs = zip_longest(recorded.split(_AND), present.split(_AND), fillvalue="")
    return next((part for part, (then, now) in zip(_PARTS, pairs, strict=False) if then != now), None)


def chance_loss(classes: int, losses: Collection[str], targets: Sequence[NDArray[Any]] = ()) -> float:
    """The loss of a network that knows nothing; of several losses the largest one.

    Cross-entropy is log(classes) where all are as likely; numbers have mean 0 and deviation 1, so that 0 is off by
    1 of either kind, or more by the `targets` of each validation part; of a class's column of zeros and one 1 it is
    off by 1 in one place.

    >>> round(chance_loss(10, ["cross_entropy"]), 2), chance_loss(0, ["mse", "mae"]), chance_loss(4, ["mse"])
    (2.3, 1.0, 0.25)
    """
    if not classes:
        off = np.abs if set(losses) == {"mae"} else np.square
        levels = [float(off(own.astype(np.float64)).mean()) for own in targets]
        return max(1.0, sum(levels) / max(1, len(levels)))
    return max(1 / classes, math.log(classes) if "cross_entropy" in losses else 0.0)


def commonest_share(classes: int, targets: Sequence[NDArray[Any]]) -> float:
    """The accuracy, a mean over the validation parts, of always giving the class that most rows have; 0 of numbers.

    >>> commonest_share(2, [np.array([0, 0, 0, 1])])
    0.75
    """
    if not classes:
        return 0.0
    counts = np.array([np.bincount(own, minlength=classes) for own in targets])
    shares = counts[:, counts.sum(axis=0).argmax()] / counts.sum(axis=1)
    return float(shares.mean())


def shortest(batch: float, rows: int) -> Epochs:
    """The first level of a search whose epochs have so many rows, in batches of at most `batch`, in epochs.

    Where one takes long, a share of it tells trials apart; it has enough steps for that with any batch.

    >>> shortest(128, 250_000), shortest(128, 300_000)
    (1, 0.05)
    """
    return _SHARE if math.ceil(rows / batch) > _LONG else 1


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def prepare_data(spec: Spec) -> Prepared:
    """The data that one built-in network learns from; of a cross-validation, the first fold.

    Raises:
        InputError: the objective is the user's own, which has its own data.
        SpecError: the data cannot be used, or not as `spec` asks.
    """
    return _prepared(spec, prepare)


def prepare_search(spec: Spec) -> Prepared | Folded:
    """The data that the trials of a search of the network learn from. Raises as `prepare_data`."""
    folds = isinstance(network_of(spec).dataset.split, FoldsSettings)
    return _prepared(spec, prepare_folds) if folds else _prepared(spec, prepare)


def _prepared(spec: Spec, prepare: Callable[[DatasetSpec, int], _Data]) -> _Data:
    given = _dataset(spec)
    try:
        data = prepare(given, spec.seed)
    except InputError as error:
        about = error.setting if isinstance(error, DataError) else ""
        at = ("objective", "dataset", about) if about else ("objective", "dataset")
        raise refused(spec, [Finding(at, str(error))]) from error
    check_feasible(spec, data)
    return data


def _dataset(spec: Spec) -> DatasetSpec:
    """What `spec` says about the data. Raises InputError where the objective has its own."""
    if not isinstance(spec.objective, NetworkSettings):
        raise InputError(f"objective.kind {spec.objective.kind}: has data of its own; this is for kind mlp")
    wanted = {name: value for name, value in spec.objective.dataset if value is not None}
    if isinstance(split := wanted["split"], FoldsSettings):
        wanted["split"] = Folds(split.folds, split.test)
    categories = wanted.get("categories")
    wanted["categories"] = Categories(**dict(categories)) if categories else ALL_CATEGORIES
    return DatasetSpec(**wanted)


class NetworkWorkload(Workload):
    """Prepared data, and the built-in network."""

    preload: tuple[str, ...] = ("hpsearch.objectives.network.trainer", "hpsearch.nn.pieces", "numpy.random")

    def __init__(self, spec: Spec) -> None:
        self._spec, self.seed = spec, spec.seed
        self.data = prepare_search(spec)
        weights = network_of(spec).init_file  # which was read, and fits, when the data was prepared
        self._weights = _AND + _digest(weights) if weights else ""
        self.fingerprint = self.data.fingerprint + self._weights
        self.rows = self.data.val_rows
        losses = possible("loss", network_of(spec), spec.space)
        self.chance = {"val_loss": chance_loss(len(self.data.classes), losses, self.data.val_targets)}
        self.commonest = commonest_share(len(self.data.classes), self.data.val_targets)
        self.shortest = shortest(reach("batch_size", network_of(spec), spec.space)[1], self._epoch)
        self.early_stopping, self.epochs = network_of(spec).early_stopping, spec.objective.epochs
        self.notes = tuple(
            f"note: {note}" for note in (*self.data.facts, *self.data.notes, *_apart(self.data))
        )

    @property
    def _epoch(self) -> int:
        """How many rows an epoch has."""
        rows = self.data.train_rows
        return min(rows, network_of(self._spec).epoch_rows or rows)

    def changed(self, recorded: str) -> str | None:
        """The data, or the file of weights."""
        return replaced(recorded, self.fingerprint)

    def store(self, checkpoints: Path) -> None:
        """Write the prepared data, which every worker maps."""
        self.data.save(checkpoints / _DATA)

    def objective(self, checkpoints: Path) -> NetworkObjective:
        """The network."""
        return self._objective(checkpoints, self.data)

    def objective_on(self, data: Prepared | Folded, checkpoints: Path) -> NetworkObjective:
        """The network on other `data`, which is written to the folder."""
        data.save(checkpoints / _DATA)
        return self._objective(checkpoints, data)

    def whole(self) -> Prepared:
        """The rows of all folds, to learn from together."""
        return prepare_whole(_dataset(self._spec), self._spec.seed)

    def _objective(self, checkpoints: Path, data: Prepared | Folded) -> NetworkObjective:
        asked = [metric.name for metric in self._spec.search.metrics]
        return NetworkObjective(
            network_of(self._spec).hyperparameters(),
            checkpoints / _DATA,
            data.fingerprint + self._weights,
            checkpoints,
            self._spec.seed,
            self._spec.objective.epochs,
            data.folds,
            self._spec.dispatch.memory << 20,
            asked_for(*asked),
            tuple(name for name in asked if name in COSTS),
        )

    def timeout(self) -> float | None:
        """That of the dispatch."""
        return self._spec.dispatch.timeout


def _apart(data: Prepared | Folded) -> Iterator[str]:
    """What to know where training and validation are not alike."""
    if data.differences:
        yield (
            f"training and validation are not alike, so scores on validation may mislead: "
            f"{'; '.join(data.differences)}; draw both from the same rows, if you can"
        )
