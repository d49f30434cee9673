"""Who is in a cluster, and how one left it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from distributed import Client


class Members:
    """The workers that are known, by their addresses, each with what it was asked first: see `greet`."""

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}
        self._refused: set[str] = set()

    @property
    def useful(self) -> bool:
        """Whether there is one that is not refused."""
        return not self._refused.issuperset(self._known)

    def new(self, there: Iterable[str]) -> list[str]:
        """Those of the addresses that are there which are not known."""
        return [address for address in there if address not in self._known]

    def gone(self, there: Mapping[str, int]) -> list[str]:
        """Those that are known and not there."""
        return [address for address in self._known if address not in there]

    def threads(self, there: Mapping[str, int]) -> int:
        """How many threads those have that are there and not refused."""
        return sum(count for address, count in there.items() if address not in self._refused)

    def greeted(self, address: str, promise: Any) -> None:
        """Know one more."""
        self._known[address] = promise

    def promise(self, address: str) -> Any:
        """What a worker was asked; None of one that is not known."""
        return self._known.get(address)

    def refused(self, address: str) -> None:
        """Do without one, as long as it is there."""
        self._refused.add(address)

    def leave(self, address: str) -> None:
        """Know it no more."""
        self._refused.discard(address)
        if (promise := self._known.pop(address, None)) is not None:
            promise.release()

    def all(self) -> list[str]:
        """The addresses of all that are known."""
        return list(self._known)

    def forget(self) -> None:
        """Know none."""
        for address in self.all():
            self.leave(address)


def left_in_order(client: Client, address: str) -> bool:
    """Whether a worker that is gone was let go, so that its tasks are not to blame."""
    events = client.get_events("all")
    parted = [
        event
        for _, event in events
        if isinstance(event, Mapping)
        and event.get("action") == "remove-worker"
        and event.get("worker") == address
    ]
    return bool(parted and parted[-1].get("expected"))
