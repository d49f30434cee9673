"""A command that its user ends."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hpsearch.core.trial import Job, Trial
from hpsearch.objectives.command.runner import CommandObjective

#: Asks for its own end, as soon as it has said something; says more when it is told to end; is deaf after that.
SCRIPT = """\
echo "$1: 7, score: 0.25, other: 2"
echo 'oh' >&2
trap 'echo score: 0.5' TERM
mkdir -p stop && touch stop/4
while :; do sleep 0.05; done
"""


@pytest.mark.skipif(os.name == "nt", reason="it needs process groups")
def test_what_it_printed_is_kept_to_its_end(tmp_path: Path) -> None:
    objective = CommandObjective(["sh", "-c", SCRIPT, "sh", "x"], ["x"], tmp_path, tmp_path, "score")
    result, _ = objective.attempt(Job(Trial(4, 0, {"x": 1}, 0), 1))
    assert (result.status, result.reason, result.kept) == ("stopped", "by its user", 0)
    assert result.metrics == {"score": 0.5, "other": 2}
    assert result.output.splitlines()[0] == "oh"
