"""Paths of a search that is recorded, and what becomes of them when its project moves."""

from __future__ import annotations

from pathlib import Path

import pytest

from hpsearch.config import Spec, changed_keys, digest, dump_yaml, load_recorded, load_spec, recordable
from hpsearch.config.identity import former_digest
from hpsearch.core.errors import SpecError

OWN = """\
objective: {kind: python, function: "train.py:train"}
space: {x: {scale: linear, low: 0, high: 1}}
search: {goal: maximize}
"""
TABLE = """\
objective: {kind: mlp, dataset: {source: SOURCE, task: classification}}
space: {lr: {scale: log, low: 1e-3, high: 1}}
"""
RUN = Path("runs/one")


def project(folder: Path, text: str = OWN) -> Path:
    (folder / "data").mkdir(parents=True)
    (folder / "data/t.csv").touch()
    (folder / "train.py").write_text("def train(x): return x\n")
    (folder / "one.yaml").write_text(text)
    return folder


def record(folder: Path, spec: Spec) -> Path:
    """The folder of a run of `spec`, with its configuration."""
    (folder / RUN).mkdir(parents=True)
    (folder / RUN / "config.yaml").write_text(dump_yaml(recordable(spec, folder / RUN)))
    return folder / RUN / "config.yaml"


def recorded(folder: Path) -> Spec:
    return load_recorded(folder / RUN / "config.yaml")


def source_of(spec: Spec) -> str:
    return str(spec.objective.model_dump()["dataset"]["source"])


def test_a_project_that_moves_takes_its_paths_along(tmp_path: Path) -> None:
    for text in (OWN, TABLE.replace("SOURCE", "data/t.csv")):
        before = project(tmp_path / "before", text)
        config = record(before, load_spec(before / "one.yaml"))
        assert str(tmp_path) not in config.read_text()
        after = before.rename(tmp_path / f"after-{len(text)}")
        assert recorded(after) == load_spec(after / "one.yaml")
        assert not recorded(after).source.moved  # nothing had to be looked for


def test_what_the_user_wrote_as_an_absolute_path_stays_one(tmp_path: Path) -> None:
    data = project(tmp_path / "elsewhere") / "data/t.csv"
    before = project(tmp_path / "before", TABLE.replace("SOURCE", str(data)))
    assert f"source: {data}," in record(before, load_spec(before / "one.yaml")).read_text()
    assert source_of(recorded(before.rename(tmp_path / "after"))) == str(data)


def old(folder: Path, text: str) -> Spec:
    """A project with a run as versions recorded it that wrote absolute paths."""
    spec = load_spec(project(folder, text) / "one.yaml")
    (folder / RUN).mkdir(parents=True)
    (folder / RUN / "config.yaml").write_text(dump_yaml(spec))
    assert str(folder) in (folder / RUN / "config.yaml").read_text()
    return spec


@pytest.mark.parametrize("text", [OWN, TABLE.replace("SOURCE", "data/t.csv")], ids=["function", "table"])
def test_absolute_paths_of_an_old_run_are_found_by_their_place_in_the_project(
    tmp_path: Path, text: str
) -> None:
    spec = old(tmp_path / "before", text)
    assert recorded(tmp_path / "before") == spec
    after = (tmp_path / "before").rename(tmp_path / "after")
    found = recorded(after)
    assert found == load_spec(after / "one.yaml")
    (said,) = found.source.moved
    assert f"{tmp_path}/before" in said and f"taken instead: {after}" in said
    assert str(tmp_path) not in dump_yaml(recordable(found, after / RUN))  # from now on it can move


def test_of_two_places_the_one_that_agrees_longer_is_taken(tmp_path: Path) -> None:
    old(tmp_path / "before", TABLE.replace("SOURCE", "data/t.csv"))
    after = (tmp_path / "before").rename(tmp_path / "after")
    (after / "t.csv").touch()
    assert source_of(recorded(after)) == str(after / "data/t.csv")
    (after / "data/t.csv").unlink()
    assert source_of(recorded(after)) == str(after / "t.csv")


