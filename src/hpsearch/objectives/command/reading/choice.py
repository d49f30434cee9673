"""Which of the metrics that were printed is the one that ranks: found in other letters, and never guessed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from hpsearch.objectives.command.reading.names import Name, folded, meaning
from hpsearch.objectives.command.reading.reader import Latest


class Choice(NamedTuple):
    """The metric that ranks; None where there is none, or where `unclear` says which it may be."""

    name: Name | None
    unclear: str = ""


def chosen(wanted: str, latest: Mapping[Name, Latest]) -> Choice:
    """The metric that `wanted` means among those that were read.

    >>> read = {Name("acc", "val"): Latest(0.9, 1), Name("acc", "train"): Latest(0.99, 1)}
    >>> chosen("val_acc", read).name, chosen("acc", read).unclear
    (Name(word='acc', of='val', joint='_'), 'val_acc or train_acc')
    """
    for candidates in _candidates(wanted, latest):
        if candidates:
            return _one(wanted, {name: latest[name] for name in candidates})
    return Choice(None)


def _candidates(wanted: str, names: Collection[Name]) -> list[list[Name]]:
    """What it may be, the likeliest first: of the same letters, of others, a longer one's end, the best."""
    fold, meant = folded(wanted), meaning(wanted)
    now, best = ([name for name in names if name.is_best is past] for past in (False, True))
    same = [name for name in now if wanted in (name.whole, name.word)]
    whole = [name for name in names if folded(name.whole) == fold]
    alike = [name for name in now if meaning(name.whole) == meant]
    ends = [name for name in now if folded(name.word) == fold]
    within = [name for name in now if name.joint == "." and f".{name.whole}".endswith(f".{wanted}")]
    bare, bests = ([name for name in some if meant in _meanings(name.bare)] for some in (now, best))
    return [same, whole, alike, ends, within, bare, bests]


def _meanings(name: Name) -> tuple[str, str]:
    return meaning(name.whole), meaning(name.word)


def _one(wanted: str, latest: Mapping[Name, Latest]) -> Choice:
    """The last one, if all that it may be are of the same part of the data, or its line has just what is wanted."""
    last = max(one.line for one in latest.values())
    now = [name for name, one in latest.items() if one.line == last]
    exact = [name for name in now if wanted == name.whole]
    if len(exact) == 1:
        return Choice(exact[0])
    parts = {name.part for name in latest if name.of}
    if len(parts) > 1 or len(now) > 1:
        return Choice(None, " or ".join(dict.fromkeys(name.whole for name in latest)))
    return Choice(now[0])


def called(names: Collection[Name], chosen: Name | None, wanted: str) -> dict[Name, str]:
    """What each metric is called: by its last word where that stands for one alone, and not its best, else whole.

    >>> list(called([Name("acc", "val"), Name("acc", "train"), Name("f1", "test")], None, "").values())
    ['val_acc', 'train_acc', 'f1']
    """
    words: dict[str, int] = {}
    for name in names:
        words[name.word] = words.get(name.word, 0) + 1
    short = {name for name in names if words[name.word] == 1 and not name.is_best}
    found = {name: name.word if name in short else name.whole for name in names if name != chosen}
    others = {name: text for name, text in found.items() if text != wanted}
    return others if chosen is None else {**others, chosen: wanted}
