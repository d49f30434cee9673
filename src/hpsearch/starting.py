"""A first configuration for the data, function or command that a person has: commented, and ready to run."""

from __future__ import annotations

import ast
import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from hpsearch.config.own import EPOCHS
from hpsearch.datasets import DatasetSpec, load
from hpsearch.display import on_a_line
from hpsearch.errors import InputError
from hpsearch.material import absent_script
from hpsearch.objectives.command import program_of
from hpsearch.objectives.placeholders import GIVEN as GIVEN_COMMANDS
from hpsearch.objectives.placeholders import names_in
from hpsearch.objectives.script import printed_metric, returned_metric
from hpsearch.objectives.signature import GIVEN, UNREADABLE, Reference

TABLES = (".csv", ".parquet")
DATA = (*TABLES, ".npz")


@dataclass(frozen=True, slots=True)
class Known:
    """A hyperparameter that has a name in the field: what it is also called, and a range to start from."""

    name: str
    aliases: tuple[str, ...]
    range: str
    why: str


#: In the order of importance: what to search first.
KNOWN = (
    Known("lr", ("learning_rate", "eta", "alpha"), "{scale: log, low: 1e-4, high: 1}", "matters most"),
    Known("momentum", ("beta",), "{scale: one_minus_log, low: 0.9, high: 0.999}", "then these three"),
    Known(
        "hidden_units", ("hidden", "hidden_size", "units", "width", "n_hidden"),
        "{scale: log, type: int, low: 16, high: 256}", "",
    ),
    Known("batch_size", ("batch", "bs"), "{choices: [16, 32, 64, 128]}", ""),
    Known(
        "hidden_layers", ("layers", "num_layers", "n_layers", "depth"),
        "{scale: linear, type: int, low: 1, high: 4}", "then these",
    ),
    Known("lr_decay", ("decay", "gamma"), "{scale: one_minus_log, low: 0.9, high: 0.9999}", ""),
    Known("weight_decay", ("wd", "l2"), "{scale: log, low: 1e-8, high: 1e-2}", ""),
    Known("dropout", ("drop", "p"), "{scale: linear, low: 0, high: 0.6}", ""),
    Known("beta1", (), "{scale: one_minus_log, low: 0.8, high: 0.99}", "seldom worth it"),
    Known("beta2", (), "{scale: one_minus_log, low: 0.9, high: 0.9999}", ""),
    Known("epsilon", ("eps",), "{scale: log, low: 1e-10, high: 1e-4}", ""),
)  # fmt: skip
_NETWORK = ("lr", "momentum", "hidden_units", "batch_size", "hidden_layers", "weight_decay")
_ADAM = ("beta1", "beta2", "epsilon")


#: Options whose names hold one of these words change nothing that is learned.
_IDLE = {
    "workers", "jobs", "threads", "log", "interval", "every", "freq", "print", "verbose", "save", "device", "gpu",
    "gpus", "cuda", "port", "rank", "world",
}  # fmt: skip
_RUNNERS = {".py": "python", ".sh": "sh", ".R": "Rscript", ".jl": "julia", ".pl": "perl", ".rb": "ruby"}
#: A longer file is no script that a person wrote.
_LONGEST = 1 << 20


class Choices(tuple[str, ...]):
    """The words that an option allows."""

    __slots__ = ()


def starting_config(subject: str | None, target: str | None, output: Path) -> str:
    """The YAML text of a first configuration.

    Args:
        subject: a data file, FILE:FUNCTION, or a command line; None for the built-in digits.
        target: the column of a table to predict.
        output: where the text will be; paths in it start there.

    Raises:
        InputError: the data or the function cannot be used, or `target` goes with no table.
    """
    path = Path(subject) if subject else None
    if target is not None and (path is None or path.suffix.lower() not in TABLES):
        raise InputError(f"--target {target}: names a column of a table (.csv, .parquet); leave it out")
    if subject is None:
        return _network("digits", "the handwritten digits of UCI, which are built in")
    if path is not None and path.suffix.lower() in DATA:
        return _data(path, target, output)
    if " " not in subject and ":" in subject:
        return _function(subject, output)
    return _command(subject, output)


# -- the built-in network ----------------------------------------------------------------------------------


def _data(path: Path, target: str | None, output: Path) -> str:
    raw = load(DatasetSpec(str(path), target=target))
    raw = raw.encoded(np.arange(len(raw.y)))
    classes = f"{len(raw.classes)} classes ({_listed(raw.classes)})" if raw.classes else "numbers to predict"
    source = {"source": _from(output, path)}
    if raw.encoding is not None:
        source["target"] = raw.encoding["target"]
    if not raw.classes:
        source["task"] = "regression"
    facts = (f"{len(raw.y)} rows, {classes}", *raw.facts, *raw.notes)
    return _network(_flow(source), *facts, regression=not raw.classes)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")


