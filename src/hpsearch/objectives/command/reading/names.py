"""Names of metrics as programs print them: which are one name, and of which part of the data they are."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from hpsearch.core.goals import goal_of

_TRAINING = ("train", "training", "trn")
_VALIDATION = ("val", "valid", "validation", "dev", "eval", "evaluation")
_TEST = ("test", "testing", "holdout")
#: The words for the parts of the data, each with the one that stands for those that mean the same.
_PARTS = {word: words[0] for words in (_TRAINING, _VALIDATION, _TEST) for word in words}
_PART = re.compile(rf"(?<![\w./-])(?:{'|'.join(_PARTS)})(?![\w./@^]|-\w)", re.IGNORECASE)
_LONGEST_FIRST = sorted(_PARTS, key=len, reverse=True)
#: Words before a name that make it that of another number: of the best until then, or of many together.
_BEST = ("best", "max", "min", "maximum", "minimum", "highest", "lowest")
_OF_MANY = (
    *("avg", "average", "mean", "median", "std", "total", "running", "moving", "smoothed", "ema"),
    *("macro", "micro", "weighted", "balanced"),
)
#: A word before a name that may belong to it.
_BEFORE = re.compile(r"[^\W\d][\w.'/^@-]*\Z")


class Name(NamedTuple):
    """A metric as it was printed: its last word, and what that is of: `best val`, or the names around."""

    word: str
    of: str = ""
    joint: str = "_"

    @property
    def whole(self) -> str:
        """With what it is of: `val_acc`, `val.acc`."""
        return f"{self.of}{self.joint}{self.word}".replace(" ", "_") if self.of else self.word

    @property
    def part(self) -> str:
        """What it is of, in one word for all that mean the same."""
        of = self.of.casefold()
        return _PARTS.get(of, of) if self.joint == "_" else of

    @property
    def is_best(self) -> bool:
        """Whether it is the best until then, beside what is now."""
        return self.joint == "_" and any(word in _BEST for word in self.of.casefold().split())

    @property
    def bare(self) -> Name:
        """Of a part of the data alone: not the best, nor the mean."""
        if self.joint != "_" or not self.of:
            return self
        return self._replace(of=" ".join(word for word in self.of.split() if not _tells_another(word)))


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """A name without case and marks.

    >>> folded("Val Acc") == folded("val_acc") == folded("val.acc"), folded("R^2")
    (True, 'r2')
    """
    return "".join(letter for letter in name.casefold() if letter.isalnum())


@lru_cache(maxsize=4096)
def meaning(name: str) -> str:
    """A folded name, in which words for the same part of the data are one.

    >>> meaning("Validation accuracy") == meaning("val_accuracy"), meaning("value")
    (True, 'value')
    """
    fold = folded(name)
    word = next((word for word in _LONGEST_FIRST if fold.startswith(word)), "")
    return _PARTS[word] + fold[len(word) :] if word else fold


@lru_cache(maxsize=4096)
def is_metric(word: str) -> bool:
    """Whether a word is known to be a metric, whichever way that is better."""
    return goal_of(word) is not None


def parts_in(line: str) -> list[tuple[int, str]]:
    """Where a line has words for parts of the data, and the words.

    >>> parts_in("train loss: 1, val-loss: 2, Test: 3")
    [(0, 'train'), (28, 'Test')]
    """
    small = line.casefold()
    if not any(word in small for word in _PARTS):  # to look for the words takes longer
        return []
    return [(found.start(), found[0]) for found in _PART.finditer(line)]


def part_before(parts: Sequence[tuple[int, str]], start: int, end: int) -> str:
    """The last of `parts` between two places of a line; empty where there is none."""
    place = bisect_left(parts, (end, ""))
    return parts[place - 1][1] if place and parts[place - 1][0] >= start else ""


def words_before(line: str, start: int) -> list[str]:
    """The words, at most three, that stand right before a place of a line.

    >>> words_before("3 mean test IoU", 12), words_before("mean: IoU", 6)
    (['mean', 'test'], [])
    """
    before = line[max(0, start - 80) : start]
    if not before or not before[-1].isspace():
        return []
    words = before.split()[-3:]
    for place in range(len(words) - 1, -1, -1):
        if not _BEFORE.match(words[place]):
            return words[place + 1 :]
    return words


def _tells_another(word: str) -> bool:
    return word.casefold() in _BEST or word.casefold() in _OF_MANY


def qualified(name: Name, words: Sequence[str]) -> Name:
    """A name after these words, with those of them that make it that of another number.

    >>> qualified(Name("acc", "val"), ["Best", "val"]).whole, qualified(Name("acc"), ["Best", "model"]).whole
    ('Best_val_acc', 'acc')
    """
    found: list[str] = []
    for word in reversed(words):
        if _tells_another(word):
            found.insert(0, word)
        elif word.casefold() not in _PARTS:
            break
    return name._replace(of=" ".join([*found, *([name.of] if name.of else [])])) if found else name


def is_part(word: str) -> bool:
    """Whether a word stands for a part of the data."""
    return word.casefold() in _PARTS


def phrases(words: list[str], word: str) -> list[str]:
    """A name with one or more of the words before it.

    >>> phrases(["mean", "test"], "IoU")
    ['test IoU', 'mean test IoU']
    """
    return [" ".join([*words[-count:], word]) for count in range(1, len(words) + 1)]
