"""What every kind of objective brings to the YAML: its section, and what the rest of the file may ask of it.

A kind is a subclass of `ObjectiveSettings`, registered in `KINDS` by a module or a package below
`hpsearch.objectives`, which is imported on the first look-up: nothing here knows any of them. The fields of the
class are the hyperparameters; their types and bounds are what the space of the search is checked against.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Collection, Iterator, Mapping, Set
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self, Union, get_args, get_origin

from pydantic import Field
from pydantic.fields import FieldInfo

from hpsearch.config.fields import WHOLE, NameIn, Section
from hpsearch.config.origins import Finding
from hpsearch.core.goals import Goal, goal_of
from hpsearch.core.registry import LAST, Registry, subclass_of
from hpsearch.core.trial import Value
from hpsearch.space.scales import Counts

if TYPE_CHECKING:
    from hpsearch.config.places import Root
    from hpsearch.config.rules import Parts
    from hpsearch.config.schema import ParameterSettings, Spec


class ObjectiveSettings(Section):
    """What every kind has. The class variables say what the rest of the YAML may ask of it."""

    #: What it reports, the default first; empty where that is not known. Asked by `reported`.
    metrics: ClassVar[tuple[str, ...]] = ()
    #: Whether the space names its parameters as it likes, of any type; else they are fields of the kind.
    free: ClassVar[bool] = False
    #: Fields that cannot be searched, and what to do instead.
    unsearchable: ClassVar[Mapping[str, str]] = {"kind": "a search has one kind of objective"}
    #: Fields that are mappings, and the key for which a text stands in place of the mapping.
    short_forms: ClassVar[Mapping[str, str]] = {}
    #: What the effect of a hyperparameter goes with, by the names it has.
    counts: ClassVar[Mapping[str, Counts]] = {}
    #: Fields that may change without changing any trial that was recorded.
    unbinding: ClassVar[tuple[str, ...]] = ()
    #: Fields that name content with a fingerprint of its own, which a journal has beside that of the configuration.
    fingerprinted: ClassVar[tuple[str, ...]] = ()
    #: Fields that 0.1.0 did not have, each with the value that changes nothing: no part of a fingerprint then.
    added: ClassVar[Mapping[str, Any]] = {}

    #: Where its paths are. What is there may change its place: the content has a digest, the path says nothing.
    paths: ClassVar[tuple[tuple[str, ...], ...]] = ()
    #: Fields that name code, and may hold a path that is made relative to one of `paths`.
    references: ClassVar[tuple[str, ...]] = ()

    #: Whether a training may stop within its first epoch, and go on from there.
    stops_within_an_epoch: ClassVar[bool] = False
    #: Whether it ends a trial that takes too long itself, so that the executor need not.
    keeps_deadlines: ClassVar[bool] = False

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
        field = cls.model_fields[name]
        for note in field.metadata:
            if isinstance(note, NameIn):
                return note.names()
        plain = _plain_type(field)
        return get_args(plain) if get_origin(plain) is Literal else ()

    def as_before(self) -> tuple[str, ...]:
        """The fields that 0.1.0 did not have, where they change nothing."""
        return tuple(name for name, value in self.added.items() if getattr(self, name) == value)

    def meant(self) -> dict[str, Any]:
        """All fields by their names, in one form where several mean the same."""
        return self.model_dump()

    @property
    def values(self) -> dict[str, Value]:
        """The hyperparameters that have one value, by name."""
        fields = {name: getattr(self, name) for name in (*self.searchable(), "epochs")}
        return {name: value for name, value in fields.items() if isinstance(value, str | int | float)}

    @property
    def own_code(self) -> str:
        """The code of the user's own that it runs, as one would name or type it; empty where it runs none."""
        return ""

    @property
    def trains_as_told(self) -> bool:
        """Whether what trains is told for how many epochs to."""
        return True

    # -- what a kind may say beyond its fields ------------------------------------------------------------

    @classmethod
    def reported(cls) -> tuple[str, ...]:
        """The metrics it reports, the default first; empty where that is not known."""
        return cls.metrics

    @classmethod
    def costs(cls) -> tuple[str, ...]:
        """What it reports where it is asked for, to be weighed against a metric, less being better."""
        return ()

    @classmethod
    def goal(cls, metric: str) -> Goal | None:
        """Which way the metric is better, where the file does not say; None where its name does not either."""
        return goal_of(metric)

    @classmethod
    def search_defaults(cls, objective: ObjectiveSettings | None) -> Mapping[str, Any]:  # noqa: ARG003
        """The settings of `search` where they are not the general ones; `objective` is None if it is no good."""
        known = cls.reported()
        return {"metric": known[0]} if known else {}

    @classmethod
    def name_problem(cls, name: str) -> str | None:  # noqa: ARG003
        """Why a free kind cannot have a parameter of that name."""
        return None

    def users(
        self,
        name: str,  # noqa: ARG002
        space: Mapping[str, ParameterSettings],  # noqa: ARG002
    ) -> tuple[str, Set[str]] | None:
        """The hyperparameter that decides whether `name` counts, and its values with which it does."""
        return None

    @classmethod
    def located(cls, section: Mapping[str, Any], root: Root) -> dict[str, Any]:  # noqa: ARG003
        """The section as read, not yet checked, with absolute paths and what follows from the files there."""
        return dict(section)

    def as_begun(self, recorded: ObjectiveSettings) -> Self:  # noqa: ARG002
        """The section as a recorded search goes on with it: what it leaves to this version is as it was then."""
        return self

    def without(self, names: Collection[str]) -> Self:  # noqa: ARG002
        """What it is in a search whose space lacks the parameters, since their conditions never hold."""
        return self

    def rules(self, parts: Parts) -> Iterator[Finding]:  # noqa: ARG002
        """What a sound section asks of the others, as far as that is broken."""
        return iter(())

    def warnings(self, spec: Spec) -> Iterator[Finding]:  # noqa: ARG002
        """What is allowed and probably not meant, beyond what is said of every kind."""
        return iter(())