def _network(dataset: str, *facts: str, regression: bool = False) -> str:
    known = {entry.name: entry for entry in KNOWN}
    head = [f"# {fact}" for fact in facts]
    adam = [f"#  {known[name].name}: {known[name].range}" for name in _ADAM]
    return _text(
        [
            *head,
            "objective:",
            "  kind: mlp                 # the built-in network",
            f"  dataset: {dataset}",
            *(["  loss: mse                 # or mae, which far values move less"] if regression else []),
            "  hidden: [64, 64]          # units of each hidden layer, unless the space has them",
            "  optimizer: momentum       # sgd, momentum, nesterov, adam",
            "  epochs: 27                # of a full training; most trials are stopped earlier",
            "",
            "space:                      # what is searched, the most important first",
            *_lines([known[name] for name in _NETWORK]),
            "  # With optimizer: adam in place of momentum:",
            *adam,
            "",
            "search:",
            "  trials: 60",
            f"  metric: {'val_r2' if regression else 'val_acc'}",
        ]
    )


def _lines(entries: Sequence[Known]) -> list[str]:
    width = max(len(entry.name) for entry in entries) + 1
    return [
        f"  {entry.name + ':':{width}} {entry.range}{'   # ' + entry.why if entry.why else ''}"
        for entry in entries
    ]


# -- the user's own code -----------------------------------------------------------------------------------


def _function(subject: str, output: Path) -> str:
    here = Reference.parsed(subject, Path.cwd())
    here.signature()  # that there is such a function, and one that can be called
    source = here.source()
    found = dict(_arguments(source, here.name)) if source else {}
    entries = _ranked({name: value for name, value in found.items() if name not in GIVEN})
    reference = f"{_from(output, here.path)}:{here.name}" if here.path else subject
    objective = ["objective:", "  kind: python", f"  function: {_scalar(reference)}"]
    if not here.is_file:
        objective.append(f"  dir: {_scalar(_from(output, Path.cwd()) or '.')}")
    metric = returned_metric(ast.parse(source.read_bytes()), here.name) if source else None
    return _own(objective, entries, epochs=_epochs(found), metric=metric)


def _command(subject: str, output: Path) -> str:
    try:
        words = shlex.split(subject)
    except ValueError:
        raise InputError(f"{subject}: a quotation mark is not closed; close it, as in a shell") from None
    if not words:
        raise InputError("the command is empty; give a data file, FILE:FUNCTION or a command")
    _refuse_file(words)
    program_of(words[0], Path())
    if message := absent_script(words, Path()):
        raise InputError(message)
    asked = dict.fromkeys(name for word in words for name in names_in(word))
    options = {name: ... for name in asked if name not in GIVEN_COMMANDS} if asked else _options(words)
    spelled = {option.lstrip("-").replace("-", "_"): option for option in options}
    entries = _ranked({name: options[option] for name, option in spelled.items()})
    guessed = []
    if not entries:
        entries, spelled = [KNOWN[0]], {"lr": "--lr"}
        shown = on_a_line(f"{subject} {{lr}}")
        guessed = [f"  # No option was found, so --lr is a guess; to show the place of a value: {shown}"]
    epochs = _epochs(dict.fromkeys(asked, ...) if asked else options)
    if not asked:
        wanted = [entry.name for entry in entries] + ["epochs"] * bool(epochs)
        words += [word for name in wanted for word in (spelled[name], f"{{{name}}}")]
    objective = ["objective:", "  kind: command", *guessed, f"  command: [{', '.join(map(_scalar, words))}]"]
    folder = _from(output, Path.cwd())
    if folder != ".":
        objective.append(f"  dir: {_scalar(folder)}")
    return _own(objective, entries, epochs=epochs, metric=_printed(words))


def _refuse_file(words: Sequence[str]) -> None:
    """Raise InputError for a lone file that is no program."""
    path = Path(words[0])
    if len(words) == 1 and path.suffix and path.is_file() and not os.access(path, os.X_OK):
        runner = _RUNNERS.get(path.suffix, "PROGRAM")
        function = f", or name a function in it: {path}:FUNCTION" if path.suffix == ".py" else ""
        raise InputError(f'{path}: give the command that runs it, such as "{runner} {path}"{function}')


def _printed(words: Sequence[str]) -> str | None:
    """The metric that a command, or the script among its words, seems to print."""
    for source in (*map(_source, words), " ".join(words)):
        if metric := printed_metric(source):
            return metric
    return None


def _source(word: str) -> str:
    """The text of the script that a word names; empty for any other."""
    path = Path(word)
    with suppress(OSError, ValueError):  # no file, or no text
        if path.suffix and path.suffix not in DATA and path.stat().st_size < _LONGEST:
            return path.read_text("utf-8")
    return ""


