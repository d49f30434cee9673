"""Event files that TensorBoard reads: a run per trial, with its hyperparameters and curves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpsearch.core.errors import MissingExtra
from hpsearch.core.trial import Standing, Value
from hpsearch.reporting.export.format import FORMATS
from hpsearch.reporting.export.trials import by_step, recorded
from hpsearch.reporting.tables import in_a_cell

if TYPE_CHECKING:
    from tensorboardX.record_writer import RecordWriter

    from hpsearch.engine.run import Run
    from hpsearch.space import Parameter


class TensorBoard:
    """A folder with an event file per trial, and one that says what all of them have in common."""

    says = "a folder of event files, with hyperparameters and curves"
    suffix = "-tensorboard"

    def write(self, run: Run, path: Path) -> None:
        """Write the folder."""
        try:
            import tensorboardX  # noqa: F401 - whether it is there
        except ImportError:
            raise MissingExtra(
                "export --to tensorboard", library="tensorboardX", extra="tensorboard"
            ) from None
        tags = _tags(run)
        with _writer(path, run.written) as writer:
            _add(writer, _experiment(run, tags), run.written)
        for standing in run.in_order:
            folder = path / f"trial-{standing.trial.number:04d}"
            with _writer(folder, run.written) as writer:
                _write_trial(writer, standing, run, tags)

    def use(self, run: Run, path: Path) -> str:
        """In TensorBoard."""
        del run
        return f"open it: tensorboard --logdir {path}"


def _write_trial(writer: RecordWriter, standing: Standing, run: Run, tags: Mapping[str, str]) -> None:
    end = run.written
    number = standing.trial.number
    _, begins, ends = _hparams(standing.trial.config)
    _add(writer, begins, end - run.seconds(number))
    for name, points in run.curves(number).items():
        for step, value in by_step(points).items():
            _add(writer, _scalar(tags[name], value), end, step)
    _add(writer, ends if standing.status == "done" else _failed(ends), end)


def _tags(run: Run) -> dict[str, str]:
    """The tag of each metric: its name in the letters of tags, or as it is where two would be alike."""
    names = {name for result in run.results for name in (*result.metrics, *result.curve)} | {run.metric.name}
    plain = {name: _plain(name) for name in sorted(names)}
    alike = Counter(plain.values())
    return {name: name if alike[tag] > 1 else tag for name, tag in plain.items()}


def _plain(name: str) -> str:
    from tensorboardX.summary import scalar

    return str(scalar(name, 0.0).value[0].tag)


def _scalar(tag: str, value: float) -> Any:
    """A point of a curve."""
    from tensorboardX.proto.summary_pb2 import Summary

    return Summary(value=[Summary.Value(tag=tag, simple_value=value)])


def _hparams(config: Mapping[str, Value], metrics: Mapping[str, float] | None = None) -> tuple[Any, Any, Any]:
    """What TensorBoard's table of hyperparameters reads: of all trials, of one as it begins, as it ends."""
    from tensorboardX.summary import hparams

    cells = {name: in_a_cell(value) for name, value in config.items()}
    return tuple(hparams(cells, dict(metrics or {})))


def _experiment(run: Run, tags: Mapping[str, str]) -> Any:
    """Every parameter, also one that holds in some trials only, and every metric."""
    names = sorted({name for standing in run.standings for name in standing.metrics})
    first = {tags[name]: 0.0 for name in (run.metric.name, *names)}
    return _hparams({parameter.name: _any(parameter) for parameter in recorded(run.space)}, first)[0]


def _any(parameter: Parameter) -> Value:
    return parameter.levels(2)[0]


def _failed(ends: Any) -> Any:
    """The same end, but of a trial that did not end well."""
    from tensorboardX.proto.api_pb2 import Status
    from tensorboardX.proto.plugin_hparams_pb2 import HParamsPluginData

    plugin = ends.value[0].metadata.plugin_data
    content = HParamsPluginData.FromString(plugin.content)
    content.session_end_info.status = Status.Value("STATUS_FAILURE")
    plugin.content = content.SerializeToString()
    return ends


@contextmanager
def _writer(folder: Path, seconds: float) -> Iterator[RecordWriter]:
    """The event file of a folder. It is written here and now: a thread would keep its trouble to itself."""
    from tensorboardX.proto.event_pb2 import Event
    from tensorboardX.record_writer import RecordWriter

    folder.mkdir()
    writer = RecordWriter(str(folder / f"events.out.tfevents.{seconds:.0f}.hpsearch"))
    try:
        writer.write(Event(wall_time=seconds, file_version="brain.Event:2").SerializeToString())
        yield writer
    finally:
        writer.close()


def _add(writer: RecordWriter, summary: Any, seconds: float, step: int = 0) -> None:
    from tensorboardX.proto.event_pb2 import Event

    writer.write(Event(wall_time=seconds, step=step, summary=summary).SerializeToString())


FORMATS.register("tensorboard")(TensorBoard())
