"""What other packages add, as a user meets it on the command line: mostly when something is wrong with it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hpsearch.cli.commands import COMMANDS
from hpsearch.config.objective import KINDS
from hpsearch.core.registry import Registry
from hpsearch.data.scaling import SCALINGS
from hpsearch.data.sources.base import DATASETS
from hpsearch.engine.run import Run
from hpsearch.executors import EXECUTORS
from hpsearch.nn import pieces
from hpsearch.reporting.export import FORMATS
from hpsearch.runs import RunFolder
from hpsearch.samplers import SAMPLERS
from hpsearch.space import SCALES
from tests import commands
from tests.cli.conftest import Hpsearch
from tests.distributions import install, run_with

#: All that other packages may add to. What is made of some of them once has been made by now, of ours alone.
REGISTRIES: tuple[Registry[Any], ...] = (
    SAMPLERS,
    KINDS,
    EXECUTORS,
    COMMANDS,
    SCALES,
    DATASETS,
    SCALINGS,
    FORMATS,
    *pieces._REGISTRIES,
)
Installed = Callable[..., None]
MODULES = {"faulty.py": "raise RuntimeError('no such\\nlibrary')\n"}
#: Every group with a name of ours, and how a user asks for it.
OURS = {
    "samplers": ("random", ("search.sampler=random",)),
    "scales": ("log", ()),
    "executors": ("serial", ()),
    "objectives": ("mlp", ()),
    "datasets": ("digits", ()),
    "optimizers": ("adam", ("optimizer=adam",)),
    "activations": ("tanh", ()),
    "initializers": ("he", ()),
    "schedules": ("constant", ()),
    "losses": ("cross_entropy", ()),
    "scalings": ("minmax", ()),
}


#: Names of ours that the small search does not use.
UNUSED = {
    "samplers": "grid",
    "scales": "linear",
    "executors": "local",
    "objectives": "command",
    "datasets": "moons",
    "optimizers": "adagrad",
    "activations": "gelu",
    "initializers": "orthogonal",
    "schedules": "step",
    "losses": "mae",
    "scalings": "tanh",
    "exports": "json",
    "commands": "doctor",
}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installed]:
    """Installs a package that declares one entry point; what is loaded of it is forgotten after the test."""

    def add(
        group: str,
        name: str,
        value: str = "faulty:THING",
        package: str = "hpsearch-faulty",
        module: str = MODULES["faulty.py"],
    ) -> None:
        install(tmp_path / "site", package, {f"hpsearch.{group}": {name: value}}, {"faulty.py": module})

    monkeypatch.syspath_prepend(tmp_path / "site")
    for registry in REGISTRIES:
        assert registry.built_in  # all that is ours is imported
        for inside in ("_found", "_places"):
            monkeypatch.setattr(registry, inside, dict(getattr(registry, inside)))
    yield add
    sys.modules.pop("faulty", None)


def test_one_that_is_broken_stops_only_who_uses_it(hpsearch: Hpsearch, installed: Installed) -> None:
    installed("samplers", "walk")
    checked = hpsearch("check", "config.yaml")
    assert checked.returncode == 0, checked.stderr
    refused = hpsearch("check", "config.yaml", "--set", "search.sampler=walk")
    assert refused.returncode == 2
    assert refused.stderr == (
        "hpsearch-faulty 1.0: its entry point hpsearch.samplers: walk = faulty:THING cannot be used: RuntimeError: "
        "no such library; mend or uninstall that package\n"
    )


def test_broken_ones_of_every_group_stop_nothing_else(hpsearch: Hpsearch, installed: Installed) -> None:
    for group, name in UNUSED.items():
        installed(group, "faulty", package=f"faulty-{group}")
        installed(group, name, package=f"taken-{group}")
    for args in (
        ("check", "config.yaml", "--set", "hidden_units=8", "--set", "dispatch.executor=serial"),
        ("run", "config.yaml", "--trials", "2"),
        ("show", "small"),
        ("export", "small", "--to", "csv"),
        ("list",),
    ):
        ended = hpsearch(*args)
        assert (ended.returncode, "uninstall" in ended.stdout + ended.stderr) == (0, False), ended.stderr
    refused = hpsearch("check", "config.yaml")
    assert refused.returncode == 2
    assert "executor 'local' is registered twice" in refused.stderr


#: A sampler whose fields take names that are there for type checkers alone.
SAMPLER = """\
from __future__ import annotations
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from hpsearch.samplers import Setting
from hpsearch.samplers.random import Random
if TYPE_CHECKING:
    from collections.abc import Mapping

