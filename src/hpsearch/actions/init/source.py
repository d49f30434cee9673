"""The parameters that a Python source declares, and their defaults; it is read, not run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from hpsearch.actions.init.ranges import Choices
from hpsearch.core.errors import InputError
from hpsearch.objectives.function.signature import UNREADABLE


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


def options_of(words: Sequence[str]) -> dict[str, Any]:
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
