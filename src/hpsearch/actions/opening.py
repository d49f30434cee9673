"""What a search begins with: its first records, or those of the search that it goes on with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any, Literal

from hpsearch.actions import sessions
from hpsearch.actions.learning import learned
from hpsearch.actions.planning import with_levels
from hpsearch.actions.reusing import Lesson
from hpsearch.actions.trust import mark
from hpsearch.config import (
    Spec,
    build_space,
    changed_keys,
    digest,
    dump_yaml,
    former_digest,
    load_recorded,
    recordable,
    recorded_objective,
)
from hpsearch.config.schema import FLIGHT, MOST_IN_FLIGHT
from hpsearch.core.errors import InputError, RunFolderError
from hpsearch.core.randomness import Streams
from hpsearch.core.version import __version__
from hpsearch.engine.history import History
from hpsearch.engine.loop import restore
from hpsearch.engine.several import history_for
from hpsearch.objectives.base import Workload
from hpsearch.objectives.kind import gather
from hpsearch.runs import Journal, RunFolder
from hpsearch.runs.codes import Code
from hpsearch.runs.contents import header_of, learned_of
from hpsearch.runs.folder import CONFIG
from hpsearch.runs.journal import replay, trouble
from hpsearch.runs.records import Extended, Reader, Record, Session
from hpsearch.runs.writing import extended_record, header, learned_record

#: What to do with a search that is recorded: refuse, continue it, or delete it.
Mode = Literal["new", "resume", "overwrite"]


def refuse_recorded(folder: RunFolder, mode: Mode) -> None:
    """Raise RunFolderError if a search that is to be new is recorded in `folder`."""
    if mode == "new" and folder.recorded:
        raise RunFolderError(
            f"{folder.path}: holds a recorded search; continue it with --resume, delete it and start again "
            f"with --overwrite, or give this one another name with --set name=..."
        )


def prepared(
    spec: Spec, folder: RunFolder, mode: Mode, workload: Workload | None = None
) -> tuple[Spec, Workload]:
    """The search as it is conducted, with what follows from its data or from how it was begun, and the former.

    Args:
        workload: what it works on, where that does not follow from `spec`.

    Raises:
        InputError: the data cannot be used, or not as this `spec` asks.
        RunFolderError: the folder holds a search already, or is another process's.
    """
    refuse_recorded(folder, mode)
    if folder.recorded:
        with folder.locked():
            pass  # what stands in the way is said now, and not after the data was prepared
    spec = _as_begun(spec, folder, mode)
    workload = workload or gather(spec)
    spec = with_levels(spec, workload.shortest)
    if mode == "resume" and spec.search.flight_left_open and folder.recorded:
        spec = _in_flight_as_begun(spec, folder)
    return spec, workload


def _as_begun(spec: Spec, folder: RunFolder, mode: Mode) -> Spec:
    """The spec, as the search that it continues was begun, of what it leaves to this version or to its data."""
    if mode != "resume" or not (folder.recorded and folder.config.is_file()):
        return spec
    recorded = load_recorded(folder.config)
    update: dict[str, Any] = {"objective": spec.objective.as_begun(recorded.objective)}
    if spec.search.flight_left_open:
        flight = {name: getattr(recorded.search, name) for name in FLIGHT}
        update["search"] = spec.search.model_copy(update=flight)
    least = recorded.search.halving.least if recorded.search.halving else 1
    return with_levels(spec.model_copy(update=update), least)


def _in_flight_as_begun(spec: Spec, folder: RunFolder) -> Spec:
    """The spec with as many trainings in flight as a search was begun with whose config.yaml is lost.

    Its fingerprint tells, whatever its version and its trials made of a file that leaves that open.
    """
    journal = str(folder.journal)
    records, _, _ = replay(folder.journal, Reader(journal, curves=False))
    if not records:
        return spec
    known, begun = sessions.recorded_digest(records, journal), _begun_with(records, folder, spec)
    for overlap in range(MOST_IN_FLIGHT // spec.search.round_size):
        search = spec.search.model_copy(update={"overlap": overlap})
        found = spec.model_copy(update={"search": search})
        if known in _digests(found, folder, begun):
            return found
    return spec


def open_history(
    spec: Spec,
    folder: RunFolder,
    journal: Journal,
    workload: Workload,
    tell: Callable[[str], None],
    lessons: Sequence[Lesson],
) -> tuple[History, Code]:
    """The history that `journal` holds, and the code there is; a journal that is new gets its first records.

    Raises:
        InputError: the search of `journal` cannot be continued with this `spec` and its data.
        RunFolderError: it was changed, or the folder cannot be written.
    """
    search = spec.search
    gradual = search.overlap == "auto"
    streams = Streams(spec.seed)
    history = history_for(build_space(spec), search.ranking, search.rounds_over, streams, gradual=gradual)
    records = journal.open()
    if journal.notice:
        tell(journal.notice)
    begun = None
    if records:
        begun = _begun_with(records, folder, spec)
        _check_same(spec, folder, records, workload, begun)
        restore(records, history, str(journal.path))
        if any(job.epochs > spec.objective.epochs for job in history.pending()):
            raise RunFolderError(
                f"{journal.path}: asks for more epochs than objective.epochs; it was changed"
            )
        spec = _continued(spec, folder, history, tell)
        if digest(spec) != digest(spec, trials=begun) and not _extended(records):
            journal.append([extended_record(begun)])
    for found in spec.source.moved:
        tell(f"note: {found}")
    config = dump_yaml(recordable(spec, folder.path))
    if not records:
        folder.write(CONFIG, config)
    first: list[dict[str, Any]] = []
    if not records:
        first.append(
            header(
                version=__version__,
                spec=digest(spec),
                data=workload.fingerprint,
                rows=workload.rows,
                chance=workload.chance,
                commonest=workload.commonest,
            )
        )
    elif _lacks_lessons(records, spec):
        lessons = learned(spec, workload, folder, (), tell)[len(learned_of(records)) :]
    first += _taught(lessons, history, str(journal.path))
    now = Session(digest(spec, trials=begun), dict(workload.code()), mark(spec, config))
    sessions.begin(journal, records, first, now, tell)
    if records:
        # Once its mark is recorded: else who is interrupted in between has no mark on it.
        folder.write(CONFIG, config)
    store(workload, folder)
    return history, now.code


def _taught(lessons: Sequence[Lesson], history: History, where: str) -> list[dict[str, Any]]:
    """Have `history` know the lessons; what a journal has of them."""
    lines = []
    for record in chain.from_iterable(lessons):
        lines.append(learned_record(record, history.rounds))
        restore([record], history, where)
    return lines


def _lacks_lessons(records: Sequence[Record], spec: Spec) -> bool:
    """Whether a search was killed before it had recorded what it learns: by a version that wrote it bit by bit."""
    begun = any(isinstance(record, list) for record in records)
    return not begun and len(learned_of(records)) < len(spec.search.learn_from)


def _begun_with(records: Sequence[Record], folder: RunFolder, spec: Spec) -> int:
    """The trials that a recorded search was asked for when it began, as far as its fingerprint holds them."""
    if extended := _extended(records):
        return extended.begun
    return (load_recorded(folder.config) if folder.config.is_file() else spec).search.trials


def _extended(records: Sequence[Record]) -> Extended | None:
    return next((record for record in records if isinstance(record, Extended)), None)


def _check_same(
    spec: Spec, folder: RunFolder, records: Sequence[Record], workload: Workload, begun: int
) -> None:
    """Raise InputError unless `spec` and its data are what the recorded search was begun with."""
    journal = str(folder.journal)
    head = header_of(records, journal)
    other = "Use --overwrite, or another name with --set name=..."
    if folder.config.is_file() and (changed := changed_keys(load_recorded(folder.config), spec)):
        raise InputError(
            f"{folder.config}: the recorded search has another {', '.join(changed)}; its results cannot be "
            f"continued with this one. {other}"
        )
    if sessions.recorded_digest(records, journal) not in _digests(spec, folder, begun):
        raise InputError(
            f"{folder.config}: was changed since the search began; its results cannot be continued. {other}"
        )
    if part := workload.changed(head.data):
        raise InputError(f"{folder.path}: {part} is not what this search was begun with; restore it. {other}")


def _digests(spec: Spec, folder: RunFolder, begun: int) -> tuple[str, str]:
    """The fingerprints that a search of `spec` in `folder` may have, of this version and of the first."""
    former = former_digest(spec, recorded_objective(folder.config), trials=begun)
    return digest(spec, trials=begun), former


def _continued(spec: Spec, folder: RunFolder, history: History, tell: Callable[[str], None]) -> Spec:
    """What config.yaml says of a search that goes on: as many trials as there are, and the old time limit."""
    tried, search = len(history.trials), spec.search
    if tried > search.trials:
        tell(f"{tried} trials were tried before, more than the {search.trials} asked for; none is added")
    limit = load_recorded(folder.config).search.time_limit if folder.config.is_file() else search.time_limit
    update = {"trials": max(tried, search.trials), "time_limit": limit}
    return spec.model_copy(update={"search": search.model_copy(update=update)})


def store(workload: Workload, folder: RunFolder) -> None:
    """Put what workers read where the objective of `folder` finds it.

    Raises:
        RunFolderError: it cannot be written.
    """
    try:
        workload.store(folder.checkpoints)
    except OSError as error:
        raise RunFolderError(trouble(folder.checkpoints, error)) from error
