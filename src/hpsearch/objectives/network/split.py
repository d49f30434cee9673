"""How a file may ask for its data to be divided: `split`, beside the parts that have files of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, GetCoreSchemaHandler, GetPydanticSchema
from pydantic_core import core_schema

from hpsearch.config.fields import WHOLE, Section
from hpsearch.config.messages import got
from hpsearch.config.origins import Finding

if TYPE_CHECKING:
    from hpsearch.objectives.network.dataset import Dataset

#: The rule where no part has a file of its own.
_ANY = "must be auto, or two or three parts between 0 and 1 such as [0.6, 0.2, 0.2], or {folds: 5}"


def _split(value: Any, folds: Callable[[Any], Any]) -> Any:
    """`auto`, two or three parts of a whole, or the mapping of `folds`."""
    if isinstance(value, dict | BaseModel):
        return folds(value)
    if value == "auto":
        return value
    parts = value if isinstance(value, list | tuple) and len(value) in (1, 2, 3) else ()
    if not parts or not all(isinstance(part, int | float) and 0 < part <= 1 for part in parts):
        raise ValueError(_ANY)
    if abs(sum(parts) - 1) > 1e-6:
        raise ValueError(f"must add up to 1, not {sum(parts):.6g}")
    return tuple(float(part) for part in parts)


def _several(value: int) -> int:
    if value < 2:
        raise ValueError(
            "must be at least 2, for each is validated by what the others teach; "
            "for a single division give parts such as [0.8, 0.2]"
        )
    return value


class FoldsSettings(Section):
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
        lambda split: split.model_dump() if isinstance(split, FoldsSettings) else split
    )
    return core_schema.no_info_wrap_validator_function(_split, handler(FoldsSettings), serialization=plain)


Split = Annotated[Literal["auto"] | tuple[float, ...] | FoldsSettings, GetPydanticSchema(_split_core)]


def split_schema(schema: dict[str, Any]) -> None:
    """The JSON Schema of a split."""
    parts = {
        "type": "array",
        "items": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        "minItems": 1,
        "maxItems": 3,
    }
    schema["anyOf"] = [{"const": "auto"}, parts, {"$ref": schema.pop("$ref")}]


def check_split(dataset: Dataset) -> Iterator[Finding]:
    """Fractions or folds for parts that have files of their own."""
    own = tuple(part for part in ("validation", "test") if getattr(dataset, part) is not None)
    at = ("objective", "dataset")
    related = tuple((*at, part) for part in own)
    if isinstance(dataset.split, FoldsSettings):
        if "validation" in own:
            rule = "cannot be folds, which validate every row: validation is a file of its own; remove one of them"
            yield Finding((*at, "split"), rule, related)
        if "test" in own and dataset.split.test:
            rule = "must be left out: test is a file of its own"
            yield Finding((*at, "split", "test"), f"{rule}{got(dataset.split.test)}", related)
        return
    lengths, rule = _SPLITS[own]
    if dataset.split != "auto" and len(dataset.split) not in lengths:
        yield Finding((*at, "split"), f"{rule}{got(dataset.split)}", related)


#: The parts that have files of their own -> how many fractions may be given for the others.
_SPLITS: Mapping[tuple[str, ...], tuple[tuple[int, ...], str]] = {
    (): ((2, 3), _ANY),
    ("test",): (
        (2,),
        "must be two parts such as [0.8, 0.2], training and validation: test is a file of its own",
    ),
    ("validation",): (
        (1, 2),
        "must be two parts such as [0.8, 0.2], training and test, or [1] for no test part: validation is a file "
        "of its own",
    ),
    ("validation", "test"): (
        (),
        "has nothing to divide: validation and test are files of their own; remove it",
    ),
}
