"""Searches from the command line: what they print and write, and that nothing changes it."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import yaml

from hpsearch.actions import run as action
from hpsearch.engine.run import Run
from hpsearch.runs import RunFolder
from tests.cli.conftest import SMALL, Hpsearch
from tests.commands import DEVNULL, as_process, here, started

FILES = {
    "config.yaml",
    "journal.jsonl",
    "results.txt",
    "results.csv",
    "best.yaml",
    "curves.csv",
    "checkpoints",
}
LINE = re.compile(
    r"Best-\d+\(val acc:[0-9.]+\) \| lr:[0-9.e-]+, momentum:[0-9.]+, activation:(relu|tanh)"
    r"( \| val acc:[0-9.]+ \+- [0-9.]+ \(2 seeds\))?( \| \d of 4 epochs)?"
    r"( \| near-tie, val loss:[0-9.]+)?"
)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of the small search, run once in one process and without any trouble."""
    place = tmp_path_factory.mktemp("expected")
    (place / "config.yaml").write_text(SMALL)
    ended = here(place, "run", "config.yaml", "--executor", "serial")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "\n".join((place / "runs/small/results.txt").read_text().split("\n")[:11]) + "\n"
    return place / "runs/small"


def test_every_file_of_the_run_folder_is_there(expected: Path) -> None:
    assert {path.name for path in expected.iterdir() if not path.name.startswith(".")} == FILES
    lines = (expected / "results.txt").read_text().splitlines()
    assert lines[0] == "=========== Hyper-Parameter Optimization Result ==========="
    ranking, verdicts = lines[1 : lines.index("")], lines[lines.index("") + 1 :]
    assert len(ranking) == 14
    assert all(LINE.fullmatch(line) for line in ranking), ranking
    assert all(line.startswith("- ") for line in verdicts)
    assert yaml.safe_load((expected / "best.yaml").read_text()).keys() == {"lr", "momentum", "activation"}
    header, *rows = (expected / "results.csv").read_text().splitlines()
    assert header.startswith(
        "rank,trial,round,status,epochs,train_loss,val_acc,val_loss,mean,spread,seeds,lr"
    )
    assert len(rows) == 14
    assert (
        (expected / "curves.csv")
        .read_text()
        .startswith("trial,replicate,epoch,train_loss,val_acc,val_loss\n")
    )


def test_it_learns_something(expected: Path) -> None:
    assert float((expected / "results.csv").read_text().splitlines()[1].split(",")[6]) > 0.9


@pytest.mark.parametrize("workers", ["1", "2", "3"])
def test_who_trains_does_not_matter(
    workers: str, expected: Path, folder: Path, real_hpsearch: Hpsearch
) -> None:
    ended = real_hpsearch("run", "config.yaml", "--workers", workers)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines() == (expected / "results.txt").read_text().splitlines()[:11]
    for name in ("results.csv", "results.txt", "curves.csv", "best.yaml"):
        assert (folder / "runs/small" / name).read_bytes() == (expected / name).read_bytes()


def test_kill_9_at_random_moments_changes_nothing(expected: Path, folder: Path) -> None:
    rng = random.Random(0)
    run = folder / "runs/small"
    acknowledged = 0
    for _ in range(6):
        process = started(folder, "run", "config.yaml", "--resume", "--workers", "2", stderr=DEVNULL)
        time.sleep(rng.uniform(0.05, 0.5))  # of which little is its start
        process.send_signal(signal.SIGKILL)
        process.wait()
        if (run / "journal.jsonl").exists() and (run / "journal.jsonl").stat().st_size:
            results = [result.key for result in Run.read(RunFolder(run)).results]
            assert len(results) == len(set(results)) >= acknowledged
            acknowledged = len(results)
    as_process(folder, "run", "config.yaml", "--resume").check_returncode()
    for name in ("results.csv", "results.txt", "curves.csv"):
        assert (run / name).read_bytes() == (expected / name).read_bytes()


def test_lost_checkpoints_cost_time_and_nothing_else(
    expected: Path, folder: Path, hpsearch: Hpsearch
) -> None:
    assert hpsearch("run", "config.yaml", "--time-limit", "0.000001").returncode in (0, 1)
    states = folder / "runs/small/checkpoints"
    for _ in range(30):
        ended = hpsearch("resume", "small", "--time-limit", "0.3")
        for state in states.glob("*.npz"):
            state.write_bytes(b"broken")
        if not (ended.stderr.count("time limit")):
            break
    assert (folder / "runs/small/results.csv").read_bytes() == (expected / "results.csv").read_bytes()


