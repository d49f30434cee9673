"""What a function has to itself."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from hpsearch.core.trial import Job, Trial
from hpsearch.executors import slots
from hpsearch.executors.slots import Slots
from hpsearch.objectives.function.caller import FunctionObjective, _settled
from hpsearch.objectives.function.restore import put_back
from hpsearch.objectives.function.signature import Reference

#: Looks when it is imported, as libraries do.
MODULE = """\
import os
SEEN = {name: os.environ[name] for name in ("CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS", "HPSEARCH_SLOT")}

def train(lr):
    return {"score": lr, "card": float(SEEN["CUDA_VISIBLE_DEVICES"]), "threads": float(SEEN["OMP_NUM_THREADS"]),
            "slot": float(SEEN["HPSEARCH_SLOT"])}
"""


def test_a_module_finds_the_variables_of_its_slot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "seen_at_import.py").write_text(MODULE)
    monkeypatch.setattr(slots, "_number", 1)
    reference = Reference("seen_at_import.py", "train", tmp_path)
    objective = FunctionObjective(
        reference, tmp_path, "score", capture=False, slots=Slots(("4", "5"), threads=3)
    )
    _settled.cache_clear()
    with put_back():
        result = objective.attempt(Job(Trial(0, 0, {"lr": 0.5}, 0), 1))[0]
    assert result.metrics == {"score": 0.5, "card": 5, "threads": 3, "slot": 1}
    assert os.environ.get("CUDA_VISIBLE_DEVICES") != "5"


def test_a_function_computes_with_the_threads_of_its_slot(tmp_path: Path) -> None:
    def train(lr: float) -> dict[str, float]:
        return {"score": lr, "threads": max(one["num_threads"] for one in threadpool_info())}

    reference = Reference("here", "train", tmp_path)
    objective = FunctionObjective(
        reference, tmp_path, "score", capture=False, function=train, slots=Slots(threads=3)
    )
    with threadpool_limits(1):
        result = objective.attempt(Job(Trial(0, 0, {"lr": 0.5}, 0), 1))[0]
    assert result.metrics == {"score": 0.5, "threads": 3}
