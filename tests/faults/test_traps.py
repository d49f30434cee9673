"""A folder that holds a file for every module there is, each called as Python's own: none is run in its place."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

_OTHERS = ["filelock", "hpsearch", "numpy", "pebble", "pydantic", "rich", "scipy", "typer", "yaml"]
NAMES = {*sys.stdlib_module_names, *_OTHERS} - {*sys.builtin_module_names}
#: Says which process has run it, and then becomes the module it is called as.
TRAP = """\
import os, sys
with open({sprung!r}, "a") as file:
    file.write(f"{{os.getpid()}} {{__name__}}\\n")
here, path, name = os.path.dirname(__file__), sys.path[:], __name__
sys.path[:] = [folder for folder in path if os.path.realpath(folder) != here]
del sys.modules[name]
__import__(name)
sys.path[:] = path
"""
CONFIGS = {
    "mlp": "objective: {kind: mlp, dataset: moons, hidden: [4], epochs: 2}",
    "python": "objective: {kind: python, function: train.py:train}",
    "command": 'objective: {kind: command, command: [echo, "score={lr}"]}',
}
SPACE = "space: {lr: {scale: log, low: 1e-3, high: 1}}"
METRICS = {
    "mlp": "",
    "python": "metric: score, goal: maximize, ",
    "command": "metric: score, goal: maximize, ",
}
SEARCH = "search: {%strials: 4, round_size: 4}\ndispatch: {workers: 2}"
#: As pip writes them.
SCRIPT = "import sys\nfrom hpsearch.__main__ import main\nif __name__ == '__main__':\n    sys.exit(main())\n"
#: The same for one command after the other.
SCRIPTS = """\
import sys
from hpsearch.__main__ import main
if __name__ == '__main__':
    for command in {commands}:
        sys.argv[1:] = command
        assert main() == 0, command
"""


class Trapped:
    """A folder full of traps, and what is run there."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "trapped"
        self.path.mkdir()
        self._sprung = folder / "sprung"
        self.set(NAMES)
        for kind, objective in CONFIGS.items():
            lines = [f"name: {kind}", objective, SPACE, SEARCH % METRICS[kind]]
            (self.path / f"{kind}.yaml").write_text("\n".join(lines))
        (self.path / "part.py").write_text("def half(number):\n    return number / 2\n")
        (self.path / "train.py").write_text("import part\ndef train(lr):\n    return part.half(lr)\n")

    def set(self, names: set[str]) -> None:
        """Set the traps of these names and no other."""
        for name in NAMES:
            (self.path / f"{name}.py").unlink(missing_ok=True)
        for name in names:
            (self.path / f"{name}.py").write_text(TRAP.format(sprung=str(self._sprung)))

    def run(self, *command: str, environment: Mapping[str, str] | None = None) -> int:
        """Run Python with these arguments there, to its end; returns its process id."""
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=self.path,
            env=None if environment is None else {**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        _, errors = process.communicate(timeout=100)
        assert process.returncode == 0, errors
        return process.pid

    def sprung(self) -> list[tuple[int, str]]:
        """The processes that ran a trap, each with the name of it."""
        if not self._sprung.exists():
            return []
        lines = [line.split() for line in self._sprung.read_text().splitlines()]
        return [(int(process), name) for process, name in lines]


@pytest.fixture
def trapped(tmp_path: Path) -> Trapped:
    return Trapped(tmp_path)


@pytest.fixture
def hpsearch(request: pytest.FixtureRequest, trapped: Trapped, tmp_path: Path) -> list[str]:
    """Both ways to start the command line, with the traps that are not Python's own affair."""
    if request.param == "script":
        script = tmp_path / "bin" / "hpsearch"
        script.parent.mkdir()
        script.write_text(SCRIPT)
        return [str(script)]
    trapped.set(NAMES - {"hpsearch"} - _imported_by_python(tmp_path))
    return ["-m", "hpsearch"]


def _imported_by_python(folder: Path) -> set[str]:
    """What `python -m` imports before anything of the module that it is to run."""
    (folder / "nothing.py").write_text("import sys\nprint(*sys.modules)\n")
    command = [sys.executable, "-m", "nothing"]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=True)
    return set(ended.stdout.split())


def test_traps_spring(trapped: Trapped) -> None:
    process = trapped.run("-c", "import socket, random")
    assert {(process, "socket"), (process, "random")} <= {*trapped.sprung()}


