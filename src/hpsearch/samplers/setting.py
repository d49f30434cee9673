"""What a sampler can be told in the `search` section of the YAML: fields of its class that say what they mean."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import Field, fields, is_dataclass
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from msgspec import Struct

#: In the text of a type, what may make a setting of it, though a name in it is only known to type checkers.
_OF_A_SETTING = re.compile(r"\b(Annotated|Setting)\b")


class Setting(Struct, frozen=True):
    """What the YAML says of a field of a sampler: `width: Annotated[float, Setting("...", above=0)] = 0.3`.

    Attributes:
        description: what it does.
        least, most: the bounds of a number, which it may have.
        above, below: bounds that it may not have.
        everywhere: it may be given, and is recorded, with every sampler, though only this one reads it: it was
            before samplers had settings of their own, and the fingerprints of recorded searches hold it.
    """

    description: str
    least: float | None = None
    most: float | None = None
    above: float | None = None
    below: float | None = None
    everywhere: bool = False


class Named(Struct, frozen=True):
    """A setting with its name, type and default, which is `dataclasses.MISSING` where it must be given."""

    name: str
    kind: Any
    default: Any
    setting: Setting


def settings_of(sampler: type[Any]) -> Iterator[Named]:
    """What the sampler can be told, in the order of its fields.

    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Near:
    ...     width: Annotated[float, Setting("how far from the best")] = 0.3
    ...     trials: int = 0
    >>> [(found.name, found.kind.__name__, found.default) for found in settings_of(Near)]
    [('width', 'float', 0.3)]

    Raises:
        NameError: the type of one names what its module does not hold; of a field that is no setting it may.
    """
    for field in fields(sampler) if is_dataclass(sampler) else ():
        hint = _type_of(field, sampler)
        if get_origin(hint) is not Annotated:
            continue
        kind, *notes = get_args(hint)
        for setting in (note for note in notes if isinstance(note, Setting)):
            yield Named(field.name, kind, field.default, setting)


def _type_of(field: Field[Any], sampler: type[Any]) -> Any:
    """The type of a field where its names are known; None where they are not, and it is no setting."""
    owner = next(base for base in sampler.__mro__ if field.name in inspect.get_annotations(base))
    alone = type(owner.__name__, (), {"__annotations__": {field.name: field.type}})
    alone.__module__ = owner.__module__
    try:
        return get_type_hints(alone, localns=dict(vars(owner)), include_extras=True)[field.name]
    except NameError:
        if isinstance(field.type, str) and not _OF_A_SETTING.search(field.type):
            return None
        raise
