"""What other packages add is found without being imported, and is taken only where there is no doubt."""

from __future__ import annotations

import importlib.metadata
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest

from hpsearch.core import plugins
from hpsearch.core.errors import InputError, PluginBroken
from hpsearch.core.registry import Registry
from tests.distributions import install

GROUP = "hpsearch.colours"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder where packages are looked for, and nowhere else."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.setattr(sys, "path", [str(site), str(tmp_path / "missing")])
    monkeypatch.setattr(plugins, "_adopted", None)
    forget()
    yield site
    for name in ("paint", "broken", "leaving", "eager"):
        sys.modules.pop(name, None)
    forget()


def forget() -> None:
    plugins.found.cache_clear()
    plugins._by_group.cache_clear()


@pytest.fixture
def colours() -> Registry[str]:
    """What comes with hpsearch: red."""
    registry = Registry[str]("colour", None, group="colours", fits=lambda it: isinstance(it, str))
    registry.register("red")("#f00")
    return registry


def test_a_plugin_is_found_under_its_name(site: Path, colours: Registry[str]) -> None:
    install(site, "hpsearch-paint", {GROUP: {"blue": "paint:BLUE"}}, {"paint.py": "BLUE = '#00f'\n"})
    assert list(colours) == ["blue", "red"]
    assert "blue" in colours
    assert colours.built_in == {"red": "#f00"}
    assert colours.added == {"blue": "hpsearch-paint 1.0"}
    assert "paint" not in sys.modules  # so far only its names were asked for
    assert colours["blue"] == colours["blue"] == "#00f"


def test_an_unknown_name_is_compared_with_those_of_plugins(site: Path, colours: Registry[str]) -> None:
    install(site, "hpsearch-paint", {GROUP: {"blue": "paint:BLUE"}})
    with pytest.raises(InputError, match=r"unknown colour 'bleu'; did you mean 'blue'\? Known: blue, red"):
        colours["bleu"]


@pytest.mark.parametrize("group", ["hpsearch.colour", "hpsearch.shapes"])
def test_a_name_that_is_declared_in_another_group_is_told_so(
    group: str, site: Path, colours: Registry[str]
) -> None:
    install(site, "hpsearch-paint", {group: {"rad": "paint:RAD"}})
    declared = rf"; hpsearch-paint 1\.0 declares it in {group}, and not in {GROUP}\. Known: red$"
    with pytest.raises(InputError, match=r"unknown colour 'rad'" + declared):
        colours["rad"]
    with pytest.raises(InputError, match=r"unknown colour 'none'; a package that adds it may be missing\."):
        colours["none"]


def test_a_plugin_may_register_itself_too(
    site: Path, colours: Registry[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "hpsearch_colours", SimpleNamespace(COLOURS=colours))
    module = "from hpsearch_colours import COLOURS\nBLUE = COLOURS.register('blue')('#00f')\n"
    install(site, "hpsearch-paint", {GROUP: {"blue": "eager:BLUE"}}, {"eager.py": module})
    assert colours["blue"] == colours["blue"] == "#00f"


def test_builtin_names_stay_what_they_are(site: Path, colours: Registry[str]) -> None:
    install(
        site,
        "hpsearch-paint",
        {GROUP: {"red": "paint:RED", "blue": "paint:BLUE"}},
        {"paint.py": "BLUE = RED = ''\n"},
    )
    with pytest.raises(PluginBroken) as refused:
        colours["red"]
    both = "by hpsearch itself and by hpsearch-paint 1.0; uninstall hpsearch-paint 1.0"
    assert str(refused.value) == f"colour 'red' is registered twice: {both}"
    assert "paint" not in sys.modules
    assert colours.built_in == {"red": "#f00"}
    assert colours["blue"] == ""  # whoever does without it goes on


def test_two_packages_cannot_add_the_same_name(site: Path, colours: Registry[str]) -> None:
    for name in ("hpsearch-paint", "hpsearch-ink"):
        install(site, name, {GROUP: {"blue": "paint:BLUE"}})
    with pytest.raises(
        PluginBroken, match=r"'blue' is registered twice: by hpsearch-ink 1\.0 and by hpsearch-paint 1\.0"
    ):
        colours["blue"]
    assert colours["red"] == "#f00"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("nowhere:BLUE", "ModuleNotFoundError"),
        ("broken:BLUE", "ZeroDivisionError"),
        ("leaving:BLUE", "SystemExit"),
        ("paint:GREEN", "AttributeError"),
        ("paint:BLUE.deeper", "AttributeError"),
        ("paint", "is no colour"),
        (":", "ValueError"),
    ],
)
def test_one_that_is_broken_says_whose_it_is_and_why(
    value: str, reason: str, site: Path, colours: Registry[str]
) -> None:
    modules = {"broken.py": "1 / 0\n", "leaving.py": "raise SystemExit(3)\n", "paint.py": "BLUE = ''\n"}
    install(site, "hpsearch-paint", {GROUP: {"blue": value}}, modules)
    assert list(colours) == ["blue", "red"]
    assert colours["red"] == "#f00"
    with pytest.raises(PluginBroken) as refused:
        colours["blue"]
    said = str(refused.value)
    assert said.startswith(
        f"hpsearch-paint 1.0: its entry point hpsearch.colours: blue = {value} cannot be used: {reason}"
    )
    assert "\n" not in said


