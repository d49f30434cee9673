"""A short part of `python -m tests.cluster`, over TLS: a search that is killed and resumed; other kinds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster.__main__ import coordinator_killed, do
from tests.cluster.hosts import here
from tests.cluster.machines import Machines, certificates
from tests.cluster.searches import COMMAND, NETWORK, PROGRAM, alone, of


@pytest.mark.long
def test_a_search_that_is_killed_leaves_nothing_and_goes_on() -> None:
    pytest.importorskip("distributed")
    pytest.importorskip("cryptography")
    do(coordinator_killed, here(), trials=8)


@pytest.mark.long
def test_paused_programs_and_networks_fare_on_a_cluster_as_in_one_process(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    pytest.importorskip("cryptography")
    for name, text in {"program.py": PROGRAM, "command.yaml": COMMAND, "network.yaml": NETWORK}.items():
        (tmp_path / name).write_text(text)
    with Machines(tmp_path, certificates(tmp_path)) as machines:
        machines.start_worker()
        machines.start_worker()
        for name in ("command", "network"):
            assert of(machines, "run", f"{name}.yaml").wait(60) == 0, (tmp_path / "search.log").read_text()
        # Each was started once, and went on in whichever worker its next rung was given to.
        assert (tmp_path / "started").read_text().split() == ["started"] * 8
    for name in ("command", "network"):
        found = (tmp_path / "runs" / name / "results.csv").read_bytes()
        assert found == alone(tmp_path, name)
