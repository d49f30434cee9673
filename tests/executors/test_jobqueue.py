"""Workers that a queue of jobs is asked for: a `sbatch` that starts the job here, and `scancel` that ends it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psutil
import pytest

from hpsearch.core.errors import InputError
from hpsearch.executors import EXECUTORS
from hpsearch.executors.cluster import Cluster, ClusterFactory

SBATCH = """\
#!/bin/sh
cp "$1" {folder}/job.sh
setsid sh {folder}/job.sh > {folder}/job.log 2>&1 &
echo $! > {folder}/job.pid
echo "Submitted batch job $!"
"""
SCANCEL = """\
#!/bin/sh
kill -TERM -- -"$1"
"""


def square(number: int) -> int:
    return number * number


@pytest.fixture
def slurm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the two programs, which are found before all others."""
    for name, text in {"sbatch": SBATCH, "scancel": SCANCEL}.items():
        (tmp_path / name).write_text(text.format(folder=tmp_path))
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path), os.environ["PATH"]]))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([os.environ.get("PYTHONPATH", ""), str(Path.cwd())]))
    monkeypatch.chdir(tmp_path)  # what is left in the current folder is looked for
    return tmp_path


def described(folder: Path, text: str) -> Cluster:
    file = folder / "slurm.yaml"
    file.write_text(text)
    return Cluster(jobqueue=file)


@pytest.mark.long
def test_jobs_bring_workers_and_are_cancelled(slurm: Path) -> None:
    pytest.importorskip("dask_jobqueue")
    pytest.importorskip("cryptography")
    text = "{kind: slurm, cores: 2, memory: 1GB, interface: lo, walltime: '00:05:00', queue: short}"
    factory = EXECUTORS["dask"]
    assert isinstance(factory, ClusterFactory)
    with factory.on(described(slurm, text), 2) as executor:
        assert executor.submit(square, 4).result(timeout=60) == 16
        assert executor.workers == 2
        job = int((slurm / "job.pid").read_text())
        script = (slurm / "job.sh").read_text()
    assert "#SBATCH -p short" in script
    assert "--tls-key" in script
    _, alive = psutil.wait_procs([psutil.Process(job)] if psutil.pid_exists(job) else [], timeout=30)
    for process in alive:
        process.send_signal(signal.SIGKILL)
    assert not alive
    assert not list(Path.cwd().glob(".hpsearch-jobs-*"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "must be a mapping"),
        ("{kind: slrum, cores: 1, memory: 1GB}", "did you mean 'slurm'"),
        ("{cores: 1}", "memory: is missing"),
        ("{cores: 0, memory: 1GB}", "cores: must be a whole number"),
        ("{cores: 1, memory: 1GB, jobs: many}", "jobs: must be a whole number"),
        ("{cores: 1, memory: 1GB, processes: many}", "processes: must be a whole number"),
        ("{cores: 1, memory: 1GB, processes: 2}", "processes: must be at most cores, which is 1"),
        ("{cores: 1, memory: 1GB, security: off}", "security: is for the search to say"),
        ("{kind: jobqueue, cores: 1, memory: 1GB}", "kind: must be one of"),
        ("{cores: [", "cannot be read"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(tmp_path: Path, text: str, said: str) -> None:
    pytest.importorskip("dask_jobqueue")
    from hpsearch.executors.dask.queue import read

    (tmp_path / "slurm.yaml").write_text(text)
    with pytest.raises(InputError, match=said):
        read(tmp_path / "slurm.yaml")


#: What could not be made is not closed, and dask-jobqueue then warns of that itself.
_UNMADE = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("{cores: 1, memory: 1GB, interfac: lo}", "'interfac'$", marks=_UNMADE),
        pytest.param("{cores: 1, memory: lots, interface: lo}", "'lots'", marks=_UNMADE),
        ("{cores: 1, memory: 1GB, interface: lo, jobs: 2}", "cannot use it: error: invalid partition$"),
    ],
)
def test_jobs_that_cannot_be_submitted_end_the_search_with_the_reason(
    slurm: Path, text: str, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("dask_jobqueue")
    pytest.importorskip("cryptography")
    from hpsearch.executors.dask.queue import queued

    (slurm / "slurm.yaml").write_text(text)
    (slurm / "sbatch").write_text("#!/bin/sh\necho 'error: invalid partition' >&2; exit 1\n")
    with pytest.raises(InputError, match=said), queued(slurm / "slurm.yaml", 2, "127.0.0.1:0"):
        pass
    assert "Traceback" not in capfd.readouterr().err
    assert not list(Path.cwd().glob(".hpsearch-jobs-*"))


def test_a_machine_without_the_queue_is_told_of(slurm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("dask_jobqueue")
    from hpsearch.executors.dask.queue import queued

    (slurm / "slurm.yaml").write_text("{cores: 1, memory: 1GB}")
    monkeypatch.setenv("PATH", str(slurm / "none"))
    with (
        pytest.raises(InputError, match="slurm needs sbatch, which is not here"),
        queued(slurm / "slurm.yaml", 1, ""),
    ):
        pass
