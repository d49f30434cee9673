"""Every registered sampler, through one suite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpsearch.core.randomness import Streams
from hpsearch.core.trial import Config
from hpsearch.samplers import SAMPLERS, Evidence, Results, Sampler, Tried, config_key
from hpsearch.space import Choice, Integer, Linear, Log, OneMinusLog, Real, Space

MIXED = Space(
    [
        Real("lr", Log(1e-4, 1)),
        Real("momentum", OneMinusLog(0.9, 0.999), when={"optimizer": ("sgd",)}),
        Choice("optimizer", ("sgd", "adam")),
        Real("beta2", OneMinusLog(0.9, 0.9999), when={"optimizer": ("adam",)}),
        Integer("layers", Linear(2, 4)),
        Choice("batch_size", (32, 64, 128)),
        Real("epsilon", Log(1e-9, 1e-6), when={"loss": ("mse",)}),
        Real("dropout", Linear(0, 0.5), step=0.1),
    ],
    fixed={"loss": "cross_entropy"},
)
#: 3 x (2 + 1) x 2 = 18 configurations.
FINITE = Space(
    [
        Integer("layers", Linear(2, 4)),
        Choice("kind", ("a", "b")),
        Choice("flag", (True, False), when={"kind": ("a",)}),
        Choice("size", (32, 64)),
    ]
)
SINGLE = Space([Real("lr", Log(1e-4, 1))])
#: Two fifths of it, or so, and an edge that runs through the best of it.
REQUIRED = MIXED.requiring(["lr * batch_size <= 1", "optimizer == 'sgd' or beta2 < 0.99 or layers == 2"])
#: 9 of 18: 5 of kind b, whose flag is not there; of kind a 3 without the flag, 1 with it.
FEW_REQUIRED = FINITE.requiring(
    ["layers > 2 or kind == 'b'", "not (flag and size == 32) and layers * size < 256"]
)
SPACES = {"mixed": MIXED, "finite": FINITE, "single": SINGLE, "required": REQUIRED}
TRIALS = 40
#: These never look at results, so that it does not matter how their trials are cut into rounds.
BLIND = ("grid", "random", "sobol")


class Unscannable(Tried):
    """100,000 tried configurations are asked for one by one, never gone through."""

    def __iter__(self) -> Iterator[Config]:
        raise AssertionError("a sampler must not go through everything tried")


@pytest.fixture(params=list(SAMPLERS))
def sampler(request: pytest.FixtureRequest) -> Sampler:
    return SAMPLERS[request.param].from_settings({}, TRIALS)


@pytest.fixture(params=list(SPACES))
def space(request: pytest.FixtureRequest) -> Space:
    return SPACES[request.param]


def evidence_of(space: Space, configs: Sequence[Config]) -> Evidence:
    """Results of all of `configs`: a bowl, one failure among them; as a sampler must take it."""
    units = space.encode(configs)
    losses = ((units - 0.3) ** 2).sum(axis=1)
    losses[3:4] = np.inf
    units.setflags(write=False)
    return Evidence(Unscannable(configs), Results.of(units, losses))


def some(space: Space, count: int) -> list[Config]:
    return (
        SAMPLERS["random"].from_settings({}, TRIALS).propose(space, Evidence(), Streams(9), 0, range(count))
    )


def propose(
    sampler: Sampler, space: Space, configs: Sequence[Config], count: int, seed: int = 0
) -> list[Config]:
    """The next `count` proposals after `configs`."""
    numbers = range(len(configs), len(configs) + count)
    return sampler.propose(space, evidence_of(space, configs), Streams(seed), len(configs) // 8, numbers)


def test_the_known_samplers_are_found() -> None:
    assert {"coarse_to_fine", "grid", "random", "sobol"} <= set(SAMPLERS)


@pytest.mark.parametrize("earlier", [0, 2, 14])
def test_proposals_lie_in_the_space(sampler: Sampler, space: Space, earlier: int) -> None:
    configs = some(space, earlier)
    proposed = propose(sampler, space, configs, 4)
    assert len(proposed) == 4
    assert all(config in space for config in proposed)
    assert all(tuple(config) == space.active(config) for config in proposed)


def test_values_are_plain_python(sampler: Sampler, space: Space) -> None:
    proposed = propose(sampler, space, some(space, 12), 4)
    assert {type(value) for config in proposed for value in config.values()} <= {float, int, str, bool}


def test_encoding_and_decoding_give_them_back(sampler: Sampler, space: Space) -> None:
    proposed = propose(sampler, space, some(space, 12), 4)
    for config, again in zip(proposed, space.decode(space.encode(proposed)), strict=True):
        assert list(again) == list(config)
        assert all(
            again[name] == (pytest.approx(value, rel=1e-9) if isinstance(value, float) else value)
            for name, value in config.items()
        )


def test_the_same_question_has_the_same_answer(sampler: Sampler, space: Space) -> None:
    configs = some(space, 12)
    once = propose(sampler, space, configs, 4)
    again = SAMPLERS[_name(sampler)].from_settings({}, TRIALS)
    assert propose(again, space, configs, 4) == once


def test_seeds_differ(sampler: Sampler) -> None:
    if _name(sampler) == "grid":
        pytest.skip("a grid has no seed")
    assert propose(sampler, MIXED, [], 4, seed=0) != propose(sampler, MIXED, [], 4, seed=1)


def test_inputs_are_left_as_they_were(sampler: Sampler, space: Space) -> None:
    configs = some(space, 12)
    evidence = evidence_of(space, configs)
    units, losses = evidence.results.best(12)
    before = (units.copy(), losses.copy(), [dict(config) for config in configs])
    sampler.propose(space, evidence, Streams(0), 2, range(12, 16))
    assert np.array_equal(evidence.results.best(13)[0], before[0])
    assert np.array_equal(evidence.results.best(13)[1], before[1])
    assert evidence.tried[:] == before[2]


@pytest.mark.parametrize("name", BLIND)
def test_blind_samplers_do_not_mind_the_cut(name: str, space: Space) -> None:
    sampler = SAMPLERS[name].from_settings({}, TRIALS)
    count = 16
    whole = propose(sampler, space, [], count)
    for sizes in ((1,), (5,), (3, 1, 8)):
        pieces: list[Config] = []
        while len(pieces) < count:
            size = sizes[len(pieces) % len(sizes)]
            pieces += propose(sampler, space, pieces, min(size, count - len(pieces)))
        assert pieces == whole


@pytest.mark.parametrize(
    ("finite", "count", "size"), [(FINITE, 18, 1), (FINITE, 18, 5), (FINITE, 18, 40), (FEW_REQUIRED, 9, 4)]
)
def test_a_finite_space_is_tried_out_and_then_no_more(
    sampler: Sampler, finite: Space, count: int, size: int
) -> None:
    configs: list[Config] = []
    while proposed := propose(sampler, finite, configs, size):
        configs += proposed
        assert len(configs) <= count
    assert {config_key(config) for config in configs} == {config_key(c) for c in finite.configurations()}
    assert len(configs) == finite.size == count
    assert propose(sampler, finite, configs, size) == []


#: Of an absent parameter, of texts and numbers, and such as cannot be computed everywhere.
REQUIREMENTS = (
    "beta2 > 0.95",
    "not (optimizer == 'adam' and batch_size in [32, 64])",
    "1 / (dropout - 0.2) < 5",
    "lr ** layers < 1e-3 or epsilon < 1",
    "0.001 < lr < 0.1 and max(layers, dropout * 10) != 3",
)


@pytest.mark.parametrize("name", list(SAMPLERS))
@settings(max_examples=8)
@given(data=st.data())
def test_what_the_requirements_refuse_is_never_proposed(name: str, data: st.DataObject) -> None:
    ratio = data.draw(st.floats(0.003, 3))
    require = [f"momentum * lr / layers <= {ratio!r}", data.draw(st.sampled_from(REQUIREMENTS))]
    space, count = MIXED.requiring(require), data.draw(st.sampled_from([0, 5, 20]))
    made = SAMPLERS[name].from_settings({"fit": data.draw(st.booleans())}, TRIALS)
    proposed = propose(made, space, some(space, count), 8, seed=data.draw(st.integers(0, 99)))
    assert proposed or name == "grid"  # whose points may all be refused
    assert all(config in space for config in proposed)
    assert all(config in MIXED for config in proposed)


def test_what_others_tried_is_not_tried_again(sampler: Sampler) -> None:
    configs: list[Config] = list(FINITE.configurations())
    odd, even = configs[1::2], configs[::2]
    proposed = propose(sampler, FINITE, odd, 18)
    assert sorted(map(str, proposed)) == sorted(map(str, even))


def test_settings_are_frozen(sampler: Sampler) -> None:
    twin = SAMPLERS[_name(sampler)].from_settings({}, TRIALS)
    assert sampler == twin
    assert hash(sampler) == hash(twin)  # only what is frozen has one


def _name(sampler: Sampler) -> str:
    return next(name for name in SAMPLERS if SAMPLERS[name] is type(sampler))
