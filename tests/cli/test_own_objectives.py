"""The user's own function or command, searched from the command line: what it is given, what may go wrong."""

from __future__ import annotations

import csv
import json
import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from hpsearch.actions.dry_run import dry_run
from hpsearch.config import load_spec
from hpsearch.core.trial import Result
from hpsearch.engine.run import Run
from hpsearch.objectives.shared_files import SharedFiles
from hpsearch.runs import RunFolder
from tests.cli.conftest import Hpsearch
from tests.commands import DEVNULL, started

FUNCTION = """\
objective: {{kind: python, function: "train.py:train"{more}}}
space: {{{space}}}
search: {search}
"""
CASES = "case: {{choices: [{}]}}"


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text)


def results(folder: Path, run: str = "config") -> list[Result]:
    return list(Run.read(RunFolder(folder / "runs" / run)).results)


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "runs/config/results.csv").open() as file:
        return list(csv.DictReader(file))


TRAIN = """\
import json, pathlib
def train(lr, width, epochs, seed, checkpoint, unused=3):
    assert type(lr) is float and type(width) is int and unused == 3
    print("this goes nowhere")
    state = pathlib.Path(checkpoint, "state.json")
    seen = json.loads(state.read_text()) if state.exists() else []
    state.write_text(json.dumps(seen + [epochs]))
    return {"val_acc": 1 / (1 + abs(lr - 0.1)) - 1 / epochs, "rungs": len(seen), "seed": seed % 7, "lr": lr}
"""


def test_a_function_gets_its_parameters_and_what_it_names(
    folder: Path, hpsearch: Hpsearch, real_hpsearch: Hpsearch
) -> None:
    space = "lr: {scale: log, low: 1e-3, high: 1}, width: {scale: linear, type: int, low: 1, high: 9}"
    write(
        folder,
        train_py=TRAIN,
        config_yaml=FUNCTION.format(
            more=", epochs: 9",
            space=space,
            search="{trials: 12, metric: val_acc, confirm: {top: 1, seeds: 2}}",
        ),
    )
    ended = real_hpsearch("run", "config.yaml", "--workers", "2")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith(
        "=========== Hyper-Parameter Optimization Result ===========\nBest-1(val acc:"
    )
    assert "nowhere" not in ended.stdout
    found = results(folder)
    assert {result.status for result in found} == {"done"}
    assert {result.epochs for result in found} == {1, 3, 9}
    longest = [result for result in found if result.epochs == 9 and not result.replicate]
    assert max(result.metrics["rungs"] for result in longest) == 2  # the folder came along from rung to rung
    assert all("lr" not in result.metrics for result in found)
    again = [result for result in found if result.replicate]
    assert again
    assert all(result.metrics["rungs"] == 0 for result in again)
    first = (folder / "runs/config/results.csv").read_bytes()
    assert hpsearch("run", "config.yaml", "--overwrite").returncode == 0
    assert (folder / "runs/config/results.csv").read_bytes() == first


BAD = """\
import ctypes, os, sys, time
class Odd(Exception):
    def __init__(self, first, second):
        super().__init__(first)
        self.file = open(os.devnull)
def train(case):
    if case == "raise":
        raise Odd("odd", 2)
    if case == "exit":
        sys.exit(3)
    if case == "leave":
        print("no licence")
        os._exit(4)
    if case == "segfault":
        os.write(1, b"so far\\n")
        ctypes.string_at(0)
    if case == "talkative":
        for number in range(10_000):
            os.write(1, b"%d " % number + b"x" * 1000 + b"\\n")
        os._exit(5)
    if case == "sleep":
        print("waiting for data")
        time.sleep(60)
    if case == "chatty":
        for _ in range(1000):
            os.write(2, b"x" * 100_000 + b"\\n")
    answers = {"nan": float("nan"), "none": None, "text": {"score": "high"}, "other": {"loss": 1}}
    return answers.get(case, True)
"""


