"""The page of a run: what is on it, that it asks for nothing, and that no name of the user's is taken for code."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest
from msgspec.structs import replace

pytest.importorskip("jinja2", reason="jinja2 is not installed: pip install 'hpsearch[report]'")

from hpsearch.config.loading import spec_of
from hpsearch.core.trial import Config, Result, Trial
from hpsearch.core.verdict import Verdict
from hpsearch.engine.run import Run
from hpsearch.reporting.page.found import Found, Interval
from hpsearch.reporting.page.page import page
from hpsearch.runs import RunFolder
from hpsearch.space import Choice, Log, Real, Space
from tests.reporting.pages import Page
from tests.reporting.runs import a_run

HOSTILE = "</script></style><img src=x onerror=alert(1)>\"'`{{7*7}}\u202e"


def made(run: Run, **found: object) -> Page:
    return Page(page(replace(Found(run, wrote="1.2"), **found)))


def hostile() -> Run:
    """Whatever a user may name has a name that is code."""
    spec = spec_of(
        {
            "name": "run",
            "objective": {"kind": "python", "function": "json:loads", "epochs": 2},
            "space": {"choice": {"choices": [HOSTILE, "plain"]}},
            "search": {"metric": f"acc {HOSTILE}", "goal": "maximize", "trials": 2},
        }
    )
    configs: list[Config] = [{HOSTILE: 0.5, "choice": HOSTILE}, {HOSTILE: 0.7, "choice": "plain"}]
    results = [
        Result(0, 2, "done", {f"acc {HOSTILE}": 0.5}),
        Result(1, 2, "failed", {}, reason=HOSTILE, output=HOSTILE),
    ]
    trials = {number: Trial(number, 0, config, 0) for number, config in enumerate(configs)}
    run = Run(spec, RunFolder(Path(f"runs/{HOSTILE.replace('/', '')}")), trials, results, "complete")
    run.space = Space([Real(HOSTILE, Log(0.1, 1)), Choice("choice", (HOSTILE, "plain"))])
    return run


def test_its_table_has_every_trial_with_what_it_found() -> None:
    run = a_run()
    shown = made(run)
    assert shown.column("trials", "trial") == [str(one.trial.number) for one in run.standings]
    assert shown.column("trials", "acc") == ["0.7", "0.4", "", ""]
    assert shown.column("trials", "lr") == ["0.1", "0.0001", "1", "0.5"]
    assert shown.column("trials", "beta") == ["0.99", "", "", ""]
    assert shown.column("trials", "bias") == ["true"] * 4
    assert shown.column("trials", "reason")[2] == "the loss, exploded"
    assert shown.column("trials", "reason")[3] == 'ValueError: "no"'


def test_the_best_is_said_with_its_interval() -> None:
    said = made(a_run(), interval=Interval(0.02, "so many rows")).words
    assert "0.7 ± 0.02, so 0.68 to 0.72 (95 %; mean of 3 seeds; known from so many rows)" in said
    assert "lr: 0.1\n" in said
    said = made(a_run(), interval=Interval(0.9, "")).words
    assert "so 0 to 1 (95 %" in said  # of a share
    assert "how noisy a reading is, is not known" in made(a_run()).words


def test_a_verdict_has_its_command() -> None:
    text = page(Found(a_run(), verdicts=[Verdict("edge", "lr is at an end", "hpsearch refine 'a & b'")]))
    assert 'lr is at an end: <span class="copied"><code>hpsearch refine &#39;a &amp; b&#39;</code>' in text


def test_what_did_not_end_well_stands_by_its_reason_with_its_last_lines() -> None:
    said = made(a_run()).words
    assert "2 trainings of trials 2 to 3\n" in said
    assert "diverged: the loss, exploded (trial 2)" in said
    assert 'failed: ValueError: "no" (trial 3)' in said
    assert "line 1\nline 2" in said
    run = a_run()
    run.results = [Result(n % 4, 1, "failed", {}, reason="the same", replicate=n) for n in range(40)]
    assert "40 times failed: the same (trials 0 to 3)" in made(run).words


def test_no_name_becomes_code() -> None:
    text = page(Found(hostile(), verdicts=[Verdict("x", HOSTILE, HOSTILE)], wrote=HOSTILE))
    shown = Page(text)
    assert len(shown.named("script")) == len(shown.named("style")) == 1
    assert not shown.named("img")
    assert not [
        name for _, given in shown.elements for name in given if name.startswith("on") or name == "style"
    ]
    assert "\u202e" not in text
    assert "\\u202e" in text
    assert "{{7*7}}" in shown.words
    assert shown.column("trials", "choice")[0].startswith("</script></style><img src=x onerror=alert(1)>")


def test_it_may_use_its_own_style_and_script_and_nothing_else() -> None:
    shown = made(hostile())
    (policy,) = (
        str(given["content"])
        for given in shown.named("meta")
        if given.get("http-equiv") == "Content-Security-Policy"
    )
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules.pop("default-src") == rules.pop("base-uri") == rules.pop("form-action") == "'none'"
    assert rules.pop("img-src") == "data:"
    for name in ("script", "style"):
        digest = base64.b64encode(hashlib.sha256(shown.scripts[name].encode()).digest()).decode()
        assert rules.pop(f"{name}-src") == f"'sha256-{digest}'"
    assert not rules
    places = [
        given[name] for _, given in shown.elements for name in ("src", "href", "action") if name in given
    ]
    assert {place for place in places if place and not place.startswith("#")} == {"data:,"}


@pytest.mark.parametrize("run", [a_run(), a_run(empty=True), hostile()], ids=["run", "empty", "hostile"])
def test_equal_runs_give_equal_bytes_and_links_that_lead_somewhere(run: Run) -> None:
    text = page(Found(run, wrote="1.2"))
    assert text == page(Found(run, wrote="1.2"))
    shown = Page(text)
    ids = [str(given["id"]) for _, given in shown.elements if "id" in given]
    assert len(ids) == len(set(ids))
    links = {str(given["href"]).removeprefix("#") for given in shown.named("a")}
    links |= {str(given["aria-labelledby"]) for _, given in shown.elements if "aria-labelledby" in given}
    assert links <= set(ids)


def test_without_a_trial_it_says_so() -> None:
    said = made(a_run(empty=True)).words
    assert "nothing to rank" in said
    assert "config.yaml, complete" in said
