"""Every format of `hpsearch export` goes through one suite."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest

from hpsearch.actions.export import export
from hpsearch.core.errors import InputError, MissingExtra
from hpsearch.engine.run import Run
from hpsearch.reporting.export import FORMATS
from hpsearch.runs import RunFolder
from tests.reporting.runs import a_run

pytestmark = pytest.mark.parametrize("name", list(FORMATS))
CONFIG = """\
name: t
objective: {kind: mlp, dataset: moons, hidden: [4], epochs: 1}
space: {lr: {scale: log, low: 1e-4, high: 1}}
search: {trials: 1, confirm: off}
"""


def write(name: str, run: Run, path: Path) -> None:
    try:
        FORMATS[name].write(run, path)
    except MissingExtra as error:
        pytest.skip(str(error))


def size(path: Path) -> int:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    """The folder of a run that has only begun."""
    from hpsearch.runs.journal import encode

    monkeypatch.chdir(tmp_path)
    folder = RunFolder(tmp_path / "runs" / "t")
    folder.path.mkdir(parents=True)
    folder.config.write_text(CONFIG)
    record = {"kind": "run", "format": 1, "version": "0", "spec": "", "data": "", "rows": 0}
    folder.journal.write_bytes(encode(record))
    return folder


def test_whatever_happened_in_a_run_is_written(name: str, tmp_path: Path) -> None:
    path = tmp_path / "out"
    write(name, a_run(), path)
    assert size(path) > 0
    assert list(tmp_path.iterdir()) == [path]
    assert FORMATS[name].use(a_run(), path)
    assert FORMATS[name].says
    assert FORMATS[name].suffix.startswith("-")


def test_a_run_without_results_is_written(name: str, tmp_path: Path) -> None:
    write(name, a_run(empty=True), tmp_path / "out")
    assert size(tmp_path / "out") > 0


def test_a_missing_library_is_named_with_its_extra(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for library in ("polars", "optuna", "tensorboardX", "mlflow"):
        monkeypatch.setitem(sys.modules, library, None)
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    try:
        FORMATS[name].write(a_run(), tmp_path / "out")
    except MissingExtra as raised:
        said = str(raised)
    else:
        assert size(tmp_path / "out") > 0  # it needs none of them
        return
    assert f"export --to {name} needs" in said
    extra = said.split("hpsearch[")[1].split("]")[0]
    assert extra in extras
    assert extra in extras["all"][0]
    assert not (tmp_path / "out").exists()


def test_what_is_there_is_not_replaced_unasked(name: str, folder: RunFolder, tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_text("mine")
    with pytest.raises(InputError, match=r"out: exists; replace it with --overwrite, or .* with -o"):
        export(folder, name, path, overwrite=False)
    assert path.read_text() == "mine"
    try:
        export(folder, name, path, overwrite=True)
    except MissingExtra as error:
        assert path.read_text() == "mine"
        pytest.skip(str(error))
    assert path.is_dir() or path.read_bytes() != b"mine"


def test_a_folder_is_never_replaced(name: str, folder: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match="is a folder; remove it, or give another path with -o"):
        export(folder, name, tmp_path / "out", overwrite=True)


def test_it_is_written_as_a_whole_or_not_at_all(
    name: str, folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half(run: Run, path: Path) -> None:
        path.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(FORMATS[name]), "write", staticmethod(half))
    before = sorted(folder.path.parents[1].rglob("*"))
    with pytest.raises(InputError, match="cannot be written: No space left on device; give another path"):
        export(folder, name, None, overwrite=False)
    assert sorted(folder.path.parents[1].rglob("*")) == before


def test_its_name_comes_from_the_run(name: str, folder: RunFolder) -> None:
    try:
        path, use = export(folder, name, None, overwrite=False)
    except MissingExtra as error:
        pytest.skip(str(error))
    assert path == Path(f"t{FORMATS[name].suffix}")
    assert path.exists()
    assert use
