"""A first configuration for a function or a command of the user's own."""

from __future__ import annotations

import ast
import os
import shlex
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from hpsearch.actions.init.help import help_of, options_in
from hpsearch.actions.init.metrics import returned_metric, told_metric
from hpsearch.actions.init.options import UNKNOWN, Option
from hpsearch.actions.init.ranges import (
    KNOWN,
    Known,
    Left,
    epochs_among,
    is_seed,
    left_lines,
    range_lines,
    ranked,
)
from hpsearch.actions.init.settings import settings_of
from hpsearch.actions.init.shown import shown
from hpsearch.actions.init.source import answers_help, arguments, files_of, options_of
from hpsearch.actions.init.text import commented, path_from
from hpsearch.config.yaml.writer import scalar
from hpsearch.core.errors import InputError
from hpsearch.core.escaping import on_a_line
from hpsearch.core.goals import goal_of
from hpsearch.objectives.command.placeholders import GIVEN as GIVEN_COMMANDS
from hpsearch.objectives.command.placeholders import names_in
from hpsearch.objectives.command.program import absent_script, program_of
from hpsearch.objectives.function.signature import GIVEN, Reference
from hpsearch.objectives.own import EPOCHS
from hpsearch.storage.endings import DATA, RUNNERS, ending

if TYPE_CHECKING:
    from hpsearch.actions.init.trying import Seen, Trying

_SETTINGS = (".yaml", ".yml", ".json", ".toml")
#: A longer file is no script that a person wrote.
_LONGEST = 1 << 20


def function_text(subject: str, output: Path) -> str:
    """The configuration for FILE:FUNCTION. Raises InputError where there is no such function."""
    here = Reference.parsed(subject, Path.cwd())
    here.signature()  # that there is such a function, and one that can be called
    source = here.source()
    options = [Option(name, default=value) for name, value in arguments(source, here.name)] if source else []
    entries, left = ranked(option for option in options if option.name not in (*GIVEN, "epochs"))
    reference = f"{path_from(output, here.path)}:{here.name}" if here.path else subject
    objective = ["objective:", "  kind: python", f"  function: {scalar(reference)}"]
    if not here.is_file:
        objective.append(f"  dir: {scalar(path_from(output, Path.cwd()) or '.')}")
    metric = returned_metric(ast.parse(source.read_bytes()), here.name) if source else None
    epochs = next((option for option in options if option.name == "epochs"), None)
    return _own(objective, entries, left, epochs=_length(epochs) if epochs else None, metric=metric)


def command_text(subject: str, output: Path, trying: Trying | None = None) -> tuple[str, Seen | None]:
    """The configuration for a command line, and what running it showed, if it is tried.

    Raises:
        InputError: it cannot be run.
    """
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
    draft = _Draft.of(words, subject)
    if trying is None:
        return draft.text(output), None
    from hpsearch.actions.init.trying import tried

    seen = tried(draft.dry_run, trying)
    if seen.counted_by:
        draft = replace(draft, counted_by=seen.counted_by)
    return draft.text(output, seen), seen


class _Draft(Struct, frozen=True):
    """The configuration of a command, as far as its source and its help tell.

    Attributes:
        words: the command line.
        subject: the same as it was given.
        options: what it takes; those that stand in it by their placeholders if there are any, which is `asked`.
        counted_by: the name of the option that says for how many epochs to train, where that is no usual one.
        places: of the options that it has no other source for, where their words stand.
    """

    words: tuple[str, ...]
    subject: str
    options: tuple[Option, ...]
    asked: bool
    counted_by: str = ""
    places: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, words: Sequence[str], subject: str) -> _Draft:
        """The draft for a command line."""
        asked = dict.fromkeys(name for word in words for name in names_in(word))
        options = [Option(name) for name in asked] if asked else _options(words)
        given = {} if options else {option.name: (option, places) for option, places in shown(words)}
        options += [option for option, _ in given.values()]
        places = {name: places for name, (_, places) in given.items()}
        return cls(tuple(words), subject, tuple(options), bool(asked), places=places)

    def dry_run(self, output: Path) -> str:
        """The text to try it with: by any metric, and with a seed if it takes one."""
        return self._text(output, "score", seeded=True)

    def text(self, output: Path, seen: Seen | None = None) -> str:
        """The text of the configuration for the file `output`, with what running it has shown."""
        metric = seen.metric.name if seen and seen.metric else _printed(self.words)
        return self._text(output, metric, seeded=bool(seen and seen.seeded), seen=seen)

    def _text(self, output: Path, metric: str | None, *, seeded: bool, seen: Seen | None = None) -> str:
        epochs = self._epochs()
        entries, left = ranked(self._searched(epochs))
        left = [one for one in left if not (seeded and is_seed(one.option))]
        guessed: list[str] = []
        if not entries:
            entries = [KNOWN[0]]
            placed = on_a_line(f"{self.subject} {{lr}}")
            guessed = [f"  # No option was found, so --lr is a guess; to show the place of a value: {placed}"]
            guessed += _of_settings(self.words, output)
        words = self._command(entries, epochs, seeded=seeded)
        objective = [
            "objective:",
            "  kind: command",
            *guessed,
            f"  command: [{', '.join(map(scalar, words))}]",
        ]
        folder = path_from(output, Path.cwd())
        if folder != ".":
            objective.append(f"  dir: {scalar(folder)}")
        shown_lines = _shown(seen, takes_epochs=epochs is not None) if seen else []
        length = _length(epochs) if epochs else None
        return _own(
            [*objective, *shown_lines],
            entries,
            left,
            epochs=length,
            metric=metric,
            tried=bool(seen and seen.metric),
        )

    def _epochs(self) -> Option | None:
        if self.asked:
            return next((option for option in self.options if option.name == "epochs"), None)
        named = next((option for option in self.options if option.name == self.counted_by), None)
        return named or epochs_among(self.options)

    def _searched(self, epochs: Option | None) -> list[Option]:
        given = GIVEN_COMMANDS if self.asked else ()
        return [option for option in self.options if option != epochs and option.name not in given]

    def _command(self, entries: Sequence[Known], epochs: Option | None, *, seeded: bool) -> list[str]:
        if self.asked:
            return list(self.words)
        known = {"lr": Option.called("--lr"), **{option.name: option for option in self.options}}
        told = [word for entry in entries for word in known[entry.name].told()]
        told += epochs.told("epochs") if epochs else ()
        seed = next((option for option in self.options if is_seed(option)), None) if seeded else None
        told += seed.told("seed") if seed else ()
        replaced = {entry.name for entry in entries} | {one.name for one in (epochs, seed) if one}
        taken = {place for name in replaced for place in self.places.get(name, ())}
        return [*(word for place, word in enumerate(self.words) if place not in taken), *told]


