"""How a search looks on a terminal while it goes on. Pure: a snapshot and the room there is give lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from rich.cells import cell_len
from rich.text import Text

from hpsearch.core.escaping import on_a_line
from hpsearch.core.metric import Metric
from hpsearch.core.trial import Epochs, Result
from hpsearch.core.words import spoken
from hpsearch.engine.watcher import Snapshot, Stage
from hpsearch.reporting.progress import counts, incumbent, reached, remaining, short
from hpsearch.reporting.text import described

#: A terminal with fewer lines gets one line of it.
LOW = 20
#: A bar has at least so many cells, and at most.
SHORTEST, LONGEST = 10, 60
_LABEL = 8
#: A narrower screen is told in fewer words.
_NARROW = 50
#: Lines of the best configuration, of how far trainings are, and between the parts: as many as fit.
_FULLNESS = ((3, 4, 1), (2, 2, 1), (1, 1, 1), (3, 4, 0), (2, 2, 0), (1, 1, 0), (1, 0, 0))
#: Of what has ended last so many are shown, if there is room.
_LATEST = 12


class Room(Struct, frozen=True):
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
    """All parts; where it is low each has fewer lines, so that what ended last and what failed are seen."""
    failure = list(_failure(snapshot, room))
    for settings, now, gap in _FULLNESS:
        parts = [_head(snapshot, room), _best(snapshot, room, settings), _stages(snapshot, room)]
        parts += [_now(snapshot, room, now)] if snapshot.reached and now else []
        lines = [line for part in parts for line in (*part, *[Text()] * gap)]
        below = [*[Text()] * gap, *failure] if failure else []
        rest = room.height - 1 - len(lines) - len(below)
        if rest >= min(3, len(snapshot.latest)):
            break
    yield from lines
    yield from _latest(snapshot, room, max(1, min(_LATEST, rest)))
    yield from below


def _head(snapshot: Snapshot, room: Room) -> Iterator[Text]:
    time = remaining(snapshot) if room.width >= 60 else short(snapshot)
    tail = f" {_percent(snapshot)}  {time}"
    cells = max(SHORTEST, min(LONGEST, room.width - 1 - cell_len(tail)))
    yield bar(snapshot.share, cells, blocks=room.blocks).append(tail, "bold")
    total = snapshot.total
    few = f"{total.ended}+{total.running}+{total.waiting}={total.all} trainings"
    yield Text(counts(snapshot) if cell_len(counts(snapshot)) < room.width else few)


def _best(snapshot: Snapshot, room: Room, most: int) -> Iterator[Text]:
    """The best trial, its configuration on so many lines at most."""
    best = snapshot.best
    if best is None:
        yield Text("best".ljust(_LABEL) + "no result yet", "bold")
        return
    said = f"{snapshot.metric} {snapshot.metric.shown(best.value)}"
    epochs = f"{best.epochs} ep." if room.width < _NARROW else _epochs(best.epochs, snapshot.stages)
    yield Text.assemble(
        ("best".ljust(_LABEL), "bold"), (said, "bold green"), f"  trial {best.trial.number}, {epochs}"
    )
    for line in _settings(described(best.trial.config).split(", "), room.width - 1 - _LABEL, most):
        yield Text(" " * _LABEL + line)


def _settings(parts: Sequence[str], width: int, most: int) -> list[str]:
    """As many settings as fit on so many lines, and how many more there are."""
    lines: list[str] = []
    for count in range(len(parts), -1, -1):
        left = len(parts) - count
        rest = [f"{left} more" if count else f"{left} parameters"] if left else []
        lines = _wrapped([*parts[:count], *rest], width)
        if len(lines) <= most:
            break
    return lines


def _wrapped(parts: Sequence[str], width: int) -> list[str]:
    """`parts` with commas between them, on lines broken there, and between words only where one is longer."""
    lines = [""]
    for index, part in enumerate(parts):
        piece = part + ("," if index < len(parts) - 1 else "")
        for word in [piece] if cell_len(piece) <= width else piece.split(" "):
            if lines[-1] and cell_len(f"{lines[-1]} {word}") > width:
                lines.append(word)
            else:
                lines[-1] = f"{lines[-1]} {word}".lstrip()
    return lines


def _epochs(epochs: Epochs, stages: Sequence[Stage]) -> str:
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


def _now(snapshot: Snapshot, room: Room, most: int) -> Iterator[Text]:
    """How far the trainings are that go on."""
    for index, said in enumerate(reached(snapshot, most, briefly=room.width < _NARROW)):
        yield Text.assemble((("now" if index == 0 else "").ljust(_LABEL), "bold"), said)


def _latest(snapshot: Snapshot, room: Room, most: int) -> Iterator[Text]:
    """The trainings that ended last."""
    ended = _ended_briefly if room.width < _NARROW else _ended
    for index, result in enumerate(snapshot.latest[:most]):
        label = ("last" if index == 0 else "").ljust(_LABEL)
        yield Text.assemble((label, "bold"), *ended(snapshot.metric, result))


def _ended(metric: Metric, result: Result) -> Iterator[tuple[str, str]]:
    again = " again" if result.replicate else ""
    yield f"trial {result.trial:<5} {result.epochs:>4} ep.{again:<6}  ", ""
    name, style = _what(metric, result)
    yield f"{metric} {name}" if result.status == "done" else name, style


def _ended_briefly(metric: Metric, result: Result) -> Iterator[tuple[str, str]]:
    again = " again" if result.replicate else ""
    yield f"trial {result.trial}, {result.epochs} ep.{again}: ", ""
    yield _what(metric, result)


def _what(metric: Metric, result: Result) -> tuple[str, str]:
    """What a training has come to, and its colour."""
    if result.status == "done":
        return metric.shown(result.metrics[metric.name]), "green"
    return result.status, "red"


def _failure(snapshot: Snapshot, room: Room) -> Iterator[Text]:
    """How many trials did not end well, and why the last of them did not."""
    result = snapshot.loss
    if result is None:
        return
    trials = "1 trial" if snapshot.lost == 1 else f"{snapshot.lost} trials"
    reason = on_a_line(result.reason or "no reason is known")
    said = f"{trials}; the last: trial {result.trial}, {spoken(result.status)}: {reason}"
    for index, line in enumerate(
        _wrapped_words(said, room.width - 1 - _LABEL)[: 4 if room.width < _NARROW else 2]
    ):
        yield Text.assemble((("failed" if index == 0 else "").ljust(_LABEL), "bold red"), line)


def _wrapped_words(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and cell_len(f"{lines[-1]} {word}") > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".lstrip()
    return lines
