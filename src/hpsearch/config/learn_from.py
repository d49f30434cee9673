"""`search.learn_from`: where the runs are that a search learns from."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hpsearch.config.origins import KeyPath
from hpsearch.config.places import Root
from hpsearch.config.rules import mapping

PLACE: KeyPath = ("search", "learn_from")


def with_learned(data: Any, root: Root, given: Sequence[Path | str] = ()) -> Any:
    """`data` with the runs that it names as absolute paths, and those `given`, which start here, after them.

    What is no path stays as it is, for the section's own rules to refuse.
    """
    own = mapping(data, "search").get("learn_from", [])
    if (
        not (own or given)
        or not isinstance(own, list | tuple)
        or not isinstance(data.get("search", {}), dict)
    ):
        return data
    runs = [root.placed(run, (*PLACE, place)) for place, run in enumerate(own)]
    runs += [os.path.abspath(run) for run in given]  # noqa: PTH100 - resolve() would follow links
    return {**data, "search": {**data.get("search", {}), "learn_from": runs}}