def _shown(seen: Seen, *, takes_epochs: bool) -> list[str]:
    """What running it has shown, as settings and comments of the section `objective`."""
    lines = [f"  # {on_a_line(sentence)}" for sentence in seen.said]
    if seen.wrong:
        lines.append(f"  # When it was tried: {on_a_line(seen.wrong)}")
    if seen.writes:
        more = f" and {len(seen.writes) - 1} more" if len(seen.writes) > 1 else ""
        why = f"a folder of its own for each trial, since it wrote {seen.writes[0]}{more}"
        lines.append(f"  workdir: {'trial':<17}# {on_a_line(why)}")
    if seen.file:
        lines.append(f"  read: {{file: {scalar(seen.file)}}}")
    if seen.metric and seen.metric.epochs > 1 and not (takes_epochs or seen.counted_by):
        lines.append(f"  epochs: {seen.metric.epochs:<18}# as it counts them")
    return lines


def _options(words: Sequence[str]) -> list[Option]:
    """Those that the source declares, whose defaults are the surer ones, and those that the program tells of."""
    found = {option.name: option for option in [*options_of(words), *settings_of(words, files_of(words))]}
    if answers_help(words):
        for told in options_in(help_of(words)):
            known = next((found[name] for name in (told.name, *told.aliases) if name in found), None)
            switched = any(f"{no}{told.name}" in found for no in ("no", "no_"))
            if known is None and told.spelled not in words and not switched:
                found[told.name] = told
            elif known and known.default is UNKNOWN:
                found[known.name] = replace(
                    known, default=told.default, choices=known.choices or told.choices
                )
    return list(found.values())


def _of_settings(words: Sequence[str], output: Path) -> list[str]:
    """How values get into a file of settings that the command names, as comments; nothing if it names none."""
    named = next((word for word in words if Path(word).suffix in _SETTINGS and Path(word).is_file()), None)
    if named is None:
        return []
    command = on_a_line(", ".join(scalar("{config}" if word == named else word) for word in words))
    return [
        f"  # To set a value in {on_a_line(named)}, with KEY where it stands there (optimizer.lr):",
        f"  #   command: [{command}]",
        f"  #   config: {{from: {scalar(path_from(output, Path(named)))}, set: {{KEY: '{{lr}}'}}}}",
    ]


def _refuse_file(words: Sequence[str]) -> None:
    """Raise InputError for a lone file that is no program."""
    path = Path(words[0])
    if len(words) == 1 and path.suffix and path.is_file() and not os.access(path, os.X_OK):
        runner = RUNNERS.get(ending(path), "PROGRAM")
        function = f", or name a function in it: {path}:FUNCTION" if path.suffix == ".py" else ""
        raise InputError(f'{path}: give the command that runs it, such as "{runner} {path}"{function}')


def _printed(words: Sequence[str]) -> str | None:
    """The metric that a command, or the script among its words, seems to print."""
    for source in (*map(_source, [*words, *map(str, files_of(words))]), " ".join(words)):
        if metric := told_metric(source):
            return metric
    return None


def _source(word: str) -> str:
    """The text of the script that a word names; empty for any other."""
    path = Path(word)
    with suppress(OSError, ValueError):  # no file, or no text
        if path.suffix and path.suffix not in DATA and path.stat().st_size < _LONGEST:
            return path.read_text("utf-8")
    return ""


def _length(epochs: Option) -> int:
    """What a full training is: the default that the code has."""
    default = epochs.default
    if isinstance(default, float) and default == default // 1:
        default = int(default)
    return default if isinstance(default, int) and default > 0 else EPOCHS


def _own(
    objective: list[str],
    entries: Sequence[Known],
    left: Sequence[Left],
    *,
    epochs: int | None,
    metric: str | None,
    tried: bool = False,
) -> str:
    known = "it printed or wrote it" if tried else "found in the source"
    why = known if metric else "the name that your code prints or returns"
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
            f"  metric: {scalar(metric):17} # {why}; --dry-run shows what it read",
            *goal,
        ]
    )
