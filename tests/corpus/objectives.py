"""What is trained: the built-in network, functions and commands."""

from __future__ import annotations

from collections.abc import Mapping

from tests.corpus.case import GOOD, NOTHING, Case, Content, edit, fine, text

_MLP = "{kind: mlp, dataset: digits, hidden: [16], batch_size: 64, epochs: 4}"
_SPACE = "space: {lr: {scale: log, low: 0.001, high: 1}}\nsearch: {trials: 2, round_size: 2}\n"
_TRAIN = "def train(lr):\n    return lr\n"
_SPY = "from pathlib import Path\nPath('pwned').touch()\ndef train(lr):\n    return lr\n"


def _mlp(given: str, *says: str) -> Case:
    return edit(_MLP, f"{{kind: mlp, dataset: digits, {given}}}", "config.yaml:2: objective", *says)


def _own(objective: str, *says: str, files: Mapping[str, Content] = NOTHING) -> Case:
    return text(f"objective: {objective}\n{_SPACE}", *says, files=files)


def _function(function: str, *says: str, code: str = _TRAIN) -> Case:
    return _own(
        f"{{kind: python, function: {function}}}",
        "config.yaml:1: objective.function",
        *says,
        files={"train.py": code},
    )


def _command(command: str, *says: str) -> Case:
    return _own(f"{{kind: command, command: {command}}}", "config.yaml:1: objective.command", *says)


def _ran(
    command: str, *says: str, status: int = 0, choices: str = "[1, 2]", writes: tuple[str, ...] = ("runs",)
) -> Case:
    """A search that is really run, by a command."""
    config = (
        f"name: own\nobjective: {{kind: command, command: {command}}}\nspace: {{x: {{choices: {choices}}}}}\n"
        "search: {sampler: grid, trials: 2, round_size: 2}\ndispatch: {executor: serial}\n"
    )
    return Case(says, ("run", "config.yaml"), {"config.yaml": config}, status=status, writes=writes)


