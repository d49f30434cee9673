"""What init finds of a program's options, in its source and in what it says of itself, and the ranges it writes."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from hpsearch.actions.init.help import help_of, options_in
from hpsearch.actions.init.options import UNKNOWN, Option
from hpsearch.actions.init.ranges import ranked
from hpsearch.actions.init.source import answers_help, options_of
from hpsearch.config import load_spec
from tests.cli.conftest import Hpsearch

ARGPARSE = """\
usage: t.py [-h] [--lr LR] [--bn | --no-bn]

options:
  -h, --help            show this help message and exit
  --lr LR               learning rate (default: 0.1)
  -w N, --width N       how wide, see --depth
                        (default: 64)
  --opt {adam,sgd}      optimizer (default: adam)
  --depth {1,2,3}
  --bn, --no-bn         use it (default: True)
  --amp                 mixed precision
  --hidden HIDDEN [HIDDEN ...]
                        widths (default: [64, 64])
"""
CLICK = """\
Usage: t.py [OPTIONS]

Options:
  --lr FLOAT           learning rate  [default: 0.1]
  --width INTEGER      [default: 64; required]
  --opt [adam|sgd]     optimizer  [default: adam]
  --bn / --no-bn       batch norm  [default: bn]
  --amp                mixed precision
  --help               Show this message and exit.
"""
TYPER = """\
 Usage: t.py [OPTIONS]

╭─ Options ────────────────────────────────────────────────────────────╮
│ --lr                  FLOAT       [default: 0.1]                     │
│ *  --width            INTEGER     how wide                           │
│                                   [default: 64]                      │
│ --opt                 [adam|sgd]  [default: adam]                    │
│ --bn      --no-bn                 [default: bn]                      │
│ --amp                             mixed precision                    │
│ --help                            Show this message and exit.        │
╰──────────────────────────────────────────────────────────────────────╯
"""
FIRE = """\
NAME
    t.py

SYNOPSIS
    t.py <flags>

FLAGS
    -l, --lr=LR
        Type: float
        Default: 0.1
    -w, --width=WIDTH
        Default: 64
    -o, --opt=OPT
        Default: 'adam'
    -b, --bn=BN
        Default: True
    -a, --amp=AMP
        Default: False
"""
ABSL = """\
t.py:
  --lr: learning rate
    (default: '0.1')
    (a number)
  --width: how wide
    (default: '64')
    (an integer)
  --opt: <adam|sgd>: optimizer
    (default: 'adam')
  --[no]bn: use it
    (default: 'true')
  --[no]amp: mixed precision
    (default: 'false')

Try --helpfull to get a list of all flags.
"""


def as_told(options: list[Option]) -> dict[str, Any]:
    """Each option by its spelling: its choices, that it is a flag, or its default."""
    return {one.spelled: one.choices or (one.flag and "flag") or one.default for one in options}


@pytest.mark.parametrize(
    ("text", "bn", "opt"),
    [
        (ARGPARSE, "--no-bn", ("adam", "sgd")),
        (CLICK, "--no-bn", ("adam", "sgd")),
        (TYPER, "--no-bn", ("adam", "sgd")),
        (FIRE, "--nobn", "adam"),
        (ABSL, "--nobn", ("adam", "sgd")),
    ],
    ids=["argparse", "click", "typer", "fire", "absl"],
)
def test_help_of_every_library_is_read(text: str, bn: str, opt: object) -> None:
    told = as_told(options_in(text))
    expected = {"--lr": 0.1, "--width": 64, "--opt": opt, bn: "flag", "--amp": "flag"}
    assert {name: told[name] for name in expected} == expected
    assert set(told) - set(expected) <= {"--depth", "--hidden"}


def test_choices_of_numbers_and_several_values_are_seen() -> None:
    found = {one.name: one for one in options_in(ARGPARSE)}
    assert found["depth"].choices == (1, 2, 3)
    assert found["hidden"].several


def test_colours_and_prose_are_no_options() -> None:
    text = "\x1b[1mall:\x1b[0m\n  \x1b[36m--lr\x1b[0m LR  rate (default: 0.1)\n- a list\n-- a dash\nsee --width\n"
    assert as_told(options_in(text)) == {"--lr": 0.1}


SOURCES = {
    "argparse": """\
import argparse
p = argparse.ArgumentParser()
p.add_argument("-r", "--lr", type=float, default=0.1)
p.add_argument("--depth", type=int, choices=[1, 2, 3])
p.add_argument("--bn", action=argparse.BooleanOptionalAction, default=True)
p.add_argument("--amp", action="store_true")
p.add_argument("--hidden", nargs="+", type=int)
""",
    "click": """\
import click
@click.option("--lr", default=0.1)
@click.option("--depth", type=click.Choice(["1", "2"]))
@click.option("--bn/--no-bn", default=True)
@click.option("--amp", is_flag=True)
@click.option("--hidden", multiple=True)
def main(**given): ...
""",
    "absl": """\
