"""When the garbage collector works in a command, and that it works as usual in what lasts."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from unittest import mock

import pytest

from hpsearch.core.collector import collect_as_usual, collector_deferred


@pytest.fixture
def frozen() -> Iterator[mock.Mock]:
    """Whether all there is was set aside, which the process of the tests must not do."""
    with mock.patch.object(gc, "freeze") as freeze:
        yield freeze


def test_a_short_command_hardly_collects_and_leaves_nothing_to_look_through(frozen: mock.Mock) -> None:
    usual = gc.get_threshold()
    with collector_deferred():
        assert gc.isenabled()
        assert gc.get_threshold()[0] > usual[0]
        frozen.assert_not_called()
    frozen.assert_called_once()
    collect_as_usual()
    assert gc.get_threshold() == usual


def test_what_lasts_collects_as_python_does_and_what_it_leaves_is_looked_through(frozen: mock.Mock) -> None:
    usual = gc.get_threshold()
    with collector_deferred():
        collect_as_usual()
        assert gc.get_threshold() == usual
        frozen.assert_called_once()
        collect_as_usual()
    frozen.assert_called_once()


def test_outside_of_a_command_nothing_is_changed(frozen: mock.Mock) -> None:
    usual = gc.get_threshold()
    collect_as_usual()
    assert gc.get_threshold() == usual
    frozen.assert_not_called()
