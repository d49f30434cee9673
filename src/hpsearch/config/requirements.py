"""What `require` may say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hpsearch.config.messages import got
from hpsearch.config.objective import ObjectiveSettings
from hpsearch.config.origins import Finding
from hpsearch.config.schema import Choices, ParameterSettings
from hpsearch.space.expressions import NUMBER, Reader, Unreadable, kind_of


def check_require(
    require: Any, space: Mapping[str, ParameterSettings], objective: ObjectiveSettings
) -> Iterator[Finding]:
    """Every condition of `require`, as it was read from the file, that cannot be used."""
    for index, text in enumerate(require if isinstance(require, list | tuple) else ()):
        if isinstance(text, str) and text:
            if text in require[:index]:
                yield Finding(("require", index), f"is given twice{got(text)}")
            try:
                reader(space, objective).condition(text)
            except Unreadable as error:
                yield Finding(("require", index), f"{error}{got(text)}")


def reader(space: Mapping[str, ParameterSettings], objective: ObjectiveSettings) -> Reader:
    """What reads conditions on the parameters of the file and on the values of its objective."""
    fixed = {name: value for name, value in objective.values.items() if name not in space}
    known = {name: _kind(given) for name, given in space.items()}
    known |= {name: kind_of(value) for name, value in fixed.items()}
    texts = {choice for given in space.values() if isinstance(given, Choices) for choice in given.choices}
    return Reader(known, fixed, texts, set(objective.searchable()) - set(known))


def _kind(given: ParameterSettings) -> str:
    if not isinstance(given, Choices):
        return NUMBER
    return next((kind_of(choice) for choice in given.choices if choice is not None), NUMBER)
