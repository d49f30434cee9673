"""What a search asks of a result first: which trial, how it ended, its metric. Read without decoding the line."""

from __future__ import annotations

import json
import math
import re
from typing import NamedTuple

from hpsearch.core.trial import Result, Status
from hpsearch.runs.journal import PREFIX, parsed
from hpsearch.runs.records import result_of

#: A name and a number as JSON writes them; a name with braces is left to the decoder.
_NAME = rb'"(?:[^"\\{}]++|\\.)*+"'
_NUMBER = rb"-?\d+(?:\.\d+)?(?:e[-+]\d+)?"


class Head(NamedTuple):
    """The head of a result; `value` is the metric, nan where there is none or it is not finite."""

    trial: int
    replicate: int
    epochs: int
    status: Status
    value: float

    @property
    def key(self) -> tuple[int, int, int]:
        """The `key` of the job that was answered."""
        return self[:3]


class Heads:
    """Reads the heads of results, with `metric` as their value.

    Of 100,000 results a listing shows 20, and a search that goes on needs all of them, but little of each.
    """

    def __init__(self, metric: str) -> None:
        self.metric = metric
        name = re.escape(json.dumps(metric).encode())
        # A plain result: it ended well and says nothing further. The line was written by `result_record`, and
        # its checksum holds; one that looks different in any way is decoded like every other record.
        self._plain = re.compile(
            rb'\{"crc":"[0-9a-f]{8}","kind":"result","trial":(\d{1,18}),"epochs":(\d{1,18}),"status":"done",'
            rb'"metrics":\{(?:%s:[^,{}"]++,)*?%s:(%s)(?:,[^{}]*)?\},'
            rb'"seconds":%s(?:,"curve":\{[^{}]*\})?\}' % (_NAME, name, _NUMBER, _NUMBER)
        )

    def plain(self, line: bytes) -> Head | None:
        """The head of a plain result, None for every other line."""
        found = self._plain.fullmatch(line)
        if found is None:
            return None
        trial, epochs, value = found.groups()
        return Head(int(trial), 0, int(epochs), "done", float(value))

    def of(self, result: Result) -> Head:
        """The head of a result that was decoded. Raises KeyError where one that is done lacks the metric."""
        value = result.metrics[self.metric] if result.status == "done" else math.nan
        return Head(result.trial, result.replicate, result.epochs, result.status, value)


def result_in(line: bytes) -> Result:
    """The result that a line of a journal holds, whose checksum holds."""
    return result_of(parsed(line))


def is_round(line: bytes) -> bool:
    """Whether a line begins a round."""
    return line.startswith(b'"kind":"round",', PREFIX)


def new_trials(line: bytes) -> int:
    """How many trials are new in the round that a line begins."""
    # Only jobs have a mapping of that name: the values of a configuration are numbers and texts, whose quotes
    # are escaped.
    return line.count(b',"config":{')
