"""A function that is named in the YAML: where it is, and what it takes, without running any of its code."""

from __future__ import annotations

import ast
import importlib.machinery
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

from hpsearch.core.errors import InputError, did_you_mean

#: The module of functions that only this process has: those of a notebook, or of the script that runs.
HERE = "__main__"
_here: dict[str, Signature] = {}
#: What a function is given besides its parameters, if its signature names it.
GIVEN = ("epochs", "seed", "checkpoint")
#: What the parser raises of what is no Python; the last two where it nests deeper than the parser goes.
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


class Signature(Struct, frozen=True):
    """What a function takes.

    Attributes:
        names: the parameters that may be given by name.
        required: those of them without a default.
        anything: whether it takes other names too (`**kwargs`).
        sure: whether it is what its definition says; a decorator may have made something else of it.
        yields: whether it yields: once per epoch.
    """

    names: tuple[str, ...]
    required: tuple[str, ...] = ()
    anything: bool = False
    sure: bool = True
    yields: bool = False

    @property
    def takes_epochs(self) -> bool:
        """Whether it can be trained for fewer epochs, and more later."""
        return "epochs" in self.names or self.yields


class Reference(Struct, frozen=True):
    """`train.py:train`, or `package.module:train`; what comes first is found from `folder`."""

    module: str
    name: str
    folder: Path

    @classmethod
    def parsed(cls, text: str, folder: Path) -> Reference:
        """The parts of a reference. Raises InputError with the rule."""
        module, colon, name = text.rpartition(":")
        if not colon or not module or not name.isidentifier():
            raise InputError("must be FILE:FUNCTION or MODULE:FUNCTION, such as train.py:train")
        return cls(module, name, folder)

    @property
    def is_file(self) -> bool:
        """Whether it names a file and not a module."""
        return self.module.endswith(".py") or "/" in self.module

    @property
    def path(self) -> Path | None:
        """The file that is named."""
        return (self.folder / Path(self.module).expanduser()).absolute() if self.is_file else None

    def source(self) -> Path | None:
        """The Python file with the function; None where a module is none (compiled, or in an archive).

        Raises:
            InputError: there is no such file or module.
        """
        path = self.path
        if self.module == HERE:
            raise InputError(
                f"{self.name} was defined in a notebook or in the script that ran; continue there, with "
                f'search(..., mode="resume")'
            )
        if path is not None:
            if path.is_file():
                return path
            raise InputError(f"there is no file {path}{_neighbour(path)}")
        search: list[str] | None = [str(self.folder), *sys.path]
        module = None
        for end in range(1, self.module.count(".") + 2):
            name = ".".join(self.module.split(".")[:end])
            module = importlib.machinery.PathFinder.find_spec(name, search)
            if module is None:
                raise InputError(f"there is no module {name!r} in {self.folder} or among the installed ones")
            search = list(module.submodule_search_locations or [])
        origin = module.origin if module else None
        return Path(origin) if origin and origin.endswith(".py") else None

    def signature(self) -> Signature | None:
        """What the function takes; None where the source cannot tell.

        Raises:
            InputError: there is no such file, module or function, or it is no function.
        """
        if self.module == HERE and self.name in _here:
            return _here[self.name]
        source = self.source()
        if source is None:
            return None
        try:
            tree = ast.parse(source.read_bytes(), str(source))
        except UNREADABLE as error:
            raise InputError(f"{source} is not Python: {str(error) or 'it nests too deep'}") from None
        except OSError as error:
            raise InputError(f"{source} cannot be read: {error.strerror}") from None
        definitions = [node for node in _definitions(tree) if self.name in _names(node)]
        if not definitions:
            if _imports_everything(tree):
                return None
            known = [name for node in _definitions(tree) for name in _names(node)]
            functions = [node.name for node in _definitions(tree) if isinstance(node, ast.FunctionDef)]
            hint = did_you_mean(self.name, known) or f"; it defines {', '.join(functions) or 'no function'}"
            raise InputError(f"{source} defines no {self.name!r}{hint}")
        return _signature(definitions[-1], self.name)


def yields(function: Callable[..., object]) -> bool:
    """Whether a function, or the one that a decorator has wrapped, is a generator.

    >>> yields(lambda: (yield 1)), yields(lambda: 1), yields(print)
    (True, False, False)
    """
    return inspect.isgeneratorfunction(inspect.unwrap(function))


def register_here(function: Callable[..., object]) -> str:
    """The reference of a function that only this process has; while it lasts, its signature is known by it."""
    given = getattr(function, "__name__", "")
    name = given if given.isidentifier() else "function"
    try:
        taken = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # some compiled functions do not tell
        _here[name] = Signature((), anything=True, sure=False)
        return f"{HERE}:{name}"
    by_name = [one for one in taken if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)]
    needed = tuple(one.name for one in by_name if one.default is one.empty)
    anything = any(one.kind is one.VAR_KEYWORD for one in taken)
    _here[name] = Signature(tuple(one.name for one in by_name), needed, anything, yields=yields(function))
    return f"{HERE}:{name}"


def _neighbour(path: Path) -> str:
    if not path.parent.is_dir():
        return ""
    return did_you_mean(path.name, [other.name for other in path.parent.glob("*.py")])


def _definitions(tree: ast.Module) -> Iterator[ast.stmt]:
    """The statements of a module, those below its conditions included."""
    waiting: list[ast.stmt] = list(tree.body)
    while waiting:
        node = waiting.pop(0)
        yield node
        if isinstance(node, ast.If | ast.Try | ast.With):
            inner = [*node.body, *getattr(node, "orelse", []), *getattr(node, "finalbody", [])]
            handlers = getattr(node, "handlers", [])
            waiting[:0] = [*inner, *(child for handler in handlers for child in handler.body)]


def _names(node: ast.stmt) -> Iterator[str]:
    """The names that a statement gives a value."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))


def _imports_everything(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
        for node in _definitions(tree)
    )


def _signature(node: ast.stmt, name: str) -> Signature | None:
    if isinstance(node, ast.AsyncFunctionDef):
        raise InputError(f"{name} is an async function; give a plain one, such as one that calls asyncio.run")
    if not isinstance(node, ast.FunctionDef):
        return None
    taken = node.args
    by_place = [argument.arg for argument in taken.args]
    by_name = [argument.arg for argument in taken.kwonlyargs]
    needed = by_place[: max(0, len(by_place) - len(taken.defaults))]
    needed += [key for key, default in zip(by_name, taken.kw_defaults, strict=True) if default is None]
    if taken.posonlyargs:
        only = ", ".join(argument.arg for argument in taken.posonlyargs)
        raise InputError(f"{name} takes {only} by place only; parameters are given by name (remove the /)")
    anything, sure = taken.kwarg is not None, not node.decorator_list
    return Signature((*by_place, *by_name), tuple(needed), anything, sure, _yields(node))


def _yields(function: ast.FunctionDef) -> bool:
    """Whether a `yield` is its own, and not of a function or class that it defines."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return False
