"""Gates and their files, from the search to the exit status."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests import commands
from tests.commands import Ended

CONFIG = """\
name: small
objective: {kind: python, function: "fit.py:fit"}
space:
  x: {scale: linear, low: 0, high: 1}
search: {trials: 6, round_size: 3, metric: score, goal: maximize, confirm: {top: 1, seeds: 3}}
"""
FIT = """\
import os, signal, pathlib

def fit(x, seed):
    mode = pathlib.Path("mode").read_text()
    if mode == "fail" or mode == "some" and x > 0.5 or mode == "odd" and int(x * 1e6) % 2:
        raise ValueError("no | luck")
    if mode == "stop" and x > 0.5:
        os.kill(os.getpid(), signal.SIGINT)
    return x + seed % 1009 / 1e5
"""
FILES = ("out/gates.xml", "summary.md", "metrics.txt")
ASKED = ("--junit", FILES[0], "--summary", FILES[1], "--metrics", FILES[2])
GITHUB = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": "step.md"}


class Place:
    """A folder with a search whose trials fare as is asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "config.yaml").write_text(CONFIG)
        (folder / "fit.py").write_text(FIT)
        self.mode("well")

    def mode(self, how: str) -> None:
        (self.folder / "mode").write_text(how)

    def __call__(self, *args: str, environment: Mapping[str, str] | None = None) -> Ended:
        serially = ("--executor", "serial") if args[0] in ("run", "resume", "refine") else ()
        return commands.here(self.folder, *args, *serially, environment=environment or {})

    def read(self, name: str) -> str:
        return (self.folder / name).read_text()

    def cases(self) -> dict[str, str | None]:
        """Of the JUnit report: what each says of its failure or error."""
        suite = ElementTree.fromstring(self.read(FILES[0])).find("testsuite")
        assert suite is not None
        bad = {case.get("name", ""): case.find("failure") for case in suite.iter("testcase")}
        bad |= {case.get("name", ""): found for case in suite if (found := case.find("error")) is not None}
        return {name: None if found is None else found.get("message") for name, found in bad.items()}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_gates_that_are_passed_and_shut(place: Place) -> None:
    ended = place(
        "run", "config.yaml", "--fail-under", "0.2", "--require", "complete", "--max-failed", "0", *ASKED
    )
    assert ended.returncode == 0, ended.stderr
    assert place.cases() == {"fail-under": None, "require": None, "max-failed": None}
    assert place.read("summary.md").startswith("# hpsearch small: all 3 gates passed\n")
    assert 'hpsearch_gate_passed{run="small",gate="require"} 1.0' in place.read("metrics.txt")
    (place.folder / "base.json").write_text(place("show", "small", "--json").stdout)
    for held in ("small", "base.json"):  # held to itself
        ended = place("show", "small", "--baseline", held, "--json", "--summary", "again.md")
        assert ended.returncode == 0, ended.stderr
        (gate,) = json.loads(ended.stdout)["gates"]
        assert (gate["name"], gate["passed"]) == ("baseline", True)
        assert gate["limit"] < gate["value"]
        assert "noise (3 seeds)" in gate["text"]
    assert "| baseline | passed |" in place.read("again.md")
    base = json.loads(place.read("base.json"))
    base["best"][0]["confirmed"]["mean"] += 0.1
    (place.folder / "base.json").write_text(json.dumps(base))
    ended = place("resume", "small", "--baseline", "base.json", "--fail-under", "5", *ASKED)
    assert ended.returncode == 1
    below = ended.stderr.splitlines()[-2:]
    assert "is below --fail-under 5" in below[0]
    assert "of base.json with" in below[1]
    assert place.cases() == {"fail-under": below[0], "baseline": below[1]}
    ended = place(
        "show", "small", "--baseline", "base.json", "--tolerance", "0.2", "--fail-under", "5", "--json"
    )
    assert ended.returncode == json.loads(ended.stdout)["error"]["status"] == 1
    assert [gate["passed"] for gate in json.loads(ended.stdout)["gates"]] == [False, True]


#: How each command is called, after a search of six trials was run.
CALLS = {
    "run": ("config.yaml", "--overwrite"),
    "resume": ("small", "--trials", "8"),
    "refine": ("small",),
    "show": ("small",),
}
GATES = ("fail-under", "require", "max-failed", "baseline")


