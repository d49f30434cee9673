"""`hpsearch check CONFIG`: is the YAML right, and what would it sample?"""

from __future__ import annotations

from hpsearch.cli import options
from hpsearch.cli.commands import COMMANDS


@COMMANDS.register("check", place=10)
def command(
    config: options.Config,
    sets: options.Set = None,
    trials: options.Trials = None,
    seed: options.Seed = None,
    json: options.Json = False,
) -> None:
    """Check the YAML, and draw what each scale would sample."""
    from hpsearch.actions.run import make_plan
    from hpsearch.cli.console import note, out, out_json
    from hpsearch.config import build_space, lint, load_spec
    from hpsearch.objectives.kind import gather
    from hpsearch.report.scales import drawn
    from hpsearch.space.preview import preview

    spec = load_spec(config, options.overrides(sets, trials=trials, seed=seed))
    gather(spec)
    make_plan(spec)
    warnings = [str(warning) for warning in lint(spec)]
    previews = [preview(parameter) for parameter in build_space(spec).parameters]
    if json:
        out_json({"name": spec.name, "warnings": warnings, "space": previews})
        return
    out(drawn(previews))
    for warning in warnings:
        note(f"warning: {warning}")
    search = spec.search
    parameters = "1 parameter" if len(previews) == 1 else f"{len(previews)} parameters"
    note(f"{config}: fine; {search.trials} trials of {parameters}, {search.sampler}")