def test_what_one_prints_is_no_result(
    site: Path, colours: Registry[str], capsys: pytest.CaptureFixture[str]
) -> None:
    modules = {"paint.py": "print('hello')\nBLUE = ''\n"}
    install(site, "hpsearch-paint", {GROUP: {"blue": "paint:BLUE"}}, modules)
    assert colours["blue"] == ""
    assert capsys.readouterr() == ("", "hello\n")


def test_of_a_package_that_is_there_twice_the_first_counts(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = tmp_path / "older"
    install(site, "hpsearch-paint", {GROUP: {"blue": "paint:BLUE"}}, version="2.0")
    install(older, "Hpsearch_Paint", {GROUP: {"blue": "paint:BLUE"}}, version="1.0")
    monkeypatch.setattr(sys, "path", [*sys.path, str(older)])
    assert [plugin.distribution for plugin in plugins.found()] == ["hpsearch-paint 2.0"]


def test_the_files_say_what_importlib_reads_in_them(site: Path) -> None:
    groups: Mapping[str, Mapping[str, str]] = {
        "console_scripts": {"paint": "paint:main"},
        GROUP: {"blue": "paint:BLUE", "sky.blue": "paint:Sky.BLUE [extra]"},
        "hpsearch.samplers": {"blue": "paint.samplers:Blue"},
    }
    install(site, "hpsearch-paint", groups)
    install(site, "ink", {"console_scripts": {"ink": "ink:main"}})
    file = site / "hpsearch_paint-1.0.dist-info" / "entry_points.txt"
    file.write_text(f"# a comment\n\n{file.read_text()}\n")
    read = [point for found in importlib.metadata.distributions() for point in found.entry_points]
    theirs = {(point.group, point.name, point.value) for point in read if point.group.startswith("hpsearch.")}
    assert {(plugin.group, plugin.name, plugin.value) for plugin in plugins.found()} == theirs != set()


def test_what_cannot_be_read_adds_nothing(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (site / "file").write_text("")
    (site / "lone-1.0.egg-info").write_text("")
    (site / "empty-1.0.dist-info").mkdir()
    odd = site / "odd-1.0.dist-info"
    odd.mkdir()
    (odd / "entry_points.txt").write_bytes(
        b"[hpsearch.colours]\nblue\n\xff = paint:BLUE\n[hpsearch.colours\n= x\n"
    )
    monkeypatch.setattr(sys, "path", [*sys.path, str(site / "file")])
    assert {plugin.distribution for plugin in plugins.found()} <= {"odd 1.0"}


def test_a_worker_takes_what_it_is_told(
    site: Path, colours: Registry[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    install(site, "hpsearch-paint", {GROUP: {"blue": "paint:BLUE"}}, {"paint.py": "BLUE = '#00f'\n"})
    known = plugins.found()
    forget()
    monkeypatch.setattr(os, "listdir", lambda folder: pytest.fail(f"looks into {folder}"))
    plugins.adopt(known)
    assert list(colours) == ["blue", "red"]
