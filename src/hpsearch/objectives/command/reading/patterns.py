"""What the user says that lines look like, where they are not read by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from hpsearch.objectives.command.reading.epochs import Epoch
from hpsearch.objectives.command.reading.line import Reading
from hpsearch.objectives.command.reading.names import Name
from hpsearch.objectives.command.reading.values import Value, number_of, value_at

#: So many digits are no epoch.
_LONGEST = 10


class Patterns(NamedTuple):
    """What the user says a line looks like; None and empty where nothing is said."""

    epoch: re.Pattern[str] | None = None
    metrics: Mapping[str, re.Pattern[str]] = {}


def matched_epoch(pattern: re.Pattern[str], line: str) -> Epoch | None:
    """The epoch that a pattern of the user's finds; its first group is the number."""
    found = pattern.search(line)
    at = ((found and found[1]) or "").strip()
    return Epoch(int(at)) if at.isdecimal() and len(at) < _LONGEST else None


def matched(patterns: Mapping[str, re.Pattern[str]], text: str) -> Iterator[Reading]:
    """What patterns find; the first group of each is the number. One with a % in it is a share."""
    for name, pattern in patterns.items():
        found = pattern.search(text)
        if found is None or found[1] is None:
            continue
        value = value_at(found[1].strip(), 0, counts=True) or _plain(found[1])
        if value is not None:
            yield Reading(Name(name), value.number, unsure=value.unsure)


def _plain(text: str) -> Value | None:
    number = number_of(text.strip())
    return None if number is None else Value(number, len(text))
