"""From the `space` section to the space that samplers see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hpsearch.config.schema import Choices, Fixed, ParameterSettings, Range, Spec
from hpsearch.config.space_rules import is_whole
from hpsearch.core.trial import Value

if TYPE_CHECKING:
    from hpsearch.space import Choice, Integer, Real, Space


def build_space(spec: Spec) -> Space:
    """The parameters of `spec` in the order of the file, with the objective's other values fixed.

    Values have the type of their hyperparameter: a learning rate of 1 is 1.0, a batch size of 32.0 is 32.
    """
    from hpsearch.space import Space

    fixed = {name: value for name, value in spec.objective.values.items() if name not in spec.space}
    constants = {
        name: typed(spec, name, given.value) for name, given in spec.space.items() if isinstance(given, Fixed)
    }
    searched = {name: given for name, given in spec.space.items() if name not in constants}
    parameters = tuple(_parameter(spec, name, given) for name, given in searched.items())
    return Space(parameters, fixed, spec.require, constants)


def parameter_of(spec: Spec, name: str) -> Real | Integer | Choice:
    """One parameter of the space."""
    return _parameter(spec, name, spec.space[name])


def _parameter(spec: Spec, name: str, given: ParameterSettings) -> Real | Integer | Choice:
    when = {
        parent: tuple(typed(spec, parent, value) for value in given.when[parent]) for parent in given.when
    }
    if isinstance(given, Choices):
        return _choice(spec, name, given, when)
    return _range(spec, name, given, when)


def _choice(spec: Spec, name: str, given: Choices, when: dict[str, tuple[Value, ...]]) -> Choice:
    from hpsearch.space import Choice

    choices = tuple(typed(spec, name, choice) for choice in given.choices)
    return Choice(name, choices, ordered=given.ordered, when=when)


def _range(
    spec: Spec, name: str, given: Range, when: dict[str, tuple[Value, ...]]
) -> Real | Integer | Choice:
    from hpsearch.space import SCALES, Integer, Real, Steps

    if not is_whole(name, given, type(spec.objective)):
        return Real(name, SCALES[given.scale](given.low, given.high), step=given.step, when=when)
    low, high = int(given.low), int(given.high)
    if given.step is None:
        return Integer(name, SCALES[given.scale](low, high), when=when)
    return Steps(name, tuple(range(low, high + 1, int(given.step))), ordered=True, when=when)


def typed(spec: Spec, name: str, value: Any) -> Any:
    """A value of a parameter in the type of its hyperparameter."""
    if spec.objective.free:
        return value
    return (
        float(value) if type(value) is int and not spec.objective.whole(name) else _whole(spec, name, value)
    )


def _whole(spec: Spec, name: str, value: Any) -> Any:
    return int(value) if isinstance(value, float) and spec.objective.whole(name) else value
