"""`train` as a person sees it: in a terminal, at the usual widths."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

TMUX = shutil.which("tmux")
pytestmark = pytest.mark.skipif(
    TMUX is None, reason="tmux, which gives a terminal to look at, is not installed"
)

#: How long a loaded machine may take for what a person would see at once.
PATIENCE = 90.0
HEIGHT = 24


#: These two, where they are set, are believed before the terminal is.
_SHELL = "exec env -u COLUMNS -u LINES sh"


class Terminal:
    """A terminal of `width` columns in `folder`."""

    def __init__(self, folder: Path, width: int) -> None:
        self.folder, self.width = folder, width
        self._socket = str(folder / "tmux.socket")
        size = ("-x", str(width), "-y", str(HEIGHT))
        self._tmux("-f", "/dev/null", "new-session", "-d", "-s", "train", *size, "-c", str(folder), _SHELL)

    def _tmux(self, *arguments: str) -> str:
        assert TMUX is not None
        command = [TMUX, "-u", "-S", self._socket, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout

    def start(self, *arguments: str) -> None:
        """Run `hpsearch ARGUMENTS` on a clean screen; its exit status goes into the file `status`."""
        command = shlex.join([sys.executable, "-m", "hpsearch", *arguments])
        self.type(f"clear; {command}; echo $? > status", "Enter")

    def type(self, *keys: str) -> None:
        self._tmux("send-keys", "-t", "train", *keys)

    def screen(self) -> list[str]:
        return self._tmux("capture-pane", "-p", "-t", "train").splitlines()

    def wait(self, holds: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, "\n".join([f"no {what}; the screen:", *self.screen()])
            time.sleep(0.1)

    @property
    def status(self) -> int | None:
        path = self.folder / "status"
        text = path.read_text() if path.is_file() else ""
        return int(text) if text.endswith("\n") else None

    def close(self) -> None:
        self._tmux("kill-server")


@pytest.fixture(params=[80, 200])
def terminal(request: pytest.FixtureRequest, folder: Path) -> Iterator[Terminal]:
    found = Terminal(folder, request.param)
    yield found
    found.close()


def charts(screen: list[str]) -> list[str]:
    """The lines of charts."""
    return [line for line in screen if re.match(r"(train loss|val loss|val acc|now|) +\S* *[┤│]", line)]


def test_the_curves_grow_and_ctrl_c_ends_them(terminal: Terminal) -> None:
    terminal.start("train", "config.yaml", "--set", "epochs=100000", "--set", "lr=0.1", "--save", "m.npz")
    head = re.compile(r"epoch \d\d+ of 100000, about ")
    terminal.wait(lambda: any(head.match(line) for line in terminal.screen()), "curve")
    screen = terminal.screen()
    names = ("train loss ", "val loss ", "val acc ")
    begun = [next(index for index, line in enumerate(screen) if line.startswith(name)) for name in names]
    assert begun == [begun[0], begun[0] + 5, begun[0] + 10], (
        screen
    )  # a line that overflows would move the others
    assert len(charts(screen)) == 15
    assert sum(line.startswith("epoch ") for line in screen) == 1
    terminal.type("C-c")
    pressed = time.monotonic()
    terminal.wait(lambda: terminal.status is not None, "end")
    assert terminal.status == 130
    assert time.monotonic() - pressed < 30
    said = "\n".join(terminal.screen())
    assert re.search(r"interrupted after epoch \d+; the model of that epoch is in\s+m.npz", said), said
    assert "Traceback" not in said
    assert (terminal.folder / "m.npz").is_file()


def test_a_whole_training_uses_the_width_and_overflows_nowhere(terminal: Terminal) -> None:
    terminal.start("train", "config.yaml", "--set", "epochs=300", "--set", "objective.dataset.limit=200")
    terminal.wait(lambda: terminal.status is not None, "end")
    screen = terminal.screen()
    lines = charts(screen)
    assert terminal.status == 0
    assert len(lines) == 15
    assert 0.9 * terminal.width < max(map(len, lines)) < terminal.width
    at = screen.index(lines[0])
    assert screen[at - 1] == "epoch 300 of 300"
    assert screen[at : at + 15] == lines
    assert screen[at + 15].startswith("300 epochs: train loss ")


def test_a_divergence_says_what_to_try(terminal: Terminal) -> None:
    terminal.start("train", "config.yaml", "--set", "lr=1000")
    terminal.wait(lambda: terminal.status is not None, "end")
    screen = terminal.screen()
    assert terminal.status == 1
    at = screen.index("diverged: the loss exploded in epoch 1; try")
    assert [line.partition(":")[0].strip() for line in screen[at + 1 : at + 4]] == [
        "a lower lr",
        "shorter steps",
        "another initializer",
    ]
