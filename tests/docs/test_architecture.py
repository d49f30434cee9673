"""The plan of the house is that of the house, and the pages that name files name those that are there."""

from __future__ import annotations

import ast
import re
import runpy
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "hpsearch"
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
MAKER = runpy.run_path(str(ROOT / "docs" / "make_rooms.py"))
#: Pages about the code; the others are about what users have, such as `train.py`.
PAGES = ["CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md", "docs/releasing.md", "docs/reliability.md"]


def layers() -> list[str]:
    """The layers that are enforced, each as `samplers | executors`, from the highest to the lowest."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (contract,) = (contract for contract in contracts if contract["type"] == "layers")
    assert "ignore_imports" not in contract
    return [layer.replace("hpsearch.", "") for layer in contract["layers"]]


def test_the_plan_is_drawn_as_it_is_enforced() -> None:
    drawing = PAGE.split("```")[1].splitlines()
    drawn = [line.strip().partition("  ")[0] for line in drawing if line.strip(" |")]
    assert drawn == layers()


def test_every_room_has_its_layer() -> None:
    enforced = [room for layer in layers() for room in layer.split(" | ")]
    packages = [path.parent.name for path in PACKAGE.glob("*/__init__.py")]
    modules = [path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__"]
    assert sorted(enforced) == sorted([*packages, *modules])


def test_every_room_is_named_with_what_its_docstring_says_it_is_for() -> None:
    listed = dict(re.findall(r"^\| `([\w.]+)` \| (.+) \|$", PAGE, re.MULTILINE))
    rooms = {room.removeprefix("hpsearch."): MAKER["purpose"](room) for room in MAKER["rooms"]()}
    assert listed == rooms, "python docs/make_rooms.py writes the list anew"
    assert all(purpose.endswith(".") for purpose in rooms.values())


@pytest.mark.parametrize("page", PAGES)
def test_the_files_that_a_page_names_are_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = re.findall(r"\b(?:[\w.-]+/)+[\w-]+\.(?:py|md|yaml|toml)\b", text)
    named += re.findall(r"`((?:[\w.-]+/)+)`", text)
    places = (ROOT, PACKAGE, PACKAGE / "objectives", (ROOT / page).parent, ROOT / "tests" / "faults")
    missing = {
        name for name in named if "NAME" not in name and not any((place / name).exists() for place in places)
    }
    assert missing <= {
        "checkpoints/",
        "dist/",
        "walks/",
    }  # of a run, of a release, of what is tried before one


def registries() -> Iterator[tuple[str, str]]:
    """The registries of this package: the name of each, and the package whose modules register themselves in it."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            match node:
                case (
                    ast.Assign(targets=[ast.Name(name)], value=ast.Call(args=[_, ast.Constant(str(package))]))
                    | ast.AnnAssign(
                        target=ast.Name(name), value=ast.Call(args=[_, ast.Constant(str(package))])
                    )
                ) if package.startswith("hpsearch."):
                    yield name, package


def test_the_page_for_contributors_says_how_to_add_to_every_registry() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    for name, package in registries():
        folder = f"`src/{package.replace('.', '/')}/"
        assert any(f"`{name}`" in row and folder in row for row in rows), (name, package)
