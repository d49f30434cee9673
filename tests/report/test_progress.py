"""How progress is told."""

from __future__ import annotations

import io
import subprocess
import sys

from rich.console import Console

from hpsearch.core.metric import Metric
from hpsearch.core.trial import Job, Result, Trial
from hpsearch.engine.history import History
from hpsearch.engine.watcher import Snapshot, Watcher
from hpsearch.report.progress import LiveBar, PlainLines
from hpsearch.space import Log, Real, Space

ACCURACY = Metric("val_acc", "maximize")
GOING = Snapshot(60, 24, 8, 1, ACCURACY, 0.98333, 17, 12.3)


def test_plain_lines_say_what_is_new_and_not_too_often() -> None:
    text = io.StringIO()
    lines = PlainLines(text, every=1000)
    for snapshot in (GOING, GOING, Snapshot(60, 25, 7, 1, ACCURACY, 0.98333, 17, 12.3)):
        lines.update(snapshot)
    assert (
        text.getvalue()
        == "24/60 done, 8 running, 1 failed; best val acc 0.9833 (trial 17); about 12 s left\n"
    )


def test_the_library_of_the_bar_is_imported_for_a_terminal_alone() -> None:
    code = (
        "import sys; from hpsearch.report.progress import PlainLines, on_standard_error; "
        "print(isinstance(on_standard_error(), PlainLines), 'rich' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "True False"


def test_the_live_bar_shows_the_best_the_counts_and_the_time() -> None:
    for width in (80, 200):
        text = io.StringIO()
        console = Console(file=text, force_terminal=True, width=width)
        with LiveBar(console) as bar:
            bar.update(GOING)
        shown = text.getvalue()
        assert "best val acc 0.9833 (trial 17)" in shown
        assert "24/60 done, 8 running, 1 failed" in shown


def test_the_watcher_counts_each_trial_once() -> None:
    history = History(Space([Real("lr", Log(1e-4, 1))]), ACCURACY)
    trials = [Trial(n, 0, {"lr": 0.1 / (n + 1)}, n) for n in range(3)]
    shown: list[Snapshot] = []
    watcher = Watcher(shown.append, total=3, metric=ACCURACY)
    jobs = [Job(trial, 1) for trial in trials]
    history.add_round(jobs)
    watcher.round_begins(0, jobs, history)
    first = [
        Result(0, 1, "done", {"val_acc": 0.5}),
        Result(1, 1, "diverged"),
        Result(2, 1, "done", {"val_acc": 0.7}),
    ]
    for result in first:
        history.add(result)
    watcher.results_came(first, history)
    assert (shown[-1].done, shown[-1].failed, shown[-1].running) == (2, 1, 0)
    assert (shown[-1].best, shown[-1].best_trial) == (0.7, 2)
    later = [Job(trials[0], 3, start=1), Job(trials[2], 3, start=1)]
    history.add_round(later)
    watcher.round_begins(1, later, history)
    assert (shown[-1].done, shown[-1].running) == (2, 2)
    watcher.results_came([Result(0, 3, "done", {"val_acc": 0.9}), Result(2, 3, "failed")], history)
    assert (shown[-1].done, shown[-1].failed, shown[-1].best_trial) == (1, 2, 0)
