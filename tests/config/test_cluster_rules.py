"""`dispatch` of workers elsewhere: what is refused, and where its paths start."""

from __future__ import annotations

from pathlib import Path

import pytest

from hpsearch.config import load_spec
from hpsearch.config.slots import workers_there
from hpsearch.config.yaml.dump import dump_yaml
from hpsearch.core.errors import SpecError
from hpsearch.executors.slots import Slots

FILE = """\
objective: {kind: mlp, dataset: spirals}
space: {lr: {scale: log, low: 1e-3, high: 1}}
search: {trials: 4}
"""
TLS = "{ca: ca.pem, cert: c.pem, key: k.pem}"
CASES = {
    "{executor: dask, scheduler: 'tcp://10.0.0.9:8786'}": "config.yaml:4: dispatch.scheduler: plain tcp",
    "{executor: dask, scheduler: 'tls://head:8786'}": "dispatch.tls: needs certificates",
    "{scheduler: 'tcp://127.0.0.1:1'}": "dispatch.scheduler: is for executor dask, and not for local",
    "{executor: dask, jobqueue: a.yaml, scheduler: b.json}": "dispatch.jobqueue: brings a scheduler of its own",
    "{executor: dask, scheduler: b.json, gpus: [0]}": "dispatch.gpus: are those of one machine",
    "{executor: dask, scheduler: 'tls://head:1', tls: {ca: ca.pem}}": "dispatch.tls.cert",
    "{executor: dask, scheduler: ''}": "dispatch.scheduler",
}


def written(folder: Path, dispatch: str) -> Path:
    file = folder / "config.yaml"
    file.write_text(f"{FILE}dispatch: {dispatch}\n")
    return file


@pytest.mark.parametrize("dispatch", CASES)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, dispatch: str) -> None:
    with pytest.raises(SpecError) as error:
        load_spec(written(tmp_path, dispatch))
    assert CASES[dispatch] in str(error.value)


def test_an_option_accepts_a_network_that_is_ones_own(tmp_path: Path) -> None:
    file = written(tmp_path, "{executor: dask, scheduler: 'tcp://10.0.0.9:8786'}")
    spec = load_spec(file, [("--insecure", "dispatch.insecure=true")])
    assert spec.dispatch.insecure


def test_paths_start_at_the_file_and_those_of_options_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "there").mkdir()
    monkeypatch.chdir(tmp_path)
    file = written(tmp_path / "there", f"{{executor: dask, scheduler: s.json, tls: {TLS}}}")
    dispatch = load_spec(file).dispatch
    assert dispatch.tls is not None
    assert (dispatch.scheduler, dispatch.tls.ca) == (
        str(tmp_path / "there/s.json"),
        str(tmp_path / "there/ca.pem"),
    )
    told = load_spec(file, [("--scheduler s.json", "dispatch.scheduler=s.json")]).dispatch
    assert told.scheduler == str(tmp_path / "s.json")


def test_a_cluster_has_as_many_workers_as_the_search_can_use(tmp_path: Path) -> None:
    spec = load_spec(written(tmp_path, "{executor: dask, scheduler: s.json}"))
    assert workers_there(spec, Slots(), 1) == spec.search.in_flight


def test_what_was_recorded_leads_to_the_same_cluster(tmp_path: Path) -> None:
    spec = load_spec(written(tmp_path, f"{{executor: dask, scheduler: s.json, tls: {TLS}, insecure: true}}"))
    (tmp_path / "run").mkdir()
    recorded = tmp_path / "run" / "config.yaml"
    recorded.write_text(dump_yaml(spec))
    assert load_spec(recorded).dispatch == spec.dispatch
