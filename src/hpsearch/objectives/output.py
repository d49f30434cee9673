"""What programs print, read in bounded memory: their last lines, and the metrics they name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import takewhile

#: So many lines of error output are kept with a result.
LAST_LINES = 20
#: So much of a line, or of what comes between two reads, is ever held: characters.
LONGEST = 4096
#: So many different names are remembered.
MOST_NAMES = 200

_COLOUR = rb"(?:\x1b\[[0-9;]*m)*"
_NUMBER = rb"[-+]?(?:(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][-+]?[0-9]++)?|[iI]nf(?:inity)?|[nN]a[nN])"
#: What follows a name. A number ends where no other one could go on: `3s` and `1.2.3` are none, `93%` is.
_VALUE = re.compile(rb"[:=][ \t]*" + _COLOUR + rb"(" + _NUMBER + rb")(?!\w|\.[0-9])")
#: What stands before it, read backwards: anchored there, it costs no search.
_EMAN = re.compile(rb"[ \t]*(?:m[0-9;]*\[\x1b)*[\"']?([\w./-]{0,63}[A-Za-z_])(?![\w./-])")
#: The same of a text.
_EMAN_OF_TEXT = re.compile(_EMAN.pattern.decode())
#: The same as far as it is ASCII in any language: what stands between a name and its value.
_BETWEEN = re.compile(r"[\"']?(?:\x1b\[[0-9;]*m)*[ \t]*\Z")
#: What belongs to a name beside letters, their marks and numbers: joiners, and what was no UTF-8, perhaps a letter.
_ALSO = "_./-\u200c\u200d\ufffd"
_LONGEST_NAME = 64
#: Where no name and no number goes on.
_GAP = re.compile(rb"[\s,;]")
#: How far back a name, its quote and its colours may reach in characters, of which each takes up to so many bytes.
_REACH = 100
_WIDEST = 4


class LastLines:
    """The end of a stream of bytes: its last lines, each cut to a length."""

    def __init__(self, kept: bytes = b"") -> None:
        self._kept = kept

    def feed(self, chunk: bytes) -> None:
        """Take in what was read."""
        self._kept = (self._kept + chunk)[-LAST_LINES * LONGEST :]

    @property
    def kept(self) -> bytes:
        """All that is held of it."""
        return self._kept

    @property
    def text(self) -> str:
        """The last lines; what is no text is replaced."""
        lines = self._kept.decode("utf-8", "replace").strip().splitlines()[-LAST_LINES:]
        return "\n".join(line if len(line) <= 500 else f"{line[:497]}..." for line in lines)


class Metrics:
    """Reads `name: value` and `name=value` from a stream of bytes; the last value of a name counts."""

    def __init__(self) -> None:
        self._open = b""
        self._metrics: dict[str, float] = {}

    def feed(self, chunk: bytes) -> None:
        """Take in what was read; a line that is not ended yet waits for its end."""
        lines, newline, rest = chunk.rpartition(b"\n")
        if newline:
            self._take(self._open + lines)
            self._open = rest
        else:
            self._open += chunk
        if len(self._open) > LONGEST:  # a line without end, such as a progress bar
            # Its end is read again with what follows: the last value of a name counts, and this one may be cut.
            self._take(self._open)
            self._open = _GAP.split(self._open[-LONGEST // 4 :], maxsplit=1)[-1]

    def _take(self, text: bytes) -> None:
        for name, value in metrics_in(text):
            if name in self._metrics or len(self._metrics) < MOST_NAMES:
                self._metrics[name] = value

    def end(self) -> dict[str, float]:
        """All metrics by name, once the stream has ended."""
        self._take(self._open)
        self._open = b""
        return self._metrics


def metrics_in(text: bytes) -> Iterator[tuple[str, float]]:
    """The metrics that `text` names, in its order.

    >>> list(metrics_in(b"Epoch 3: val_acc=0.91, 'loss': 3.2e-1 (12s), time: 3s"))
    [('val_acc', 0.91), ('loss', 0.32)]
    >>> list(metrics_in("précision=0.5".encode()))
    [('précision', 0.5)]
    """
    for value in _VALUE.finditer(text):
        if name := _name_before(text, value.start()):
            yield name, float(value[1])


def _name_before(text: bytes, end: int) -> str | None:
    """The name that ends there, whole; None if there is none."""
    near = text[max(0, end - _REACH) : end]
    if near.isascii():
        name = _EMAN.match(near[::-1])
        return name[1][::-1].decode("ascii") if name else None
    return name_ending(text[max(0, end - _REACH * _WIDEST) : end].decode("utf-8", "replace"))


def name_ending(text: str) -> str | None:
    """The name at the end of a text, whole; None if there is none.

    >>> name_ending("the 'val_acc' "), name_ending("Epoch 3")
    ('val_acc', None)
    """
    near = text[-_REACH:]
    if near.isascii():
        name = _EMAN_OF_TEXT.match(near[::-1])
        return name[1][::-1] if name else None
    letters = takewhile(_in_a_name, reversed(_BETWEEN.sub("", near)))
    found = "".join(letters)[::-1]
    return found if len(found) <= _LONGEST_NAME and _begins_a_name(found) else None


def _in_a_name(letter: str) -> bool:
    return letter in _ALSO or unicodedata.category(letter)[0] in "LMN"


def _begins_a_name(name: str) -> bool:
    return bool(name) and (name[0] in "_\ufffd" or unicodedata.category(name[0])[0] == "L")