@pytest.mark.parametrize("command", CALLS)
@pytest.mark.parametrize("shut", [(), ("fail-under", "max-failed", "baseline"), ("require",)])
def test_each_gate_is_passed_and_shut_at_each_command(
    command: str, shut: tuple[str, ...], place: Place
) -> None:
    """What shuts them: a best that is too low, failed trials, and a search that its time limit has ended."""
    limit = ("--time-limit", "0.001s") if "require" in shut else ()
    place.mode("odd" if "max-failed" in shut else "well")
    first = limit if command in ("resume", "show") else ()
    # A search without time may have no best.
    assert place("run", "config.yaml", *first).returncode in ((0, 1) if first else (0,))
    document = json.loads(place("show", "small", "--json").stdout)
    base = {**document, "best": [{"metrics": {"score": 9 if "baseline" in shut else 0}}]}
    (place.folder / "base.json").write_text(json.dumps(base))
    least = "5" if "fail-under" in shut else "0"
    asked = ("--fail-under", least, "--require", "complete", "--max-failed", "0")
    held = ("--baseline", "base.json", "--tolerance", "0.01", "--json")
    more = limit if command != "show" else ()
    ended = place(command, *CALLS[command], *asked, *held, *more)
    gates = {gate["name"]: gate["passed"] for gate in json.loads(ended.stdout)["gates"]}
    if "require" in shut:  # a search without time has no best either
        assert gates["require"] is False
    else:
        assert gates == {name: name not in shut for name in GATES}
    assert ended.returncode == (1 if shut else 0)


def test_what_failed_is_counted_and_told_on_github(place: Place) -> None:
    place.mode("some")
    (place.folder / "step.md").write_text("before\n")
    ended = place("run", "config.yaml", "--max-failed", "1", *ASKED, environment=GITHUB)
    assert ended.returncode == 1
    message, annotation = ended.stderr.splitlines()[-2:]
    assert message.endswith("more than --max-failed 1")
    assert annotation == f"::error file=config.yaml,line=2,title=hpsearch::objective: {message}"
    assert place.cases() == {"max-failed": message}
    assert place.read("step.md") == f"before\n{place.read('summary.md')}\n"
    assert place("show", "small", environment=GITHUB).returncode == 0
    assert place.read("step.md").count("# hpsearch") == 1  # to look is no step of its own


def test_the_files_are_written_where_every_trial_fails(place: Place) -> None:
    place.mode("fail")
    ended = place("run", "config.yaml", "--fail-under", "0.2", *ASKED)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith("stopped: the first 5 trials all failed the same way")
    cases = place.cases()
    assert cases["fail-under"] == "no trial is done, so none reaches --fail-under 0.2"
    assert (cases["search"] or "").startswith("stopped: the first 5 trials")
    assert "No trial is done." in place.read("summary.md")
    assert 'hpsearch_trials{run="small",status="failed"} 5' in place.read("metrics.txt")


def test_the_files_are_written_where_the_time_is_over(place: Place) -> None:
    ended = place("run", "config.yaml", "--time-limit", "0.001s", "--require", "complete", *ASKED)
    assert ended.returncode == 1
    cases = place.cases()
    assert "its time limit was reached" in (cases["require"] or "")
    assert place.read("summary.md").startswith("# hpsearch small: 1 of 1 gates failed")
    assert 'hpsearch_complete{run="small"} 0.0' in place.read("metrics.txt")


def test_the_files_are_written_where_a_search_is_interrupted(place: Place) -> None:
    place.mode("stop")
    ended = place("run", "config.yaml", "--require", "complete", "--json", *ASKED)
    assert ended.returncode == 130
    data = json.loads(ended.stdout)
    assert [(gate["name"], gate["passed"]) for gate in data["gates"]] == [("require", False)]
    cases = place.cases()
    assert cases["search"] == "interrupted"
    assert "the search is not complete" in (cases["require"] or "")
    assert place.read("summary.md").startswith("# hpsearch small: 1 of 1 gates failed")
    assert 'hpsearch_complete{run="small"} 0.0' in place.read("metrics.txt")


def test_the_files_and_annotations_are_there_for_a_search_that_never_began(place: Place) -> None:
    (place.folder / "config.yaml").write_text(CONFIG.replace("low: 0", "low: 7"))
    ended = place("run", "config.yaml", *ASKED, environment=GITHUB)
    assert ended.returncode == 2
    assert ended.stderr.splitlines()[-1].startswith("::error file=config.yaml,line=4,title=hpsearch::space.x")
    assert (place.cases()["search"] or "").startswith("config.yaml:4: space.x")
    assert place.read("step.md").startswith("# hpsearch config.yaml: failed\n")
    assert "hpsearch_complete" in place.read("metrics.txt")
    assert "::error" not in place("run", "config.yaml").stderr
    ended = place("resume", "none", *ASKED)
    assert ended.returncode == 3
    assert "no run 'none'" in (place.cases()["search"] or "")


