"""A Python function: the section of kind `python`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Field

from hpsearch.config.objective import KINDS
from hpsearch.config.places import Root
from hpsearch.core.errors import InputError
from hpsearch.objectives.function import signature
from hpsearch.objectives.own import OwnSettings

if TYPE_CHECKING:
    from hpsearch.config.schema import Spec
    from hpsearch.objectives.function.workload import FunctionWorkload


def _reference(value: str) -> str:
    try:
        signature.Reference.parsed(value, Path())
    except InputError as error:
        raise ValueError(str(error)) from None
    return value


@KINDS.register("python", place=1)
class FunctionSettings(OwnSettings):
    """A Python function, called with the parameters as keywords."""

    given = signature.GIVEN
    references = ("function",)

    kind: Literal["python"] = Field(description="what is trained: python, a function")
    function: Annotated[str, Field(min_length=1), AfterValidator(_reference)] = Field(
        description="FILE:FUNCTION or MODULE:FUNCTION, such as train.py:train; relative to this file"
    )

    @property
    def reference(self) -> signature.Reference:
        """The function."""
        return signature.Reference.parsed(self.function, self.dir or Path())

    @property
    def own_code(self) -> str:
        """The function."""
        return self.function

    @classmethod
    def takes_epochs(cls, data: Mapping[str, Any]) -> bool:
        """Whether it takes `epochs` or yields once for each; not if there is none, which is said elsewhere."""
        try:
            folder = Path(str(data.get("dir") or "."))
            found = signature.Reference.parsed(str(data.get("function")), folder).signature()
        except InputError:
            return False
        return found is not None and found.takes_epochs

    @classmethod
    def located(cls, section: Mapping[str, Any], root: Root) -> dict[str, Any]:
        """Also with a function that is named by an absolute path named from its folder, if it is in there."""
        function, folder = section.get("function"), root.absolute(section.get("dir", "."), "dir")
        if isinstance(function, str) and isinstance(folder, str) and Path(function).is_relative_to(folder):
            section = {**section, "function": Path(function).relative_to(folder).as_posix()}
        return super().located(section, root)

    @classmethod
    def is_in(cls, section: Mapping[str, Any], folder: Path) -> bool:
        """Whether there is such a file or module; of one that only a notebook has, nothing has to be."""
        try:
            reference = signature.Reference.parsed(str(section.get("function")), folder)
            return reference.module == signature.HERE or reference.source() is not None
        except (InputError, OSError):
            return False

    def workload(self, spec: Spec) -> FunctionWorkload:
        """The function, read but not imported here."""
        from hpsearch.objectives.function.workload import FunctionWorkload

        return FunctionWorkload(spec)