CASES: dict[str, Case] = {
    # -- the built-in network
    "no objective": edit(f"objective: {_MLP}\n", "", "config.yaml", "objective", "is missing"),
    "a word as objective": edit(_MLP, "mlp", "config.yaml:2: objective", "must be a mapping", "(got 'mlp')"),
    "no kind": edit("kind: mlp, ", "", "config.yaml:2: objective.kind: is missing"),
    "an unknown kind": edit("kind: mlp", "kind: mpl", "config.yaml:2", "mlp, python", "did you mean 'mlp'?"),
    "an unknown key": _mlp("epoch: 4", ".epoch: unknown key", "did you mean 'epochs'?"),
    "an unknown optimizer": _mlp("optimizer: adm", ".optimizer", "(got 'adm')", "did you mean 'adam'?"),
    "layers of nothing": _mlp("hidden: []", ".hidden", "at least 1 entry"),
    "a layer of nothing": _mlp("hidden: [0]", ".hidden[0]", "must be at least 1 (got 0)"),
    "layers beyond memory": _mlp("hidden: [16384, 16384]", ".hidden", "MB", "raise dispatch.memory"),
    "layers beyond 64 bits": _mlp("hidden: [99999999999999999999]", ".hidden[0]", "too large"),
    "a layer of a million": _mlp("hidden: [1000000]", ".hidden[0]", "must be at most 16384"),
    "layers in quotes": _mlp("hidden: '64, 64'", ".hidden", "must be a list"),
    "a batch of nothing": _mlp("batch_size: 0", ".batch_size", "(got 0)"),
    "a batch beyond the data": _mlp("batch_size: 9223372036854775807", ".batch_size", "at most"),
    "epochs beyond 64 bits": _mlp("epochs: 1e30", ".epochs", "must be at most 1000000"),
    "a dropout of everything": _mlp("dropout: 1", ".dropout", "must be below 1 (got 1)"),
    "an lr of nothing": _mlp("lr: 0", ".lr", "must be above 0 (got 0)"),
    "an unknown data set": edit(
        "dataset: digits", "dataset: digit", "config.yaml:2", "did you mean 'digits'?"
    ),
    "a split of more than all": edit(
        "dataset: digits",
        "dataset: {source: digits, split: [0.8, 0.3]}",
        "config.yaml:2: objective.dataset.split",
        "must add up to 1, not 1.1",
    ),
    "a limit of one row": edit(
        "dataset: digits", "dataset: {source: digits, limit: 1}", "config.yaml:2", "rows"
    ),
    "pictures of a table": _mlp("augment: {shift: -1}", ".augment.shift", "(got -1)"),
    # -- functions
    "no function": _own("{kind: python}", "objective.function: is missing", "train.py:train"),
    "a function without its file": _function("train", "FILE:FUNCTION", "(got 'train')"),
    "no such file": _function("tain.py:train", "there is no file", "did you mean 'train.py'?"),
    "no such function": _function("train.py:tain", "defines no 'tain'", "did you mean 'train'?"),
    "no such module": _function("tain.model:train", "there is no module 'tain'"),
    "a file that is no Python": _function("train.py:train", "train.py is not Python", code="def train(:\n"),
    "a function of nulls": _function(
        "train.py:train", "train.py is not Python", code="def train\0(lr):\n  return 1\n"
    ),
    "a function that nests without end": _function(
        "train.py:train", "is not Python", code="x = " + "(" * 5000 + ")" * 5000
    ),
    "a function with a very long sum": _function(
        "train.py:train", "is not Python", code="x = " + "-" * 200_000 + "1\n" + _TRAIN
    ),
    "an async function": _function("train.py:train", "async", code="async def train(lr):\n    return lr\n"),
    "a function that lacks the parameter": _own(
        "{kind: python, function: train.py:train}",
        "config.yaml:2: space.lr",
        "is not taken by train",
        "it takes rate",
        files={"train.py": "def train(rate=1):\n    return 1\n"},
    ),
    "a function that wants more": _function(
        "train.py:train", "needs 'depth'", code="def train(lr, depth):\n    return 1\n"
    ),
    "a function that is a class's attribute": _function("train.py:os.system", "FILE:FUNCTION"),
    "a function of Python itself": _function("builtins:eval", "builtins"),
    "a check runs no code": _own(
        "{kind: python, function: train.py:tain}", "did you mean 'train'?", files={"train.py": _SPY}
    ),
    # -- commands
    "no command": _own("{kind: command}", "objective.command: is missing"),
    "a shell line": _command(
        "'python train.py --lr {lr}; rm -rf /'", "must be a list of arguments", "never a shell line"
    ),
    "an empty command": _command("[]", "must be a list of arguments"),
    "a program that is not there": _command("[trainer, '{lr}']", "'trainer' is not on the search path"),
    "a program that may not run": _own(
        "{kind: command, command: [./train.sh]}",
        "config.yaml:1: objective.command[0]",
        "may not be executed",
        "chmod +x",
        files={"train.sh": "echo 1\n"},
    ),
    "a folder as program": _command("[./, '{lr}']", "is no file"),
    "a script that is not there": _command("[python, train.py]", "there is no file 'train.py'"),
    "an unknown placeholder": _command(
        "[echo, '{lrr}']", "objective.command[1]", "{lrr}", "did you mean 'lr'?"
    ),
    "a placeholder with an attribute": _command(
        "[echo, '{lr.__class__}']", "{lr.__class__}", "only {name} is replaced"
    ),
    "a placeholder of all that is": _command(
        "[echo, '{lr.__init__.__globals__[os].environ}']", "only {name} is replaced"
    ),
    "a placeholder with an index": _command("[echo, '{lr[0]}']", "{lr[0]}", "only {name} is replaced"),
    "a placeholder with a conversion": _command("[echo, '{lr!r}']", "{lr!r}", "only {name} is replaced"),
    "a placeholder with a width": _command("[echo, '{lr:>999999999}']", "only {name} is replaced"),
    "a program that is searched": _command("['{lr}']", "the name of a program"),
    "a NUL in an argument": _command('[echo, "a\\0b"]', "null character"),
    "arguments without quotes": _command("[echo, {lr}]", "put quotes around '{lr}'"),
    "a folder that is not there": _own(
        "{kind: command, command: [echo, 'score: 1'], dir: nowhere}",
        "config.yaml:1: objective.dir",
        "nowhere",
    ),
    "twenty thousand unknown placeholders": _command(
        "[echo, " + ", ".join(f"'{{l{index}}}'" for index in range(20_000)) + "]", "more problems"
    ),
    # -- commands that run, and what they print
    "a command that fails in colour": _ran(
        r"""[sh, -c, "printf '\\033[31mred\\033]0;title\\007' >&2; exit 3"]""",
        "exit status 3: \\x1b[31mred\\x1b]0;title\\x07",
        status=1,
    ),
    "a command that prints C1 controls": _ran(
        "[sh, -c, \"printf '\\\\302\\\\2332J\\\\342\\\\200\\\\256txt' >&2; exit 3\"]",
        "\\x9b2J",
        "\\u202etxt",
        status=1,
    ),
    "a command that prints no metric": _ran("[echo, hello]", "no metric 'score'", "search.metric", status=1),
    "a command whose result is no JSON": _ran(
        "[sh, -c, 'echo no >$HPSEARCH_RESULT']", "the result file is not JSON", status=1
    ),
    "a command whose result nests": _ran(
        '[python, -c, \'import os; open(os.environ["HPSEARCH_RESULT"], "w").write("[" * 100000)\']',
        "the result file is no set of metrics: it nests too deep",
        status=1,
    ),
    "a command whose result is endless": _ran(
        "[sh, -c, 'ln -s /dev/zero $HPSEARCH_RESULT']", "the result file", "device or pipe", status=1
    ),
    "a command whose result is a FIFO": _ran(
        "[sh, -c, 'mkfifo $HPSEARCH_RESULT']", "the result file", "device or pipe", status=1
    ),
    "a command that prints one long number": _ran(
        '[python, -c, \'print("score=" + "1" * 60000 + "z")\']', "all 2 trials failed", status=1
    ),
    "a command with terminal codes as metric": _ran(
        r"""[sh, -c, "printf '{\"\\\\u001b[31mred\":1}' >$HPSEARCH_RESULT"]""",
        "printed \\x1b[31mred",
        status=1,
    ),
    "a metric beyond floats": _ran("[echo, 'score: 1e999']", "score is inf", status=1),
    # -- right, though it looks odd
    "fine: shell characters are plain text": _ran(
        '[python, -c, \'import sys; print("score:", int(sys.argv[1] in ("$(touch pwned)", "; touch pwned #")))\', \'{x}\']',
        "Best-1(score:1)",
        "Best-2(score:1)",
        choices='["$(touch pwned)", "; touch pwned #"]',
    ),
    "fine: braces around anything but a name": fine(
        f"objective: {{kind: command, command: [echo, '{{}} {{0}} {{ print $1 }} {{{{lr}}}}']}}\n{_SPACE}",
        "fine",
    ),
    "fine: a function in a folder": fine(
        f"objective: {{kind: python, function: deep/train.py:train}}\n{_SPACE}",
        "fine",
        files={"deep/train.py": _TRAIN},
    ),
    "fine: a check runs no code": fine(
        f"objective: {{kind: python, function: train.py:train}}\n{_SPACE}", "fine", files={"train.py": _SPY}
    ),
    "fine: numbers as arguments": fine(
        f"objective: {{kind: command, command: [echo, 1, 0.5]}}\n{_SPACE}", "fine"
    ),
}
assert _MLP in GOOD