def test_a_refined_search_is_held_to_what_a_new_one_is(place: Place) -> None:
    assert place("run", "config.yaml").returncode == 0
    passed = ("--fail-under", "0.2", "--require", "complete", "--max-failed", "0", "--baseline", "small")
    ended = place("refine", "small", *passed, *ASKED, "--json")
    assert ended.returncode == 0, ended.stderr
    names = ("fail-under", "require", "max-failed", "baseline")
    assert [gate["name"] for gate in json.loads(ended.stdout)["gates"]] == list(names)
    assert place.cases() == dict.fromkeys(names)
    assert place.read("summary.md").startswith("# hpsearch small-refined: all 4 gates passed\n")
    assert 'hpsearch_gate_passed{run="small-refined",gate="baseline"} 1.0' in place.read("metrics.txt")
    place.mode("some")
    shut = ("--fail-under", "5", "--require", "complete", "--max-failed", "0", "--time-limit", "0.001s")
    ended = place("refine", "small", *shut, "--baseline", "small", "--tolerance", "0", *ASKED)
    assert ended.returncode == 1
    cases = place.cases()
    assert (cases["fail-under"] or "").endswith("--fail-under 5")
    assert "its time limit was reached" in (cases["require"] or "")
    assert place.read("summary.md").startswith("# hpsearch small-refined-2: ")


def test_the_files_are_there_for_a_refined_search_that_never_began(place: Place) -> None:
    ended = place("refine", "none", *ASKED)
    assert ended.returncode == 3
    assert "no run 'none'" in (place.cases()["search"] or "")
    assert place("run", "config.yaml").returncode == 0
    ended = place("refine", "small", "--set", "search.trails=3", *ASKED)
    assert ended.returncode == 2
    assert "search.trails" in (place.cases()["search"] or "")
    ended = place("refine", "small", "--tolerance", "0.1", *ASKED)
    assert ended.returncode == 2
    assert (place.cases()["search"] or "").startswith("--tolerance 0.1: says how far below --baseline")
    assert [path.name for path in (place.folder / "runs").iterdir()] == ["small"]


@pytest.mark.parametrize(
    ("args", "status", "words"),
    [
        (("--tolerance", "0.1"), 2, "--tolerance 0.1: says how far below --baseline"),
        (("--baseline", "base.json", "--tolerance", "-1"), 2, "--tolerance -1: must be 'noise' or a number"),
        (("--baseline", "base.json", "--tolerance", "much"), 2, "--tolerance much: must be 'noise'"),
        (("--baseline", "none"), 3, "--baseline none: no run 'none' in runs/"),
        (("--baseline", "bas.json"), 3, "; nor is there a file of that name"),
        (("--baseline", "fit.py"), 2, "--baseline fit.py: is neither a run nor what"),
        (("--baseline", "empty.json"), 2, "--baseline empty.json: no trial of it is done"),
        (("--baseline", "later.json"), 2, "--baseline later.json: is version 2"),
        (("--baseline", "other.json"), 2, "--baseline other.json: ranks by loss, minimize"),
        (("--baseline", "base.json", "--set", "search.confirm=off"), 2, "neither several seeds"),
        (("--require", "all"), 2, "must be complete (got 'all')"),
        (("--max-failed", "-1"), 2, "whole number from 0 on"),
        (("--junit", "."), 2, "--junit .: is a folder"),
        (("--metrics", "fit.py/x"), 2, "--metrics fit.py/x: cannot be written"),
    ],
)
def test_what_cannot_be_asked_is_said_before_anything_is_trained(
    place: Place, args: tuple[str, ...], status: int, words: str
) -> None:
    base: dict[str, object] = {
        "version": 1,
        "metric": "score",
        "goal": "maximize",
        "best": [{"metrics": {"score": 0.5}}],
    }
    other: dict[str, object] = {"metric": "loss", "goal": "minimize", "best": [{"metrics": {"loss": 0.5}}]}
    files: dict[str, dict[str, object]] = {
        "base": {},
        "empty": {"best": []},
        "later": {"version": 2},
        "other": other,
    }
    for name, changes in files.items():
        (place.folder / f"{name}.json").write_text(json.dumps(base | changes))
    ended = place("run", "config.yaml", *args)
    assert (ended.returncode, ended.stdout) == (status, "")
    assert words in ended.stderr
    assert not (place.folder / "runs").exists()


def test_a_part_of_a_run_has_no_gates(place: Place) -> None:
    assert place("run", "config.yaml", "--trials", "1").returncode == 0
    ended = place("show", "small", "--failed", "--fail-under", "0.1")
    assert ended.returncode == 2
    assert "--failed: shows a part of a run" in ended.stderr
