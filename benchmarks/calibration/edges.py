"""`widen high to 0.1`: searches in which a parameter matters or not, and whose optimum lies inside or beyond."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from hpsearch.analysis.verdicts.edges import pressed_ends

from .simulated import Figure, Sample, count, searched
from .truths import Truth, saturating, steep, trained

_NOISES = (0.0, 0.005, 0.02)
_NAMES = ("lr", "weight_decay", "beta", "width")
_SHAPES = (float, saturating, steep)


def figures(searches: Sample) -> Iterator[Figure]:
    """Of a parameter without influence, of an optimum inside, and of one beyond an end; as parts for each noise."""
    inside, beyond = dict[str, list[bool]](), dict[str, list[bool]]()
    for number, noise in enumerate(_NOISES):
        within = searches.other(3 * number).of(told, noise=noise, place=None)
        idle = count(bool(ends - {"lr"}) for ends in within)
        yield Figure("edge", f"of what has no influence, noise {noise}", idle, len(searches), most=0.05)
        inside[f"noise {noise}"] = ["lr" in ends for ends in within]
        for turn, (side, place) in enumerate((("above", 1.25), ("below", -0.25)), start=1):
            outside = searches.other(3 * number + turn).of(told, noise=noise, place=place)
            beyond[f"{side}, noise {noise}"] = ["lr" in ends for ends in outside]
    yield from _with_parts("of an optimum well inside", inside, most=0.05)
    yield from _with_parts("of an optimum beyond the range", beyond, least=0.95)
    natural = searches.of(past_a_natural_end)
    yield Figure("edge", "past a natural end", count(natural), len(searches), most=0.0)


def _with_parts(
    where: str, said: Mapping[str, Sequence[bool]], least: float = 0.0, most: float = 1.0
) -> Iterator[Figure]:
    every = [one for part in said.values() for one in part]
    yield Figure("edge", where, count(every), len(every), least, most)
    for name, part in said.items():
        yield Figure("edge", f"{where}, {name}", count(part), len(part), least, most, part=True)


def told(seed: int, *, noise: float, place: float | None) -> set[str]:
    """The parameters with an edge, in a search where lr alone matters; its best place is inside without `place`."""
    where = 0.3 + 0.4 * (seed % 5) / 4 if place is None else place
    truth = Truth(_NAMES, {"lr": 1.0}, {"lr": where}, noise, _SHAPES[seed % 3])
    run = searched(truth.space, trained(truth), seed)
    return {end.edge.parameter for end in pressed_ends(run)}


def past_a_natural_end(seed: int) -> bool:
    """Whether an end is told beyond 0 layers, a share of 1 or a momentum of 1, all of which are pressed on."""
    space = {
        "layers": {"scale": "linear", "type": "int", "low": 0, "high": 6},
        "subsample": {"scale": "linear", "low": 0.2, "high": 1},
        "momentum": {"scale": "one_minus_log", "low": 0.5, "high": 0.999},
    }

    def train(layers: int, subsample: float, momentum: float) -> float:
        return 0.5 - 0.05 * layers + 0.2 * subsample + 0.1 * momentum

    ends = pressed_ends(searched(space, train, seed, trials=30))
    return any(
        (end.edge.end == "low" and end.edge.beyond < 0)
        or (end.edge.end == "high" and end.edge.beyond >= limit)
        for end in ends
        if (limit := {"layers": 10**6, "subsample": 1.0000001, "momentum": 1.0}[end.edge.parameter])
    )
