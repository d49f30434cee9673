"""The records of a journal: what each may hold, as types; lines become them, and they become jobs and results."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypeAlias, get_args

import msgspec
from msgspec import Meta, Struct

from hpsearch.core.errors import RunFolderError
from hpsearch.core.trial import Config, Epochs, Job, Result, Status, Trial, Value
from hpsearch.runs.curves import OneEpoch, Packed

#: Raised by one whenever a journal written before can no longer be read.
FORMAT = 1
#: How long the crc field is that every line begins with.
PREFIX = len(b'{"crc":"00000000",')
#: One for all results without a curve, of which there may be many.
_NO_CURVE: Mapping[str, Sequence[float]] = {}

Count = Annotated[int, Meta(ge=0)]
#: A whole number, or a share of the first epoch.
Length: TypeAlias = Count | Annotated[float, Meta(gt=0, lt=1)]
#: What is not finite is null in JSON.
Number = float | None


# -- what a line holds -------------------------------------------------------------------------------------


class Header(Struct, frozen=True, tag_field="kind", tag="run"):
    """The first record: the format, who wrote it, the fingerprints of the search and of its data and weights.

    `rows` is how many rows the metric is measured on; 0 if unknown. `chance` has the losses of knowing nothing, by
    their metrics' names, as far as they are known. `commonest` is the accuracy of always giving the commonest
    class; 0 where there is none, or it is not known.
    """

    format: Any = None
    version: Any = None
    spec: str = ""
    data: str = ""
    rows: int = 0
    chance: dict[str, float] = {}
    commonest: float = 0.0


class _Asked(Struct, gc=False):
    """A job of a round; the configuration and seed are written with a trial's first job only."""

    trial: Count
    epochs: Length
    start: Length = 0
    replicate: Count = 0
    seed: Count | None = None
    config: dict[str, Value] | None = None


class _Round(Struct, gc=False, tag_field="kind", tag="round"):
    round: Count
    jobs: list[_Asked]


class Measured(Struct, gc=False):
    """What every result holds. `times`: when it was with a worker (`runs/times.py`)."""

    trial: Count
    epochs: Length
    status: Status
    metrics: dict[str, Number]
    seconds: Number
    replicate: Count = 0
    reason: str = ""
    output: str = ""
    kept: Count = 0
    times: tuple[float, float] | None = None


class _PassedOver(Struct, gc=False):
    """Whatever a mapping holds."""


class _Untraced(Measured, gc=False, tag_field="kind", tag="result"):
    """A result whose curves are not decoded, though they must be a mapping."""

    curve: _PassedOver | None = None


class _Traced(Measured, gc=False, tag_field="kind", tag="result"):
    """A result with its curves; None stands for those of one epoch, which say what the metrics say."""

    curve: dict[str, list[Number]] | None = None


class _Known(Struct, gc=False):
    """A trial of an earlier search: its metric by epochs."""

    config: dict[str, Value]
    values: dict[Length, float]


class _Inherited(Struct, gc=False, tag_field="kind", tag="inherited"):
    trials: list[_Known]
    source: str = msgspec.field(name="from", default="")
    of: Count = 0


class _Hinting(Struct, gc=False):
    """A trial of an earlier search: its metric in one number."""

    config: dict[str, Value]
    value: float


class _Hint(Struct, gc=False, tag_field="kind", tag="hint"):
    trials: list[_Hinting]
    source: str = msgspec.field(name="from", default="")
    of: Count = 0
    why: str = ""


class Ended(Struct, frozen=True, tag_field="kind", tag="end"):
    """The search ended; `why` is an `Ending` of the engine."""

    why: str


class Retried(Struct, frozen=True, tag_field="kind", tag="retry"):
    """What had failed so far was asked for again: those results count no more."""


class Extended(Struct, frozen=True, tag_field="kind", tag="extended"):
    """A grid was given more or fewer trials than the `begun` ones, which its fingerprint holds."""

    begun: Count


