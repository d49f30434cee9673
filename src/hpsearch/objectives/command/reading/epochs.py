"""The epoch that a line is about."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

#: More digits are no epoch.
_WHOLE = r"[0-9]{1,9}(?![0-9])"
_COUNT = (
    rf"[\"'\]]?(?:[ \t]*[:=#\[(\-])*[ \t]*(?P<at>{_WHOLE}(?:\.[0-9]+)?)(?!\w)"
    rf"(?:[ \t]*(?:/|of)[ \t]*(?P<all>{_WHOLE}))?"
)
_ROUNDS = ("iter", "round", "generation")
#: What counts as epochs, the surest first: where a program prints more than one of them, only that does.
_FORMS = (
    re.compile(
        r"(?<!\w)(?<!best )(?<!last )(?<!max )(?<!total )(?<!from )(?<!at )(?:epoch|ep\.?)(?![a-z_])"
        r"(?:[ \t]*\((?:train|val|valid|eval|test)\))?"  # of which part of the data
        rf"(?:[ \t]*(?:#|no\.?|number))?{_COUNT}",
        re.IGNORECASE,
    ),
    re.compile(
        r"\A\s*(?:\[[ \t]*(?P<at>[0-9]{1,9})[ \t]*\](?=[ \t]*[A-Za-z])|(?P<first>[0-9]{1,9}):(?=[ \t]+\w+:))"
    ),
    re.compile(rf"(?<![\w])(?:iteration|iter|round|generation){_COUNT}", re.IGNORECASE),
)


def _possible(line: str) -> list[int]:
    """The forms whose words a line has: to search for the forms themselves takes longer."""
    small = line.casefold()
    first = small.lstrip()[:1]
    there = ("ep" in small, first == "[" or first.isdigit(), any(word in small for word in _ROUNDS))
    return [form for form, possible in enumerate(there) if possible]


class Epoch(NamedTuple):
    """An epoch that was printed: its number, of how many it is (0: not said), how sure a form says so (0 is the
    surest), and where in its line that ends.
    """

    at: int
    all: int = 0
    form: int = 0
    end: int = 0

    def is_that_of(self, other: Epoch) -> bool:
        """Whether both are the same epoch, said in the same form."""
        return (self.at, self.form) == (other.at, other.form)


def epoch_in(line: str) -> Epoch | None:
    """The epoch that a line is about; None where it tells none. A part of an epoch belongs to the epoch it is in.

    >>> lines = "Epoch 3/40: loss 0.5", "[10] validation-auc:0.93", "{'epoch': 1.5}"
    >>> [epoch_in(line)[:2] for line in lines]
    [(3, 40), (10, 0), (2, 0)]
    >>> epoch_in("best epoch: 7"), epoch_in("40 epochs"), epoch_in("loss: 0.5")
    (None, None, None)
    """
    for form in _possible(line):
        if found := _FORMS[form].search(line):
            groups = found.groupdict()
            at = groups["at"] or groups.get("first") or "0"
            return Epoch(math.ceil(float(at)), int(groups.get("all") or 0), form, found.end())
    return None
