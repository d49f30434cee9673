"""Where names are looked up, and what is imported for it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpsearch.core.errors import InputError
from hpsearch.core.registry import Registry

TREES = "from hpsearch.core.registry import Registry\nTREES = Registry('tree', 'forest', part='tree')\n"
ONE = "from forest import TREES\nTREES.register({0!r}, place={1})({0!r})\n"


@pytest.fixture
def forest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry[str]]:
    """Three trees: a module and a package that the forest says the place of, and one that it does not."""
    folder = tmp_path / "forest"
    (folder / "needled").mkdir(parents=True)
    (folder / "__init__.py").write_text(f"{TREES}WHERE = {{'oak': 'leafy', 'fir': 'needled'}}\n", "utf-8")
    (folder / "leafy.py").write_text(ONE.format("oak", 0), "utf-8")
    (folder / "needled" / "__init__.py").touch()
    (folder / "needled" / "tree.py").write_text(ONE.format("fir", 1), "utf-8")
    (folder / "fan.py").write_text(ONE.format("palm", 2), "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("forest").TREES
    for name in imported():
        del sys.modules[name]


def imported() -> set[str]:
    return {name for name in sys.modules if name.partition(".")[0] == "forest"}


@pytest.mark.parametrize(
    ("name", "modules"),
    [("oak", {"forest.leafy"}), ("fir", {"forest.needled", "forest.needled.tree"})],
)
def test_where_the_package_says_where_a_name_is_nothing_else_is_imported(
    name: str, modules: set[str], forest: Registry[str]
) -> None:
    assert name in forest
    assert imported() == {"forest"}
    assert forest[name] == name
    assert imported() == {"forest"} | modules


def test_what_the_package_does_not_say_is_found_and_all_are_listed_in_their_order(
    forest: Registry[str],
) -> None:
    assert forest["fir"] == "fir"
    assert "palm" in forest
    assert forest["palm"] == "palm"
    assert [*forest] == [*forest.built_in] == ["oak", "fir", "palm"]


def test_an_unknown_name_is_told_all_that_are_known(forest: Registry[str]) -> None:
    assert "pine" not in forest
    with pytest.raises(InputError, match=r"^unknown tree 'oal'; did you mean 'oak'\? Known: oak, fir, palm$"):
        forest["oal"]
