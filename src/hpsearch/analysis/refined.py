"""The configuration of a search around the best of another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from hpsearch.analysis.narrowing import Change
from hpsearch.config.loading import validate, with_source
from hpsearch.config.origins import Source
from hpsearch.config.requirements import reader
from hpsearch.config.schema import FLIGHT, Fixed, Spec
from hpsearch.config.yaml.dump import dump_yaml
from hpsearch.config.yaml.loader import parse_yaml
from hpsearch.core.errors import InputError, SpecError
from hpsearch.core.trial import Value
from hpsearch.space import Choice, Integer, Parameter, Real, Steps
from hpsearch.space.partial import without


def refined_spec(spec: Spec, changes: Sequence[Change], *, name: str, flight_of_trials: bool = False) -> Spec:
    """`spec` with the ranges that `changes` give it, as the run `name`, with `spec` for its parent.

    A parameter with one value left is written as that value; one whose condition cannot hold is left out.

    Args:
        spec: of the parent.
        changes: what becomes of its ranges.
        name: of the new run.
        flight_of_trials: whether it follows from the new number of trials how many trainings are in flight.

    Raises:
        InputError: no parameter is left to search.
        SpecError: the new ranges break a rule of the file.
    """
    if all(change.fixed or change.after is None for change in changes):
        raise InputError(f"{spec.name}: every parameter has one value left, so there is nothing to refine")
    space = {one: given.value for one, given in spec.space.items() if isinstance(given, Fixed)}
    space |= {change.name: _written(change.after) for change in changes if change.after is not None}
    lost = [change.name for change in changes if change.after is None]
    kept = spec.model_copy(update={"objective": spec.objective.without(lost)})
    data = parse_yaml(dump_yaml(kept), spec.name).data
    data |= {
        "name": name,
        "parent": spec.name,
        "space": {one: space[one] for one in spec.space if one in space},
    }
    # The parent has tried the first, and learned from the others.
    for setting in ("enqueue", "learn_from", "reuse", *(FLIGHT if flight_of_trials else ())):
        data["search"].pop(setting, None)
    if spec.require:
        data["require"] = _required(spec, set(spec.space) - set(space))
    refined, findings = validate(data)
    if refined is None:
        raise SpecError(Source(f"refined {spec.name}").problems(findings))
    return with_source(refined, Source(anchored=spec.source.anchored))


def _required(spec: Spec, gone: Collection[str]) -> list[str]:
    """The requirements of `spec`, without the parameters that no configuration has any more."""
    left = [without(text, gone, reader(spec.space, spec.objective)) for text in spec.require]
    return list(dict.fromkeys(text for text in left if text))


def _written(after: Parameter | Value) -> Any:
    """The parameter as the file has it."""
    if not isinstance(after, Real | Integer | Choice):
        return after
    when = {parent: [_item(value) for value in values] for parent, values in after.when.items()}
    return _values(after) | ({"when": when} if when else {})


def _item(value: Value) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _values(parameter: Parameter) -> dict[str, Any]:
    if isinstance(parameter, Choice) and not isinstance(parameter, Steps):
        return {"choices": [_item(choice) for choice in parameter.choices], "ordered": parameter.ordered}
    scale = parameter.scale
    data: dict[str, Any] = {"scale": scale.name, "low": scale.low, "high": scale.high}
    if isinstance(parameter, Integer | Steps):
        data["type"] = "int"
    return data | ({"step": parameter.step} if not isinstance(parameter, Integer) and parameter.step else {})
