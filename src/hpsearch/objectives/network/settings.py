"""The built-in network: the section of kind `mlp`. Its defaults and bounds are those of docs/yaml.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, WithJsonSchema, model_validator

from hpsearch.config.fields import (
    OFF_IS_ZERO,
    SWITCH,
    WHOLE,
    File,
    NameIn,
    switchable,
)
from hpsearch.config.objective import KINDS, ObjectiveSettings
from hpsearch.config.origins import Finding
from hpsearch.config.places import Root
from hpsearch.core.goals import Goal
from hpsearch.nn.activations import ACTIVATIONS
from hpsearch.nn.figures import FIGURES, OF_VALIDATION, figures_of
from hpsearch.nn.initializers import INITIALIZERS
from hpsearch.nn.losses import LOSSES
from hpsearch.nn.optimizers import OPTIMIZERS
from hpsearch.nn.schedules import SCHEDULES
from hpsearch.objectives.kind import Kind
from hpsearch.objectives.network.costs import COSTS
from hpsearch.objectives.network.dataset import PATHS, Dataset, located
from hpsearch.objectives.network.fields import (
    MOST_LAYERS,
    Augment,
    Chance,
    Decay,
    Degrees,
    Layers,
    NotNegative,
    Positive,
    Share,
    Units,
)
from hpsearch.objectives.network.reads import check_reads, users
from hpsearch.objectives.network.rules import check_network
from hpsearch.objectives.network.shape import PIECES, augmented, widths
from hpsearch.objectives.network.warnings import long_warm_ups

if TYPE_CHECKING:
    from hpsearch.config.rules import Parts
    from hpsearch.config.schema import ParameterSettings, Spec
    from hpsearch.objectives.network.workload import NetworkWorkload

_COUNT_OR_OFF = WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0}, {"enum": ["off", False]}]})


@KINDS.register("mlp", place=0)
class NetworkSettings(Kind):
    """The built-in network: a multilayer perceptron for classes or numbers, trained with mini-batches."""

    unsearchable = {  # noqa: RUF012 - a class variable by the base class
        **ObjectiveSettings.unsearchable,
        "dataset": "a search has one data set",
        "init_file": "a search has one file of weights",
        "augment": "it holds several; search augment_shift, augment_rotate, augment_scale, augment_flip, "
        "augment_noise",
        "hidden": "lists cannot be searched; search hidden_layers and hidden_units",
        "epoch_rows": "trials of one length would learn from different numbers of rows",
        "epochs": "halving decides how long a trial trains; set objective.epochs to the longest training",
    }
    stops_within_an_epoch = True
    short_forms = {"dataset": "source"}  # noqa: RUF012 - likewise
    fingerprinted = ("dataset",)
    added = {"epoch_rows": None, "class_weights": "off"}  # noqa: RUF012 - likewise
    paths = (*(("dataset", name) for name in PATHS), ("init_file",))

    kind: Literal["mlp"] = Field(description="what is trained: mlp, the built-in network")
    dataset: Dataset = Field(description="a built-in name, a path, or a mapping {source, dir, split, ...}")
    hidden: Annotated[tuple[Units, ...], Field(strict=False, min_length=1, max_length=MOST_LAYERS)] = Field(
        default=(64, 64), description="units of each hidden layer"
    )
    hidden_layers: Layers | None = Field(
        default=None, description="number of hidden layers, all equally wide"
    )
    hidden_units: Units | None = Field(default=None, description="units of every hidden layer")
    activation: Annotated[str, NameIn(ACTIVATIONS)] = Field(
        default="relu", description="of the hidden layers"
    )
    initializer: Annotated[str, NameIn(INITIALIZERS)] = Field(
        default="he", description="how weights are drawn at the start"
    )
    init_std: NotNegative = Field(default=0.01, description="standard deviation of the initializer normal")
    init_scale: Positive = Field(default=1.0, description="fan times variance, of variance_scaling")
    init_mode: Literal["fan_in", "fan_out", "fan_avg"] = Field(
        default="fan_in", description="the fan of variance_scaling"
    )
    init_distribution: Literal["normal", "uniform"] = Field(
        default="normal", description="of variance_scaling"
    )
    init_file: File = Field(
        default=None, description="the .npz of weights to start from, of the initializer file"
    )
    loss: Annotated[str, NameIn(LOSSES)] = Field(
        default="cross_entropy",
        description="what is minimised; mse and mae: distance from 1 for the class, else 0; default of "
        "regression: mse",
    )
    class_weights: Literal["off", "balanced"] = Field(
        default="off",
        description="what the loss of a row is multiplied by, by its class; balanced: all classes count alike",
    )
    optimizer: Annotated[str, NameIn(OPTIMIZERS)] = Field(
        default="momentum", description="how weights follow the gradient"
    )
    lr: Positive = Field(default=0.01, description="learning rate")
    lr_schedule: Annotated[str, NameIn(SCHEDULES)] = Field(
        default="constant", description="how the learning rate falls; cosine: to 0 in the last epoch"
    )
    lr_decay: Annotated[float, Field(gt=0, le=1)] = Field(
        default=0.5, description="what the lr has fallen to after lr_decay_epochs, as a share of itself"
    )
    lr_decay_epochs: Positive = Field(default=10.0, description="epochs in which it falls by lr_decay")
    warmup_epochs: NotNegative = Field(
        default=0.0, description="epochs in which the lr rises to its full height"
    )
    momentum: Decay = Field(
        default=0.9, description="share of the last step that is kept (momentum, nesterov)"
    )
    beta1: Decay = Field(default=0.9, description="decay of the mean of gradients (adam, adamw)")
    beta2: Decay = Field(
        default=0.999, description="decay of the mean of squared gradients (adam, adamw, rmsprop)"
    )
    epsilon: Positive = Field(
        default=1e-8, description="added to the root of squared gradients (adam, adamw, rmsprop, adagrad)"
    )
    weight_decay: NotNegative = Field(
        default=0.0,
        description="lambda of lambda*W, added to the gradient of the weights; decoupled in adamw",
    )
    l1: NotNegative = Field(
        default=0.0, description="strength of the sum of |W|, added to the loss; weights only"
    )
    clip_norm: NotNegative = Field(default=0.0, description="longest gradient of a step; 0: no limit")
    clip_value: NotNegative = Field(
        default=0.0, description="largest number in the gradient of a step; 0: no limit"
    )
    label_smoothing: Share = Field(
        default=0.0, description="share of each training target that is spread evenly over the classes"
    )
    batch_norm: Literal["off", "before", "after"] = Field(
        default="off", description="batch normalization before or after the activation, or off"
    )
    dropout: Share = Field(default=0.0, description="share of hidden units left out in a step")
    input_dropout: Share = Field(default=0.0, description="share of inputs left out in a step")
    alpha_dropout: Share = Field(
        default=0.0, description="like dropout, keeping mean and variance; with the activation selu"
    )
    early_stopping: Annotated[int, Field(ge=0), WHOLE, OFF_IS_ZERO, _COUNT_OR_OFF] = Field(
        default=0, description="epochs without a lower val_loss before training stops at its best; 0: off"
    )
    augment: Annotated[Augment | None, SWITCH] = Field(
        default=None,
        description="changes training images in every epoch: {shift, rotate, scale, flip, noise}; or off",
        json_schema_extra=switchable,
    )
    augment_shift: NotNegative | None = Field(
        default=None, description="images moved by up to so many pixels; in place of that of augment"
    )
    augment_rotate: Degrees | None = Field(
        default=None, description="images turned by up to so many degrees; in place of that of augment"
    )
    augment_scale: Share | None = Field(
        default=None, description="images resized by up to this share; in place of that of augment"
    )
    augment_flip: Chance | None = Field(
        default=None, description="chance to mirror an image; on: 0.5; in place of that of augment"
    )
    augment_noise: NotNegative | None = Field(
        default=None, description="deviation of what is added to scaled pixels; in place of that of augment"
    )
    batch_size: Annotated[int, Field(ge=1, le=1_000_000), WHOLE] = Field(
        default=32, description="rows per step"
    )
    epoch_rows: Annotated[int | None, Field(ge=2), WHOLE] = Field(
        default=None, description="training rows of an epoch, in turn, of a large data set; default: all"
    )

    @model_validator(mode="before")
    @classmethod
    def _loss_of_task(cls, data: Any) -> Any:
        dataset = data.get("dataset") if isinstance(data, dict) else None
        if not isinstance(dataset, dict) or dataset.get("task") != "regression" or "loss" in data:
            return data
        return {**data, "loss": "mse"}

    @classmethod
    def search_defaults(cls, objective: ObjectiveSettings | None) -> Mapping[str, Any]:
        """Ranks by the first figure of the task: regression has no accuracy."""
        task = objective.dataset.task if isinstance(objective, NetworkSettings) else "classification"
        return {"metric": f"{OF_VALIDATION}{next(iter(figures_of(task)))}"}

    def users(self, name: str, space: Mapping[str, ParameterSettings]) -> tuple[str, Set[str]] | None:
        """What decides whether the hyperparameter counts, and with which names; None: it always counts."""
        return users(name, self, space)

    @classmethod
    def reported(cls) -> tuple[str, ...]:
        """The figures of classes and of numbers, on what is not learned from, and both losses."""
        return (*(f"{OF_VALIDATION}{name}" for name in FIGURES), "val_loss", "train_loss")

    @classmethod
    def costs(cls) -> tuple[str, ...]:
        """What a network of its shape takes."""
        return tuple(COSTS)

    @classmethod
    def goal(cls, metric: str) -> Goal | None:
        """What the figure says."""
        name = metric.removeprefix(OF_VALIDATION)
        return FIGURES[name].goal if name in FIGURES else super().goal(metric)

    @classmethod
    def located(cls, section: Mapping[str, Any], root: Root) -> dict[str, Any]:
        """With absolute paths, and the task that follows from the table."""
        found = dict(section)
        if "init_file" in found:
            found["init_file"] = root.present(found["init_file"], "init_file")
        dataset = found.get("dataset")
        if isinstance(dataset, str):
            dataset = {cls.short_forms["dataset"]: dataset}
        if isinstance(dataset, dict):
            found["dataset"] = located(dataset, root)
        return found

    def rules(self, parts: Parts) -> Iterator[Finding]:
        """What the network, its data and what is asked of it cannot be together."""
        yield from check_network(self, parts)
        yield from check_reads(self, parts.space)

    def warnings(self, spec: Spec) -> Iterator[Finding]:
        """A warm-up that takes the whole training."""
        return long_warm_ups(self, spec.space)

    def hyperparameters(self) -> dict[str, Any]:
        """Its own, which the configuration of a trial overrides."""
        return self.model_dump(exclude={"kind", "dataset", "epochs", *self.as_before()})

    def meant(self) -> dict[str, Any]:
        """All fields, with the layers as `hidden`, the augmentation in one place, and the data as it is read."""
        told = super().meant()
        told |= {"hidden": widths(told), "augment": augmented(told), "dataset": self.dataset.meant()}
        apart = ("hidden_layers", "hidden_units", *(f"augment_{piece}" for piece in PIECES))
        return {name: value for name, value in told.items() if name not in apart}

    def workload(self, spec: Spec) -> NetworkWorkload:
        """Prepared data, and the network."""
        from hpsearch.objectives.network.workload import NetworkWorkload

        return NetworkWorkload(spec)


def network_of(spec: Spec) -> NetworkSettings:
    """The section of a configuration whose objective is known to be the built-in network."""
    assert isinstance(spec.objective, NetworkSettings)
    return spec.objective
