"""`search.learn_from` and `run --learn-from`, typed as a user types them."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from hpsearch.core.trial import as_number
from hpsearch.engine.run import Run
from hpsearch.runs import RunFolder
from tests.cli.conftest import Hpsearch, Kept

FIT = """\
import math
def fit(lr, depth, kind="a", decay=0.0, epochs=9):
    return {"loss": (math.log10(lr) + 2) ** 2 + 0.1 * abs(depth - 3) + 1 / epochs, "acc": lr}
"""
CONFIG = """\
name: NAME
objective: {kind: python, function: "fit.py:fit", epochs: 9}
space:
  lr: {scale: log, low: 1e-4, high: 1}
  depth: {scale: linear, type: int, low: 1, high: 5}
  kind: {choices: [a, b]}
search: {trials: 10, round_size: 5, metric: loss}
"""
Write = Callable[..., None]


@pytest.fixture
def write(folder: Path) -> Write:
    """Write NAME.yaml, with texts of the search that is learned from replaced."""

    def written(name: str, *replaced: tuple[str, str]) -> None:
        text = CONFIG.replace("NAME", name)
        for before, after in replaced:
            assert before in text
            text = text.replace(before, after)
        (folder / f"{name}.yaml").write_text(text)

    return written


@pytest.fixture
def old(folder: Path, hpsearch: Hpsearch, write: Write, kept: Kept) -> Run:
    """The run `old`, all of whose trials are done."""

    def searched() -> None:
        (folder / "fit.py").write_text(FIT)
        write("old")
        ended = hpsearch("run", "old.yaml")
        assert ended.returncode == 0, ended.stderr

    kept("learning", folder, searched)
    return Run.read(RunFolder(folder / "runs/old"))


def learned(folder: Path, name: str = "new") -> list[dict[str, object]]:
    """The records of what a run learned."""
    records = [json.loads(line) for line in (folder / f"runs/{name}/journal.jsonl").read_text().splitlines()]
    return [record for record in records if record["kind"] in ("inherited", "hint")]


def test_trials_in_an_edited_space_count_as_results_and_stay_out_of_the_ranking(
    folder: Path, hpsearch: Hpsearch, write: Write, old: Run
) -> None:
    write("new", ("high: 1}", "high: 0.1}"), ("[a, b]", "[a]"), ("low: 1, high: 5", "low: 1, high: 9"))
    ended = hpsearch("run", "new.yaml", "--learn-from", "old", "--seed", "5", "--json")
    assert ended.returncode == 0, ended.stderr
    inside = [
        t.config for t in old.trials.values() if t.config["kind"] == "a" and as_number(t.config["lr"]) <= 0.1
    ]
    assert 0 < len(inside) < 10
    assert f"learns from old: {len(inside)} of its 10 trials" in ended.stderr
    (record,) = learned(folder)
    assert record["kind"] == "inherited"
    assert [trial["config"] for trial in record["trials"]] == inside  # type: ignore[attr-defined]
    found = json.loads(ended.stdout)
    assert found["learned"] == [{"run": "old", "trials": len(inside), "of": 10, "why": ""}]
    assert found["trials"] == 10
    assert len((folder / "runs/new/results.csv").read_text().splitlines()) == 11
    assert f"learned from old: {len(inside)} of its 10" in hpsearch("show", "new").stderr


def test_what_was_learned_is_in_the_run_whatever_becomes_of_the_old_one(
    folder: Path, hpsearch: Hpsearch, write: Write, old: Run
) -> None:
    write("new", ("metric: loss", "metric: loss, learn_from: [runs/old]"))
    assert hpsearch("run", "new.yaml").returncode == 0
    new = folder / "runs/new"
    whole, journal = (new / "results.csv").read_bytes(), (new / "journal.jsonl").read_bytes()
    # A crash before the lessons were on the disk: they are learned once more.
    (new / "journal.jsonl").write_bytes(journal[: journal.index(b"\n") + 9])
    ended = hpsearch("run", "new.yaml", "--resume")
    assert "learns from old: 10 of its 10 trials" in ended.stderr
    assert (new / "results.csv").read_bytes() == whole
    assert len(learned(folder)) == 1
    shutil.rmtree(old.folder.path)
    for share in (0.4, 0.7, 0.9):
        (new / "journal.jsonl").write_bytes(journal[: int(share * len(journal))])
        ended = hpsearch("resume", "new") if share < 0.6 else hpsearch("run", "new.yaml", "--resume")
        assert ended.returncode == 0, ended.stderr
        assert "learns from" not in ended.stderr
        assert (new / "results.csv").read_bytes() == whole
    assert hpsearch("reproduce", "new", "0").returncode == 0
    assert hpsearch("refine", "new", "--trials", "3").returncode == 0
    assert "learn_from" not in (folder / "runs/new-refined/config.yaml").read_text()
    other = hpsearch("run", "new.yaml", "--resume", "--set", "search.learn_from=[]")
    assert (other.returncode, "another search.learn_from" in other.stderr) == (2, True)


@pytest.mark.parametrize(
    ("replaced", "why"),
    [
        ([("epochs: 9", "epochs: 6")], "another epochs"),
        ([("  kind: {choices: [a, b]}\n", "")], "it had kind"),
        ([("  kind", "  decay: {scale: linear, low: 0, high: 1}\n  kind")], "it had no decay"),
    ],
)
def test_what_is_not_the_same_is_a_hint_and_is_tried_again(
    folder: Path, hpsearch: Hpsearch, write: Write, old: Run, replaced: list[tuple[str, str]], why: str
) -> None:
    write("new", *replaced)
    ended = hpsearch("run", "new.yaml", "--learn-from", "runs/old", "--trials", "4")
    assert ended.returncode == 0, ended.stderr
    assert f"learns from old: 10 of its 10 trials lie in this space; {why}: as a hint" in ended.stderr
    (record,) = learned(folder)
    assert (record["kind"], record["why"], record["of"]) == ("hint", why, 10)
    # The first trial is where the hint says, near the best that is known.
    best, first = old.standings[0].trial.config, Run.read(RunFolder(folder / "runs/new")).trials[0].config
    assert abs(as_number(first["depth"]) - as_number(best["depth"])) <= 2


def test_edited_code_makes_it_a_hint(folder: Path, hpsearch: Hpsearch, write: Write, old: Run) -> None:
    (folder / "fit.py").write_text(FIT + "# edited\n")
    write("new")
    ended = hpsearch("run", "new.yaml", "--learn-from", "old", "--trials", "4")
    assert "; other code: as a hint" in ended.stderr
    assert old.codes.versions


def test_several_runs_and_another_metric_that_they_have(
    folder: Path, hpsearch: Hpsearch, write: Write, old: Run
) -> None:
    write("second", ("epochs: 9", "epochs: 3"))
    assert hpsearch("run", "second.yaml", "--trials", "4").returncode == 0
    write("new", ("metric: loss", "metric: acc, learn_from: [runs/second]"))
    ended = hpsearch("run", "new.yaml", "--learn-from", "old", "--trials", "6")
    assert ended.returncode == 0, ended.stderr
    hint, inherited = learned(folder)
    assert (hint["from"], inherited["from"]) == ("second", "old")
    values = [trial["values"] for trial in inherited["trials"]]  # type: ignore[attr-defined]
    lrs = [old.trials[number].config["lr"] for number in sorted(old.trials)]
    assert [next(iter(one.values())) for one in values] == lrs


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--learn-from", "none"], "no run is recorded in runs/none; name the folder of one"),
        (["--learn-from", "new"], "runs/new is this search itself; remove it"),
        (["--learn-from", "old", "--learn-from", "runs/old"], "runs/old is named twice; remove it"),
        (["--learn-from", "old", "--set", "search.metric=f1", "--set", "search.goal=maximize"], "with a f1"),
        (["--learn-from", "old", "--set", "space.lr.low=0.99999"], "none of the trials of runs/old lies in"),
        (
            ["--learn-from=old", "--set=search.metric=[loss, acc]", "--set=search.goal=[minimize, maximize]"],
            "a search that ranks by several metrics learns from no run; remove it",
        ),
        (["--set", "search.learn_from=runs/old"], "search.learn_from: must be a list"),
    ],
)
def test_what_cannot_be_learned_from_is_said_before_anything_runs(
    folder: Path, hpsearch: Hpsearch, write: Write, old: Run, given: list[str], said: str
) -> None:
    write("new")
    ended = hpsearch("run", "new.yaml", *given)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert said in ended.stderr
    assert not (folder / "runs/new").exists()


def test_a_run_is_not_learned_from_itself_nor_from_one_that_is_damaged_or_has_nothing(
    folder: Path, hpsearch: Hpsearch, write: Write, old: Run
) -> None:
    ended = hpsearch("run", "old.yaml", "--overwrite", "--learn-from", "old")
    assert (ended.returncode, "runs/old is this search itself" in ended.stderr) == (2, True)
    assert Run.read(RunFolder(folder / "runs/old")).standings == old.standings
    journal = folder / "runs/old/journal.jsonl"
    text = journal.read_text()
    journal.write_text(text.replace('"done"', '"dune"', 1))
    write("new")
    ended = hpsearch("run", "new.yaml", "--learn-from", "old")
    assert (ended.returncode, "is damaged" in ended.stderr) == (3, True)
    journal.write_text(text.splitlines()[0] + "\n")
    ended = hpsearch("run", "new.yaml", "--learn-from", "old")
    assert (ended.returncode, "no trial of runs/old is done" in ended.stderr) == (2, True)


def test_a_space_that_was_tried_out_is_refused(
    folder: Path, hpsearch: Hpsearch, write: Write, old: Run
) -> None:
    whole = [("{scale: log, low: 1e-4, high: 1}", "{choices: [0.01, 0.1]}"), ("[a, b]", "[a]")]
    write("all", *whole, ("trials: 10", "trials: 10, sampler: grid"))
    assert hpsearch("run", "all.yaml").returncode == 0
    write("new", *whole)
    ended = hpsearch("run", "new.yaml", "--learn-from", "all")
    assert (ended.returncode, "all has tried all 10 configurations of this space" in ended.stderr) == (
        2,
        True,
    )


def test_a_dry_run_learns_too(folder: Path, hpsearch: Hpsearch, write: Write, old: Run) -> None:
    write("new", ("epochs: 9", "epochs: 6"))
    plain = hpsearch("run", "new.yaml", "--dry-run")
    ended = hpsearch("run", "new.yaml", "--dry-run", "--learn-from", "old")
    assert ended.returncode == 0, ended.stderr
    assert "learns from old: 10 of its 10" in ended.stderr
    assert ended.stdout != plain.stdout


def test_where_a_trial_lies_is_said_by_its_values(folder: Path, hpsearch: Hpsearch, write: Write) -> None:
    (folder / "fit.py").write_text(FIT.replace('kind="a"', 'size=1, kind="a"'))
    conditional = ("[a, b]}", "[a, b]}\n  decay: {choices: [0.0, 0.5], when: {kind: [a]}}")
    write("old", conditional, ("  kind", "  size: 4\n  kind"))
    assert hpsearch("run", "old.yaml").returncode == 0
    # Of other types, on another scale, with steps, and with one more condition.
    write(
        "new",
        ("{scale: log, low: 1e-4, high: 1}", "{scale: linear, low: 0.001, high: 2}"),
        ("{scale: linear, type: int, low: 1, high: 5}", "{choices: [1.0, 3.0, 5.0]}"),
        ("[a, b]}", "[a]}\n  decay: {scale: linear, low: 0, high: 1, step: 0.5}\n  size: {choices: [4, 8]}"),
    )
    assert hpsearch("run", "new.yaml", "--learn-from", "old", "--trials", "3").returncode == 0
    (record,) = learned(folder)
    known = [trial.config for trial in Run.read(RunFolder(folder / "runs/old")).trials.values()]
    inside = [
        {name: config[name] for name in ("lr", "depth", "kind", "decay", "size")}
        for config in known
        if config["kind"] == "a" and as_number(config["lr"]) >= 0.001 and config["depth"] in (1, 3, 5)
    ]
    assert inside
    assert [trial["config"] for trial in record["trials"]] == inside  # type: ignore[attr-defined]
    # What is fixed now must have been the same.
    write("fixed", ("  kind: {choices: [a, b]}", "  kind: a\n  size: 8"))
    refused = hpsearch("run", "fixed.yaml", "--learn-from", "old", "--trials", "3")
    assert "none of the trials of runs/old lies in this space" in refused.stderr


def test_of_a_run_that_goes_on_what_it_has_found_by_now_is_learned(
    folder: Path, hpsearch: Hpsearch, write: Write, old: Run
) -> None:
    journal = old.folder.journal
    lines = journal.read_text().splitlines()
    done = [place for place, line in enumerate(lines) if '"done"' in line]
    journal.write_text("\n".join(lines[: done[4] + 1]) + "\n")
    write("new")
    with old.folder.locked():
        ended = hpsearch("run", "new.yaml", "--learn-from", "old", "--trials", "2")
    assert ended.returncode == 0, ended.stderr
    said = "lie in this space; it goes on, and what it finds from here on is not learned"
    assert said in ended.stderr
    (record,) = learned(folder)
    assert record["of"] == len(record["trials"]) <= 5  # type: ignore[arg-type]


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    """The lines of a run's results.csv, without what the rank is."""
    with (folder / f"runs/{name}/results.csv").open() as file:
        return list(csv.DictReader(file))


