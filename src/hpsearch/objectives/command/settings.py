"""Any program: the section of kind `command`."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, PlainValidator, WithJsonSchema

from hpsearch.config.objective import KINDS
from hpsearch.config.origins import Finding
from hpsearch.core.errors import InputError
from hpsearch.objectives.command import placeholders
from hpsearch.objectives.command.program import absent_script, program_of
from hpsearch.objectives.command.rules import names_used, unknown_placeholders, unnamed_parameters, variables
from hpsearch.objectives.own import OwnSettings

if TYPE_CHECKING:
    from hpsearch.config.rules import Parts
    from hpsearch.config.schema import Spec
    from hpsearch.objectives.command.workload import CommandWorkload


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


@KINDS.register("command", place=2)
class CommandSettings(OwnSettings):
    """Any program; `{name}` among its arguments stands for a value."""

    given = placeholders.GIVEN
    keeps_deadlines = True

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

    @classmethod
    def is_in(cls, section: Mapping[str, Any], folder: Path) -> bool:
        """Whether the program and the script that it runs are found from there, if they are named by paths."""
        command = section.get("command")
        if not isinstance(command, list | tuple) or not all(isinstance(item, str) for item in command[:2]):
            return True  # its own rule refuses it
        try:
            for program in filter(lambda name: os.sep in name, command[:1]):
                program_of(program, folder)
            return absent_script(command, folder) is None
        except (InputError, OSError):
            return False

    def without(self, names: Collection[str]) -> Self:
        """Without the arguments that stand for the parameters, as in every trial that lacks them."""
        return self.model_copy(update={"command": tuple(placeholders.without(self.command, names))})

    def rules(self, parts: Parts) -> Iterator[Finding]:
        """Placeholders that stand for nothing."""
        return unknown_placeholders(self.command, parts.names)

    def warnings(self, spec: Spec) -> Iterator[Finding]:
        """Parameters that the command is never told, and what stands for a value and a `$` before it."""
        names = tuple(spec.space)
        yield from unnamed_parameters(self.command, names, self.dir or Path())
        yield from variables(self.command, names)

    def workload(self, spec: Spec) -> CommandWorkload:
        """The command, whose program has been looked up."""
        from hpsearch.objectives.command.workload import CommandWorkload

        return CommandWorkload(spec)
