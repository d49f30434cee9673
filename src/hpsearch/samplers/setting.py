"""What a sampler can be told in the `search` section of the YAML: fields of its class that say what they mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Annotated, Any, get_args, get_origin, get_type_hints


@dataclass(frozen=True, slots=True)
class Setting:
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


@dataclass(frozen=True, slots=True)
class Named:
    """A setting with its name, type and default, which is `dataclasses.MISSING` where it must be given."""

    name: str
    kind: Any
    default: Any
    setting: Setting


def settings_of(sampler: type[Any]) -> Iterator[Named]:
    """What the sampler can be told, in the order of its fields.

    >>> @dataclass(frozen=True)
    ... class Near:
    ...     width: Annotated[float, Setting("how far from the best")] = 0.3
    ...     trials: int = 0
    >>> [(found.name, found.kind.__name__, found.default) for found in settings_of(Near)]
    [('width', 'float', 0.3)]
    """
    hints = get_type_hints(sampler, include_extras=True)
    for field in fields(sampler) if is_dataclass(sampler) else ():
        if get_origin(hints[field.name]) is not Annotated:
            continue
        kind, *notes = get_args(hints[field.name])
        for setting in (note for note in notes if isinstance(note, Setting)):
            yield Named(field.name, kind, field.default, setting)
