"""More machines: what the files for Kubernetes say is what the programs of their containers take."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.commands import here
from tests.docs.ideas import ROOT

PAGE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
OWN = "objective: {kind: python, function: train.py:train}\nspace: {x: {choices: [1, 2]}}\n"


def resource(kind: str) -> Any:
    texts = re.findall(r"```yaml\n(.*?)```", PAGE.partition("## Kubernetes")[2], re.DOTALL)
    return next(found for text in texts if (found := yaml.safe_load(text))["kind"] == kind)


def seen(words: list[str], folder: Path) -> list[str]:
    """The words of a container where its mount /tls is that folder."""
    for name in ("ca", "cert", "key"):
        (folder / f"{name}.pem").write_text("nothing of the kind")
    return [word.replace("/tls/", f"{folder}/") for word in words]


@pytest.mark.parametrize("who", ["scheduler", "worker"])
def test_dask_takes_the_words_of_its_containers(who: str, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    from distributed.cli import dask_scheduler, dask_worker

    (container,) = resource("DaskCluster")["spec"][who]["spec"]["containers"]
    dask, command, *words = seen(container["args"], tmp_path)
    assert (dask, command) == ("dask", who)
    program = {"scheduler": dask_scheduler, "worker": dask_worker}[who].main
    given = program.make_context(who, words).params
    assert given["protocol"] == "tls"
    assert given["tls_key"] == str(tmp_path / "key.pem")
    assert given.get("scheduler", "") in ("", "tls://hpsearch-scheduler:8786")


def test_a_service_leads_to_each_port_that_a_scheduler_has() -> None:
    scheduler = resource("DaskCluster")["spec"]["scheduler"]
    (container,) = scheduler["spec"]["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    assert ports == {port["targetPort"]: port["port"] for port in scheduler["service"]["ports"]}


def test_hpsearch_takes_the_words_of_its_container(tmp_path: Path) -> None:
    (container,) = resource("Job")["spec"]["template"]["spec"]["containers"]
    (tmp_path / "config.yaml").write_text(OWN)
    (tmp_path / "train.py").write_text("def train(x):\n    return x\n")
    program, *words = seen(container["command"], tmp_path)
    ended = here(tmp_path, *words)
    # It comes as far as to look for the library, or into the files.
    assert (program, ended.returncode) == ("hpsearch", 2)
    assert "executor dask needs distributed" in ended.stderr or "dispatch.tls.ca: holds no" in ended.stderr
