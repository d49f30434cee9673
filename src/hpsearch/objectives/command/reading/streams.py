"""What both streams of a command say together: its metrics, its curves, and where the one that ranks was read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Literal, Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from hpsearch.objectives.command.reading.choice import called, chosen
from hpsearch.objectives.command.reading.epochs import Epoch
from hpsearch.objectives.command.reading.names import Name
from hpsearch.objectives.command.reading.patterns import Patterns
from hpsearch.objectives.command.reading.reader import Reader
from hpsearch.objectives.output import Metrics

Source = Literal["auto", "stdout", "stderr", "both"]
#: The streams by their settings, in words.
STREAMS = {"stdout": "standard output", "stderr": "standard error"}


class Found(Struct, frozen=True):
    """What was read.

    Attributes:
        metrics: the last value of each metric, by the name it is called.
        curves: the values by epochs, as they were numbered.
        where: where the metric that ranks was read, in words; empty where it was not.
        unclear: why it was not, where it may be several.
        elsewhere: what says it and is not read, in words, with the remedy.
        behind: of so many epochs all is told.
    """

    metrics: Mapping[str, float] = field(default_factory=dict)
    curves: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    where: str = ""
    unclear: str = ""
    elsewhere: str = ""
    behind: int = 0


class Listener(Protocol):
    """Hears what a command prints, as it comes."""

    def output(self, chunk: bytes) -> None:
        """It printed that on standard output."""

    def errors(self, chunk: bytes) -> None:
        """It printed that on standard error."""

    def found(self) -> Found:
        """What it has said by now; nothing may come after it."""


class Reading(Struct, frozen=True):
    """How a command is read. Picklable.

    Attributes:
        source: the streams; `auto` is standard output, and standard error where that does not say what ranks.
        epoch, metrics: patterns of the user's, as text.
        file: which files are read too, as a pattern below the folder that it runs in.
    """

    source: Source = "auto"
    epoch: str | None = None
    metrics: Mapping[str, str] | None = None
    file: str | None = None

    def patterns(self) -> Patterns:
        """The patterns, compiled."""
        metrics = {name: re.compile(pattern) for name, pattern in (self.metrics or {}).items()}
        return Patterns(None if self.epoch is None else re.compile(self.epoch), metrics)


class Streams:
    """Listens to a command. `reached` is told each value of the metric that ranks that has an epoch, at once."""

    def __init__(
        self, wanted: str, how: Reading, reached: Callable[[Epoch, float], object] = lambda *_: None
    ) -> None:
        self._wanted, self._how = wanted, how
        self._until = 0
        patterns = how.patterns()
        self._readers = {name: Reader(wanted, patterns, reached) for name in STREAMS}

    def output(self, chunk: bytes) -> None:
        """It printed that on standard output."""
        self._readers["stdout"].feed(chunk)

    def errors(self, chunk: bytes) -> None:
        """It printed that on standard error."""
        self._readers["stderr"].feed(chunk)

    def tell(self, reached: Callable[[Epoch, float], object]) -> None:
        """Tell somebody else of each value of what ranks from now on."""
        for reader in self._readers.values():
            reader.tell(reached)

    def up_to(self, epochs: int) -> Found:
        """What it had said when so many epochs lay behind it, however much has been heard since; 0: all by now.

        That may not be fewer than before. Where fewer lie behind it, it is what it has said by now.
        """
        self._until = epochs
        for reader in self._readers.values():
            reader.hold(epochs)
        return self.so_far()

    @property
    def behind(self) -> int:
        """Of so many epochs what ranks is told whole: a later one has begun."""
        return max(self._readers[name].behind for name in self._read_from)

    @property
    def _read_from(self) -> list[str]:
        source = self._how.source
        return ["stdout", "stderr"] if source in ("auto", "both") else [source]

    def found(self) -> Found:
        """What it has said by now; nothing may come after it."""
        if self._until:  # who asks for an epoch may ask for a later one yet
            whole = deepcopy(self)
            whole.up_to(0)
            return whole.found()
        for reader in self._readers.values():
            reader.end()
        return self.so_far()

    def so_far(self) -> Found:
        """What it has said by now, but for a line that is not ended."""
        return replace(self._found(), behind=self.behind)

    def _found(self) -> Found:
        source, names = self._how.source, self._read_from
        founds = {name: self._read(name) for name in names}
        told = next((name for name in names if founds[name].where or founds[name].unclear), names[0])
        if source == "both":
            return _together(founds[told], [founds[name] for name in names])
        if source == "auto" or founds[told].where or founds[told].unclear:
            return founds[told]
        (other,) = set(STREAMS) - {source}
        if self._read(other).where:
            remedy = f"{STREAMS[other]} has it, which objective.read.from={other} reads"
            return replace(founds[told], elsewhere=remedy)
        return founds[told]

    def _read(self, stream: str) -> Found:
        return said(self._readers[stream], self._wanted, STREAMS[stream])


def said(reader: Reader, wanted: str, where: str) -> Found:
    """What a stream or a file says: of what is in plain form, that alone, if it has what ranks, not its best."""
    choice, latest = chosen(wanted, reader.plain), reader.plain
    if not choice.unclear and (choice.name is None or choice.name.is_best):
        choice, latest = chosen(wanted, reader.latest), reader.latest
    names = called(latest, choice.name, wanted)
    metrics = {text: latest[name].value for name, text in names.items() if not latest[name].unsure}
    unclear = _unclear(wanted, choice.unclear, latest[choice.name].unsure if choice.name else "")
    curves = _curves(reader, choice.name, wanted)
    return Found(metrics, curves, "" if unclear or choice.name is None else where, unclear)


def _curves(reader: Reader, chosen: Name | None, wanted: str) -> dict[str, Mapping[int, float]]:
    names = called(reader.latest, chosen, wanted)
    there = {text: reader.curves[name] for name, text in names.items() if name in reader.curves}
    return {text: curve for text, curve in there.items() if text.casefold() != "epoch"}


def _unclear(wanted: str, names: str, number: str) -> str:
    if names:
        return (
            f"{wanted} may be {names}: search.metric names one of them whole, or objective.read.metrics does"
        )
    if number:
        whole, part = number.replace(",", ""), number.replace(",", ".")
        return f"{wanted} is printed as {number}, which may be {whole} or {part}: print it as one of them"
    return ""


def _together(first: Found, all_: list[Found]) -> Found:
    """All that both streams say; of a name in both, what the one says that tells what ranks."""
    metrics: dict[str, float] = {}
    curves: dict[str, Mapping[int, float]] = {}
    for found in (*all_, first):
        metrics |= found.metrics
        curves |= found.curves
    return Found(metrics, curves, first.where, first.unclear)


class AsBefore:
    """Listens to a command of a search that was recorded before there was `read`: to standard output alone."""

    def __init__(self) -> None:
        self._metrics = Metrics()

    def output(self, chunk: bytes) -> None:
        """It printed that on standard output."""
        self._metrics.feed(chunk)

    def errors(self, chunk: bytes) -> None:
        """Standard error is not read."""

    def found(self) -> Found:
        """What it has said by now."""
        return Found(self._metrics.end(), where=STREAMS["stdout"])
