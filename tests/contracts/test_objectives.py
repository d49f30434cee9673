"""Every kind of objective, through one suite; with one that a single file adds."""

from __future__ import annotations

import importlib.util
import pickle
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from hpsearch import objectives, search
from hpsearch.actions.dry_run import dry_run
from hpsearch.config import Spec, digest, dump_yaml, json_schema, lint, load_spec
from hpsearch.config.objective import KINDS, ObjectiveSettings, kind_of
from hpsearch.core.errors import SpecError
from hpsearch.core.trial import Job, Trial
from hpsearch.objectives.kind import Kind, gather

FUNCTION = "def train(lr, epochs=1):\n    return {'score': -lr * epochs}\n"
SCRIPT = "import sys\nprint('score:', -float(sys.argv[1]))\n"
LR: Mapping[str, Any] = {"lr": {"scale": "log", "low": 0.001, "high": 0.1}}


@dataclass(frozen=True)
class Example:
    """A section of a kind, with a space that goes with it.

    Attributes:
        broken: settings that break a rule between sections, and what is said of it from the key on.
        odd: a space that is allowed and probably not meant, and what is said of it.
    """

    section: Mapping[str, Any]
    space: Mapping[str, Any]
    broken: tuple[Mapping[str, Any], str]
    odd: tuple[Mapping[str, Any], str]


EXAMPLES = {
    "mlp": Example(
        {"dataset": {"source": "digits", "limit": 300}, "hidden": [8], "epochs": 2},
        LR,
        ({"alpha_dropout": 0.1}, "objective.alpha_dropout: goes with the activation selu only"),
        ({**LR, "beta1": {"scale": "one_minus_log", "low": 0.8, "high": 0.9}}, "space.beta1: is never used"),
    ),
    "python": Example(
        {"function": "code.py:train", "epochs": 2},
        LR,
        ({"epochs": 0}, "objective.epochs: must be at least 1"),
        ({"lr": {"scale": "linear", "low": 0.001, "high": 1}}, "space.lr.scale: 90 % of the draws"),
    ),
    "command": Example(
        {"command": ["python", "script.py", "{lr}"]},
        LR,
        (
            {"command": ["python", "script.py", "{rl}"]},
            "objective.command[2]: has the unknown placeholder {rl}",
        ),
        ({**LR, "width": {"choices": [1, 2]}}, "space.width: is not in the command; add {width}"),
    ),
    "parabola": Example(
        {"middle": 2},
        {"x": {"scale": "linear", "low": -5, "high": 5}},
        ({"middle": 20}, "objective.middle: must be between -10 and 10"),
        ({"offset": {"scale": "linear", "low": 0.1, "high": 1}}, "space: lacks x"),
    ),
}


