"""What init finds out by running a command: in a folder of its own, bounded in time, and nothing of it stays."""

from __future__ import annotations

import time
from pathlib import Path

import psutil
import pytest

from hpsearch.actions.init.metrics import ranking, told_metric
from hpsearch.actions.init.seen import Recording, seen_metric, written_in
from hpsearch.config import load_spec
from hpsearch.objectives.command.reading.names import Name
from hpsearch.objectives.command.settings import CommandSettings
from tests.cli.conftest import Hpsearch

SCRIPT = """\
for e in 1 2 3 4 5; do echo "epoch $e: train_acc=0.9 val_acc=0.$e"; done
mkdir -p out; date > out/last; echo more >> notes.txt; echo $HPSEARCH_TRIAL >> touched
"""


def config(folder: Path) -> CommandSettings:
    spec = load_spec(folder / "new.yaml")
    assert isinstance(spec.objective, CommandSettings)
    return spec.objective


def test_what_it_prints_and_writes_is_in_the_configuration(folder: Path, hpsearch: Hpsearch) -> None:
    (folder / "t.sh").write_text(SCRIPT)
    (folder / "notes.txt").write_text("mine\n")
    ended = hpsearch("init", "sh t.sh {lr}", "--try", "-o", "new.yaml")
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.startswith("  epoch 1: train_acc=0.9 val_acc=0.1\n")
    assert ended.stdout == ""
    found = config(folder)
    assert (found.workdir, found.epochs, load_spec(folder / "new.yaml").search.metric) == (
        "trial",
        5,
        "val_acc",
    )
    assert "since it wrote notes.txt and 2 more\n" in (folder / "new.yaml").read_text()
    assert (folder / "notes.txt").read_text() == "mine\n"
    assert {path.name for path in folder.iterdir()} == {"t.sh", "notes.txt", "new.yaml", "config.yaml"}


def test_without_it_nothing_is_run(folder: Path, hpsearch: Hpsearch) -> None:
    (folder / "t.sh").write_text(SCRIPT)
    assert hpsearch("init", "sh t.sh {lr}", "-o", "new.yaml").returncode == 0
    assert (config(folder).workdir, config(folder).epochs) == ("dir", 1)
    assert not (folder / "touched").exists()


def test_a_long_training_is_ended_and_what_it_said_by_then_is_read(folder: Path, hpsearch: Hpsearch) -> None:
    pid = folder / "pid"
    (folder / "t.sh").write_text(f"echo 'Epoch 1/40 val_loss: 0.5'; echo $$ > '{pid}'; exec sleep 1000\n")
    limit = 0.5
    while not pid.exists():  # however slow the machine is
        (folder / "new.yaml").unlink(missing_ok=True)
        ended = hpsearch("init", "sh t.sh {lr}", "--try", "--try-limit", f"{limit}s", "-o", "new.yaml")
        limit *= 2
    assert ended.returncode == 0, ended.stderr
    assert "when it was tried: ran longer than " in ended.stderr
    assert (config(folder).epochs, load_spec(folder / "new.yaml").search.metric) == (40, "val_loss")
    assert "  # When it was tried: ran longer than " in (folder / "new.yaml").read_text()
    assert _is_gone(int(pid.read_text()))


def _is_gone(pid: int) -> bool:
    for _ in range(1000):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.01)
    return False


def test_a_command_that_fails_is_written_and_it_is_said(folder: Path, hpsearch: Hpsearch) -> None:
    ended = hpsearch("init", "sh -c 'echo no data >&2; exit 3' {lr}", "--try", "-o", "new.yaml")
    assert ended.returncode == 0
    assert "when it was tried: the command ended with exit status 3: no data\n" in ended.stderr
    assert (config(folder).workdir, load_spec(folder / "new.yaml").search.metric) == ("dir", "score")


def test_the_option_that_counts_the_epochs_is_found_by_what_is_counted(
    folder: Path, hpsearch: Hpsearch
) -> None:
    (folder / "t.sh").write_text(
        "# --help\n"
        '[ "$1" = --help ] && printf " --lr N\\n --passes N  (default: 7)\\n" && exit\n'
        'for e in $(seq "$4"); do echo "epoch $e mse 0.$e"; done\n'
    )
    ended = hpsearch("init", "sh t.sh", "--try", "-o", "new.yaml")
    assert ended.returncode == 0, ended.stderr
    assert config(folder).command == ("sh", "t.sh", "--lr", "{lr}", "--passes", "{epochs}")
    assert config(folder).epochs == 7


