"""The folder of a run: who owns it, what is in it, and how its files are written."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_ISREG

from hpsearch.core.errors import InputError, RunFolderError, RunLocked, did_you_mean
from hpsearch.core.places import DEFAULT_RUNS, JOURNAL, TRIALS
from hpsearch.runs.journal import KEPT, trouble
from hpsearch.storage.atomic import replacing
from hpsearch.storage.requests import STOP

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
CONFIG = "config.yaml"
CHECKPOINTS = "checkpoints"
LOCK = ".lock"
#: A new run folder is its user's alone: what trials print, and the file of the search, may hold secrets.
PRIVATE = 0o700
#: Who is about to own a run waits so long for others to have looked at its lock, in seconds.
_LOOKED_AT = 0.2
#: What a run writes, and so what --overwrite may delete: here, and among the checkpoints.
UNFINISHED = ".*.tmp"
STATES = ("trial*.npz", "trial[0-9]*", "data.bin", STOP, UNFINISHED)
FILES = (JOURNAL, CONFIG, "results.txt", "results.csv", "best.yaml", "curves.csv")


class RunFolder:
    """The folder of one run.

    Only `locked` makes or changes anything; the rest may be used by readers while a run goes on.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.journal = path / JOURNAL
        self.config = path / CONFIG
        self.checkpoints = path / CHECKPOINTS
        self.trials = path / TRIALS

    @classmethod
    def named(cls, runs_dir: Path, name: str) -> RunFolder:
        """The folder of the run `name` below `runs_dir`, which need not exist.

        Raises:
            InputError: `name` cannot be a folder's name.
        """
        if not NAME.fullmatch(name):
            raise InputError(
                f"run name {name!r}: must be 1 to 64 letters, digits, '.', '_' or '-', "
                f"the first a letter or digit"
            )
        return cls(runs_dir / name)

    @classmethod
    def existing(cls, runs_dir: Path, run: str) -> RunFolder:
        """The folder of a recorded run, given by its name below `runs_dir` or by its path.

        Raises:
            RunFolderError: there is none.
        """
        by_name = cls(runs_dir / run) if NAME.fullmatch(run) else None
        path = Path(run)
        by_path = cls(path if path.name not in ("", "..") else path.resolve())
        for folder in (by_name, by_path):
            if folder and folder.size() is not None:
                folder.refuse_symlink()
                return folder
        known = sorted(folder.path.name for folder in recorded(runs_dir) if not folder.closed)
        hint = did_you_mean(run, known) or ";"
        raise RunFolderError(
            f"no run {run!r:.80} in {runs_dir}/{hint} recorded there: {', '.join(known) or 'none'}"
        )

    @classmethod
    def meant(cls, runs_dir: Path, run: str) -> RunFolder:
        """The folder of a run that may be gone, given by its name below `runs_dir` or by its path."""
        by_name, by_path = runs_dir / run, Path(run)
        return cls(by_name if NAME.fullmatch(run) and (by_name.exists() or not by_path.exists()) else by_path)

    @property
    def argument(self) -> str:
        """What names this run on the command line: `digits`, or `digits --runs-dir elsewhere`."""
        name, parent = shlex.quote(self.path.name), self.path.parent
        return name if parent == Path(DEFAULT_RUNS) else f"{name} --runs-dir {shlex.quote(str(parent))}"

    @property
    def recorded(self) -> bool:
        """Whether a search has been recorded here. Raises RunFolderError where that cannot be looked at."""
        return bool(self.size())

    @property
    def closed(self) -> bool:
        """Whether it cannot be looked at, as that of another user."""
        try:
            self.refuse_closed()
        except RunFolderError:
            return True
        return False

    def refuse_closed(self) -> None:
        """Raise RunFolderError if it cannot be looked at."""
        self.size()

    def size(self) -> int | None:
        """How many bytes are recorded; None where there is no journal. Raises RunFolderError as `recorded`."""
        try:
            found = self.journal.stat()
        except PermissionError as error:
            raise _unreadable(self.path, error) from error
        except (OSError, ValueError):  # among them that the name is too long for the file system
            return None
        return found.st_size if S_ISREG(found.st_mode) else None

    def refuse_symlink(self) -> None:
        """Raise RunFolderError if the folder, or a file that a run would write to, is a symbolic link."""
        for path in (
            self.path,
            self.checkpoints,
            self.trials,
            *(self.path / name for name in (*FILES, LOCK)),
        ):
            if path.is_symlink():
                raise RunFolderError(f"{path}: is a symbolic link; a run is never written through one")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Make the folder where there is none and own it; the lock is free the moment its owner dies.

        Raises:
            RunLocked: another process owns it.
            RunFolderError: it cannot be made or written.
        """
        from filelock import FileLock, Timeout

        self.refuse_symlink()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.mkdir(exist_ok=True, mode=PRIVATE)
            self.checkpoints.mkdir(exist_ok=True)
            lock = FileLock(self.path / LOCK)
            lock.acquire(timeout=_LOOKED_AT, poll_interval=_LOOKED_AT / 10)
        except Timeout:
            raise RunLocked(
                f"{self.path}: another hpsearch process is running this search; wait for it, stop it, "
                f"or give this one another name with --set name=..."
            ) from None
        except (FileExistsError, NotADirectoryError) as error:
            raise RunFolderError(
                f"{error.filename}: is a file where a folder is needed; move it away"
            ) from error
        except (OSError, NotImplementedError) as error:
            failure = error if isinstance(error, OSError) else OSError(0, str(error))
            raise RunFolderError(trouble(self.path, failure)) from error
        try:
            yield
        finally:
            lock.release()

    @property
    def owned(self) -> bool | None:
        """Whether a process owns the run; None where that cannot be told.

        The lock is shared for an instant, which an owner does not notice, and for which one that begins waits.
        """
        try:
            import fcntl

            with (self.path / LOCK).open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except (BlockingIOError, FileNotFoundError) as told:
            return isinstance(told, BlockingIOError)
        except (ImportError, OSError):
            return None
        return False

    def clear(self) -> None:
        """Delete what an earlier run wrote here, and nothing else.

        Raises:
            RunFolderError: a file cannot be deleted.
        """
        states = (path for pattern in STATES for path in self.checkpoints.glob(pattern))
        ours = (*states, *self.trials.glob("[0-9]*"))
        try:
            # The journal last: until it is gone the run can still be continued.
            for path in (*ours, *(self.path / name for name in reversed(FILES))):
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)
        except OSError as error:
            raise RunFolderError(trouble(self.path, error)) from error

    def sweep(self) -> None:
        """Delete what killed processes left half-written, as far as it can be; while no other is at the run."""
        for unfinished in (
            *self.checkpoints.glob(UNFINISHED),
            *self.trials.glob(f"*/{UNFINISHED}"),
            *(self.path / f".{name}.tmp" for name in FILES),
        ):
            with suppress(OSError):
                unfinished.unlink()

    def write(self, name: str, text: str | Iterable[str]) -> None:
        """Write `name` as a whole: readers see the old text or the new, never a part.

        Args:
            text: all of it, or its parts.

        Raises:
            RunFolderError: it cannot be written; the old text is kept.
        """
        path = self.path / name
        try:
            with replacing(path, durable=name == CONFIG) as stream:
                for part in [text] if isinstance(text, str) else text:
                    stream.write(part.encode())
        except OSError as error:
            raise RunFolderError(f"{trouble(path, error)}. {KEPT}") from error


def _unreadable(path: Path, error: OSError) -> RunFolderError:
    return RunFolderError(f"{path}: cannot be read: {error.strerror}; ask its owner for permission")


def recorded(runs_dir: Path) -> list[RunFolder]:
    """The recorded runs below `runs_dir`, by name, and whatever may be one and cannot be looked at.

    Raises:
        RunFolderError: `runs_dir` itself cannot be.
    """
    try:
        folders = [RunFolder(path) for path in sorted(runs_dir.iterdir()) if not path.is_symlink()]
    except PermissionError as error:
        raise _unreadable(runs_dir, error) from error
    except OSError:
        return []
    return [folder for folder in folders if folder.closed or folder.recorded]
