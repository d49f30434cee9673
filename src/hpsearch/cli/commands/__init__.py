"""The commands, one file each, which registers itself; it imports what it needs when it is called."""

from collections.abc import Callable

from hpsearch.core.registry import Registry

COMMANDS: Registry[Callable[..., None]] = Registry("command", "hpsearch.cli.commands", group="commands")
