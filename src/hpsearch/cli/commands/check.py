"""`hpsearch check CONFIG`: is the YAML right, and what would be tried first?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpsearch.cli import options
from hpsearch.cli.commands import COMMANDS

if TYPE_CHECKING:
    from hpsearch.actions.check import Foreseen


@COMMANDS.register("check", place=10)
def command(
    config: options.Config,
    sets: options.Set = None,
    trials: options.Trials = None,
    seed: options.Seed = None,
    picture: options.Picture = None,
    overwrite: options.Overwrite = False,
    json: options.Json = False,
) -> None:
    """Check the YAML, and draw what its sampler would try first on each scale."""
    from hpsearch.actions.check import Foreseen, pictured
    from hpsearch.actions.planning import budget_told, in_flight, make_plan, with_levels, workers_told
    from hpsearch.actions.remaining import remaining, told
    from hpsearch.cli import drawing
    from hpsearch.cli.console import out, out_json, remark
    from hpsearch.cli.pareto import ranks_by
    from hpsearch.config import lint, load_spec
    from hpsearch.objectives.kind import gather
    from hpsearch.reporting.document import VERSION
    from hpsearch.reporting.scales import drawn

    drawing.examine(picture, overwrite=overwrite, json=json)
    spec = load_spec(config, options.overrides(sets, trials=trials, seed=seed))
    workload = gather(spec)
    spec = with_levels(spec, workload.shortest)
    plan = make_plan(spec)
    warnings = [str(warning) for warning in lint(spec)]
    foreseen = Foreseen.of(plan)
    previews, made = foreseen.previews(plan), foreseen.made(plan)
    left = remaining(spec, plan)
    drawing.draw(picture, lambda: pictured(spec.name, plan, spec.search.sampler), overwrite=overwrite)
    if json:
        found = {"name": spec.name, "warnings": warnings, "trials": made, "drawn": len(foreseen.configs)}
        flight = in_flight(spec, workload.slots, made)
        left_of = {"left": left.share, "require": left.shares}
        out_json({"version": VERSION, **found, "space": previews, **left_of, "in_flight": flight})
        return
    if picture != drawing.HERE:  # dots in place of bars
        out(f"{_which(foreseen, made, spec.search.sampler)}\n{drawn(previews, len(foreseen.configs))}")
    if spec.require:
        out(told(left))
    for said in budget_told(spec):
        remark(said)
    for warning in warnings:
        remark(f"warning: {warning}")
    parameters = "1 parameter" if len(previews) == 1 else f"{len(previews)} parameters"
    asked = "" if made == plan.trials else f" ({plan.trials} asked for, it holds no more)"
    ranks = f"ranked by {ranks_by(spec.search)}"
    at_once = f"{min(made, spec.search.in_flight)} at a time at most"
    remark(f"{config}: fine; {made} trials of {parameters}, {spec.search.sampler}{asked}, {at_once}, {ranks}")
    workers_told(spec, workload.slots, remark)


def _which(foreseen: Foreseen, made: int, sampler: str) -> str:
    """Which trials these are."""
    count = len(foreseen.configs)
    if count == made:
        asked = "" if made == foreseen.wanted else f" of the {foreseen.wanted} asked for"
        return f"what {sampler} tries: {count} trials{asked}"
    later = "" if foreseen.all else "; what the others try follows from their results"
    return f"what {sampler} tries first: {count} of {made} trials{later}"