def test_a_folder_of_the_same_name_without_the_code_is_not_taken(tmp_path: Path) -> None:
    old(tmp_path / "before", OWN)
    after = (tmp_path / "before").rename(tmp_path / "after")
    (after / "before").mkdir()
    assert recorded(after).objective.model_dump()["dir"] == after


def test_a_run_that_was_copied_away_is_at_home_where_the_project_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = project(tmp_path / "home")
    text = record(home, load_spec(home / "one.yaml")).read_text()
    away = tmp_path / "a/b/c/d/copy"
    away.mkdir(parents=True)
    (away / "config.yaml").write_text(text)
    assert load_recorded(away / "config.yaml").objective.model_dump()["dir"] == away.parents[1]
    monkeypatch.chdir(home)
    assert load_recorded(away / "config.yaml").objective.model_dump()["dir"] == home


def test_only_a_record_is_looked_for_elsewhere(tmp_path: Path) -> None:
    text = TABLE.replace("SOURCE", str(tmp_path / "gone/data/t.csv"))
    assert not load_spec(project(tmp_path / "here", text) / "one.yaml").source.moved


def test_an_option_means_what_it_says(tmp_path: Path) -> None:
    folder = project(tmp_path / "one", TABLE.replace("SOURCE", "data/t.csv"))
    record(folder, load_spec(folder / "one.yaml"))
    wanted = str(tmp_path / "gone.csv")
    spec = load_recorded(folder / RUN / "config.yaml", [f"objective.dataset.source={wanted}"])
    assert source_of(spec) == wanted


def test_where_things_are_changes_no_search(tmp_path: Path) -> None:
    for text in (OWN, TABLE.replace("SOURCE", "data/t.csv")):
        one = load_spec(project(tmp_path / f"one-{len(text)}", text) / "one.yaml")
        two = load_spec(project(tmp_path / f"two-{len(text)}", text) / "one.yaml")
        assert changed_keys(one, two) == []
        assert digest(one) == digest(two)


def test_a_path_in_place_of_a_name_changes_it(tmp_path: Path) -> None:
    named = load_spec(project(tmp_path / "one", TABLE.replace("SOURCE", "digits")) / "one.yaml")
    table = load_spec(project(tmp_path / "two", TABLE.replace("SOURCE", "data/t.csv")) / "one.yaml")
    assert "objective.dataset.source" in changed_keys(named, table)


def test_the_fingerprint_of_an_old_record_is_that_of_its_paths(tmp_path: Path) -> None:
    spec = load_spec(project(tmp_path / "one") / "one.yaml")
    assert former_digest(spec, {"dir": "/a", "function": "train.py:train"}) == former_digest(
        load_spec(project(tmp_path / "two") / "one.yaml"), {"dir": "/a", "function": "train.py:train"}
    )
    assert former_digest(spec, {"dir": "/a"}) != former_digest(spec, {"dir": "/b"})


def test_an_absolute_function_is_named_from_its_folder(tmp_path: Path) -> None:
    folder = project(tmp_path / "one")
    (folder / "one.yaml").write_text(OWN.replace("train.py:train", f"{folder}/train.py:train"))
    assert load_spec(folder / "one.yaml").objective.model_dump()["function"] == "train.py:train"
    other = project(tmp_path / "two", OWN.replace("train.py:train", f"{folder}/train.py:train"))
    assert load_spec(other / "one.yaml").objective.model_dump()["function"] == f"{folder}/train.py:train"


def test_a_wrong_path_is_refused_by_its_own_rule(tmp_path: Path) -> None:
    folder = project(tmp_path / "one", OWN.replace('train"}', 'train", dir: 3}'))
    with pytest.raises(SpecError, match="must be the path of a folder"):
        load_spec(folder / "one.yaml")