@pytest.mark.parametrize(
    ("options", "given", "words"),
    [
        ("--seed N  (default: 1)", ("--seed", "{seed}"), "# loss was 0, and 1 with another seed."),
        ("--verbose", (), "# loss was 0, and 1 in a second run alike; search.confirm measures such luck."),
    ],
)
def test_whether_a_seed_matters_is_tried(
    options: str, given: tuple[str, ...], words: str, folder: Path, hpsearch: Hpsearch
) -> None:
    (folder / "t.sh").write_text(
        f"# --help\n[ \"$1\" = --help ] && printf ' --lr N\\n {options}\\n' && exit\n"
        'echo "loss: $HPSEARCH_TRIAL.0"\n'
    )
    ended = hpsearch("init", "sh t.sh", "--try", "-o", "new.yaml")
    assert ended.returncode == 0, ended.stderr
    assert config(folder).command == ("sh", "t.sh", "--lr", "{lr}", *given)
    text = (folder / "new.yaml").read_text()
    assert words in text
    assert "{seed} in the command" not in text


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (
            ("f.py:f", "--try"),
            "--try: runs a command; hpsearch run CONFIG --dry-run tries a function or data",
        ),
        (("--try",), "--try: runs a command"),
        (("sh x", "--try", "--try-limit", "soon"), "--try-limit soon: must be "),
    ],
)
def test_what_cannot_be_tried_is_said(
    args: tuple[str, ...], words: str, folder: Path, hpsearch: Hpsearch
) -> None:
    ended = hpsearch("init", *args, "-o", "new.yaml")
    assert ended.returncode == 2
    assert words in ended.stderr
    assert not (folder / "new.yaml").exists()


def test_a_command_whose_last_word_is_a_table_is_a_command(folder: Path, hpsearch: Hpsearch) -> None:
    assert hpsearch("init", "sh t.sh --data rows.csv", "-o", "new.yaml").returncode == 2  # there is no t.sh
    (folder / "t.sh").touch()
    assert hpsearch("init", "sh t.sh --data rows.csv", "-o", "new.yaml").returncode == 0
    assert config(folder).command[:4] == ("sh", "t.sh", "--data", "rows.csv")


# -- what it shows ------------------------------------------------------------------------------------------


def seen(
    folder: Path, stdout: str = "", stderr: str = "", *, ended: bool = True
) -> tuple[object, ...] | None:
    recording = Recording("", lambda _: None)
    recording.output(stdout.encode())
    recording.errors(stderr.encode())
    metric = seen_metric(recording, folder, written_in(folder, folder / "none"), ended=ended)
    return None if metric is None else (metric.name, metric.value, metric.file, metric.epochs)


def test_the_likeliest_metric_of_all_places_ranks(tmp_path: Path) -> None:
    assert seen(tmp_path, "loss: 2\n", "epoch 1: val loss: 1\nepoch 2: val loss: 0.5\n") == (
        "val_loss",
        0.5,
        "",
        2,
    )
    (tmp_path / "m.csv").write_text("epoch,val_acc\n0,0.25\n2,0.75\n")
    (tmp_path / "left.bin").write_bytes(b"val_f1: 1")
    assert seen(tmp_path, "loss: 2\n", "val loss: 1\n") == ("val_acc", 0.75, "m.csv", 3)
    assert seen(tmp_path, "loss: 2\n", ended=False) == ("val_acc", 0.75, "m.csv", 0)
    assert seen(tmp_path, "val_acc: 1\n") == ("val_acc", 1, "", 0)


def test_a_name_that_may_be_several_is_taken_whole(tmp_path: Path) -> None:
    assert seen(tmp_path, "val acc: 0.5\ntrain acc: 0.9\n") == ("val_acc", 0.5, "", 0)
    assert seen(tmp_path, "steps: 3, took: 4\n") is None


def test_of_very_much_output_the_end_is_kept() -> None:
    recording = Recording("", lambda _: None)
    for _ in range(25):
        recording.output(b"x" * 1_000_000)
    recording.output(b"\nacc: 1")
    assert len(recording.stdout) < 20_000_000
    assert recording.stdout.endswith(b"x\nacc: 1")


@pytest.mark.parametrize(
    ("names", "best"),
    [
        (["loss", "train_acc", "acc"], "acc"),
        (["val_loss", "acc"], "acc"),
        (["val_loss", "train_acc"], "val_loss"),
        (["best_val_acc", "val_acc"], "val_acc"),
        (["best_val_acc", "loss"], "loss"),
        (["test_acc", "eval_acc"], "eval_acc"),
        (["top5", "top1", "seconds"], "top5"),
        (["metrics/mAP50(B)", "metrics/precision(B)"], "metrics/mAP50(B)"),
        (["seconds", "lr"], None),
    ],
)
def test_validation_ranks_before_training_and_losses_last(names: list[str], best: str | None) -> None:
    found = ranking(map(Name, names))
    assert (found and found.whole) == best


@pytest.mark.parametrize(
    ("source", "metric"),
    [
        ('print(f"\\x1b[1mval_loss={x:.4f}\\x1b[0m")', "val_loss"),
        ('print("acc: %.2f%%" % x)', "acc"),
        ('echo "RMSE=$(expr $1 + 2)"', "RMSE"),
        ('print("dev WER:", x)', "WER"),
        ('json.dump({"r2": r2, "n": 3}, file)', "r2"),
        ("accuracy = right / all", None),
        ('parser.add_argument("--loss", help="loss: mse or mae")', None),
    ],
)
def test_a_source_tells_what_it_prints(source: str, metric: str | None) -> None:
    assert told_metric(source) == metric
