"""Code that a run folder names is run where this user has run it before, here, or says that it may."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hpsearch.config import Spec
from hpsearch.config.yaml.loader import load_yaml
from hpsearch.core.errors import InputError
from hpsearch.core.escaping import on_a_line
from hpsearch.runs import RunFolder
from hpsearch.runs.marks import is_marked
from hpsearch.storage.key import mark_of


def mark(spec: Spec, folder: RunFolder) -> str:
    """The mark of this user on what the search of `folder` runs; empty where it runs no code of the user's own."""
    return mark_of(_recorded(folder)) if spec.objective.own_code else ""


def refuse_foreign(spec: Spec, folder: RunFolder, *, trust: bool, tell: Callable[[str], object]) -> None:
    """Say what code a run folder that was made elsewhere runs, and go on only where it is trusted.

    A folder that was moved is none: the mark is on what is run, wherever it is.

    Raises:
        InputError: it is not trusted.
    """
    code = spec.objective.own_code
    if not code or is_marked(folder.journal, _recorded(folder)):
        return
    place = on_a_line(str(getattr(spec.objective, "dir", None) or "."))
    runs = f"{folder.path} runs `{on_a_line(code)}` in {place}"
    if not trust:
        raise InputError(
            f"{runs}, and was made elsewhere: by somebody else, on another machine, or by an earlier version. "
            f"Look at that code, and at {folder.config}; add --trust if it may run here, with your rights"
        )
    tell(f"note: {runs}, which is trusted")


def _recorded(folder: RunFolder) -> str:
    """What a search runs, by its recorded configuration: the objective, wherever it is, and what fills it in."""
    recorded: Any = load_yaml(folder.config).data
    objective = {**recorded["objective"], "dir": None}
    if isinstance(settings := objective.get("config"), dict):
        objective["config"] = {**settings, "from": None}
    return json.dumps([objective, recorded["space"]], sort_keys=True, default=str)
