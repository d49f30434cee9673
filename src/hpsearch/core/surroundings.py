"""What a process may do where it was started: how many files it may open, and which letters the locale has."""

from __future__ import annotations

import codecs
import errno
import sys

from hpsearch.core.errors import ExecutorBroken, HpsearchError, InputError

#: So many open files are enough for any search on one machine.
ENOUGH_FILES = 1024
#: What gives Python every letter, whatever the locale.
UTF8 = "export LC_ALL=C.UTF-8 PYTHONUTF8=1"
_TOO_MANY = (errno.EMFILE, errno.ENFILE)


def hindrance(error: BaseException) -> HpsearchError | None:
    """What to say in place of `error`, with the remedy; None where it is not for the surroundings that it failed.

    >>> print(hindrance(OSError(errno.ENFILE, "Too many open files in system")))
    the system has too many files open; end other programs, or use fewer --workers
    """
    if isinstance(error, OSError) and error.errno in _TOO_MANY:
        return ExecutorBroken(_too_many_files(error.errno))
    if isinstance(error, UnicodeEncodeError) and _is_the_locale(error.encoding):
        text = ascii(error.object[error.start : error.end])
        return InputError(
            f"{text}: cannot be given to the system, whose locale writes {error.encoding.upper()} only; "
            f"begin with: {UTF8}"
        )
    return None


def open_files() -> int | None:
    """How many files this process may open; None where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    most: int = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return None if most == resource.RLIM_INFINITY else most


def _too_many_files(number: int) -> str:
    most = open_files()
    if number == errno.ENFILE or most is None:
        return "the system has too many files open; end other programs, or use fewer --workers"
    more = f"allow more first: ulimit -n {ENOUGH_FILES}, or" if most < ENOUGH_FILES else "allow more, or"
    return f"this process may open {most} files at a time, which are too few; {more} use fewer --workers"


def _is_the_locale(encoding: str) -> bool:
    """Whether it is that of names and arguments, and not the one that has all letters."""
    system = codecs.lookup(sys.getfilesystemencoding()).name
    return system != "utf-8" and codecs.lookup(encoding).name == system
