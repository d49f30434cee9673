from __future__ import annotations

import numpy as np
import pytest

from hpsearch.core.errors import InputError
from hpsearch.core.trial import Config
from hpsearch.space import Choice, Integer, Linear, Log, Real, Space, Steps

RATE = Real("lr", Log(1e-4, 1))
OPTIMIZER = Choice("optimizer", ("sgd", "adam", "adamw"))
BETA = Real("beta2", Linear(0, 1), when={"optimizer": ("adam", "adamw")})
DECAY = Choice("decoupled", (True, False), when={"optimizer": ("adamw",)})
STRENGTH = Integer("strength", Linear(1, 4), when={"decoupled": (True,)})

#: sgd; adam; adamw not decoupled; adamw decoupled with four strengths.
CHAIN = Space([STRENGTH, OPTIMIZER, DECAY])


def test_decode_gives_the_active_parameters_in_order() -> None:
    space = Space([BETA, OPTIMIZER, RATE])
    configs = space.decode(np.array([[0.5, 0.1, 0.0], [0.5, 0.5, 1.0]]))
    assert configs == [{"optimizer": "sgd", "lr": 1e-4}, {"beta2": 0.5, "optimizer": "adam", "lr": 1.0}]
    assert list(configs[1]) == ["beta2", "optimizer", "lr"]


def test_rows_do_not_depend_on_their_company() -> None:
    space = Space([RATE, OPTIMIZER, BETA, Integer("n", Log(1, 99))])
    units = np.random.default_rng(0).random((40, 4))
    assert space.decode(units) == [space.decode(units[row : row + 1])[0] for row in range(40)]
    assert space.decode(np.asfortranarray(units)) == space.decode(units)


def test_encode_puts_what_is_missing_in_the_middle() -> None:
    space = Space([RATE, OPTIMIZER, BETA])
    units = space.encode([{"lr": 0.01, "optimizer": "sgd"}, {"lr": 1.0, "optimizer": "adam", "beta2": 0.25}])
    assert units == pytest.approx(np.array([[0.5, 1 / 6, 0.5], [1.0, 0.5, 0.25]]))
    assert space.encode([]).shape == (0, 3)


def test_an_inactive_parent_makes_inactive_children() -> None:
    assert CHAIN.active({"optimizer": "adamw", "decoupled": True, "strength": 2}) == (
        "strength",
        "optimizer",
        "decoupled",
    )
    assert CHAIN.active({"optimizer": "adam", "decoupled": True}) == ("optimizer",)


def test_conditions_on_fixed_values() -> None:
    assert Space([BETA], {"optimizer": "adam"}).active({}) == ("beta2",)
    assert Space([BETA], {"optimizer": "sgd"}).decode(np.array([[0.5]])) == [{}]


def test_a_searched_name_hides_the_fixed_one() -> None:
    space = Space([OPTIMIZER, BETA], {"optimizer": "adam"})
    assert space.active({"optimizer": "sgd"}) == ("optimizer",)
    switched = Choice("optimizer", ("sgd", "adam"), when={"tuned": (True,)})
    space = Space([Choice("tuned", (True, False)), switched, BETA], {"optimizer": "adam"})
    assert space.active({"tuned": False}) == ("tuned",)


def test_a_space_knows_whether_it_has_conditions() -> None:
    assert CHAIN.conditional
    assert not Space([RATE, OPTIMIZER]).conditional


def test_true_is_not_one() -> None:
    parent = Choice("n", (0, 1))
    child = Choice("c", ("x", "y"), when={"n": (True,)})
    assert Space([parent, child]).size == 2
    assert Space([parent, child]).active({"n": 1}) == ("n",)


def test_size_counts_what_can_be_told_apart() -> None:
    assert CHAIN.size == 1 + 1 + 1 + 4
    assert Space([OPTIMIZER, Integer("n", Linear(1, 10))]).size == 30
    assert Space([OPTIMIZER, RATE]).size is None
    assert Space([], {"lr": 1}).size == 1


def test_size_of_many_independent_conditions_is_quick() -> None:
    switches = [Choice(f"s{index}", (True, False)) for index in range(30)]
    depths = [Choice(f"d{index}", (1, 2, 3), when={f"s{index}": (True,)}) for index in range(30)]
    assert Space([*switches, *depths]).size == 4**30


def test_size_asks_only_for_values_that_decide() -> None:
    parent = Integer("n", Linear(1, 10**9))
    child = Choice("c", ("x", "y"), when={"n": (1, 2)})
    assert Space([parent, child]).size == 10**9 + 2


