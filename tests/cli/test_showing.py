"""`show`: its columns, and when its comparisons are fair."""

from __future__ import annotations

import pytest

from hpsearch.cli import showing
from hpsearch.cli.by import By
from hpsearch.core.errors import InputError
from hpsearch.core.trial import Result, Trial
from hpsearch.engine.run import Run
from hpsearch.space import Choice, Linear, Real, Space
from tests.reporting.runs import a_run


def searched(*epochs: int) -> Run:
    """A run whose trials were trained for so many epochs, every other of a kind."""
    base = a_run(empty=True)
    trials = {
        number: Trial(number, 0, {"x": number / 10, "kind": "ab"[number % 2]}, 0)
        for number in range(len(epochs))
    }
    results = [Result(number, count, "done", {"acc": number / 10}) for number, count in enumerate(epochs)]
    run = Run(base.spec, base.folder, trials, results)
    run.space = Space([Real("x", Linear(0, 1)), Choice("kind", ("a", "b"))])
    return run


def test_bests_of_other_lengths_are_said_not_to_compare() -> None:
    assert By.of(searched(3, 3), "kind").unfair == ""
    unfair = By.of(searched(1, 3), "kind")
    assert "trained for 1 and 3 epochs" in unfair.unfair
    assert unfair.as_data()["fair"] is False
    # Only those that are compared count: trial 0 is not the best of its kind.
    assert By.of(searched(1, 3, 3), "kind").unfair == ""


def test_a_pair_shows_its_epochs_where_they_differ() -> None:
    crossed = By.of(searched(1, 3), "x,kind").table()
    assert crossed[0] == ["x \\ kind", "a", "b"]
    assert crossed[1][0][1:] == ["0 (1)", "0.1 (3)"]
    assert By.of(searched(3, 3), "x,kind").table()[1][0][1:] == ["0", "0.1"]
    listed = By.of(searched(1, 3), "x,kind").listed()
    assert listed[0] == ["x", "kind", "trials", "best acc", "epochs", "trial"]
    assert listed[1][1][1:] == ["b", 1, 0.1, 3, 1]


@pytest.mark.parametrize("given", ["x,kind,x", "x,x", "kid", ""])
def test_what_is_no_parameter_or_too_many_is_refused(given: str) -> None:
    with pytest.raises(InputError, match="--by"):
        By.of(searched(1), given)


def look(columns: str | None, form: str = "table", *, wide: bool = False) -> showing.Look:
    return showing.Look(form, 20, columns, wide)


def test_the_columns_that_are_picked_and_the_trial_always(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing, "verdicts_of", lambda _: ())
    showing.ranking(searched(3, 3), look("kind,acc"))
    assert capsys.readouterr().out.splitlines()[0].split() == ["trial", "kind", "acc"]
    showing.ranking(searched(3, 3), look("acc,trial", "csv"))
    assert capsys.readouterr().out == "acc,trial\n0.1,1\n0.0,0\n"
    with pytest.raises(InputError, match="did you mean 'kind'"):
        showing.ranking(searched(3), look("kid"))


def test_every_name_can_be_picked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing, "verdicts_of", lambda _: ())
    run = searched(3)
    run.results = [Result(0, 3, "done", {"acc": 0.5, "rank": 7.0, "top, all": 0.25, "a b": 1.0, "a_b": 2.0})]
    for given in ("metrics_rank, top, all,a_b", "metrics rank,top, all,a_b"):
        showing.ranking(run, look(given, "csv"))
        assert capsys.readouterr().out == 'trial,metrics_rank,"top, all",a_b\n0,7.0,0.25,2.0\n'
    showing.ranking(run, look("a b,a_b"))
    assert capsys.readouterr().out.split() == ["trial", '"a', 'b"', '"a_b"', "0", "1", "2"]


def test_a_parameter_called_like_a_column_of_the_parts_has_one_of_its_own() -> None:
    run = searched(3)
    run.trials = {0: Trial(0, 0, {"trials": 0.5, "epochs": 0.25}, 0)}
    run.space = Space([Real("trials", Linear(0, 1)), Real("epochs", Linear(0, 1))])
    header, rows = By.of(run, "trials").listed()
    assert header == ["params_trials", "trials", "best acc", "epochs", "trial", "params_epochs"]
    assert [1, 0.0, 3, 0, 0.25] in [row[1:] for row in rows]


def test_on_a_narrow_terminal_no_parameter_is_left_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing, "verdicts_of", lambda _: ())
    monkeypatch.setattr("hpsearch.cli.console.width", lambda: 38)
    run = searched(3)
    run.trials = {0: Trial(0, 0, {"seeds": 0.5, "status": 0.25}, 0)}
    run.space = Space([Real("seeds", Linear(0, 1)), Real("status", Linear(0, 1))])
    showing.ranking(run, look(None))
    narrow = capsys.readouterr()
    assert narrow.err.splitlines()[0] == "3 columns not shown (round, status, epochs): --wide, --columns"
    head, second, row = map(str.split, narrow.out.splitlines())
    assert (head, second) == (["params"], ["rank", "trial", "acc", "seeds", "status"])
    assert row == ["1", "0", "0", "0.5", "0.25"]


def test_on_a_narrow_terminal_what_is_left_out_is_named_and_wide_leaves_out_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing, "verdicts_of", lambda _: ())
    monkeypatch.setattr("hpsearch.cli.console.width", lambda: 36)
    showing.ranking(searched(3, 3), look(None))
    narrow = capsys.readouterr()
    assert narrow.out.splitlines()[0].split() == ["rank", "trial", "epochs", "acc", "x", "kind"]
    assert narrow.err.splitlines()[0] == "2 columns not shown (round, status): --wide, --columns"
    showing.ranking(searched(3, 3), look(None, wide=True))
    wide = capsys.readouterr()
    assert "status: done" in wide.out
    assert "not shown" not in wide.err
