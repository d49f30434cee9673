"""Code that a run folder names is run where this user has run it before, here, or says that it may."""

from __future__ import annotations

import json
from collections.abc import Callable

from hpsearch.config import Spec
from hpsearch.config.yaml.loader import Document, load_yaml, parse_yaml
from hpsearch.core.errors import InputError
from hpsearch.core.escaping import on_a_line
from hpsearch.runs import RunFolder
from hpsearch.runs.folder import CONFIG
from hpsearch.runs.marks import has_begun, is_marked
from hpsearch.storage.key import mark_of

#: Whose a folder may be that has no mark of this user.
_ELSEWHERE = "was made elsewhere: by somebody else, on another machine, or by an earlier version"
_EARLY = (
    "ended before it was recorded whose it is. If it is yours, go on with the file that you began it with: "
    "hpsearch run FILE --resume"
)


def mark(spec: Spec, config: str) -> str:
    """The mark of this user on what the search of a recorded `config` runs; empty where it runs no code of the
    user's own.
    """
    return mark_of(_runs(parse_yaml(config, CONFIG))) if spec.objective.own_code else ""


def refuse_foreign(spec: Spec, folder: RunFolder, *, trust: bool, tell: Callable[[str], object]) -> None:
    """Say what code a run folder that was made elsewhere runs, and go on only where it is trusted.

    A folder that was moved is none: what is recorded is relative to it.

    Raises:
        InputError: it is not trusted.
    """
    code = spec.objective.own_code
    if not code or is_marked(folder.journal, _runs(load_yaml(folder.config))):
        return
    place = on_a_line(str(getattr(spec.objective, "dir", None) or "."))
    runs = f"{folder.path} runs `{on_a_line(code)}` in {place}"
    if not trust:
        whose = _ELSEWHERE if has_begun(folder.journal) else _EARLY
        raise InputError(
            f"{runs}, and {whose}. "
            f"Look at that code, and at {folder.config}; add --trust if it may run here, with your rights"
        )
    tell(f"note: {runs}, which is trusted")


def _runs(recorded: Document) -> str:
    """What a search runs, by its recorded configuration: the objective, and what fills it in."""
    return json.dumps([recorded.data["objective"], recorded.data["space"]], sort_keys=True, default=str)
