"""A real browser without a window, driven through a pipe by the protocol of its developer tools, without a library.

https://chromedevtools.github.io/devtools-protocol
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_CALL = (
    "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--hide-scrollbars",
)  # fmt: skip


class Tab:
    """One page. `events` are those that came so far, `method` and `params`."""

    def __init__(self, reading: int, writing: int) -> None:
        self.events: list[dict[str, Any]] = []
        self._reading, self._writing = reading, writing
        self._rest, self._last, self._session = b"", 0, ""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask for something, and wait for the answer."""
        self._last += 1
        asked = {"id": self._last, "method": method, "params": params}
        if self._session:
            asked["sessionId"] = self._session
        data = json.dumps(asked).encode() + b"\0"
        while data:
            data = data[os.write(self._writing, data) :]
        while True:
            told = self._next()
            if told.get("id") == self._last:
                assert "error" not in told, told
                return dict(told["result"])

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = os.read(self._reading, 1 << 20)
            assert more, "the browser has ended"
            self._rest += more
        line, _, self._rest = self._rest.partition(b"\0")
        told: dict[str, Any] = json.loads(line)
        if "method" in told:
            self.events.append(told)
        return told

    def of(self, method: str) -> list[dict[str, Any]]:
        """What events of that name have told."""
        return [event["params"] for event in self.events if event["method"] == method]

    def open(self, path: Path, width: int = 1200, height: int = 900) -> None:
        """Show a file, and wait until it is there."""
        self.visit(path.resolve().as_uri(), width, height)

    def visit(self, url: str, width: int = 1200, height: int = 900) -> None:
        """Show what is at an address, and wait until it is there."""
        self.size(width, height)
        seen = len(self.of("Page.loadEventFired"))
        self.call("Page.navigate", url=url)
        while len(self.of("Page.loadEventFired")) == seen:
            self._next()

    def size(self, width: int, height: int) -> None:
        """Make the window so large."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def asked(self, expression: str) -> Any:
        """What a script gives. Raises AssertionError where it throws."""
        told = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def until(self, expression: str, seconds: float = 30) -> Any:
        """What a script gives as soon as it is anything; null where it never is."""
        return self.asked(
            "new Promise((resolve) => { const look = (left) => {"
            f" const found = (() => {{ try {{ return {expression}; }} catch {{ return null; }} }})();"
            " if (found || left <= 0) resolve(found || null); else setTimeout(look, 100, left - 1); };"
            f" look({seconds * 10}); }})"
        )

    def complaints(self) -> list[dict[str, Any]]:
        """What stands on the console, and what was thrown."""
        return [
            told
            for event in ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown")
            for told in self.of(event)
        ]

    def schemes(self) -> set[str]:
        """Of what kinds the addresses are that were asked for: `file`, `data`, `http`, ..."""
        return {told["request"]["url"].partition(":")[0] for told in self.of("Network.requestWillBeSent")}

    def mouse(self, kind: str, x: float, y: float) -> None:
        """`Moved`, `Pressed` or `Released`, there."""
        button = "none" if kind == "Moved" else "left"
        self.call(
            "Input.dispatchMouseEvent", type=f"mouse{kind}", x=x, y=y, button=button, buttons=1, clickCount=1
        )

    def key(self, name: str, code: int, text: str = "") -> None:
        """Press a key."""
        for kind in ("keyDown", "keyUp"):
            given = {"text": text} if text and kind == "keyDown" else {}
            self.call(
                "Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=code, **given
            )

    def picture(self, path: Path, **clip: float) -> None:
        """Take a picture of the page, or of the part (x, y, width, height)."""
        part = {"clip": {**clip, "scale": 1}} if clip else {}
        told = self.call("Page.captureScreenshot", captureBeyondViewport=True, **part)
        path.write_bytes(base64.b64decode(told["data"]))


@contextmanager
def browser() -> Iterator[Tab]:
    """A browser of its own, which ends with the block."""
    assert PROGRAM is not None
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        # The browser reads from 3 and writes to 4.
        call = f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}'
        process = subprocess.Popen(
            ["bash", "-c", call, "bash", PROGRAM, *_CALL, f"--user-data-dir={profile}"],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        try:
            yield Tab(ours_in, ours_out)
        finally:
            process.kill()
            process.wait()
            os.close(ours_in)
            os.close(ours_out)
