"""Ranges to start from: those the field knows, and guesses around a default."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from hpsearch.actions.init.options import UNKNOWN, Option
from hpsearch.config.yaml.loader import parse_yaml
from hpsearch.config.yaml.writer import scalar


class Known(Struct, frozen=True):
    """A hyperparameter that has a name in the field: what it is also called, and a range to start from."""

    name: str
    aliases: tuple[str, ...]
    range: str
    why: str


#: In the order of importance: what to search first.
KNOWN = (
    Known(
        "lr", ("learning_rate", "eta", "alpha", "learn_rate", "lr0", "base_lr", "initial_lr", "peak_lr"),
        "{scale: log, low: 1e-4, high: 1}", "matters most",
    ),
    Known("momentum", ("beta",), "{scale: one_minus_log, low: 0.9, high: 0.999}", "then these three"),
    Known(
        "hidden_units",
        ("hidden", "hidden_size", "units", "width", "n_hidden", "hidden_dim", "d_model", "n_embd"),
        "{scale: log, type: int, low: 16, high: 256}", "",
    ),
    Known(
        "batch_size", ("batch", "bs", "train_batch_size", "per_device_train_batch_size"),
        "{choices: [16, 32, 64, 128]}", "",
    ),
    Known(
        "hidden_layers", ("layers", "num_layers", "n_layers", "depth"),
        "{scale: linear, type: int, low: 1, high: 4}", "then these",
    ),
    Known("lr_decay", ("decay", "gamma"), "{scale: one_minus_log, low: 0.9, high: 0.9999}", ""),
    Known("weight_decay", ("wd", "l2"), "{scale: log, low: 1e-8, high: 1e-2}", ""),
    Known("dropout", ("drop", "p"), "{scale: linear, low: 0, high: 0.6}", ""),
    Known("beta1", (), "{scale: one_minus_log, low: 0.8, high: 0.99}", "seldom worth it"),
    Known("beta2", (), "{scale: one_minus_log, low: 0.9, high: 0.9999}", ""),
    Known("epsilon", ("eps",), "{scale: log, low: 1e-10, high: 1e-4}", ""),
)  # fmt: skip
#: Options whose names hold one of these words change nothing that is learned, or what is measured.
_IDLE = {
    "workers", "jobs", "threads", "log", "logging", "interval", "every", "freq", "frequency", "print", "verbose",
    "save", "device", "gpu", "gpus", "cuda", "port", "rank", "world", "seed", "test", "eval", "val", "valid",
    "output", "input", "classes", "dir", "path", "file", "root", "name", "tag", "resume", "debug", "dry", "quiet",
    "backend", "host", "download", "checkpoint", "data", "dataset", "devices", "evaluate", "predict", "render",
    "plot", "visualize", "profile", "accel", "accelerator", "overwrite", "precision", "project", "notes", "wandb",
    "config", "cv", "folds", "splits",
}  # fmt: skip
_SEEDS = ("seed", "random_seed", "random_state", "rng_seed", "manual_seed")
#: The same, as whole names.
_IDLE_NAMES = {"trial", "params", "result"}
#: Passes over the data.
_EPOCHS = {
    "epochs", "n_epochs", "num_epochs", "max_epochs", "num_train_epochs", "nb_epochs", "nepochs", "epoch",
    "train_epochs", "total_epochs", "num_boost_round", "num_round", "num_rounds", "n_rounds",
}  # fmt: skip
#: A number with one of these in its name is a share, where its default is between 0 and 1.
_SHARES = {
    "dropout",
    "drop",
    "ratio",
    "share",
    "frac",
    "fraction",
    "prob",
    "probability",
    "p",
    "momentum",
    "subsample",
    "colsample",
    "smoothing",
    "keep",
    "mixup",
}
#: More choices than these are a range, where they are one after the other.
_FEW = 4
#: What is meant as a distance from 1 is no nearer to 0 than this, but for 0 itself.
_FAR_FROM_1 = 0.5
_WORDS = re.compile(r"[._]+")  # fmt: skip


class Left(Struct, frozen=True):
    """An option that is not searched at first, and why."""

    option: Option
    why: str


def epochs_among(options: Iterable[Option]) -> Option | None:
    """The option that says for how many passes over the data to train: one called `epochs` before others."""
    counts = [option for option in options if option.leaf in _EPOCHS and not (option.several or option.flag)]
    return min(counts, key=lambda option: (option.name != "epochs", option.leaf != "epochs"), default=None)


def ranked(options: Iterable[Option]) -> tuple[list[Known], list[Left]]:
    """A range for each option that has one, the known ones first, in the order of importance; and the others."""
    waiting = {option.name: option for option in options}
    left = [Left(option, why) for option in waiting.values() if (why := _no_hyperparameter(option))]
    for one in left:
        del waiting[one.option.name]
    familiar = [
        Known(option.name, (), known_range, known.why)
        for known in KNOWN
        for name in (known.name, *known.aliases)
        for option in waiting.values()
        if option.leaf == name and (known_range := _holding(known.range, option))
    ]
    done = {entry.name for entry in familiar}
    others = [option for name, option in waiting.items() if name not in done]
    guessed = [Known(option.name, (), guess, "a guess") for option in others if (guess := _guess(option))]
    left += [Left(option, _no_range(option)) for option in others if not _guess(option)]
    return [*familiar, *guessed], left


def is_seed(option: Option) -> bool:
    """Whether an option is the seed of what is drawn at random."""
    return option.leaf in _SEEDS


def _no_hyperparameter(option: Option) -> str:
    if option.leaf in _EPOCHS:
        return "epochs; to stop poor trials early, give the command {epochs} for it, and objective.epochs"
    if not all(part.isidentifier() for part in option.name.split(".")):
        return "no name that a parameter can have"
    if is_seed(option):
        return "hpsearch gives each trial one: {seed} in the command"
    if any(option.leaf in (known.name, *known.aliases) for known in KNOWN):
        return ""
    words = set(_WORDS.split(option.name.lower()))
    return "no hyperparameter, by its name" if words & _IDLE or option.name in _IDLE_NAMES else ""


def _no_range(option: Option) -> str:
    default = option.default
    if option.several:
        return f"takes several values: choices of lists, and {{{option.name}...}} in the command"
    if default is UNKNOWN or default is None:
        return "no default is known: give it a range"
    kind = "a text: give it choices" if isinstance(default, str) else "no range follows from its default"
    return f"{kind} (default {scalar(default)})" if isinstance(default, str | int | float) else kind


def _guess(option: Option) -> str:
    """A range around the default of an option; empty for what is no number."""
    default = option.default
    if option.flag or isinstance(default, bool):
        return "{choices: [true, false]}"
    if option.several:
        return ""
    if _is_run(option.choices):
        return f"{{scale: linear, type: int, low: {option.choices[0]}, high: {option.choices[-1]}}}"
    if option.choices:
        return f"{{choices: [{', '.join(map(scalar, option.choices))}]}}"
    if isinstance(default, int) and default > 0:
        return f"{{scale: log, type: int, low: {max(1, default // 4)}, high: {default * 4}}}"
    if isinstance(default, float) and default > 0 and math.isfinite(default):
        if default < 1 and _is_share(option):
            return f"{{scale: linear, low: {default / 4:.3g}, high: {1 - (1 - default) / 4:.3g}}}"
        return f"{{scale: log, low: {default / 10:.3g}, high: {default * 10:.3g}}}"
    return "{scale: linear, low: 0, high: 1}" if default is UNKNOWN and not option.spelled else ""


def _is_run(choices: Sequence[Any]) -> bool:
    """Whether the choices are many whole numbers, one after the other."""
    if len(choices) <= _FEW or not all(type(one) is int for one in choices):
        return False
    return list(choices) == list(range(choices[0], choices[0] + len(choices)))


def _is_share(option: Option) -> bool:
    return bool(_SHARES & set(_WORDS.split(option.name.lower())))


def _holding(known: str, option: Option) -> str:
    """The range of the field as far as it suits the option: with its default in it; empty where it does not.

    A whole number has room on both sides, unless it is 1.

    >>> _holding("{scale: log, low: 1e-4, high: 1}", Option("lr", default=3e-5))
    '{scale: log, low: 7.5e-06, high: 1}'
    >>> _holding("{choices: [16, 32, 64, 128]}", Option("batch", default=256))
    '{choices: [64, 128, 256, 512]}'
    >>> _holding("{scale: log, type: int, low: 16, high: 256}", Option("hidden", default=256))
    '{scale: log, type: int, low: 16, high: 1024}'
    """
    default, data = option.default, dict(parse_yaml(known, "known").data)
    if option.choices or option.flag or option.several or isinstance(default, str | bool):
        return ""
    if default is UNKNOWN or default is None:
        return known
    if "choices" in data:
        return known if default in data["choices"] else _around(default)
    whole = data.get("type") == "int"
    if data["low"] <= default <= data["high"] and not (whole and _at_an_end(default, data)):
        return known
    if data["scale"] == "one_minus_log" and 0 < default < _FAR_FROM_1:
        return ""  # another thing of that name, as the gamma of a kernel
    if default < 0 or (whole and default != int(default)):
        return ""
    end, value = _moved(data["scale"], default)[default >= data["high"]]
    if value is None or (whole and default < 1):
        return ""
    return _flow(data | {end: max(1, round(value)) if whole else value})


def _at_an_end(default: float, data: Mapping[str, Any]) -> bool:
    return default > 1 and default in (data["low"], data["high"])


def _moved(scale: str, default: float) -> tuple[tuple[str, float | None], tuple[str, float | None]]:
    """The end below and the end above that take a default in, with some room; None where the scale cannot."""
    if scale == "log":
        return ("low", default / 4 if default > 0 else None), ("high", default * 4)
    if scale == "one_minus_log":
        return ("low", max(0.0, 2 * default - 1)), ("high", 1 - (1 - default) / 10 if default < 1 else None)
    return ("low", default), ("high", default * 2 if default >= 1 else 1 - (1 - default) / 2)


def _around(default: float) -> str:
    if not isinstance(default, int) or default < 1:
        return ""
    sizes = dict.fromkeys(max(1, size) for size in (default // 4, default // 2, default, default * 2))
    return f"{{choices: [{', '.join(map(str, sizes))}]}}"


def _flow(data: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{key}: {_written(value)}" for key, value in data.items()) + "}"


def _written(value: Any) -> str:
    if not isinstance(value, float):
        return str(value)
    # Of what is close to 1 it is the distance from 1 that counts.
    return f"{1 - float(f'{1 - value:.3g}'):.12g}" if 0.9 < value < 1 else f"{value:.3g}"


def left_lines(left: Sequence[Left]) -> list[str]:
    """What is not searched, as comments, so that nothing is lost from sight."""
    return [f"  # {one.option.name}: {one.why}" for one in left]


def range_lines(entries: Sequence[Known]) -> list[str]:
    """The lines of a space, aligned, each with its reason as a comment."""
    width = max(len(entry.name) for entry in entries) + 1
    return [
        f"  {entry.name + ':':{width}} {entry.range}{'   # ' + entry.why if entry.why else ''}"
        for entry in entries
    ]
