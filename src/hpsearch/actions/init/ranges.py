"""Ranges to start from: those the field knows, and guesses around a default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hpsearch.config.yaml.writer import scalar


@dataclass(frozen=True, slots=True)
class Known:
    """A hyperparameter that has a name in the field: what it is also called, and a range to start from."""

    name: str
    aliases: tuple[str, ...]
    range: str
    why: str


#: In the order of importance: what to search first.
KNOWN = (
    Known("lr", ("learning_rate", "eta", "alpha"), "{scale: log, low: 1e-4, high: 1}", "matters most"),
    Known("momentum", ("beta",), "{scale: one_minus_log, low: 0.9, high: 0.999}", "then these three"),
    Known(
        "hidden_units", ("hidden", "hidden_size", "units", "width", "n_hidden"),
        "{scale: log, type: int, low: 16, high: 256}", "",
    ),
    Known("batch_size", ("batch", "bs"), "{choices: [16, 32, 64, 128]}", ""),
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
#: Options whose names hold one of these words change nothing that is learned.
_IDLE = {
    "workers", "jobs", "threads", "log", "interval", "every", "freq", "print", "verbose", "save", "device", "gpu",
    "gpus", "cuda", "port", "rank", "world",
}  # fmt: skip


class Choices(tuple[str, ...]):
    """The words that an option allows."""

    __slots__ = ()


def ranked(options: Mapping[str, Any]) -> list[Known]:
    """A range for each name, those that are known first, in the order of importance."""
    familiar = [
        Known(name, (), known.range, known.why) for known in KNOWN for name in (known.name, *known.aliases)
        if name in options
    ]  # fmt: skip
    done = {entry.name for entry in familiar} | {"epochs", "seed", "checkpoint"}
    guessed = [
        Known(name, (), guess, "a guess")
        for name in options
        if name not in done and not _IDLE.intersection(name.split("_")) and (guess := _guess(options[name]))
    ]
    return [*familiar, *guessed]


def _guess(default: Any) -> str:
    """A range around the default of an argument; empty for what is no number."""
    if isinstance(default, bool):
        return "{choices: [true, false]}"
    if isinstance(default, Choices):
        return f"{{choices: [{', '.join(map(scalar, default))}]}}"
    if isinstance(default, int) and default > 0:
        return f"{{scale: log, type: int, low: {max(1, default // 4)}, high: {default * 4}}}"
    if isinstance(default, float) and default > 0:
        return f"{{scale: log, low: {default / 10:.3g}, high: {default * 10:.3g}}}"
    return "{scale: linear, low: 0, high: 1}" if default is ... else ""


def range_lines(entries: Sequence[Known]) -> list[str]:
    """The lines of a space, aligned, each with its reason as a comment."""
    width = max(len(entry.name) for entry in entries) + 1
    return [
        f"  {entry.name + ':':{width}} {entry.range}{'   # ' + entry.why if entry.why else ''}"
        for entry in entries
    ]
