"""A first configuration for a function or a command of the user's own."""

from __future__ import annotations

import ast
import os
import shlex
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from hpsearch.actions.init.help import help_of, options_in
from hpsearch.actions.init.options import UNKNOWN, Option
from hpsearch.actions.init.ranges import KNOWN, Known, Left, left_lines, range_lines, ranked
from hpsearch.actions.init.source import answers_help, arguments, files_of, options_of
from hpsearch.actions.init.text import commented, path_from
from hpsearch.config.yaml.writer import scalar
from hpsearch.core.errors import InputError
from hpsearch.core.escaping import on_a_line
from hpsearch.core.goals import goal_of
from hpsearch.objectives.command.placeholders import GIVEN as GIVEN_COMMANDS
from hpsearch.objectives.command.placeholders import names_in
from hpsearch.objectives.command.program import absent_script, program_of
from hpsearch.objectives.command.script import printed_metric, returned_metric
from hpsearch.objectives.function.signature import GIVEN, Reference
from hpsearch.objectives.own import EPOCHS
from hpsearch.storage.endings import DATA

_RUNNERS = {".py": "python", ".sh": "sh", ".R": "Rscript", ".jl": "julia", ".pl": "perl", ".rb": "ruby"}
#: A longer file is no script that a person wrote.
_LONGEST = 1 << 20


def function_text(subject: str, output: Path) -> str:
    """The configuration for FILE:FUNCTION. Raises InputError where there is no such function."""
    here = Reference.parsed(subject, Path.cwd())
    here.signature()  # that there is such a function, and one that can be called
    source = here.source()
    options = [Option(name, default=value) for name, value in arguments(source, here.name)] if source else []
    entries, left = ranked(option for option in options if option.name not in GIVEN)
    reference = f"{path_from(output, here.path)}:{here.name}" if here.path else subject
    objective = ["objective:", "  kind: python", f"  function: {scalar(reference)}"]
    if not here.is_file:
        objective.append(f"  dir: {scalar(path_from(output, Path.cwd()) or '.')}")
    metric = returned_metric(ast.parse(source.read_bytes()), here.name) if source else None
    return _own(objective, entries, left, epochs=_epochs(options), metric=metric)


def command_text(subject: str, output: Path) -> str:
    """The configuration for a command line. Raises InputError where it cannot be run."""
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
    options = [Option(name) for name in asked] if asked else _options(words)
    known = {option.name: option for option in options}
    entries, left = ranked(option for option in options if not asked or option.name not in GIVEN_COMMANDS)
    guessed = []
    if not entries:
        entries, known = [KNOWN[0]], {**known, "lr": Option.called("--lr")}
        shown = on_a_line(f"{subject} {{lr}}")
        guessed = [f"  # No option was found, so --lr is a guess; to show the place of a value: {shown}"]
    epochs = _epochs(options)
    if not asked:
        wanted = [entry.name for entry in entries] + ["epochs"] * bool(epochs)
        words += [word for name in wanted for word in _told(known[name])]
    objective = ["objective:", "  kind: command", *guessed, f"  command: [{', '.join(map(scalar, words))}]"]
    folder = path_from(output, Path.cwd())
    if folder != ".":
        objective.append(f"  dir: {scalar(folder)}")
    return _own(objective, entries, left, epochs=epochs, metric=_printed(words))


def _options(words: Sequence[str]) -> list[Option]:
    """Those that the source declares, whose defaults are the surer ones, and those that the program tells of."""
    found = {option.name: option for option in options_of(words)}
    if answers_help(words):
        for told in options_in(help_of(words)):
            known = found.get(told.name)
            switched = any(f"{no}{told.name}" in found for no in ("no", "no_"))
            if known is None and told.spelled not in words and not switched:
                found[told.name] = told
            elif known and known.default is UNKNOWN:
                found[told.name] = replace(known, default=told.default, choices=known.choices or told.choices)
    return list(found.values())


def _told(option: Option) -> tuple[str, ...]:
    """How the command line gives an option its value."""
    if option.flag:
        return (f"{{{option.name}:+{option.spelled}}}",)
    return (option.spelled, f"{{{option.name}}}")


def _refuse_file(words: Sequence[str]) -> None:
    """Raise InputError for a lone file that is no program."""
    path = Path(words[0])
    if len(words) == 1 and path.suffix and path.is_file() and not os.access(path, os.X_OK):
        runner = _RUNNERS.get(path.suffix, "PROGRAM")
        function = f", or name a function in it: {path}:FUNCTION" if path.suffix == ".py" else ""
        raise InputError(f'{path}: give the command that runs it, such as "{runner} {path}"{function}')


def _printed(words: Sequence[str]) -> str | None:
    """The metric that a command, or the script among its words, seems to print."""
    for source in (*map(_source, [*words, *map(str, files_of(words))]), " ".join(words)):
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


def _epochs(options: Sequence[Option]) -> int | None:
    """What a full training is: the default that the code has, if it takes epochs."""
    given = [option.default for option in options if option.name == "epochs"]
    if not given:
        return None
    return given[0] if isinstance(given[0], int) and given[0] > 0 else EPOCHS


def _own(
    objective: list[str],
    entries: Sequence[Known],
    left: Sequence[Left],
    *,
    epochs: int | None,
    metric: str | None,
) -> str:
    why = "found in the source" if metric else "the name that your code prints or returns"
    if epochs:
        objective.append(f"  epochs: {epochs:<18}# of a full training; most trials are stopped earlier")
    entries = entries or [
        Known("x", (), "{scale: linear, low: 0, high: 1}", "adapt: the function names none")
    ]
    metric = metric or "score"
    goal = [] if goal_of(metric) else [f"  goal: {'':20}# maximize or minimize: the name does not tell which"]
    return commented(
        [
            *objective,
            "",
            "space:                      # what is searched, the most important first; check every range",
            *range_lines(entries),
            *left_lines(left),
            "",
            "search:",
            "  trials: 40",
            f"  metric: {scalar(metric):18}# {why}; --dry-run shows what it read",
            *goal,
        ]
    )
