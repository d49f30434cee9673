"""The remedy for a missing library is the command of whatever hpsearch was installed by."""

from __future__ import annotations

import sys
from importlib.metadata import Distribution, PackageNotFoundError
from pathlib import Path
from typing import cast

import pytest

from hpsearch.core import installation

FROM_GIT = '{"url": "https://host/hpsearch", "vcs_info": {"vcs": "git", "commit_id": "0"}}'


class Installed:
    """What the record of an installation says."""

    def __init__(self, **files: str) -> None:
        self.files = files

    def read_text(self, name: str) -> str | None:
        """The file, if it was written."""
        return self.files.get(name.removesuffix(".json"))


@pytest.mark.parametrize(
    ("own", "files", "command"),
    [
        (None, {}, "pip install 'hpsearch[sobol]'"),
        (None, {"INSTALLER": "pip\n"}, "pip install 'hpsearch[sobol]'"),
        (None, {"INSTALLER": "uv"}, "uv pip install 'hpsearch[sobol]'"),
        (None, {"direct_url": '{"url": "file:///here"}'}, "pip install 'hpsearch[sobol]'"),
        ("uv-receipt.toml", {"INSTALLER": "uv"}, "uv tool install --force 'hpsearch[sobol]'"),
        ("pipx_metadata.json", {"INSTALLER": "pip"}, "pipx install --force 'hpsearch[sobol]'"),
        (
            "pipx_metadata.json",
            {"direct_url": FROM_GIT},
            "pipx install --force 'hpsearch[sobol] @ git+https://host/hpsearch'",
        ),
        ("uv-receipt.toml", {"direct_url": "{"}, "uv tool install --force 'hpsearch[sobol]'"),
    ],
)
def test_the_installer_is_named(
    own: str | None, files: dict[str, str], command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if own:
        (tmp_path / own).touch()
    found = cast(Distribution, Installed(**files))
    monkeypatch.setattr(installation, "distribution", lambda _: found)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert installation.adding("sobol") == command


def test_what_runs_from_its_folder_was_installed_by_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(name: str) -> Distribution:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(installation, "distribution", none)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert installation.adding("tabular") == "pip install 'hpsearch[tabular]'"