@dataclass(frozen=True)
class THING(Random):
    {field} = None
"""
KIND = """\
from typing import Literal
from hpsearch.objectives.kind import Kind

class THING(Kind):
    kind: Literal["other"]
"""
EXECUTOR = "class THING:\n    def __init__(self, workers, preload): 1 / 0\n"
#: A kind that ranks by what its objective does not report.
SILENT = """\
from typing import Literal
from hpsearch.core.trial import Result
from hpsearch.objectives.base import JobByJob, Workload
from hpsearch.objectives.kind import Kind

class THING(Kind):
    metrics = ("loss",)
    kind: Literal["walk"]
    x: float = 0.0

    def workload(self, spec):
        return Silent()

class Silent(Workload, JobByJob):
    def objective(self, checkpoints):
        return self

    def attempt(self, job):
        return Result(job.trial.number, job.epochs, "done", {"steps": 1.0}), ""
"""
#: What is wrong with a plug-in beyond its import: group, module, and what is said.
FLAWED = {
    "a setting of every search": (
        "samplers",
        SAMPLER.format(field='trials: Annotated[int, Setting("of its own")]'),
        "ValueError: its setting 'trials' is called as one of every search is",
    ),
    "a setting of an unknown type": (
        "samplers",
        SAMPLER.format(field='table: Annotated[Mapping[str, float], Setting("weights")]'),
        "NameError: name 'Mapping' is not defined",
    ),
    "settings it cannot be made of": (
        "samplers",
        SAMPLER.format(field="needed: int") + "    def from_settings(settings, trials): return {}['none']\n",
        "raised KeyError: 'none' (faulty.py:12)",
    ),
    "a kind of another name": (
        "objectives",
        KIND,
        "ValueError: its field kind must be Literal['walk'] (it takes other)",
    ),
    "settings that make none": (
        "samplers",
        SAMPLER.format(field="needed: int") + "    def from_settings(settings, trials): return None\n",
        "TypeError: from_settings gave None, which is no sampler",
    ),
    "an executor that cannot be made": (
        "executors",
        EXECUTOR,
        "raised ZeroDivisionError: division by zero (faulty.py:2)",
    ),
    "an option that is ours": (
        "commands",
        "def THING(debug: bool = False): ...\n",
        "ValueError: its parameter 'debug' is called as an option is that every command has",
    ),
    "options without names": (
        "commands",
        "def THING(**options): ...\n",
        "ValueError: its parameter '**options' stands for any number; each must have a name",
    ),
}
ASKED = {
    "samplers": ("check", "config.yaml", "--set", "search.sampler=walk"),
    "objectives": ("schema",),
    "executors": ("run", "config.yaml", "-q", "--overwrite", "--set", "dispatch.executor=walk"),
    "commands": ("walk",),
}


#: A sampler that proposes nonsense: what it gives, and what is said of it.
NONSENSE = {
    "None": "propose gave None, where a list of configurations is to be",
    "'lr'": "propose gave 'lr', where a list of configurations is to be",
    "[None] * 9": "propose gave trial 0 None, which is no configuration of the space; space.decode makes such",
    "[{}] * 9": "propose gave trial 0 {}, which is no configuration of the space; space.decode makes such",
    "[{'lr': 9.0}] * 9": "propose gave trial 0 {'lr': 9.0}, which is no configuration of the space; "
    "space.decode makes such",
    "[{'lr': [1]}] * 9": "propose gave trial 0 {'lr': [1]}, which is no configuration of the space; "
    "space.decode makes such",
}


@pytest.mark.parametrize("given", NONSENSE)
@pytest.mark.parametrize("command", ["check", "run"])
def test_a_sampler_that_proposes_nonsense_is_named(
    command: str, given: str, hpsearch: Hpsearch, installed: Installed
) -> None:
    module = SAMPLER.format(field="other: int | None") + f"    def propose(self, *_): return {given}\n"
    installed("samplers", "walk", module=module)
    refused = hpsearch(command, "config.yaml", "--set", "search.sampler=walk")
    assert refused.returncode == 2, refused.stderr
    assert refused.stderr.splitlines()[-1] == blame("samplers", f"cannot be used: {NONSENSE[given]}")


def test_a_sampler_may_propose_numbers_of_numpy(
    hpsearch: Hpsearch, folder: Path, installed: Installed
) -> None:
    proposes = "import numpy as np; return [{'lr': np.float32(0.25 + 0.03125 * n)} for n in numbers]"
    module = (
        SAMPLER.format(field="other: int | None")
        + f"    def propose(self, *_, numbers=range(4)): {proposes}\n"
    )
    installed("samplers", "walk", module=module)
    alone = "space={lr: {scale: log, low: 0.1, high: 1}}"
    ended = hpsearch(
        "run", "config.yaml", "-q", "--trials", "4", "--set", "search.sampler=walk", "--set", alone
    )
    assert ended.returncode == 0, ended.stderr
    run = Run.read(RunFolder(folder / "runs/small"))
    assert [trial.config["lr"] for trial in run.trials.values()] == [0.25, 0.28125, 0.3125, 0.34375]


@pytest.mark.parametrize("flaw", FLAWED)
def test_one_that_cannot_serve_says_whose_it_is_and_why(
    flaw: str, folder: Path, installed: Installed
) -> None:
    group, module, reason = FLAWED[flaw]
    installed(group, "walk", module=module)
    refused = commands.here(folder, *ASKED[group])
    assert (refused.returncode, refused.stdout) == (2, "")
    fault = reason if reason.startswith("raised") else f"cannot be used: {reason}"
    assert refused.stderr == blame(group, fault) + "\n"


def blame(group: str, fault: str) -> str:
    return (
        f"hpsearch-faulty 1.0: its entry point hpsearch.{group}: walk = faulty:THING {fault}; "
        f"mend or uninstall that package"
    )


SERIAL = ("--executor", "serial")
#: Pieces that can be made and that raise in use: group, module, and the settings and the command that use it.
RAISING = {
    "a sampler": (
        "samplers",
        SAMPLER.format(field="other: int | None") + "    def propose(self, *_): {}['none']\n",
        ("run", "config.yaml", "-q", "--overwrite", *SERIAL, "--set", "search.sampler=walk"),
    ),
    "a scale": (
        "scales",
        "from hpsearch.space.scales import Scale\n\nclass THING(Scale):\n    domain = (0.0, 1.0)\n"
        "    axis = staticmethod(lambda x: {}['none'])\n    back = axis\n",
        ("check", "config.yaml", "--set", "space.lr={scale: walk, low: 0.1, high: 0.5}"),
    ),
    "an executor": (
        "executors",
        "class THING:\n    def __init__(self, workers, preload): self.workers = workers\n"
        "    def __enter__(self): {}['none']\n    def __exit__(self, *_): ...\n",
        ("run", "config.yaml", "-q", "--overwrite", "--set", "dispatch.executor=walk"),
    ),
    "a kind of objective": (
        "objectives",
        SILENT.replace("return Silent()", "{}['none']"),
        (
            "check",
            "config.yaml",
            "--set",
            "objective={kind: walk}",
            "--set",
            "space={x: {scale: linear, low: 0, high: 1}}",
        ),
    ),
    "data": (
        "datasets",
        "def THING(spec):\n    {}['none']\n",
        ("check", "config.yaml", "--set", "objective.dataset=walk"),
    ),
    "an activation": (
        "activations",
        "class THING:\n    def __init__(self, width): {}['none']\n",
        (
            "check",
            "config.yaml",
            "--set",
            "objective.activation=walk",
            "--set",
            "space={lr: {scale: log, low: 0.1, high: 1}}",
        ),
    ),
    "a command": ("commands", "def THING():\n    {}['none']\n", ("walk",)),
}


@pytest.mark.parametrize("piece", RAISING)
def test_one_that_raises_in_use_is_named_with_its_line(
    piece: str, folder: Path, installed: Installed
) -> None:
    group, module, args = RAISING[piece]
    installed(group, "walk", module=module)
    (line,) = (number for number, text in enumerate(module.splitlines(), 1) if "{}['none']" in text)
    told = blame(group, f"raised KeyError: 'none' (faulty.py:{line})")
    refused = commands.here(folder, *args)
    assert refused.returncode == 2, refused.stderr
    assert (refused.stdout, refused.stderr.splitlines()[-1]) == ("", told)
    assert "Traceback" not in refused.stderr
    debugged = commands.here(folder, *args, "--debug").stderr
    assert "Traceback" in debugged
    assert debugged.splitlines()[-1] == told


STEP = """\
from hpsearch.nn.optimizers import Rule

