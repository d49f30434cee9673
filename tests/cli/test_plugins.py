"""What other packages add, as a user meets it on the command line: mostly when something is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Hpsearch
from tests.distributions import install, run_with

Installed = Callable[..., None]
MODULES = {"faulty.py": "raise RuntimeError('no such\\nlibrary')\n"}
#: Every group with a name of ours, and how a user asks for it.
OURS = {
    "samplers": ("random", ("search.sampler=random",)),
    "scales": ("log", ()),
    "executors": ("serial", ()),
    "objectives": ("mlp", ()),
    "datasets": ("digits", ()),
    "optimizers": ("adam", ("optimizer=adam",)),
    "activations": ("tanh", ()),
    "initializers": ("he", ()),
    "schedules": ("constant", ()),
    "losses": ("cross_entropy", ()),
    "scalings": ("minmax", ()),
}


#: Names of ours that the small search does not use.
UNUSED = {
    "samplers": "grid",
    "scales": "linear",
    "executors": "local",
    "objectives": "command",
    "datasets": "moons",
    "optimizers": "adagrad",
    "activations": "gelu",
    "initializers": "orthogonal",
    "schedules": "step",
    "losses": "mae",
    "scalings": "tanh",
    "exports": "json",
    "commands": "doctor",
}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installed:
    """Installs a package that declares one entry point."""

    def add(group: str, name: str, value: str = "faulty:THING", package: str = "hpsearch-faulty") -> None:
        install(tmp_path / "site", package, {f"hpsearch.{group}": {name: value}}, MODULES)

    monkeypatch.syspath_prepend(tmp_path / "site")
    return add


def test_one_that_is_broken_stops_only_who_uses_it(hpsearch: Hpsearch, installed: Installed) -> None:
    installed("samplers", "walk")
    checked = hpsearch("check", "config.yaml")
    assert checked.returncode == 0, checked.stderr
    refused = hpsearch("check", "config.yaml", "--set", "search.sampler=walk")
    assert refused.returncode == 2
    assert refused.stderr == (
        "hpsearch-faulty 1.0: its entry point hpsearch.samplers: walk = faulty:THING cannot be used: RuntimeError: "
        "no such library; mend or uninstall that package\n"
    )


def test_broken_ones_of_every_group_stop_nothing_else(hpsearch: Hpsearch, installed: Installed) -> None:
    for group, name in UNUSED.items():
        installed(group, "faulty", package=f"faulty-{group}")
        installed(group, name, package=f"taken-{group}")
    for args in (
        ("check", "config.yaml", "--set", "hidden_units=8"),
        ("run", "config.yaml", "--trials", "2"),
        ("show", "small"),
        ("export", "small", "--to", "csv"),
        ("list",),
    ):
        ended = hpsearch(*args)
        assert (ended.returncode, "uninstall" in ended.stdout + ended.stderr) == (0, False), ended.stderr


def test_a_wrong_name_is_told_of_those_that_are_added(hpsearch: Hpsearch, installed: Installed) -> None:
    installed("samplers", "walk")
    refused = hpsearch("check", "config.yaml", "--set", "search.sampler=wlak")
    assert refused.returncode == 2
    assert "grid, walk" in refused.stderr
    assert "did you mean 'walk'" in refused.stderr


@pytest.mark.parametrize("group", OURS)
def test_nobody_replaces_what_is_ours(group: str, hpsearch: Hpsearch, installed: Installed) -> None:
    name, sets = OURS[group]
    installed(group, name)
    refused = hpsearch("run", "config.yaml", "-q", *(word for text in sets for word in ("--set", text)))
    assert f"{name!r} is registered twice: by hpsearch itself and by hpsearch-faulty 1.0;" in refused.stderr
    assert refused.returncode == 2


def test_a_command_that_is_broken_is_named_in_the_help(hpsearch: Hpsearch, installed: Installed) -> None:
    installed("commands", "deploy")
    helped = hpsearch("--help")
    assert helped.returncode == 0
    assert helped.stdout.rstrip().split("\n")[-1].split() == [
        "deploy",
        "Added",
        "by",
        "hpsearch-faulty",
        "1.0.",
    ]
    refused = hpsearch("deploy", "digits")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith(
        "hpsearch-faulty 1.0: its entry point hpsearch.commands: deploy = faulty:THING"
    )


def test_a_command_of_ours_is_not_replaced(hpsearch: Hpsearch, installed: Installed) -> None:
    installed("commands", "check")
    assert "faulty" not in hpsearch("--help").stdout
    refused = hpsearch("check", "config.yaml")
    assert refused.returncode == 2
    assert (
        "command 'check' is registered twice: by hpsearch itself and by hpsearch-faulty 1.0" in refused.stderr
    )
    assert hpsearch("schema").returncode == 0


def test_a_format_that_is_broken_is_named_where_it_is_asked_for(
    hpsearch: Hpsearch, installed: Installed, folder: Path
) -> None:
    installed("exports", "pdf")
    ran = hpsearch("run", "config.yaml", "-q", "--trials", "2", "--set", "search.confirm=off")
    assert ran.returncode == 0, ran.stderr
    assert hpsearch("export", "small", "--to", "csv").returncode == 0
    refused = run_with(folder / "site", folder, "export", "small", "--to", "pdf")
    assert refused.returncode == 2
    assert "hpsearch.exports: pdf = faulty:THING cannot be used" in refused.stderr
    helped = run_with(folder / "site", folder, "export", "--help").stdout
    assert "pdf: added by hpsearch-faulty 1.0" in " ".join(helped.split())
