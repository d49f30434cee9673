"""What `dispatch` says of workers elsewhere: where its paths start, and what it must not say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hpsearch.config.messages import got
from hpsearch.config.origins import Finding, KeyPath
from hpsearch.config.places import Root
from hpsearch.config.rules import mapping
from hpsearch.config.schema import Dispatch, Tls
from hpsearch.core.errors import InputError
from hpsearch.executors import EXECUTORS
from hpsearch.executors.cluster import NEEDS_CERTIFICATES, ClusterFactory, refuse_open

_AT: KeyPath = ("dispatch",)


def with_cluster(data: Any, root: Root) -> Any:
    """`data` with the paths of its dispatch made absolute: from the file's folder, or from here for an option."""
    given = mapping(data, "dispatch")
    if not given:
        return data
    dispatch = dict(given)
    for name in ("scheduler", "jobqueue"):
        if name in dispatch and "://" not in str(dispatch[name]):
            dispatch[name] = root.placed(dispatch[name], (*_AT, name))
    if isinstance(tls := dispatch.get("tls"), dict):
        files = {
            name: root.placed(tls[name], (*_AT, "tls", name)) for name in Tls.model_fields if name in tls
        }
        dispatch["tls"] = {**tls, **files}
    return {**data, "dispatch": dispatch}


def cluster_problems(dispatch: Dispatch) -> Iterator[Finding]:
    """The rules that are broken, as far as the file alone shows it."""
    given = [name for name in ("scheduler", "jobqueue") if getattr(dispatch, name)]
    if not given:
        return
    at: KeyPath = ("dispatch", given[0])
    executor, value = dispatch.executor, getattr(dispatch, given[0])
    if executor in EXECUTORS and not _can_be_told(executor):
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


def _can_be_told(executor: str) -> bool:
    """Whether an executor can be told where its workers are, and does not bring them itself."""
    factory = EXECUTORS[executor]
    return isinstance(factory, ClusterFactory) and not getattr(factory, "away", False)


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
        yield Finding(("dispatch", "tls"), NEEDS_CERTIFICATES, (("dispatch", "scheduler"),))
