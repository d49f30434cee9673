"""A folder of its own for every trial: what it finds there, when it is emptied, and what stays."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hpsearch.core.trial import Job, Trial
from hpsearch.objectives import workdir
from hpsearch.objectives.command.runner import CommandObjective
from hpsearch.objectives.function.caller import FunctionObjective
from hpsearch.objectives.function.signature import Reference
from hpsearch.objectives.workdir import Workdir, tidy_files
from tests.config.conftest import Problems


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with code, data and runs."""
    project = tmp_path / "project"
    for name in ("train.py", "data/small.csv", "runs/old/journal.jsonl", "runs/mine/x", ".git/HEAD"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(name)
    (project / "ckpt").mkdir()
    (project / "data/large.csv").write_bytes(bytes(workdir.LARGEST_COPY + 1))
    (project / "link").symlink_to("data")
    return project


def checkpoints(project: Path) -> Path:
    return project / "runs/mine/checkpoints"


def job(start: int = 0, epochs: int = 3, replicate: int = 0) -> Job:
    return Job(Trial(4, 0, {"x": 1}, 0), epochs, start, replicate)


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_a_trial_finds_what_the_folder_holds_but_runs(project: Path) -> None:
    folder, resumed = Workdir(project).entered(checkpoints(project), job(), again=False)
    assert folder == project / "runs/mine/trials/4/files"
    assert not resumed
    assert files(folder) == {"train.py", "ckpt", "data", "data/small.csv", "data/large.csv", "link"}
    (folder / "data/small.csv").write_text("changed")
    assert (project / "data/small.csv").read_text() == "data/small.csv"
    assert (folder / "data/large.csv").resolve() == project / "data/large.csv"
    assert (folder / "link").resolve() == project / "data"


def test_a_folder_of_many_files_is_linked(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workdir, "MOST_ENTRIES", 1)
    folder, _ = Workdir(project).entered(checkpoints(project), job(), again=False)
    assert (folder / "data").is_symlink()
    assert not (folder / "ckpt").is_symlink()


@pytest.mark.parametrize(
    ("links", "found"),
    [
        (("train.py", "data/s*"), {"train.py", "data", "data/small.csv"}),
        (("data/small.csv", "data"), {"data", "data/small.csv", "data/large.csv"}),
        ((), set()),
    ],
)
def test_only_what_is_named_is_there(project: Path, links: tuple[str, ...], found: set[str]) -> None:
    folder, _ = Workdir(project, links).entered(checkpoints(project), job(), again=False)
    assert files(folder) == found


def test_a_folder_goes_along_from_rung_to_rung_and_begins_anew(project: Path) -> None:
    objective = CommandObjective(
        ["sh", "-c", 'echo x >> seen; echo "score: $(grep -c x seen)"; echo {dir} > dir'],
        ["x"],
        project,
        checkpoints(project),
        "score",
        workdir=Workdir(project),
    )
    jobs = [job(), job(3, 9), job(epochs=9, replicate=1), job()]
    assert [objective.attempt(one)[0].metrics["score"] for one in jobs[:3]] == [1, 2, 1]
    assert not (project / "seen").exists()
    trials = project / "runs/mine/trials"
    assert (trials / "4/files/dir").read_text() == f"{project}\n"
    assert not (trials / "4-replicate1/files").exists()
    tidy_files(trials, [4])
    assert (trials / "4/files/seen").exists()
    tidy_files(trials, [5])
    assert sorted(files(trials)) == ["4", "4-replicate1", "4-replicate1/output.log", "4/output.log"]


def test_trials_that_run_at_the_same_time_do_not_spoil_each_others(tmp_path: Path) -> None:
    command = [
        "sh",
        "-c",
        'echo "score: {x}" > best; while [ ! -e {dir}/both ]; do sleep 0.01; done; cat best',
    ]
    objective = CommandObjective(
        command, ["x"], tmp_path, tmp_path / "run/checkpoints", "score", workdir=Workdir(tmp_path)
    )
    jobs = [Job(Trial(number, 0, {"x": number}, 0), 1) for number in range(2)]
    with ThreadPoolExecutor(2) as threads:
        running = [threads.submit(objective.attempt, one) for one in jobs]
        while len(list(tmp_path.glob("run/trials/*/files/best"))) < 2:
            time.sleep(0.01)
        (tmp_path / "both").touch()
        assert [future.result()[0].metrics["score"] for future in running] == [0, 1]


def test_a_function_runs_there_too(project: Path) -> None:
    (project / "train.py").write_text("def train(x):\n    open('made', 'w').close()\n    return x\n")
    reference = Reference.parsed("train.py:train", project)
    trainer = FunctionObjective(
        reference, checkpoints(project), "score", capture=False, workdir=Workdir(project)
    )
    before = Path.cwd()
    assert trainer.attempt(job())[0].status == "done"
    assert (project / "runs/mine/trials/4/files/made").exists()
    assert Path.cwd() == before


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"links": "train.py"}, "must be auto, or a list of files and folders"),
        ({"links": ["../data"]}, "must name files and folders below objective.dir (got '../data')"),
        ({"workdir": "own"}, "must be one of dir, trial"),
    ],
)
def test_what_cannot_be_meant_is_refused(problems: Problems, settings: dict[str, object], said: str) -> None:
    (problem,) = problems(
        objective={"kind": "command", "command": ["true", "{x}"], **settings}, space={"x": {"choices": [1]}}
    )
    assert said in problem
