"""What MLflow finds in the file store that is written for it. Its import takes seconds: one test reads all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from hpsearch.reporting.export import FORMATS
from tests.reporting.runs import a_run


def test_mlflow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MLFLOW_DISABLE_TELEMETRY", "DO_NOT_TRACK"):
        monkeypatch.setenv(name, "true")
    mlflow = pytest.importorskip("mlflow", reason="mlflow is not installed: pip install 'hpsearch[mlflow]'")
    monkeypatch.delenv("MLFLOW_ALLOW_FILE_STORE", raising=False)
    run = a_run()
    FORMATS["mlflow"].write(run, tmp_path / "made")
    assert "MLFLOW_ALLOW_FILE_STORE" not in os.environ
    place = (tmp_path / "made").rename(tmp_path / "moved")  # as it is, once it is whole
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    client = mlflow.MlflowClient(tracking_uri=str(place))
    (experiment,) = client.search_experiments()
    assert experiment.name == "run"
    found = client.search_runs([experiment.experiment_id])
    trials: dict[str, Any] = {one.data.tags["mlflow.runName"]: one for one in found}
    assert sorted(trials) == ["trial-0000", "trial-0001", "trial-0002", "trial-0003"]
    ends = [trials[name].info.status for name in sorted(trials)]
    assert ends == ["FINISHED", "FINISHED", "FAILED", "FAILED"]
    best = trials["trial-0000"]
    assert best.data.params["lr"] == "0.1"
    assert (best.data.params["optimizer"], best.data.params["bias"]) == ("ádam", "True")
    assert best.data.metrics["acc"] == 0.7
    assert best.data.metrics["acc mean"] == pytest.approx(0.7)
    assert (best.data.tags["rank"], best.data.tags["epochs"], best.data.tags["seeds"]) == ("1", "3", "3")
    assert best.info.end_time - best.info.start_time == 3000
    curve = client.get_metric_history(best.info.run_id, "acc")
    assert [(point.step, point.value) for point in curve] == [(1, 0.5), (2, 0.6), (3, 0.7)]
    assert "rank" not in trials["trial-0003"].data.tags
    assert trials["trial-0003"].data.tags["reason"] == 'ValueError: "no"'
