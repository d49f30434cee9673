"""The executor of a search, as its file asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from hpsearch.config import Spec
from hpsearch.config.origins import Finding, KeyPath
from hpsearch.config.schema import Tls
from hpsearch.config.slots import elsewhere
from hpsearch.core.errors import InputError
from hpsearch.executors import EXECUTORS, Executor
from hpsearch.executors.cluster import Cluster, ClusterFactory, sound_address
from hpsearch.objectives.base import Workload
from hpsearch.objectives.kind import refused


def refuse_absent(spec: Spec) -> None:
    """Refuse, before anything is recorded, a cluster of which something is missing here.

    Raises:
        MissingExtra: its library.
        SpecError: a file that `dispatch` names, or what it should hold, or an address in it that may be spoken to.
    """
    dispatch = spec.dispatch
    if isinstance(EXECUTORS[dispatch.executor], ClusterFactory):
        _made(spec, Cluster(dispatch.scheduler or "", _path(dispatch.jobqueue)), 1, ())
    given = dispatch.tls.model_dump().items() if dispatch.tls else ()
    files: dict[KeyPath, str] = {("dispatch", "tls", name): file for name, file in given}
    if dispatch.jobqueue:
        files[("dispatch", "jobqueue")] = dispatch.jobqueue
    absent = [(path, file) for path, file in files.items() if not Path(file).is_file()]
    if absent:
        raise refused(spec, [Finding(path, f"is no file (got {file})") for path, file in absent])
    if dispatch.tls and (found := list(_useless(dispatch.tls))):
        raise refused(spec, found)
    if dispatch.scheduler:
        try:
            sound_address(dispatch.scheduler, insecure=dispatch.insecure)
        except InputError as error:
            raise refused(spec, [Finding(("dispatch", "scheduler"), str(error))]) from None


def _useless(tls: Tls) -> Iterator[Finding]:
    """Which of these files hold no certificate, or no key of one."""
    import ssl

    at: KeyPath = ("dispatch", "tls")
    context = ssl.create_default_context()
    try:
        context.load_verify_locations(tls.ca)
    except OSError:
        yield Finding((*at, "ca"), f"holds no certificate in PEM that can be read (got {tls.ca})")
    try:
        context.load_cert_chain(tls.cert, tls.key, password=str)  # nobody is asked for one
    except OSError:
        rule = f"holds no certificate in PEM to which {tls.key} is the key, one without a password"
        yield Finding((*at, "cert"), f"{rule} (got {tls.cert})")


def executor_of(
    spec: Spec, workers: int, workload: Workload, shared: Path | None, tell: Callable[[str], object]
) -> Executor:
    """The executor, not yet started.

    Args:
        workers: how many tasks it has at a time, at most.
        shared: a folder that every worker must see.
        tell: is told what a person should know of its workers.

    Raises:
        MissingExtra: its library is not installed.
    """
    dispatch = spec.dispatch
    with EXECUTORS.blaming(dispatch.executor):
        if not elsewhere(dispatch):
            return EXECUTORS[dispatch.executor](workers, workload.preload)
        files = {
            name: Path(file) for name, file in (dispatch.tls.model_dump() if dispatch.tls else {}).items()
        }
        cluster = Cluster(
            dispatch.scheduler or "",
            _path(dispatch.jobqueue),
            insecure=dispatch.insecure,
            shared=shared,
            tell=lambda said: tell(f"note: {said}"),
            **files,
        )
        return _made(spec, cluster, workers, workload.preload)


def _made(spec: Spec, cluster: Cluster, workers: int, preload: tuple[str, ...]) -> Executor:
    factory = EXECUTORS[spec.dispatch.executor]
    assert isinstance(factory, ClusterFactory)
    return factory.on(cluster, workers, preload)


def _path(name: str | None) -> Path | None:
    return None if name is None else Path(name)
