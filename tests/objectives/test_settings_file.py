"""The file of settings that is written for each trial."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from hpsearch.core.errors import InputError
from hpsearch.core.trial import Value
from hpsearch.objectives.command.settings_file import LONGEST, read

BASE = """\
# the user's
shared: &shared {lr: 1e-3, name: adam}
optimizer: *shared
odd: {on: yes, "q": '010', big: 1_000}
at: 12:30
model: {hidden: [64, 64], depth: 3}
"""
VALUES: dict[str, Value] = {"lr": 1e-05, "hidden": (32, 0.5), "depth": None, "word": "1e-3", "bn": True}


def written(folder: Path, name: str, text: str, changes: dict[str, Value], *inactive: str) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return read(folder / name, changes).written(VALUES, inactive)


def test_values_are_written_so_that_every_reader_reads_them(tmp_path: Path) -> None:
    changes: dict[str, Value] = {
        "optimizer.lr": "{lr}",
        "model.hidden": "{hidden}",
        "model.depth": "{depth}",
        "new.word": "{word}",
        "new.text": "lr={lr}{bn:+, bn}",
        "fixed": 3,
        "gone": "{beta2}",
    }
    text = written(tmp_path, "base.yaml", BASE, changes, "beta2")
    assert "1.0e-05" in text
    data: Any = yaml.safe_load(text)  # a reader of YAML 1.1
    before: Any = yaml.safe_load(BASE)
    assert data == before | {
        "optimizer": {"lr": 1e-05, "name": "adam"},
        "model": {"hidden": [32, 0.5], "depth": None},
        "new": {"word": "1e-3", "text": "lr=1e-05, bn"},
        "fixed": 3,
    }
    assert data["shared"] == before["shared"]  # an alias of what was changed


def test_what_is_not_set_stays_as_it_was_written(tmp_path: Path) -> None:
    text = written(tmp_path, "base.yml", BASE, {"model.depth": 4})
    assert "odd: {on: yes, \"q\": '010', big: 1_000}\nat: 12:30\n" in text
    assert "lr: 1e-3" in text


def test_json(tmp_path: Path) -> None:
    base = json.dumps({"optimizer": {"lr": 1, "name": "é"}, "hidden": [1]})
    text = written(
        tmp_path, "base.json", base, {"optimizer.lr": "{lr}", "hidden": "{hidden}", "a.b": "{depth}"}
    )
    data = {"optimizer": {"lr": 1e-05, "name": "é"}, "hidden": [32, 0.5], "a": {"b": None}}
    assert json.loads(text) == data


def test_toml(tmp_path: Path) -> None:
    pytest.importorskip("tomlkit")
    base = "# kept\nlr = 1\n[model]\ndepth = 3\nhidden = [1]\n"
    changes: dict[str, Value] = {
        "lr": "{lr}",
        "model.depth": "{depth}",
        "model.hidden": "{hidden}",
        "a.b": "{bn}",
    }
    text = written(tmp_path, "base.toml", base, changes)
    assert text.startswith("# kept\n")
    assert tomllib.loads(text) == {"lr": 1e-05, "model": {"hidden": [32, 0.5]}, "a": {"b": True}}


def test_toml_names_what_is_to_be_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "tomlkit", None)
    with pytest.raises(InputError, match=r"TOML needs tomlkit.*hpsearch\[toml\]"):
        written(tmp_path, "base.toml", "lr = 1\n", {"lr": "{lr}"})


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("base.ini", "", "must be a file of .yaml, .yml, .json, .toml (got base.ini)"),
        ("base.yaml", "- 1\n", "it holds no mapping"),
        ("base.json", "[]", "it holds no mapping"),
        ("base.yaml", "a: [\n", "cannot be read as .yaml"),
        ("base.json", "{", "cannot be read as .json"),
        ("base.yaml", "optimizer: 3\n", "has optimizer.lr, where optimizer is no mapping in the file"),
        ("base.json", '{"optimizer": 3}', "has optimizer.lr, where optimizer is no mapping in the file"),
        ("base.yaml", "#" * (LONGEST + 1), "is larger than"),
    ],
)
def test_what_is_no_file_of_settings_is_refused(tmp_path: Path, name: str, text: str, words: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError) as error:
        read(tmp_path / name, {"optimizer.lr": "{lr}"})
    assert words in str(error.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read(tmp_path / "none.yaml", {"lr": 1})