class Kinds(Registry[type[ObjectiveSettings]]):
    """Kinds by name, which is what the field `kind` of each takes."""

    def register(
        self, name: str, *, place: int = LAST
    ) -> Callable[[type[ObjectiveSettings]], type[ObjectiveSettings]]:
        """Decorator: file the kind under `name`."""
        file = super().register(name, place=place)

        def named(kind: type[ObjectiveSettings]) -> type[ObjectiveSettings]:
            if name not in (taken := kind.names_of("kind")):
                raise ValueError(
                    f"its field kind must be Literal[{name!r}] (it takes {', '.join(taken) or 'any'})"
                )
            return file(kind)

        return named


#: Every kind, by the name that `objective.kind` gives it.
KINDS = Kinds(
    "kind of objective",
    "hpsearch.objectives",
    part="settings",
    group="objectives",
    fits=subclass_of(ObjectiveSettings),
)


class UnknownKind(ObjectiveSettings):
    """Stands in for a kind that is not there, so that nothing is asked of the rest of the file on its account."""

    free = True

    @classmethod
    def whole(cls, name: str) -> bool:  # noqa: ARG003
        """Nothing is known of its hyperparameters."""
        return False

    @classmethod
    def names_of(cls, name: str) -> tuple[str, ...]:  # noqa: ARG003
        """Nothing is known of its hyperparameters."""
        return ()

    @classmethod
    def goal(cls, metric: str) -> Goal:
        """Nothing is asked."""
        return super().goal(metric) or "maximize"


def kind_of(data: Any) -> type[ObjectiveSettings]:
    """The kind of objective that a file's data describes; the first one where it does not say."""
    objective = data.get("objective") if isinstance(data, dict) else None
    kind = objective.get("kind") if isinstance(objective, dict) else None
    if kind is None:
        return KINDS[next(iter(KINDS))]
    return KINDS[kind] if isinstance(kind, str) and kind in KINDS else UnknownKind


def _plain_type(field: FieldInfo) -> Any:
    """The type of a field without None and constraints."""
    kind = field.annotation
    while get_origin(kind) in (Annotated, Union, types.UnionType):
        kind = get_args(kind)[0]
    return kind