@pytest.fixture(params=[*KINDS, "parabola"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a kind; the one that is not built in is registered for one test."""
    if request.param not in KINDS:
        monkeypatch.setattr(KINDS, "_found", dict(KINDS._found))
        monkeypatch.setattr(KINDS, "_places", dict(KINDS._places))
        spec = importlib.util.spec_from_file_location("parabola", Path(__file__).with_name("parabola.py"))
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, "parabola", module)
        spec.loader.exec_module(module)
    return str(request.param)


@pytest.fixture
def example(kind: str) -> Example:
    assert kind in EXAMPLES, f"EXAMPLES in {__file__} has none of the kind {kind}"
    return EXAMPLES[kind]


@pytest.fixture
def config(kind: str, example: Example, tmp_path: Path) -> Path:
    (tmp_path / "code.py").write_text(FUNCTION, "utf-8")
    (tmp_path / "script.py").write_text(SCRIPT, "utf-8")
    return written(tmp_path, kind, example.section, example.space)


def written(folder: Path, kind: str, section: Mapping[str, Any], space: Mapping[str, Any]) -> Path:
    data = {
        "objective": {"kind": kind, **section},
        "space": dict(space),
        "search": {"trials": 4, "confirm": "off", "halving": "off"},
        "dispatch": {"executor": "serial"},
    }
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False), "utf-8")
    return path


def line_of(path: Path, key: str) -> int:
    """The line of a key of the file, of which there is one."""
    (number,) = [
        number
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if line.strip().startswith(f"{key}:")
    ]
    return number


def first_job(spec: Spec) -> Job:
    config = {
        name: given.low if hasattr(given, "low") else given.choices[0] for name, given in spec.space.items()
    }
    return Job(Trial(0, 0, config, 7), spec.objective.epochs)


def test_every_kind_has_an_example() -> None:
    assert set(EXAMPLES) == {*KINDS, "parabola"}


def test_each_of_ours_is_in_the_package_that_is_named_for_it() -> None:
    prefix = f"{objectives.__name__}."
    assert {name: f"{prefix}{package}.settings" for name, package in objectives.WHERE.items()} == {
        name: kind.__module__ for name, kind in KINDS.built_in.items() if kind.__module__.startswith(prefix)
    }


def test_its_section_is_loaded_and_written_as_it_was(kind: str, config: Path, tmp_path: Path) -> None:
    spec = load_spec(config)
    assert isinstance(spec.objective, Kind)
    assert type(spec.objective) is KINDS[kind]
    again = tmp_path / "again.yaml"
    again.write_text(dump_yaml(spec), "utf-8")
    assert load_spec(again) == spec
    assert digest(load_spec(again)) == digest(spec)


def test_the_schema_describes_it(kind: str) -> None:
    schema = json_schema()
    sections = schema["properties"]["objective"]["anyOf"]
    models = [schema["$defs"][section["$ref"].rpartition("/")[2]] for section in sections]
    (own,) = [model for model in models if model["properties"]["kind"]["const"] == kind]
    assert set(own["properties"]) == set(KINDS[kind].model_fields)
    assert own["description"]
    assert all(field["description"] for field in own["properties"].values())


def test_the_first_kind_is_what_a_file_means_that_names_none() -> None:
    assert [*KINDS] == ["mlp", "python", "command"]
    assert kind_of({}) is kind_of({"objective": {"kind": None}}) is KINDS["mlp"]


@pytest.mark.parametrize("sets", [[], ["depth=4"], ["x.low=1"]])
def test_a_kind_that_is_gone_with_its_package_is_all_that_is_said(sets: list[str], tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(
        "objective: {kind: valley, depth: 3}\n"
        "space:\n"
        "  x: {scale: linear, low: 0, high: 2, type: int}\n"
        "  y: {scale: linear, low: 0, high: 2, type: float, when: {mode: a}}\n"
        "  mode: {choices: [a, b]}\n"
        "  layers: {choices: [1, 2], when: {depth: 3}}\n"
        "search: {metric: foo}\n"
    )
    with pytest.raises(SpecError) as error:
        load_spec(path, [f"space.{text}" if "." in text else text for text in sets])
    assert str(error.value) == (
        f"{path}:1: objective.kind: must be one of mlp, python, command (got 'valley'); a package that adds it "
        f"may be missing"
    )


def test_a_broken_rule_is_reported_with_its_line(kind: str, example: Example, config: Path) -> None:
    changes, words = example.broken
    path = written(config.parent, kind, {**example.section, **changes}, example.space)
    with pytest.raises(SpecError) as error:
        load_spec(path)
    (problem,) = error.value.problems
    (key,) = changes
    entry = re.search(r"\[(\d+)\]", problem.path)
    below = int(entry[1]) + 1 if entry else 0  # the entries of a list stand on lines of their own
    assert str(problem).startswith(f"{path}:{line_of(path, key) + below}: {words}")


def test_an_unknown_setting_is_reported_with_a_hint(kind: str, example: Example, config: Path) -> None:
    path = written(config.parent, kind, {**example.section, "epoch": 3}, example.space)
    with pytest.raises(SpecError, match=r"objective\.epoch: unknown key; did you mean 'epochs'") as error:
        load_spec(path)
    assert error.value.problems[0].line == line_of(path, "epoch")


def test_what_is_probably_not_meant_is_a_warning_with_its_line(
    kind: str, example: Example, config: Path
) -> None:
    assert [str(warning) for warning in lint(load_spec(config))] == []
    space, words = example.odd
    found = lint(load_spec(written(config.parent, kind, example.section, space)))
    assert any(words in str(warning) and warning.line for warning in found)


def test_what_may_be_searched_are_its_fields_or_any_name(kind: str, config: Path) -> None:
    settings: type[ObjectiveSettings] = KINDS[kind]
    assert set(settings.searchable()) <= set(settings.model_fields)
    assert bool(settings.searchable()) is not settings.free
    assert set(settings.unsearchable) <= set(settings.model_fields)
    assert {*settings.unbinding, *settings.fingerprinted, *settings.short_forms} <= set(settings.model_fields)
    assert {*settings.references, *(key[0] for key in settings.paths)} <= set(settings.model_fields)


def test_a_job_of_its_workload_is_evaluated(config: Path, tmp_path: Path) -> None:
    spec = load_spec(config)
    workload = gather(spec)
    assert gather(spec).fingerprint == workload.fingerprint
    assert workload.changed(workload.fingerprint) is None
    assert workload.rows >= 0
    assert (workload.timeout() or 1) > 0
    workload.store(tmp_path)
    objective = pickle.loads(pickle.dumps(workload.objective(tmp_path)))  # every worker gets a copy
    job = first_job(spec)
    ((grouped,),) = objective.group([job], 1)
    assert grouped == job
    (result,) = objective.evaluate([job])
    assert (result.trial, result.epochs, result.status, result.reason) == (0, job.epochs, "done", "")
    assert spec.search.metric in result.metrics
    objective.tidy([])


WORKER = """
import pickle, sys
{imports}
assert not {{'pydantic', 'yaml', 'rich', 'typer'}} & set(sys.modules)
before = set(sys.modules)
objective, job = pickle.loads({task!r})
(result,) = objective.evaluate([job])
assert result.status == "done", result
later = {{name for name in set(sys.modules) - before if name.partition(".")[0] in ("numpy", "hpsearch")}}
assert later <= {{type(objective).__module__}}, later
"""


@pytest.mark.parametrize("kind", KINDS.built_in, indirect=True)
def test_workers_import_what_they_need_before_there_are_several_and_nothing_that_only_reads_the_yaml(
    config: Path, tmp_path: Path
) -> None:
    """What one imports after it was forked, each of them imports, and has in memory of its own."""
    spec = load_spec(config)
    workload = gather(spec)
    workload.store(tmp_path)
    task = pickle.dumps((workload.objective(tmp_path), first_job(spec)))
    code = WORKER.format(imports="\n".join(f"import {module}" for module in workload.preload), task=task)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_dry_run_tells_what_it_would_run(config: Path) -> None:
    tried = dry_run(load_spec(config))
    assert len(tried.calls) == len(tried.jobs) == 4
    assert all(tried.calls)
    assert tried.result.status == "done"


def test_it_is_searched_and_continued(config: Path, tmp_path: Path) -> None:
    first = search(config, runs_dir=tmp_path / "runs")
    again = search(config, runs_dir=tmp_path / "runs", mode="resume")
    assert len(first.rows) == 4
    assert again.rows == first.rows
    assert first.best is not None