class Evaluated(Struct, frozen=True, tag_field="kind", tag="evaluation"):
    """The test part was measured, which is none of the search's business."""


class Session(Struct, frozen=True, tag_field="kind", tag="session"):
    """A search is begun or goes on: the fingerprint of its configuration, and the digests of its code by file.

    What follows was trained with that code, until the next one. `mark` is that of whose session it is, and where;
    empty where no code of the user's own is run.
    """

    spec: str = ""
    code: dict[str, str] = {}
    mark: str = ""


class Died(Struct, frozen=True, tag_field="kind", tag="died"):
    """A worker died while it trained `trials`, which were begun again; and how it did."""

    trials: list[int] = []
    reason: str = ""


class Waited(Struct, frozen=True, tag_field="kind", tag="waited"):
    """The next round has waited for more than its turn: the results of all but the last `left` are known to it."""

    left: Count


class Reused(Struct, frozen=True, tag_field="kind", tag="reused"):
    """The last trials so far are those of an earlier search, with their results: what numbers they have there."""

    source: str = msgspec.field(name="from", default="")
    trials: list[int] = []

    def numbered(self, first: int) -> dict[int, tuple[str, int]]:
        """The run, and the number there, of each: here they are numbered from `first` on."""
        return {first + place: (self.source, old) for place, old in enumerate(self.trials)}


class Other(Struct, frozen=True):
    """A record of a kind that this version does not know."""

    kind: str


class Inheritance(Struct, frozen=True):
    """Trials of an earlier search, to learn from: their configurations, and for each its metric by epochs.

    `source` is the name of its run, of whose trials that ended well they are so many `of`.
    """

    configs: Sequence[Config]
    values: Sequence[Mapping[Epochs, float]]
    source: str = ""
    of: int = 0


class Hint(Struct, frozen=True):
    """Trials of an earlier search that is no more than a hint, for the reason `why`: the metric of each."""

    configs: Sequence[Config]
    values: Sequence[float]
    source: str
    of: int
    why: str


#: Those that are used as they are read.
_AsRead: TypeAlias = Header | Ended | Evaluated | Retried | Extended | Session | Died | Waited | Reused
#: The jobs of a round are the record that begins it.
Record: TypeAlias = _AsRead | list[Job] | Result | Inheritance | Hint | Other
_Read: TypeAlias = _AsRead | _Round | _Inherited | _Hint
_LINES = (_Read | _Untraced, _Read | _Traced)
_DECODERS = tuple(msgspec.json.Decoder(lines) for lines in _LINES)
_KINDS = {record.__struct_config__.tag for record in get_args(_LINES[True])}


# -- from lines --------------------------------------------------------------------------------------------


class NoRecord(ValueError):
    """A line whose checksum holds is no JSON object."""


def parsed(line: bytes) -> dict[str, Any]:
    """The object of one line without its checksum. Raises NoRecord where there is none."""
    try:
        record = json.loads(b"{" + line[PREFIX:])
    except (ValueError, RecursionError) as error:
        raise NoRecord(str(error)) from None
    if not isinstance(record, dict):
        raise NoRecord("no object")
    return record


