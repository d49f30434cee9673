"""An error that a plug-in raised names the one whose code it was, and every other stays what it is."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest

from hpsearch.core import plugins
from hpsearch.core.blame import Blaming, blamed
from hpsearch.core.errors import DataError, PluginBroken
from hpsearch.core.plugins import Plugin

ONE = Plugin("hpsearch.samplers", "one", "blamepkg.first:One", "hpsearch-blame 1.0")
TWO = Plugin("hpsearch.scales", "two", "blamepkg.first:Two", "hpsearch-blame 1.0")
APART = Plugin("hpsearch.exports", "apart", "blamepkg.second:APART", "hpsearch-blame 1.0")
FIRST = """\
class One:
    def raising(self, error): raise error
class Two:
    def raising(self, error): raise error
    def calling(self, task): task()
"""
SECOND = """\
def raising(error): raise error
APART = raising
"""


@pytest.fixture(autouse=True)
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package of two modules, which declares three plug-ins."""
    folder = tmp_path / "blamepkg"
    folder.mkdir()
    for name, text in {"__init__": "from .second import raising\n", "first": FIRST, "second": SECOND}.items():
        (folder / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(plugins, "known", lambda: (ONE, TWO, APART))
    yield
    for name in ("blamepkg", "blamepkg.first", "blamepkg.second"):
        sys.modules.pop(name, None)


def said_of(raising: Callable[..., object], error: Exception) -> str:
    with pytest.raises(type(error)) as raised:
        raising(error)
    return str(blamed(raised.value) or "")


def test_the_one_whose_code_it_was_is_named_with_its_line() -> None:
    first, second = import_module("blamepkg.first"), import_module("blamepkg.second")
    for raising, plugin, line in (
        (first.One().raising, ONE, "blamepkg/first.py:2"),
        (first.Two().raising, TWO, "blamepkg/first.py:4"),
        (second.raising, APART, "blamepkg/second.py:1"),
    ):
        told = str(plugin.broken(ValueError("no"), line))
        assert f"{plugin.name} = {plugin.value} raised ValueError: no ({line})" in told
        assert said_of(raising, ValueError("no")) == told


def test_what_it_calls_is_its_fault_too_and_the_innermost_of_two_is_named() -> None:
    first = import_module("blamepkg.first")

    def calling(_: object) -> None:
        first.Two().calling(lambda: int("none"))

    assert "(blamepkg/first.py:5)" in said_of(calling, ValueError())

    def through_both(error: Exception) -> None:
        first.Two().calling(lambda: first.One().raising(error))

    assert "one = blamepkg.first:One" in said_of(through_both, KeyError())


def test_of_functions_beside_each_other_the_one_that_is_used_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = Plugin("hpsearch.exports", "other", "blamepkg.second:OTHER", "hpsearch-blame 1.0")
    raising = import_module("blamepkg.second").raising
    for inside in (APART, other):
        monkeypatch.setattr(plugins, "known", lambda: (APART, other))
        monkeypatch.setattr(plugins, "used", {inside})
        assert f"{inside.name} = " in said_of(raising, ValueError())


def test_an_error_of_others_stays_what_it_is() -> None:
    raising = import_module("blamepkg.first").One().raising

    def ours(error: Exception) -> None:
        raise error

    assert said_of(ours, ValueError()) == ""
    assert said_of(raising, DataError("says enough")) == ""
    assert said_of(raising, MemoryError()) == ""
    assert said_of(raising, OSError(24, "Too many open files")) == ""


def test_nobody_is_blamed_where_nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins, "known", tuple)
    assert said_of(import_module("blamepkg.first").One().raising, ValueError()) == ""


def test_a_task_gives_its_value_or_the_blame_or_what_was_raised() -> None:
    assert pickle.loads(pickle.dumps(Blaming(divmod)))(7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        Blaming(divmod)(1, 0)
    with pytest.raises(PluginBroken, match=r"second\.py:1"):
        Blaming(import_module("blamepkg").raising)(ValueError())