def test_whatever_a_function_does_costs_only_its_own_trial(folder: Path, real_hpsearch: Hpsearch) -> None:
    cases = ["raise", "exit", "leave", "segfault", "sleep", "talkative", "chatty", "nan", "none", "text"]
    cases += ["other", "fine"]
    space = "case: {choices: [" + ", ".join(cases) + "]}"
    search = "{trials: 12, sampler: grid}"
    write(
        folder,
        train_py=BAD,
        config_yaml=FUNCTION.format(more=", timeout: 4s", space=space, search=search),
    )
    ended = real_hpsearch("run", "config.yaml", "--workers", "2")
    assert ended.returncode == 0, ended.stderr
    found = {cases[result.trial]: result for result in results(folder)}
    assert {case: result.status for case, result in found.items()} == {
        **dict.fromkeys(["raise", "exit", "none", "text", "other"], "failed"),
        **dict.fromkeys(["leave", "segfault", "talkative"], "crashed"),
        **dict.fromkeys(["chatty", "fine"], "done"),
        "sleep": "timeout",
        "nan": "diverged",
    }
    assert found["raise"].reason == "Odd: odd (train.py:8)"
    assert found["raise"].output.splitlines()[-1] == "Odd: odd"
    assert "answers.py" not in found["none"].output
    assert "does it return its score?" in found["none"].reason
    assert found["other"].reason.startswith("no metric 'score': train returned loss;")
    assert found["segfault"].reason == "the worker process was killed by SIGSEGV"
    said = found["segfault"].output.splitlines()
    assert said[:2] == ["so far", "Fatal Python error: Segmentation fault"]
    assert said[-1].endswith('train.py", line 16 in train')
    assert (found["leave"].reason, found["leave"].output) == (
        "the worker process exited with status 4",
        "no licence",
    )
    assert found["sleep"].output == "waiting for data"
    said = found["talkative"].output.splitlines()
    assert [line.split()[0] for line in said] == [str(number) for number in range(9_980, 10_000)]
    assert not list((folder / "runs/config/checkpoints").glob(".*"))


@pytest.mark.parametrize(
    ("more", "space", "words"),
    [
        (
            "",
            "lrr: {choices: [1]}, width: {choices: [1]}",
            "config.yaml:2: space.lrr: is not taken by train; did",
        ),
        (
            "",
            "width: {choices: [1]}",
            "config.yaml:1: objective.function: train needs 'lr', which the space lacks",
        ),
        ("", "epochs: {choices: [1]}", "space.epochs: is what every trial is given"),
        (
            "",
            "weight-decay: {choices: [1]}",
            "must be a name of letters, digits and '_', such as weight_decay",
        ),
        (", dir: elsewhere", "lr: {choices: [1]}", "there is no file"),
    ],
)
def test_functions_are_checked_before_anything_runs(
    more: str, space: str, words: str, folder: Path, hpsearch: Hpsearch
) -> None:
    write(folder, train_py=TRAIN, config_yaml=FUNCTION.format(more=more, space=space, search="{trials: 2}"))
    for verb in ("check", "run"):
        ended = hpsearch(verb, "config.yaml")
        assert ended.returncode == 2
        assert words in ended.stderr
    assert not (folder / "runs").exists()


def test_a_function_without_epochs_is_trained_once(folder: Path, hpsearch: Hpsearch) -> None:
    write(
        folder,
        train_py="def train(lr):\n    return -lr\n",
        config_yaml=FUNCTION.format(
            more="", space="lr: {scale: log, low: 1e-3, high: 1}", search="{trials: 5}"
        ),
    )
    assert hpsearch("run", "config.yaml").returncode == 0
    assert [row["epochs"] for row in rows(folder)] == ["1"] * 5
    (folder / "train.py").unlink()  # a recorded run is read without the code
    assert "Best-1(score:" in hpsearch("show", "config", "--format", "text").stdout


# -- commands ----------------------------------------------------------------------------------------------

COMMAND = """\
objective:
  kind: command
  command: [sh, script.sh, "{case}", "{epochs}"]
  epochs: 1
  timeout: 4s
space:
  case: {choices: [CASES]}
search: {trials: 12, sampler: grid}
"""
#: What the sleeps of each test take, in seconds: other processes of the tests look for theirs at the same time.
HELD, LEFT, KEPT = (f"{seconds}.{os.getpid()}" for seconds in (61, 62, 63))
SCRIPT = """\
case $1 in
status) printf 'one\\ntwo\\n' >&2; exit 3;;
kill) kill -9 $$;;
nan) echo "score: nan";;
other) echo "loss: 3.5";;
json) echo "{oops" > "$HPSEARCH_RESULT";;
chatty) yes "no metric here, only words" | head -c 20000000; echo; echo "score=1e-1";;
sleep) sleep HELD & sleep HELD;;
left) sleep LEFT & echo "score: 0.2";;
file) echo '{"score": 0.75, "loss": 2}' > "$HPSEARCH_RESULT"; echo "score: 9";;
given) echo "score: $HPSEARCH_EPOCHS trial: $HPSEARCH_TRIAL random=$HPSEARCH_SEED"
       grep -q '{"case": "given"}' "$HPSEARCH_PARAMS" && test -d "$HPSEARCH_CHECKPOINT";;
quote\\;*) echo "score: 0.3";;
esac
""".replace("HELD", HELD).replace("LEFT", LEFT)


def running(*words: str) -> list[psutil.Process]:
    return [process for process in psutil.process_iter(["cmdline"]) if process.info["cmdline"] == [*words]]


