"""Folds: which row goes where, and that each of them sees what an ordinary division of the same rows would."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.core.errors import DataError
from hpsearch.data import folded
from hpsearch.data.folded import Folded, load_folded
from hpsearch.data.folds import Division, deal
from hpsearch.data.preparation import prepare, prepare_folds, prepare_whole
from hpsearch.data.spec import Categories, DatasetSpec, Folds
from hpsearch.nn.network import Architecture
from hpsearch.nn.settings import Settings
from hpsearch.nn.training import train
from tests.data.conftest import WriteMnist

NAMES = "abcdefgh"


@st.composite
def divisions(draw: st.DrawFn) -> tuple[np.ndarray, Folds, Division]:
    """Classes of at least as many rows as found folds, in any order, dealt."""
    folds = draw(st.integers(2, 7))
    test = draw(st.sampled_from([None, 0.0, 0.3]))
    sizes = draw(st.lists(st.integers(2 * folds, 40), min_size=1, max_size=5))
    labels = np.random.default_rng(draw(st.integers(0, 99))).permutation(
        np.repeat(np.arange(len(sizes)), sizes)
    )
    split = Folds(folds, test)
    names = list(NAMES[: len(sizes)])
    return labels, split, deal(labels, names, split, draw(st.integers(0, 2**31)), brings_test=False)


@given(divisions())
def test_every_row_is_validated_once_or_kept_for_the_test(
    case: tuple[np.ndarray, Folds, Division],
) -> None:
    labels, split, division = case
    validated = [division.validation(fold) for fold in range(split.folds)]
    assert sorted(np.concatenate([*validated, division.test])) == list(range(len(labels)))
    assert sorted(np.concatenate(validated)) == division.rows.tolist()
    share = 0.2 if split.test is None else split.test
    assert abs(len(division.test) - share * len(labels)) <= 0.5


@given(divisions())
def test_folds_are_alike(case: tuple[np.ndarray, Folds, Division]) -> None:
    labels, split, division = case
    classes = labels.max() + 1
    table = np.array(
        [np.bincount(labels[division.validation(fold)], minlength=classes) for fold in range(split.folds)]
    )
    assert np.ptp(table.sum(axis=1)) <= 1
    assert (np.ptp(table, axis=0) <= 1).all()


@given(divisions())
def test_training_parts_are_what_the_others_validate_and_equally_long(
    case: tuple[np.ndarray, Folds, Division],
) -> None:
    labels, split, division = case
    lengths = set()
    for fold in range(split.folds):
        training = division.training(fold)
        others = np.setdiff1d(division.rows, division.validation(fold))
        left_out = np.setdiff1d(others, training)
        assert np.isin(training, others).all()
        assert len(left_out) == (len(division.validation(fold)) * split.folds < len(division.rows))
        assert set(labels[training]) == set(labels)
        assert (np.diff(training) > 0).all()
        lengths.add(len(training))
    assert len(lengths) == 1


@pytest.mark.parametrize("sizes", [(2, 3), (2, 2, 3), (3, 3, 3), (2, 2, 2, 2, 3)])
def test_no_class_is_left_out_of_two_small_folds(sizes: tuple[int, ...]) -> None:
    labels = np.repeat(np.arange(len(sizes)), sizes)
    for seed in range(20):
        division = deal(labels, list(NAMES[: len(sizes)]), Folds(2, 0), seed, brings_test=False)
        for fold in (0, 1):
            assert set(labels[division.training(fold)]) == set(range(len(sizes)))


def test_which_rows_go_where_follows_from_the_seed() -> None:
    labels = np.arange(100) % 2
    first, again, other = (
        deal(labels, ["a", "b"], Folds(5), seed, brings_test=False).fold.tolist() for seed in (0, 0, 1)
    )
    assert first == again != other


def test_a_source_with_a_test_part_keeps_it() -> None:
    labels = np.arange(100) % 2
    assert len(deal(labels, ["a", "b"], Folds(5), 0, brings_test=True).rows) == 100
    with pytest.raises(
        DataError, match=r"split {folds: 5, test: 0.1}: must have no test part.*leave `test` out"
    ):
        deal(labels, ["a", "b"], Folds(5, 0.1), 0, brings_test=True)


@pytest.mark.parametrize(
    ("sizes", "split", "words"),
    [
        ((9, 4), Folds(5), "split {folds: 5}: found 4 rows of class 'b', and every fold needs one"),
        ((9, 4), Folds(5), "take at most 4 folds, add rows, or raise `limit`"),
        ((50, 5), Folds(5), "found 4 rows of class 'b' beside the test part"),
        ((50, 1), Folds(5), "found 1 row of class 'b', and every fold needs one to validate; add rows"),
        ((7,), Folds(8, 0), "split {folds: 8, test: 0}: found 7 rows, and every fold"),
    ],
)
def test_too_few_rows_are_counted(sizes: tuple[int, ...], split: Folds, words: str) -> None:
    labels = np.repeat(np.arange(len(sizes)), sizes)
    with pytest.raises(DataError) as caught:
        deal(labels, list(NAMES[: len(sizes)]), split, 0, brings_test=False)
    assert words in str(caught.value)


@pytest.mark.parametrize("wrong", [(1, None), (0, None), (5, 1.0), (5, -0.1)])
def test_folds_of_no_use_are_refused(wrong: tuple[int, float | None]) -> None:
    with pytest.raises(DataError, match="must"):
        Folds(*wrong)


# -- the data of the folds ---------------------------------------------------------------------------------


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """63 rows, 13 of each fold kept for the test: a number with gaps, a large number, a category."""
    rng = np.random.default_rng(0)
    lines = [
        f"{'' if rng.random() < 0.2 else round(rng.normal(), 3)},{1.6e9 + rng.integers(9999)},"
        f"{rng.choice(['x', 'y'])},{rng.choice(['no', 'yes'])}"
        for _ in range(63)
    ]
    path = tmp_path / "table.csv"
    path.write_text("\n".join(["gappy,large,kind,target", *lines]) + "\n")
    return path


@pytest.fixture
def numbers(tmp_path: Path) -> Path:
    path, rng = tmp_path / "numbers.npz", np.random.default_rng(0)
    np.savez(path, X=rng.normal(3, 2, (64, 4)), y=rng.normal(50, 7, 64))
    return path


@pytest.fixture
def places(tmp_path: Path) -> Path:
    """60 rows of 20 places, a number with gaps, and a target that goes with the place."""
    rng, path = np.random.default_rng(0), tmp_path / "places.csv"
    kinds = rng.integers(0, 20, 60)
    lines = [f"p{kind},{'' if rng.random() < 0.2 else rng.random()},{kind + rng.normal()}" for kind in kinds]
    path.write_text("\n".join(["place,gappy,target", *lines]) + "\n")
    return path


@pytest.fixture(params=["digits", "table", "numbers", "whiten", "tanh", "quantile", "places"])
def spec(request: pytest.FixtureRequest, table: Path, numbers: Path, places: Path) -> DatasetSpec:
    return {
        "places": DatasetSpec(str(places), split=Folds(4), scaling="numbers", categories=Categories(3, 5)),
        "digits": DatasetSpec("digits", split=Folds(5), limit=203),
        "table": DatasetSpec(str(table), split=Folds(3), scaling="standard"),
        "numbers": DatasetSpec(str(numbers), split=Folds(5, 0.0), scaling="standard", task="regression"),
        "quantile": DatasetSpec(str(table), split=Folds(4), scaling="quantile", target="large"),
        "whiten": DatasetSpec(str(table), split=Folds(4), scaling="whiten", target="large"),
        "tanh": DatasetSpec(str(table), split=Folds(4), scaling="tanh"),
    }[request.param]


def arrays(part: Any) -> list[np.ndarray]:
    return [part.X_train[:], part.y_train, part.X_val[:], part.y_val]


def equal(part: Any, other: Any) -> bool:
    return all(
        first.dtype == second.dtype and first.tobytes() == second.tobytes()
        for first, second in zip(arrays(part), arrays(other), strict=True)
    )


def test_the_first_fold_is_to_the_bit_what_an_ordinary_division_would_be(spec: DatasetSpec) -> None:
    assert equal(prepare_folds(spec, seed=1).parts[0], prepare(spec, seed=1))


def test_a_fold_is_filled_and_scaled_by_its_own_training_rows(spec: DatasetSpec) -> None:
    data = prepare_folds(spec, seed=1)
    assert np.isfinite(np.concatenate([part.X_train[:] for part in data.parts])).all()
    if spec.scaling == "standard":
        for part in data.parts:
            np.testing.assert_allclose(part.X_train[:].mean(axis=0), 0, atol=1e-5)
            assert np.abs(part.X_val[:].mean(axis=0)).max() > 1e-3
    if not data.classes:
        for part in data.parts:
            assert part.y_train.mean() == pytest.approx(0, abs=1e-6)
            assert part.y_train.std() == pytest.approx(1, abs=1e-6)


def test_what_is_not_seen_in_training_does_not_show(numbers: Path) -> None:
    spec = DatasetSpec(str(numbers), split=Folds(4, 0.0), scaling="standard", task="regression")
    before = prepare_folds(spec, seed=0)
    outlier = int(before.division.validation(2)[0])
    with np.load(numbers) as file:
        X, y = file["X"], file["y"]
    X[outlier], y[outlier] = 1e6, 1e6
    np.savez(numbers, X=X, y=y)
    after = prepare_folds(spec, seed=0)
    assert before.fingerprint != after.fingerprint
    for fold in range(4):
        same = before.parts[fold].X_train[:].tobytes() == after.parts[fold].X_train[:].tobytes()
        assert same == (fold == 2)


def test_averages_of_the_target_are_those_of_a_folds_own_training_rows(places: Path) -> None:
    spec = DatasetSpec(str(places), split=Folds(4), scaling="numbers", categories=Categories(3, 5))
    before = prepare_folds(spec, seed=0)
    changed = before.division.validation(2)
    lines = places.read_text().splitlines()
    for row in changed:
        lines[1 + row] = lines[1 + row].rpartition(",")[0] + f",{50 + row}"
    places.write_text("\n".join(lines) + "\n")
    after = prepare_folds(spec, seed=0)
    for fold in range(4):
        first, second = before.parts[fold], after.parts[fold]
        same = [(getattr(first, name)[:] == getattr(second, name)[:]).all() for name in ("X_train", "X_val")]
        assert same == ([True, True] if fold == 2 else [False, False])


def test_large_data_is_scaled_as_it_is_read_to_the_same_bits(
    spec: DatasetSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = prepare_folds(spec, seed=1).parts
    monkeypatch.setattr(folded, "KEPT", 0)
    read = prepare_folds(spec, seed=1).parts
    chosen = np.array([5, 0, 7])
    for first, second in zip(kept, read, strict=True):
        assert isinstance(second.X_train, folded.ScaledRows)
        assert equal(first, second)
        assert (first.X_train.take(chosen, axis=0) == second.X_train.take(chosen, axis=0)).all()
        assert second.X_train.shape == first.X_train.shape


def test_large_data_is_held_once(tmp_path: Path, peak_bytes: Callable[[], int]) -> None:
    X, path = np.random.default_rng(0).random((100_000, 40)).astype(np.float32), tmp_path / "large.npz"
    np.savez(path, X=X, y=np.arange(len(X)) % 2)
    data = prepare_folds(DatasetSpec(str(path), split=Folds(8)), seed=0)
    assert data.parts
    indices = 8 * len(X) * 8  # which row belongs where
    assert peak_bytes() < 3 * X.nbytes + 3 * indices  # of which X here, and X as it is read, are two


def test_what_is_saved_is_what_is_loaded(spec: DatasetSpec, tmp_path: Path) -> None:
    data = prepare_folds(spec, seed=1)
    data.save(tmp_path / "data.bin")
    again = load_folded(tmp_path / "data.bin")
    for first, second in zip(data.parts, again.parts, strict=True):
        assert equal(first, second)
    facts = ("folds", "inputs", "train_rows", "val_rows", "classes", "feature_shape", "source", "fingerprint")
    assert [getattr(data, name) for name in facts] == [getattr(again, name) for name in facts]
    assert not again.X.flags.writeable


def test_whole_is_all_rows_of_the_folds_and_the_test_part(spec: DatasetSpec) -> None:
    data, whole = prepare_folds(spec, seed=1), prepare_whole(spec, seed=1)
    assert len(whole.X_train) == data.val_rows
    assert len(whole.X_test) == len(data.division.test)
    if spec.scaling == "standard":
        np.testing.assert_allclose(whole.X_train.mean(axis=0), 0, atol=1e-5)


def test_a_test_part_of_the_source_stays_out_of_the_folds(write_mnist: WriteMnist) -> None:
    spec = DatasetSpec("mnist", dir=write_mnist(train=600, test=50), split=Folds(4))
    data, whole = prepare_folds(spec, seed=0), prepare_whole(spec, seed=0)
    assert data.X.dtype == np.uint8
    assert (data.val_rows, len(whole.X_train), len(whole.X_test)) == (600, 600, 50)
    assert equal(data.parts[0], prepare(spec, seed=0))


def test_a_test_file_stays_out_of_the_folds_and_a_validation_file_is_refused(
    table: Path, tmp_path: Path
) -> None:
    lines = table.read_text().splitlines(keepends=True)
    (tmp_path / "other.csv").write_text("".join(lines[:21]).replace(",y,", ",never seen,"))
    spec = DatasetSpec(str(table), split=Folds(3), scaling="whiten", test=tmp_path / "other.csv")
    data, whole = prepare_folds(spec, seed=0), prepare_whole(spec, seed=0)
    assert (data.val_rows, len(whole.X_train), len(whole.X_test)) == (63, 63, 20)
    assert np.isfinite(whole.X_test).all()
    assert equal(data.parts[0], prepare(spec, seed=0))
    with pytest.raises(DataError, match=r"split {folds: 3}: validates every row.*leave out one of the two"):
        prepare_folds(replace(spec, test=None, validation=spec.test), seed=0)


@pytest.mark.parametrize("change", [{"split": Folds(4)}, {"split": Folds(5, 0.1)}, {"scaling": "standard"}])
def test_the_fingerprint_tells_folds_apart(change: dict[str, Any]) -> None:
    given: dict[str, Any] = {"source": "moons", "split": Folds(5), "limit": 60}
    data = prepare_folds(DatasetSpec(**given), seed=0)
    assert prepare_folds(DatasetSpec(**given), seed=0).fingerprint == data.fingerprint
    assert prepare_folds(DatasetSpec(**given), seed=1).fingerprint != data.fingerprint
    assert prepare_folds(DatasetSpec(**{**given, **change}), seed=0).fingerprint != data.fingerprint


@pytest.mark.parametrize("kept", [0, folded.KEPT])
def test_a_fold_trains_as_an_ordinary_run_on_its_rows_to_the_bit(
    spec: DatasetSpec, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folded, "KEPT", kept)
    data: Folded = prepare_folds(spec, seed=1)
    task = {} if data.classes else {"loss": "mse", "task": "regression"}
    shape = Architecture(data.inputs, (8,), len(data.classes) or 1, **task)  # type: ignore[arg-type]
    settings = Settings("momentum", 16, {"lr": 0.1, "momentum": 0.9})
    stack = train(shape, settings, data.parts, seeds=[7] * data.folds, order=(3, 0), epochs=3)
    alone = train(shape, settings, prepare(spec, seed=1), seeds=[7], order=(3, 0), epochs=3)
    assert stack.state.parameters[0].tobytes() == alone.state.parameters[0].tobytes()
    for name, curve in alone.curves.items():
        assert stack.curves[name][0].tobytes() == curve[0].tobytes()
    assert len({row.tobytes() for row in stack.state.parameters}) == data.folds
