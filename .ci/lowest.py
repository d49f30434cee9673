"""The lowest versions that pyproject.toml allows, printed as constraints for pip.

`python .ci/lowest.py EXTRA...` pins what the package needs, and what these extras add, to the lower bounds:
`numpy>=2.1` is printed as `numpy==2.1`. What the dependencies need in turn is pip's choice, the newest that fits:
nobody can promise more. A dependency that has no plain lower bound is an error, since none would be tested.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

_PROJECT = Path(__file__).parent.parent / "pyproject.toml"
_BOUNDED = re.compile(r"(?P<name>[\w.-]+)>=(?P<version>[\w.]+)(?P<marker> *;.*)?")
_OWN_EXTRAS = re.compile(r"hpsearch\[(?P<extras>[\w,-]+)\]")


def main(extras: list[str]) -> None:
    """Print a line for each dependency, in the order of the file and each once."""
    project = tomllib.loads(_PROJECT.read_text())["project"]
    sys.stdout.writelines(f"{line}\n" for line in dict.fromkeys(map(_pinned, _dependencies(project, extras))))


def _dependencies(project: dict[str, Any], extras: Iterable[str]) -> Iterator[str]:
    yield from project["dependencies"]
    for extra in extras:
        for dependency in project["optional-dependencies"][extra]:
            if own := _OWN_EXTRAS.fullmatch(dependency):
                yield from _dependencies(project, own["extras"].split(","))
            else:
                yield dependency


def _pinned(dependency: str) -> str:
    bounded = _BOUNDED.fullmatch(dependency)
    if bounded is None:
        sys.exit(f"{_PROJECT.name}: {dependency!r} has no lower bound such as 'name>=1.2'")
    return f"{bounded['name']}=={bounded['version']}{bounded['marker'] or ''}"


if __name__ == "__main__":
    main(sys.argv[1:])
