"""A search whose first levels are shares of an epoch, from its file to what is made of it."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from hpsearch.actions.opening import prepared
from hpsearch.config import load_spec
from hpsearch.runs import RunFolder
from tests.cli.conftest import SMALL, Hpsearch
from tests.commands import Ended, here

SHARES = SMALL.replace("min_epochs: 1", "min_epochs: 0.2").replace("trials: 14", "trials: 16")
LEVELS = (0.25, 0.5, 1, 2, 4)


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a search that has ended; not to be written to."""
    folder = tmp_path_factory.mktemp("shares")
    (folder / "config.yaml").write_text(SHARES)
    ended = here(folder, "run", "config.yaml", "--executor", "serial")
    assert ended.returncode == 0, ended.stderr
    return folder


@pytest.fixture
def of(searched: Path) -> Callable[..., Ended]:
    """A command that reads the search."""

    def run(*args: str) -> Ended:
        ended = here(searched, *args)
        assert ended.returncode == 0, ended.stderr
        return ended

    return run


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "runs" / "small" / name).open() as file:
        return list(csv.DictReader(file))


def test_every_level_is_recorded_under_its_share(searched: Path, of: Callable[..., Ended]) -> None:
    curves = rows(searched, "curves.csv")
    first = [row for row in curves if row["trial"] == "0" and row["replicate"] == "0"]
    assert [row["epoch"] for row in first[:2]] == ["0.25", "0.5"][: len(first)]
    assert {float(row["epochs"]) for row in rows(searched, "results.csv")} <= set(LEVELS)
    least = [row for row in rows(searched, "results.csv") if row["epochs"] == "0.25"]
    assert least
    number = least[0]["trial"]
    assert "| 0.25 of 4 epochs" in of("show", "small", "--format", "text", "--top", "20").stdout
    assert "0.25 of 4 epochs" in of("show", "small", "--trial", number).stdout
    whole = [row["epoch"] for row in curves if row["replicate"] == "1"]
    assert set(whole) == {"1", "2", "3", "4"}, "with a fresh seed it is trained in one go"


def test_a_trial_is_reproduced_whatever_levels_it_had(searched: Path, of: Callable[..., Ended]) -> None:
    ranked = rows(searched, "results.csv")
    for epochs in ("4", "0.25"):
        number = next(row["trial"] for row in ranked if row["epochs"] == epochs)
        assert "bit" in of("reproduce", "small", number).stdout


