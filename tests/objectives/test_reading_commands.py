"""What commands print and write, read while they run, as results with curves; and how the file says it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from hpsearch.config import dump_yaml
from hpsearch.config.identity import digest
from hpsearch.config.loading import load_recorded, load_spec
from hpsearch.config.warnings import lint
from hpsearch.core.trial import Job, Result, Trial
from hpsearch.objectives.command.reading import files
from hpsearch.objectives.command.reading.streams import Reading
from hpsearch.objectives.command.runner import CommandObjective
from hpsearch.objectives.workdir import Workdir
from hpsearch.storage.reached import Progress, Reached, reached

JOB = Job(Trial(4, 0, {"x": 1}, 0), 3)
needs_groups = pytest.mark.skipif(os.name == "nt", reason="it needs process groups")


def attempt(folder: Path, script: str, wanted: str = "val_acc", **how: Any) -> tuple[Result, str]:
    reading = None if how.get("source") == "before" else Reading(**how)
    objective = CommandObjective(["sh", "-c", script, "sh"], ["x"], folder, folder, wanted, read=reading)
    return objective.attempt(JOB)


@needs_groups
def test_each_epoch_is_told_at_once_and_kept_as_a_curve(tmp_path: Path) -> None:
    script = """
        echo 'Epoch 1/3'; echo 'val acc: 50%, train acc: 0.9'
        while ! test -s .reached-4-0-3.tmp; do sleep 0.01; done; cat .reached-4-0-3.tmp > seen
        echo 'Epoch 3/3'; echo 'val acc: 0.75, train acc: 0.9'
    """
    result, where = attempt(tmp_path, script)
    assert (result.status, where) == ("done", "standard output")
    assert result.metrics == {"val_acc": 0.75, "train_acc": 0.9}
    assert str(dict(result.curve)) == "{'val_acc': [0.5, nan, 0.75], 'train_acc': [0.9, nan, 0.9]}"
    assert (tmp_path / "seen").read_text() == "[1, 3, 0.5]"
    assert not list(tmp_path.glob(".reached-*"))


@needs_groups
def test_what_was_recorded_before_reads_as_it_did(tmp_path: Path) -> None:
    script = "echo 'Epoch 1: val_acc: 93.1%'; echo 'val_acc: 7' >&2"
    result, _ = attempt(tmp_path, script, source="before")
    assert (result.metrics["val_acc"], dict(result.curve)) == (93.1, {})


@needs_groups
@pytest.mark.parametrize(
    ("name", "content", "how", "value", "curve"),
    [
        (
            "out/4.csv",
            "epoch,val_acc,lr\\n1,0.5,1\\n2,,1\\n3,75%,1",
            "out/{trial}.csv",
            0.75,
            "[0.5, nan, 0.75]",
        ),
        ("log.tsv", "epoch\\tval_acc\\n0\\t0.5\\n2\\t1", "*.tsv", 1.0, "[0.5, nan, 1.0]"),
        ("m.json", '{"val": {"acc": 0.5}, "train": {"acc": 1}}', "m.json", 0.5, "None"),
        (
            "m.json",
            '[{"epoch": 1, "val_acc": 0.5}, {"epoch": 3, "val_acc": 1}]',
            "*.json",
            1.0,
            "[0.5, nan, 1.0]",
        ),
        (
            "m.jsonl",
            '{"epoch": 1, "val_acc": 0.5}\\n{"epoch": 2, "val_acc": 1}',
            "**/*.jsonl",
            1.0,
            "[0.5, 1.0, nan]",
        ),
        (
            "h.json",
            '{"error": [3, 2, 1], "val_acc": [0.5, 0.75, 1], "lr": 1}',
            "h*.json",
            1.0,
            "[0.5, 0.75, 1.0]",
        ),
        ("a.log", "Epoch 3\\nVal Acc - 0.5", "*.log", 0.5, "[nan, nan, 0.5]"),
    ],
)
def test_files_are_read_and_named_where_they_are_not(
    tmp_path: Path, name: str, content: str, how: str, value: float, curve: str
) -> None:
    (tmp_path / "old.csv").write_text("val_acc\n9")
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    script = f"printf '%b' '{content}' > {name}; echo loss: 2"
    result, where = attempt(tmp_path, script, file=how)
    assert (result.status, where, result.reason) == ("done", name, "")
    assert (result.metrics["val_acc"], result.metrics["loss"]) == (value, 2)
    assert str(result.curve.get("val_acc")) == curve
    path.unlink()
    failed, _ = attempt(tmp_path, script)
    assert failed.status == "failed"
    assert f"{name} has it, which objective.read.file={name} reads" in failed.reason


@needs_groups
@pytest.mark.parametrize(
    ("script", "how", "told"),
    [
        ("echo x", {"file": "*.csv"}, "of *.csv in FOLDER, none was written by this trial"),
        ("echo x", {"file": "*.tsv"}, "of *.tsv in FOLDER, there is none"),
        (
            "echo x > a.csv; echo y > b.csv",
            {"file": "?.csv"},
            "2 were written during this trial (a.csv and b.csv)",
        ),
        ("echo '{\"a\": ' > a.json", {"file": "a.json"}, "no metric 'val_acc'"),
        (f"echo '{{\"val_acc\": {'9' * 400}}}' > a.json", {"file": "a.json"}, "val_acc is inf"),
        (
            "echo '" + '{"a":' * 5000 + "1" + "}" * 5000 + "' > a.json",
            {"file": "a.json"},
            "no metric 'val_acc'",
        ),
        ("echo 'val_acc: 1,234'", {}, "val_acc is printed as 1,234, which may be 1234 or 1.234"),
        (
            "echo 'val_acc: 1' >&2",
            {"source": "stdout"},
            "no metric 'val_acc': it wrote and printed no number",
        ),
        (
            "echo 'val_acc: 1' >&2",
            {"source": "stdout"},
            "standard error has it, which objective.read.from=stderr",
        ),
    ],
)
def test_what_is_not_read_is_said_with_the_remedy(
    tmp_path: Path, script: str, how: dict[str, Any], told: str
) -> None:
    (tmp_path / "old.csv").write_text("val_acc\n9")
    result, _ = attempt(tmp_path, script, **how)
    assert result.status in ("failed", "diverged")
    assert told.replace("FOLDER", str(tmp_path)) in result.reason


def test_how_far_trainings_are_is_read_as_far_as_they_tell(tmp_path: Path) -> None:
    (tmp_path / ".reached-3-0-9.tmp").write_text("[7, 40, 0.5]")
    (tmp_path / ".reached-4-0-9.tmp").write_text("[1, 2")
    keys = [(4, 0, 9), (3, 0, 9), (5, 0, 9)]
    with Progress(tmp_path, (3, 0, 9)) as progress:
        assert reached(tmp_path, keys) == ()  # what one left that was killed is gone
        progress.tell(17, 40, 0.66)
        progress.tell(18, 40, 0.67)  # nobody would see it
        assert reached(tmp_path, keys) == (Reached((3, 0, 9), 17, 40, 0.66),)
    assert reached(tmp_path, keys) == ()


def test_where_each_trial_has_its_own_folder_the_last_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    objective = CommandObjective(
        ["sh", "-c", "echo 'val_acc: 0.5' > 1.log; touch -d @1 1.log; echo 'val_acc: 0.75' > 2.log"],
        ["x"],
        tmp_path / "project",
        tmp_path / "checkpoints",
        "val_acc",
        workdir=Workdir((tmp_path / "project"), None, all=False),
        read=Reading(file="*.log"),
    )
    assert objective.attempt(JOB)[0].metrics == {"val_acc": 0.75}


def test_a_file_that_trials_write_at_the_same_time_is_doubted(load: Any) -> None:
    def doubts(file: str, workers: Any = "auto", **more: Any) -> list[str]:
        section = {"kind": "command", "command": ["true", "{x}"], "read": {"file": file}, **more}
        space = {"x": {"scale": "linear", "low": 0, "high": 1}}
        dispatch = {"workers": workers}
        spec = load(objective=section, space=space, search={"metric": "val_acc"}, dispatch=dispatch)
        return [str(found) for found in lint(spec)]

    (doubt,) = doubts("*.csv")
    assert "objective.read.file: is written by every trial, and those that run at the same time" in doubt
    assert doubts("{trial}.csv") == doubts("*.csv", 1) == doubts("*.csv", workdir="trial") == []


CONFIG = """\
objective: {kind: command, command: ["true", "{x}"]MORE}
space: {x: {scale: linear, low: 0, high: 1}}
search: {metric: val_accSEARCH}
"""


def written(folder: Path, more: str = "", search: str = "") -> Path:
    path = folder / "config.yaml"
    path.write_text(CONFIG.replace("MORE", more).replace("SEARCH", search))
    return path


def test_a_search_from_before_goes_on_as_it_was_begun_and_has_its_fingerprint(tmp_path: Path) -> None:
    path = written(tmp_path)
    now, before = load_spec(path), load_recorded(path)
    assert (now.objective.reading, before.objective.reading) == (Reading(), None)  # type: ignore[attr-defined]
    assert "read" not in dump_yaml(before)
    begun = now.model_copy(update={"objective": now.objective.as_begun(before.objective)})
    assert digest(begun) == digest(before) != digest(now)
    assert now.objective.as_begun(now.objective) == now.objective
    given = load_spec(written(tmp_path, ", read: {from: both}")).objective
    assert given.as_begun(before.objective) == given


def test_the_best_epoch_ranks_where_the_reading_says_so(tmp_path: Path) -> None:
    spec = load_spec(written(tmp_path, ", read: {value: best}"))
    assert spec.search.value == "best"
    assert load_spec(written(tmp_path, ", read: {value: best}", ", value: best")) == spec


@pytest.mark.parametrize(
    ("read", "words"),
    [
        ({"from": "err"}, "read.from: must be one of"),
        ({"epoch": "Epoch ("}, "read.epoch: is no regular expression"),
        ({"epoch": "Epoch"}, "read.epoch: must have the number in parentheses"),
        ({"epoch": 3}, "read.epoch: must be a regular expression"),
        ({"metrics": {"a": "a"}}, "read.metrics: of a: must have the number in parentheses"),
        ({"metrics": ["a"]}, "read.metrics: must be a mapping of metrics to regular expressions"),
        ({"metrics": {"acc": "acc (.*)"}}, "read.metrics: lacks val_acc, by which the search ranks"),
        ({"file": "/tmp/*.csv"}, "read.file: must be below the folder"),
        ({"file": "../x.csv"}, "read.file: must be below the folder"),
        ({"file": "{x}.csv"}, "read.file: may hold {trial}, and no other placeholder (it has {x})"),
        ({"value": "last"}, "read.value: is last, and search.value is best; keep one of them"),
        ({"form": "x"}, "read.form: unknown key"),
    ],
)
def test_what_cannot_be_read_so_is_told(problems: Any, read: dict[str, Any], words: str) -> None:
    found = problems(
        objective={"kind": "command", "command": ["true", "{x}"], "read": read},
        space={"x": {"scale": "linear", "low": 0, "high": 1}},
        search={"metric": "val_acc", "value": "best"},
    )
    assert any(f"objective.{words}" in problem for problem in found), found


def test_what_stands_in_a_run_folder_is_no_file_of_the_command(tmp_path: Path) -> None:
    for name in ("runs/x/journal.jsonl", "runs/x/results.csv", "out/metrics.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text('{"val_loss": 0.5}\n')
    assert files.telling(tmp_path, 0.0, "val_loss") == "out/metrics.json"
    (tmp_path / "out/metrics.json").unlink()
    assert files.telling(tmp_path, 0.0, "val_loss") == ""
