"""What `dispatch` says of workers elsewhere: where its paths start, and what it must not say."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hpsearch.config.messages import got
from hpsearch.config.origins import Finding, KeyPath
from hpsearch.config.places import Root
from hpsearch.config.rules import mapping
from hpsearch.config.schema import Dispatch
from hpsearch.core.errors import InputError
from hpsearch.executors import EXECUTORS
from hpsearch.executors.cluster import ClusterFactory, refuse_open

#: The keys of `dispatch` that hold paths.
_PATHS: tuple[KeyPath, ...] = (("scheduler",), ("jobqueue",), ("tls", "ca"), ("tls", "cert"), ("tls", "key"))


def with_cluster(data: Any, root: Root) -> Any:
    """`data` with the paths of its dispatch made absolute: from the file's folder, or from here for an option."""
    if not isinstance(data, dict) or not mapping(data, "dispatch"):
        return data
    dispatch = dict(mapping(data, "dispatch"))
    for first, *rest in _PATHS:
        name = str(first)
        at: KeyPath = ("dispatch", first, *rest)
        if rest and isinstance(dispatch.get(name), dict):
            inner = str(rest[0])
            dispatch[name] = {**dispatch[name], inner: _absolute(dispatch[name].get(inner), root, at)}
            if dispatch[name][inner] is None:
                del dispatch[name][inner]
        elif not rest and name in dispatch:
            dispatch[name] = _absolute(dispatch[name], root, at)
    return {**data, "dispatch": dispatch}


def _absolute(value: Any, root: Root, at: KeyPath) -> Any:
    if not isinstance(value, str) or not value or "://" in value:
        return value
    base = Path() if root.source.is_override(at) else root.folder
    return os.path.abspath(base / Path(value).expanduser())  # noqa: PTH100 - resolve() would follow links


def cluster_problems(dispatch: Dispatch) -> Iterator[Finding]:
    """The rules that are broken, as far as the file alone shows it."""
    given = [name for name in ("scheduler", "jobqueue") if getattr(dispatch, name)]
    if not given:
        return
    at: KeyPath = ("dispatch", given[0])
    executor, value = dispatch.executor, getattr(dispatch, given[0])
    if executor in EXECUTORS and not isinstance(EXECUTORS[executor], ClusterFactory):
        remedy = f"give --executor dask, or --set {'.'.join(map(str, at))}= for workers here"
        yield Finding(
            at,
            f"is for executor dask, and not for {executor}; {remedy}{got(value)}",
            (("dispatch", "executor"),),
        )
    if len(given) > 1:
        yield Finding(
            ("dispatch", "jobqueue"), "brings a scheduler of its own; leave one of the two out", (at,)
        )
    if isinstance(dispatch.gpus, tuple):
        message = (
            "are those of one machine, and workers may be on several; start a worker for each card, with its "
            "CUDA_VISIBLE_DEVICES, and give gpus: off"
        )
        yield Finding(("dispatch", "gpus"), f"{message}{got(list(dispatch.gpus))}", (at,))
    yield from _address_problems(dispatch)


def _address_problems(dispatch: Dispatch) -> Iterator[Finding]:
    address = dispatch.scheduler
    if address is None or "://" not in address:  # a file tells it when it is read
        return
    try:
        refuse_open(address, insecure=dispatch.insecure)
    except InputError as error:
        yield Finding(("dispatch", "scheduler"), str(error))
        return
    if address.startswith("tls") and dispatch.tls is None:
        message = "needs certificates; give dispatch.tls: {ca: ca.pem, cert: cert.pem, key: key.pem}"
        yield Finding(("dispatch", "tls"), message, (("dispatch", "scheduler"),))
