"""When the garbage collector works in a command, and that it works as usual in what lasts."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from unittest import mock

import pytest

from hpsearch.core.collector import EVERY, Kept, Spared, collect_as_usual, collector_deferred


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


class Looped:
    """Holds itself, so that the collector alone can free it."""

    def __init__(self) -> None:
        self.me = self


def test_what_a_search_has_added_is_set_aside_again_and_again_and_what_nobody_holds_is_not() -> None:
    with mock.patch.object(gc, "freeze") as frozen, mock.patch.object(gc, "unfreeze") as given_back:
        with Spared() as spared:
            assert frozen.call_count == 1
            lost = weakref.ref(Looped())
            spared.grown(EVERY - 1)
            assert frozen.call_count == 1
            spared.grown(EVERY)
            assert frozen.call_count == 2
            assert lost() is None
            spared.grown(EVERY + 1)
            spared.grown(2 * EVERY - 1)
            assert frozen.call_count == 2
            spared.grown(2 * EVERY + 7)
            assert frozen.call_count == 3
            given_back.assert_not_called()
        given_back.assert_called_once()


def test_what_a_command_had_imported_stays_set_aside_after_a_search_that_is_not_long(
    frozen: mock.Mock,
) -> None:
    with mock.patch.object(gc, "unfreeze") as given_back:
        with collector_deferred():
            collect_as_usual()
            with Spared() as spared:
                spared.grown(EVERY - 1)
            frozen.assert_called_once()
            given_back.assert_not_called()
            with Spared() as spared:
                spared.grown(EVERY)
            assert frozen.call_count == 2
            given_back.assert_called_once()
        with Spared():  # of what is no command
            assert frozen.call_count == 3
        assert given_back.call_count == 2


def test_a_mapping_of_results_can_be_set_aside_before_and_after_there_are_any() -> None:
    """A plain one is looked at anew after each look, as what it holds at that time needs none."""
    kept = Kept[tuple[int, int], float]()
    assert gc.is_tracked(kept)
    kept[1, 0] = 0.5
    gc.collect()
    assert gc.is_tracked(kept)
    assert kept == {(1, 0): 0.5}
