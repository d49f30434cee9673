"""Whose fault an error is: where code of another package raised it, the entry point and the line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import CodeType, TracebackType
from typing import Any

from msgspec import Struct

from hpsearch.core import plugins
from hpsearch.core.errors import HpsearchError, PluginBroken
from hpsearch.core.plugins import Plugin
from hpsearch.core.surroundings import hindrance


def blamed(error: BaseException) -> PluginBroken | None:
    """What to say in place of `error`, if a plug-in raised it, or called what did; None if none is to blame.

    Those of hpsearch say by themselves what is wrong, and what runs out (memory, open files) is nobody's.
    """
    if isinstance(error, (HpsearchError, MemoryError)) or hindrance(error) or not plugins.known():
        return None
    said = None
    trace = error.__traceback__
    while trace:
        said = _of_frame(trace, error) or said  # the innermost has the last word
        trace = trace.tb_next
    return said


def _of_frame(trace: TracebackType, error: BaseException) -> PluginBroken | None:
    module, code = str(trace.tb_frame.f_globals.get("__name__")), trace.tb_frame.f_code
    theirs = [plugin for plugin in plugins.known() if _holds(plugin, module)]
    if not theirs or code.co_filename.startswith("<"):  # text that somebody has evaluated there
        return None
    return _likeliest(theirs, module, code).broken(error, f"{_file(module, code)}:{trace.tb_lineno}")


def _holds(plugin: Plugin, module: str) -> bool:
    """Whether `module` is the one of `plugin`, below it, or in the same package."""
    home = plugin.module.rpartition(".")[0] or plugin.module
    return module == plugin.module or (home != "hpsearch" and f"{module}.".startswith(f"{home}."))


def _likeliest(theirs: Sequence[Plugin], module: str, code: CodeType) -> Plugin:
    """Of several in one package the one whose code it is: by its module, its name there, and whether it is used."""
    outermost = code.co_qualname.partition(".")[0]
    for fits in (
        lambda plugin: plugin.module == module,
        lambda plugin: plugin.attribute == outermost,
        lambda plugin: plugin in plugins.used,
    ):
        theirs = [plugin for plugin in theirs if fits(plugin)] or theirs
    return theirs[0]


def _file(module: str, code: CodeType) -> str:
    """The path of a module below where its package is installed, which is the same everywhere."""
    parts = code.co_filename.replace("\\", "/").split("/")
    package = parts[-1] == "__init__.py"
    return "/".join(parts[-module.count(".") - 1 - package :])


class Blaming(Struct, frozen=True):
    """A task whose errors name the plug-in that raised them, while their lines are known; picklable as it is."""

    task: Callable[..., Any]

    def __call__(self, *args: Any) -> Any:
        """The value of the task.

        Raises:
            PluginBroken: in place of what a plug-in raised.
        """
        try:
            return self.task(*args)
        except Exception as error:
            if said := blamed(error):
                raise said from error
            raise