def _epochs(found: Mapping[str, Any]) -> int | None:
    """What a full training is: the default that the code has, if it takes epochs."""
    given = [value for name, value in found.items() if name.lstrip("-") == "epochs"]
    if not given:
        return None
    return given[0] if isinstance(given[0], int) and given[0] > 0 else EPOCHS


def _own(objective: list[str], entries: Sequence[Known], *, epochs: int | None, metric: str | None) -> str:
    why = "found in the source" if metric else "the name that your code prints or returns"
    if epochs:
        objective.append(f"  epochs: {epochs:<18}# of a full training; most trials are stopped earlier")
    entries = entries or [
        Known("x", (), "{scale: linear, low: 0, high: 1}", "adapt: the function names none")
    ]
    return _text(
        [
            *objective,
            "",
            "space:                      # what is searched, the most important first; check every range",
            *_lines(entries),
            "",
            "search:",
            "  trials: 40",
            f"  metric: {_scalar(metric or 'score'):18}# {why}; --dry-run shows what it read",
        ]
    )


def _ranked(found: Mapping[str, Any]) -> list[Known]:
    """A range for each name, those that are known first, in the order of importance."""
    ranked = [
        Known(name, (), known.range, known.why) for known in KNOWN for name in (known.name, *known.aliases)
        if name in found
    ]  # fmt: skip
    done = {entry.name for entry in ranked} | {"epochs", "seed", "checkpoint"}
    guessed = [
        Known(name, (), guess, "a guess")
        for name in found
        if name not in done and not _IDLE.intersection(name.split("_")) and (guess := _guess(found[name]))
    ]
    return [*ranked, *guessed]


def _guess(default: Any) -> str:
    """A range around the default of an argument; empty for what is no number."""
    if isinstance(default, bool):
        return "{choices: [true, false]}"
    if isinstance(default, Choices):
        return f"{{choices: [{', '.join(map(_scalar, default))}]}}"
    if isinstance(default, int) and default > 0:
        return f"{{scale: log, type: int, low: {max(1, default // 4)}, high: {default * 4}}}"
    if isinstance(default, float) and default > 0:
        return f"{{scale: log, low: {default / 10:.3g}, high: {default * 10:.3g}}}"
    return "{scale: linear, low: 0, high: 1}" if default is ... else ""


def _arguments(source: Path, name: str) -> Iterator[tuple[str, Any]]:
    """The arguments of a function and their defaults; `...` where there is none."""
    tree = ast.parse(source.read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            taken = node.args
            defaults: list[ast.expr | None] = [None] * (len(taken.args) - len(taken.defaults))
            for argument, default in zip(taken.args, [*defaults, *taken.defaults], strict=True):
                yield argument.arg, _literal(default)
            for argument, default in zip(taken.kwonlyargs, taken.kw_defaults, strict=True):
                yield argument.arg, _literal(default)
            return


def _options(words: Sequence[str]) -> dict[str, Any]:
    """The options that a Python script declares with argparse, and their defaults."""
    scripts = [Path(word) for word in words if word.endswith(".py") and Path(word).is_file()]
    if not scripts:
        return {}
    try:
        tree = ast.parse(scripts[0].read_bytes())
    except UNREADABLE as error:
        raise InputError(f"{scripts[0]} is not Python: {str(error) or 'it nests too deep'}") from None
    return {
        option: _default(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "add_argument"
        for option in [_long(node)]
        if option and option not in words
    }


def _long(call: ast.Call) -> str:
    texts = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    return next((text for text in texts if text.startswith("--")), "")


def _default(call: ast.Call) -> Any:
    if any(word.arg == "action" for word in call.keywords):
        return None  # a flag takes no value
    given = {word.arg: _literal(word.value) for word in call.keywords}
    choices = given.get("choices")
    if isinstance(choices, list | tuple) and all(isinstance(choice, str) for choice in choices):
        return Choices(choices)
    return given.get("default")


def _literal(node: ast.expr | None) -> Any:
    if node is None:
        return ...
    try:
        return ast.literal_eval(node)
    except (*UNREADABLE, TypeError):
        return None


# -- text --------------------------------------------------------------------------------------------------


def _from(output: Path, path: Path | None) -> str:
    return os.path.relpath(path or Path.cwd(), output.absolute().parent)


def _scalar(text: str) -> str:
    """A text as YAML that may stand in a list."""
    plain = yaml.safe_dump([text], default_flow_style=True, width=10_000).strip()
    return plain[1:-1]


def _flow(mapping: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {_scalar(value)}" for key, value in mapping.items()) + "}"


def _text(lines: Sequence[str]) -> str:
    return "\n".join(["# A start; every line may be changed. Its settings: docs/yaml.md", *lines]) + "\n"
