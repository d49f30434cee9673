"""The kinds of values the sections of the YAML are made of, each with its rule in words and JSON Schema."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from msgspec import Struct
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainValidator,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, core_schema

from hpsearch.config.yaml.scalars import LARGEST_INTEGER
from hpsearch.core.errors import one_of
from hpsearch.core.goals import Goal, parted
from hpsearch.core.registry import Registry
from hpsearch.core.trial import Value

#: What follows from the data, or from the machine.
AUTO = "auto"
#: A training shorter than this share of an epoch says nothing.
SHORTEST = 0.001
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"((?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?) *([smhd])\Z")
#: Letters of the name of a metric, and how many may be recorded by their names.
LONGEST_METRIC, MOST_METRICS = 64, 3
#: More choices than this cannot be tried, and are a range.
MOST_CHOICES = 10_000
#: So many earlier rounds may run at most: a round that knows next to nothing is one at random.
MOST_OVERLAP = 100
_LONGEST = 3650 * UNITS["d"]
_DURATION_WORDS = "must be a duration such as 30s, 10m, 2h or 1d"

OFF = "off"


class Section(BaseModel):
    """A mapping of the YAML: unknown keys and wrong types are refused, and nothing changes afterwards."""

    # Built when it is first used, which of the sections of all kinds only a few are.
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


def whole(value: Any) -> Any:
    """1e3 is a float to YAML and a fine count to people."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def is_off(value: Any) -> bool:
    """The word `off` of YAML 1.2, or the boolean that YAML 1.1 makes of it."""
    return value is False or value == OFF


def _switch(value: Any) -> Any:
    """A mapping that can be switched: None for off, the defaults for on."""
    if is_off(value):
        return None
    if value is True or value == "on":
        return {}
    if value is None or not isinstance(value, dict | BaseModel):
        raise ValueError("must be off, or a mapping of settings")
    return value


def _on_off(value: Any) -> bool:
    if is_off(value):
        return False
    if value is True or value == "on":
        return True
    raise ValueError("must be on or off")


