"""How what a command prints and writes is read: the section `read`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, PlainValidator, WithJsonSchema, create_model

from hpsearch.config.fields import Section
from hpsearch.config.origins import Finding
from hpsearch.objectives.command import placeholders
from hpsearch.objectives.command.reading.streams import Reading

if TYPE_CHECKING:
    from hpsearch.config.schema import Search

_TEXT = {"type": ["string", "null"], "minLength": 1}


def _pattern(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError(
            r"must be a regular expression with the number in parentheses, such as 'Epoch (\d+)'"
        )
    try:
        groups = re.compile(value).groups
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from None
    if not groups:
        raise ValueError(r"must have the number in parentheses, such as 'Epoch (\d+)'")
    return value


def _patterns(value: Any) -> dict[str, str] | None:
    if value is None:
        return None
    if not isinstance(value, Mapping) or not value or not all(isinstance(name, str) for name in value):
        raise ValueError(
            r"must be a mapping of metrics to regular expressions: {val_acc: 'val acc ([\d.]+)'}"
        )
    patterns = {}
    for name, given in value.items():
        try:
            patterns[name] = _pattern(given) or ""
        except ValueError as error:
            raise ValueError(f"of {name}: {error}") from None
        if not patterns[name]:
            raise ValueError(f"of {name}: must be a regular expression")
    return patterns


def _file(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError("must name a file below the folder that trials run in, such as results/*.csv")
    path = PurePath(value)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise ValueError("must be below the folder that trials run in, such as results/*.csv")
    if strange := [name for name in placeholders.names_in(value) if name != "trial"]:
        raise ValueError(f"may hold {{trial}}, and no other placeholder (it has {{{strange[0]}}})")
    return value


if TYPE_CHECKING:
    ReadSettings = Section
else:
    #: Made, since `from` is a word of Python.
    ReadSettings = create_model(
        "ReadSettings",
        __base__=Section,
        __doc__="How what a command prints and writes is read.",
        **{
            "from": (
                Literal["auto", "stdout", "stderr", "both"],
                Field(
                    default="auto",
                    description="auto: standard output, and standard error where that does not tell the metric",
                ),
            ),
            "epoch": (
                Annotated[str | None, PlainValidator(_pattern), WithJsonSchema(_TEXT)],
                Field(
                    default=None, description="a regular expression, the number of the epoch in parentheses"
                ),
            ),
            "metrics": (
                Annotated[
                    dict[str, str] | None,
                    PlainValidator(_patterns),
                    WithJsonSchema({"type": ["object", "null"], "additionalProperties": {"type": "string"}}),
                ],
                Field(
                    default=None,
                    description="metric -> regular expression, the number in parentheses; no others are read",
                ),
            ),
            "value": (
                Literal["last", "best"] | None,
                Field(default=None, description="as search.value"),
            ),
            "file": (
                Annotated[str | None, PlainValidator(_file), WithJsonSchema(_TEXT)],
                Field(
                    default=None,
                    description="a file that is read too, as results/*.csv: CSV, JSON, JSON lines or a log",
                ),
            ),
        },
    )


def reading_of(read: Section | None) -> Reading | None:
    """How a section says that a command is read; None for a search from before there was one."""
    if read is None:
        return None
    given = dict(read)
    return Reading(given["from"], given["epoch"], given["metrics"], given["file"])


def doubts(read: Section | None, *, alone: bool) -> Iterator[Finding]:
    """A file that other trials may write too, unless each is `alone`: in a folder of its own, or at a time."""
    file = read and getattr(read, "file")  # noqa: B009 - the model is made
    if file and not alone and "{trial}" not in file:
        message = (
            "is written by every trial, and those that run at the same time may read each other's: name it by "
            "{trial}, or set objective.workdir=trial"
        )
        yield Finding(("objective", "read", "file"), message)


def problems(read: Section | None, search: Search | None) -> Iterator[Finding]:
    """Where the section and `search` contradict each other."""
    if read is None or search is None:
        return
    value = getattr(read, "value")  # noqa: B009 - the model is made
    if value is not None and value != search.value:
        message = f"is {value}, and search.value is {search.value}; keep one of them"
        yield Finding(("objective", "read", "value"), message, (("search", "value"),))
    metrics, file = getattr(read, "metrics"), getattr(read, "file")  # noqa: B009
    lacking = [metric.name for metric in search.metrics if metric.name not in (metrics or ())]
    if metrics and lacking and file is None:
        why = (
            "by which the search ranks"
            if lacking[0] == search.ranks_by.name
            else "which search.metric asks for"
        )
        message = f"lacks {lacking[0]}, {why}; add a regular expression for it"
        yield Finding(("objective", "read", "metrics"), message, (("search", "metric"),))
