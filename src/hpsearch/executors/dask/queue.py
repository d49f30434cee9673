"""Workers that a queue of jobs is asked for, such as Slurm: what dask-jobqueue does, from a YAML file.

The file has `kind` (slurm, pbs, sge, lsf, ...), `jobs` (how many; by default enough for the search) and
beside these the arguments of dask-jobqueue's class for that kind, `cores` and `memory` at least.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import dask_jobqueue
import yaml
from distributed import Security

from hpsearch.core.errors import InputError, did_you_mean, one_of

#: What the classes are called, by the word of the file.
_SUFFIX = "Cluster"


def kinds() -> dict[str, Any]:
    """The classes that there are, by the words of the file."""
    names = [name for name in dir(dask_jobqueue) if name.endswith(_SUFFIX)]
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
    shared = Path(tempfile.mkdtemp(prefix=".hpsearch-jobs-", dir=Path.cwd()))
    try:
        try:
            cluster = kinds()[kind](
                security=_certified(shared),
                protocol="tls://",
                scheduler_options={"dashboard_address": pages},
                **given,
            )
        except (TypeError, ValueError, OSError, RuntimeError) as error:
            raise InputError(f"{file}: dask-jobqueue cannot use it: {error}") from error
        with cluster:
            cluster.scale(jobs=jobs or -(-workers // int(given["cores"])))
            yield cluster
    finally:
        with suppress(OSError):
            shutil.rmtree(shared)


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
    for name in ("cores", "memory"):
        if name not in given:
            raise InputError(
                f"{file}: {name}: is missing; say what one job has, such as cores: 4, memory: 8GB"
            )
    if not isinstance(given["cores"], int) or given["cores"] < 1:
        raise InputError(f"{file}: cores: must be a whole number from 1 on (got {given['cores']!r})")
    return kind, jobs, given
