"""What GitHub writes beside the lines of a pull request: a command to its runners per problem."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from hpsearch.core.errors import Problem
from hpsearch.core.escaping import printable

_MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _MESSAGE | str.maketrans({":": "%3A", ",": "%2C"})


def on_github(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a runner of GitHub reads what is printed."""
    return environment.get("GITHUB_ACTIONS") == "true"


def annotated(problems: Iterable[Problem]) -> Iterator[str]:
    r"""An `::error` for each, with its file and line where it has them.

    >>> list(annotated([Problem("a,b.yaml", 12, "space.lr", "must be\n100 %")]))
    ['::error file=a%2Cb.yaml,line=12,title=hpsearch::space.lr: must be%0A100 %25']
    """
    for problem in problems:
        said = f"{problem.path}: {problem.message}" if problem.path else problem.message
        yield f"::error {_properties(problem)}title=hpsearch::{printable(said).translate(_MESSAGE)}"


def _properties(problem: Problem) -> str:
    line = f"line={problem.line}," if problem.line else ""
    placed = line or (problem.file and Path(problem.file).is_file())
    return f"file={printable(problem.file).translate(_PROPERTY)},{line}" if placed else ""
