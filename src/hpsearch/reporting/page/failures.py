"""Trainings that did not end well, those of one reason together, with the last lines of what they printed."""

from __future__ import annotations

from collections.abc import Sequence

from hpsearch.core.trial import Result
from hpsearch.core.words import trials_named
from hpsearch.reporting.page.found import Found
from hpsearch.reporting.page.parts import Advice, Block, Section, Text

#: So many kinds of failures are told, of so many last lines each.
_KINDS, _LINES = 25, 20


def failures(found: Found) -> Section | None:
    """Each reason with how often, where, and what was printed last."""
    kinds: dict[tuple[str, str], list[Result]] = {}
    for result in found.run.ill:
        kinds.setdefault((result.status, result.reason), []).append(result)
    if not kinds:
        return None
    ordered = sorted(kinds.values(), key=len, reverse=True)
    blocks: list[Block] = [_told(results) for results in ordered[:_KINDS]]
    command = f"hpsearch show {found.run.folder.argument} --failed"
    rest = f"{len(ordered) - _KINDS} more reasons; all" if len(ordered) > _KINDS else "all"
    blocks.append(Advice([(f"{rest} of them, one by one", command)]))
    return Section("failures", "What did not end well", blocks, _lead(found.run.ill))


def _lead(ill: Sequence[Result]) -> str:
    count = "1 training" if len(ill) == 1 else f"{len(ill)} trainings"
    return f"{count} of {trials_named(result.trial for result in ill)}"


def _told(results: Sequence[Result]) -> Text:
    first = results[0]
    times = f"{len(results)} times " if len(results) > 1 else ""
    why = f": {first.reason}" if first.reason else ""
    title = f"{times}{first.status}{why} ({trials_named(result.trial for result in results)})"
    printed = next((result for result in results if result.output), None)
    lines = "\n".join(printed.output.rstrip().split("\n")[-_LINES:]) if printed else "(it printed nothing)"
    return Text(title, lines, folded=True)
