"""Which files a function or a command is made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from hpsearch.objectives import code
from hpsearch.objectives.code import differences, digests
from hpsearch.objectives.command.program import named_files


def write(folder: Path, **files: str) -> None:
    """`lib__net_py` is lib/net.py."""
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_py", ".py").replace("_txt", ".txt")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def init(folder: Path, package: str) -> None:
    (folder / package).mkdir(exist_ok=True)
    (folder / package / "__init__.py").touch()


@pytest.mark.parametrize(
    ("line", "also"),
    [
        ("import net", ["net.py"]),
        ("import lib.net as n, json", ["lib/__init__.py", "lib/net.py"]),
        ("from lib import net", ["lib/__init__.py", "lib/net.py"]),
        ("from lib.net import deep", ["lib/__init__.py", "lib/net.py"]),
        ("def f():\n    from lib import *", ["lib/__init__.py"]),
        ("from lib import (  # two\n    deep,\n    net as n,\n)", ["lib/__init__.py", "lib/net.py"]),
        ("from lib import deep, \\\n    net; x = 1", ["lib/__init__.py", "lib/net.py"]),
        ("import numpy, nowhere", []),
        ("this is no python\nimport net", ["net.py"]),
        ("important = net", []),
        ("import train", []),
    ],
)
def test_what_is_imported_from_the_folder_is_part_of_it(tmp_path: Path, line: str, also: list[str]) -> None:
    init(tmp_path, "lib")
    write(tmp_path, train_py=line, net_py="", lib__net_py="", unused_py="")
    assert list(digests([tmp_path / "train.py"], tmp_path)) == sorted(["train.py", *also])


def test_imports_are_followed_within_packages_and_round_in_circles(tmp_path: Path) -> None:
    init(tmp_path, "lib")
    write(tmp_path, train_py="from lib.a import x", lib__a_py="from . import b\nfrom .c import y")
    write(tmp_path, lib__b_py="from .. import train\nfrom lib import a", lib__c_py="")
    found = digests([tmp_path / "train.py"], tmp_path)
    assert list(found) == ["lib/__init__.py", "lib/a.py", "lib/b.py", "lib/c.py", "train.py"]


def test_what_stands_beside_a_script_is_found_too(tmp_path: Path) -> None:
    write(tmp_path, src__train_py="import net", src__net_py="")
    assert list(digests([tmp_path / "src/train.py"], tmp_path)) == ["src/net.py", "src/train.py"]


def test_an_edit_is_told_by_its_file_and_nothing_else_is(tmp_path: Path) -> None:
    write(tmp_path / "one", train_py="import net", net_py="1", other_py="")
    before = digests([tmp_path / "one/train.py"], tmp_path / "one")
    moved = (tmp_path / "one").rename(tmp_path / "two")
    write(moved, other_py="edited")
    assert digests([moved / "train.py"], moved) == before
    write(moved, net_py="2")
    assert differences(before, digests([moved / "train.py"], moved)) == ["net.py"]


def test_outside_of_the_folder_a_name_does_not_depend_on_where(tmp_path: Path) -> None:
    write(tmp_path, lib__train_py="")
    (tmp_path / "project").mkdir()
    assert list(digests([tmp_path / "lib/train.py"], tmp_path / "project")) == ["lib/train.py"]


def test_what_is_large_or_gone_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, train_py="import net", net_py="# " + 40 * "x")
    monkeypatch.setattr(code, "LARGEST", 20)
    assert list(digests([tmp_path / "train.py", tmp_path / "gone.py"], tmp_path)) == ["train.py"]


@pytest.mark.parametrize(
    ("command", "named"),
    [
        (["python", "train.py", "--lr", "{lr}"], ["train.py"]),
        (["./run", "{lr}", "a"], ["run"]),
        (["python", "train.py", "--config=base.txt", "--out", "gone.txt"], ["train.py", "base.txt"]),
        (["python", "-m", "lib", "{lr}"], ["lib/__init__.py", "lib/__main__.py"]),
        (["python", "-m", "train"], ["train.py"]),
        (["run", "{lr}"], []),
        (["python", "x" * 300], []),
        (["python", "-m"], []),
    ],
)
def test_a_command_names_files(tmp_path: Path, command: list[str], named: list[str]) -> None:
    init(tmp_path, "lib")
    write(tmp_path, train_py="", base_txt="", run="", lib____main___py="")
    (tmp_path / "lib/__main__.py").touch()
    found = [path.relative_to(tmp_path).as_posix() for path in named_files(command, tmp_path)]
    assert list(dict.fromkeys(found)) == named
