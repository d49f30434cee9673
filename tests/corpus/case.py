"""A case: the files it needs, the command line it runs, and how that must end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

#: A search that is quick to check; most cases are this one with something changed.
GOOD = """\
name: small
objective: {kind: mlp, dataset: digits, hidden: [16], batch_size: 64, epochs: 4}
space:
  lr: {scale: log, low: 1e-3, high: 1}
  momentum: {scale: one_minus_log, low: 0.5, high: 0.99}
  activation: {choices: [relu, tanh]}
search: {trials: 14, round_size: 4, halving: {eta: 2, min_epochs: 1}, confirm: {top: 2, seeds: 2}}
"""
CHECK = ("check", "config.yaml")

#: What a file holds, or what makes whatever stands at its path.
Content = str | bytes | Callable[[Path], object]
NOTHING: Mapping[str, Content] = {}


@dataclass(frozen=True)
class Case:
    """One call of the command line.

    Attributes:
        says: texts that standard error must hold; of a case that is accepted, standard output and error.
        args: the command line; `{outside}` in it is a folder that must stay as it is.
        files: what is there before, by path; "../" is where nothing may be written.
        status: the exit status.
        never: texts that must not appear in the output.
        environment: variables that are set for it.
        writes: names of what it may leave in its folder.
        given: its standard input.
        apart: whether it is run as a process, by itself.
    """

    says: tuple[str, ...]
    args: tuple[str, ...] = CHECK
    files: Mapping[str, Content] = field(default_factory=dict)
    status: int = 2
    never: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    writes: tuple[str, ...] = ()
    given: bytes = b""
    apart: bool = False


def text(
    config: Content, *says: str, args: tuple[str, ...] = CHECK, files: Mapping[str, Content] = NOTHING
) -> Case:
    """A whole config.yaml that is refused."""
    return Case(says, args, {"config.yaml": config, **files})


def edit(old: str, new: str, *says: str, args: tuple[str, ...] = CHECK) -> Case:
    """The good search with a piece of it replaced, refused."""
    return text(_edited(old, new), *says, args=args)


def fine(config: Content, *says: str, files: Mapping[str, Content] = NOTHING) -> Case:
    """A whole config.yaml that is accepted."""
    return Case(says, CHECK, {"config.yaml": config, **files}, status=0)


def fine_edit(old: str, new: str, *says: str) -> Case:
    """The good search with a piece of it replaced, accepted."""
    return fine(_edited(old, new), *says)


def apart(case: Case) -> Case:
    """The case as a process, which Python itself tells how to print."""
    return replace(case, apart=True)


def _edited(old: str, new: str) -> str:
    assert old in GOOD, f"{old!r} is nowhere in the good search"
    return GOOD.replace(old, new, 1)
