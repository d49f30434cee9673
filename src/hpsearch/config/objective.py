"""What is trained: the `objective` section, one model per kind.

A kind is a subclass of `Objective`, entered in `kinds.OBJECTIVES`. Its fields are its hyperparameters; their types
and bounds are what the space of the search is checked against.
"""

from __future__ import annotations

import types
from collections.abc import Mapping, Set
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin

from pydantic import Field
from pydantic.fields import FieldInfo

from hpsearch.config.fields import WHOLE, Section
from hpsearch.core.trial import Value


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


def _plain_type(field: FieldInfo) -> Any:
    """The type of a field without None and constraints."""
    kind = field.annotation
    while get_origin(kind) in (Annotated, Union, types.UnionType):
        kind = get_args(kind)[0]
    return kind
