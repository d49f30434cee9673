"""A search as a page of Markdown: GitHub shows it beside a job, and it can be a comment. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hpsearch.config.yaml.writer import pasted
from hpsearch.core.escaping import on_a_line, printable
from hpsearch.core.gate import Gate
from hpsearch.core.trial import plain
from hpsearch.core.verdict import Verdict
from hpsearch.core.words import shown
from hpsearch.engine.run import Run
from hpsearch.reporting import text
from hpsearch.reporting.tables import columns_of, in_markdown, markdown, table

#: How many of the ranking stand in it.
_ROWS = 10


def summary(run: Run, gates: Sequence[Gate], verdicts: Sequence[Verdict], error: str = "") -> str:
    """Heading, gates, the best with its parameters, what to do next, how many trials, the first ten."""
    parts = [_heading(run.name, gates, error), *_error(error), *_gates(gates), *_best(run)]
    parts += [*_verdicts(verdicts), _counts(run), *_ranking(run)]
    return "\n".join(parts)


def refusal(name: str, error: str) -> str:
    """Of a search that did not come to any result."""
    return "\n".join([_heading(name, (), error), *_error(error)])


def _heading(name: str, gates: Sequence[Gate], error: str) -> str:
    failed = sum(not gate.passed for gate in gates)
    passed = "1 gate passed" if len(gates) == 1 else f"all {len(gates)} gates passed" if gates else "done"
    what = f"{failed} of {len(gates)} gates failed" if failed else "failed" if error else passed
    return f"# hpsearch {in_markdown(name)}: {what}\n"


def _error(error: str) -> Iterator[str]:
    if error:
        yield _fenced(error)


def _gates(gates: Sequence[Gate]) -> Iterator[str]:
    if gates:
        rows = [
            [gate.name, "passed" if gate.passed else "FAILED", gate.value, gate.limit, gate.text]
            for gate in gates
        ]
        yield markdown(["gate", "", "value", "limit", "in words"], rows)


def _best(run: Run) -> Iterator[str]:
    best, metric = run.best, run.metric
    if best is None:
        yield "No trial is done.\n"
        return
    again = best.confirmed
    known = f" +- {again.spread:.2g} ({again.seeds} seeds)" if again and again.seeds > 1 else ""
    value = metric.shown(best.value(metric))
    yield f"Best: trial {best.trial.number}, {in_markdown(str(metric))} **{value}**{known}\n"
    yield _fenced(pasted(plain(best.trial.config)), "yaml")


def _verdicts(verdicts: Sequence[Verdict]) -> Iterator[str]:
    if verdicts:
        yield "".join(f"- {in_markdown(verdict.text)}{_command(verdict.command)}\n" for verdict in verdicts)


def _command(command: str) -> str:
    return f": {_code(command)}" if command else ""


def _counts(run: Run) -> str:
    state = run.ending or run.state
    return f"{in_markdown(text.summary(run.standings) + text.deaths(run.deaths))} ({shown(state)}).\n"


def _ranking(run: Run) -> Iterator[str]:
    if best := run.ranked[:_ROWS]:
        yield markdown(*table(best, run.space.recorded, columns_of(run.standings)))


def _fenced(lines: str, language: str = "") -> str:
    """Lines as they are, between fences longer than any within."""
    fence = "`" * max(3, 1 + _longest(lines))
    return f"{fence}{language}\n{printable(lines).rstrip()}\n{fence}\n"


def _code(line: str) -> str:
    """A line as it is, between as many marks as it needs."""
    fence = "`" * (1 + _longest(line))
    space = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{space}{on_a_line(line)}{space}{fence}"


def _longest(lines: str) -> int:
    return max(map(len, re.findall("`+", lines)), default=0)
