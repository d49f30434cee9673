"""The page on plug-ins holds a whole package. Here it is installed, and used as the page says."""

from __future__ import annotations

import configparser
import csv
import json
import re
import shlex
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.distributions import install, run_with

PAGE = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
PROJECT = tomllib.loads(next(text for kind, text in BLOCKS if kind == "toml"))["project"]
MODULES = {text.split("\n", 1)[0].removeprefix("# "): text for kind, text in BLOCKS if kind == "python"}
USES: list[dict[str, Any]] = [yaml.safe_load(text) for kind, text in BLOCKS if kind == "yaml"]
LINES = [shlex.split(text)[1:] for kind, text in BLOCKS if kind == "sh"]
BASE: Mapping[str, Any] = {
    "name": "extras",
    "objective": {"kind": "mlp", "dataset": "moons", "hidden": [8], "epochs": 2},
    "search": {"trials": 4, "round_size": 4, "confirm": "off"},
    "dispatch": {"workers": 2},
}
OWN_KIND = [use for use in USES if "kind" in use.get("objective", {})]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("site")
    install(site, PROJECT["name"], PROJECT["entry-points"], {"extras/__init__.py": "", **MODULES})
    return site


def together(*uses: Mapping[str, Any]) -> dict[str, Any]:
    """One file with all that `uses` say."""
    whole: dict[str, Any] = {}
    for part in uses:
        for section, given in part.items():
            whole[section] = {**whole[section], **given} if isinstance(whole.get(section), dict) else given
    return whole


def searched(site: Path, folder: Path, config: Mapping[str, Any]) -> dict[str, Any]:
    """The file that ran."""
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    ended = run_with(site, folder, "run", "config.yaml", "-q")
    assert ended.returncode == 0, ended.stderr
    ran = yaml.safe_load((folder / "runs" / "extras" / "config.yaml").read_text())
    assert isinstance(ran, dict)
    return ran


def test_every_group_is_shown() -> None:
    declared = {value for names in PROJECT["entry-points"].values() for value in names.values()}
    assert {value.partition(":")[0].replace(".", "/") + ".py" for value in declared} == MODULES.keys()


def test_a_search_of_the_network_uses_every_piece_in_its_workers(site: Path, tmp_path: Path) -> None:
    uses = [use for use in USES if use not in OWN_KIND and "dispatch" not in use]
    asked = together(BASE, *uses)
    ran = searched(site, tmp_path, asked)
    for section in ("objective", "search", "space"):
        for name, value in together(*uses)[section].items():
            assert ran[section][name] == value or ran[section][name].items() >= value.items()
    with (tmp_path / "runs" / "extras" / "results.csv").open(newline="") as file:
        trials = list(csv.DictReader(file))
    assert [trial["status"] for trial in trials] == ["done"] * 4
    # In the middle of each quarter of the range on the axis of the scale: sampler and scale are those of the page.
    places = sorted((float(trial["lr"]) ** 0.5 - 0.1) / 0.9 for trial in trials)
    assert places == pytest.approx([1 / 8, 3 / 8, 5 / 8, 7 / 8])


def test_a_search_of_its_own_kind_runs_on_its_own_executor(site: Path, tmp_path: Path) -> None:
    objective = OWN_KIND[0]["objective"]
    uses = [use for use in USES if "dispatch" in use]
    ran = searched(site, tmp_path, together({**BASE, "objective": objective}, *OWN_KIND, *uses))
    assert ran["dispatch"]["executor"] == "threads"
    best = {line.partition("=")[0] for line in run_with(site, tmp_path, *LINES[1]).stdout.splitlines()}
    assert best == {"x"}
    exported = run_with(site, tmp_path, *LINES[0])
    assert exported.returncode == 0, exported.stderr
    table = configparser.ConfigParser()
    table.read(tmp_path / "trials.ini")
    assert len(table.sections()) == 4
    # The same kind in worker processes, with settings of the command line.
    given = ("--overwrite", "--executor", "local", "--set", "search.sampler=latin")
    again = run_with(site, tmp_path, "run", "config.yaml", "-q", *given)
    assert again.returncode == 0, again.stderr


def test_the_schema_has_all_of_it(site: Path, tmp_path: Path) -> None:
    ended = run_with(site, tmp_path, "schema")
    assert ended.returncode == 0, ended.stderr
    schema = json.loads(ended.stdout)["$defs"]
    assert "valley" in schema["ValleySettings"]["properties"]["kind"].values()
    assert "latin" in schema["Search"]["properties"]["sampler"]["enum"]
    assert "centred" in schema["Search"]["properties"]
    assert "signs" in schema["NetworkSettings"]["properties"]["optimizer"]["enum"]


def test_help_names_a_command_that_a_package_adds(site: Path, tmp_path: Path) -> None:
    assert "best" in run_with(site, tmp_path, "--help").stdout.split()
    assert "Print the best parameters of a run." in run_with(site, tmp_path, "best", "--help").stdout