@pytest.mark.parametrize("states", [True, False])
def test_a_search_cut_off_anywhere_goes_on_to_the_same_files(
    searched: Path, tmp_path: Path, states: bool
) -> None:
    shutil.copytree(searched / "runs", tmp_path / "runs")
    run = tmp_path / "runs" / "small"
    lines = (run / "journal.jsonl").read_bytes().splitlines(keepends=True)
    (run / "journal.jsonl").write_bytes(b"".join(lines[: len(lines) // 2]) + lines[len(lines) // 2][:9])
    if not states:
        shutil.rmtree(run / "checkpoints")
    ended = here(tmp_path, "resume", "small", "--executor", "serial")
    assert ended.returncode == 0, ended.stderr
    for name in ("results.csv", "curves.csv", "config.yaml"):
        assert (run / name).read_bytes() == (searched / "runs" / "small" / name).read_bytes()


def test_what_is_made_of_it(searched: Path, of: Callable[..., Ended], tmp_path: Path) -> None:
    of("report", "small", "-o", str(tmp_path / "page.html"))
    page = (tmp_path / "page.html").read_text()
    assert "stopped at 0.25 of 4 epochs" in page or "0.25 epochs" in page
    of("export", "small", "--to", "json", "-o", str(tmp_path / "all.json"))
    found = json.loads((tmp_path / "all.json").read_text())
    assert {trial["epochs"] for trial in found["trials"]} <= set(LEVELS)
    assert {type(trial["epochs"]) for trial in found["trials"]} == {float, int}
    number = next(row["trial"] for row in rows(searched, "results.csv") if row["epochs"] == "0.25")
    model = tmp_path / "model.npz"
    of("export", "small", "--to", "model", "--trial", number, "-o", str(model))
    of("export", "small", "--to", "model", "--trial", number, "--refit", "-o", str(tmp_path / "refit.npz"))
    with np.load(model) as arrays:
        assert any("0.25" in str(arrays[name]) for name in arrays.files), "it says how long it was trained"
    refined = here(searched, "refine", "small", "--dry-run")
    assert "min_epochs: 0.2" in refined.stdout


def test_other_programs_have_what_was_measured_within_the_first_epoch_at_step_0(
    searched: Path, of: Callable[..., Ended], tmp_path: Path
) -> None:
    optuna = pytest.importorskip("optuna", reason="optuna is not installed: pip install 'hpsearch[optuna]'")
    from optuna.storages.journal import JournalFileBackend

    path = tmp_path / "study.log"
    of("export", "small", "--to", "optuna", "-o", str(path))
    storage = optuna.storages.JournalStorage(JournalFileBackend(str(path)))
    study = optuna.load_study(study_name="small", storage=storage)
    assert study.user_attrs["rungs"] == list(LEVELS)
    curves = rows(searched, "curves.csv")
    for trial in study.trials:
        own = [row for row in curves if row["trial"] == str(trial.number) and row["replicate"] == "0"]
        least = max((row for row in own if float(row["epoch"]) < 1), key=lambda row: float(row["epoch"]))
        assert trial.intermediate_values[0] == float(least["val_acc"])
        assert len(trial.intermediate_values) == 1 + sum(float(row["epoch"]) >= 1 for row in own)


def test_a_table_of_types_holds_shares(of: Callable[..., Ended], tmp_path: Path) -> None:
    polars = pytest.importorskip("polars", reason="polars is not installed: pip install 'hpsearch[tabular]'")
    of("export", "small", "--to", "parquet", "-o", str(tmp_path / "trials.parquet"))
    assert set(polars.read_parquet(tmp_path / "trials.parquet")["epochs"]) <= set(LEVELS)


def test_the_first_level_follows_from_the_data(tmp_path: Path) -> None:
    """Where an epoch has more than 2,000 steps with any batch, it is a share; what goes on keeps its own."""
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "big.npz", X=rng.normal(size=(7000, 2)), y=rng.integers(0, 2, 7000))
    text = (
        "objective: {kind: mlp, dataset: big.npz, hidden: [4], batch_size: 2, epochs: 3}\n"
        "space: {lr: {scale: log, low: 1e-3, high: 1}}\n"
    )

    def level(more: str = "", of: str = text, folder: str = "none") -> object:
        (tmp_path / "config.yaml").write_text(of + more)
        spec = load_spec(tmp_path / "config.yaml")
        halving = prepared(spec, RunFolder(tmp_path / folder), "resume")[0].search.halving
        return halving and halving.min_epochs

    assert level() == 0.05
    assert level("search: {halving: {min_epochs: 1}}\n") == 1
    assert level("search: {halving: off}\n") is None
    assert level(of=text.replace("epochs: 3", "epochs: 3, epoch_rows: 3000")) == 1
    assert level(of=text.replace("space: {lr", "space: {batch_size: {choices: [2, 4]}, lr")) == 1
    old = tmp_path / "old"
    old.mkdir()
    (old / "journal.jsonl").write_text("{}\n")
    (old / "config.yaml").write_text(
        (text + "name: old\nsearch: {halving: {min_epochs: 1}}\n").replace("big", "../big")
    )
    assert level(folder="old") == 1


@pytest.mark.parametrize(
    "objective",
    ['{kind: python, function: "train.py:train", epochs: 9}', "{kind: command, command: [python, '{lr}']}"],
)
def test_code_of_ones_own_is_told_of_whole_epochs(folder: Path, hpsearch: Hpsearch, objective: str) -> None:
    (folder / "train.py").write_text("def train(lr, epochs):\n    return lr\n")
    (folder / "own.yaml").write_text(
        f"objective: {objective}\nspace: {{lr: {{scale: log, low: 1e-3, high: 1}}}}\n"
        "search:\n  metric: score\n  goal: maximize\n  halving: {min_epochs: 0.05}\n"
    )
    ended = hpsearch("check", "own.yaml")
    assert ended.returncode == 2
    assert "own.yaml:6: search.halving.min_epochs: must be a whole number" in ended.stderr
    assert "give 1, and where an epoch is long" in ended.stderr
    assert "(got 0.05)" in ended.stderr
