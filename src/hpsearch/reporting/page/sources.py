"""What ran: the configuration as it was recorded, and the versions of everything that had a part in it."""

from __future__ import annotations

from collections.abc import Iterator

from hpsearch.config.yaml.dump import dump_yaml
from hpsearch.core.version import __version__
from hpsearch.core.words import trials_named
from hpsearch.engine.run import Run
from hpsearch.reporting.page.found import Found
from hpsearch.reporting.page.parts import Block, Facts, Section, Text


def sources(found: Found) -> Section:
    """The file and the versions."""
    config = Text("config.yaml, complete with its defaults", dump_yaml(found.run.spec))
    blocks: list[Block] = [Facts(list(_versions(found))), config]
    return Section("sources", "What ran", blocks)


def _versions(found: Found) -> Iterator[tuple[str, str]]:
    run = found.run
    yield "run", run.name
    yield "seed", str(run.spec.seed)
    yield "recorded by", f"hpsearch {found.wrote}"
    yield "page made by", f"hpsearch {__version__}"
    if run.data:
        yield "data", f"{run.data}{f' ({run.rows} validation rows)' if run.rows else ''}"
    yield from _code(run)


def _code(run: Run) -> Iterator[tuple[str, str]]:
    """The digests of the user's files, and which trials each version of them trained."""
    ran: dict[int, list[int]] = {}
    for places, trials in run.codes.trials(run.results).items():
        for place in places:
            ran.setdefault(place, []).extend(trials)
    for place, code in enumerate(run.codes.versions):
        if place in ran:
            files = ", ".join(f"{name} {digest}" for name, digest in code.items()) or "not recorded"
            yield f"code {place + 1}", f"{files} ({trials_named(ran[place])})"
