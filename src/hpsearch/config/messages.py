"""Rules in the words of the user's file, in place of those of the validation library."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from hpsearch.config.origins import Finding, KeyPath, show
from hpsearch.config.yaml.scalars import resolve
from hpsearch.core.errors import MOST_PROBLEMS, did_you_mean, one_of

Model = TypeVar("Model", bound=BaseModel)
NOWHERE: Mapping[str, Sequence[str]] = MappingProxyType({})
Words = Callable[[ErrorDetails], str]


def check(
    model: type[Model],
    data: Any,
    path: KeyPath,
    findings: list[Finding],
    homes: Mapping[str, Sequence[str]] = NOWHERE,
) -> Model | None:
    """`data` as a `model`, or None with a finding for each broken rule added.

    Args:
        homes: where else each name is known.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        broken = error.errors(include_url=False)
        told = [details for details in broken if not _follows(details, broken)]
        findings.extend(
            _finding(details, model, path, homes, hints=place < MOST_PROBLEMS)
            for place, details in enumerate(told)
        )
        return None


def _follows(details: ErrorDetails, broken: Sequence[ErrorDetails]) -> bool:
    """Whether a list is said to be too short only because entries of it are left out, being wrong themselves."""
    place = details["loc"]
    return details["type"] == "too_short" and any(
        len(other["loc"]) > len(place) and other["loc"][: len(place)] == place for other in broken
    )


def rule_broken(model: type[BaseModel], field: str, value: object, others: Mapping[str, Any]) -> str | None:
    """The rule of the field that `value` breaks, in words; None where it is legal.

    `others` are legal values of the fields that have no default.
    """
    try:
        model.model_validate({**others, field: value})
    except ValidationError as error:
        return next((_words(details) for details in error.errors() if details["loc"][:1] == (field,)), None)
    return None


def got(value: object) -> str:
    """The end of a message: the value that breaks the rule."""
    return f" (got {show(value)})"


def _finding(
    details: ErrorDetails,
    model: type[BaseModel],
    path: KeyPath,
    homes: Mapping[str, Sequence[str]],
    *,
    hints: bool,
) -> Finding:
    """What is broken; `hints`, which take their time, are for those that are shown."""
    location = tuple(details["loc"])
    if details["type"] == "missing":
        message = _missing(_owner(model, location), str(location[-1]))
    elif details["type"] == "extra_forbidden":
        known = tuple(_owner(model, location).model_fields)
        elsewhere = homes if len(location) == 1 else NOWHERE
        message = unknown_key(str(location[-1]), known, elsewhere, hints=hints)
    else:
        message = _words(details)
    return Finding((*path, *location), message)


def unknown_key(
    key: str, known: tuple[str, ...], homes: Mapping[str, Sequence[str]] = NOWHERE, *, hints: bool = True
) -> str:
    """The message for a key that nothing reads there."""
    if home := homes.get(key):
        return f"unknown key; did you mean '{home[0]}'?"
    hint = did_you_mean(key, known) if hints else ""
    return f"unknown key{hint or '; known: ' + ', '.join(known)}"


def _missing(owner: type[BaseModel], key: str) -> str:
    return f"is missing: {owner.model_fields[key].description}"


def _owner(model: type[BaseModel], location: tuple[int | str, ...]) -> type[BaseModel]:
    """The model whose field the last step of `location` is."""
    for step in location[:-1]:
        field = model.model_fields.get(str(step))
        model = (field and model_in(field.annotation)) or model
    return model


def model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that a field of that type holds, if any."""
    if get_origin(annotation) in (Annotated, Union, UnionType):
        return next((model for part in get_args(annotation) if (model := model_in(part))), None)
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


# -- the rule of each error type ---------------------------------------------------------------------------


def _words(details: ErrorDetails) -> str:
    wording = _WORDING.get(details["type"], "cannot be used here")
    if isinstance(wording, str):
        return f"{wording}{got(details['input'])}"
    return wording(details)


def _bound(words: str, key: str) -> Words:
    def wording(details: ErrorDetails) -> str:
        return f"{words} {_number(details['ctx'][key])}{got(details['input'])}"

    return wording


def _number(value: float) -> str:
    return show(int(value)) if float(value).is_integer() else show(value)


def _numeric(words: str) -> Words:
    def wording(details: ErrorDetails) -> str:
        value = details["input"]
        return f"{words}{got(value)}{'; remove the quotes' if _quoted_number(value) else ''}"

    return wording


def _quoted_number(value: object) -> bool:
    try:
        return isinstance(value, str) and isinstance(resolve(value), int | float)
    except ValueError:
        return False


def _named(details: ErrorDetails) -> str:
    known = tuple(re.findall("'([^']*)'", details["ctx"]["expected"]))
    value = details["input"]
    hint = did_you_mean(value, known) if isinstance(value, str) else ""
    return f"{one_of(known)}{got(value)}{hint}"


def _own_rule(details: ErrorDetails) -> str:
    """A rule of ours: ValueError(rule) or ValueError(rule, hint)."""
    rule, *hint = details["ctx"]["error"].args
    return f"{rule}{got(details['input'])}{''.join(hint)}"


def _length(words: str, key: str) -> Words:
    def wording(details: ErrorDetails) -> str:
        count = details["ctx"][key]
        if details["type"].startswith("string"):
            return "must not be empty" if count == 1 else f"{words} {count} characters{got(details['input'])}"
        return f"{words} {count} {'entry' if count == 1 else 'entries'} (got {len(details['input'])})"

    return wording


_LIST = "must be a list, such as [1, 2]"
_MAPPING = "must be a mapping of settings, one `key: value` each"
_WORDING: Mapping[str, str | Words] = {
    "bool_type": "must be true or false",
    "dict_type": _MAPPING,
    "finite_number": "must be a finite number",
    "float_type": _numeric("must be a number"),
    "greater_than": _bound("must be above", "gt"),
    "greater_than_equal": _bound("must be at least", "ge"),
    "int_from_float": _numeric("must be a whole number"),
    "int_type": _numeric("must be a whole number"),
    "less_than": _bound("must be below", "lt"),
    "less_than_equal": _bound("must be at most", "le"),
    "list_type": _LIST,
    "literal_error": _named,
    "model_attributes_type": _MAPPING,
    "model_type": _MAPPING,
    # The only pattern is that of `name`.
    "string_pattern_mismatch": (
        "must be up to 64 letters, digits, '.', '_' or '-', the first a letter or digit"
    ),
    "string_too_long": _length("must have at most", "max_length"),
    "string_too_short": _length("must have at least", "min_length"),
    "string_type": "must be text",
    "too_long": _length("must have at most", "max_length"),
    "too_short": _length("must have at least", "min_length"),
    "tuple_type": _LIST,
    "value_error": _own_rule,
}