def test_an_existing_run_is_neither_overwritten_nor_mixed(folder: Path, hpsearch: Hpsearch) -> None:
    first = hpsearch("run", "config.yaml", "--trials", "4")
    before = (folder / "runs/small/results.csv").read_bytes()
    refused = hpsearch("run", "config.yaml")
    assert refused.returncode == 3
    assert "--resume" in refused.stderr
    assert "--overwrite" in refused.stderr
    other = hpsearch("run", "config.yaml", "--resume", "--set", "space.lr.high=0.5")
    assert other.returncode == 2
    assert "space.lr.high" in other.stderr
    assert (folder / "runs/small/results.csv").read_bytes() == before
    again = hpsearch("run", "config.yaml", "--trials", "4", "--overwrite")
    assert again.stdout == first.stdout
    assert (folder / "runs/small/results.csv").read_bytes() == before


def test_resuming_goes_on_with_more_trials(folder: Path, hpsearch: Hpsearch) -> None:
    hpsearch("run", "config.yaml", "--trials", "4")
    assert hpsearch("resume", "small", "--trials", "8").returncode == 0
    assert len((folder / "runs/small/results.csv").read_text().splitlines()) == 9
    assert hpsearch("resume", "small").returncode == 0


def test_show_has_five_forms(expected: Path, hpsearch: Hpsearch) -> None:
    show = ["show", str(expected), "--top", "3"]
    texts = hpsearch(*show, "--format", "text").stdout.splitlines()
    written = (expected / "results.txt").read_text().splitlines()
    assert texts == written[:4]
    # The verdicts stand at the end of the file, and are said again by every look at the run.
    verdicts = written[written.index("") + 1 :]
    assert verdicts
    told = [line for line in hpsearch(*show, "--format", "text").stderr.splitlines() if line.startswith("- ")]
    where = f" --runs-dir {expected.parent}"  # which the commands name from another folder
    assert [line.replace(where, "") for line in told] == verdicts
    best = json.loads(hpsearch(*show, "--json").stdout)["best"]
    assert [entry["rank"] for entry in best] == [1, 2, 3]
    assert set(best[0]["parameters"]) == {"lr", "momentum", "activation"}
    assert hpsearch(*show, "--format", "csv").stdout == "".join(
        (expected / "results.csv").read_text().splitlines(keepends=True)[:4]
    )
    assert hpsearch(*show, "--format", "markdown").stdout.startswith("| rank | trial | round |")
    table = hpsearch(*show).stdout.splitlines()
    assert len(table) == 4
    assert "val acc" in table[0]


def test_list_names_the_runs(expected: Path, hpsearch: Hpsearch) -> None:
    ended = hpsearch("list", "--runs-dir", str(expected.parent))
    assert "small" in ended.stdout
    assert "complete" in ended.stdout
    assert "no runs in" in hpsearch("list").stderr


def test_fail_under(hpsearch: Hpsearch) -> None:
    assert hpsearch("run", "config.yaml", "--fail-under", "0.5").returncode == 0
    failed = hpsearch("resume", "small", "--fail-under", "0.999")
    assert failed.returncode == 1
    assert "is below --fail-under 0.999" in failed.stderr


def test_a_loss_that_is_not_low_enough_is_above(tmp_path: Path) -> None:
    (tmp_path / "flat.py").write_text("def train(x):\n    return {'loss': 0.5}\n")
    (tmp_path / "config.yaml").write_text(
        'objective: {kind: python, function: "flat.py:train"}\nspace: {x: {choices: [1, 2]}}\n'
        "search: {trials: 1, metric: loss}\n"
    )
    ended = here(tmp_path, "run", "config.yaml", "--executor", "serial", "--fail-under", "0.3")
    assert (ended.returncode, ended.stderr.splitlines()[-1]) == (1, "loss 0.5 is above --fail-under 0.3")


def test_json_is_one_document_and_nothing_else(hpsearch: Hpsearch) -> None:
    ended = hpsearch("run", "config.yaml", "--trials", "3", "--json")
    data = json.loads(ended.stdout)
    assert data["trials"] == 3
    assert data["ending"] == "complete"
    assert data["best"][0]["rank"] == 1


