"""What continuous integration is told of a search, whatever things are called."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from hpsearch.core.errors import Problem
from hpsearch.core.gate import Gate
from hpsearch.core.verdict import Verdict
from hpsearch.reporting.ci.annotations import annotated, on_github
from hpsearch.reporting.ci.junit import junit
from hpsearch.reporting.ci.openmetrics import nothing_found, openmetrics
from hpsearch.reporting.ci.summary import refusal, summary
from tests.analysis.runs import a_run
from tests.reporting.runs import a_run as run_with_everything

HOSTILE = 'a|b`c\\"d\n::error::x<b>&\x1b[31m\ufffe'
GATES = [
    Gate("fail-under", True, 0.8, 0.75, "acc 0.8 is not below --fail-under 0.75"),
    Gate("require", False, "time", "complete", f"not complete: {HOSTILE}"),
    Gate("baseline", False, None, None, "cannot be told"),
]
SAMPLE = re.compile(r'([a-z_]+)\{((?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)*)\} (-?[0-9.e+-]+|NaN|[+-]Inf)')


def samples(text: str) -> dict[tuple[str, str], float]:
    """Those of an OpenMetrics text, by family and labels; fails where it is none."""
    *lines, end = text.splitlines()
    assert end == "# EOF"
    found, family = {}, ""
    for line in lines:
        if line.startswith("# TYPE"):
            family = line.split()[2]
            assert line == f"# TYPE {family} gauge"
        elif not line.startswith(f"# HELP {family} "):
            sample = SAMPLE.fullmatch(line)
            assert sample, line
            assert sample[1] == family
            found[sample[1], sample[2]] = float(sample[3])
    return found


def test_a_case_of_junit_per_gate() -> None:
    suite = ElementTree.fromstring(junit("run", GATES)).find("testsuite")
    assert suite is not None
    assert {name: suite.get(name) for name in ("name", "tests", "failures", "errors")} == {
        "name": "hpsearch run",
        "tests": "3",
        "failures": "2",
        "errors": "0",
    }
    cases = suite.findall("testcase")
    assert [case.get("name") for case in cases] == ["fail-under", "require", "baseline"]
    assert [case.find("failure") is None for case in cases] == [True, False, False]
    assert cases[0].findtext("system-out") == GATES[0].text
    assert "::error::x<b>&\\x1b[31m?" in (cases[1].findtext("failure") or "")


def test_a_search_that_came_to_nothing_is_a_case_of_its_own() -> None:
    suite = ElementTree.fromstring(junit(HOSTILE, (), HOSTILE)).find("testsuite")
    assert suite is not None
    (case,) = suite.findall("testcase")
    assert (case.get("name"), suite.get("tests"), suite.get("errors")) == ("search", "1", "1")
    assert "\\x1b[31m" in (case.findtext("error") or "")


def test_the_summary_has_gates_best_verdicts_counts_and_ten_rows() -> None:
    run = a_run([[0.9, 0.91], *(n / 100 for n in range(12))])
    text = summary(run, GATES[:1], [Verdict("edge", "x is at its end", "hpsearch refine run")])
    assert text.startswith("# hpsearch run: 1 gate passed\n")
    assert "| fail-under | passed | 0.8 | 0.75 | acc 0.8 is not below --fail-under 0.75 |" in text
    assert "Best: trial 0, val acc **0.905** +- 0.0071 (2 seeds)" in text
    assert "```yaml\nx: " in text
    assert "- x is at its end: `hpsearch refine run`" in text
    assert "13 trials (complete)." in text
    assert len(re.findall(r"^\| \d+ \| \d+ \|", text, re.MULTILINE)) == 10


@pytest.mark.parametrize(
    ("gates", "error", "heading"),
    [
        (GATES, "", "2 of 3 gates failed"),
        (GATES[:1], "boom", "failed"),
        ((), "", "done"),
        (GATES[:1] * 2, "", "all 2 gates passed"),
    ],
)
def test_the_heading_says_how_it_is(gates: list[Gate], error: str, heading: str) -> None:
    text = summary(a_run([0.5]), gates, (), error)
    assert text.splitlines()[0] == f"# hpsearch run: {heading}"
    assert ("```\nboom\n```" in text) == bool(error)


def test_names_in_the_summary_are_no_markdown() -> None:
    text = summary(run_with_everything(), GATES, [Verdict("x", HOSTILE, HOSTILE)])
    row = next(line for line in text.splitlines() if line.startswith("| require"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 6
    assert "&lt;b&gt;&amp;\\\\x1b" in row
    verdict = next(line for line in text.splitlines() if line.startswith("- "))
    assert '``a|b`c\\"d\\n::error::x<b>&\\x1b[31m\ufffe``' in verdict
    assert not re.search("^::", text, re.MULTILINE)
    assert refusal("a\n# b", "``` x").splitlines() == [
        "# hpsearch a\\\\n# b: failed",
        "",
        "````",
        "``` x",
        "````",
    ]


def test_a_search_without_any_result_is_told_too() -> None:
    run = run_with_everything(empty=True)
    assert "No trial is done." in summary(run, (), ())
    assert ("hpsearch_best", "") not in {(family, "") for family, _ in samples(openmetrics(run, ()))}


def test_figures_as_openmetrics() -> None:
    run = run_with_everything()
    found = samples(openmetrics(run, GATES))
    assert found["hpsearch_best", 'run="run",metric="acc",goal="maximize"'] == pytest.approx(0.7)
    assert found["hpsearch_complete", 'run="run"'] == 0
    assert found["hpsearch_trials", 'run="run",status="diverged"'] == 1
    assert found["hpsearch_trials", 'run="run",status="timeout"'] == 0
    assert found["hpsearch_training_seconds", 'run="run"'] == pytest.approx(10.75)
    assert found["hpsearch_gate_passed", 'run="run",gate="fail-under"'] == 1
    assert found["hpsearch_gate_passed", 'run="run",gate="require"'] == 0
    assert found["hpsearch_gate_limit", 'run="run",gate="fail-under"'] == 0.75
    assert ("hpsearch_gate_limit", 'run="run",gate="require"') not in found  # a word
    ended = replace(run, ending="target")
    assert samples(openmetrics(ended, ()))["hpsearch_complete", 'run="run"'] == 1


def test_labels_of_openmetrics_are_escaped() -> None:
    assert samples(nothing_found('a"b\\c\nd')) == {("hpsearch_complete", r'run="a\"b\\c\nd"'): 0}


def test_an_annotation_names_file_and_line_where_there_are_some(tmp_path: Path) -> None:
    file = tmp_path / "a,b:c.yaml"
    file.touch()
    problems = [
        Problem("a,b:c%.yaml", 7, "space.lr", "100 %\n::error::no"),
        Problem(str(file), None, "", "no line"),
        Problem("--set lr=0", None, "lr", "an option"),
    ]
    placed = str(file).replace(":", "%3A").replace(",", "%2C")
    assert list(annotated(problems)) == [
        "::error file=a%2Cb%3Ac%25.yaml,line=7,title=hpsearch::space.lr: 100 %25%0A::error::no",
        f"::error file={placed},title=hpsearch::no line",
        "::error title=hpsearch::lr: an option",
    ]


def test_only_a_runner_of_github_is_told() -> None:
    assert on_github({"GITHUB_ACTIONS": "true"})
    assert not on_github({"CI": "true"})
