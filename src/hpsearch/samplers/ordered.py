"""An ordered collection that grows: what is best in it costs the same however much it holds."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, islice

#: A loss, and the number of the trial that has it: lower is better, equals in the order of their numbers.
Entry = tuple[float, int]
#: How many entries a block has when it is made; with twice as many it is split.
_BLOCK = 512


class Ordered:
    """Entries in ascending order, in blocks: adding one moves a few hundred others at most.

    What was added lately waits unordered until something is asked, so that many can be added at once.

    >>> entries = Ordered()
    >>> for entry in ((0.5, 0), (0.1, 1), (0.5, -1)):
    ...     entries.add(entry)
    >>> list(entries), entries[1], entries.rank((0.5, 0)), len(entries)
    ([(0.1, 1), (0.5, -1), (0.5, 0)], (0.5, -1), 2, 3)
    """

    def __init__(self) -> None:
        self._blocks: list[list[Entry]] = []
        self._lasts: list[Entry] = []
        self._new: list[Entry] = []
        self._settled = 0
        # How many entries there are up to the end of each block; none where that is not known.
        self._counted: list[int] = []

    def __len__(self) -> int:
        return self._settled + len(self._new)

    def add(self, entry: Entry) -> None:
        """Take in an entry that is not there yet. Its loss is no nan."""
        self._new.append(entry)

    def remove(self, entry: Entry) -> None:
        """Take out an entry. Raises ValueError where there is none."""
        self._settle()
        index = bisect_left(self._lasts, entry)
        block = self._blocks[index] if index < len(self._blocks) else []
        place = bisect_left(block, entry)
        if place == len(block) or block[place] != entry:
            raise ValueError(f"{entry} is not there")
        del block[place]
        self._settled -= 1
        self._counted = []
        self._replace(index, [block] if block else [])

    def __iter__(self) -> Iterator[Entry]:
        """From the best on; nothing may be added meanwhile."""
        self._settle()
        return chain.from_iterable(self._blocks)

    def head(self, count: int) -> list[Entry]:
        """The best `count`, or all where there are fewer."""
        return list(islice(self, count))

    def __getitem__(self, rank: int) -> Entry:
        """The entry that `rank` others are better than."""
        return self.at([rank])[0]

    def at(self, ranks: Sequence[int]) -> list[Entry]:
        """The entries of these ranks, each in [0, len)."""
        self._settle()
        ends = self._ends()
        found = []
        for rank in ranks:
            index = bisect_left(ends, rank + 1)
            found.append(self._blocks[index][rank - ends[index]])
        return found

    def rank(self, entry: Entry) -> int:
        """How many entries are better than `entry`, which need not be there."""
        self._settle()
        index = bisect_left(self._lasts, entry)
        before = self._ends()[index - 1] if index else 0
        return before + (bisect_left(self._blocks[index], entry) if index < len(self._blocks) else 0)

    def _ends(self) -> list[int]:
        """How many entries there are up to the end of each block; a round asks again and again."""
        if not self._counted:
            self._counted = list(accumulate(map(len, self._blocks)))
        return self._counted

    def _settle(self) -> None:
        """Put what was added lately where it belongs; together, where that is quicker than one by one."""
        if not self._new:
            return
        if len(self._new) > self._settled // 16:
            everything = sorted(chain(chain.from_iterable(self._blocks), self._new))
            self._blocks = [everything[i : i + _BLOCK] for i in range(0, len(everything), _BLOCK)]
            self._lasts = [block[-1] for block in self._blocks]
        else:
            for entry in self._new:
                self._insert(entry)
        self._settled += len(self._new)
        self._new.clear()
        self._counted = []

    def _insert(self, entry: Entry) -> None:
        index = min(bisect_left(self._lasts, entry), len(self._blocks) - 1)
        block = self._blocks[index]
        insort(block, entry)
        middle = len(block) // 2
        self._replace(index, [block] if len(block) < 2 * _BLOCK else [block[:middle], block[middle:]])

    def _replace(self, index: int, blocks: list[list[Entry]]) -> None:
        if len(blocks) == 1:
            self._lasts[index] = blocks[0][-1]
        else:
            self._blocks[index : index + 1] = blocks
            self._lasts[index : index + 1] = [block[-1] for block in blocks]
