"""The functions that the recorded runs search.

They only add, multiply and compare, so that every processor gives the same bits. The name of this file, its
functions and their parameters stand in the records: they stay as they are.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

_calls: list[None] = []


def grow(
    units: int,
    depth: int,
    dropout: float,
    epochs: int,
    seed: int,
    checkpoint: str,
    batch: int = 64,
    optimizer: str = "sgd",
    beta: float = 0.0,
    nesterov: bool = False,
) -> dict[str, float]:
    """Better with every epoch, which it goes on from as its checkpoint says; some settings fail."""
    _end_here_if_asked()
    state = Path(checkpoint, "state.json")
    begun = json.loads(state.read_text()) if state.exists() else 0
    state.write_text(json.dumps(epochs))
    if begun > epochs:
        raise RuntimeError(f"the checkpoint is of epoch {begun}")
    if optimizer == "sgd" and dropout > 0.75:
        print("the last words of a training")
        raise ValueError(f"no luck with dropout {dropout}")
    if depth == 5 and units > 100:
        return {"score": float("nan"), "cost": 1.0}
    distance = (units - 40) * (units - 40) / 10000 + (depth - 3) * (depth - 3) / 16
    distance += (dropout - 0.25) * (dropout - 0.25) + abs(batch - 64) / 1024 + abs(beta - 0.5) / 8
    noise = (seed % 997) / 99700
    kind = {"sgd": 0.0, "momentum": 0.0625, "adam": 0.03125}[optimizer] + (0.015625 if nesterov else 0.0)
    return {"score": 1 / (1 + distance + 1 / epochs) + kind + noise, "cost": units * depth / 8}


def _end_here_if_asked() -> None:
    """Kill the search at the call that HPSEARCH_TEST_KILL names: how one half of a search was recorded."""
    _calls.append(None)
    if len(_calls) == int(os.environ.get("HPSEARCH_TEST_KILL", "0")):
        os.kill(os.getpid(), signal.SIGKILL)


def fall(lr: float, momentum: float, width: float, mode: str, epochs: int, seed: int) -> dict[str, float]:
    """A loss, smaller with a rate near 0.01; high rates diverge."""
    if lr > 0.5:
        raise OverflowError("the loss exploded")
    if mode == "naïve, quick" and width > 0.9:
        sys.exit("not that wide")
    far = (lr - 0.01) * 8
    loss = far * far + (momentum - 0.95) * (momentum - 0.95) * 16 + width * width / 4 + 1 / epochs
    figures = {"val_loss": loss + (seed % 89) / 89000}
    return figures if mode == "off" else {**figures, "val acc": 1 / (1 + loss)}


def break_down(case: str) -> object:
    """Every way in which a trial can end."""
    if case == "raise":
        raise KeyError(case)
    if case == "exit":
        sys.exit(3)
    if case == "die":
        print("no licence")
        sys.stdout.flush()
        os._exit(4)
    if case == "sleep":
        signal.pause()
    answers = {"nan": float("nan"), "none": None, "text": {"score": "high"}, "other": {"loss": 1.0}}
    return answers.get(case, 0.5)
