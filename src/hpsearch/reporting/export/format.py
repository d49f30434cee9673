"""What a format is, and under which name it is found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from hpsearch.core.registry import Registry, object_with

if TYPE_CHECKING:
    from hpsearch.engine.run import Run


class Format(Protocol):
    """A form in which a run can be handed over.

    Attributes:
        says: what is written, in a few words.
        suffix: what follows the run's name where no path is given; it begins with a hyphen.
    """

    says: str
    suffix: str

    def write(self, run: Run, path: Path) -> None:
        """Make the file, or the folder, `path`, which is not there yet; of a run without results, not an empty one.

        Raises:
            MissingExtra: the library for it is not installed.
            OSError: it cannot be written; what there is of it is deleted by the caller.
        """

    def use(self, run: Run, path: Path) -> str:
        """How to open what was written, in one line."""


FORMATS: Registry[Format] = Registry(
    "format", "hpsearch.reporting.export", group="exports", fits=object_with("says", "suffix", "write", "use")
)
