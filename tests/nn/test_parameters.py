from __future__ import annotations

import numpy as np

from hpsearch.nn.network import Architecture, Network

LAYOUT = Network(Architecture(4, (3, 5), 2)).layout


def test_views_share_the_stack_and_cover_it_once() -> None:
    stack = np.zeros((2, LAYOUT.size), np.float32)
    for views in LAYOUT.views(stack):
        for view in views.values():
            assert np.shares_memory(view, stack)
            view += 1
    np.testing.assert_array_equal(stack, 1)


def test_weights_come_first() -> None:
    stack = np.zeros((1, LAYOUT.size))
    stack[:, : LAYOUT.weights] = 1
    for views in LAYOUT.views(stack):
        for name, view in views.items():
            assert (view == (name == "weight")).all()


def test_a_row_depends_on_its_own_seed_alone() -> None:
    together, alone = LAYOUT.draw([7, 8, 9], np.float32), LAYOUT.draw([8], np.float32)
    np.testing.assert_array_equal(together[1], alone[0])
    assert not np.array_equal(together[0], together[1])


def test_float32_and_float64_start_from_the_same_network() -> None:
    np.testing.assert_array_equal(
        LAYOUT.draw([3], np.float64).astype(np.float32), LAYOUT.draw([3], np.float32)
    )


def test_names_are_unique_and_say_where() -> None:
    names = LAYOUT.names()
    assert len(set(names)) == LAYOUT.size
    assert names[0] == "0.weight[0,0]"
    assert names[-1] == "4.bias[1]"
