"""`hpsearch train CONFIG`: one model, watched."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hpsearch.cli import options
from hpsearch.cli.commands import COMMANDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpsearch.core.trial import Config
    from hpsearch.engine.run import Run
    from hpsearch.objectives.network.settings import NetworkSettings
    from hpsearch.objectives.network.single import Single


@COMMANDS.register("train", place=30)
def command(
    config: options.Config,
    sets: options.Set = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="RUN:TRIAL", help="Go on from that trial's weights, with its settings."
        ),
    ] = None,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FILE", help="Write the trained model, as .npz.")
    ] = None,
    runs_dir: options.RunsDir = options.RUNS,
    seed: options.Seed = None,
    picture: options.Picture = None,
    overwrite: options.Overwrite = False,
    quiet: options.Quiet = False,
    json: options.Json = False,
) -> None:
    """Train one model with the objective's settings, and watch it: curves, bias and variance."""
    from hpsearch.cli import drawing
    from hpsearch.cli.console import note, out, out_json, watch
    from hpsearch.config import load_spec
    from hpsearch.nn.figures import asked_for
    from hpsearch.objectives.network.settings import network_of
    from hpsearch.objectives.network.single import Single
    from hpsearch.objectives.network.workload import prepare_data
    from hpsearch.reporting.picture.training import training_picture

    drawing.examine(picture, overwrite=overwrite, json=json)
    given, earlier = _earlier(runs_dir, source)
    spec = load_spec(config, [*given, *options.overrides(sets, seed=seed)])
    _check_target(save)
    single = Single(
        spec.objective.model_dump(),
        prepare_data(spec),
        spec.seed,
        spec.objective.epochs,
        asked_for(*(metric.name for metric in spec.search.metrics)),
    )
    if earlier is not None:
        single.start_from(earlier)
    curves: dict[str, list[float]] = {}

    def draw(last: dict[str, float]) -> None:
        drawing.draw(
            picture,
            lambda: training_picture(spec.name, curves, last),
            overwrite=overwrite,
            quiet=quiet,
        )

    try:
        with watch(quiet=quiet) as watched:
            for figures in single.run():
                for name, value in figures.items():
                    curves.setdefault(name, []).append(value)
                watched.update(curves, single.epochs)
    except KeyboardInterrupt:
        _interrupted(single, save)
        if curves:
            draw({})
        raise
    if single.diverged:
        note(f"diverged: the loss exploded in epoch {len(curves['val_loss'])}; try")
        note("\n".join(f"  {cure}" for cure in _cures(network_of(spec))))
        draw({})
        raise typer.Exit(1)
    if save is not None:
        _save(single, save)
    target = spec.search.target if spec.search.ranks_by.name == f"val_{single.figure}" else None
    result = _result(single, curves, target)
    draw(result["metrics"])
    if json:
        out_json(result)
    else:
        out("\n".join(_lines(result)))


def _earlier(runs_dir: Path, source: str | None) -> tuple[list[tuple[str, str]], NDArray[Any] | None]:
    """The trial's settings as overrides, and the weights (P,) that it ended with."""
    if source is None:
        return [], None
    from hpsearch.core.errors import InputError
    from hpsearch.engine.run import Run
    from hpsearch.runs import RunFolder

    run, mark, text = source.rpartition(":")
    if not mark or not text.isdecimal():
        raise InputError(f"--from {source}: must be RUN:TRIAL, such as digits:17")
    read = Run.read(RunFolder.existing(runs_dir, run), curves=False)
    try:
        config, weights = _ended(read, int(text), source)
    except InputError as error:
        raise InputError(f"--from {source}: {error}") from None
    return [(f"--from {source}", f"objective.{name}={value}") for name, value in config.items()], weights


def _ended(run: Run, number: int, source: str) -> tuple[Config, NDArray[Any]]:
    """The configuration and the weights of a trial."""
    from hpsearch.actions.weights import last_job, saved_weights, trained_again
    from hpsearch.cli.console import note

    job = last_job(run, number)
    weights = saved_weights(run, job)
    if weights is None:
        note(
            f"--from {source}: its state is not kept; training it again ({job.epochs} of {run.epochs} epochs)"
        )
        weights = trained_again(run, job)
    return job.trial.config, weights


def _cures(network: NetworkSettings) -> list[str]:
    """What to try after a divergence, the likeliest cure first."""
    clip, other = network.clip_norm / 10 or 1, "glorot" if network.initializer != "glorot" else "lecun"
    found = [
        f"a lower lr: --set lr={network.lr / 10:.3g}",
        f"shorter steps: --set clip_norm={clip:.3g}",
        f"another initializer: --set initializer={other}",
    ]
    if not network.warmup_epochs:
        found.append("a gentle start: --set warmup_epochs=2")
    if network.batch_norm == "off" and network.batch_size > 1:
        found.append("a steady signal: --set batch_norm=before")
    return found


def _check_target(save: Path | None) -> None:
    from hpsearch.core.errors import InputError
    from hpsearch.storage.endings import NPZ

    if save is not None and (save.suffix != NPZ or not save.absolute().parent.is_dir()):
        raise InputError(f"--save {save}: must end in .npz, in a folder that exists")


def _save(single: Single, path: Path) -> None:
    from hpsearch.core.errors import InputError

    try:
        single.save(path)
    except OSError as error:
        raise InputError(f"--save {path}: cannot be written: {error}") from error


def _interrupted(single: Single, save: Path | None) -> None:
    """Who has seen enough has the model as it was after the last epoch."""
    from hpsearch.cli.console import note

    epoch = single.state.epoch
    if save is None or single.diverged or not epoch:
        note(f"interrupted after epoch {epoch}")
        return
    _save(single, save)
    note(f"interrupted after epoch {epoch}; the model of that epoch is in {save}")


def _result(single: Single, curves: dict[str, list[float]], target: float | None) -> dict[str, Any]:
    from hpsearch.core.metric import Metric
    from hpsearch.nn.diagnostics import bias_and_variance

    seen, new = single.scores()
    error = Metric.named(f"val_{single.figure}").standard_error(new, len(single.data.y_val))
    case, helps = bias_and_variance(seen, new, target, error)
    figures = {name: values[-1] for name, values in curves.items()}
    return {
        "epochs": len(curves["val_loss"]),
        "metrics": {**figures, f"train_{single.figure}": seen},
        "diagnosis": case,
        "helps": helps,
        "curves": curves,
    }


def _lines(result: dict[str, Any]) -> list[str]:
    figures = ", ".join(f"{name.replace('_', ' ')} {value:.4f}" for name, value in result["metrics"].items())
    return [
        f"{result['epochs']} epochs: {figures}",
        result["diagnosis"],
        *(f"  {help_}" for help_ in result["helps"]),
    ]
