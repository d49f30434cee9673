"""One trial on a screen."""

from __future__ import annotations

import yaml

from hpsearch.core.trial import Result, Trial
from hpsearch.engine.run import Run
from hpsearch.reporting.one_trial import told
from tests.reporting.runs import a_run


def parts(number: int, width: int | None = 80, run: Run | None = None) -> dict[str, str]:
    """What is told of a trial of the run, by the head of each part."""
    found = {"": ""}
    head = ""
    for line in told(run or a_run(), number, width).splitlines():
        if line.endswith(":") and not line.startswith(" "):
            head = line.partition(":")[0].partition(" (")[0]
            found[head] = ""
        else:
            found[head] += f"{line}\n"
    return found


def test_a_trial_with_its_curve_and_its_seeds() -> None:
    found = parts(0)
    assert found[""].startswith("trial 0: rank 1 of 2, 3 of 3 epochs\nBest-1(acc:0.7) | lr:0.1")
    run = a_run()
    assert yaml.safe_load(found["parameters"]) == dict(run.trials[0].config)
    assert found["curve"].split() == ["epoch", "acc", "loss", "1", "0.5", "1", "2", "0.6", "3", "0.7", "0.5"]
    rows = [line.split() for line in found["trainings"].splitlines()]
    assert rows[0] == ["replicate", "epochs", "status", "acc", "loss"]
    assert [row[:4] for row in rows[1:]] == [
        ["0", "1", "done", "0.5"],
        ["0", "3", "done", "0.7"],
        ["1", "3", "done", "0.8"],
        ["2", "3", "done", "0.6"],
    ]
    assert "last output" not in found


def test_a_trial_that_failed_says_why_and_what_it_printed() -> None:
    found = parts(3)
    assert found[""] == 'trial 3: failed: ValueError: "no"\n\n'
    assert found["last output"] == "  line 1\n  line 2\n"
    assert 'ValueError: "no"' in found["trainings"]


def test_a_trial_without_a_result_has_its_parameters() -> None:
    run = a_run()
    waiting = Run(run.spec, run.folder, {**run.trials, 4: Trial(4, 0, {"lr": 0.2}, 0)}, run.results)
    waiting.space = run.space
    found = parts(4, run=waiting)
    assert found[""] == "trial 4: was begun and has no result\n\n"
    assert found["parameters"] == "  lr: 0.2\n"
    assert found.keys() == {"", "parameters"}


def test_of_a_long_curve_some_epochs_are_shown_and_both_ends() -> None:
    run = a_run()
    long = [Result(0, 500, "done", {"acc": 0.5}, {"acc": [epoch / 1000 for epoch in range(1, 501)]})]
    lines = parts(0, run=Run(run.spec, run.folder, run.trials, long))["curve"].strip().splitlines()
    epochs = [int(line.split()[0]) for line in lines[1:]]
    assert (len(epochs), epochs[0], epochs[-1]) == (12, 1, 500)
    assert epochs == sorted(set(epochs))