def test_whatever_a_command_does_costs_only_its_own_trial(folder: Path, real_hpsearch: Hpsearch) -> None:
    cases = ["status", "kill", "nan", "other", "json", "chatty", "sleep", "left", "file", "given"]
    cases += ["quote; touch broken"]
    write(folder, script_sh=SCRIPT, config_yaml=COMMAND.replace("CASES", ", ".join(cases)))
    ended = real_hpsearch("run", "config.yaml", "--workers", "2")
    assert ended.returncode == 0, ended.stderr
    found = {cases[result.trial]: result for result in results(folder)}
    assert {case: result.status for case, result in found.items()} == {
        **dict.fromkeys(["status", "other", "json"], "failed"),
        "kill": "crashed",
        **dict.fromkeys(["chatty", "left", "file", "given", "quote; touch broken"], "done"),
        "sleep": "timeout",
        "nan": "diverged",
    }
    assert found["status"].reason == "the command ended with exit status 3: two"
    assert found["status"].output == "one\ntwo"
    assert found["kill"].reason == "the command was killed by SIGKILL"
    assert found["sleep"].reason == "ran longer than 4 s"
    assert found["file"].metrics == {"score": 0.75, "loss": 2.0}
    assert found["chatty"].metrics["score"] == 0.1
    assert (found["given"].metrics["score"], found["given"].metrics["trial"]) == (1.0, 9.0)
    assert found["json"].reason.startswith("the result file is not JSON")
    assert not (folder / "broken").exists()
    assert not running("sleep", HELD)
    assert not running("sleep", LEFT)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_commands_do_not_outlive_the_search(number: signal.Signals, folder: Path) -> None:
    hanging = f"trap : TERM; sleep {KEPT} & while :; do sleep {KEPT}; done"
    config = (
        f"objective: {{kind: command, command: [sh, -c, '{hanging}']}}\n"
        "space: {x: {choices: [1, 2]}}\n"
        "dispatch: {grace: 0.7s}\n"
    )
    write(folder, config_yaml=config)
    process = started(folder, "run", "config.yaml", "--workers", "2", stderr=DEVNULL)
    try:
        deadline = time.monotonic() + 20
        while len(running("sleep", KEPT)) < 4 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(running("sleep", KEPT)) == 4
        process.send_signal(number)
        process.wait(10)
    finally:
        process.kill()  # where it fails, no other test finds what is left of it
    deadline = time.monotonic() + 5
    while running("sleep", KEPT) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not running("sleep", KEPT)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (
            '[sh, script.sh, "{cas}"]',
            "config.yaml:1: objective.command[2]: has the unknown placeholder {cas}; did",
        ),
        ('[sh, script.sh, "{case.__class__}"]', "which is no placeholder"),
        ("python train.py", "must be a list of arguments"),
        ('["{case}"]', "must begin with the name of a program"),
        ("[no-such-program, x]", "the program 'no-such-program' is not on the search path"),
        ("[./script.sh]", "may not be executed; make it so with chmod +x"),
        ("[sh, scrip.sh]", "there is no file 'scrip.sh' in"),
    ],
)
def test_commands_are_checked_before_anything_runs(
    command: str, words: str, folder: Path, hpsearch: Hpsearch
) -> None:
    config = f"objective: {{kind: command, command: {command}}}\nspace: {{case: {{choices: [a, b]}}}}\n"
    write(folder, script_sh=SCRIPT, config_yaml=config)
    ended = hpsearch("run", "config.yaml")
    assert ended.returncode == 2
    assert words in ended.stderr
    assert not (folder / "runs").exists()


def test_epochs_among_the_placeholders_switch_halving_on(folder: Path, hpsearch: Hpsearch) -> None:
    config = """\
objective: {kind: command, command: [awk, 'BEGIN { print "loss: " ({x}-0.3)^2 + 1/{epochs} }'], epochs: 4}
space: {x: {scale: linear, low: 0, high: 1}}
search: {trials: 9, metric: loss, halving: {eta: 2}}
"""
    write(folder, config_yaml=config)
    ended = hpsearch("run", "config.yaml", "--json")
    assert json.loads(ended.stdout)["goal"] == "minimize"
    assert {result.epochs for result in results(folder)} == {1, 2, 4}


# -- dry run -----------------------------------------------------------------------------------------------


