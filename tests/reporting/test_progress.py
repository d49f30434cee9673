"""How progress is told."""

from __future__ import annotations

import io
import subprocess
import sys
from types import SimpleNamespace
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len
from rich.console import Console, ConsoleDimensions

from hpsearch.core.metric import Metric
from hpsearch.core.trial import Result, Trial
from hpsearch.engine.watcher import Best, Snapshot, Stage
from hpsearch.reporting.live import LiveScreen
from hpsearch.reporting.progress import InPlace, PlainLines, counts, on_standard_error, roughly
from hpsearch.reporting.screen import SHORTEST, Room, drawn
from hpsearch.storage.reached import Reached

ACCURACY = Metric("val_acc", "maximize")
LONG = {f"parameter_{n}_with_a_long_name": 1 / 3 for n in range(20)}
GOING = Snapshot(
    ACCURACY,
    (Stage(1, False, 24, 0, 6), Stage(3, False, 8, 8, 4), Stage(9, False, 0, 0, 4), Stage(9, True, 0, 0, 6)),
    epochs_done=40,
    epochs_all=138,
    left=131.0,
    best=Best(Trial(17, 2, {"lr": 0.0088, "activation": "relu"}, 1), 0.98333, 3),
    lost=2,
    loss=Result(5, 3, "failed", reason="ValueError: " + "no good " * 30),
    latest=tuple(Result(n, 3, "done", {"val_acc": 0.9}) for n in range(12)),
)
ENDED = replace(GOING, stages=(Stage(9, False, 8, 0, 0),), left=None)
STATES = (
    GOING,
    replace(GOING, best=None, left=None, loss=None, lost=0, latest=(), epochs_done=0),
    replace(GOING, best=Best(Trial(17, 2, LONG, 1), 0.98333, 3), told=False),
    replace(GOING, workers=2),
    replace(GOING, reached=tuple(Reached((n, n % 2, 9), 17, 40 * (n % 2), 0.66) for n in range(30))),
)


def lines(snapshot: Snapshot, width: int, height: int = 24) -> list[str]:
    return [line.plain for line in drawn(snapshot, Room(width, height))]


def test_plain_lines_say_what_is_new_and_not_too_often() -> None:
    text = io.StringIO()
    plain = PlainLines(text, every=1000)
    for snapshot in (GOING, GOING, replace(GOING, lost=3)):
        plain.update(snapshot)
    assert text.getvalue() == (
        "32 of 60 trainings ended, 8 running, 20 to come; 2 failed; best val acc 0.9833 (trial 17); "
        "about 2 min left\n"
    )


def test_a_notebook_shows_one_line_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    class Shown:
        lines: ClassVar[list[str]] = []
        updates = 0

        def __init__(self, data: dict[str, str], *, raw: bool, display_id: bool) -> None:
            assert (raw, display_id) == (True, True)
            self.lines.append(data["text/plain"])

        def update(self, data: dict[str, str], *, raw: bool) -> None:
            Shown.updates += raw
            self.lines[-1] = data["text/plain"]

    of_a_kernel = type("OutStream", (io.StringIO,), {"__module__": "ipykernel.iostream"})()
    monkeypatch.setattr(sys, "stderr", of_a_kernel)
    monkeypatch.setitem(sys.modules, "IPython.display", SimpleNamespace(display=Shown))
    assert isinstance(on_standard_error(), InPlace)
    progress = InPlace(every=-1)  # however fast the clock goes
    with progress:
        for best in (GOING.best, GOING.best, None):
            progress.update(replace(GOING, best=best))
        assert len(Shown.lines) == Shown.updates == 1
        assert "no result yet" in Shown.lines[0]
    assert Shown.lines == ["the search has ended"]
    with pytest.raises(KeyboardInterrupt), progress:
        raise KeyboardInterrupt
    assert Shown.lines == ["the search was stopped"]
    assert of_a_kernel.getvalue() == ""


@pytest.mark.parametrize(
    ("workers", "said"),
    [
        (None, "8 running,"),
        (8, "8 running,"),
        (9, "8 running,"),
        (2, "8 running on 2 workers,"),
        (1, "on 1 worker,"),
    ],
)
def test_trainings_together_are_not_taken_for_workers(workers: int | None, said: str) -> None:
    assert said in counts(replace(GOING, workers=workers))


