"""A quick share of the soak: SIGKILL at random moments changes nothing. The whole: `python tests/soak/kills.py`."""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path

import pytest

from tests.commands import DEVNULL, started
from tests.soak.kills import Soak


@pytest.mark.long
@pytest.mark.parametrize(("kind", "coordinator", "workers"), [("python", 3, 3), ("command", 3, 3)])
def test_kills_at_random_moments_change_nothing(
    kind: str, coordinator: int, workers: int, tmp_path: Path
) -> None:
    soak = Soak(kind, tmp_path, random.Random(0), partial(started, stderr=DEVNULL, leads=True))
    soak.prepare()
    soak.kill_coordinators(coordinator)
    soak.kill_workers(coordinator + workers)
    assert soak.figures.sound, soak.figures
    assert soak.figures.kills >= coordinator + workers
