"""A first configuration: for what it is made, what is in it, and that it runs as it stands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hpsearch.actions.init.network import data_text
from hpsearch.actions.init.start import FOLDED, Start
from hpsearch.config import Spec, lint, load_spec
from hpsearch.objectives.command.settings import CommandSettings
from hpsearch.objectives.function.settings import FunctionSettings
from tests import commands
from tests.cli.conftest import Hpsearch

SCRIPT = """\
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=3)
parser.add_argument("--batch-size", type=int, default=32)
parser.add_argument("--steps", type=int, default=8)
parser.add_argument("-l", "--lr", type=float, default=0.1)
parser.add_argument("--verbose", action="store_true")
parser.add_argument("--num-workers", type=int, default=4)
parser.add_argument("--optimizer", choices=["sgd", "adam"])
given = parser.parse_args()
loss = given.lr + 1
print(f"loss: {loss} val_acc: {1 - given.lr}")
"""


def made(folder: Path, hpsearch: Hpsearch, *args: str, name: str = "new.yaml") -> Spec:
    ended = hpsearch("init", *args, "-o", name)
    assert ended.returncode == 0, ended.stderr
    spec = load_spec(folder / name)
    assert lint(spec) == []
    return spec


def test_without_anything_it_is_the_digits(folder: Path, hpsearch: Hpsearch) -> None:
    spec = made(folder, hpsearch)
    assert list(spec.space)[:4] == ["lr", "momentum", "hidden_units", "batch_size"]
    assert hpsearch("run", "new.yaml", "--trials", "2", "--set", "epochs=2").returncode == 0


def test_a_table_with_its_target(folder: Path, hpsearch: Hpsearch) -> None:
    rows = [f"{n},{'yes' if n > 30 else 'no'},{n % 7}" for n in range(60)]
    (folder / "t.csv").write_text("\n".join(["a,bought,b", *rows]))
    (folder / "sub").mkdir()
    spec = made(folder, hpsearch, "t.csv", "--target", "bought", name="sub/t.yaml")
    assert spec.objective.dataset.source == str(folder / "t.csv")  # type: ignore[attr-defined]
    assert spec.objective.dataset.target == "bought"  # type: ignore[attr-defined]
    assert "# 60 rows, 2 classes (no, yes)" in (folder / "sub/t.yaml").read_text()
    assert hpsearch("run", "sub/t.yaml", "--dry-run").returncode == 0
    ended = hpsearch("init", "t.csv", "--target", "bougt", "-o", "x.yaml")
    assert ended.returncode == 2
    assert "did you mean 'bought'?" in ended.stderr
    assert not (folder / "x.yaml").exists()


def test_a_command_with_the_options_of_its_script(folder: Path, hpsearch: Hpsearch) -> None:
    (folder / "train.py").write_text(SCRIPT)
    spec = made(folder, hpsearch, "python train.py")
    assert isinstance(spec.objective, CommandSettings)
    assert list(spec.space) == ["lr", "batch_size", "steps", "optimizer"]
    words = (
        "--lr",
        "{lr}",
        "--batch-size",
        "{batch_size}",
        "--steps",
        "{steps}",
        "--optimizer",
        "{optimizer}",
    )
    assert spec.objective.command == ("python", "train.py", *words, "--epochs", "{epochs}")
    assert spec.objective.epochs == 3
    assert spec.space["optimizer"].choices == ("sgd", "adam")  # type: ignore[union-attr]
    assert spec.search.metric == "val_acc"
    ended = hpsearch("run", "new.yaml", "--dry-run")
    assert ended.returncode == 0, ended.stderr
    assert "read from standard output" in ended.stdout


def test_any_other_command_gets_a_learning_rate(folder: Path, hpsearch: Hpsearch) -> None:
    spec = made(folder, hpsearch, "awk -f 'my train.awk'")
    assert isinstance(spec.objective, CommandSettings)
    assert spec.objective.command == ("awk", "-f", "my train.awk", "--lr", "{lr}")
    text = (folder / "new.yaml").read_text()
    assert "# No option was found, so --lr is a guess" in text
    assert "awk -f 'my train.awk' {lr}" in text


def test_a_command_that_names_a_file_of_settings_is_told_how_values_get_there(
    folder: Path, hpsearch: Hpsearch
) -> None:
    (folder / "base.yaml").write_text("optimizer: {lr: 0.1}\n")
    made(folder, hpsearch, "awk -f train.awk base.yaml")
    text = (folder / "new.yaml").read_text()
    assert "# To set a value in base.yaml" in text
    old = next(line for line in text.splitlines() if line.startswith("  command:"))
    asked = text.replace(old + "\n", "").replace("  #   co", "  co").replace("KEY:", "optimizer.lr:")
    (folder / "new.yaml").write_text(asked)
    again = load_spec(folder / "new.yaml").objective
    assert isinstance(again, CommandSettings)
    assert again.command == ("awk", "-f", "train.awk", "{config}")
    (folder / "sub").mkdir()
    made(folder, hpsearch, "awk -f train.awk base.yaml", name="sub/new.yaml")
    assert "config: {from: ../base.yaml," in (folder / "sub/new.yaml").read_text()


def test_a_command_with_places_for_its_values(folder: Path, hpsearch: Hpsearch) -> None:
    (folder / "train.sh").write_text('echo "RMSE=$(expr $2 + $1)"\n')
    spec = made(folder, hpsearch, "sh train.sh {hidden} {epochs}")
    assert isinstance(spec.objective, CommandSettings)
    assert spec.objective.command == ("sh", "train.sh", "{hidden}", "{epochs}")
    assert (list(spec.space), spec.objective.epochs) == (["hidden"], 27)
    assert (spec.search.metric, spec.search.goal) == ("RMSE", "minimize")
    assert hpsearch("run", "new.yaml", "--dry-run").returncode == 0


def test_a_function_with_its_arguments(folder: Path, hpsearch: Hpsearch) -> None:
    (folder / "f.py").write_text("def f(x, width=8, lr=0.1, *, epochs=3, seed=0, name='n'):\n    return x\n")
    spec = made(folder, hpsearch, "f.py:f")
    assert isinstance(spec.objective, FunctionSettings)
    assert list(spec.space) == ["lr", "width", "x"]
    assert spec.objective.epochs == 3
    assert hpsearch("run", "new.yaml", "--dry-run").returncode == 0


def test_numbers_in_arrays_are_come_close_to(folder: Path, hpsearch: Hpsearch) -> None:
    rng = np.random.default_rng(0)
    np.savez(folder / "reg.npz", X=rng.normal(size=(60, 2)), y=rng.normal(size=60))
    spec = made(folder, hpsearch, "reg.npz")
    assert (spec.objective.dataset.task, spec.search.metric) == ("regression", "val_r2")  # type: ignore[attr-defined]


def table(path: Path, answers: list[object]) -> None:
    """A table whose last column, y, has these answers, and whose other says nothing."""
    path.write_text("a,y\n" + "".join(f"{7 * row % 11},{answer}\n" for row, answer in enumerate(answers)))


@pytest.mark.parametrize(
    ("answers", "split"),
    [
        (["a", "b"] * 30, "{folds: 5, test: 0}"),
        (["a"] * 60 + ["b"] * 4, "[0.8, 0.2]"),  # too few of a class for five folds
        ([row / 7 for row in range(60)], "{folds: 5, test: 0}"),
        (["a", "b"] * (FOLDED // 2 + 1), "[0.8, 0.2]"),
    ],
)
def test_how_rows_are_divided_follows_from_how_many_there_are(
    answers: list[object], split: str, folder: Path, hpsearch: Hpsearch
) -> None:
    table(folder / "t.csv", answers)
    made(folder, hpsearch, "t.csv")
    text = (folder / "new.yaml").read_text()
    assert f", split: {split}}}\n" in text
    assert ("confirm: off" in text) == ("folds" in split)  # whose networks begin from several seeds
    assert hpsearch("run", "new.yaml", "--trials", "2", "--set", "epochs=2").returncode == 0


def test_the_learning_rate_of_a_large_table_comes_to_rest(
    folder: Path, hpsearch: Hpsearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpsearch.actions.init.start._LARGE", 50)
    table(folder / "t.csv", [index / 7 for index in range(60)])
    made(folder, hpsearch, "t.csv")
    text = (folder / "new.yaml").read_text()
    assert "  lr_schedule: cosine " in text
    assert "early_stopping" not in text
    assert hpsearch("check", "new.yaml").returncode == 0


def test_a_network_is_waited_for_by_how_many_rows_an_epoch_has() -> None:
    starts = [Start(rows, rows) for rows in (500, 2_000, 10_000, 100_000, 100_001)]
    assert [(start.epochs, start.patience) for start in starts] == [
        (243, 15), (243, 15), (81, 7), (27, 3), (27, 0),
    ]  # fmt: skip
    assert [start.anneals for start in starts] == [start.patience == 0 for start in starts]


def test_more_rows_train_for_fewer_passes_by_larger_batches() -> None:
    few, many = Start(500, 100), Start(1_000_000, 1000)
    assert few.epoch_rows is None
    assert many.epoch_rows is not None
    assert few.epochs > 10 * many.epochs * many.epoch_rows / many.rows
    assert (few.anneals, many.anneals) == (False, True)
    assert (many.parts[1] * many.rows, few.parts[1]) == (20_000, 0.2)
    batches = [
        next(known.range for known in start.space if known.name == "batch_size") for start in (few, many)
    ]
    assert batches == ["{choices: [16, 32, 64]}", "{choices: [256, 1024, 4096]}"]
    assert (few.requires, many.requires) == ("hidden_units * hidden_layers <= 512", "")


def test_grades_are_numbers_and_names_are_classes(folder: Path, hpsearch: Hpsearch) -> None:
    counts = {3: 4, 4: 12, 5: 60, 6: 90, 7: 40, 8: 9}
    for order, task in [
        (counts, "regression"),
        (dict(zip(counts, [90, 4, 60, 9, 40, 12], strict=True)), None),
    ]:
        table(folder / "t.csv", [value for value, count in order.items() for _ in range(count)])
        spec = made(folder, hpsearch, "t.csv", name=f"{task}.yaml")
        assert (spec.objective.dataset.task == "regression") == bool(task)  # type: ignore[attr-defined]
    assert (
        "6 whole numbers are most in the middle, so they are taken for a scale; task: classification changes"
        in (folder / "regression.yaml").read_text()
    )


def test_a_class_on_two_lines_is_a_comment_on_one(folder: Path, hpsearch: Hpsearch) -> None:
    rows = "".join(f'{row},"{("yes", "no")[row % 2]}\n: no"\n' for row in range(60))
    (folder / "t.csv").write_text(f"a,y\n{rows}")
    made(folder, hpsearch, "t.csv")
    assert "2 classes (no\\n: no, yes\\n: no)" in (folder / "new.yaml").read_text()


def test_a_metric_whose_goal_nobody_knows_is_left_to_say(folder: Path, hpsearch: Hpsearch) -> None:
    (folder / "f.py").write_text("def f(x):\n    return {'bytes': 3 * x}\n")
    assert "say which way its metric is better (goal:)" in hpsearch("init", "f.py:f", "-o", "new.yaml").stderr
    assert (
        "new.yaml:12: search.goal: must be one of maximize, minimize" in hpsearch("check", "new.yaml").stderr
    )
    ended = hpsearch("run", "new.yaml", "--set", "search.goal=minimize", "--trials", "3")
    assert ended.stdout.startswith(
        "=========== Hyper-Parameter Optimization Result =========== bytes, the lower the better\nBest-1(bytes:"
    )
    assert ended.stderr.splitlines()[1] == "ranks by bytes, goal: minimize"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("none.csv",), "there is no such file"),
        (("f.py:g",), "there is no file"),
        (("--target", "y"), "names a column of a table"),
        (("t.csv.gz",), "t.csv.gz: is empty"),
        (("t.csv.xz",), "; unpack it"),
        (("t.json",), "; write it as .csv or .jsonl"),
        (("t.sav",), "; save it as .csv in the program that wrote it"),
        (("t.pkl",), "; write its rows as .csv or .parquet"),
        (("python trian.py",), "there is no file 'trian.py' in"),
        (("python bas.py",), "; did you mean 'base.py'?"),
        (("no-such-program x",), "the program 'no-such-program' is not on the search path"),
        (("config.yaml",), 'config.yaml: give the command that runs it, such as "PROGRAM config.yaml"'),
        (("-o", "config.yaml"), "config.yaml: exists, and is never written over"),
        (("-o", "no/such/c.yaml"), "cannot be written"),
    ],
)
def test_mistakes_are_named(args: tuple[str, ...], words: str, folder: Path, hpsearch: Hpsearch) -> None:
    before = (folder / "config.yaml").read_text()
    for name in ("t.csv.gz", "t.csv.xz", "t.json", "t.sav", "t.pkl", "base.py"):
        (folder / name).touch()
    ended = hpsearch("init", *args, *(() if "-o" in args else ("-o", "new.yaml")))
    assert ended.returncode == 2
    assert words in ended.stderr
    assert (folder / "config.yaml").read_text() == before


@pytest.mark.parametrize(
    ("common", "rare", "remedy"), [("no", "maybe", "give its rows another class"), (3, 8, "task: regression")]
)
def test_what_keeps_a_search_from_its_beginning_is_said(
    tmp_path: Path, common: object, rare: object, remedy: str
) -> None:
    rows = [f"{n / 2},{common if n % 2 else 4}" for n in range(80)]
    lines = ["x,y", *["-9999,4"] * 3, *rows, f"5,{rare}"]
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
    text = data_text(tmp_path / "t.csv", None, tmp_path / "new.yaml")
    assert f"# the class {rare} with 1 row cannot be learned and validated: " in text
    assert remedy in text
    assert "-9999 in row 1 and 2 more is far from all others (0 to 39.5)" in text


@pytest.mark.parametrize(
    ("power", "far", "found"),
    [
        (0, False, []),
        (4, False, ["target_scale: log"]),
        (0, True, ["scaling: quantile"]),
        (4, True, ["scaling: quantile", "target_scale: log"]),
    ],
)
def test_far_values_and_a_long_tail_get_their_scales_with_the_reason(
    tmp_path: Path, power: int, far: bool, found: list[str]
) -> None:
    x = np.random.default_rng(0).normal(size=200)
    y = np.exp(power * x) + x
    x[7] = 1e12 if far else x[7]
    lines = ["x,y", *(f"{first},{second}" for first, second in zip(x, y, strict=True))]
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n")
    comments, _, text = data_text(tmp_path / "t.csv", None, tmp_path / "new.yaml").partition("\nobjective:")
    written = [scale for scale in ("scaling: quantile", "target_scale: log") if scale in text]
    assert written == found
    assert ("scaling: numbers changes that" in comments) == far
    assert ("has a long tail" in comments) == bool(power)


def test_numbers_of_the_line_itself_are_searched_where_nothing_else_tells(tmp_path: Path) -> None:
    program = tmp_path / "fit"
    program.write_text("#!/bin/sh\nexit 2\n")
    program.chmod(0o755)
    subject = "./fit --port 80 --rate 0.1 STEPS=50 --seed=3 --name 7b --out -"
    assert commands.here(tmp_path, "init", subject, "-o", "fit.yaml").returncode == 0
    text = (tmp_path / "fit.yaml").read_text()
    kept = "./fit, --port, '80', --seed=3, --name, 7b, --out, '-'"
    assert f"command: [{kept}, --rate, '{{rate}}', 'STEPS={{steps}}']" in text
    assert "rate:  {scale: log, low: 0.01, high: 1}" in text
    assert "steps: {scale: log, type: int, low: 12, high: 200}" in text
    assert "# port: no hyperparameter, by its name" in text
    assert commands.here(tmp_path, "check", "fit.yaml", "--set", "search.goal=maximize").returncode == 0
