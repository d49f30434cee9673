"""`search.learn_from`: where its paths start, what is recorded of them, and what they change."""

from __future__ import annotations

from pathlib import Path

import pytest

from hpsearch.config import digest, dump_yaml, load_spec
from hpsearch.config.identity import changed_keys
from hpsearch.config.loading import load_recorded, spec_of
from hpsearch.config.places import recordable
from tests.config.conftest import MINIMAL, Load, Problems


def test_paths_start_at_the_folder_of_the_file_and_those_of_options_here(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    load(search={"learn_from": ["runs/old"]})
    monkeypatch.chdir(elsewhere)
    spec = load_spec(tmp_path / "config.yaml", learn_from=["runs/new"])
    assert spec.search.learn_from == (str(tmp_path / "runs/old"), str(elsewhere / "runs/new"))
    given = [("--set x", "search.learn_from=[runs/other]")]
    assert load_spec(tmp_path / "config.yaml", given).search.learn_from == (str(elsewhere / "runs/other"),)
    data = {**MINIMAL, "search": {"learn_from": ["runs/old"]}}
    assert spec_of(data).search.learn_from == (str(elsewhere / "runs/old"),)


def test_what_is_recorded_is_relative_to_the_run_and_moves_with_the_project(
    load: Load, tmp_path: Path
) -> None:
    spec = load(search={"learn_from": ["runs/old", "/far/away"]})
    run = tmp_path / "runs/new"
    run.mkdir(parents=True)
    (run / "config.yaml").write_text(dump_yaml(recordable(spec, run)))
    assert "learn_from: [../old, /far/away]" in (run / "config.yaml").read_text()
    assert changed_keys(load_recorded(run / "config.yaml"), spec) == []
    (tmp_path / "runs").rename(tmp_path / "moved")
    moved = load_recorded(tmp_path / "moved/new/config.yaml")
    assert moved.search.learn_from == (str(tmp_path / "moved/old"), "/far/away")


def test_it_is_no_part_of_the_fingerprint_and_still_no_other_can_be_continued_with(load: Load) -> None:
    without, with_it = load(), load(search={"learn_from": ["runs/old"]})
    assert digest(without) == digest(with_it)
    assert changed_keys(without, with_it) == ["search.learn_from"]
    assert "learn_from" not in dump_yaml(without)


def test_what_is_no_list_of_paths_is_refused(problems: Problems) -> None:
    for given in ("runs/old", [1], [""], {"a": 1}):
        assert any("search.learn_from" in problem for problem in problems(search={"learn_from": given}))