def test_when_every_trial_fails_the_status_is_1(folder: Path, hpsearch: Hpsearch) -> None:
    text = SMALL.replace("low: 1e-3, high: 1", "low: 1e5, high: 1e6")
    (folder / "config.yaml").write_text(text)
    ended = hpsearch("run", "config.yaml")
    assert ended.returncode == 1
    assert "all 14 trials failed" in ended.stderr
    assert "diverged" in ended.stderr
    assert "Warning" not in ended.stderr


def test_the_target_ends_a_search(hpsearch: Hpsearch, folder: Path) -> None:
    ended = hpsearch("run", "config.yaml", "--set", "search.target=0.5")
    assert ended.returncode == 0
    assert "the target is reached" in ended.stderr
    assert len((folder / "runs/small/results.csv").read_text().splitlines()) < 15


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once_and_names_the_way_on(number: signal.Signals, folder: Path) -> None:
    long = SMALL.replace("epochs: 4", "epochs: 20000").replace("hidden: [16]", "hidden: [256, 256]")
    (folder / "config.yaml").write_text(long)
    with started(folder, "run", "config.yaml", "--set", "search.halving=off") as process:
        journal = folder / "runs/small/journal.jsonl"
        while not (journal.exists() and '"round"' in journal.read_text()):
            time.sleep(0.05)
        time.sleep(0.3)
        process.send_signal(number)
        # Its training would take many minutes; tests/soak/latencies.py measures the two seconds that are promised.
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.splitlines()[-1] == "interrupted; continue with: hpsearch resume small"
    assert "Traceback" not in errors


def interrupted_at_3(tmp_path: Path) -> None:
    """Write a search that is interrupted while its third trial runs."""
    (tmp_path / "once.py").write_text(
        "import signal\ndef train(x):\n    if x == 3:\n        signal.raise_signal(signal.SIGINT)\n    return x\n"
    )
    (tmp_path / "config.yaml").write_text(
        'objective: {kind: python, function: "once.py:train"}\nspace: {x: {choices: [1, 2, 3, 4]}}\n'
        "search: {sampler: grid, trials: 4}\ndispatch: {executor: serial}\n"
    )


def test_an_interrupted_search_prints_what_it_has_found(tmp_path: Path) -> None:
    interrupted_at_3(tmp_path)
    for form in ((), ("--json",)):
        ended = here(tmp_path, "run", "config.yaml", "--overwrite", *form)
        assert ended.returncode == 130
        assert ended.stderr.splitlines()[-1] == "interrupted; continue with: hpsearch resume config"
        if form:
            assert [standing["parameters"] for standing in json.loads(ended.stdout)["best"]] == [
                {"x": 2},
                {"x": 1},
            ]
        else:
            assert ended.stdout.splitlines()[1:] == ["Best-1(score:2) | x:2", "Best-2(score:1) | x:1"]


def test_who_interrupts_does_not_wait_for_files_of_very_many_trials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(action, "WRITTEN_IN_TIME", 1)
    interrupted_at_3(tmp_path)
    ended = here(tmp_path, "run", "config.yaml")
    assert ended.stdout.splitlines()[1:] == ["Best-1(score:2) | x:2", "Best-2(score:1) | x:1"]
    assert "lack the last trials" in ended.stderr
    assert not (tmp_path / "runs/config/results.csv").exists()


