"""What functions and commands have in common: code of the user's own, parameters of any name, no data of ours."""

from __future__ import annotations

import keyword
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePath
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from hpsearch.config.fields import Duration, Folder
from hpsearch.config.objective import ObjectiveSettings
from hpsearch.config.origins import Finding
from hpsearch.config.places import Root
from hpsearch.config.schema import Spec
from hpsearch.config.slots import slots_of
from hpsearch.executors import available_cores
from hpsearch.executors.cards import cards
from hpsearch.objectives.answers import SCORE
from hpsearch.objectives.base import Workload
from hpsearch.objectives.kind import Kind, refused
from hpsearch.objectives.workdir import Workdir

#: What a full training is where the user's code takes epochs.
EPOCHS = 27


def _links(value: Any) -> tuple[str, ...] | None:
    if value is None or value == "auto":
        return None
    if not isinstance(value, list | tuple) or not all(isinstance(link, str) for link in value):
        raise ValueError("must be auto, or a list of files and folders, such as [train.py, data]")
    for link in value:
        path = PurePath(link)
        if not path.parts or path.is_absolute() or ".." in path.parts or "\0" in link:
            raise ValueError(f"must name files and folders below objective.dir (got {link!r})")
    return tuple(value)


class OwnSettings(Kind):
    """What a function and a command have in common: parameters of any name and type, and no data of ours."""

    free = True
    unbinding: ClassVar[tuple[str, ...]] = ("timeout", "workdir", "links", "keep")
    paths: ClassVar[tuple[tuple[str, ...], ...]] = (("dir",),)
    #: What the user's code is given besides its parameters.
    given: ClassVar[tuple[str, ...]]
    #: Whether names of parameters may have dots.
    dotted: ClassVar[bool] = False

    dir: Folder = Field(default=None, description="where it is found and runs; default: this file's folder")
    timeout: Duration = Field(
        default=None, description="the longest a trial may take per level; default: dispatch.timeout"
    )

    workdir: Literal["dir", "trial"] = Field(
        default="dir", description="where trials run: dir, all in that folder; trial, each in one of its own"
    )
    links: Annotated[
        tuple[str, ...] | None,
        PlainValidator(_links),
        WithJsonSchema(
            {
                "anyOf": [
                    {"enum": ["auto", None]},
                    {"type": "array", "items": {"type": "string", "minLength": 1}},
                ]
            }
        ),
    ] = Field(default=None, description="what of dir is found in a trial's own folder; auto: all but runs")
    keep: Literal["best", "all", "none"] = Field(
        default="best", description="whose own folders stay when the search is over"
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
    def search_defaults(cls, objective: ObjectiveSettings | None) -> Mapping[str, Any]:
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
    def located(cls, section: Mapping[str, Any], root: Root) -> dict[str, Any]:
        """With the folder where it is found and runs: that of the file, unless another is given."""

        def there(folder: str) -> bool:
            return Path(folder).is_dir() and cls.is_in(section, Path(folder))

        return {**section, "dir": root.present(section.get("dir", "."), "dir", there=there)}

    def lost(self) -> str:
        """The folder, if the code is not found from there."""
        return "" if self.is_in(self.model_dump(), self.dir or Path()) else "dir"

    @classmethod
    def is_in(cls, section: Mapping[str, Any], folder: Path) -> bool:
        """Whether the code that an `objective` section names, as it was read, is found from that folder."""
        raise NotImplementedError

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
        parts = name.split(".") if cls.dotted else [name]
        if not all(part.isidentifier() and not keyword.iskeyword(part) for part in parts):
            hint = name.replace("-", "_").replace(".", "_")
            better = f", such as {hint}" if hint.isidentifier() and not keyword.iskeyword(hint) else ""
            dots = ", in parts with dots between," if cls.dotted else ""
            return f"must be a name of letters, digits and '_'{dots}{better}"
        return None


def tangled(names: Collection[str]) -> Iterator[Finding]:
    """Parameters below one that has a value itself, where no file could have both."""
    for name in names:
        above = [name[:end] for end, letter in enumerate(name) if letter == "." and name[:end] in names]
        if above:
            yield Finding(
                ("space", name), f"is below {above[0]}, which is a parameter too; rename one of them"
            )


class OwnWorkload(Workload):
    """What functions and commands have in common: no data of ours, and a timeout of their own."""

    def __init__(self, spec: Spec) -> None:
        assert isinstance(spec.objective, OwnSettings)
        self._spec = spec
        self._timeout = spec.objective.timeout or spec.dispatch.timeout
        self._again = spec.dispatch.interrupted == "again"
        self._workdir = _workdir(spec, spec.objective)
        self.keep = spec.objective.keep if self._workdir else None
        self.slots, note, problems = slots_of(spec.dispatch, cards, available_cores())
        if problems:
            raise refused(spec, problems)
        self.notes = (note,) if note else ()

    def timeout(self) -> float | None:
        """The longest that a trial may take."""
        return self._timeout


def _workdir(spec: Spec, settings: OwnSettings) -> Workdir | None:
    """What makes the trials' own folders, if they have any. Raises SpecError where there is not what it links."""
    if settings.workdir == "dir":
        return None
    folder = (settings.dir or Path()).absolute()
    for place, link in enumerate(settings.links or ()):
        if next(folder.glob(link), None) is None:
            message = f"there is nothing of that name in {folder} (got {link!r})"
            raise refused(spec, [Finding(("objective", "links", place), message)])
    return Workdir(folder, settings.links, all=settings.keep == "all")