def test_trials_made_already_are_taken_over_with_their_results(
    folder: Path, hpsearch: Hpsearch, write: Write, old: Run
) -> None:
    (folder / "fit.py").write_text(
        FIT.replace("    return", '    with open("made", "a") as file: file.write("x")\n    return')
    )
    write("again", ("name: again", "name: again"))
    assert hpsearch("run", "again.yaml").returncode == 0
    (folder / "made").unlink()
    write(
        "new",
        ("high: 1}", "high: 0.1}"),
        ("trials: 10", "reuse: true, enqueue: [{lr: 0.011}], learn_from: [runs/again], trials: 14"),
    )
    ended = hpsearch("run", "new.yaml")
    assert ended.returncode == 0, ended.stderr
    run, before = (Run.read(RunFolder(folder / f"runs/{name}")) for name in ("new", "again"))
    inside = [t.number for t in before.trials.values() if as_number(t.config["lr"]) <= 0.1]
    assert f"takes over {len(inside)} of the trials of again with their results" in ended.stderr
    assert sorted(there for _, there in run.reused.values()) == inside
    assert {source for source, _ in run.reused.values()} == {"again"}
    for number, (_, there) in run.reused.items():
        assert (run.trials[number].config, run.trials[number].seed) == (
            before.trials[there].config,
            before.trials[there].seed,
        )
        theirs = {(r.replicate, r.epochs): r.metrics for r in before.by_trial[there]}
        ours = {(r.replicate, r.epochs): r.metrics for r in run.by_trial[number]}
        assert theirs.items() <= ours.items()
    assert run.trials[len(inside)].config["lr"] == 0.011
    assert "your own settings: rank" in ended.stderr
    trained = len(run.results) - sum(len(before.by_trial[there]) for there in inside)
    assert (folder / "made").read_text() == trained * "x"
    assert len(run.trials) == 14
    shown = hpsearch("show", "new", "--trial", "0").stdout
    assert f"from trial {run.reused[0][1]} of again" in shown
    printed = hpsearch("log", "new", "0").stderr
    assert f"printed nothing that is kept here; it was made as trial {run.reused[0][1]} of again" in printed
    assert hpsearch("reproduce", "new", "0").returncode == 0
    results, journal = rows(folder, "new"), folder / "runs/new/journal.jsonl"
    lines = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join(lines[: (len(lines) + len(inside)) // 2]))
    assert hpsearch("resume", "new").returncode == 0
    assert rows(folder, "new") == results
    assert hpsearch("resume", "new", "--trials", "16").returncode == 0
    assert len(Run.read(RunFolder(folder / "runs/new")).trials) == 16
    enqueued = json.dumps([{"lr": 0.011}, before.trials[inside[0]].config])
    ended = hpsearch(
        "run", "new.yaml", "--set", "name=more", "--set", f"search.enqueue={enqueued}", "--trials", "20",
        "--learn-from", "new",
    )  # fmt: skip
    assert "the best of your 2 own settings: rank" in ended.stderr
    assert "has no result" not in ended.stderr
    more = Run.read(RunFolder(folder / "runs/more"))
    assert sum(trial.config["lr"] == 0.011 for trial in more.trials.values()) == 1


def test_what_is_taken_over_leaves_something_to_make_or_is_refused(
    folder: Path, hpsearch: Hpsearch, write: Write, old: Run
) -> None:
    write("new", ("trials: 10", "reuse: true, learn_from: [runs/old], trials: 10"))
    ended = hpsearch("run", "new.yaml")
    assert ended.returncode == 2
    assert "search.reuse: all 10 trials asked for are made already (10 are)" in ended.stderr
    assert not (folder / "runs/new").exists()
    ended = hpsearch("run", "new.yaml", "--seed", "5", "--json")
    assert ended.returncode == 0, ended.stderr
    assert "takes over none of the trials of old with their results: its seed is 0" in ended.stderr
    (record,) = learned(folder)
    assert record["kind"] == "inherited"


REUSING = ("trials: 10", "reuse: true, trials: 16")
HALVING = ("metric: loss", "metric: loss, halving: {eta: 3}")


def test_what_is_taken_over_is_known_at_once_where_rounds_overlap(
    folder: Path, hpsearch: Hpsearch, write: Write, old: Run
) -> None:
    write("new", REUSING, ("metric: loss", "metric: loss, overlap: 2, enqueue: [{lr: 0.011}, {lr: 0.012}]"))
    assert hpsearch("run", "new.yaml", "--learn-from", "old").returncode == 0
    new = Run.read(RunFolder(folder / "runs/new"))
    assert [new.trials[number].config["lr"] for number in (10, 11)] == [0.011, 0.012]
    # What is decided next is what a search without overlap would decide.
    assert (
        hpsearch(
            "run", "new.yaml", "--set=name=one", "--set=search.overlap=0", "--learn-from", "old"
        ).returncode
        == 0
    )
    alone = Run.read(RunFolder(folder / "runs/one"))
    first = range(10, 15)
    assert [new.trials[number].config for number in first] == [
        alone.trials[number].config for number in first
    ]
    results, journal = rows(folder, "new"), folder / "runs/new/journal.jsonl"
    lines = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join(lines[: len(lines) - 4]))
    assert hpsearch("resume", "new").returncode == 0
    assert rows(folder, "new") == results


def test_a_run_is_learned_from_beside_one_that_is_taken_over(
    folder: Path, hpsearch: Hpsearch, write: Write, old: Run
) -> None:
    assert hpsearch("run", "old.yaml", "--set", "name=other", "--seed", "5").returncode == 0
    assert hpsearch("run", "old.yaml", "--set", "name=short", "--set", "objective.epochs=6").returncode == 0
    write("new", REUSING)
    runs = [word for name in ("old", "other", "short") for word in ("--learn-from", name)]
    ended = hpsearch("run", "new.yaml", *runs, "--json")
    assert ended.returncode == 0, ended.stderr
    assert "takes over 10 of the trials of old" in ended.stderr
    assert [one["run"] for one in json.loads(ended.stdout)["learned"]] == ["other", "short"]
    assert len(Run.read(RunFolder(folder / "runs/new")).reused) == 10


def test_of_runs_that_share_trials_the_longest_trainings_are_taken_over(
    folder: Path, hpsearch: Hpsearch, write: Write, old: Run
) -> None:
    write("first", HALVING)
    write("second", HALVING, REUSING, ("trials: 16", "sampler: random, trials: 30"))
    write("new", HALVING, REUSING, ("trials: 16", "trials: 34"))
    assert hpsearch("run", "first.yaml").returncode == 0
    assert hpsearch("run", "second.yaml", "--learn-from", "first").returncode == 0
    ended = hpsearch("run", "new.yaml", "--learn-from", "first", "--learn-from", "second")
    assert ended.returncode == 0, ended.stderr
    first, second, new = (Run.read(RunFolder(folder / f"runs/{name}")) for name in ("first", "second", "new"))
    further = [
        here
        for here, (_, there) in second.reused.items()
        if len(second.by_trial[here]) > len(first.by_trial[there])
    ]
    assert further
    taken = {(run, there) for run, there in new.reused.values()}
    assert {("second", number) for number in further} <= taken
    assert len(taken) == len(new.reused) == 30


def test_what_a_condition_leaves_out_is_taken_over_only_as_it_was(
    folder: Path, hpsearch: Hpsearch, write: Write
) -> None:
    (folder / "fit.py").write_text(FIT.replace("1 / epochs", "decay"))
    decay = "  decay: {scale: linear, low: 0, high: 1}\n  kind"
    write("old", ("  kind", decay))
    assert hpsearch("run", "old.yaml").returncode == 0
    write("new", REUSING, ("  kind", decay.replace("high: 1", "high: 1, when: {kind: [a]}")))
    ended = hpsearch("run", "new.yaml", "--learn-from", "old")
    assert ended.returncode == 0, ended.stderr
    new = Run.read(RunFolder(folder / "runs/new"))
    assert new.reused
    assert {new.trials[number].config["kind"] for number in new.reused} == {"a"}


def test_what_was_trained_bit_by_bit_is_taken_over_as_one(
    folder: Path, hpsearch: Hpsearch, write: Write
) -> None:
    (folder / "fit.py").write_text(
        "def fit(lr, depth, kind):\n"
        "    for epoch in range(9):\n"
        "        yield {'loss': lr + (epoch - 1) ** 2, 'acc': lr}\n"
    )
    best = ("metric: loss", "metric: loss, value: best, halving: {eta: 3}")
    write("old", best)
    assert hpsearch("run", "old.yaml").returncode == 0
    write("new", REUSING, (best[0], "metric: loss, value: best, halving: off"))
    ended = hpsearch("run", "new.yaml", "--learn-from", "old")
    assert ended.returncode == 0, ended.stderr
    old, new = (Run.read(RunFolder(folder / f"runs/{name}")) for name in ("old", "new"))
    assert new.reused
    for number, (_, there) in new.reused.items():
        assert [result.epochs for result in new.by_trial[number]] == [9]
        assert new.by_trial[number][-1].metrics == old.by_trial[there][-1].metrics
        assert new.curves(number) == old.curves(there)


def test_to_take_over_needs_a_run(hpsearch: Hpsearch, write: Write) -> None:
    write("new", ("trials: 10", "reuse: true, trials: 10"))
    ended = hpsearch("check", "new.yaml")
    assert ended.returncode == 2
    assert (
        "new.yaml:7: search.reuse: there is no run to take trials from; name it in search.learn_from"
        in ended.stderr
    )
