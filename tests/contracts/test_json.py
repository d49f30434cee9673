"""The one shape of `--json` of a search: docs/json.md tells it, and every document keeps to it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from hpsearch.config.loading import spec_of
from hpsearch.core.trial import Result, Trial
from hpsearch.engine.run import Run
from hpsearch.reporting.document import VERSION, document, lost
from hpsearch.runs import RunFolder
from tests import commands

PAGE = Path(__file__).parents[2] / "docs/json.md"
ROW = re.compile(r"\| `(\w+)` \| (.+?) \| (.+?) \|")
CONFIG = """\
name: small
objective: {kind: python, function: "fit.py:fit", epochs: 4}
space:
  x: {scale: linear, low: 0, high: 1}
  kind: {choices: [a, b]}
search: {trials: 12, round_size: 4, metric: score, goal: maximize, confirm: {top: 1, seeds: 2}}
"""
FIT = """\
def fit(x, kind, epochs, seed):
    if x > 0.8:
        raise ValueError(f"{x} is too large")
    return {"score": x * epochs + seed % 2 / 10, "endless": float("inf")}
"""


def tables() -> list[dict[str, tuple[str, str]]]:
    """Those of the page in order: key -> what it holds, where."""
    found: list[dict[str, tuple[str, str]]] = []
    for line in PAGE.read_text().splitlines():
        if line.startswith("| key |"):
            found.append({})
        elif row := ROW.match(line):
            found[-1][row[1]] = (row[2], row[3])
    return found


DOCUMENT, VERDICT, GATE, TRIAL, DETAIL, CONFIRMED, THEN, TRAINING, CODE, LEARNED, BY, PART, *REST = tables()
FRONT, CRITERION, POINT, ERROR, PROBLEM, CHECKED, PREVIEW, FLIGHT = REST
#: The first words of what a key holds, and what JSON has for it.
KINDS: dict[str, tuple[type, ...]] = {
    "number or text or null": (int, float, str, type(None)),
    "text or null": (str, type(None)),
    "text": (str,),
    "whole number or null": (int, type(None)),
    "whole number, from 1 on, or null": (int, type(None)),
    "whole number": (int,),
    "number": (int, float, type(None)),
    "true or false": (bool,),
    "list": (list,),
    "trial or null": (dict, type(None)),
}


def keeps(data: dict[str, Any], table: dict[str, tuple[str, str]]) -> None:
    """Fail unless `data` has what the table always has, nothing that it has not, and what it says of each."""
    always = {key for key, (_, where) in table.items() if where.startswith("always")}
    assert always <= data.keys() <= table.keys()
    for key, value in data.items():
        holds = table[key][0]
        kinds = next((kinds for words, kinds in KINDS.items() if holds.startswith(words)), (dict,))
        assert isinstance(value, kinds), (key, value)


def check_trials(trials: Iterable[dict[str, Any]]) -> None:
    for trial in trials:
        keeps(trial, TRIAL)
        if "confirmed" in trial:
            keeps(trial["confirmed"], CONFIRMED)
        if "then" in trial:
            keeps(trial["then"], THEN)


def check(data: dict[str, Any]) -> None:
    """Fail unless the document of a search is of the shape, to its last part."""
    keeps(data, DOCUMENT)
    assert data["version"] == VERSION
    check_trials(data["best"])
    for verdict in data["verdicts"]:
        keeps(verdict, VERDICT)
    for gate in data.get("gates", ()):
        keeps(gate, GATE)
    for training in data.get("failed", ()):
        keeps(training, TRAINING)
    for version in data.get("code", ()):
        keeps(version, CODE)
    for run in data.get("learned", ()):
        keeps(run, LEARNED)
    if "error" in data:
        keeps(data["error"], ERROR)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a search was conducted, in which some trials failed."""
    folder = tmp_path_factory.mktemp("json")
    (folder / "config.yaml").write_text(CONFIG)
    (folder / "fit.py").write_text(FIT)
    ended = asked(folder, "run", "config.yaml", "--json", "--executor", "serial")
    check(ended[1])
    assert {"done", "failed"} <= ended[1]["statuses"].keys()
    return folder


def asked(folder: Path, *args: str) -> tuple[int, dict[str, Any], str]:
    """Exit status, document and messages of a command; the document is all of standard output, and strict JSON."""

    def refuse(word: str) -> float:
        raise AssertionError(word)

    ended = commands.here(folder, *args)
    return ended.returncode, json.loads(ended.stdout, parse_constant=refuse), ended.stderr


@pytest.mark.parametrize(
    "args",
    [
        ("resume", "small", "--trials", "14", "--executor", "serial"),
        ("refine", "small", "--trials", "3", "--executor", "serial"),
        ("run", "config.yaml", "--learn-from", "small", "--set", "name=other", "--executor", "serial"),
        ("show", "small"),
    ],
    ids=lambda args: args[0],
)
def test_every_command_prints_the_same_shape(place: Path, args: tuple[str, ...]) -> None:
    status, data, _ = asked(place, *args, "--json")
    check(data)
    assert status == 0
    assert data["state"] == "ended"
    assert data["parent"] == ("small" if args[0] == "refine" else None)
    assert data["best"][0]["metrics"]["endless"] is None
    assert ("learned" in data) == (args[0] == "run")


