"""A command that its user ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hpsearch.config.loading import load_spec
from hpsearch.core.trial import Job, Trial
from hpsearch.objectives.command.runner import CommandObjective
from hpsearch.objectives.command.workload import CommandWorkload

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


def test_workers_of_short_commands_import_little() -> None:
    modules = ["hpsearch.executors.local.pool", *CommandWorkload.preload]
    code = f"import sys, {', '.join(modules)}; print({{'numpy', 'pydantic', 'yaml', 'scipy'}} & set(sys.modules))"
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert ended.stdout == "{'numpy'}\n"  # which makes the seed of each trial


def test_a_file_of_settings_is_read_by_what_workers_import_beforehand(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("lr: 1\n")
    config = tmp_path / "config.yaml"
    config.write_text(
        "objective: {kind: command, command: [echo, '{config}'], config: {from: base.yaml}}\n"
        "space: {lr: {scale: log, low: 1e-3, high: 1}}\n"
        "search: {metric: score, goal: maximize}\n"
    )
    workload = CommandWorkload(load_spec(config))
    assert workload.preload == (*CommandWorkload.preload, "hpsearch.objectives.command.settings_file")
