"""Strategies of searches over code of one's own: functions and commands, every sampler, failures and silence."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.walks import own
from tests.walks.spaces import required, spaces
from tests.walks.walk import Tree, Walk

GIVEN = ("epochs", "seed", "checkpoint", "trial", "params", "result")
SAMPLERS = ("coarse_to_fine", "coarse_to_fine", "coarse_to_fine", "random", "sobol", "grid")
#: Names of metrics, half of them odd; a name that tells no goal is given one.
_METRICS = ("score", "val_acc", "loss", "val_loss", "rank", "trial", "epochs", "status", "seconds", "reason", "mean", "x", "lr",
            "neg_log_loss", "a" * 64, "top-5", "val/acc", "val.acc", "F1")  # fmt: skip
_ODD_METRICS = (
    "précision",
    "two words",
    "line\nend",
    "=1+1",
    '"',
    "😀",
    "",
    "{x}",
    "é" * 64,
    "a,b",
    "\u200f",
)
_NAMES = (None, None, "a", "A.b-c_1", "n" * 64, "0", "runs", "1e5", "null", "true", "n" * 57)


def searches() -> st.SearchStrategy[Walk]:
    """A search over a function, or over a command."""
    return st.one_of(_functions(), _functions(), _commands())


@st.composite
def sections(draw: st.DrawFn, metric: str | list[str], epochs: int, shares: tuple[float, ...] = ()) -> Tree:
    """The section `search`, in which every setting may stand; `shares` of an epoch may be the shortest training."""
    search: Tree = {
        "sampler": draw(st.sampled_from(SAMPLERS)),
        "trials": draw(st.integers(1, 10)),
        "round_size": draw(st.integers(1, 5)),
    }
    optional: dict[str, st.SearchStrategy[Any]] = {
        "target": st.sampled_from([0.0, 0.5, 0.9, 1e300, -1]),
        "time_limit": st.sampled_from(["1d", "off", 3600]),
        "max_failures": st.sampled_from(["off", "off", "auto", 1, 3]),
        "overlap": st.sampled_from([0, 1, 2, 3, "auto"]),
        "halving": st.just("off") | _halving(epochs, shares),
        "confirm": st.just("off")
        | st.fixed_dictionaries({"top": st.integers(1, 3), "seeds": st.integers(1, 3)}),
    }
    for name, values in optional.items():
        if draw(st.booleans()):
            search[name] = draw(values)
    return {"metric": metric, **search}


def _halving(epochs: int, shares: tuple[float, ...]) -> st.SearchStrategy[Tree]:
    least = st.sampled_from([*range(1, min(epochs, 3) + 1), *shares])
    return st.fixed_dictionaries({"eta": st.integers(2, 4), "min_epochs": least})


@st.composite
def _ranked_by(draw: st.DrawFn, metric: str, others: list[str]) -> Tree:
    """What ranks: the metric alone, or in a list, by itself or with the others."""
    goals = st.sampled_from(["maximize", "minimize"])
    beside, form = others[:2], draw(st.sampled_from(["alone", "alone", "beside", "several"]))
    if form == "alone" or not beside:
        return {"metric": metric, "goal": draw(goals)}
    if form == "beside":
        return {"metric": [metric, *(f"{name}:{draw(goals)}" for name in beside)], "goal": draw(goals)}
    return {"metric": [metric, *beside], "goal": [draw(goals) for _ in (metric, *beside)]}


@st.composite
def _behaviours(draw: st.DrawFn, metrics: tuple[str, ...]) -> Tree:
    metric = draw(st.sampled_from([name for name in metrics if name]))
    others = draw(st.lists(st.sampled_from([name for name in metrics if name]), max_size=3, unique=True))
    return {
        "metric": metric,
        "others": [name for name in others if name != metric],
        "value": draw(st.sampled_from(["luck", "smooth", "ties", "constant", "huge", "tiny", "whole"])),
        "grows": draw(st.sampled_from([0, 0, 0.5, -0.01])),
        "share": draw(st.sampled_from([0, 0, 0, 0.3, 0.7, 1])),
        "fails": draw(st.sampled_from(["raise", "nan", "inf", "silent"])),
        "noise": draw(st.booleans()),
        "epochs": draw(st.booleans()),
        "seed": draw(st.booleans()),
    }


@st.composite
def _files(draw: st.DrawFn, objective: Tree, behaviour: Tree, space: Tree) -> Tree:
    epochs = draw(st.sampled_from([1, 3, 9, 27])) if behaviour["epochs"] else 1
    others = [name for name in behaviour["others"] if name not in space]
    search = draw(sections(behaviour["metric"], epochs)) | draw(_ranked_by(behaviour["metric"], others))
    config: Tree = {"objective": {**objective, "epochs": epochs}, "space": space, "search": search}
    require = draw(required(space)) if draw(st.integers(0, 4)) == 0 else []
    if require and search["sampler"] != "grid":  # of whose few points none may be left
        config["require"] = require
    name = draw(st.sampled_from(_NAMES))
    if name is not None:
        config = {"name": name, **config}
    if draw(st.booleans()):
        config["seed"] = draw(st.integers(0, 3) | st.just(2**63 - 1))
    return config


@st.composite
def _functions(draw: st.DrawFn) -> Walk:
    behaviour = draw(_behaviours((*_METRICS, *_ODD_METRICS)))
    space = draw(spaces(taken=GIVEN))
    objective = {"kind": "python", "function": draw(st.sampled_from(["f.py:train", "f:train"]))}
    config = draw(_files(objective, behaviour, space))
    return Walk(config, {"f.py": own.function(behaviour)})


@st.composite
def _commands(draw: st.DrawFn) -> Walk:
    behaviour = draw(_behaviours(_METRICS)) | {"value": "luck"}
    space = draw(spaces(most=6, taken=GIVEN, more=("opt.lr", "opt.name", "é.x.y")))
    all_others = draw(st.sampled_from([None, None, "args", "args=", *["overrides"] * (not _texts(space))]))
    named = [name for name in space if all_others is None or draw(st.booleans())]
    words = [
        word
        for name in named
        for word in draw(st.sampled_from([("--" + name, f"{{{name}}}"), (f"{{{name}}}",)]))
    ]
    words += [] if all_others is None else [f"{{{all_others}}}"]
    epochs = ["{epochs}"] if behaviour["epochs"] else []
    config = draw(_files({"kind": "command", "command": ["sh", "f.sh", *epochs, *words]}, behaviour, space))
    return Walk(config, {"f.sh": own.script(behaviour)})


def _texts(space: Tree) -> bool:
    """Whether a parameter may be a text, or a list, which may have some."""
    choices = [given.get("choices", []) if isinstance(given, dict) else [given] for given in space.values()]
    return any(isinstance(choice, str | list) for some in choices for choice in some)
