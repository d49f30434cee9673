"""Strategies of spaces: parameters of every scale, steps, tight and huge ranges, odd choices, chains of conditions."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.walks.walk import Tree

_PLAIN = ("lr", "x", "width", "momentum", "dropout", "n_layers")
#: Names that mean something to us, to a column, to Python or to nobody.
_ODD = (
    "seconds", "reason", "rank", "round", "status", "mean", "spread", "seeds", "params_x", "score", "loss", "val_acc",
    "kind", "name", "space", "ñ", "größe", "λ", "_", "__x", "X", "a" * 60, "cls", "best", "command", "e1", "inf", "nan", "null_",
)  # fmt: skip
_TEXTS = (
    "relu", "tanh", "adam", "yes", "no", "on", "off", "null", "~", "1e-4", "1E5", "0o17", "0x1f", "1_000", "true", "1", "01",
    "", " ", "a b", " lead", "'", '"', "ü", "\u200fabc", "a,b", "a=b", "a: b", "{x}", "{{x}}", "two\nlines", "tab\t", "=1+1", "-",
    "--x", "# c", "[a]", "|", "`ls`", "$HOME", "*", "?", "%", "nan", "inf", ".5", "2024-01-02", "é" * 40, "😀", "\\", "a/b", "&a",
)  # fmt: skip
_LISTS: tuple[list[Any], ...] = (
    [64, 64],
    [32],
    [],
    ["a", "b c"],
    [0.5, 1e-05],
    [True, False],
    ["null"],
    ["1"],
    [1],
)
_NUMBERS = (
    0, 1, 2, 3, 16, 64, 1000, -1, 10**12, 0.5, 1e-8, 1e-5, 0.1, 0.123451, 0.123452, 1e20, -2.5, 1e-300, 1e300, 1700000000
)  # fmt: skip
_LINEAR = (
    (0, 1), (0.0, 0.8), (-1, 1), (0.1, 0.30000000000000004), (-1e6, 1e6), (0.5, 0.5000001), (1e15, 1e15 + 1), (-1e300, 1e300),
    (0, 1e-300), (1e-7, 2e-7), (100, 101), (-3.5, -3.25), (0, 12345.678),
)  # fmt: skip
_WHOLE = (
    (0, 1),
    (1, 3),
    (-5, 5),
    (1, 64),
    (1, 1000),
    (1700000000, 1700000001),
    (0, 10**14),
    (-(10**9), 10**9),
    (7, 8),
)
_STEPS = (
    (0, 1, 0.1), (0.1, 0.5, 0.1), (0, 1, 0.3), (-1, 1, 0.25), (0, 1e-3, 1e-4), (10, 11, 1), (0.05, 0.95, 0.05), (0, 0.7, 0.1),
    (1e6, 1e6 + 1, 0.125), (0, 100, 7), (-0.3, 0.3, 0.1),
)  # fmt: skip
_WHOLE_STEPS = ((0, 1000, 10), (16, 256, 16), (1, 10, 4), (-10, 10, 5), (0, 7, 7), (3, 4, 1))
_LOG = (
    (1e-4, 1), (1e-8, 1e-2), (1e-300, 1e300), (3, 4), (0.1, 0.11), (1, 10), (5e-5, 3e-3), (1e5, 1e9), (0.999, 1.001), (1e-3, 0.05),
)  # fmt: skip
_WHOLE_LOG = ((1, 2), (1, 1000), (8, 512), (1, 10**14), (999, 1001), (2, 3))
_ONE_MINUS_LOG = (
    (0.9, 0.999), (0, 0.5), (-5, 0.5), (0.999999, 0.9999999), (0.5, 0.51), (-1e6, 0.9), (0.0, 0.9999), (0.99, 0.995),
)  # fmt: skip


def names(most: int, taken: tuple[str, ...], more: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    """Names of parameters, half of them odd, all different."""
    name = st.sampled_from([one for one in (*_PLAIN, *_PLAIN, *_ODD, *more) if one not in taken])
    return st.lists(name, min_size=1, max_size=most, unique=True)


@st.composite
def spaces(draw: st.DrawFn, most: int = 12, taken: tuple[str, ...] = (), more: tuple[str, ...] = ()) -> Tree:
    """A space for code of one's own, in which any name can be but those `taken`, and `more`."""
    space: Tree = {}
    for name in draw(names(most, taken, more)):
        if space and draw(st.integers(0, 9)) == 0:
            space[name] = draw(st.sampled_from([*_TEXTS, *_NUMBERS, True, False]))
            continue
        space[name] = draw(parameters())
        if len(space) > 1 and draw(st.integers(0, 3)) == 0:
            space[name]["when"] = draw(_conditions(space, name))
    return space


