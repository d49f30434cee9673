"""Slots: as many as trials run at the same time, each with cards and threads of its own."""

from __future__ import annotations

from msgspec import Struct

from hpsearch.executors.base import BLAS_THREADS
from hpsearch.executors.cards import VISIBLE

_number = 0


def slot() -> int:
    """The number of this worker's slot, from 0 on; a worker that takes the place of a dead one has the same."""
    return _number


def take(number: int) -> None:
    """Be the worker of the slot of that number."""
    global _number
    _number = number


class Slots(Struct, frozen=True):
    """What the slots hold. A slot is no part of any draw or result.

    Attributes:
        cards: what each card is called, in the order in which they are given away; none where none are.
        per_trial: so many of them for each trial, or a share 1/n of one.
        threads: of the libraries that compute on several; None leaves them as they are.
    """

    cards: tuple[str, ...] = ()
    per_trial: float = 1
    threads: int | None = None

    @property
    def count(self) -> int | None:
        """How many trials the cards hold at a time; None without cards."""
        if not self.cards:
            return None
        whole = int(self.per_trial)
        return len(self.cards) // whole if whole else len(self.cards) * round(1 / self.per_trial)

    def gpu(self, slot: int) -> str:
        """The cards of a slot as CUDA_VISIBLE_DEVICES names them; empty without cards.

        >>> Slots(("0", "1", "2", "3"), 2).gpu(1), Slots(("0", "1"), 0.5).gpu(2), Slots().gpu(0)
        ('2,3', '0', '')
        """
        if not self.cards:
            return ""
        # Shares go round the cards: where fewer trials run than there are shares, each card has as few as can be.
        width = int(self.per_trial) or 1
        first = slot * width % len(self.cards)
        return ",".join(self.cards[first : first + width])

    def variables(self, slot: int) -> dict[str, str]:
        """The variables of the environment that a trial in a slot has."""
        cards = dict.fromkeys(VISIBLE, self.gpu(slot)) if self.cards else {}
        threads = dict.fromkeys(BLAS_THREADS, str(self.threads)) if self.threads else {}
        return {**cards, **threads}


NO_SLOTS = Slots()