def test_a_journal_damaged_in_the_middle_is_status_3(folder: Path, hpsearch: Hpsearch) -> None:
    hpsearch("run", "config.yaml", "--trials", "4")
    journal = folder / "runs/small/journal.jsonl"
    content = bytearray(journal.read_bytes())
    content[len(content) // 2] ^= 1
    journal.write_bytes(bytes(content))
    for args in (["resume", "small"], ["show", "small"], ["run", "config.yaml", "--resume"]):
        ended = hpsearch(*args)
        assert ended.returncode == 3
        assert re.search(r"journal\.jsonl:\d+: this record is damaged", ended.stderr)


def test_only_one_process_runs_a_search(folder: Path, hpsearch: Hpsearch) -> None:
    long = SMALL.replace("epochs: 4", "epochs: 20000")
    (folder / "config.yaml").write_text(long)
    long_run = ("run", "config.yaml", "--set", "search.halving=off")
    with started(folder, *long_run, stderr=DEVNULL) as process:
        journal = folder / "runs/small/journal.jsonl"
        while not (journal.exists() and '"round"' in journal.read_text()):
            time.sleep(0.05)
        second = hpsearch("run", "config.yaml", "--resume", "--set", "search.halving=off")
        assert "no trial has ended yet" in hpsearch("show", "small").stderr
        assert hpsearch("list").stdout.splitlines()[1].split()[:2] == ["small", "running"]
        process.kill()
    assert hpsearch("list").stdout.splitlines()[1].split()[:2] == ["small", "interrupted"]
    assert "continue with: hpsearch resume small" in hpsearch("show", "small").stderr
    assert second.returncode == 3
    assert "another hpsearch process" in second.stderr


def test_a_read_only_folder_is_one_clear_message(folder: Path, hpsearch: Hpsearch) -> None:
    if os.geteuid() == 0:
        pytest.skip("the superuser may write anywhere")
    (folder / "runs").mkdir(mode=0o555)
    ended = hpsearch("run", "config.yaml")
    assert ended.returncode == 3
    assert "no permission" in ended.stderr


def test_version(hpsearch: Hpsearch) -> None:
    from hpsearch import __version__

    assert hpsearch("--version").stdout == f"hpsearch {__version__}\n"


def test_schema_is_json(hpsearch: Hpsearch) -> None:
    assert json.loads(hpsearch("schema").stdout)["properties"].keys() >= {"objective", "space", "search"}


def test_help_does_not_import_numpy() -> None:
    code = (
        "import sys; sys.argv = ['hpsearch', '--help']\n"
        "from hpsearch.__main__ import main\n"
        "main(); heavy = {'numpy', 'scipy', 'pydantic', 'pebble', 'yaml'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 0, ended.stderr


def test_a_config_edited_after_the_fact_is_not_continued(folder: Path, hpsearch: Hpsearch) -> None:
    hpsearch("run", "config.yaml", "--trials", "4")
    config = folder / "runs/small/config.yaml"
    config.write_text(config.read_text().replace("optimizer: momentum", "optimizer: adam"))
    ended = hpsearch("resume", "small", "--trials", "8")
    assert ended.returncode == 2
    assert "was changed since the search began" in ended.stderr


def test_without_its_config_a_run_goes_on_from_the_file(folder: Path, hpsearch: Hpsearch) -> None:
    hpsearch("run", "config.yaml", "--trials", "4")
    (folder / "runs/small/config.yaml").unlink()
    assert hpsearch("run", "config.yaml", "--resume", "--trials", "8").returncode == 0
    assert yaml.safe_load((folder / "runs/small/config.yaml").read_text())["search"]["trials"] == 8


@pytest.mark.parametrize("overlap", ["0", "1"])
def test_without_its_config_as_many_are_in_flight_as_it_was_begun_with(
    folder: Path, hpsearch: Hpsearch, overlap: str
) -> None:
    """By a version that had none in flight beside a round, and with fewer trials than the file has by now."""
    (folder / "config.yaml").write_text(SMALL.replace("round_size: 4", "target: 0.01"))
    assert hpsearch("run", "config.yaml", "--set", f"search.overlap={overlap}").returncode == 0
    (folder / "runs/small/config.yaml").unlink()
    ended = hpsearch("run", "config.yaml", "--resume", "--trials", "240")
    assert (ended.returncode, "was changed" in ended.stderr) == (0, False)
    search = yaml.safe_load((folder / "runs/small/config.yaml").read_text())["search"]
    assert search.get("overlap", 0) == int(overlap)


def test_fewer_trials_than_there_are_change_nothing(folder: Path, hpsearch: Hpsearch) -> None:
    hpsearch("run", "config.yaml", "--trials", "8")
    ended = hpsearch("resume", "small", "--trials", "4", "--time-limit", "1h")
    assert "8 trials were tried before" in ended.stderr
    search = yaml.safe_load((folder / "runs/small/config.yaml").read_text())["search"]
    assert search["trials"] == 8
    assert search["time_limit"] in ("off", False)  # off is false to YAML 1.1


def test_overwriting_starts_only_when_the_new_search_can(folder: Path, hpsearch: Hpsearch) -> None:
    hpsearch("run", "config.yaml", "--trials", "4")
    before = (folder / "runs/small/journal.jsonl").read_bytes()
    ended = hpsearch("run", "config.yaml", "--overwrite", "--set", "objective.dataset=./none.npz")
    assert ended.returncode == 2
    assert (folder / "runs/small/journal.jsonl").read_bytes() == before


def test_a_small_space_says_that_it_is_all(folder: Path, hpsearch: Hpsearch) -> None:
    start, stop = SMALL.index("space:"), SMALL.index("search:")
    tiny = SMALL[:start] + "space:\n  activation: {choices: [relu, tanh]}\n" + SMALL[stop:]
    (folder / "config.yaml").write_text(tiny)
    ended = hpsearch("run", "config.yaml")
    assert ended.returncode == 0
    assert "all 2 configurations of the space were tried" in ended.stderr


def test_a_reader_that_has_seen_enough_is_no_failure(expected: Path, folder: Path) -> None:
    line = f"{sys.executable} -m hpsearch show {expected} | true; exit ${{PIPESTATUS[0]}}"
    ended = subprocess.run(["bash", "-c", line], cwd=folder, capture_output=True, text=True, check=False)
    assert ended.returncode == 0
    assert all(line.startswith("- ") for line in ended.stderr.splitlines())  # what to do next, and no trouble


@pytest.mark.long
def test_killed_workers_cost_nothing(expected: Path, folder: Path) -> None:
    rng = random.Random(1)
    kills = 10  # even if all of them hit one trial, it is tried once more
    patient = ("run", "config.yaml", "--workers", "2", "--set", f"dispatch.retries={kills}")
    process = started(folder, *patient, stderr=DEVNULL)
    try:
        coordinator = psutil.Process(process.pid)
        while process.poll() is None and kills:
            time.sleep(rng.uniform(0.02, 0.3))
            with contextlib.suppress(psutil.Error, ValueError):
                # The workers are the children of the server, which is a child of the process itself.
                workers = [w for w in coordinator.children(recursive=True) if w.ppid() != process.pid]
                max(workers, key=lambda worker: worker.pid).kill()
                kills -= 1
        assert process.wait(timeout=80) == 0
    finally:
        process.kill()
        process.wait()
    for name in ("results.csv", "curves.csv"):
        assert (folder / "runs/small" / name).read_bytes() == (expected / name).read_bytes()


def test_own_settings_are_tried_first_and_their_rank_is_said(hpsearch: Hpsearch, folder: Path) -> None:
    (folder / "mine.yaml").write_text("lr: 0.02\nmomentum: 0.9\n")
    given = ("run", "config.yaml", "--enqueue", "mine.yaml", "--set", "search.enqueue=[{lr: 0.001}]")
    ended = hpsearch(*given)
    assert ended.returncode == 0, ended.stderr
    assert re.search(
        r"the best of your 2 own settings: rank \d+ of 1[34], 0\.\d+( after \d of 4 epochs|; )?", ended.stderr
    )
    run = Run.read(RunFolder.existing(folder / "runs", "small"))
    first, second = run.trials[0].config, run.trials[1].config
    assert (first["lr"], first["momentum"], second["lr"]) == (0.02, 0.9, 0.001)
    assert run.spec.search.enqueue == ({"lr": 0.02, "momentum": 0.9}, {"lr": 0.001})

    again = hpsearch(*given, "--resume")
    assert again.returncode == 0, again.stderr
    other = hpsearch(*given[:-2], "--resume")
    assert other.returncode == 2
    assert "the recorded search has another search.enqueue" in other.stderr

    shown = hpsearch("show", "small")
    assert "your 2 own settings: rank" in shown.stderr
    refined = hpsearch("refine", "small", "--dry-run")
    assert refined.returncode == 0, refined.stderr
    assert "enqueue" not in refined.stdout


def test_own_settings_that_do_not_fit_are_refused_before_anything_runs(
    hpsearch: Hpsearch, folder: Path
) -> None:
    (folder / "mine.yaml").write_text("lr: 2\nmomentum: 0.9\n")
    ended = hpsearch("run", "config.yaml", "--enqueue", "mine.yaml")
    assert ended.returncode == 2
    said = "mine.yaml:1: search.enqueue[0].lr: must be within space.lr, 0.001 to 1; "
    assert said in ended.stderr
    assert not (folder / "runs").exists()