from absl import flags
flags.DEFINE_float("lr", 0.1, "rate")
flags.DEFINE_enum("depth", "1", ["1", "2"], "how deep")
flags.DEFINE_bool("bn", True, "use it")
flags.DEFINE_boolean("amp", False, "mixed")
""",
}


@pytest.mark.parametrize("library", SOURCES)
def test_the_source_is_read_also_of_a_module_elsewhere(
    library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "__init__.py").touch()
    (tmp_path / "pkg" / "options.py").write_text(SOURCES[library])
    (tmp_path / "pkg" / "train.py").write_text("from pkg.options import *\n")
    words = ["python", "-m", "pkg.train"]
    told = as_told(options_of(words))
    depth = {"argparse": (1, 2, 3), "click": ("1", "2"), "absl": ("1", "2")}[library]
    off = "--nobn" if library == "absl" else "--no-bn"
    assert {**told, "--hidden": UNKNOWN} == {
        "--lr": 0.1, "--depth": depth, off: "flag", "--amp": "flag", "--hidden": UNKNOWN,
    }  # fmt: skip
    assert answers_help(words)


def test_a_script_that_reads_no_options_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.py").write_text("print('training')\n")
    (tmp_path / "t.sh").write_text("echo training\n")
    assert not any(answers_help(words) for words in (["python", "t.py"], ["sh", "t.sh"], ["awk", "-f", "x"]))


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        (Option("lr", default=3e-5), "{scale: log, low: 7.5e-06, high: 1}"),
        (Option("lr", default=0.1), "{scale: log, low: 1e-4, high: 1}"),
        (Option("lr", default=5.0), "{scale: log, low: 0.0001, high: 20}"),
        (Option("momentum", default=0.5), "{scale: one_minus_log, low: 0, high: 0.999}"),
        (Option("momentum", default=0.9995), "{scale: one_minus_log, low: 0.9, high: 0.99995}"),
        (Option("batch_size", default=256), "{choices: [64, 128, 256, 512]}"),
        (Option("hidden_size", default=8), "{scale: log, type: int, low: 2, high: 256}"),
        (Option("hidden_size", default=1024), "{scale: log, type: int, low: 16, high: 4096}"),
        (Option("dropout", default=0.7), "{scale: linear, low: 0, high: 0.85}"),
        (Option("mask_ratio", default=0.4), "{scale: linear, low: 0.1, high: 0.85}"),
        (Option("layers", choices=(2, 4, 8)), "{choices: [2, 4, 8]}"),
        (Option("amp", flag=True), "{choices: [true, false]}"),
        (Option("steps", default=8), "{scale: log, type: int, low: 2, high: 32}"),
    ],
)
def test_ranges_hold_the_default(option: Option, expected: str) -> None:
    (entry,), left = ranked([option])
    assert (entry.range, left) == (expected, [])


@pytest.mark.parametrize(
    ("option", "why"),
    [
        (Option("output_size", "--o", 10), "no hyperparameter, by its name"),
        (Option("data_seed", "--o", 10), "no hyperparameter, by its name"),
        (Option("test_batch_size", "--o", 10), "no hyperparameter, by its name"),
        (Option("seed", "--o", 10), "hpsearch gives each trial one"),
        (Option("num_epochs", "--o", 10), "epochs; to stop poor trials early"),
        (Option("act", "--o", "relu"), "a text: give it choices (default relu)"),
        (Option("clip", "--o", None), "no default is known: give it a range"),
        (Option("shift", "--o", 0), "no range follows from its default (default 0)"),
        (Option("sizes", "--o", several=True), "takes several values"),
        (Option("a-b!", "--o", 1), "no name that a parameter can have"),
    ],
)
def test_what_is_not_searched_is_not_dropped(option: Option, why: str) -> None:
    entries, (left,) = ranked([option])
    assert entries == []
    assert left.why.startswith(why)


def test_a_program_that_does_not_end_is_ended_with_what_it_started(tmp_path: Path) -> None:
    script, started = tmp_path / "t.sh", tmp_path / "pid"
    script.write_text(f"sleep 1000 & echo $! > '{started}.new'; mv '{started}.new' '{started}'; wait\n")
    limit = 0.25
    while not started.exists():  # however slow the machine is
        assert help_of(["sh", str(script)], limit) == ""
        limit *= 2
    assert _is_gone(int(started.read_text()))


def _is_gone(pid: int) -> bool:
    for _ in range(1000):
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.01)
    return False


def test_from_init_to_the_first_trial(folder: Path, hpsearch: Hpsearch) -> None:
    (folder / "t.py").write_text(
        "import dataclasses, argparse\n"
        "@dataclasses.dataclass\nclass Given:\n    lr: float = 0.1\n    use_bn: bool = False\n"
        "    test_rows: int = 3\n"
        "p = argparse.ArgumentParser(formatter_class=argparse.ArgumentDefaultsHelpFormatter)\n"
        "for f in dataclasses.fields(Given):\n"
        "    kind = {'action': 'store_true'} if f.default is False else {'type': float, 'default': f.default}\n"
        "    p.add_argument('--' + f.name, help=f.name, **kind)\n"
        "print('loss:', p.parse_args().lr)\n"
    )
    ended = hpsearch("init", f"{sys.executable} t.py", "-o", "new.yaml")
    assert ended.returncode == 0, ended.stderr
    assert "\n  # test_rows: no hyperparameter, by its name\n" in (folder / "new.yaml").read_text()
    spec = load_spec(folder / "new.yaml")
    assert list(spec.space) == ["lr", "use_bn"]
    assert spec.objective.command[2:] == ("--lr", "{lr}", "{use_bn:+--use_bn}")  # type: ignore[attr-defined]
    assert hpsearch("run", "new.yaml", "--dry-run").returncode == 0
