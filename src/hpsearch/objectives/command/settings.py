"""Any program: the section of kind `command`."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, PlainValidator, WithJsonSchema, create_model

from hpsearch.config.fields import VALUE_SCHEMA, File, Section, choosable
from hpsearch.config.objective import KINDS, ObjectiveSettings
from hpsearch.config.origins import Finding, KeyPath
from hpsearch.core.errors import InputError
from hpsearch.core.trial import Value
from hpsearch.objectives.command import placeholders
from hpsearch.objectives.command.filling import plain, texts_without, without
from hpsearch.objectives.command.program import absent_script, program_of
from hpsearch.objectives.command.read_settings import ReadSettings, doubts, problems, reading_of
from hpsearch.objectives.command.reading.streams import Reading
from hpsearch.objectives.command.rules import (
    SETTINGS,
    config_problems,
    names_used,
    numbered_cards,
    told,
    unknown_placeholders,
    unnamed_parameters,
    unused_settings,
    variables,
)
from hpsearch.objectives.own import OwnSettings, tangled

if TYPE_CHECKING:
    from hpsearch.config.places import Root
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
    arguments = tuple(item if isinstance(item, str) else plain(item) for item in value)
    if not arguments[0] or placeholders.names_in(arguments[0]):
        raise ValueError("must begin with the name of a program, which is the same for every trial")
    if any("\0" in argument for argument in arguments):
        raise ValueError("must not hold a null character")
    return arguments


def _counts(section: Mapping[str, Any]) -> bool:
    """Whether a section says of a command that it has several epochs."""
    epochs = section.get("epochs")
    return isinstance(epochs, int) and not isinstance(epochs, bool) and epochs > 1


_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def _env(value: Any) -> dict[str, str] | None:
    if value is None:
        return None
    if not isinstance(value, Mapping) or not value:
        raise ValueError("must be a mapping of variables to texts, such as {LR: '{lr}'}")
    for name, text in value.items():
        if not isinstance(name, str) or not _VARIABLE.match(name) or name.startswith("HPSEARCH_"):
            raise ValueError(
                "must name variables by letters, digits and '_', and none HPSEARCH_..., which every trial is "
                f"given (got {name!r})"
            )
        if not isinstance(text, str | int | float) or "\0" in str(text):
            raise ValueError(
                f"must hold texts and numbers; put quotes around '{{lr}}' (got {text!r} for {name})"
            )
    return {name: plain(text) for name, text in value.items()}


def _set(value: Any) -> dict[str, Value] | None:
    if value is None:
        return None
    if not isinstance(value, Mapping) or not value:
        raise ValueError("must be a mapping of keys of the file to values, such as {optimizer.lr: '{lr}'}")
    for key, given in value.items():
        if not isinstance(key, str) or not all(key.split(".")):
            raise ValueError(f"must name keys, with dots between those of mappings in mappings (got {key!r})")
        if isinstance(given, Mapping):
            raise ValueError(f"must hold a value for each key; write {key}.KEY for one below {key}")
    return {key: choosable(given) for key, given in value.items()}


if TYPE_CHECKING:
    ConfigFile = Section
else:
    #: Made, since `from` is a word of Python.
    ConfigFile = create_model(
        "ConfigFile",
        __base__=Section,
        __doc__="A file of settings that is written for each trial.",
        **{
            "from": (
                Annotated[
                    File,
                    Field(description="a .yaml, .json or .toml file, written anew for each trial"),
                ],
                ...,
            ),
            "set": (
                Annotated[
                    dict[str, Value] | None,
                    PlainValidator(_set),
                    WithJsonSchema({"type": ["object", "null"], "additionalProperties": VALUE_SCHEMA}),
                ],
                Field(
                    default=None,
                    description="key -> value, as optimizer.lr: '{lr}'; default: the parameters by their names",
                ),
            ),
        },
    )


@KINDS.register("command", place=2)
class CommandSettings(OwnSettings):
    """Any program; `{name}` among its arguments stands for a value."""

    given = placeholders.GIVEN
    keeps_deadlines = True
    added = {**OwnSettings.added, "env": None, "config": None, "read": None, "pause": None}  # noqa: RUF012 - a class variable by the base class
    paths = (*OwnSettings.paths, ("config", "from"))
    dotted = True

    kind: Literal["command"] = Field(description="what is trained: command, any program")
    command: Annotated[
        tuple[str, ...],
        PlainValidator(_command),
        WithJsonSchema({"type": "array", "items": {"type": ["string", "number"]}, "minItems": 1}),
    ] = Field(description="the arguments, the program first: [python, train.py, '{args}']")
    env: Annotated[
        dict[str, str] | None,
        PlainValidator(_env),
        WithJsonSchema(
            {"type": ["object", "null"], "additionalProperties": {"type": ["string", "number", "boolean"]}}
        ),
    ] = Field(default=None, description="variables of its environment: {LR: '{lr}'}")
    config: ConfigFile | None = Field(
        default=None,
        description="a file of settings that is written for each trial, for {config} and HPSEARCH_CONFIG",
    )
    read: ReadSettings | None = Field(
        default=None, description="how metrics and epochs are read from what it prints and writes"
    )

    pause: Literal["stop", "restart", "off"] | None = Field(
        default=None,
        description="of a command that is told of no {epochs}, what becomes of it between two rungs: stop, it is "
        "paused; restart, it is ended and begun again; off, it is always trained in full; default: stop, where "
        "epochs are given",
    )

    @property
    def own_code(self) -> str:
        """The command, behind its variables."""
        variables = [f"{name}={shlex.quote(text)}" for name, text in (self.env or {}).items()]
        return " ".join([*variables, shlex.join(self.command)])

    @classmethod
    def takes_epochs(cls, data: Mapping[str, Any]) -> bool:
        """Whether an argument or a variable asks for `{epochs}`."""
        return "epochs" in names_used(told(data))

    @classmethod
    def search_defaults(cls, objective: ObjectiveSettings | None) -> Mapping[str, Any]:
        """By the best epoch, where `read` says so; stopped early, where it can be paused."""
        defaults = dict(super().search_defaults(objective))
        if getattr(objective, "pauses", False):
            del defaults["halving"]
        value = getattr(getattr(objective, "read", None), "value", None)
        return {**defaults, "value": value} if value else defaults

    def meant(self) -> dict[str, Any]:
        """All fields but `read.value`, which is another way to write `search.value`."""
        told = super().meant()
        if told["read"]:
            del told["read"]["value"]
        return told

    @property
    def trains_as_told(self) -> bool:
        """Whether it is told of epochs."""
        return self.takes_epochs(dict(self))

    @property
    def pauses(self) -> bool:
        """Whether it is stopped early by what it prints."""
        return self.pause in ("stop", "restart") and self.epochs > 1 and not self.trains_as_told

    def as_begun(self, recorded: ObjectiveSettings) -> Self:
        """Read and stopped as when the search began, unless the file says how."""
        update: dict[str, Any] = {}
        if getattr(recorded, "read", None) is None and self.read == ReadSettings():
            update["read"] = None
        if getattr(recorded, "pause", None) is None and self.pause == "stop":
            update["pause"] = None
        return self.model_copy(update=update)

    @property
    def reading(self) -> Reading | None:
        """How it is read; None in searches recorded before that could be said."""
        return reading_of(self.read)

    @classmethod
    def located(cls, section: Mapping[str, Any], root: Root) -> dict[str, Any]:
        """With the folder where it runs, and the file of settings."""
        config = section.get("config")
        if isinstance(config, Mapping) and "from" in config:
            section = {
                **section,
                "config": {**config, "from": root.present(config["from"], "config", "from")},
            }
        if (
            "read" not in section and not root.recorded
        ):  # one that was recorded without it reads as it did then
            section = {**section, "read": {}}
        if (
            "pause" not in section
            and not root.recorded
            and _counts(section)
            and not cls.takes_epochs(section)
        ):
            section = {**section, "pause": "stop"}
        return super().located(section, root)

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
        """Without the arguments and variables that stand for the parameters, as in every trial that lacks them."""
        left: dict[str, Any] = {"command": tuple(without(self.command, names))}
        left["env"] = self.env and (texts_without(self.env, names) or None)
        if self.config is not None and (keys := getattr(self.config, "set")) is not None:  # noqa: B009
            texts = {key: text for key, text in keys.items() if isinstance(text, str)}
            kept = texts_without(texts, names)
            keys = {
                key: kept.get(key, value) for key, value in keys.items() if key in kept or key not in texts
            }
            left["config"] = self.config.model_copy(update={"set": keys})
        return self.model_copy(update=left)

    @property
    def texts(self) -> dict[KeyPath, str]:
        """What is told to the command, by where it stands."""
        return told({"command": self.command, "env": self.env, "config": self.config and dict(self.config)})

    def changes(self, names: Iterable[str]) -> dict[str, Value]:
        """What is set in the file of settings: where that is not given, the parameters that nothing else names."""
        given: dict[str, Value] | None = getattr(self.config, "set", None)
        if given is not None:
            return given
        return {name: f"{{{name}}}" for name in placeholders.unnamed(self.texts.values(), names)}

    def rules(self, parts: Parts) -> Iterator[Finding]:
        """Placeholders that stand for nothing."""
        given = (*placeholders.GIVEN, *placeholders.PLACES, *([SETTINGS] * (self.config is not None)))
        yield from unknown_placeholders(self.texts, parts.space, parts.names, given)
        yield from tangled(parts.names)
        yield from problems(self.read, parts.search)
        yield from self._pause_problems()
        if self.config is not None:
            given = getattr(self.config, "set")  # noqa: B009
            yield from config_problems(self.command, given, self.changes(parts.names), parts.names)

    def _pause_problems(self) -> Iterator[Finding]:
        if self.pause not in ("stop", "restart"):
            return
        if self.trains_as_told:
            message = "is for a command that is told of no {epochs}; leave one of them out"
            yield Finding(("objective", "pause"), message, (("objective", "command"),))
        elif self.epochs == 1:
            yield Finding(
                ("objective", "pause"), "needs objective.epochs: how many the command trains by itself"
            )

    def warnings(self, spec: Spec) -> Iterator[Finding]:
        """Parameters that the command is never told, and what stands for a value and a `$` before it."""
        names, folder = tuple(spec.space), self.dir or Path()
        everything = self.config is not None and getattr(self.config, "set") is None  # noqa: B009
        if not everything and not any(placeholders.spread_in(argument, names) for argument in self.command):
            yield from unnamed_parameters(self.command, self.texts, names, folder)
        if self.config is not None:
            yield from unused_settings(self.command, self.texts, names, folder)
        yield from variables(self.command, names)
        yield from doubts(self.read, alone=self.workdir == "trial" or spec.dispatch.workers == 1)
        if spec.dispatch.gpus is not None:
            yield from numbered_cards(self.command, names)

    def workload(self, spec: Spec) -> CommandWorkload:
        """The command, whose program has been looked up."""
        from hpsearch.objectives.command.workload import CommandWorkload

        return CommandWorkload(spec)
