"""Reading a YAML file that means what was typed, however it was damaged.

UTF-8, one document, at most 1 MiB; no anchors, aliases, tags, merge keys or repeated keys. The values are
built by `builder` from PyYAML's events; it stops at the first level too many, so that no text is too deep for it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct

from hpsearch.config import foreign
from hpsearch.config.origins import KeyPath
from hpsearch.config.yaml.builder import NEEDS, Builder
from hpsearch.core.errors import InputError, Problem, SpecError, did_you_mean
from hpsearch.core.surroundings import UTF8
from hpsearch.storage.atomic import open_regular

MOST_BYTES = 2**20
#: So many files of the name asked for are said, if they are elsewhere.
SHOWN = 3

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: What PyYAML's scanner and parser say -> what the user can do about it.
_WORDS = (
    ("cannot start any token", "a value cannot start here; tabs cannot indent, and @ or ` needs quotes"),
    (
        "mapping values are not allowed",
        "a second ': ' in one line, or a key of more than 1,024 letters; put quotes around the text",
    ),
    ("could not find expected ':'", "a key without ': ' and a value"),
    ("expected ',' or '}'", "a { is not closed, or a comma is missing"),
    ("expected ',' or ']'", "a [ is not closed, or a comma is missing"),
    ("unexpected end of stream", "a quotation mark is not closed"),
    ("expected node content", "a value is missing, a comma is too many, or a [ is not closed"),
    (
        "block sequence entries",
        "a list of '- ' cannot begin here; put each '- ' on its own line, or write [a, b]",
    ),
    ("mapping keys are not allowed", "a '? ' cannot begin here; put quotes around text that starts so"),
    ("non-alphabetical character", "% cannot begin a line; put quotes around text that starts so"),
    ("unknown directive", "% cannot begin a line; put quotes around text that starts so"),
    ("directive", "a line of %YAML or %TAG that cannot be read; remove it"),
    ("incompatible YAML document", "a %YAML version that is not 1.1 or 1.2; remove the line"),
    ("version number", "a %YAML version that is not 1.1 or 1.2; remove the line"),
    ("digit or dot", "a %YAML version that is not 1.1 or 1.2; remove the line"),
    ("hexdecimal number", "an escape such as \\x41 that is not whole; use single quotes for plain text"),
    ("Unicode character escape", "an escape that is no character; use single quotes for plain text"),
    ("document indicator", "--- or ... within a quoted text; close the quotation mark before it"),
    ("indentation indicator", "the number after | or > must be from 1 to 9"),
    ("indentation space", "tabs cannot indent; use spaces"),
    ("violates indentation", "tabs cannot indent; use spaces"),
    ("unexpected ':'", "a ':' cannot stand here; put quotes around the text"),
    ("comment or line break", "text after | or > must begin on the next line"),
    ("whitespace or line break", "a blank is missing before the value"),
    ("alphabetic or numeric character", "& and * need quotes around text that starts so"),
    ("'-' indicator", "the indentation does not fit the lines above"),
    ("expected <block end>", "the indentation does not fit the lines above"),
    ("did not find expected key", "the indentation does not fit the lines above"),
    ("unknown escape character", "an unknown escape after \\; use single quotes for plain text"),
    ("undefined alias", "aliases (*name) are not allowed; write the value out"),
    ("undefined tag handle", "tags (!name) are not allowed"),
    ("tag", "tags (!name) are not allowed"),
    ("alias", "anchors and aliases (&name, *name) are not allowed; put quotes around text that starts so"),
    ("document start", "more than one document; keep one"),
)


class Document(Struct, frozen=True):
    """The plain value of a file and the line of everything in it, counted from 1.

    A mapping's entry has the line of its key, a list's item its own.
    """

    data: Any
    lines: Mapping[KeyPath, int]


def load_yaml(path: Path | str, needs: str = NEEDS) -> Document:
    """The document in the file at `path`; `needs` is what one that is empty is told.

    Raises InputError where there is no file to read and SpecError with every problem of its text.
    """
    return parse_yaml(_decoded(_read(Path(path)), str(path)), str(path), needs)


def parse_yaml(text: str, file: str, needs: str = NEEDS) -> Document:
    """The document in `text`; `file` is what problems name. Raises SpecError with every problem found."""
    _refuse_control_characters(text, file)
    builder = _built(text, file, needs)
    if builder.problems:
        raise SpecError(sorted(builder.problems, key=lambda problem: problem.line or 0))
    return Document(builder.data, builder.lines)


def _missing(path: Path) -> InputError:
    """That there is no such file, and where one of that name is, or how to get one."""
    beside = _beside(path)
    if not any(Path(name).stem == path.stem for name in beside) and (found := _below(path)):
        return InputError(f"{path}: no such file; there is {', '.join(map(str, found[:SHOWN]))}")
    made = foreign.missing(path)
    init = f"; {made}" if made else ""
    return InputError(f"{path}: no such file{did_you_mean(path.name, beside) or init}")


def _beside(path: Path) -> list[str]:
    """The YAML files in the same folder."""
    folder = path.parent
    return [file.name for file in folder.glob("*.y*ml")] if folder.is_dir() else []


def _below(path: Path) -> list[Path]:
    """The files of that name, with or without its ending, in the folders of its folder, and in theirs of `configs`.

    What a run has recorded is none of them: it is resumed.
    """
    if path.stem in ("", "..") or not path.parent.is_dir():
        return []
    folders = [*path.parent.glob("*/"), *path.parent.glob("configs/*/")]
    files = (folder / f"{path.stem}{ending}" for folder in folders for ending in (".yaml", ".yml"))
    return sorted(file for file in files if file.is_file())


def _read(path: Path) -> bytes:
    try:
        with open_regular(path) as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise _missing(path) from None
    except IsADirectoryError:
        raise InputError(f"{path}: is a folder; name the YAML file in it") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: cannot be read: {reason}; name the YAML file of a search") from None
    if len(content) > MOST_BYTES:
        raise InputError(
            f"{path}: is larger than 1 MiB, too large for a configuration; is it the right file?"
        )
    return content


def _decoded(content: bytes, file: str) -> str:
    if content.startswith(_UTF16):
        raise SpecError([Problem(file, 1, "", "is UTF-16 text; save it as UTF-8")])
    if b"\0" in content:
        line = _line_of(content, content.index(b"\0"))
        raise SpecError([Problem(file, line, "", "has a NUL byte; is it text, saved as UTF-8?")])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        byte = f"0x{error.object[error.start]:02x}"
        line = _line_of(error.object, error.start)
        message = f"is not UTF-8 text (byte {byte}); save it as UTF-8"
        raise SpecError([Problem(file, line, "", message)]) from None


def _line_of(content: bytes, position: int) -> int:
    return len(re.findall(rb"\r\n|\r|\n", content[:position])) + 1


def _refuse_control_characters(text: str, file: str) -> None:
    control = _CONTROL.search(text)
    if control is None:
        return
    line = len(re.findall(r"\r\n|\r|\n", text[: control.start()])) + 1
    message = f"has the control character U+{ord(control.group()):04X}; remove it"
    if "\udc80" <= control.group() <= "\udcff":  # what Python makes of a byte of an argument
        message = f"has letters that the locale cannot read; begin with: {UTF8}"
    raise SpecError([Problem(file, line, "", message)])


def _built(text: str, file: str, needs: str) -> Builder:
    builder = Builder(file, needs)
    try:
        builder.consume(_events(text))
    except yaml.YAMLError as error:
        before = _built_before(error, text, file)
        if before is not None and before.too_deep:
            return before
        builder.problems.append(_syntax_problem(error, file))
    return builder


def _built_before(error: yaml.YAMLError, text: str, file: str) -> Builder | None:
    """What stands before the place where the parser gave up.

    A parser reads up to 1,024 characters ahead of its events, and may have its own limit of nesting, so that it can
    give up before the builder has seen the first of all the levels.
    """
    place = _mark(error)
    if place is None:
        return None
    builder = Builder(file)
    with suppress(yaml.YAMLError):
        builder.consume(_events(text[: place.index]))
    return builder


def _events(text: str) -> Iterator[yaml.Event]:
    return yaml.parse(text, Loader=_LOADER)


def _syntax_problem(error: yaml.YAMLError, file: str) -> Problem:
    said = str(getattr(error, "problem", None) or error)
    place = _mark(error)
    words = next((words for key, words in _WORDS if key in said), said)
    return Problem(file, None if place is None else place.line + 1, "", f"is not valid YAML: {words}")


def _mark(error: yaml.YAMLError) -> yaml.Mark | None:
    return getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
