"""Reads one stream of a command while it comes, in bounded memory and time: metrics with their epochs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from hpsearch.objectives.command.reading.epochs import Epoch, epoch_in
from hpsearch.objectives.command.reading.line import Line, Reading, cleaned
from hpsearch.objectives.command.reading.names import Name, folded, meaning
from hpsearch.objectives.command.reading.patterns import Patterns, matched, matched_epoch
from hpsearch.objectives.command.reading.table import Table, head_of

#: So much of a line is ever held, in bytes; of a longer one the end is read, as of a line of its own.
LONGEST = 1 << 16
#: So many different names are remembered, and so many values by epochs; those of what ranks besides.
MOST_NAMES = 200
MOST_VALUES = 50_000
MOST_EPOCHS = 100_000
#: So much is kept of what comes after the epoch that is waited for, in bytes.
MOST_KEPT = 1 << 24
#: So many forms of lines are known at a time.
_MOST_FORMS = 4096
_LONGEST_FORM = 1024
#: After so many forms that were new and held nothing, only lines are looked at that may tell what ranks.
PATIENCE = 50_000
_DIGITS = re.compile(rb"[0-9]+")
_NO_DIGITS = bytes(set(range(256)) - set(b"0123456789"))
_GAP = re.compile(rb"[\s,;]")

#: A name and a number in plain form, in any stream.
_PLAIN = rb"[:=][ \t]*[\"'\[]?[-+.]?(?:[0-9]|nan|inf)|"
#: What no line begins with.
_NO_LINE = (b"\n",)
_LAST_LETTERS = re.compile(r"(?:[a-z]{1,3}|.)\Z", re.DOTALL)

#: Forms of lines: without anything to read; without an epoch, so that only the last of them counts until another
#: line tells one; with an epoch; and those that decide how others are read.
_NOTHING, _LAST, _EPOCH, _EACH = range(4)


class Latest(NamedTuple):
    """The last reading of a metric, and in which line it stood."""

    value: float
    line: int
    unsure: str = ""


class Reader:
    """Reads one stream.

    Lines of one form, which differ in their digits only, are read once between two epochs: the last value counts.
    So a stream of a gigabyte costs little more than to look at it.

    Attributes:
        latest: the last value of each metric; `plain` those in plain form alone.
        curves: the values by epochs, as they are numbered in the stream.
        all: of how many epochs it says it is; 0 where it does not say.
    """

    def __init__(
        self,
        wanted: str,
        patterns: Patterns = Patterns(),  # noqa: B008 - it is immutable
        reached: Callable[[Epoch, float], object] = lambda *_: None,
    ) -> None:
        """Read for a search that ranks by `wanted`; `reached` is told each value of it with an epoch, at once."""
        self.latest: dict[Name, Latest] = {}
        self.plain: dict[Name, Latest] = {}
        self.curves: dict[Name, dict[int, float]] = {}
        self.all = 0
        self._wanted, self._folded, self._meant = wanted, folded(wanted), meaning(wanted)
        self._patterns, self._reached = patterns, reached
        self._line = Line(wanted)
        self._open = b""
        self._lines = self._values = 0
        self._epoch: Epoch | None = None
        self._first = 0
        self._told = self._ranked = False
        self._until, self._kept = 0, b""
        self._table: Table | None = None
        self._forms: dict[bytes, int] = {}
        #: How lines of a form begin that tell the present epoch: to compare takes less time than to read it.
        self._begins: dict[bytes, tuple[bytes]] = {}
        self._in_vain = 0
        #: What a line has that tells of an epoch or of what ranks, and of those or any other metric.
        self._ranking, self._telling = _telling(self._folded), _telling(self._folded, _PLAIN)

    def feed(self, chunk: bytes) -> None:
        """Take in what was read; a line that is not ended yet waits for its end."""
        if self._is_full:
            self._kept += chunk
            if len(self._kept) > MOST_KEPT:
                self.hold(0)
            return
        block = chunk.replace(b"\r", b"\n")
        lines, newline, rest = block.rpartition(b"\n")
        if newline:
            self._take(self._open + lines)
            self._open = rest
            if self._is_full:
                self._kept, self._open = self._kept + rest, b""
        else:
            self._open += block
        if len(self._open) > LONGEST:
            # Its end is read again with what follows: the last value counts, and this one may be cut.
            if _valued(self._open):
                self._read(self._open)
            self._open = _GAP.split(self._open[-1024:], maxsplit=1)[-1]

    def end(self) -> None:
        """The stream has ended."""
        self._take(self._open)
        self._open = b""

    def hold(self, until: int) -> None:
        """Read on until so many epochs lie behind, and keep what comes after for later; 0: read all."""
        self._until, kept, self._kept = until, self._kept, b""
        self.feed(kept)

    @property
    def _is_full(self) -> bool:
        return 0 < self._until <= self.behind

    # -- lines -----------------------------------------------------------------------------------------

    def _take(self, block: bytes) -> None:
        """Read lines: those that could be read otherwise after others in their order, of the rest the last."""
        if not block:
            return
        if self._patterns.metrics:
            self._each(block)
            return
        lines, forms = block.split(b"\n"), _DIGITS.sub(b"0", block).split(b"\n")
        known = self._forms
        waiting: dict[bytes, int] = {}
        for index, form in enumerate(forms):
            kind = known.get(form)
            if kind is None:
                kind = self._learned(form, lines[index])
            if kind == _NOTHING:
                continue
            if kind == _LAST or (kind == _EPOCH and self._goes_on(form, lines[index])):
                waiting.pop(form, None)
                waiting[form] = index
                continue
            self._read_all(lines, waiting.values())
            waiting.clear()
            self._read(lines[index])
            if self._is_full:
                self._keep_lines(lines[index + 1 :])
                return
        self._read_all(lines, waiting.values())

    def _keep_lines(self, lines: Sequence[bytes]) -> None:
        self._kept = b"".join(line + b"\n" for line in lines)

    def _read_all(self, lines: Sequence[bytes], places: Iterable[int]) -> None:
        for place in places:
            self._read(lines[place])

    def _learned(self, form: bytes, line: bytes) -> int:
        """What kind of line it is, kept for its like."""
        if self._in_vain > PATIENCE and self._table is None:
            telling = self._telling if len(self.latest) < MOST_NAMES else self._ranking
            if not telling.search(line):
                return _NOTHING
        if len(form) > _LONGEST_FORM:
            return _EACH if _valued(line) else _NOTHING
        if len(self._forms) >= _MOST_FORMS:
            self._forms.clear()
            self._begins.clear()
        kind = self._kind(line)
        self._in_vain += kind == _NOTHING
        self._forms[form] = kind
        return kind

    def _kind(self, line: bytes) -> int:
        if not line.strip():
            return _NOTHING
        text = _decoded(line)
        if not _valued(line):
            return _EACH if head_of(text, self._wanted) else _NOTHING
        if self._told_epoch(text):
            return _EPOCH
        if head_of(text, self._wanted):
            return _EACH
        row = self._table.row(text) if self._table else None
        if row:
            return _LAST if row[1] is None else _EACH
        return (
            _LAST if any(self._is_kept(reading.name) for reading in self._line.readings(text)) else _NOTHING
        )

    def _goes_on(self, form: bytes, line: bytes) -> bool:
        """Whether a line tells the epoch that is known, so that the last of its form counts."""
        if line.startswith(self._begins.get(form, _NO_LINE)):
            return True
        text = _decoded(line)
        epoch, now = self._told_epoch(text), self._epoch
        if now is None or epoch is None or not epoch.is_that_of(now):
            return False
        whole = len(text) == len(line) > epoch.end  # nothing was taken out of it, and the number is all there
        if whole and text.isascii() and self._patterns.epoch is None:
            self._begins[form] = (line[: epoch.end + 1],)
        return True

    def _read(self, line: bytes) -> None:
        text = _decoded(line)
        self._lines += 1
        if head := head_of(text, self._wanted):
            if head != self._table:  # lines that were nothing may be its rows
                self._table = head
                self._forms.clear()
            return
        row = self._table.row(text) if self._table else None
        if row:
            readings, at = row
            self._enter(None if at is None else Epoch(at))
        else:
            readings = self._line.readings(text)
            self._enter(self._told_epoch(text))
        self._keep(readings)

    def _told_epoch(self, text: str) -> Epoch | None:
        pattern = self._patterns.epoch
        return epoch_in(text) if pattern is None else matched_epoch(pattern, text)

    def _each(self, block: bytes) -> None:
        """Read every line by the patterns of the user, which may tell apart what differs in its digits only."""
        lines = block.split(b"\n")
        for index, line in enumerate(lines):
            if line:
                text = _decoded(line)
                self._lines += 1
                self._enter(self._told_epoch(text))
                self._keep(list(matched(self._patterns.metrics, text)))
            if self._is_full:
                self._keep_lines(lines[index + 1 :])
                return

    def __getstate__(self) -> dict[str, object]:
        """All but whom it tells, who is in another process."""
        return {**self.__dict__, "_reached": _untold}

    def tell(self, reached: Callable[[Epoch, float], object]) -> None:
        """Tell somebody else of each value of what ranks from now on."""
        self._reached = reached

    def take(self, readings: Sequence[Reading], at: int | None) -> None:
        """Take in what was read in another way, and its epoch where that is known."""
        self._lines += 1
        self._enter(None if at is None else Epoch(at))
        self._keep(readings)

    # -- what they say ---------------------------------------------------------------------------------

    def _enter(self, epoch: Epoch | None) -> None:
        """Go on to an epoch, unless a surer form of it was seen; one that is surer counts alone."""
        if epoch is None or (self._epoch and epoch.form > self._epoch.form):
            return
        if self._epoch and epoch.form < self._epoch.form:
            self.curves.clear()
            self._values, self.all, self._told, self._ranked = 0, 0, False, False
            self._first = epoch.at
        if self._epoch is None or not epoch.is_that_of(self._epoch):
            self._begins.clear()
            self._ranked = self._told
            self._first = epoch.at if self._epoch is None else min(self._first, epoch.at)
        self._epoch = epoch
        self.all = max(self.all, epoch.all)

    def _keep(self, readings: Sequence[Reading]) -> None:
        for reading in readings:
            matters = self.matters(reading.name)
            name, latest = reading.name, Latest(reading.value, self._lines, reading.unsure)
            if self._is_kept(name):
                self.latest[name] = latest
                if reading.plain:
                    self.plain[name] = latest
                if self._epoch and not reading.unsure:
                    self._put(name, self._epoch, reading.value, matters=matters)

    def _put(self, name: Name, epoch: Epoch, value: float, *, matters: bool) -> None:
        curve = self.curves.setdefault(name, {})
        if epoch.at not in curve:
            if epoch.at > MOST_EPOCHS or (self._values >= MOST_VALUES and not matters):
                return
            self._values += 1
        curve[epoch.at] = value
        if matters and self._is_wanted(name):
            self._told = True
            self._reached(epoch._replace(all=self.all), value)

    def _is_kept(self, name: Name) -> bool:
        return name in self.latest or len(self.latest) < MOST_NAMES or self.matters(name)

    @property
    def behind(self) -> int:
        """So many epochs lie behind it, of which nothing is to come; 0 until one does that told what ranks."""
        if self._epoch is None or not self._ranked:
            return 0
        return self._epoch.at - (self._first > 0)

    def matters(self, name: Name) -> bool:
        """Whether a metric may be the one that ranks."""
        if not self._folded:
            return name.whole == self._wanted
        return folded(name.whole).endswith(self._folded) or meaning(name.bare.whole).endswith(self._meant)

    def _is_wanted(self, name: Name) -> bool:
        fold = folded(name.whole if name.is_best else name.word)
        return fold == self._folded or meaning(name.whole) == self._meant


def _untold(_epoch: Epoch, _value: float) -> None:
    """Nobody is told."""


@lru_cache(maxsize=8)
def _telling(wanted: str, more: bytes = b"") -> re.Pattern[bytes]:
    """What a line has that tells of `wanted`, a folded name, of an epoch, or more; found sooner than it is read."""
    end = _LAST_LETTERS.search(wanted)
    ending = end[0].encode() if end and end[0].isascii() else b""
    return re.compile((more + b"epoch|" + re.escape(ending)) if ending else b"", re.IGNORECASE)


def _valued(line: bytes) -> bool:
    """Whether a line may hold a value: a digit, or a number that is not finite."""
    if line.translate(None, _NO_DIGITS):  # several times as fast as to search
        return True
    small = line.lower()
    return b"nan" in small or b"inf" in small


def _decoded(line: bytes) -> str:
    return cleaned(line.decode("utf-8", "replace"))
