"""Where each name of the file belongs: which sections know it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hpsearch.config.objective import KINDS, kind_of
from hpsearch.config.sampler_settings import every_setting
from hpsearch.config.schema import Dispatch, Spec


def homes(data: Any) -> Mapping[str, list[str]]:
    """The places that know each name, as `--set` has them; the space, which replaces what the objective has, first.

    >>> homes({})["trials"], homes({})["seed"]
    (['search.trials'], ['seed'])
    """
    space = data.get("space") if isinstance(data, dict) else None
    sections: dict[str, Iterable[str]] = {
        "": Spec.model_fields,
        "space.": space if isinstance(space, dict) else (),
        "objective.": kind_of(data).model_fields,
        "search.": every_setting().model_fields,
        "dispatch.": Dispatch.model_fields,
    }
    found: dict[str, list[str]] = {}
    for section, names in sections.items():
        for name in names:
            found.setdefault(name, []).append(f"{section}{name}")
    return found


def settable(name: str) -> str:
    """How `--set` calls a key of that name, whatever the kind of objective; empty where there is none.

    >>> [settable(name) for name in ("epochs", "name", "sampler", "colour")]
    ['epochs', 'name', 'search.sampler', '']
    """
    known = homes({})
    of_kinds = {field for kind in KINDS for field in KINDS[kind].model_fields}
    return name if name in of_kinds else next(iter(known.get(name, ())), "")
