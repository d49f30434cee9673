"""The options that a program tells of by itself: `COMMAND --help` is run and read, whatever library wrote it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import IO, Any

from hpsearch.actions.init.options import UNKNOWN, Option, literal
from hpsearch.objectives.command.program import program_of

#: It may take so long, in seconds, and say so much, in bytes.
LIMIT = 10
_MOST = 1 << 18
#: What it said is there so soon after its end, unless somebody else holds its output, in seconds.
_LATE = 0.5
#: Colours and other orders to a terminal.
_ORDERS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_FRAME = re.compile("[│┃╭╮╰╯─━]")
_LONG = re.compile(r"--(?P<no>\[no\])?(?P<name>[A-Za-z][\w.-]*)")
_DEFAULT = re.compile(r"\bdefaults?(?:\s+(?:is|to))?\s*[:=]?\s+'?\"?([^\s'\"\])}]+)", re.IGNORECASE)
_LISTED = re.compile(r"\{([^{}\s]+)\}|\[([^\[\]\s]+\|[^\[\]\s]+)\]|<([^<>\s]+\|[^<>\s]+)>")
#: Behind an option of argparse, click, typer, fire and the like: what stands for its value. In a column of its own
#: it is all in capitals, since a sentence begins there too.
_PLACEHOLDER = re.compile(
    r"^(?:[ =](?P<value>[A-Z][\w.|-]*)|\s+(?P<column>[A-Z][A-Z0-9_.|-]+)(?![\w'])"
    r"|[ =]\s*(?P<listed>\{[^{}]*\}|<[^<>]*>|\[(?!default|required)[^\[\]]*\]))(?P<more>.*)"
)
_NEGATED = re.compile(r"[/,\s]--no-")
_ABSL_TYPES = re.compile(r"\((?:a number|an integer|an? [\w ]*float|a comma separated list)\)|^--[\w.-]+:")
#: What libraries add.
_OWN = {
    "help", "version", "helpfull", "helpshort", "helpxml", "flagfile", "undefok", "install_completion",
    "show_completion",
}  # fmt: skip


def help_of(words: Sequence[str], limit: float = LIMIT) -> str:
    """What `COMMAND --help` prints, without a terminal; what it started is ended with it."""
    surroundings = {**os.environ, "NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "200", "PAGER": "cat"}
    try:
        process = subprocess.Popen(  # noqa: S603 - the user's own command
            [program_of(words[0], Path()), *words[1:], "--help"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=surroundings,
            start_new_session=True,
        )
    except OSError:
        return ""
    assert process.stdout is not None
    said: list[bytes] = []
    # A thread, since what the command started may leave its group and hold its output open.
    reader = Thread(target=_read, args=(process.stdout, said), daemon=True)
    reader.start()
    reader.join(limit)
    with suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    reader.join(_LATE)
    if not reader.is_alive():
        process.stdout.close()
    return b"".join(said).decode("utf-8", "replace")


def _read(stream: IO[bytes], said: list[bytes]) -> None:
    with suppress(OSError, ValueError):
        said.append(stream.read(_MOST))


def options_in(text: str) -> list[Option]:
    """The options that a help text tells of, with their defaults as far as it does."""
    found = {option.name: option for entry in _entries(text) for option in _option(*entry)}
    return [option for option in found.values() if option.name not in _OWN]


def _entries(text: str) -> Iterator[tuple[str, str]]:
    """The first line of each option, from its first dash, and what is said of it up to the next one."""
    head = ""
    said: list[str] = []
    for line in _ORDERS.sub("", text).splitlines():
        plain = _FRAME.sub(" ", line) if "│" in line or "╭" in line else line
        bare = plain.strip().removeprefix("* ").strip()
        if bare.startswith("-") and _LONG.search(bare) and plain[:1].isspace():
            if head:
                yield head, " ".join(said)
            head, said = bare, [bare]
        elif plain[:1].isspace() and bare:
            said.append(bare)
        elif bare:
            if head:
                yield head, " ".join(said)
            head, said = "", []
    if head:
        yield head, " ".join(said)


def _option(head: str, said: str) -> Iterator[Option]:
    """The option of a first line, which names it and its value, and goes on with two spaces."""
    names = re.split(r"\s{2,}", head)[0]
    longs = [match for match in _LONG.finditer(names) if not match["name"].startswith("no-")]
    if not longs:
        return
    last = longs[-1]
    others = tuple(match["name"].replace("-", "_") for match in longs[:-1])
    placed = _PLACEHOLDER.match(head[last.end() :])
    behind = re.sub(r"\s+", " ", head[last.end() :])
    default = _DEFAULT.search(said)
    value = literal(default[1].rstrip(".,;")) if default else UNKNOWN
    negated = "--no" if last["no"] else "--no-" if _NEGATED.search(head) else ""
    if not negated and isinstance(value, bool) and behind.startswith("="):  # of fire, which knows both
        negated = "--no"
    valued = placed or _ABSL_TYPES.search(said) or isinstance(value, str | float)
    if negated or not valued:
        on = value is True or value == last["name"]
        yield Option.called(
            f"{negated if on else '--'}{last['name']}", default=False, flag=True, aliases=others
        )
        return
    several = bool(placed and re.match(r" ?(?:\[[^\]]*\.\.\.|\.\.\.)", placed["more"]))
    choices = _choices(behind)
    yield Option.called(f"--{last['name']}", default=value, choices=choices, several=several, aliases=others)


def _choices(behind: str) -> tuple[Any, ...]:
    """The values that stand right behind an option, as `{a,b}`, `[a|b]` or `<a|b>`."""
    listed = _LISTED.search(behind)
    if listed is None or listed.start() > 2:
        return ()
    values = re.split(r"[,|]", next(filter(None, listed.groups())))
    return tuple(map(literal, values)) if len(values) > 1 else ()
