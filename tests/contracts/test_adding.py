"""How to add a piece, by doing it: each file of `added` is all that a new one takes, and serves from the YAML."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from hpsearch import search
from hpsearch.config import Spec, digest, dump_yaml, json_schema, lint, load_spec, spec_of
from hpsearch.core.errors import SpecError
from hpsearch.core.registry import Registry
from hpsearch.data.scaling import SCALINGS
from hpsearch.data.sources.base import DATASETS
from hpsearch.executors import EXECUTORS
from hpsearch.nn.activations import ACTIVATIONS
from hpsearch.nn.figures import FIGURES
from hpsearch.nn.initializers import INITIALIZERS
from hpsearch.nn.losses import LOSSES
from hpsearch.nn.optimizers import OPTIMIZERS
from hpsearch.nn.schedules import SCHEDULES
from hpsearch.samplers import SAMPLERS

FILES = Path(__file__).with_name("added")
BASE: Mapping[str, Any] = {
    "name": "added",
    "objective": {
        "kind": "mlp",
        "dataset": {"source": "digits", "limit": 200, "scaling": "minmax"},
        "hidden": [4],
        "epochs": 2,
        "activation": "relu",
        "initializer": "he",
        "loss": "cross_entropy",
        "optimizer": "momentum",
        "lr_schedule": "constant",
    },
    "space": {"lr": {"scale": "log", "low": 0.001, "high": 0.1}},
    "search": {"sampler": "random", "metric": "val_acc", "trials": 4, "confirm": "off", "halving": "off"},
    "dispatch": {"executor": "serial"},
}


@dataclass(frozen=True)
class Piece:
    """What a file of `added` registers, and the key of the YAML that names it.

    Attributes:
        says: how a file names it, where that is not by its bare name.
        enum: where the JSON Schema lists it; empty where a text of any kind may stand.
    """

    registry: Registry[Any]
    name: str
    key: tuple[str, ...]
    enum: tuple[str, ...] = ()
    says: str = ""

    @property
    def value(self) -> str:
        """What the YAML says."""
        return self.says or self.name


def of_network(registry: Registry[Any], name: str, key: str) -> Piece:
    return Piece(registry, name, ("objective", key), ("NetworkSettings", key))


PIECES = {
    "activation": of_network(ACTIVATIONS, "softsign", "activation"),
    "initializer": of_network(INITIALIZERS, "sparse", "initializer"),
    "loss": of_network(LOSSES, "huber", "loss"),
    "optimizer": of_network(OPTIMIZERS, "signum", "optimizer"),
    "schedule": of_network(SCHEDULES, "linear", "lr_schedule"),
    "figure": Piece(FIGURES, "missed", ("search", "metric"), says="val_missed"),
    "scaling": Piece(SCALINGS, "robust", ("objective", "dataset", "scaling"), ("Dataset", "scaling")),
    "dataset": Piece(DATASETS, "quadrants", ("objective", "dataset", "source")),
    "executor": Piece(EXECUTORS, "threads", ("dispatch", "executor"), ("Dispatch", "executor")),
    "sampler": Piece(SAMPLERS, "climb", ("search", "sampler"), ("Search", "sampler")),
}
every = pytest.mark.parametrize("piece", PIECES)


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> Iterator[Adder]:
    yield Adder(monkeypatch)


@dataclass
class Adder:
    """Registers what a file holds, for one test."""

    monkeypatch: pytest.MonkeyPatch
    taken: list[str] = field(default_factory=list)

    def __call__(self, piece: str) -> Piece:
        found = PIECES[piece]
        before = [*found.registry]
        for inside in ("_found", "_places"):
            self.monkeypatch.setattr(found.registry, inside, dict(getattr(found.registry, inside)))
        module_spec = importlib.util.spec_from_file_location(f"added_{piece}", FILES / f"{piece}.py")
        assert module_spec is not None
        assert module_spec.loader is not None
        module = importlib.util.module_from_spec(module_spec)
        self.monkeypatch.setitem(sys.modules, module_spec.name, module)
        module_spec.loader.exec_module(module)
        assert {*found.registry} == {*before, found.name}
        return found


def test_every_file_that_is_shown_is_tried() -> None:
    assert {path.stem for path in FILES.glob("*.py")} == {*PIECES}


def with_value(path: tuple[str, ...], value: Any, base: Mapping[str, Any] = BASE) -> dict[str, Any]:
    """The configuration with `value` at `path`."""
    head, *rest = path
    return {**base, head: with_value(tuple(rest), value, base.get(head, {})) if rest else value}


def refused(data: Mapping[str, Any]) -> str:
    with pytest.raises(SpecError) as error:
        spec_of(data)
    (problem,) = error.value.problems
    return f"{problem.path}: {problem.message}"


@every
def test_its_file_is_all_that_its_name_needs(piece: str, added: Adder) -> None:
    key, value = PIECES[piece].key, PIECES[piece].value
    rule, _, _ = refused(with_value(key, value)).partition(" (got ")
    assert rule.startswith(f"{'.'.join(key)}: must be one of ")
    assert value not in rule
    added(piece)
    spec = spec_of(with_value(key, value))
    assert f"{key[-1]}: {value}" in dump_yaml(spec)
    assert f"did you mean '{value}'?" in refused(with_value(key, value[:-1]))


@every
def test_editors_are_told_of_it(piece: str, added: Adder) -> None:
    enum = PIECES[piece].enum
    if not enum:
        pytest.skip("a text of any kind may stand there")
    name, field = enum
    before = json_schema()["$defs"][name]["properties"][field]["enum"]
    added(piece)
    assert json_schema()["$defs"][name]["properties"][field]["enum"] == [*PIECES[piece].registry]
    assert PIECES[piece].name not in before


@every
def test_it_is_searched_with_written_down_and_continued(piece: str, added: Adder, tmp_path: Path) -> None:
    found = added(piece)
    spec = spec_of(with_value(found.key, found.value))
    file = tmp_path / "added.yaml"
    file.write_text(dump_yaml(spec), "utf-8")
    assert load_spec(file) == spec
    assert digest(load_spec(file)) == digest(spec)
    first = search(file, runs_dir=tmp_path / "runs")
    again = search(file, runs_dir=tmp_path / "runs", mode="resume")
    assert first.best is not None
    assert len(first.rows) == 4
    assert again.rows == first.rows


def test_functions_keep_their_streams_on_an_executor_of_threads(
    added: Adder, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    added("executor")
    (tmp_path / "printing.py").write_text(
        "import os, time\ndef train(x):\n    os.write(1, b'deep within')\n    time.sleep(0.02)\n    return x\n"
    )
    file = tmp_path / "threads.yaml"
    file.write_text(
        "objective: {kind: python, function: 'printing.py:train'}\n"
        "space: {x: {scale: linear, low: 0, high: 1}}\n"
        "search: {trials: 8}\n"
        "dispatch: {executor: threads, workers: 4}\n"
    )
    found = search(file, runs_dir=tmp_path / "runs")
    os.write(1, b"said")
    assert len(found.rows) == 8
    assert {row["status"] for row in found.rows} == {"done"}
    assert capfd.readouterr().out == "said"


@every
def test_who_does_not_use_it_sees_no_difference(piece: str, added: Adder) -> None:
    before = spec_of(BASE)
    text, mark = dump_yaml(before), digest(before)
    added(piece)
    assert (dump_yaml(spec_of(BASE)), digest(spec_of(BASE))) == (text, mark)


# -- what a piece says of itself ---------------------------------------------------------------------------


def unused(name: str, decider: str, value: str) -> list[str]:
    """What is said of searching a hyperparameter that may count for nothing."""
    data = with_value(("objective", decider), value)
    kind = "one_minus_log" if name == "momentum" else "log"
    data["space"] = {name: {"scale": kind, "low": 0.1, "high": 0.9}}
    return [str(warning) for warning in lint(spec_of(data)) if "counts only with" in str(warning)]


READS = {
    "optimizer": ("momentum", "optimizer", "sgd"),
    "schedule": ("lr_decay", "lr_schedule", "constant"),
    "initializer": ("init_std", "initializer", "he"),
}


@pytest.mark.parametrize("piece", READS)
def test_what_it_reads_counts_with_it(piece: str, added: Adder) -> None:
    name, decider, another = READS[piece]
    added(piece)
    assert unused(name, decider, PIECES[piece].name) == []
    (warning,) = unused(name, decider, another)
    assert PIECES[piece].name in warning


def test_what_reads_something_that_there_is_not_is_refused(
    added: Adder, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = added("optimizer").name
    monkeypatch.setitem(OPTIMIZERS._found, name, replace(OPTIMIZERS[name], hyper=("lr", "rho")))
    message = refused(with_value(("objective", "optimizer"), name))
    assert (
        message
        == f"objective.optimizer: reads rho, which the network does not have; choose another (got '{name}')"
    )


def test_a_metric_says_which_way_it_is_better(added: Adder) -> None:
    data = with_value(("search", "metric"), added("figure").value)
    assert spec_of(data).search.goal == "minimize"
    (warning,) = lint(spec_of({**data, "search": {**data["search"], "goal": "maximize"}}))
    assert "looks for the worst val_missed" in str(warning)


def test_a_metric_of_classes_is_not_one_of_numbers(added: Adder) -> None:
    objective = {"kind": "mlp", "dataset": {"source": "houses.npz", "task": "regression"}}
    data = {**with_value(("search", "metric"), added("figure").value), "objective": objective}
    assert (
        "search.metric: is not reported for regression; take val_r2, val_mae, val_rmse or val_loss"
        in refused(data)
    )


def test_a_loss_says_what_it_is_for(added: Adder) -> None:
    objective = {"kind": "mlp", "dataset": {"source": "houses.npz", "task": "regression"}}
    data = {"name": "added", "objective": objective, "space": BASE["space"]}
    loss = with_value(("objective", "loss"), added("loss").name, data)
    assert spec_of(loss).objective.values["loss"] == "huber"
    message = refused(with_value(("objective", "loss"), "cross_entropy", data))
    assert message.startswith("objective.loss: must be mse, mae or huber for regression")
    searched = {**data, "space": {"loss": {"choices": ["huber", "hubert"]}}}
    assert refused(searched).startswith("space.loss.choices[1]: must be one of ")


# -- the settings of a sampler -----------------------------------------------------------------------------


def climbing(**settings: Any) -> dict[str, Any]:
    return {**BASE, "search": {**BASE["search"], "sampler": "climb", "round_size": 1, **settings}}


def settings_in(spec: Spec) -> dict[str, Any]:
    return {name: spec.search.model_dump()[name] for name in ("width", "starts", "steps", "shrink")}


@pytest.fixture
def climb(added: Adder) -> Piece:
    return added("sampler")


@pytest.mark.usefixtures("climb")
def test_its_settings_have_their_defaults_and_are_written_down() -> None:
    spec = spec_of(climbing())
    assert settings_in(spec) == {"width": 0.3, "starts": 2, "steps": "normal", "shrink": False}
    lines = [line.strip() for line in dump_yaml(spec).splitlines()]
    assert {"width: 0.3", "starts: 2", "steps: normal", "shrink: off"} <= {*lines}


@pytest.mark.usefixtures("climb")
def test_its_settings_are_read_and_decide_what_it_proposes(tmp_path: Path) -> None:
    given = {"width": 1, "starts": 1e0, "steps": "uniform", "shrink": "on"}
    spec = spec_of(climbing(**given))
    assert settings_in(spec) == {"width": 1.0, "starts": 1, "steps": "uniform", "shrink": True}
    rows = []
    for place, data in enumerate((climbing(), climbing(**given))):
        file = tmp_path / f"{place}.yaml"
        file.write_text(dump_yaml(spec_of(data)), "utf-8")
        rows.append(search(file, runs_dir=tmp_path / f"runs{place}").rows)
    assert rows[0] != rows[1]
    assert digest(spec_of(climbing())) != digest(spec)


@pytest.mark.usefixtures("climb")
@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("width", 0, "search.width: must be above 0 (got 0)"),
        ("width", 1.5, "search.width: must be at most 1 (got 1.5)"),
        ("starts", 0, "search.starts: must be at least 1 (got 0)"),
        ("starts", 1.5, "search.starts: must be a whole number (got 1.5)"),
        (
            "steps",
            "norm",
            "search.steps: must be one of normal, uniform (got 'norm'); did you mean 'normal'?",
        ),
        ("shrink", "maybe", "search.shrink: must be on or off (got 'maybe')"),
        ("widht", 1, "search.widht: unknown key; did you mean 'width'?"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(setting: str, value: Any, message: str) -> None:
    assert refused(climbing(**{setting: value})) == message


@pytest.mark.usefixtures("climb")
def test_a_setting_of_a_sampler_that_is_not_chosen_is_refused() -> None:
    rule = "is a setting of the sampler climb alone; choose it with sampler: climb, or remove width"
    assert refused(with_value(("search", "width"), 0.5)) == f"search.width: {rule}"
    assert refused(with_value(("search",), {"width": 0.5})) == f"search.width: {rule}"
    assert "sampler: must be one of" in refused(climbing(sampler="climp", width=0.5))


@pytest.mark.usefixtures("climb")
def test_its_settings_are_completed_and_set_from_the_command_line(tmp_path: Path) -> None:
    properties = json_schema()["$defs"]["Search"]["properties"]
    assert [*properties][-5:] == ["fit", "width", "starts", "steps", "shrink"]
    assert properties["width"]["description"].startswith("how long a step is")
    file = tmp_path / "added.yaml"
    file.write_text(dump_yaml(spec_of(climbing())), "utf-8")
    spec = load_spec(file, ["search.width=0.5"])
    assert settings_in(spec)["width"] == 0.5
    with pytest.raises(SpecError, match=r"did you mean 'search\.width'"):
        load_spec(file, ["width=0.5"])


def test_what_every_search_may_say_goes_with_every_sampler() -> None:
    for name in SAMPLERS:
        assert (
            spec_of(with_value(("search",), {"sampler": name, "fit": "off"})).search.model_dump()["fit"]
            is False
        )
