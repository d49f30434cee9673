"""The parameters that a Python source declares, and their defaults; it is read, not run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from hpsearch.actions.init.options import UNKNOWN, Option
from hpsearch.core.errors import InputError
from hpsearch.objectives.code import digests
from hpsearch.objectives.command.program import named_files
from hpsearch.objectives.function.signature import UNREADABLE

#: Libraries that read a command line, and answer `--help`.
_PARSERS = re.compile(
    r"\b(?:argparse|click|typer|fire|absl|HfArgumentParser|jsonargparse|tyro|simple_parsing|draccus|optparse|docopt"
    r"|configargparse)\b|--help\b"
)
#: Of a `range` among the choices.
_MOST_CHOICES = 1000
#: How absl declares a flag: the type is in the name.
_ABSL = {"DEFINE_float", "DEFINE_integer", "DEFINE_string", "DEFINE_enum", "DEFINE_bool", "DEFINE_boolean"}


def arguments(source: Path, name: str) -> Iterator[tuple[str, Any]]:
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


def options_of(words: Sequence[str]) -> list[Option]:
    """The options that the Python files of a command declare with argparse, click or absl.

    Raises InputError where the script that is run is not Python.
    """
    scripts = [Path(word) for word in words if word.endswith(".py") and Path(word).is_file()]
    found: dict[str, Option] = {}
    for path in dict.fromkeys([*scripts[:1], *files_of(words)]):
        try:
            tree = ast.parse(path.read_bytes())
        except UNREADABLE as error:
            if path not in scripts:
                continue
            raise InputError(f"{path} is not Python: {str(error) or 'it nests too deep'}") from None
        for option in _declared(tree):
            found.setdefault(option.name, option)
    return [option for option in found.values() if option.spelled not in words]


def answers_help(words: Sequence[str]) -> bool:
    """Whether a command can be asked for its options: else it would begin to train, and perhaps write files."""
    texts = [path.read_text("utf-8", "replace") for path in (*files_of(words), *_shell_scripts(words))]
    module = "-m" in words[1:-1] and not texts  # of an installed package, which is made for many
    return module or any(_PARSERS.search(text) for text in texts)


def files_of(words: Sequence[str]) -> list[Path]:
    """The Python files of a command, and what they import of the same folder."""
    named = [path for path in named_files(words, Path()) if path.suffix == ".py"]
    return [
        path for name in digests(named, Path()) if (path := Path(name)).suffix == ".py" and path.is_file()
    ]


def _shell_scripts(words: Sequence[str]) -> list[Path]:
    return [
        path
        for word in words
        if (path := Path(word)).suffix in (".sh", ".R", ".jl", ".pl", ".rb") and path.is_file()
    ]


def _declared(tree: ast.AST) -> Iterator[Option]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = getattr(node.func, "attr", "")
        texts = [
            arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
        ]
        if called in ("add_argument", "option") and (spelled := _long(texts)):
            yield _option(spelled, node)
        elif called in _ABSL and texts and len(node.args) > 1:
            yield _absl(called, texts[0], node)


def _long(texts: Sequence[str]) -> str:
    return next((text for text in texts if text.startswith("--")), "")


def _option(spelled: str, call: ast.Call) -> Option:
    """An option of argparse or click."""
    given = {word.arg: _literal(word.value) for word in call.keywords}
    asked = ("action", "type", "is_flag")
    kinds = {word.arg: ast.unparse(word.value) for word in call.keywords if word.arg in asked}
    action, default = kinds.get("action", ""), given.get("default", UNKNOWN)
    on, _, off = spelled.partition("/")  # click: --bn/--no-bn
    if off or "Boolean" in action:
        return _switch(on, off.strip() or f"--no-{on[2:]}", on_by_default=default is True)
    if "store_" in action or kinds.get("is_flag") == "True":
        return Option.called(on, default=False, flag=True)
    listed = given.get("choices") or re.findall(r"'([^']*)'", kinds.get("type", "").partition("Choice(")[2])
    return Option.called(
        on,
        default=default,
        choices=tuple(listed) if isinstance(listed, list | tuple) and len(listed) > 1 else (),
        several=given.get("nargs") not in (None, "?", 1) or given.get("multiple") is True,
    )


def _switch(on: str, off: str, *, on_by_default: bool) -> Option:
    """An option that can be switched on and off: what differs from its default is the flag."""
    return Option.called(off if on_by_default else on, default=False, flag=True)


def _absl(called: str, name: str, call: ast.Call) -> Option:
    listed = _literal(call.args[2]) if called == "DEFINE_enum" and len(call.args) > 2 else ()
    default = _literal(call.args[1])
    if "bool" in called:
        return _switch(f"--{name}", f"--no{name}", on_by_default=default is True)
    return Option.called(f"--{name}", default=default, choices=tuple(listed or ()))


def _literal(node: ast.expr | None) -> Any:
    if node is None:
        return ...
    try:
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "range":
            return list(range(*map(ast.literal_eval, node.args)))[:_MOST_CHOICES]
        return ast.literal_eval(node)
    except (*UNREADABLE, TypeError):
        return None