def test_configurations_lists_each_once() -> None:
    listed: list[Config] = list(CHAIN.configurations())
    assert len(listed) == CHAIN.size
    assert all(config in CHAIN for config in listed)
    assert len({tuple(config.items()) for config in listed}) == CHAIN.size
    drawn = CHAIN.decode(np.random.default_rng(0).random((500, 3)))
    assert {tuple(config.items()) for config in drawn} == {tuple(config.items()) for config in listed}


def test_configurations_keep_the_first_parameter_slowest() -> None:
    space = Space([Choice("a", ("x", "y")), Integer("n", Linear(1, 2))])
    assert [tuple(config.values()) for config in space.configurations()] == [
        ("x", 1),
        ("x", 2),
        ("y", 1),
        ("y", 2),
    ]
    with pytest.raises(ValueError, match="finite"):
        next(Space([RATE]).configurations())


def test_membership() -> None:
    space = Space([RATE, OPTIMIZER, BETA])
    assert {"lr": 0.01, "optimizer": "sgd"} in space
    assert {"lr": 0.01, "optimizer": "sgd", "beta2": 0.5} not in space  # inactive
    assert {"lr": 0.01, "optimizer": "adam"} not in space  # lacks beta2
    assert {"lr": 2.0, "optimizer": "sgd"} not in space
    assert {"lr": 0.01, "optimizer": "sgd", "depth": 1} not in space
    assert "lr" not in space


def test_narrow_keeps_what_no_best_configuration_has() -> None:
    space = Space([RATE, OPTIMIZER, BETA])
    narrowed = space.narrow([{"lr": 0.01, "optimizer": "sgd"}, {"lr": 0.1, "optimizer": "sgd"}])
    lr, optimizer, beta2 = narrowed.parameters
    assert isinstance(lr, Real)
    assert 1e-4 < lr.scale.low < 0.01 < 0.1 < lr.scale.high < 1
    assert isinstance(optimizer, Choice)
    assert optimizer.choices == ("sgd",)
    assert beta2 == BETA


def test_names_that_cannot_be() -> None:
    with pytest.raises(InputError, match="holds 'lr' twice"):
        Space([RATE, RATE])
    with pytest.raises(InputError, match=r"beta2: its condition names 'optimizer'.*did you mean 'optimiser'"):
        Space([BETA], {"optimiser": "sgd"})


def test_conditions_in_a_circle() -> None:
    one = Choice("a", (1, 2), when={"b": (1,)})
    other = Choice("b", (1, 2), when={"a": (1,)})
    with pytest.raises(InputError, match=r"conditions of a go round in a circle \(a -> b -> a\)"):
        Space([one, other])
    with pytest.raises(InputError, match=r"\(a -> a\)"):
        Space([Choice("a", (1, 2), when={"a": (1,)})])


#: Every kind of parameter as a parent: each condition on its own, one beside another, and one below another.
NESTED = Space(
    [
        Choice("kind", ("a", "b", "c")),
        Choice("flag", (True, False, 1, 0, None)),
        Integer("layers", Linear(1, 4), when={"flag": (True, None)}),
        Real("rate", Log(1e-3, 1), when={"kind": ("a", "b"), "layers": (2, 3)}),
        Real("share", Linear(0, 1), step=0.25, when={"kind": ("b",)}),
        Choice("which", (8, 16, 32), when={"share": (0.25, 0.5), "loss": ("mse",)}),
        Steps("width", (16, 32, 48), when={"flag": (1, 0)}),
        Choice("never", ("x", "y"), when={"loss": ("cross_entropy",)}),
        Real("exact", Log(1e-3, 1)),
        Choice("one", ("x", "y"), when={"exact": (0.001, 1.0)}),
    ],
    fixed={"loss": "mse"},
)


def test_what_points_stand_for_is_known_without_their_configurations() -> None:
    units = np.random.default_rng(1).random((2000, len(NESTED)))
    units[:400] = np.round(units[:400])  # the ends, too
    configs = NESTED.decode(units)
    assert {len(config) for config in configs} == {3, 4, 5, 6, 7}
    for config in configs:
        assert tuple(config) == NESTED.active(config)
    live = NESTED.live(units)
    assert [tuple(np.array(NESTED.names)[row]) for row in live] == [tuple(config) for config in configs]
    np.testing.assert_array_equal(NESTED.snapped(units), NESTED.encode(configs))


def test_what_requirements_admit_is_known_without_whole_configurations() -> None:
    required = Space(
        NESTED.parameters,
        NESTED.fixed,
        ["rate * layers < 0.5 or kind == 'c'", "width * scale < 90"],
        {"scale": 2},
    )
    units = np.random.default_rng(2).random((500, len(NESTED)))
    admitted = [required.admits(config) for config in required.decode(units)]
    assert 50 < sum(admitted) < 450
    assert required.admitting(units).tolist() == admitted
    assert NESTED.admitting(units).all()