def required(space: Tree) -> st.SearchStrategy[list[str]]:
    """Up to two conditions, each of which leaves the lower half of a range."""
    possible = [
        f"{name if name.isascii() and name.isidentifier() else f'`{name}`'} <= {_middle(given)!r}"
        for name, given in space.items()
        if isinstance(given, dict) and "low" in given
    ]
    return st.lists(st.sampled_from(possible), max_size=2, unique=True) if possible else st.just([])


def _middle(given: Tree) -> float:
    low, high = given["low"], given["high"]
    if given["scale"] == "log":
        return float(low**0.5 * high**0.5)
    return float(low / 2 + high / 2 if given["scale"] == "linear" else 1 - ((1 - low) * (1 - high)) ** 0.5)


def parameters() -> st.SearchStrategy[Tree]:
    """A parameter of any kind, without a condition."""
    return st.one_of(_choices(), _ranges("linear", _LINEAR), _steps(), _ranges("log", _LOG), _whole_ranges(),
                     _ranges("one_minus_log", _ONE_MINUS_LOG), _choices())  # fmt: skip


def _ranges(scale: str, ends: tuple[tuple[float, float], ...]) -> st.SearchStrategy[Tree]:
    return st.sampled_from(ends).map(lambda end: {"scale": scale, "low": end[0], "high": end[1]})


def _whole_ranges() -> st.SearchStrategy[Tree]:
    linear = _ranges("linear", _WHOLE) | _ranges("log", _WHOLE_LOG)
    stepped = st.sampled_from(_WHOLE_STEPS).map(_stepped)
    return (linear | stepped).map(lambda given: {**given, "type": "int"})


def _steps() -> st.SearchStrategy[Tree]:
    return st.sampled_from(_STEPS).map(_stepped)


def _stepped(given: tuple[float, float, float]) -> Tree:
    low, high, step = given
    return {"scale": "linear", "low": low, "high": high, "step": step}


@st.composite
def _choices(draw: st.DrawFn) -> Tree:
    """Texts, numbers, truth values or lists: one to fifteen, and perhaps null."""
    kinds: tuple[tuple[Any, ...], ...] = (
        _TEXTS,
        _TEXTS,
        _NUMBERS,
        (True, False),
        _LISTS,
        tuple(f"c{n}" for n in range(15)),
    )
    values = draw(
        st.lists(st.sampled_from(draw(st.sampled_from(kinds))), min_size=1, max_size=15, unique_by=repr)
    )
    if draw(st.integers(0, 4)) == 0:
        values.insert(draw(st.integers(0, len(values))), None)
    given: Tree = {"choices": values}
    ordered = draw(st.sampled_from([None, None, True, False]))
    return given if ordered is None else {**given, "ordered": ordered}


@st.composite
def _conditions(draw: st.DrawFn, space: Tree, name: str) -> Tree:
    """On one or two of those before it."""
    earlier = [other for other in space if other != name and isinstance(space[other], dict)]
    parents = draw(st.lists(st.sampled_from(earlier), min_size=1, max_size=2, unique=True))
    return {parent: draw(_held(space[parent])) for parent in parents}


def _held(parent: Tree) -> st.SearchStrategy[Any]:
    """Values that `parent` may have: one alone, or some."""
    possible = _possible(parent)
    most = max(1, len(possible) - 1)
    several = st.lists(st.sampled_from(possible), min_size=1, max_size=most, unique_by=repr)
    alone = [value for value in possible if not isinstance(value, list)]
    return several | st.sampled_from(alone) if alone else several


def _possible(parent: Tree) -> list[Any]:
    if "choices" in parent:
        return list(parent["choices"])
    ends = [parent["low"]]
    if parent.get("step") is None and parent.get("type") == "int":
        ends.append(parent["high"])
    return ends
