"""The data that the network learns from: the `dataset` of its section."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from msgspec import to_builtins
from msgspec.structs import asdict
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    WithJsonSchema,
    model_validator,
)

from hpsearch.config.fields import Count, File, Folder, NameIn, Section
from hpsearch.config.messages import got
from hpsearch.config.origins import Finding
from hpsearch.config.places import Root
from hpsearch.data.scaling import NUMBERS, SCALINGS
from hpsearch.data.sources.base import DATASETS
from hpsearch.data.spec import ALL_CATEGORIES, Categories, DatasetSpec
from hpsearch.data.tables.as_said import AUTO
from hpsearch.data.target_scale import TargetScale
from hpsearch.objectives.network.split import Split, split_schema
from hpsearch.storage.endings import SUCH_AS, is_table

_BUILT_IN = NameIn(DATASETS)


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
        return _BUILT_IN.validate(value) if is_name(value) else value
    except ValueError as error:
        rule, *hint = error.args
        raise ValueError(f"{rule}, or the path of a file", *hint) from None


#: Columns of a table.
Columns = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(strict=False, max_length=10_000)]


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


#: What stands in cells; a number as it is written.
Words = Annotated[
    tuple[
        Annotated[
            str,
            BeforeValidator(_as_text),
            WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "number"}]}),
        ],
        ...,
    ],
    Field(strict=False, max_length=1000),
]


def _as_mapping(value: Any) -> Any:
    return (
        dict.fromkeys(value, AUTO)
        if isinstance(value, list | tuple) and all(isinstance(v, str) for v in value)
        else value
    )


#: Columns that hold dates, each with its order.
DateColumns = Annotated[
    dict[str, Literal["auto", "year_first", "day_first", "month_first"]], BeforeValidator(_as_mapping)
]


class CategoriesSettings(Section):
    """Which texts of a column have inputs of their own."""

    rare: Count = Field(
        default=Categories().rare,
        description="texts in fewer training rows than this share one input, which new texts join; 1: each has its "
        "own, and new ones have none",
    )
    most: Count = Field(
        default=Categories().most, description="of more different texts, the commonest so many have inputs"
    )
    by_target: bool = Field(
        default=Categories().by_target,
        description="a column of more than `most` texts has inputs besides that say what the target is on average "
        "with each",
    )


class Dataset(Section):
    """The data a model learns from; a bare name or path stands for its `source`."""

    source: Annotated[str, Field(min_length=1), AfterValidator(_source)] = Field(
        description=f"{', '.join(DATASETS)}, or the path of a file, relative to this one",
    )
    dir: Folder = Field(
        default=None, description="the folder of a source that needs one; relative to this file"
    )
    split: Split = Field(
        default="auto",
        description="parts for training, validation and test, without those that have files of their own; or "
        "{folds: 5}",
        json_schema_extra=split_schema,
    )
    scaling: Annotated[str, NameIn(SCALINGS)] = Field(
        default="minmax",
        description="how the inputs are scaled, fitted on the training part only; default of tables: numbers",
    )
    limit: Count | None = Field(default=None, description="take only the first rows of the training source")
    target: Annotated[str, Field(min_length=1)] | None = Field(
        default=None, description="the column of a table to predict; default: the last"
    )
    task: Literal["classification", "regression"] = Field(
        default="classification",
        description="whether y holds classes, or numbers to come close to; of tables it follows from the target",
    )
    ignore: Columns | None = Field(default=None, description="columns of a table that are left out")
    categorical: Columns | None = Field(
        default=None, description="columns of a table whose values are texts, though they look like numbers"
    )
    numeric: Columns | None = Field(
        default=None, description="columns of a table whose every value must be a number, or missing"
    )
    dates: DateColumns | None = Field(
        default=None,
        description="columns of a table that hold dates: [born], or {born: day_first} or month_first",
    )
    missing: Words | None = Field(
        default=None, description="what stands for a missing value in a table, besides nothing, NA, ?, ..."
    )
    categories: CategoriesSettings | None = Field(
        default=None,
        description="of tables: which texts of a column have inputs of their own: {rare: 5, most: 100, by_target: "
        "true}",
    )
    target_scale: TargetScale | None = Field(
        default=None,
        description="on which scale the numbers of a regression are learned; standard, or log or quantile for a "
        "long tail",
    )
    validation: File = Field(
        default=None,
        description="a file with the rows for validation, like the source; relative to this file",
    )
    test: File = Field(
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
        # The extremes of a table are seldom its limits, as a pixel's are.
        of_tables = {"scaling": NUMBERS, "categories": {}}
        return {**of_tables, **data} if is_table(str(data.get("source"))) else data

    def meant(self) -> dict[str, Any]:
        """All fields, with what those stand for that are not given."""
        plain = to_builtins(DatasetSpec(self.source))
        return {name: plain[name] if value is None else value for name, value in self.model_dump().items()}


def check_categories(dataset: Dataset) -> Iterator[Finding]:
    """Where only a table has what is asked for."""
    rule = f"is for the columns of a table ({SUCH_AS}), which the source is not; leave it out"
    for name in () if is_table(dataset.source) else ("categories", "dates", *_OF_COLUMNS):
        if getattr(dataset, name):
            yield Finding(("objective", "dataset", name), rule)


def check_target_scale(dataset: Dataset) -> Iterator[Finding]:
    """Classes have no scale."""
    if dataset.task == "classification" and dataset.target_scale not in (None, "standard"):
        rule = f"is for numbers to come close to{got(dataset.target_scale)}; leave it out, or give task: regression"
        yield Finding(("objective", "dataset", "target_scale"), rule)


def located(dataset: Mapping[str, Any], root: Root) -> dict[str, Any]:
    """What a file says about the data, with absolute paths, and with the task that follows from its table.

    Defaults and rules depend on the task, so it is found before they are looked at.
    """
    section = {key: _absolute(key, value, root) for key, value in dataset.items()}
    # A search that was recorded before there were these goes on as it was.
    if root.recorded and is_table(str(section.get("source"))):
        section["categories"] = _recorded(section.get("categories"))
    if "task" in section or (task := _inferred(section)) is None:
        return section
    return {**section, "task": task}


def _recorded(categories: Any) -> Any:
    """What a recorded search says of categories, with what its version did where it says nothing."""
    before = asdict(ALL_CATEGORIES)
    if categories is None:
        return before
    return {"by_target": before["by_target"], **categories} if isinstance(categories, Mapping) else categories


def _absolute(key: str, value: Any, root: Root) -> Any:
    named = key == "source" and isinstance(value, str) and is_name(value)
    if key not in PATHS or named:
        return value
    return (root.absolute if key == "dir" else root.present)(value, "dataset", key)


#: Those that only a table has, as lists of words.
_OF_COLUMNS = ("ignore", "categorical", "numeric", "missing")
#: The fields that hold paths.
PATHS = ("source", "dir", "validation", "test")


def _inferred(section: Mapping[str, Any]) -> str | None:
    source, target = section.get("source"), section.get("target")
    if not isinstance(source, str) or not is_table(source):
        return None
    from hpsearch.data.tables.source import inferred_task

    lists = {name: section.get(name) for name in _OF_COLUMNS}
    given: dict[str, Any] = {
        name: tuple(map(str, listed)) for name, listed in lists.items() if isinstance(listed, list | tuple)
    }
    return inferred_task(DatasetSpec(source, target=target if isinstance(target, str) else None, **given))
