"""Searches in several threads of one process ask the registries at the same time."""

from __future__ import annotations

import sys
from pathlib import Path
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any, cast

import pytest

from hpsearch.core.registry import Registry

MODULE = """\
from gate import begun, go, registry

begun.set()
go.wait(60)
registry.register("one")(1)
"""


def test_a_thread_waits_for_what_another_is_importing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pieces").mkdir()
    (tmp_path / "pieces/__init__.py").touch()
    (tmp_path / "pieces/one.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    registry = Registry[int]("piece", "pieces")
    gate = SimpleNamespace(begun=Event(), go=Event(), registry=registry)
    monkeypatch.setitem(sys.modules, "gate", cast("Any", gate))
    found: list[bool] = []
    threads = [Thread(target=lambda: found.append("one" in registry), daemon=True) for _ in range(2)]
    threads[0].start()
    assert gate.begun.wait(60)
    threads[1].start()  # the other is in the midst of importing
    gate.go.set()
    for thread in threads:
        thread.join(60)
    for name in ("pieces", "pieces.one"):
        sys.modules.pop(name)
    assert (found, list(registry)) == ([True, True], ["one"])
