"""How a search looks on a terminal while it goes on. Pure: a snapshot and the room there is give lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from hpsearch.core.escaping import on_a_line
from hpsearch.core.trial import Result
from hpsearch.core.words import spoken
from hpsearch.engine.watcher import Snapshot, Stage
from hpsearch.reporting.progress import counts, incumbent, reached, remaining, short
from hpsearch.reporting.text import described

#: A terminal with fewer lines gets one line of it.
LOW = 20
#: A bar has at least so many cells, and at most.
SHORTEST, LONGEST = 10, 60
_LABEL = 8
#: Of so many trainings it is shown how far they are.
_NOW = 4


@dataclass(frozen=True, slots=True)
class Room:
    """The columns and lines there are, and whether more than ASCII can be drawn."""

    width: int
    height: int
    blocks: bool = True


def drawn(snapshot: Snapshot, room: Room) -> list[Text]:
    """The lines of a search: each narrower than the screen, fewer than it has; one where it is low."""
    # The last column stays free: some terminals begin a new line when it is written to.
    lines = [_line(snapshot, room)] if room.height < LOW else list(_panel(snapshot, room))[: room.height - 1]
    for line in lines:
        line.truncate(room.width - 1, overflow="ellipsis" if room.blocks else "crop")
    return lines


def bar(share: float, cells: int, *, blocks: bool) -> Text:
    """A bar of so many cells; it is full only when all is done."""
    filled = cells if share >= 1 else min(cells - 1, int(share * cells))
    full, empty = "━─" if blocks else "#-"
    return Text.assemble((full * filled, "green"), (empty * (cells - filled), "bright_black"))


def _percent(snapshot: Snapshot) -> str:
    return f"{min(99, int(100 * snapshot.share)) if snapshot.share < 1 else 100:>3} %"


def _line(snapshot: Snapshot, room: Room) -> Text:
    """The bar with as much as there is room for, the time left first."""
    total, spare = snapshot.total, room.width - 1 - SHORTEST
    said = f" {_percent(snapshot)}"
    for part in (short(snapshot), f"{total.ended}/{total.all}", incumbent(snapshot), counts(snapshot)):
        if len(said) + 2 + cell_len(part) <= spare:
            said += f"  {part}"
    cells = max(SHORTEST, min(LONGEST, room.width - 1 - cell_len(said)))
    return bar(snapshot.share, min(cells, 30), blocks=room.blocks).append(said)


def _panel(snapshot: Snapshot, room: Room) -> Iterator[Text]:
    parts = [_head(snapshot, room), _best(snapshot, room), _stages(snapshot, room)]
    if snapshot.reached:
        parts.append(_now(snapshot))
    lines = [line for part in parts for line in (*part, Text())]
    yield from lines
    failure = list(_failure(snapshot, room))
    yield from _latest(snapshot, max(1, min(12, room.height - 1 - len(lines) - len(failure))))
    yield from failure


def _head(snapshot: Snapshot, room: Room) -> Iterator[Text]:
    time = remaining(snapshot) if room.width >= 60 else short(snapshot)
    tail = f" {_percent(snapshot)}  {time}"
    cells = max(SHORTEST, min(LONGEST, room.width - 1 - cell_len(tail)))
    yield bar(snapshot.share, cells, blocks=room.blocks).append(tail, "bold")
    total = snapshot.total
    few = f"{total.ended}+{total.running}+{total.waiting}={total.all} trainings"
    yield Text(counts(snapshot) if cell_len(counts(snapshot)) < room.width else few)


def _best(snapshot: Snapshot, room: Room) -> Iterator[Text]:
    """The best trial on up to four lines, its configuration wrapped between parameters."""
    best = snapshot.best
    if best is None:
        yield Text("best".ljust(_LABEL) + "no result yet", "bold")
        return
    said = f"{snapshot.metric} {snapshot.metric.shown(best.value)}"
    yield Text.assemble(
        ("best".ljust(_LABEL), "bold"),
        (said, "bold green"),
        f"  trial {best.trial.number}, {_epochs(best.epochs, snapshot.stages)}",
    )
    parts = described(best.trial.config).split(", ")
    for line in _wrapped(parts, room.width - 1 - _LABEL)[:3]:
        yield Text(" " * _LABEL + line)


def _wrapped(parts: Sequence[str], width: int) -> list[str]:
    lines = [""]
    for index, part in enumerate(parts):
        piece = part + ("," if index < len(parts) - 1 else "")
        if lines[-1] and cell_len(f"{lines[-1]} {piece}") > width:
            lines.append(piece)
        else:
            lines[-1] = f"{lines[-1]} {piece}".lstrip()
    return lines


def _epochs(epochs: int, stages: Sequence[Stage]) -> str:
    full = max(stage.epochs for stage in stages)
    many = "1 epoch" if full == 1 else f"{full} epochs"
    return many if epochs == full else f"{epochs} of {many}"


def _stages(snapshot: Snapshot, room: Room) -> Iterator[Text]:
    """One row per rung, and one of the confirmation."""
    running = "running" if snapshot.told else "in round"
    yield Text(f"{'epochs':<12}{'waiting':>8}{running:>9}{'ended':>7}", "bold")
    for stage in snapshot.stages:
        name = f"{stage.epochs} again" if stage.again else str(stage.epochs)
        row = Text(f"{name:<12}{stage.waiting or '-':>8}")
        row.append(f"{stage.running or '-':>9}", "cyan" if stage.running else "")
        row.append(f"{stage.ended or '-':>7}", "green" if stage.ended else "")
        if room.width >= 36 + 3 + SHORTEST and stage.all:
            row.append("   ")
            row.append_text(bar(stage.ended / stage.all, min(24, room.width - 40), blocks=room.blocks))
        yield row


def _now(snapshot: Snapshot) -> Iterator[Text]:
    """How far the trainings are that go on."""
    for index, said in enumerate(reached(snapshot, _NOW)):
        yield Text.assemble((("now" if index == 0 else "").ljust(_LABEL), "bold"), said)


def _latest(snapshot: Snapshot, most: int) -> Iterator[Text]:
    """The trainings that ended last."""
    for index, result in enumerate(snapshot.latest[:most]):
        label = ("last" if index == 0 else "").ljust(_LABEL)
        yield Text.assemble((label, "bold"), *_ended(snapshot, result))


def _ended(snapshot: Snapshot, result: Result) -> Iterator[tuple[str, str]]:
    again = " again" if result.replicate else ""
    yield f"trial {result.trial:<5} {result.epochs:>4} ep.{again:<6}  ", ""
    if result.status == "done":
        yield f"{snapshot.metric} {snapshot.metric.shown(result.metrics[snapshot.metric.name])}", "green"
    else:
        yield result.status, "red"


def _failure(snapshot: Snapshot, room: Room) -> Iterator[Text]:
    """How many trials did not end well, and why the last of them did not."""
    result = snapshot.loss
    if result is None:
        return
    trials = "1 trial" if snapshot.lost == 1 else f"{snapshot.lost} trials"
    reason = on_a_line(result.reason or "no reason is known")
    said = f"{trials}; the last: trial {result.trial}, {spoken(result.status)}: {reason}"
    yield Text()
    for index, line in enumerate(_wrapped_words(said, room.width - 1 - _LABEL)[:2]):
        yield Text.assemble((("failed" if index == 0 else "").ljust(_LABEL), "bold red"), line)


def _wrapped_words(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and cell_len(f"{lines[-1]} {word}") > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".lstrip()
    return lines