def step(arrays, lr):
    raise ValueError("no step")

THING = Rule(("lr",), step)
"""


@pytest.mark.parametrize("executor", ["serial", "local"])
def test_a_training_that_fails_for_a_plugin_says_so(
    executor: str, hpsearch: Hpsearch, installed: Installed, folder: Path
) -> None:
    installed("optimizers", "walk", module=STEP)
    args = ("run", "config.yaml", "-q", "--set", "optimizer=walk", "--executor", executor)
    ended = hpsearch(*args) if executor == "serial" else run_with(folder / "site", folder, *args)
    reason = blame("optimizers", "raised ValueError: no step (faulty.py:4)")
    assert (ended.returncode, f"failed the same way: {reason}" in ended.stderr) == (1, True), ended.stderr
    assert reason in hpsearch("show", "small").stderr


def test_a_format_that_raises_in_use_is_named_with_its_line(
    hpsearch: Hpsearch, installed: Installed, folder: Path
) -> None:
    written = "def write(self, contents, path): 1 / 0\n    def use(self, contents, path): ...\n"
    installed(
        "exports", "walk", module=f"class Odd:\n    says = suffix = '-odd'\n    {written}\nTHING = Odd()\n"
    )
    assert hpsearch("run", "config.yaml", "-q", "--trials", "2").returncode == 0
    refused = run_with(folder / "site", folder, "export", "small", "--to", "walk")
    told = blame("exports", "raised ZeroDivisionError: division by zero (faulty.py:3)")
    assert (refused.returncode, refused.stderr) == (2, f"{told}\n")


def test_a_kind_that_reports_no_metric_of_its_own_fails_and_can_be_read(
    hpsearch: Hpsearch, installed: Installed, folder: Path
) -> None:
    installed("objectives", "walk", module=SILENT)
    (folder / "config.yaml").write_text(
        "{name: small, objective: {kind: walk}, space: {x: {scale: linear, low: 0, high: 1}}, search: {trials: 2}}"
    )
    ended = hpsearch("run", "config.yaml", "-q")
    reason = "the objective reports no loss, by which the search ranks; it reports steps"
    assert (ended.returncode, reason in ended.stderr) == (1, True), ended.stderr
    assert reason in hpsearch("show", "small").stderr


def test_what_only_type_checkers_know_is_no_setting(hpsearch: Hpsearch, installed: Installed) -> None:
    installed("samplers", "walk", module=SAMPLER.format(field="table: Mapping[str, float] | None"))
    checked = hpsearch("check", "config.yaml", "--set", "search.sampler=walk")
    assert checked.returncode == 0, checked.stderr


def test_a_run_outlives_the_package_of_its_executor(hpsearch: Hpsearch, folder: Path) -> None:
    assert hpsearch("run", "config.yaml", "-q", "--trials", "2").returncode == 0
    config = folder / "runs" / "small" / "config.yaml"
    config.write_text(config.read_text().replace("executor: serial", "executor: cluster"))
    for args in (("show", "small"), ("export", "small", "--to", "csv"), ("list",)):
        ended = hpsearch(*args)
        assert (ended.returncode, "cluster" in ended.stdout) == (0, False), ended.stderr
    for args in (("resume", "small"), ("refine", "small", "--top", "2")):
        refused = commands.here(folder, *args)
        assert refused.returncode == 2
        assert "dispatch.executor: must be one of local, serial, dask, srun (got 'cluster')" in refused.stderr
    resumed = hpsearch("resume", "small", "-q", "--trials", "3")
    assert resumed.returncode == 0, resumed.stderr
    assert "executor: serial" in config.read_text()


def test_a_run_that_is_wrong_in_a_new_way_hides_no_other(
    hpsearch: Hpsearch, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("fine", "odd"):
        assert hpsearch("run", "config.yaml", "-q", "--trials", "1", "--set", f"name={name}").returncode == 0
    read = Run.read

    def failing(folder: RunFolder, *, curves: bool) -> Run:
        if folder.path.name == "odd":
            raise KeyError("none")
        return read(folder, curves=curves)

    monkeypatch.setattr(Run, "read", failing)
    listed = hpsearch("list")
    assert listed.returncode == 0
    assert "cannot be read: KeyError: 'none'" in listed.stdout
    assert "complete" in listed.stdout


def test_a_wrong_name_is_told_of_those_that_are_added(hpsearch: Hpsearch, installed: Installed) -> None:
    installed("samplers", "walk")
    refused = hpsearch("check", "config.yaml", "--set", "search.sampler=wlak")
    assert refused.returncode == 2
    assert "grid, walk" in refused.stderr
    assert "did you mean 'walk'" in refused.stderr


@pytest.mark.parametrize("group", OURS)
def test_nobody_replaces_what_is_ours(group: str, hpsearch: Hpsearch, installed: Installed) -> None:
    name, sets = OURS[group]
    installed(group, name)
    refused = hpsearch("run", "config.yaml", "-q", *(word for text in sets for word in ("--set", text)))
    assert f"{name!r} is registered twice: by hpsearch itself and by hpsearch-faulty 1.0;" in refused.stderr
    assert refused.returncode == 2


def test_a_command_that_is_broken_is_named_in_the_help(hpsearch: Hpsearch, installed: Installed) -> None:
    installed("commands", "deploy")
    helped = hpsearch("--help")
    assert helped.returncode == 0
    assert helped.stdout.rstrip().split("\n")[-1].split() == [
        "deploy",
        "Added",
        "by",
        "hpsearch-faulty",
        "1.0.",
    ]
    refused = hpsearch("deploy", "digits")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith(
        "hpsearch-faulty 1.0: its entry point hpsearch.commands: deploy = faulty:THING"
    )
    debugged = hpsearch("deploy", "digits", "--debug")
    assert debugged.stderr.startswith("Traceback")
    assert debugged.stderr.endswith(refused.stderr)


def test_a_command_of_ours_is_not_replaced(hpsearch: Hpsearch, installed: Installed) -> None:
    installed("commands", "check")
    assert "faulty" not in hpsearch("--help").stdout
    refused = hpsearch("check", "config.yaml")
    assert refused.returncode == 2
    assert (
        "command 'check' is registered twice: by hpsearch itself and by hpsearch-faulty 1.0" in refused.stderr
    )
    assert hpsearch("schema").returncode == 0


def test_a_format_that_is_broken_is_named_where_it_is_asked_for(
    hpsearch: Hpsearch, installed: Installed, folder: Path
) -> None:
    installed("exports", "pdf")
    ran = hpsearch("run", "config.yaml", "-q", "--trials", "2", "--set", "search.confirm=off")
    assert ran.returncode == 0, ran.stderr
    assert hpsearch("export", "small", "--to", "csv").returncode == 0
    refused = run_with(folder / "site", folder, "export", "small", "--to", "pdf")
    assert refused.returncode == 2
    assert "hpsearch.exports: pdf = faulty:THING cannot be used" in refused.stderr
    helped = run_with(folder / "site", folder, "export", "--help").stdout
    assert "pdf: added by hpsearch-faulty 1.0" in " ".join(helped.split())
