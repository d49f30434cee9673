"""What is trained: the `objective` section, one model per kind.

A kind is a subclass of `Objective`, entered in `kinds.OBJECTIVES`. Its fields are its hyperparameters; their types
and bounds are what the space of the search is checked against.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Set
from pathlib import Path as FilePath
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    GetCoreSchemaHandler,
    GetPydanticSchema,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import core_schema

from hpsearch.config.catalogue import DATASETS
from hpsearch.config.fields import (
    CHANCE,
    OFF_IS_ZERO,
    SWITCH,
    SWITCH_WORDS,
    WHOLE,
    Count,
    Section,
    switchable,
)
from hpsearch.trial import Value

MOST_LAYERS = 64
MOST_UNITS = 16384
#: How the files of tables end.
TABLES = (".csv", ".parquet")

Positive = Annotated[float, Field(gt=0)]
Activation = Literal["sigmoid", "tanh", "relu", "leaky_relu", "rrelu", "prelu", "elu", "selu", "gelu", "silu"]
Initializer = Literal[
    "he",
    "he_uniform",
    "glorot",
    "glorot_uniform",
    "lecun",
    "lecun_uniform",
    "normal",
    "orthogonal",
    "variance_scaling",
    "zeros",
    "file",
]
NotNegative = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, lt=1)]
Decay = Annotated[float, Field(ge=0, lt=1)]
Degrees = Annotated[float, Field(ge=0, le=180)]
Chance = Annotated[
    float,
    Field(ge=0, le=1),
    CHANCE,
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, SWITCH_WORDS]}),
]
Layers = Annotated[int, Field(ge=1, le=MOST_LAYERS), WHOLE]
Units = Annotated[int, Field(ge=1, le=MOST_UNITS), WHOLE]


_COUNT_OR_OFF = WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0}, {"enum": ["off", False]}]})


def _split(value: Any, folds: Callable[[Any], Any]) -> Any:
    """`auto`, two or three parts of a whole, or the mapping of `folds`."""
    if isinstance(value, dict | BaseModel):
        return folds(value)
    if value == "auto":
        return value
    parts = value if isinstance(value, list | tuple) and len(value) in (1, 2, 3) else ()
    if not parts or not all(isinstance(part, int | float) and 0 < part <= 1 for part in parts):
        raise ValueError(
            "must be auto, or two or three parts between 0 and 1 such as [0.6, 0.2, 0.2], or {folds: 5}"
        )
    if abs(sum(parts) - 1) > 1e-6:
        raise ValueError(f"must add up to 1, not {sum(parts):.6g}")
    return tuple(float(part) for part in parts)


def is_name(source: str) -> bool:
    """Whether a data source is written as a name: anything with a folder or a file ending is a path.

    >>> is_name("digits"), is_name("./digits"), is_name("table.csv")
    (True, False, False)
    """
    return not any(mark in source for mark in "/\\.~")


def _source(value: str) -> str:
    """A name among the data sets, or the path of a file. Raises ValueError."""
    if "\0" in value:
        raise ValueError("must not hold a null character")
    try:
        return str(DATASETS.validate(value)) if is_name(value) else value
    except ValueError as error:
        rule, *hint = error.args
        raise ValueError(f"{rule}, or the path of a file", *hint) from None


def _path(value: Any, of: str) -> FilePath | None:
    if value is None or isinstance(value, FilePath):
        return value
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError(f"must be the path of a {of}")
    return FilePath(value)


def as_folder(value: Any) -> FilePath | None:
    """The path of a folder. Raises ValueError."""
    return _path(value, "folder")


def _file(value: Any) -> FilePath | None:
    return _path(value, "file")


FilePathOrNone = Annotated[
    FilePath | None, PlainValidator(_file), WithJsonSchema({"type": ["string", "null"], "minLength": 1})
]


def _several(value: int) -> int:
    if value < 2:
        raise ValueError(
            "must be at least 2, for each is validated by what the others teach; "
            "for a single division give parts such as [0.8, 0.2]"
        )
    return value


class Folds(Section):
    """Cross-validation: the mapping form of `split`."""

    folds: Annotated[int, AfterValidator(_several), WHOLE] = Field(
        description="networks per trial: each learns from all parts of the rows but one, which validates it",
        json_schema_extra={"minimum": 2},
    )
    test: Annotated[float, Field(ge=0, lt=1)] | None = Field(
        default=None,
        description="the share of the rows for the test part, 0 for none; default: 0.2, or the source's own part",
    )


def _split_core(_: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
    """Not a union: so the problems of the mapping are reported at its keys."""
    plain = core_schema.plain_serializer_function_ser_schema(
        lambda split: split.model_dump() if isinstance(split, Folds) else split
    )
    return core_schema.no_info_wrap_validator_function(_split, handler(Folds), serialization=plain)


def _split_schema(schema: dict[str, Any]) -> None:
    parts = {
        "type": "array",
        "items": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        "minItems": 1,
        "maxItems": 3,
    }
    schema["anyOf"] = [{"const": "auto"}, parts, {"$ref": schema.pop("$ref")}]


class Dataset(Section):
    """The data a model learns from; a bare name or path stands for its `source`."""

    source: Annotated[str, Field(min_length=1), AfterValidator(_source)] = Field(
        description="digits, spirals, moons, mnist, fashion_mnist, or the path of a file, relative to this one",
    )
    dir: Annotated[
        FilePath | None,
        PlainValidator(as_folder),
        WithJsonSchema({"type": ["string", "null"], "minLength": 1}),
    ] = Field(default=None, description="the folder of a source that needs one; relative to this file")
    split: Annotated[
        Literal["auto"] | tuple[float, ...] | Folds,
        GetPydanticSchema(_split_core),
    ] = Field(
        default="auto",
        description="parts for training, validation and test, without those that have files of their own; or "
        "{folds: 5}",
        json_schema_extra=_split_schema,
    )
    scaling: Literal["none", "minmax", "standard", "whiten", "tanh"] = Field(
        default="minmax",
        description="how the inputs are scaled, fitted on the training part only; default of tables: standard",
    )
    limit: Count | None = Field(default=None, description="take only the first rows of the training source")
    target: Annotated[str, Field(min_length=1)] | None = Field(
        default=None, description="the column of a table to predict; default: the last"
    )
    task: Literal["classification", "regression"] = Field(
        default="classification",
        description="whether y holds classes, or numbers to come close to; of tables it follows from the target",
    )
    validation: FilePathOrNone = Field(
        default=None,
        description="a file with the rows for validation, like the source; relative to this file",
    )
    test: FilePathOrNone = Field(
        default=None,
        description="a file with the rows of the test part, like the source; relative to this file",
    )

    @model_validator(mode="before")
    @classmethod
    def _long_form(cls, data: Any) -> Any:
        if isinstance(data, str):
            data = {"source": data}
        if not isinstance(data, dict):
            raise ValueError("must be a name, a path, or a mapping {source, dir, split, ...}")
        if "scaling" not in data and str(data.get("source")).lower().endswith(TABLES):
            return {
                **data,
                "scaling": "standard",
            }  # the extremes of a table are seldom its limits, as a pixel's are
        return data


class Augment(Section):
    """How training images are changed, differently in every epoch: the pieces at once."""

    shift: NotNegative = Field(default=0.0, description="up to so many pixels to each side")
    rotate: Degrees = Field(default=0.0, description="up to so many degrees to each side")
    scale: Share = Field(default=0.0, description="larger or smaller by up to this share")
    flip: Chance = Field(default=0.0, description="chance to be mirrored left to right; on: 0.5")
    noise: NotNegative = Field(default=0.0, description="standard deviation added to the scaled pixels")


class Objective(Section):
    """What every kind has. The class variables say what the rest of the YAML may ask of it."""

    #: What it reports, the default first.
    metrics: ClassVar[tuple[str, ...]]
    #: Whether the space names its parameters as it likes, of any type; else they are fields of the kind.
    free: ClassVar[bool] = False
    #: Fields that cannot be searched, and what to do instead.
    unsearchable: ClassVar[Mapping[str, str]]

    kind: str
    epochs: Annotated[int, Field(ge=1, le=1_000_000), WHOLE] = Field(
        default=27, description="passes over the training data in a full training"
    )

    @classmethod
    def searchable(cls) -> tuple[str, ...]:
        """The hyperparameters a space may name."""
        return tuple(name for name in cls.model_fields if name not in cls.unsearchable)

    @classmethod
    def whole(cls, name: str) -> bool:
        """Whether the hyperparameter takes whole numbers only."""
        return _plain_type(cls.model_fields[name]) is int

    @classmethod
    def names_of(cls, name: str) -> tuple[str, ...]:
        """The alternatives of a hyperparameter with named values; empty for a number."""
        plain = _plain_type(cls.model_fields[name])
        return get_args(plain) if get_origin(plain) is Literal else ()

    @classmethod
    def search_defaults(cls, objective: Objective | None) -> Mapping[str, Any]:  # noqa: ARG003 - for kinds that care
        """The settings of `search` where they are not the general ones; `objective` is None if it is no good."""
        return {}

    @property
    def values(self) -> dict[str, Value]:
        """The hyperparameters that have one value, by name."""
        fields = {name: getattr(self, name) for name in (*self.searchable(), "epochs")}
        return {name: value for name, value in fields.items() if isinstance(value, str | int | float)}

    @classmethod
    def name_problem(cls, name: str) -> str | None:  # noqa: ARG003 - for kinds that are free
        """Why a free kind cannot have a parameter of that name."""
        return None

    @classmethod
    def users(cls, name: str) -> tuple[str, Set[str]] | None:  # noqa: ARG003 - for kinds that know
        """The hyperparameter that decides whether `name` counts, and its values with which it does."""
        return None


class MlpObjective(Objective):
    """The built-in network: a multilayer perceptron for classes or numbers, trained with mini-batches."""

    metrics = ("val_acc", "val_r2", "val_loss", "train_loss")
    unsearchable = {  # noqa: RUF012 - a class variable by the base class
        "kind": "a search has one kind of objective",
        "dataset": "a search has one data set",
        "init_file": "a search has one file of weights",
        "augment": "it holds several; search augment_shift, augment_rotate, augment_scale, augment_flip, "
        "augment_noise",
        "hidden": "lists cannot be searched; search hidden_layers and hidden_units",
        "epochs": "halving decides how long a trial trains; set objective.epochs to the longest training",
    }
    _users: ClassVar[Mapping[str, tuple[str, Set[str]]]] = {
        "momentum": ("optimizer", {"momentum", "nesterov"}),
        "beta1": ("optimizer", {"adam", "adamw"}),
        "beta2": ("optimizer", {"adam", "adamw", "rmsprop"}),
        "epsilon": ("optimizer", {"adagrad", "adam", "adamw", "rmsprop"}),
        "lr_decay": ("lr_schedule", {"step", "exponential", "inverse_time"}),
        "lr_decay_epochs": ("lr_schedule", {"step", "exponential", "inverse_time"}),
        "init_std": ("initializer", {"normal"}),
        "init_scale": ("initializer", {"variance_scaling"}),
        "init_mode": ("initializer", {"variance_scaling"}),
        "init_distribution": ("initializer", {"variance_scaling"}),
    }

    kind: Literal["mlp"] = Field(description="what is trained: mlp, the built-in network")
    dataset: Dataset = Field(description="a built-in name, a path, or a mapping {source, dir, split, ...}")
    hidden: Annotated[tuple[Units, ...], Field(strict=False, min_length=1, max_length=MOST_LAYERS)] = Field(
        default=(64, 64), description="units of each hidden layer"
    )
    hidden_layers: Layers | None = Field(
        default=None, description="number of hidden layers, all equally wide"
    )
    hidden_units: Units | None = Field(default=None, description="units of every hidden layer")
    activation: Activation = Field(default="relu", description="of the hidden layers")
    initializer: Initializer = Field(default="he", description="how weights are drawn at the start")
    init_std: NotNegative = Field(default=0.01, description="standard deviation of the initializer normal")
    init_scale: Positive = Field(default=1.0, description="fan times variance, of variance_scaling")
    init_mode: Literal["fan_in", "fan_out", "fan_avg"] = Field(
        default="fan_in", description="the fan of variance_scaling"
    )
    init_distribution: Literal["normal", "uniform"] = Field(
        default="normal", description="of variance_scaling"
    )
    init_file: FilePathOrNone = Field(
        default=None, description="the .npz of weights to start from, of the initializer file"
    )
    loss: Literal["cross_entropy", "mse", "mae"] = Field(
        default="cross_entropy",
        description="what is minimised; mse and mae: distance from 1 for the class, else 0; default of "
        "regression: mse",
    )
    optimizer: Literal["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"] = Field(
        default="momentum", description="how weights follow the gradient"
    )
    lr: Positive = Field(default=0.01, description="learning rate")
    lr_schedule: Literal["constant", "step", "exponential", "inverse_time", "cosine"] = Field(
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

    @model_validator(mode="before")
    @classmethod
    def _loss_of_task(cls, data: Any) -> Any:
        dataset = data.get("dataset") if isinstance(data, dict) else None
        if not isinstance(dataset, dict) or dataset.get("task") != "regression" or "loss" in data:
            return data
        return {**data, "loss": "mse"}

    @classmethod
    def search_defaults(cls, objective: Objective | None) -> Mapping[str, Any]:
        """Regression has no accuracy to rank by."""
        regression = isinstance(objective, MlpObjective) and objective.dataset.task == "regression"
        return {"metric": "val_r2"} if regression else {}

    @classmethod
    def users(cls, name: str) -> tuple[str, Set[str]] | None:
        """What decides whether the hyperparameter counts, and with which names; None: it always counts."""
        return cls._users.get(name)


def _plain_type(field: FieldInfo) -> Any:
    """The type of a field without None and constraints."""
    kind = field.annotation
    while get_origin(kind) in (Annotated, Union, types.UnionType):
        kind = get_args(kind)[0]
    return kind