class Reader:
    """Turns the lines of one journal into records, from the first to the last.

    Attributes:
        trials: those that were new in the rounds so far, by number.
    """

    def __init__(self, where: str, *, curves: bool = True, ranges: Sequence[str] = ()) -> None:
        """`where` is the journal in words; without `curves` none are decoded, and no result has any.

        The parameters called `ranges` are drawn from ranges, and so neither null nor lists.
        """
        self.trials: dict[int, Trial] = {}
        self._where = where
        self._begun = False
        self._curves = curves
        self._ranges = ranges
        self._decode = _DECODERS[curves].decode

    def __call__(self, line: bytes) -> Record:
        """The record of the next line, whose checksum holds.

        Raises:
            RunFolderError: it is the first one, and begins no journal that this version can read.
            NoRecord: it holds no JSON object.
            ValueError, KeyError, TypeError: it is none that a search writes there.
        """
        if not self._begun:
            return self._first(line)
        try:
            record = self._decode(line)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            record = self._decode_slowly(line)
        if isinstance(record, Measured):
            return self._result(record)
        if isinstance(record, _Round):
            return self._jobs(record)
        if isinstance(record, Header):
            raise ValueError("a journal begins once")
        return _learned(record) if isinstance(record, _Inherited | _Hint) else record

    def _decode_slowly(self, line: bytes) -> Any:
        """The record of a line that is not plain: JSON may hold half a character, and a kind may be new."""
        record = parsed(line)
        kind = record.get("kind")
        if isinstance(kind, str) and kind not in _KINDS:
            return Other(kind)
        try:
            return msgspec.convert(record, _LINES[True], str_keys=True)
        except msgspec.MsgspecError as error:
            raise ValueError(str(error)) from None

    def _first(self, line: bytes) -> Header:
        """The record that begins the journal; of another format, it and what follows may be of any form."""
        head = parsed(line)
        if head.get("kind") != "run":
            raise headless(self._where)
        if head.get("format") != FORMAT:
            raise RunFolderError(
                f"{self._where}: journal format {head.get('format')!r}, written by hpsearch {head.get('version')}; "
                f"this version reads format {FORMAT}. Use that version of hpsearch, or start again with --overwrite"
            )
        self._begun = True
        record: Header = self._decode_slowly(line)
        return record

    def _jobs(self, record: _Round) -> list[Job]:
        trials, number = self.trials, record.round
        for asked in record.jobs:
            if asked.config is not None:
                if asked.seed is None:
                    raise ValueError(f"trial {asked.trial} has no seed")
                for name in self._ranges:
                    if isinstance(asked.config.get(name, 0), tuple | None):
                        raise ValueError(f"{name} of trial {asked.trial} is no number")
                trials[asked.trial] = Trial(asked.trial, number, asked.config, asked.seed)
        return [Job(trials[asked.trial], asked.epochs, asked.start, asked.replicate) for asked in record.jobs]

    def _result(self, record: Measured) -> Result:
        trial = self.trials.get(record.trial)
        if trial is None:
            raise ValueError(f"trial {record.trial} has a result, and no round has the trial")
        metrics, seconds = record.metrics, record.seconds
        if None in metrics.values():
            metrics = {name: _number(value) for name, value in metrics.items()}
        return Result(
            trial.number,
            record.epochs,
            record.status,
            metrics,  # type: ignore[arg-type]  # none of them is None
            _curve(record.curve, metrics) if self._curves and isinstance(record, _Traced) else _NO_CURVE,
            math.nan if seconds is None else seconds,
            record.replicate,
            record.reason,
            record.output,
            record.kept,
        )


def _curve(
    curve: Mapping[str, Sequence[Number]] | None, metrics: Mapping[str, Any]
) -> Mapping[str, Sequence[float]]:
    if curve is None:
        return OneEpoch(metrics)
    if not curve:
        return _NO_CURVE
    try:
        return Packed(curve)  # type: ignore[arg-type]  # it says so where one is None
    except TypeError:
        return Packed({name: [_number(value) for value in values] for name, values in curve.items()})


def _number(value: Number) -> float:
    return math.nan if value is None else value


def _learned(record: _Inherited | _Hint) -> Inheritance | Hint:
    configs = [trial.config for trial in record.trials]
    if isinstance(record, _Hint):
        values = [trial.value for trial in record.trials]
        return Hint(configs, values, record.source, record.of, record.why)
    return Inheritance(configs, [trial.values for trial in record.trials], record.source, record.of)


def headless(where: str) -> RunFolderError:
    """What is said of a journal whose beginning is not there."""
    return RunFolderError(f"{where}: not a journal of hpsearch (its first record is missing)")
