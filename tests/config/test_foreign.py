"""What is no configuration of hpsearch, and keys that stand where they do not belong."""

from __future__ import annotations

from pathlib import Path

import pytest

from hpsearch.config import load_spec
from hpsearch.core.errors import HpsearchError
from tests import commands

SEARCH = "objective: {kind: mlp, dataset: digits}\nspace: {lr: {scale: log, low: 1e-3, high: 1}}\n"


def told(path: Path, text: str | None = None, *overrides: str) -> str:
    if text is not None:
        path.write_text(text)
    with pytest.raises(HpsearchError) as caught:
        load_spec(path, overrides)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "call"),
    [
        ("config.yaml", "model: resnet\noptimizer: {lr: 0.1}\nepochs: 10\n", "'COMMAND'"),
        ("config.json", '{"name": "x", "seed": 1}', "'COMMAND'"),
        ("config.toml", "[opt]\nlr = 0.1\n", "'COMMAND'"),
        ("train.py", '"""Train."""\nprint(f"x: {1}")\n', "'python {}'"),
        ("train.py", "print(1)\n", "'python {}'"),
        ("table.csv", "a,b\n1,2\n", "{}"),
        ("train.py:main", None, "{}"),
        ("table.tsv", None, "{}"),
    ],
)
def test_what_is_something_else_is_told_how_to_begin(
    tmp_path: Path, name: str, text: str | None, call: str
) -> None:
    path = tmp_path / name
    said = told(path, text)
    assert said.startswith(f"{path}: ")
    assert f"hpsearch init {call.format(path)} -o search.yaml writes " in said
    assert len(said.splitlines()) == 1


def test_a_command_in_place_of_a_file() -> None:
    assert "hpsearch init 'python train.py --lr 1' -o search.yaml" in told(Path("python train.py --lr 1"))


def test_a_misspelt_section_is_one_of_ours(tmp_path: Path) -> None:
    said = told(tmp_path / "config.yaml", SEARCH.replace("objective", "objectiv").replace("space", "spaces"))
    assert "config.yaml:1: objectiv: unknown key; did you mean 'objective'?" in said


@pytest.mark.parametrize(
    ("key", "home"),
    [
        ("search.seed", "seed"),
        ("search.epochs", "objective.epochs"),
        ("dispatch.trials", "search.trials"),
        ("objective.workers", "dispatch.workers"),
        ("search.lr", "space.lr"),
    ],
)
def test_a_key_in_the_wrong_section_is_told_where_it_belongs(tmp_path: Path, key: str, home: str) -> None:
    path = tmp_path / "config.yaml"
    assert f"{key}: unknown key; did you mean '{home}'?" in told(path, SEARCH, f"{key}=3")
    assert "3: trials: unknown key; did you mean 'search.trials'?" in told(path, f"{SEARCH}trials: 20\n")


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (("run", "config.yaml", "--name", "x"), "; did you mean --set name=VALUE?"),
        (("train", "config.yaml", "--epochs", "3"), "; did you mean --set epochs=VALUE?"),
        (("check", "config.yaml", "--round-size", "3"), "; did you mean --set search.round_size=VALUE?"),
        (("run", "config.yaml", "--retries", "3"), "; did you mean --set dispatch.retries=VALUE?"),
        (("run", "config.yaml", "--colour"), ""),
        (("show", "x", "--epochs", "3"), ""),
    ],
)
def test_an_option_that_is_a_key_is_told_how_it_is_set(
    tmp_path: Path, args: tuple[str, ...], hint: str
) -> None:
    ended = commands.here(tmp_path, *args)
    assert ended.returncode == 2
    assert hint in ended.stderr
    assert ("did you mean --set" in ended.stderr) == bool(hint)
