"""The metrics that a line names: `name: value`, `name=value`, and the looser forms that programs use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from hpsearch.objectives.command.reading.names import (
    Name,
    folded,
    is_metric,
    is_part,
    part_before,
    parts_in,
    phrases,
    qualified,
    words_before,
)
from hpsearch.objectives.command.reading.values import NUMBER, Value, unwrapped, value_at
from hpsearch.objectives.output import name_ending

_MARKS = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07]*\x07)")
#: What follows a name, and where what is named has names in it.
_SIGN = re.compile(r"[:=][ \t]*\{|[{}]|[:=][ \t]*")
_WORD = r"(?<![\w./@^-])(?P<word>[^\W\d][\w./^@-]{0,63})"
_NUMBER_BEGINS = r"(?=[\"'\[]?[-+]?(?:[.]?[0-9]|(?i:nan|inf)))"
#: `name 0.5`, `name - 0.5`, `name is 0.5`, `name (%): 0.5`, and names with marks before a colon: `recall@10: 0.5`.
_LOOSE = re.compile(
    rf"{_WORD}(?:[ \t]*[(\[](?P<of>[^()\[\]]{{1,24}})[)\]])?"
    r"(?:[ \t]*(?:[:=\uff1a|\u2502\u2503]|[-=]>|\u2192)[ \t]*"
    r"|[ \t]+(?:[-\u2013\u2014]|is|was|of|at|now)(?:[ \t]*:)?[ \t]+|[ \t]+)" + _NUMBER_BEGINS
)
#: `Accuracy of the network on the 10000 test images: 76 %`.
_SENTENCE = re.compile(rf"{_WORD}[ \t]+(?:of|on|for|over|in)[ \t][^:=]{{1,80}}[:=][ \t]*{_NUMBER_BEGINS}")
#: `91.3% accuracy`.
_BEHIND = re.compile(rf"(?<![\w.,])(?P<number>{NUMBER})[ \t]?%[ \t]+(?P<word>[^\W\d]\w{{0,63}})")

#: So many words are known at a time.
_MOST_WORDS = 10_000

#: What is named by all that it is in, to this depth.
_DEEPEST = 16

#: A name, its quotation marks and what it is of are no farther away.
_NEAR = 120


class Reading(NamedTuple):
    """A metric that was printed. `plain`: as `name: value` or `name=value`, with a name of letters.

    `before` is the word before its name, if one is.
    """

    name: Name
    value: float
    plain: bool = True
    unsure: str = ""
    before: str = ""


def cleaned(line: str) -> str:
    """The line without colours, and with numbers in place of what libraries make of them."""
    if "\x1b" in line:
        line = _MARKS.sub("", line)
    return unwrapped(line.replace("\x08", " "))


class Line:
    """Reads lines for a search that ranks by `wanted`, which needs not be known as a metric."""

    def __init__(self, wanted: str) -> None:
        self._wanted = wanted
        self._folded = folded(wanted)
        self._words: dict[str, bool] = {}
        self._parts: list[tuple[int, str]] = []

    def readings(self, line: str) -> list[Reading]:
        """The metrics that a `cleaned` line names, in its order.

        >>> [(one.name.whole, one.value) for one in Line("").readings("val acc: 0.91, train acc: 0.99")]
        [('val_acc', 0.91), ('train_acc', 0.99)]
        >>> [(one.name.whole, one.value) for one in Line("").readings('{"val": {"acc": 0.9}, "lr": 1}')]
        [('val.acc', 0.9), ('lr', 1.0)]
        """
        self._parts = parts_in(line)
        found = {(end, reading.name.word): reading for end, reading in self._plain(line)}
        for end, reading in self._loose(line):
            found.setdefault((end, reading.name.word), reading)
        return _told_apart([found[place] for place in sorted(found)])

    def _plain(self, line: str) -> Iterator[tuple[int, Reading]]:
        around: list[str] = []
        for sign in _SIGN.finditer(line):
            if sign[0].endswith("{"):
                around.append((_name_at(line, sign.start()) or "") if len(sign[0]) > 1 else "")
            elif sign[0] == "}":
                del around[-1:]
            else:
                yield from self._named(line, sign, [name for name in around[:_DEEPEST] if name])

    def _named(self, line: str, sign: re.Match[str], around: list[str]) -> Iterator[tuple[int, Reading]]:
        name = _name_at(line, sign.start())
        if name is None:
            return
        value = value_at(line, sign.end(), counts=is_metric(name))
        if value is not None:
            start = line.rfind(name, 0, sign.start())
            yield value.end, self._reading(line, start, name, value, around)

    def _reading(
        self, line: str, start: int, word: str, value: Value, around: list[str], *, plain: bool = True
    ) -> Reading:
        if around:
            return Reading(Name(word, ".".join(around), "."), value.number, plain, value.unsure)
        words = words_before(line, start)
        begins = max(line.rfind(mark, max(0, start - _NEAR), start) for mark in "{,") if "{" in line else 0
        name = Name(word, part_before(self._parts, max(0, begins), start))
        if folded(name.whole) != self._folded and (count := self._wanted_after(words, word)):
            name, words = Name(self._wanted), words[:-count]
        before = words[-1] if words and not is_part(words[-1]) else ""
        return Reading(qualified(name, words), value.number, plain, value.unsure, before)

    def _wanted_after(self, words: list[str], word: str) -> int:
        """With how many of the words before it it is the wanted one; 0 where it is not."""
        if not words or not self._folded.endswith(folded(word)):
            return 0
        counted = enumerate(phrases(words, word), start=1)
        return next((count for count, phrase in counted if folded(phrase) == self._folded), 0)

    # -- looser forms ----------------------------------------------------------------------------------

    def _loose(self, line: str) -> Iterator[tuple[int, Reading]]:
        if not self._has_one(line):
            return
        for form in (_LOOSE, _SENTENCE):
            for found in form.finditer(line):
                if self._is_one(line, found):
                    yield from self._read(line, found)
        for found in _BEHIND.finditer(line) if "%" in line else ():
            if self._is_one(line, found) and (value := value_at(line, found.start())):
                yield (
                    value.end,
                    self._reading(line, found.start("word"), found["word"], value, [], plain=False),
                )

    def _has_one(self, line: str) -> bool:
        """Whether a word, with what is written to it, may be a metric, or the last word of the wanted one."""
        words = self._words
        if len(words) > _MOST_WORDS:
            words.clear()
        for word in line.split():
            if len(word) > _NEAR:
                continue
            if word not in words:
                fold = folded(word)
                words[word] = is_metric(word) or (fold != "" and self._folded.endswith(fold))
            if words[word]:
                return True
        return False

    def _is_one(self, line: str, found: re.Match[str]) -> bool:
        word = found["word"]
        if is_metric(word) or folded(word) == self._folded:
            return True
        return self._wanted_after(words_before(line, found.start("word")), word) > 0

    def _read(self, line: str, found: re.Match[str]) -> Iterator[tuple[int, Reading]]:
        value = value_at(line, found.end())
        if value is None:
            return
        of = (found.groupdict().get("of") or "").strip()
        if of == "%":
            value = value._replace(number=float(f"{value.number / 100:.15g}"))
        start = found.start("word") if found.re is _LOOSE else found.end()
        reading = self._reading(line, start, found["word"].rstrip(".-"), value, [], plain=False)
        if of and of != "%":
            reading = reading._replace(name=Name(reading.name.word, of))
        yield value.end, reading


def _name_at(line: str, end: int) -> str | None:
    return name_ending(line[max(0, end - _NEAR) : end])


def _told_apart(readings: list[Reading]) -> list[Reading]:
    """Those of one name in one line are several metrics where other words stand before: `cls loss, box loss`."""
    words: dict[Name, set[str]] = {}
    for reading in readings:
        words.setdefault(reading.name, set()).add(reading.before)
    return [
        reading._replace(name=reading.name._replace(of=f"{reading.before} {reading.name.of}".strip()))
        if len(words[reading.name]) > 1
        else reading
        for reading in readings
    ]