def test_a_dry_run_shows_the_commands_and_tries_one(folder: Path, hpsearch: Hpsearch) -> None:
    config = """\
objective: {kind: command, command: [sh, -c, 'echo "score: {x}, loss=2"', "a b", "{checkpoint}"]}
space: {x: {choices: [1, 2, 3]}}
search: {trials: 3, sampler: grid}
"""
    write(folder, config_yaml=config)
    ended = hpsearch("run", "config.yaml", "--dry-run")
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.splitlines()
    assert lines[0] == "the first 3 of 3 trials:"
    assert lines[1] == "0: sh -c 'echo \"score: 1, loss=2\"' 'a b' $HPSEARCH_CHECKPOINT"
    assert lines[-1].endswith(
        "score = 1, read from standard output; it ranks, goal: maximize; also recorded: loss = 2"
    )
    assert not (folder / "runs").exists()


def test_a_dry_run_shows_what_it_prints_as_it_comes(folder: Path) -> None:
    # It goes on when it was heard.
    script = "echo ready; while ! test -e go; do sleep 0.01; done; echo score: 1"
    objective = f"objective: {{kind: command, command: [sh, -c, '{script}', '{{x}}']}}"
    config = f"{objective}\nspace: {{x: {{choices: [1, 2]}}}}\n"
    write(folder, config_yaml=config)
    calls: list[str] = []

    def heard(chunk: bytes) -> None:
        assert len(calls) == 2  # those that are planned are told before
        if b"ready" in chunk:
            (folder / "go").touch()

    tried = dry_run(load_spec(folder / "config.yaml"), lambda _, planned: calls.extend(planned), heard)
    assert tried.result.metrics == {"score": 1}


def test_what_a_dry_run_prints_is_no_result(folder: Path, hpsearch: Hpsearch) -> None:
    config = """\
objective: {kind: command, command: [sh, -c, 'echo "score: {x}"; printf "half a line" >&2']}
space: {x: {choices: [1]}}
search: {trials: 1}
"""
    write(folder, config_yaml=config)
    ended = hpsearch("run", "config.yaml", "--dry-run", "--json")
    assert json.loads(ended.stdout)["tried"]["metrics"] == {"score": 1}
    assert ended.stderr.endswith("  score: 1\n  half a line\n")


def test_a_dry_run_that_fails_says_why(folder: Path, real_hpsearch: Hpsearch) -> None:
    write(
        folder,
        train_py="def train(lr):\n    print('so far')\n    return lr.shape\n",
        config_yaml=FUNCTION.format(more="", space="lr: {choices: [0.5]}", search="{trials: 1}"),
    )
    ended = real_hpsearch("run", "config.yaml", "--dry-run")
    assert ended.returncode == 1
    assert ended.stdout.splitlines()[1] == "0: train(lr=0.5)"
    assert "  so far\n" in ended.stderr
    assert (
        "trial 0: failed: AttributeError: 'float' object has no attribute 'shape' (train.py:3)"
        in ended.stderr
    )


def test_only_the_best_trials_own_folder_stays(folder: Path, hpsearch: Hpsearch) -> None:
    config = """\
objective: {kind: command, command: [sh, "{dir}/train.sh", "{x}"], workdir: trial}
space: {x: {choices: [1, 3, 2]}}
search: {sampler: grid, trials: 3}
"""
    write(folder, train_sh='echo "score: $1" | tee best', config_yaml=config)
    trials = folder / "runs/config/trials"
    for keep in ("best", "none", "all"):
        ended = hpsearch("run", "config.yaml", "--overwrite", "--set", f"objective.keep={keep}")
        assert ended.returncode == 0, ended.stderr
        kept = {"best": {rows(folder)[0]["trial"]}, "none": set(), "all": {"0", "1", "2"}}[keep]
        assert {path.parts[-3] for path in trials.glob("*/files/best")} == kept
    again = hpsearch("reproduce", "config", "0", "--keep", "again")
    assert "reproduced to the bit" in again.stdout, again.stderr
    assert again.stderr == "kept: again\n"
    said = (folder / "again/trials/0/output.log").read_text()
    assert said == (folder / "again/trials/0/files/best").read_text() == (trials / "0/output.log").read_text()
    assert "--keep again: is there already" in hpsearch("reproduce", "config", "0", "--keep", "again").stderr
    assert not (folder / "best").exists()
    assert (folder / "config.yaml").read_text() == config


def test_trials_of_one_folder_that_change_the_same_file_are_told(
    folder: Path, hpsearch: Hpsearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SharedFiles, "end", lambda *_: "ckpt/best")
    config = "objective: {kind: command, command: [echo, 'score: {x}']}\nspace: {x: {choices: [1]}}\n"
    write(folder, config_yaml=config)
    told = f"changed the same file, ckpt/best in {folder}: "
    assert told in hpsearch("run", "config.yaml").stderr
    alone = ("--set", "objective.workdir=trial", "--overwrite")
    assert told not in hpsearch("run", "config.yaml", *alone).stderr
