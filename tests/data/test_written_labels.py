"""Classes are called what stands in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from hpsearch.data.preparation import prepare
from hpsearch.data.spec import DatasetSpec


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (["01", "02"], ("01", "02")),
        (["TRUE", "FALSE"], ("FALSE", "TRUE")),
        (["true", "false"], ("false", "true")),
        (["1.0", "2.0"], ("1.0", "2.0")),
        (["10", " 9"], ("9", "10")),  # in the order of their numbers
        (["1", "01", "2", "2"], ("1", "2")),  # written in two ways: one class
        (["Yes", "No"], ("No", "Yes")),
    ],
)
def test_classes_are_called_as_they_are_written(
    labels: list[str], classes: tuple[str, ...], tmp_path: Path
) -> None:
    path, plain = tmp_path / "t.csv", tmp_path / "plain.csv"
    rows = [label for label in labels for _ in range(40 // len(labels))]
    path.write_text("a,y\n0,NA\n" + "".join(f"{n % 7},{label}\n" for n, label in enumerate(rows)))
    data = prepare(DatasetSpec(str(path), split=(0.5, 0.5)), seed=0)
    assert data.classes == classes
    other = {"01": "1", "02": "2", "TRUE": "true", "FALSE": "false", "1.0": "1", "2.0": "2"}
    plain.write_text(
        "a,y\n0,NA\n" + "".join(f"{n % 7},{other.get(text, text)}\n" for n, text in enumerate(rows))
    )
    before = prepare(DatasetSpec(str(plain), split=(0.5, 0.5)), seed=0)
    assert data.fingerprint == before.fingerprint  # so that a search from before goes on
    test = prepare(DatasetSpec(str(path), split=(0.5, 0.5), validation=plain), seed=0)
    assert (test.classes, len(test.y_val)) == (classes, 40)


@pytest.mark.parametrize("name", ["y", 'quo"te', " y "])
def test_so_they_are_whatever_their_column_is_called_and_where_lines_are_empty(
    name: str, tmp_path: Path
) -> None:
    path, quoted = tmp_path / "t.csv", '"' + name.replace('"', '""') + '"'
    labels = ["9007199254740992", "9007199254740993"] * 20
    path.write_text(f"a,{quoted}\n\n0,\n" + "".join(f"{n},0{text}\n\n" for n, text in enumerate(labels)))
    data = prepare(DatasetSpec(str(path), split=(0.5, 0.5)), seed=0)
    assert data.classes == ("09007199254740992", "09007199254740993")
