"""The command line as a user has it, in a folder of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import commands
from tests.commands import Ended

Hpsearch = Callable[..., Ended]
#: `kept(name, folder, make)`: what `make` makes in `folder`, made once and copied for each later test.
Kept = Callable[[str, Path, Callable[[], None]], None]

#: Small and quick, and still every part of a search: rungs, promotions, two shapes, confirmation.
SMALL = """\
name: small
objective: {kind: mlp, dataset: digits, hidden: [16], batch_size: 64, epochs: 4}
space:
  lr: {scale: log, low: 1e-3, high: 1}
  momentum: {scale: one_minus_log, low: 0.5, high: 0.99}
  activation: {choices: [relu, tanh]}
search: {trials: 14, round_size: 4, halving: {eta: 2, min_epochs: 1}, confirm: {top: 2, seeds: 2}}
"""
#: The commands that would start workers.
_SEARCHES = ("run", "resume", "refine")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder with the small search as config.yaml."""
    (tmp_path / "config.yaml").write_text(SMALL)
    return tmp_path


@pytest.fixture
def hpsearch(folder: Path) -> Hpsearch:
    """Run `hpsearch ARGS` in `folder` in this process; a search trains here too, one trial after the other.

    What workers do for a search, and what is done to them, is tested with `real_hpsearch`.
    """

    def run(*args: str) -> Ended:
        serially = ("--executor", "serial") if args[0] in _SEARCHES else ()
        return commands.here(folder, *args, *serially)

    return run


@pytest.fixture
def real_hpsearch(folder: Path) -> Hpsearch:
    """Run `hpsearch ARGS` in `folder` as a process that starts workers, to its end."""

    def run(*args: str, timeout: float = 60) -> Ended:
        return commands.as_process(folder, *args, timeout=timeout)

    return run


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """A search that many tests begin from is searched once in each process of the tests."""
    places: dict[str, Path] = {}

    def copied(name: str, folder: Path, make: Callable[[], None]) -> None:
        if name in places:
            shutil.copytree(places[name], folder, dirs_exist_ok=True)
            return
        make()
        place = tmp_path_factory.mktemp("kept") / name
        shutil.copytree(folder, place)
        places[name] = place

    return copied
