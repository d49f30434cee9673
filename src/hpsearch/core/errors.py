"""Everything hpsearch refuses or gives up on, and the exit status each means.

    HpsearchError
    |-- InputError                  2  what the user wrote cannot be used
    |   |-- SpecError               2  the YAML; carries one problem per finding, with file, line and path
    |   |-- DataError               2  a data file or data set
    |   |-- MissingExtra            2  an optional library is not installed
    |   |-- PluginBroken            2  what another package adds cannot be used
    |   `-- TrainingDiverges        2  a trial diverges where its network is trained for a model
    |-- RunFolderError              3  trouble with a run folder
    |   |-- RunLocked               3  another process owns it
    |   `-- JournalDamaged          3  a record fails its checksum
    |-- SearchFailed                1  every trial failed, too many did, or a gate was not passed
    |-- Interrupted               130  Ctrl-C or SIGTERM
    |-- ExecutorBroken              3  worker processes cannot be had
    |-- WorkersLost                 -  inside: all workers are gone, and the task is not to blame
    |   `-- WorkerLeft              -  inside: the worker of a task was let go, or ended with its scheduler
    |-- WorkerDied                  -  inside: the process of a task ended without an answer
    |-- TaskRaised                  -  inside: a task raised what cannot be sent from its process
    `-- DeadlineExceeded            -  inside: a task ran longer than it may

A message names the thing, the value, the rule and the remedy, in that order.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from msgspec import Struct

from hpsearch.core.root_error import HpsearchError as HpsearchError  # the tree has its root

#: So many problems are said at a time; whoever mends them sees the rest.
MOST_PROBLEMS = 50
#: A longer name is near to no other, and comparing takes the square of its length.
LONGEST_NAME = 100
#: Two names are near where at least this share of their letters matches, as difflib counts.
_NEAR = 0.6


class InputError(HpsearchError):
    """Something the user wrote or named cannot be used."""


class DataError(InputError):
    """A data file or data set cannot be used; `setting` is what of the data set it is about, where one is."""

    def __init__(self, message: str, *, setting: str = "") -> None:
        super().__init__(message)
        self.setting = setting


class MissingExtra(InputError):
    """An optional library is needed and not installed.

    >>> print(MissingExtra("sampler sobol", library="scipy", extra="sobol"))  # doctest: +ELLIPSIS
    sampler sobol needs scipy, which is not installed: ...install 'hpsearch[sobol]'
    """

    def __init__(self, what: str, *, library: str, extra: str, otherwise: str = "") -> None:
        """`otherwise`: what goes without that library, in words."""
        from hpsearch.core.installation import adding

        without = f"; or {otherwise}" if otherwise else ""
        super().__init__(f"{what} needs {library}, which is not installed: {adding(extra)}{without}")


class TrainingDiverges(InputError):
    """The training of a trial diverges where its network is made, on other rows perhaps than in the search."""


class PluginBroken(InputError):
    """What another package adds to hpsearch cannot be imported, raises in use, or two claim the same name."""


class Problem(Struct, frozen=True):
    """One finding in a YAML file: where it is, and what is wrong with it."""

    file: str
    line: int | None
    path: str
    message: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}"


class SpecError(InputError):
    """The YAML cannot be used; every problem found, in the order of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        said = [str(problem) for problem in self.problems[:MOST_PROBLEMS]]
        if more := len(self.problems) - len(said):
            said.append(f"and {more} more problems" if more > 1 else "and 1 more problem")
        super().__init__("\n".join(said))


class RunFolderError(HpsearchError):
    """A run folder cannot be made, read or written."""

    exit_status = 3


class RunLocked(RunFolderError):
    """Another process owns the run folder."""


class JournalDamaged(RunFolderError):
    """A journal record other than a torn last one cannot be trusted."""


class SearchFailed(HpsearchError):
    """The search ended without what was asked of it; `problems` say where in the file that stands."""

    exit_status = 1

    def __init__(
        self, message: str, *, found: dict[str, object] | None = None, problems: Sequence[Problem] = ()
    ) -> None:
        super().__init__(message, found=found)
        self.problems = tuple(problems)


class Interrupted(HpsearchError):
    """The user or the system asked the process to end."""

    exit_status = 130


class ExecutorBroken(HpsearchError):
    """Worker processes cannot be had, however often it is tried."""

    exit_status = 3


class WorkersLost(HpsearchError):
    """All workers are gone, through no fault of the task; it can be submitted again."""


class WorkerLeft(WorkersLost):
    """The worker that had a task was let go; whoever submitted it may have another begin with it."""


class WorkerDied(HpsearchError):
    """The process that ran a task ended without an answer (a signal, an exit, out of memory)."""


class TaskRaised(HpsearchError):
    """A task raised what cannot be sent from its process to this one, or gave it; here are its words."""


class TaskEnded(HpsearchError):
    """A task was ended because somebody asked for that."""


class DeadlineExceeded(HpsearchError):
    """A task ran longer than its deadline and was stopped."""


def said(error: BaseException) -> str:
    """`ValueError: its message`, as a traceback ends.

    >>> said(ValueError("too low")), said(KeyboardInterrupt())
    ('ValueError: too low', 'KeyboardInterrupt')
    """
    try:
        text = str(error)
    except Exception:  # an exception that cannot even be printed
        text = "(no message)"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def one_of(names: tuple[str, ...]) -> str:
    """The rule of a value with named alternatives.

    >>> one_of(("sgd", "adam"))
    'must be one of sgd, adam'
    """
    return f"must be {names[0]}" if len(names) == 1 else f"must be one of {', '.join(names)}"


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` for the nearest known name, of which one that goes on as typed; or the empty string.

    >>> did_you_mean("momentun", ["lr", "momentum"])
    "; did you mean 'momentum'?"
    >>> did_you_mean("val_ac", ["val_acc", "val_auc"])
    "; did you mean 'val_acc'?"
    >>> did_you_mean("zzz", ["lr", "momentum"])
    ''
    """
    if len(wrong) > LONGEST_NAME:
        return ""
    letters = frozenset(wrong)
    # Most names have too few letters in common, and are not worth the search for what they share in order.
    possible = [name for name in known if len(name) <= LONGEST_NAME and _may_be_near(wrong, letters, name)]
    near = difflib.get_close_matches(wrong, possible, n=3, cutoff=_NEAR) if possible else []
    likely = next((name for name in near if name.startswith(wrong)), near[0] if near else "")
    return f"; did you mean '{likely}'?" if likely else ""


def _may_be_near(wrong: str, letters: frozenset[str], name: str) -> bool:
    """Whether as many letters of `name` are some of `letters`, those of `wrong`, as two near names share."""
    shared = min(len(wrong), sum(map(letters.__contains__, name)))
    return 2 * shared / (len(wrong) + len(name) or 1) >= _NEAR