def seconds(value: Any) -> float:
    """Seconds of a duration: `30s`, `10m`, `2h`, `1d`, or a number of seconds. Raises ValueError.

    >>> [seconds(given) for given in ("30s", "1.5h", 90)]
    [30.0, 5400.0, 90.0]
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(_DURATION_WORDS)
    if isinstance(value, str):
        found = _DURATION.match(value)
        if found is None:
            raise ValueError(_DURATION_WORDS)
        value = float(found[1]) * UNITS[found[2]]
    if not 0 < value <= _LONGEST:
        raise ValueError(f"{_DURATION_WORDS}, above 0 and at most {_LONGEST // UNITS['d']}d")
    return float(value)


def seconds_or_off(value: Any) -> float | None:
    """The same, or None for off. Raises ValueError."""
    return None if value is None or is_off(value) else seconds(value)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | bool | int) or (isinstance(value, float) and value - value == 0)


def choosable(value: Any) -> Any:
    """What a choice may be: text, number, true/false, null, or a flat list, as a tuple. Raises ValueError."""
    if value is None or _is_scalar(value):
        return value
    if not isinstance(value, list | tuple):
        raise ValueError("must be a text, a number, true/false, null, or a flat list of such")
    if not all(map(_is_scalar, value)):
        raise ValueError("must be a flat list, of texts, numbers and true/false")
    return tuple(value)


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


def _workers(value: Any) -> Any:
    value = whole(value)
    if value == "auto" or (isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 1024):
        return value
    raise ValueError("must be auto, or a whole number from 1 to 1024")


def _overlap(value: Any) -> Any:
    value = whole(value)
    if value == "auto" or (
        isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_OVERLAP
    ):
        return value
    raise ValueError(f"must be auto, or a whole number from 0 to {MOST_OVERLAP}")


def _length(value: Any) -> Any:
    value = whole(value)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if value == AUTO or (number and (SHORTEST <= value < 1 or (value >= 1 and isinstance(value, int)))):
        return value
    raise ValueError(
        f"must be auto, a whole number from 1 on, or a share of an epoch from {SHORTEST} to below 1"
    )


def _max_failures(value: Any) -> Any:
    if value is None or is_off(value):
        return None
    value = whole(value)
    if value == "auto" or (isinstance(value, int) and not isinstance(value, bool) and value >= 1):
        return value
    hint = "; 1 gives up at the first failed trial, off never does" if value == 0 else ""
    raise ValueError("must be auto, off, or a whole number from 1 on", hint)


def _path(value: Any, of: str) -> Path | None:
    if value is None or isinstance(value, Path):
        return value
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError(f"must be the path of a {of}")
    return Path(value)


def _folder(value: Any) -> Path | None:
    return _path(value, "folder")


def _file(value: Any) -> Path | None:
    return _path(value, "file")


def _off_is_zero(value: Any) -> Any:
    return 0 if is_off(value) else value


def _chance(value: Any) -> Any:
    if value is True or value == "on":
        return 0.5
    return 0.0 if is_off(value) else value


class NameIn(Struct, frozen=True):
    """What a text must be: a name that `registry` has, which is asked when a value is looked at, and no earlier."""

    registry: Registry[Any]

    def names(self) -> tuple[str, ...]:
        """Every name, in the order of the registry."""
        return tuple(self.registry)

    def validate(self, name: Any) -> str:
        """The same name. Raises ValueError with the rule, and perhaps a hint."""
        if isinstance(name, str) and name in self.registry:
            return name
        hint = self.registry.hint(name) if isinstance(name, str) else ""
        raise ValueError(one_of(self.names()), hint)

    def __get_pydantic_core_schema__(self, kind: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.validate)

    def __get_pydantic_json_schema__(self, _: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"enum": list(self.names()), "type": "string"}


_AS_IT_IS = core_schema.plain_serializer_function_ser_schema(lambda value: value)


class _Metrics:
    """A name, or a list of two or three, with the goal behind those that do not tell it."""

    _RULE = "must be a name, or a list of two or three names that differ, such as [val_acc, parameters]"

    def validate(self, value: Any, one: ValidatorFunctionWrapHandler) -> Any:
        """The same; a list as a tuple. Raises ValueError for a list with what is no name."""
        if not isinstance(value, list | tuple):
            return one(value)
        names = [parted(name)[0] if isinstance(name, str) else "" for name in value]
        right = all(0 < len(name) <= LONGEST_METRIC for name in names)
        if not right or len(set(names)) < len(names) or not 2 <= len(names) <= MOST_METRICS:
            raise ValueError(self._RULE)
        return tuple(value)

    def __get_pydantic_core_schema__(self, kind: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.str_schema(strict=True, min_length=1, max_length=LONGEST_METRIC)
        return core_schema.no_info_wrap_validator_function(self.validate, text, serialization=_AS_IT_IS)

    def __get_pydantic_json_schema__(self, _: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        name = {"type": "string", "minLength": 1, "maxLength": LONGEST_METRIC}
        some = {"type": "array", "items": name, "minItems": 2, "maxItems": MOST_METRICS, "uniqueItems": True}
        return {"anyOf": [name, some]}


class _Goals:
    """A goal, or a list of one for each metric."""

    def validate(self, value: Any, one: ValidatorFunctionWrapHandler) -> Any:
        """The same; a list as a tuple. Raises ValueError for a list with what is no goal."""
        if not isinstance(value, list | tuple):
            return one(value)
        if not value or not all(goal in get_args(Goal) for goal in value):
            raise ValueError("must be maximize or minimize, or a list with one of them for each metric")
        return tuple(value)

    def __get_pydantic_core_schema__(self, kind: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(
            self.validate, core_schema.literal_schema(list(get_args(Goal))), serialization=_AS_IT_IS
        )

    def __get_pydantic_json_schema__(self, _: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        goal = {"enum": list(get_args(Goal)), "type": "string"}
        return {"anyOf": [goal, {"type": "array", "items": goal, "minItems": 2, "maxItems": MOST_METRICS}]}


def first_of(metric: Any) -> str:
    """The name of the metric that ranks, of what was read; empty where that is none."""
    first = metric[0] if isinstance(metric, list | tuple) and metric else metric
    return first if isinstance(first, str) else ""


METRICS, GOALS = _Metrics(), _Goals()
WHOLE = BeforeValidator(whole)
CHANCE = BeforeValidator(_chance)
OFF_IS_ZERO = BeforeValidator(_off_is_zero)
SWITCH = BeforeValidator(_switch)

Count = Annotated[int, Field(ge=1), WHOLE]
Seed = Annotated[int, Field(ge=0, le=LARGEST_INTEGER), WHOLE]
_PATH_SCHEMA = WithJsonSchema({"type": ["string", "null"], "minLength": 1})
Folder = Annotated[Path | None, PlainValidator(_folder), _PATH_SCHEMA]
File = Annotated[Path | None, PlainValidator(_file), _PATH_SCHEMA]
SWITCH_WORDS = {"enum": ["on", "off", True, False]}
ON_OFF = PlainValidator(_on_off)
OnOff = Annotated[bool, ON_OFF, WithJsonSchema(SWITCH_WORDS)]
VALUE_SCHEMA = {
    "anyOf": [
        {"type": ["string", "number", "boolean", "null"]},
        {"type": "array", "items": {"type": ["string", "number", "boolean"]}},
    ]
}
#: A choice: also null, and a flat list.
Choosable = Annotated[Value, PlainValidator(choosable), WithJsonSchema(VALUE_SCHEMA)]
Choosables = Annotated[tuple[Choosable, ...], Field(strict=False, min_length=1, max_length=MOST_CHOICES)]
OneOrSome = Annotated[
    Choosables,
    BeforeValidator(_listed),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": ["string", "number", "boolean", "null"]},
                {"type": "array", "items": VALUE_SCHEMA, "minItems": 1},
            ]
        }
    ),
]
DURATION_SCHEMA = WithJsonSchema(
    {
        "anyOf": [
            {"type": "string", "pattern": r"^[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)? *[smhd]$"},
            {"type": "number", "exclusiveMinimum": 0, "maximum": _LONGEST},
            {"enum": [OFF, False, None]},
        ],
        "examples": ["30s", "10m", "2h", "1d"],
    }
)
Duration = Annotated[float | None, PlainValidator(seconds_or_off), DURATION_SCHEMA]
MaxFailures = Annotated[
    int | Literal["auto"] | None,
    PlainValidator(_max_failures),
    WithJsonSchema({"anyOf": [{"enum": ["auto", OFF, False, None]}, {"type": "integer", "minimum": 1}]}),
]
Overlap = Annotated[
    int | Literal["auto"],
    PlainValidator(_overlap),
    WithJsonSchema(
        {"anyOf": [{"const": "auto"}, {"type": "integer", "minimum": 0, "maximum": MOST_OVERLAP}]}
    ),
]
Length = Annotated[
    int | float | Literal["auto"],
    PlainValidator(_length),
    WithJsonSchema(
        {
            "anyOf": [
                {"const": "auto"},
                {"type": "integer", "minimum": 1},
                {"type": "number", "minimum": SHORTEST, "exclusiveMaximum": 1},
            ]
        }
    ),
]
Workers = Annotated[
    int | Literal["auto"],
    PlainValidator(_workers),
    WithJsonSchema({"anyOf": [{"const": "auto"}, {"type": "integer", "minimum": 1, "maximum": 1024}]}),
]


def switchable(schema: dict[str, Any]) -> None:
    """The JSON Schema of a mapping that can be switched off: the words in place of null."""
    schema["anyOf"] = [
        {"enum": ["on", OFF, True, False]} if option == {"type": "null"} else option
        for option in schema["anyOf"]
    ]
