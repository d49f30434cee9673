"""What the space may be, given the objective: its names, its ranges and its choices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from hpsearch.config.messages import got, rule_broken
from hpsearch.config.objective import ObjectiveSettings
from hpsearch.config.origins import Finding, KeyPath, show
from hpsearch.config.schema import Choices, Fixed, ParameterSettings, Range, Spec
from hpsearch.core.errors import did_you_mean
from hpsearch.space.scales import SCALES
from hpsearch.space.stepping import Stepping, exact

Kind = type[ObjectiveSettings]
#: More values of a stepped range of whole numbers than this are a mistake, not a search.
MOST_STEPS = 10_000
#: What choices can be; true is an integer to Python, and no number to people.
_SORTS = {"text": str, "boolean": bool, "number": int | float, "list": tuple}
#: More values than this cannot be told apart in the unit interval.
MOST_VALUES = 10**15


def check_parameter(name: str, parameter: ParameterSettings, kind: Kind) -> Iterator[Finding]:
    """Every rule that one parameter with a sound name breaks, its conditions aside."""
    path: KeyPath = ("space", name)
    if isinstance(parameter, Choices):
        yield from _check_choices(path, parameter, kind)
    elif not kind.free and kind.names_of(name):
        names = ", ".join(kind.names_of(name))
        yield Finding(path, f"has no range of numbers; give choices, some of {names}")
    else:
        yield from _check_range(path, parameter, kind)


def strange_names(names: Iterable[str], kind: Kind) -> list[str]:
    """Those that no parameter of the space can have, in their order."""
    if kind.free:
        return [name for name in names if kind.name_problem(name)]
    known = set(kind.searchable()) - set(kind.unsearchable)
    return [name for name in names if name not in known]


def name_problem(name: str, kind: Kind, *, hints: bool = True) -> str:
    """Why the space cannot hold a parameter of that name, which is strange; to find `hints` takes its time."""
    if kind.free:
        return str(kind.name_problem(name))
    if name in kind.unsearchable:
        return f"cannot be searched: {kind.unsearchable[name]}"
    known = kind.searchable()
    hint = (did_you_mean(name, known) if hints else "") or f"; known: {', '.join(known)}"
    return f"is no hyperparameter of {_kind_name(kind)}{hint}"


def _kind_name(kind: Kind) -> str:
    return str(kind.names_of("kind")[0])


# -- choices -----------------------------------------------------------------------------------------------


def _check_choices(path: KeyPath, parameter: Choices, kind: Kind) -> Iterator[Finding]:
    if isinstance(parameter, Fixed):
        if broken := _illegal(path, parameter.value, kind):
            yield Finding(path, broken)
        return
    at = (*path, "choices")
    choices = parameter.choices
    if len({_sort(choice) for choice in choices if choice is not None}) > 1:
        lists = ", and may be null, or all lists" if kind.free else ""
        yield Finding(at, f"must be all texts, all numbers or all true/false{lists}{got(choices)}")
    given: set[object] = set()
    for index, choice in enumerate(choices):
        if choice in given:
            yield Finding((*at, index), f"is given twice{got(choice)}")
        elif broken := _illegal(path, choice, kind):
            yield Finding((*at, index), broken)
        given.add(choice)


def _illegal(path: KeyPath, value: Any, kind: Kind) -> str | None:
    """The rule that one value of a parameter breaks."""
    name = str(path[-1])
    return _wrong_sort(kind, name, value) or legality(kind, name, value)


def _wrong_sort(kind: Kind, name: str, choice: Any) -> str | None:
    """A word, such as off, that the objective reads as a number: a space has the numbers themselves."""
    if kind.free or kind.names_of(name) or _sort(choice) == "number":
        return None
    return f"must be a number{got(choice)}"


def _sort(value: object) -> str:
    for sort, kind in _SORTS.items():
        if isinstance(value, kind):
            return sort
    return "nothing"


def legality(kind: Kind, name: str, value: Any) -> str | None:
    """The rule of the hyperparameter that `value` breaks, in words."""
    return None if kind.free and name != "epochs" else rule_broken(kind, name, value, {})


def is_legal(spec: Spec, name: str, value: Any) -> bool:
    """Whether the hyperparameter `name` of the objective may have `value` at all."""
    return legality(type(spec.objective), name, value) is None


# -- ranges ------------------------------------------------------------------------------------------------


def _check_range(path: KeyPath, given: Range, kind: Kind) -> Iterator[Finding]:
    ends = ((*path, "low"), (*path, "high"))
    if given.low >= given.high:
        yield _order(path, given, ends)
        return
    yield from _check_scale(path, given)
    yield from _check_whole(path, given, kind)
    for at, end in zip(ends, (given.low, given.high), strict=True):
        if broken := legality(kind, str(path[-1]), whole_shown(end)):
            yield Finding(at, broken)
    yield from _check_step(path, given, kind)


def _order(path: KeyPath, given: Range, ends: tuple[KeyPath, KeyPath]) -> Finding:
    if given.low == given.high:
        fixed = f"write {path[-1]}: {show(whole_shown(given.low))} to fix it"
        return Finding(ends[1], f"must be above low; {fixed}{got(whole_shown(given.high))}", ends)
    message = f"must be above low, {show(whole_shown(given.low))}{got(whole_shown(given.high))}"
    return Finding(ends[1], message, ends)


def whole_shown(value: float) -> float | int:
    """A number as people write it: without `.0`."""
    return int(value) if float(value).is_integer() and abs(value) < 1e15 else value


def _check_scale(path: KeyPath, given: Range) -> Iterator[Finding]:
    """The domain of the scale. A problem of a scale says the end it is about first: `low: must be ...`."""
    problem = SCALES[given.scale].problem(given.low, given.high)
    if problem is None:
        return
    end, _, rule = problem.partition(": ")
    if not rule:
        yield Finding(path, problem)
        return
    value = whole_shown(given.low if end == "low" else given.high)
    yield Finding((*path, end), f"{rule}{got(value)}" if "(got" not in rule else rule, ((*path, "scale"),))


def is_whole(name: str, given: Range, kind: Kind) -> bool:
    """Whether whole numbers are drawn: where `type` says so, or the hyperparameter takes no others."""
    return given.type == "int" or kind.whole(name)


def _check_whole(path: KeyPath, given: Range, kind: Kind) -> Iterator[Finding]:
    name = str(path[-1])
    if kind.whole(name) and given.type == "float":
        yield Finding((*path, "type"), f"must be int: {name} is a whole number{got('float')}")
    if not is_whole(name, given, kind):
        return
    for field in ("low", "high", "step"):
        value = getattr(given, field)
        if value is not None and not float(value).is_integer():
            yield Finding((*path, field), f"must be a whole number{got(value)}")
    if given.high - given.low >= MOST_VALUES:
        rule = f"must be less than {MOST_VALUES} above low for whole numbers"
        yield Finding((*path, "high"), f"{rule}{got(whole_shown(given.high))}")


def _check_step(path: KeyPath, given: Range, kind: Kind) -> Iterator[Finding]:
    if given.step is None:
        return
    at, width = (*path, "step"), float(exact(given.high) - exact(given.low))
    if problem := SCALES[given.scale].step_problem:
        yield Finding(at, f"{problem}{got(given.scale)}")
    elif Stepping.of(given.low, given.high, given.step).count < 2:
        yield Finding(
            at, f"must be at most high - low, {show(whole_shown(width))}{got(whole_shown(given.step))}"
        )
    elif width / given.step > (most := _most_steps(str(path[-1]), given, kind)):
        yield Finding(at, f"gives more than {most} values; use a larger step{got(whole_shown(given.step))}")


def _most_steps(name: str, given: Range, kind: Kind) -> int:
    return MOST_STEPS if is_whole(name, given, kind) else MOST_VALUES // 2
