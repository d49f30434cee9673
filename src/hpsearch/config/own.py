"""The objectives that are the user's own: a Python function, or any command."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Mapping
from pathlib import Path as FilePath
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema, model_validator

from hpsearch.config.dataset import as_folder
from hpsearch.config.fields import Duration
from hpsearch.config.objective import Objective
from hpsearch.core.errors import InputError
from hpsearch.objectives.answers import SCORE
from hpsearch.objectives.command import placeholders
from hpsearch.objectives.function import signature

#: What a full training is where the user's code takes epochs.
EPOCHS = 27


def _reference(value: str) -> str:
    try:
        signature.Reference.parsed(value, FilePath())
    except InputError as error:
        raise ValueError(str(error)) from None
    return value


def _command(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not value:
        raise ValueError(
            "must be a list of arguments, such as [python, train.py, --lr, '{lr}']; never a shell line"
        )
    for argument in value:
        if isinstance(argument, bool) or not isinstance(argument, str | int | float):
            raise ValueError("must be a list of texts and numbers; put quotes around '{lr}'")
    arguments = tuple(item if isinstance(item, str) else placeholders.plain(item) for item in value)
    if not arguments[0] or placeholders.names_in(arguments[0]):
        raise ValueError("must begin with the name of a program, which is the same for every trial")
    if any("\0" in argument for argument in arguments):
        raise ValueError("must not hold a null character")
    return arguments


Folder = Annotated[
    FilePath | None, PlainValidator(as_folder), WithJsonSchema({"type": ["string", "null"], "minLength": 1})
]


class OwnObjective(Objective):
    """What a function and a command have in common: parameters of any name and type, and no data of ours."""

    free = True
    metrics = ()
    unsearchable = {"kind": "a search has one kind of objective"}  # noqa: RUF012 - a class variable by the base
    #: What the user's code is given besides its parameters.
    given: ClassVar[tuple[str, ...]]

    dir: Folder = Field(default=None, description="where it is found and runs; default: this file's folder")
    timeout: Duration = Field(
        default=None, description="the longest a trial may take per level; default: dispatch.timeout"
    )

    @model_validator(mode="before")
    @classmethod
    def _default_epochs(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "epochs" in data:
            return data
        return {**data, "epochs": EPOCHS if cls.takes_epochs(data) else 1}

    @classmethod
    def takes_epochs(cls, data: Mapping[str, Any]) -> bool:
        """Whether the code that an `objective` section describes is told for how many epochs to train."""
        raise NotImplementedError

    @classmethod
    def search_defaults(cls, objective: Objective | None) -> Mapping[str, Any]:
        """Ranked by the score; nothing is trained again unasked, and halving is for what takes epochs."""
        defaults: dict[str, Any] = {"metric": SCORE, "confirm": "off"}
        if objective is not None and not cls.takes_epochs(dict(objective)):
            defaults["halving"] = "off"
        return defaults

    @classmethod
    def searchable(cls) -> tuple[str, ...]:
        """Any name will do."""
        return ()

    @classmethod
    def whole(cls, name: str) -> bool:
        """Whole numbers are what the space says is an int, and `epochs`."""
        return name == "epochs"

    @classmethod
    def names_of(cls, name: str) -> tuple[str, ...]:
        """No parameter has named values that we know of."""
        return super().names_of(name) if name in cls.model_fields else ()

    @classmethod
    def name_problem(cls, name: str) -> str | None:
        """Why a parameter cannot have that name."""
        if name in cls.given:
            return f"is what every trial is given: {', '.join(cls.given)}; give the parameter another name"
        if not name.isidentifier() or keyword.iskeyword(name):
            hint = name.replace("-", "_").replace(".", "_")
            better = f", such as {hint}" if hint.isidentifier() and not keyword.iskeyword(hint) else ""
            return f"must be a name of letters, digits and '_'{better}"
        return None


class PythonObjective(OwnObjective):
    """A Python function, called with the parameters as keywords."""

    given = signature.GIVEN

    kind: Literal["python"] = Field(description="what is trained: python, a function")
    function: Annotated[str, Field(min_length=1), AfterValidator(_reference)] = Field(
        description="FILE:FUNCTION or MODULE:FUNCTION, such as train.py:train; relative to this file"
    )

    @property
    def reference(self) -> signature.Reference:
        """The function."""
        return signature.Reference.parsed(self.function, self.dir or FilePath())

    @classmethod
    def takes_epochs(cls, data: Mapping[str, Any]) -> bool:
        """Whether the signature names `epochs`; not if there is no such function, which is said elsewhere."""
        try:
            folder = FilePath(str(data.get("dir") or "."))
            found = signature.Reference.parsed(str(data.get("function")), folder).signature()
        except InputError:
            return False
        return found is not None and "epochs" in found.names


class CommandObjective(OwnObjective):
    """Any program; `{name}` among its arguments stands for a value."""

    given = placeholders.GIVEN

    kind: Literal["command"] = Field(description="what is trained: command, any program")
    command: Annotated[
        tuple[str, ...],
        PlainValidator(_command),
        WithJsonSchema({"type": "array", "items": {"type": ["string", "number"]}, "minItems": 1}),
    ] = Field(description="the arguments, the program first: [python, train.py, --lr, '{lr}']")

    @classmethod
    def takes_epochs(cls, data: Mapping[str, Any]) -> bool:
        """Whether an argument asks for `{epochs}`."""
        return "epochs" in names_used(data.get("command"))


def names_used(command: Any) -> set[str]:
    """The placeholders of a command, whatever that may be."""
    arguments: Iterable[Any] = command if isinstance(command, list | tuple) else ()
    return {name for argument in arguments for name in placeholders.names_in(str(argument))}