def test_the_views_of_show_add_to_it(place: Path) -> None:
    by = asked(place, "show", "small", "--by", "x,kind", "--json")[1]
    check(by)
    keeps(by["by"], BY)
    for part in by["by"]["parts"]:
        keeps(part, PART)
    check_trials(part["best"] for part in by["by"]["parts"] if part["best"])
    best = by["best"][0]["trial"]
    front = asked(place, "show", "small", "--pareto", "score,x:minimize", "--json")[1]
    check(front)
    keeps(front["pareto"], FRONT)
    check_trials(front["pareto"]["front"])
    for criterion in front["pareto"]["criteria"]:
        keeps(criterion, CRITERION)
    for point in front["pareto"]["points"]:
        keeps(point, POINT)
    assert next(one["trial"] for one in front["pareto"]["front"]) == best
    one = asked(place, "show", "small", "--trial", str(best), "--json")[1]
    check(one)
    keeps(one["trial"], TRIAL | DETAIL)
    assert one["trial"]["results"][-1]["replicate"] == 1
    for training in one["trial"]["results"]:
        keeps(training, TRAINING)
    failed = asked(place, "show", "small", "--failed", "--json")[1]
    check(failed)
    assert "is too large" in failed["failed"][0]["reason"]


def test_an_error_after_a_search_stands_beside_what_was_found(place: Path) -> None:
    status, data, said = asked(
        place, "resume", "small", "--fail-under", "99", "--executor", "serial", "--json"
    )
    check(data)
    assert status == data["error"]["status"] == 1
    assert data["error"]["message"] == said.splitlines()[-1]
    assert data["best"]
    assert [(gate["name"], gate["passed"], gate["limit"]) for gate in data["gates"]] == [
        ("fail-under", False, 99)
    ]


@pytest.mark.parametrize(
    ("args", "status", "words"),
    [
        (("show", "none"), 3, "no run 'none'"),
        (("show", "small", "--top", "0"), 2, "whole number from 1 on"),
        (("run", "config.yaml", "--set", "space.x.low=7"), 2, "space.x"),
        (("run",), 2, "CONFIG"),
        (("shwo",), 2, "shwo"),
    ],
)
def test_an_error_before_a_search_stands_alone(
    place: Path, args: tuple[str, ...], status: int, words: str
) -> None:
    ended, data, said = asked(place, *args, "--json")
    assert data.keys() == {"version", "error"}
    keeps(data["error"], ERROR)
    assert ended == data["error"]["status"] == status
    assert words in data["error"]["message"]
    assert words in said
    for problem in data["error"]["problems"]:
        keeps(problem, PROBLEM)
    assert bool(data["error"]["problems"]) == ("--set" in args)


@pytest.mark.parametrize(
    ("sets", "flight"),
    [
        ((), {"most": 4, "round_size": 4, "overlap": 0, "workers": 2, "idle": 0, "set": ""}),
        (
            ("dispatch.workers=16",),
            {"most": 4, "workers": 16, "idle": 12, "set": "search.overlap=2", "busy": 12},
        ),
        (
            ("dispatch.workers=16", "search.overlap=2"),
            {"most": 12, "overlap": 2, "workers": 16, "idle": 0, "set": ""},
        ),
        (("search.trials=3",), {"most": 3, "idle": 0}),
    ],
)
def test_check_tells_how_many_go_on_at_a_time(
    place: Path, sets: tuple[str, ...], flight: dict[str, Any]
) -> None:
    words = [word for given in ("dispatch.workers=2", *sets) for word in ("--set", given)]
    status, data, _ = asked(place, "check", "config.yaml", *words, "--json")
    assert status == 0
    keeps(data, CHECKED)
    for one in data["space"]:
        keeps(one, PREVIEW)
    keeps(data["in_flight"], FLIGHT)
    assert data["in_flight"] | flight == data["in_flight"]
    assert ("busy" in data["in_flight"]) == bool(data["in_flight"]["set"])


def test_what_failed_later_and_with_other_seeds_is_told() -> None:
    """What takes luck in a search: a longer training that failed, and a replicate."""
    spec = spec_of(
        {
            "objective": {"kind": "command", "command": ["echo", "{x}"], "epochs": 3},
            "space": {"x": {"scale": "linear", "low": 0, "high": 1}},
            "search": {"metric": "acc"},
        }
    )
    trials = {number: Trial(number, 0, {"x": number / 2}, 0) for number in range(2)}
    results = [
        Result(0, 1, "done", {"acc": 0.5}),
        Result(0, 3, "failed", reason="out of memory", output="line"),
        Result(1, 3, "done", {"acc": 0.4}),
        Result(1, 3, "done", {"acc": 0.3}, replicate=1),
        Result(1, 3, "diverged", replicate=2),
    ]
    run = Run(spec, RunFolder(Path("runs/none")), trials, results)
    data = document(run, run.ranked, ()) | {"failed": lost(run)}
    check(data)
    assert sum("then" in trial for trial in data["best"]) == 1
    assert [trial["confirmed"]["lost"] for trial in data["best"] if "confirmed" in trial] == [{"diverged": 1}]
    assert [(training["trial"], training["replicate"]) for training in data["failed"]] == [(0, 0), (1, 2)]
