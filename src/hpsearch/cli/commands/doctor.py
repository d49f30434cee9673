"""`hpsearch doctor CONFIG`: before a search, is the data fit to learn from, and does the network learn at all?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from hpsearch.cli import options
from hpsearch.cli.commands import COMMANDS

if TYPE_CHECKING:
    from hpsearch.data.prepared import Prepared
    from hpsearch.objectives.network.single import Single
    from hpsearch.reporting.picture.svg import Picture


@COMMANDS.register("doctor", place=20)
def command(
    config: options.Config,
    sets: options.Set = None,
    seed: options.Seed = None,
    picture: options.Picture = None,
    overwrite: options.Overwrite = False,
    json: options.Json = False,
) -> None:
    """Examine data and network before a search: pass, warn or fail, with the remedy.

    Ends with status 1 where anything fails, and with 0 where nothing does, warnings or not.
    """
    from msgspec.structs import asdict

    from hpsearch.cli import drawing
    from hpsearch.cli.console import note, out, out_json
    from hpsearch.config import load_spec
    from hpsearch.nn.diagnostics import Check, check_data, check_network
    from hpsearch.objectives.network.single import Single
    from hpsearch.objectives.network.workload import prepare_data

    drawing.examine(picture, overwrite=overwrite, json=json)
    spec = load_spec(config, options.overrides(sets, seed=seed))
    data = prepare_data(spec)
    checks = []
    known = (Check("source", "pass", fact) for fact in data.facts)
    doubtful = (Check("source", "warn", said, "see whether that is meant") for said in data.notes)
    images, filled = len(data.feature_shape) == 2, _filled(data)
    examined = check_data(
        data, data.classes, data.differences, images=images, filled=filled, names=_names(data)
    )
    for check in (*known, *doubtful, *examined):
        checks.append(check)
        if not json:
            out(_line(check.verdict, check.name, check.found, check.remedy))
    if any(check.verdict == "fail" and check.name == "missing values" for check in checks):
        undrawn = "" if picture is None else " or drawn"
        note(f"the network was not examined{undrawn}: the data cannot be learned from")
    else:
        single = Single(spec.objective.model_dump(), data, spec.seed, spec.objective.epochs)
        for check in check_network(single.architecture, single.settings, data, seed=single.seeds[0]):
            checks.append(check)
            if not json:
                out(_line(check.verdict, check.name, check.found, check.remedy))
        drawing.draw(picture, lambda: _layers(spec.name, single), overwrite=overwrite)
    if json:
        out_json([asdict(check) for check in checks])
    counts = [sum(check.verdict == verdict for check in checks) for verdict in ("pass", "warn", "fail")]
    note(f"{config}: {counts[0]} pass, {counts[1]} warn, {counts[2]} fail")
    if counts[2]:
        raise typer.Exit(1)


def _layers(name: str, single: Single) -> Picture:
    """The histograms of the activations."""
    from hpsearch.nn.diagnostics import activations
    from hpsearch.reporting.picture.layers import layers_picture

    shape = single.architecture
    found = activations(shape, single.settings, single.data, seed=single.seeds[0])
    return layers_picture(name, found, f"{shape.activation}, initializer {shape.initializer}")


def _filled(data: Prepared) -> list[str]:
    """The columns of a table in which values were missing."""
    columns = (data.encoding or {}).get("columns", ())
    return [column["name"] for column in columns if column["missing"]]


def _names(data: Prepared) -> list[str]:
    """Those of the inputs that were made of a table."""
    from hpsearch.data.tables.columns import Encoding

    return [] if data.encoding is None else Encoding.from_facts(data.encoding).inputs


def _line(verdict: str, name: str, found: str, remedy: str) -> str:
    return f"{verdict:<4}  {name}: {found}" + (f"\n      -> {remedy}" if remedy else "")