#: Every command imports modules of its own, at its start and as it goes. One that calls a function is the last: it
#: searches the function's folder from then on.
COMMANDS = (
    "doctor mlp.yaml",
    "train mlp.yaml",
    "init -o new.yaml",
    *(
        command
        for kind in ("mlp", "command", "python")
        for command in (f"run {kind}.yaml", f"reproduce {kind} 1")
    ),
)


@pytest.mark.parametrize("hpsearch", ["script"], indirect=True)
def test_no_command_runs_a_file_in_place_of_a_module(hpsearch: list[str], trapped: Trapped) -> None:
    """All of them in one process, in which none finds the path of modules other than the script left it."""
    (script,) = hpsearch
    Path(script).write_text(SCRIPTS.format(commands=[command.split() for command in COMMANDS]))
    trapped.run(script)
    assert not trapped.sprung()


@pytest.mark.parametrize("hpsearch", ["module"], indirect=True)
def test_nor_does_the_module(hpsearch: list[str], trapped: Trapped) -> None:
    """It is the script once the current folder is no place of modules, which is before it imports anything."""
    for command in ("run python.yaml", "init -o new.yaml"):
        trapped.run(*hpsearch, *command.split())
    assert not trapped.sprung()


@pytest.mark.parametrize("by", ["script", "text"])
def test_nor_do_workers_of_a_program_that_searches_from_there(by: str, trapped: Trapped) -> None:
    code = "import hpsearch\nhpsearch.search('mlp.yaml')\n"
    (trapped.path / "hpsearch.py").unlink()
    (trapped.path / "searches.py").write_text(code)
    process = trapped.run(*(["searches.py"] if by == "script" else ["-c", code]))
    assert {owner for owner, _ in trapped.sprung()} == {process}  # it imports what it likes from where it is


def test_a_server_that_was_killed_is_followed_by_one_as_careful(trapped: Trapped, tmp_path: Path) -> None:
    trapped.set(NAMES - {"hpsearch"})
    program = tmp_path / "program.py"
    program.write_text(
        "import os, psutil, time\n"
        "from hpsearch.core.errors import WorkerDied, WorkersLost\n"
        "from hpsearch.executors import EXECUTORS\n"
        "def servers():\n"
        "    return [child for child in psutil.Process().children() if 'forkserver' in ' '.join(child.cmdline())]\n"
        "with EXECUTORS['local'](1) as executor:\n"
        "    first = executor.submit(os.getpid).result()\n"
        "    server, = servers()\n"
        "    server.kill()\n"
        "    psutil.Process(first).kill()\n"
        "    while True:\n"
        "        try:\n"
        "            executor.submit(os.getpid).result()\n"
        "            break\n"
        "        except (WorkerDied, WorkersLost):\n"
        "            time.sleep(0.05)\n"
        "    assert [server] != servers()\n"
    )
    trapped.run(str(program))
    assert not trapped.sprung()


def test_a_folder_that_the_user_names_is_searched(trapped: Trapped) -> None:
    """`PYTHONPATH` is an order, even where it says the current folder."""
    trapped.set({"secrets"})
    trapped.run(
        "-P", "-m", "hpsearch", "run", "mlp.yaml", environment={"PYTHONPATH": _and_this(trapped.path)}
    )
    assert "secrets" in {name for _, name in trapped.sprung()}


def test_a_function_finds_what_its_script_would(tmp_path: Path) -> None:
    """What stands beside the script comes before modules of that name elsewhere, in workers too."""
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "train.py").write_text("import wave\ndef train(lr):\n    return wave.ours(lr)\n")
    (tmp_path / "wave.py").write_text("def ours(number):\n    return number\n")
    (tmp_path / "searches.py").write_text(
        "import hpsearch\n"
        "if __name__ == '__main__':\n"
        "    space = {'lr': {'scale': 'log', 'low': 0.001, 'high': 1}}\n"
        "    objective = {'kind': 'python', 'function': 'jobs/train.py:train'}\n"
        "    search = {'trials': 4, 'metric': 'score', 'goal': 'maximize'}\n"
        "    found = hpsearch.search(dict(name='s', objective=objective, space=space, search=search))\n"
        "    print(found.score == found.best['lr'])\n"
    )
    command = [sys.executable, "searches.py"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)
    assert ended.stdout == "True\n", ended.stderr


def _and_this(folder: Path) -> str:
    return os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
