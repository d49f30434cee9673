"""Workers that a queue of jobs is asked for, such as Slurm: what dask-jobqueue does, from a YAML file.

The file has `kind` (slurm, pbs, sge, lsf, ...), `jobs` (how many; by default enough for the search) and
beside these the arguments of dask-jobqueue's class for that kind, `cores` and `memory` at least.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import dask_jobqueue
import yaml
from distributed import Security, Status

from hpsearch.core.errors import InputError, did_you_mean, one_of

#: What the classes are called, by the word of the file; and what they have in common, which is no queue.
_SUFFIX, _BASE = "Cluster", "JobQueueCluster"
#: How long jobs may take to be cancelled, in seconds; those that are not find their scheduler gone.
FAREWELL = 10.0
#: What the class is given here.
_OWN = ("security", "protocol", "scheduler_options")


def kinds() -> dict[str, Any]:
    """The classes that there are, by the words of the file."""
    names = [name for name in dir(dask_jobqueue) if name.endswith(_SUFFIX) and name != _BASE]
    return {name.removesuffix(_SUFFIX).lower(): getattr(dask_jobqueue, name) for name in names}


@contextmanager
def queued(file: Path, workers: int, pages: str) -> Iterator[Any]:
    """A scheduler here, and jobs with workers that were asked for; they are cancelled when the block ends.

    Certificates are made for this search alone, in a folder beside the run that only its user can read.

    Args:
        file: says what is asked for.
        workers: how many tasks there are at a time, at most.
        pages: where the scheduler shows its pages.

    Raises:
        InputError: the file cannot be used.
    """
    kind, jobs, given = read(file)
    made = kinds()[kind]
    submits = str(made.job_cls.submit_command).split()[0]
    if shutil.which(submits) is None:
        raise InputError(
            f"{file}: kind: {kind} needs {submits}, which is not here; search where jobs are submitted"
        )
    shared = Path(tempfile.mkdtemp(prefix=".hpsearch-jobs-", dir=Path.cwd()))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, shared, ignore_errors=True)
        stack.enter_context(_quiet())
        try:
            cluster = made(
                security=_certified(shared),
                protocol="tls://",
                scheduler_options={"dashboard_address": pages},
                **given,
            )
            stack.callback(_closed, cluster)
            cluster.scale(jobs=jobs or -(-workers // int(given["cores"])))
            cluster.sync(_submitted, cluster)
        except (TypeError, ValueError, OSError, RuntimeError) as error:
            raise InputError(f"{file}: dask-jobqueue cannot use it: {_first(str(error)):.300}") from error
        yield cluster


async def _submitted(cluster: Any) -> None:
    """Wait until all jobs are in the queue. Raises what the first raises that is not."""
    await cluster
    jobs = list(cluster.workers.values())
    try:
        for job in jobs:
            await job
    except BaseException:
        for job in jobs:
            if job.status == Status.created:  # else it is waited for when the cluster is closed
                job.status = Status.failed
        raise


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what two libraries say of a job that cannot be submitted: it is said once, by the error."""
    loggers = [logging.getLogger(name) for name in ("asyncio", "tornado.application")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _closed(cluster: Any) -> None:
    with suppress(Exception):  # of a job that could not be submitted, or not be cancelled: it ends by itself
        cluster.close(timeout=FAREWELL)


def _first(text: str) -> str:
    """What a program has printed that failed, or the first sentence."""
    words = " ".join(text.split())
    return words.partition("stderr: ")[2] or words.partition(". ")[0]


def _certified(folder: Path) -> Security:
    """A certificate that signs itself, in files of the folder, which every job must see."""
    made = Security.temporary()
    files = {}
    texts = {"ca": made.tls_ca_file, "cert": made.tls_scheduler_cert, "key": made.tls_scheduler_key}
    for name, text in texts.items():
        path = folder / f"{name}.pem"
        path.touch(mode=0o600)
        path.write_text(text)
        files[name] = str(path)
    settings = {"tls_ca_file": files["ca"]}
    for role in ("scheduler", "worker", "client"):
        settings |= {f"tls_{role}_cert": files["cert"], f"tls_{role}_key": files["key"]}
    return Security(require_encryption=True, **settings)


def read(file: Path) -> tuple[str, int, dict[str, Any]]:
    """The kind of queue, how many jobs (0: as many as are needed), and what the class is given.

    Raises:
        InputError: the file cannot be read, or lacks something.
    """
    try:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise InputError(f"{file}: cannot be read: {str(error).splitlines()[0]}") from None
    if not isinstance(data, dict):
        raise InputError(f"{file}: must be a mapping, with kind: slurm, cores, memory")
    given, known = {str(name): value for name, value in data.items()}, tuple(kinds())
    kind, jobs = given.pop("kind", "slurm"), given.pop("jobs", 0)
    given.setdefault("processes", 1)  # each trial has a process of its own within
    if kind not in known:
        raise InputError(f"{file}: kind: {one_of(known)} (got {kind!r}){did_you_mean(str(kind), known)}")
    if not isinstance(jobs, int) or isinstance(jobs, bool) or jobs < 0:
        raise InputError(
            f"{file}: jobs: must be a whole number from 0 on, 0 for as many as are needed (got {jobs!r})"
        )
    _refuse_arguments(file, given)
    return kind, jobs, given


def _refuse_arguments(file: Path, given: Mapping[str, Any]) -> None:
    """Raise InputError of what the class is given that is not for the file to say, lacks, or is no number."""
    if ours := [name for name in _OWN if name in given]:
        raise InputError(f"{file}: {ours[0]}: is for the search to say; remove it")
    for name in ("cores", "memory"):
        if name not in given:
            raise InputError(
                f"{file}: {name}: is missing; say what one job has, such as cores: 4, memory: 8GB"
            )
    for name in ("cores", "processes"):
        if not isinstance(given[name], int) or isinstance(given[name], bool) or given[name] < 1:
            raise InputError(f"{file}: {name}: must be a whole number from 1 on (got {given[name]!r})")
    if given["processes"] > given["cores"]:
        raise InputError(
            f"{file}: processes: must be at most cores, which is {given['cores']} (got {given['processes']}); "
            f"leave it out, as each trial has a process of its own within"
        )
