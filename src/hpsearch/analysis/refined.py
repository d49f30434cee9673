"""The configuration of a search around the best of another."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from hpsearch.analysis.narrowing import Change
from hpsearch.config.loading import validate, with_source
from hpsearch.config.origins import Source
from hpsearch.config.requirements import reader
from hpsearch.config.schema import Spec
from hpsearch.config.yaml.dump import dump_yaml
from hpsearch.config.yaml.loader import parse_yaml
from hpsearch.core.errors import InputError, SpecError
from hpsearch.space import Choice, Integer, Parameter, Real
from hpsearch.space.partial import without


def refined_spec(spec: Spec, changes: Sequence[Change], *, name: str) -> Spec:
    """`spec` with the ranges that `changes` give it, as the run `name`, with `spec` for its parent.

    A parameter with one value left moves to the objective; a condition on what is fixed now is settled.

    Raises:
        InputError: no parameter is left to search.
        SpecError: the new ranges break a rule of the file.
    """
    changes = [_kept(change) if change.name in _own_settings(spec) else change for change in changes]
    fixed = {change.name: change.after for change in changes if change.fixed}
    space = {
        change.name: _written(change.after, fixed, changes)
        for change in changes
        if isinstance(change.after, Real | Integer | Choice) and _possible(change.after, fixed)
    }
    if not space:
        raise InputError(f"{spec.name}: every parameter has one value left, so there is nothing to refine")
    data = parse_yaml(dump_yaml(spec), spec.name).data
    data["objective"] |= fixed
    data |= {"name": name, "parent": spec.name, "space": space}
    if spec.require:
        data["require"] = _required(spec, set(spec.space) - set(space) - set(fixed))
    refined, findings = validate(data)
    if refined is None:
        raise SpecError(Source(f"refined {spec.name}").problems(findings))
    return with_source(refined, Source(anchored=spec.source.anchored))


def _required(spec: Spec, gone: Collection[str]) -> list[str]:
    """The requirements of `spec`, without the parameters that no configuration has any more."""
    left = [without(text, gone, reader(spec.space, spec.objective)) for text in spec.require]
    return list(dict.fromkeys(text for text in left if text))


def _own_settings(spec: Spec) -> Iterable[str]:
    """What the objective would take for its own setting, where a parameter of the user's code has that name."""
    return type(spec.objective).model_fields if spec.objective.free else ()


def _kept(change: Change) -> Change:
    """The change with the one value left as a choice of its own, in the space."""
    if not change.fixed or not isinstance(change.before, Choice):
        return change
    only = [choice for choice in change.before.choices if choice == change.after]
    return replace(change, after=replace(change.before, choices=tuple(only)))


def _possible(parameter: Parameter, fixed: Mapping[str, Any]) -> bool:
    """Whether the parameter's condition can hold with what is fixed."""
    return all(fixed[parent] in values for parent, values in parameter.when.items() if parent in fixed)


def _written(parameter: Parameter, fixed: Mapping[str, Any], changes: Sequence[Change]) -> dict[str, Any]:
    """The parameter as the file has it."""
    if isinstance(parameter, Choice):
        data: dict[str, Any] = {"choices": list(parameter.choices), "ordered": parameter.ordered}
    else:
        scale = parameter.scale
        data = {"scale": scale.name, "low": scale.low, "high": scale.high}
        if isinstance(parameter, Integer):
            data["type"] = "int"
        elif parameter.step is not None:
            data["step"] = parameter.step
    left = {change.name: change.after for change in changes if isinstance(change.after, Choice)}
    when = {
        parent: [value for value in values if parent not in left or value in left[parent].choices]
        for parent, values in parameter.when.items()
        if parent not in fixed
    }
    return data | ({"when": when} if when else {})