def test_the_library_that_draws_is_imported_for_a_terminal_alone() -> None:
    code = (
        "import sys; from hpsearch.reporting.progress import PlainLines, on_standard_error; "
        "print(isinstance(on_standard_error(), PlainLines), 'rich' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "True False"


@pytest.mark.parametrize("height", [5, 12, 19, 20, 24, 50])
@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("snapshot", STATES)
def test_nothing_is_wider_or_higher_than_the_screen_and_the_bar_can_be_seen(
    snapshot: Snapshot, width: int, height: int
) -> None:
    shown = lines(snapshot, width, height)
    assert all(cell_len(line) < width for line in shown)
    assert len(shown) < height
    assert (len(shown) == 1) == (height < 20)
    assert sum(shown[0].count(cell) for cell in "━─") >= SHORTEST


def test_a_screen_has_the_best_the_rungs_the_latest_and_the_failure() -> None:
    said = "\n".join(lines(GOING, 80))
    for part in (
        "val acc 0.9833",
        "trial 17, 3 of 9 epochs",
        "lr:0.0088, activation:relu",
        "about 2 min left",
    ):
        assert part in said
    for row in ("1                  6        -     24", "3                  4        8      8", "9 again"):
        assert row in said
    assert "trial 0 " in said
    assert "2 trials; the last: trial 5, failed: ValueError: no good" in said


@pytest.mark.parametrize("height", [20, 24, 50])
@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("configuration", [{"lr": 0.1}, LONG])
def test_no_part_is_pushed_off_the_screen(configuration: dict[str, float], width: int, height: int) -> None:
    best = Best(Trial(17, 2, configuration, 1), 0.98333, 3)
    shown = lines(replace(GOING, reached=STATES[-1].reached, best=best), width, height)
    assert [line.split()[0] for line in shown if line[:1].isalpha()] == [
        "best",
        "epochs",
        "now",
        "last",
        "failed",
    ]
    ended = [line for line in shown if line.endswith("0.9")]
    assert len(ended) >= 3
    assert "trial 5, failed: ValueError: no good" in " ".join(line.strip() for line in shown[-4:])


def test_it_is_said_how_much_of_a_configuration_is_not_shown() -> None:
    assert lines(STATES[2], 80)[4:7] == [
        "        parameter 0 with a long name:0.333, parameter 1 with a long name:0.333,",
        "        parameter 2 with a long name:0.333, parameter 3 with a long name:0.333,",
        "        parameter 4 with a long name:0.333, 15 more",
    ]
    assert [line.strip() for line in lines(STATES[2], 40)[4:7]] == [
        "parameter 0 with a long",
        "name:0.333, parameter 1 with a",
        "long name:0.333, 18 more",
    ]


def test_a_line_without_time_says_so() -> None:
    assert "? left" in lines(STATES[1], 40, 12)[0]
    assert "time left not known yet" in lines(STATES[1], 80)[0]


def test_nothing_is_said_to_be_unknown_where_all_has_ended() -> None:
    assert "? left" not in lines(ENDED, 40, 12)[0]
    assert "finishing" in lines(ENDED, 80)[0]
    assert "about 2 min left" in lines(GOING, 80)[0]


def test_the_bar_is_full_only_at_the_end_and_ascii_where_nothing_else_can_be_drawn() -> None:
    almost = replace(GOING, epochs_done=137)
    assert "─" in lines(almost, 200)[0]
    assert " 99 %" in lines(almost, 200)[0]
    shown = drawn(replace(GOING, epochs_done=138), Room(80, 24, blocks=False))
    assert shown[0].plain.startswith("#" * SHORTEST)
    assert all(line.plain.isascii() for line in shown)


@given(st.floats(0, 1e9))
def test_what_is_left_is_never_nothing(seconds: float) -> None:
    assert roughly(seconds)[0] in "123456789"


def test_a_live_screen_follows_the_terminal_and_obeys_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    text = io.StringIO()
    console = Console(file=text, force_terminal=True, width=80, height=24)
    with LiveScreen(console) as screen:
        screen.update(GOING)
        screen._live.refresh()
        console.size = ConsoleDimensions(40, 12)
        screen._live.refresh()
    shown = text.getvalue()
    assert "val acc 0.9833" in shown
    assert "\x1b[2J" in shown  # what lay elsewhere after the change is gone
    assert "\x1b[32m" not in shown


def test_how_far_trainings_are_is_shown() -> None:
    shown = lines(STATES[-1], 100, 40)
    assert "now     trial 0: epoch 17, val acc 0.66" in shown
    assert "        trial 1 again: epoch 17 of 40, val acc 0.66" in shown
    text = io.StringIO()
    PlainLines(text).update(STATES[-1])
    assert (
        "; trial 0: epoch 17, val acc 0.66; trial 1 again: epoch 17 of 40, val acc 0.66; about"
        in text.getvalue()
    )
