"""Columns of many texts: what the target is on average with each, without a row's own target in its input."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hpsearch.actions.predict import predicted
from hpsearch.core.errors import InputError
from hpsearch.data.preparation import prepare
from hpsearch.data.prepared import Prepared, load_prepared
from hpsearch.data.sources.base import RawData, load
from hpsearch.data.spec import Categories, DatasetSpec
from hpsearch.data.tables.by_target import MOST_SHARES, smoothed
from hpsearch.data.tables.columns import Encoding
from hpsearch.nn.network import Architecture
from hpsearch.objectives.network.model import Model
from hpsearch.objectives.network.model_file import load_model, save_model


def cities(path: Path, rows: int = 3000, *, classes: int = 0, least: int = 0) -> Path:
    """A table of 150 cities, each of which goes with a target, or mostly with one of the `classes`."""
    rng = np.random.default_rng(0)
    city, x = rng.integers(0, 150, rows), rng.normal(size=rows)
    y = 3 * rng.normal(size=150)[city] + x
    if classes:
        noise = rng.integers(0, classes, rows)
        y = np.where(rng.random(rows) < 0.8, city % classes, noise) + least
    frame = pl.DataFrame({"x": x, "city": [f"city {place}" for place in city], "y": y})
    frame.with_columns(pl.col("y").cast(pl.String) if classes else "y").write_csv(path)
    return path


def specified(path: Path, **more: object) -> DatasetSpec:
    return DatasetSpec(str(path), **{"scaling": "numbers", "categories": Categories(), **more})  # type: ignore[arg-type]


def loaded(path: Path, rows: np.ndarray | None = None, **more: object) -> RawData:
    raw = load(specified(path, **more))
    chosen = np.arange(len(raw.y)) if rows is None else rows
    return raw.encoded(chosen).averaged(chosen)


def linear_r2(data: Prepared) -> float:
    """How much of the validation part a linear model explains."""
    weights = np.linalg.lstsq(np.c_[data.X_train, np.ones(len(data.X_train))], data.y_train, rcond=None)[0]
    off = data.y_val - np.c_[data.X_val, np.ones(len(data.X_val))] @ weights
    return float(1 - off.var() / data.y_val.var())


def test_texts_beyond_the_commonest_tell_the_target_too(tmp_path: Path) -> None:
    path = cities(tmp_path / "t.csv")
    assert linear_r2(prepare(specified(path), 0)) > 0.95
    assert linear_r2(prepare(specified(path, categories=Categories(by_target=False)), 0)) < 0.8


def test_no_row_has_its_own_target_in_its_input(tmp_path: Path) -> None:
    path = cities(tmp_path / "t.csv", 600)
    rows = np.arange(500)
    before = loaded(path, rows)
    (place,) = before.priors
    frame = pl.read_csv(path)
    for row in (7, 400):
        changed = frame["y"].to_numpy().copy()
        changed[row] += 1000
        frame.with_columns(y=changed).write_csv(path)
        after = loaded(path, rows)
        moved = before.X[:, place] != after.X[:, place]
        assert not moved[row]
        assert moved[:500].sum() > 100  # the others, through the average of all at least
        assert moved[500:].all()


def test_no_row_that_is_not_learned_from_shows(tmp_path: Path) -> None:
    path = cities(tmp_path / "t.csv", 600)
    rows = np.arange(500)
    before = loaded(path, rows)
    frame = pl.read_csv(path)
    changed = frame["y"].to_numpy().copy()
    changed[500:] = 1e6
    frame.with_columns(y=changed).write_csv(path)
    after = loaded(path, rows)
    np.testing.assert_array_equal(before.X, after.X)
    assert before.priors == after.priors


def test_averages_are_drawn_to_that_of_all_by_how_few_rows_they_are_of() -> None:
    rng = np.random.default_rng(0)
    true, sizes = rng.normal(5, 2, 200), np.repeat([2, 50], 100)
    codes = np.repeat(np.arange(200), sizes).astype(np.int32)
    target = true[codes] + rng.normal(0, 4, len(codes))
    found = smoothed(codes, target, 201)
    plain = np.bincount(codes, target) / sizes
    prior = target.mean()
    assert found[-1] == found[200] == prior
    shares = (found[:200] - prior) / (plain - prior)
    # n / (n + variance within / variance between), where the true ones are 16 and 4
    assert shares[0] == pytest.approx(2 / (2 + 4), rel=0.2)
    assert shares[150] == pytest.approx(50 / (50 + 4), rel=0.05)
    assert ((found[:200] - true) ** 2).mean() < 0.7 * ((plain - true) ** 2).mean()


def test_texts_that_tell_nothing_have_all_but_the_average_of_all() -> None:
    rng = np.random.default_rng(1)
    codes, target = rng.integers(0, 300, 3000).astype(np.int32), rng.normal(size=3000)
    assert smoothed(codes, target, 300).std() < 0.1


@given(st.lists(st.tuples(st.integers(-1, 4), st.floats(-1e6, 1e6)), min_size=1, max_size=30))
def test_averages_are_within_what_is_averaged(pairs: list[tuple[int, float]]) -> None:
    codes, target = (np.array(values) for values in zip(*pairs, strict=True))
    found = smoothed(codes.astype(np.int32), target.astype(np.float64), 5)
    slack = 1e-9 * max(1.0, float(np.abs(target).max()))
    assert (found >= target.min() - slack).all()
    assert (found <= target.max() + slack).all()


def test_of_two_classes_there_is_one_share_and_of_many_those_of_the_commonest(tmp_path: Path) -> None:
    for classes, names in ((2, ["city: share of 1"]), (3, [f"city: share of {place}" for place in range(3)])):
        raw = loaded(cities(tmp_path / "t.csv", classes=classes))
        inputs = Encoding.from_facts(raw.encoding or {}).inputs
        assert [inputs[place] for place in raw.priors] == names
        assert not set(raw.priors) & set(raw.indicators)
    many = loaded(cities(tmp_path / "t.csv", classes=MOST_SHARES + 5))
    assert len(many.priors) == MOST_SHARES
    assert any("the commonest 100 are inputs, and of each the share of " in note for note in many.notes)


def test_a_model_gives_new_rows_the_averages_of_training(tmp_path: Path) -> None:
    path = cities(tmp_path / "t.csv", 600)
    data = prepare(specified(path, test=cities(tmp_path / "new.csv", 50)), 0)
    shape = Architecture(data.inputs, (), 1, task="regression", loss="mse")
    weights = np.arange(data.inputs + 1, dtype=np.float32)
    save_model(Model.of(shape, weights, data, {}), tmp_path / "m.npz")
    model = load_model(tmp_path / "m.npz")
    np.testing.assert_array_equal(model.scaler.apply(model.inputs(tmp_path / "new.csv")), data.X_test)
    data.save(tmp_path / "data.bin")
    again = Model.of(shape, weights, load_prepared(tmp_path / "data.bin"), {})
    assert again.predict(tmp_path / "new.csv") == model.predict(tmp_path / "new.csv")


def test_a_file_with_other_averages_than_texts_is_refused(tmp_path: Path) -> None:
    data = prepare(specified(cities(tmp_path / "t.csv", 600)), 0)
    shape = Architecture(data.inputs, (), 1, task="regression", loss="mse")
    facts = json.loads(json.dumps(data.encoding))
    for wrong in ([[0.5]], [[0.5, 0.5]] * len(facts["columns"][1]["means"]["texts"])):
        facts["columns"][1]["means"]["values"] = wrong
        model = Model.of(shape, np.zeros(data.inputs + 1, np.float32), replace(data, encoding=facts), {})
        save_model(model, tmp_path / "m.npz")
        with pytest.raises(InputError, match=r"does not fit together: .* texts with averages"):
            load_model(tmp_path / "m.npz")


def test_an_unknown_text_has_the_average_of_all_and_is_counted(tmp_path: Path) -> None:
    data = prepare(specified(cities(tmp_path / "t.csv", 600), scaling="none"), 0)
    (place,) = Encoding.from_facts(data.encoding or {}).averaged
    shape = Architecture(data.inputs, (), 1, task="regression", loss="mse")
    weights = np.zeros(data.inputs + 1, np.float32)
    weights[place] = 1
    save_model(Model.of(shape, weights, data, {}), tmp_path / "m.npz")
    (tmp_path / "new.csv").write_text("x,city\n0,city 3\n0,Atlantis\n0,\n")
    told: list[str] = []
    lines = predicted(tmp_path / "m.npz", tmp_path / "new.csv", tell=told.append).splitlines()[1:]
    known, *unknown = (float(line.split(",")[2]) for line in lines)
    mean, deviation = data.target
    expected = data.fill[place] * deviation + mean
    assert unknown == pytest.approx([expected, expected], rel=1e-5)
    assert known != pytest.approx(expected, rel=0.01)
    assert [note.partition(": ")[2] for note in told] == [
        "2 rows have in column 'city' what the model has no input of its own for"
    ]


def test_rows_named_by_a_column_teach_nothing_and_those_named_twice_do(tmp_path: Path) -> None:
    for each, there in ((1, False), (2, True)):
        names = [f"n{row // each}" for row in range(400)]
        pl.DataFrame({"x": range(400), "name": names, "y": np.arange(400) % 7 + 0.5}).write_csv(
            tmp_path / "t.csv"
        )
        raw = loaded(tmp_path / "t.csv")
        assert bool(raw.priors) == there
        assert any("so it names rows" in note for note in raw.notes) != there
