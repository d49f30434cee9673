"""Spaces: the unit cube on one side, configurations on the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import compress
from typing import TYPE_CHECKING, TypeAlias, TypeGuard

from hpsearch.core.deferred import np
from hpsearch.core.errors import InputError
from hpsearch.core.trial import Config, Value
from hpsearch.space.conditions import allowing, allows, count, holds, parents_first, walk
from hpsearch.space.expressions import NUMBER, Reader, Unreadable, kind_of
from hpsearch.space.parameters import Choice, Parameter
from hpsearch.space.requirements import MOST_LISTED, Requirement

if TYPE_CHECKING:
    from numpy.typing import NDArray

Array: TypeAlias = "NDArray[np.float64]"
#: Where a parameter lies that a configuration does not have.
MIDDLE = 0.5


class Space:
    """An ordered set of P parameters, some of them conditional.

    `fixed` holds the values of the objective that are not searched, and `constants` those that every
    configuration has though they are not searched either; conditions may name both. `require` is what must hold
    of a configuration to be tried (see `admits`); `decode` gives also what is not.
    Raises InputError where a name is given twice, a condition names nothing known or itself in a circle, or a
    requirement cannot be read.

    >>> from hpsearch.space import Choice, Log, Real
    >>> rate = Real("lr", Log(1e-4, 1))
    >>> decay = Real("beta2", Log(0.1, 1), when={"optimizer": ("adam",)})
    >>> space = Space([rate, Choice("optimizer", ("sgd", "adam")), decay])
    >>> space.decode(np.array([[0.0, 0.2, 0.0], [1.0, 0.9, 1.0]]))
    [{'lr': 0.0001, 'optimizer': 'sgd'}, {'lr': 1.0, 'optimizer': 'adam', 'beta2': 1.0}]
    """

    def __init__(
        self,
        parameters: Sequence[Parameter],
        fixed: Mapping[str, Value] | None = None,
        require: Sequence[str] = (),
        constants: Mapping[str, Value] | None = None,
    ) -> None:
        self.parameters = tuple(parameters)
        self.constants: Config = dict(constants or {})
        self.names = tuple(parameter.name for parameter in self.parameters)
        twice = [name for index, name in enumerate(self.names) if name in self.names[:index]]
        if twice:
            raise InputError(f"the space holds {twice[0]!r} twice; rename or remove one")
        known = {**(fixed or {}), **self.constants}
        self.fixed: Config = {name: value for name, value in known.items() if name not in self.names}
        self._ordered = parents_first(self.parameters, self.fixed)
        self._conditional = any(parameter.when for parameter in self.parameters)
        self._columns = {name: column for column, name in enumerate(self.names)}
        self.require = tuple(self._requirement(text) for text in require)

    def __len__(self) -> int:
        return len(self.parameters)

    def __repr__(self) -> str:
        return f"Space({list(self.parameters)!r}, {dict(self.fixed)!r}, {dict(self.constants)!r})"

    @property
    def recorded(self) -> tuple[str, ...]:
        """The names of what a configuration may hold: the parameters, then the constants."""
        return (*self.names, *self.constants)

    @property
    def conditional(self) -> bool:
        """Whether any parameter has a condition."""
        return self._conditional

    @cached_property
    def combinations(self) -> int | None:
        """How many configurations there are, also such as break a requirement; None if there is no end of them."""
        return count(self._ordered, self.fixed)

    @cached_property
    def size(self) -> int | None:
        """How many different configurations may be tried; None if there is no end of them.

        At most as many, where there are too many to see which of them the requirements leave.
        """
        if not self.require or self.combinations is None or self.combinations > MOST_LISTED:
            return self.combinations
        return sum(1 for _ in self.configurations())

    def admits(self, config: Config) -> bool:
        """Whether the requirements let `config` be tried."""
        return all(one.holds(config) for one in self.require)

    def decode(self, units: Array, given: Config | None = None) -> list[dict[str, Value]]:
        """The configurations at the points `units` (n, P): the active parameters in order, then the constants.

        Parameters have the values that are `given` in place of those of the points.
        """
        rows = self._decoded(units, range(len(self)), pruned=not given)
        if given:
            rows = [self._prune({**row, **given}) for row in rows]
        return [{**row, **self.constants} for row in rows] if self.constants else rows

    def _decoded(self, units: Array, columns: Sequence[int], *, pruned: bool) -> list[dict[str, Value]]:
        """The values of some columns of the points `units` (n, P), with or without those that are not active."""
        if not columns:
            return [{} for _ in range(len(units))]
        names = [self.names[column] for column in columns]
        rows = zip(
            *(self.parameters[column].decode(np.ascontiguousarray(units[:, column])) for column in columns),
            strict=True,
        )
        if not (pruned and self._conditional):
            return [dict(zip(names, row, strict=True)) for row in rows]
        live = self.live(units)[:, columns].tolist()
        return [
            dict(compress(zip(names, row, strict=True), has)) for row, has in zip(rows, live, strict=True)
        ]

    def admitting(self, units: Array) -> NDArray[np.bool_]:
        """Whether the requirements let the configurations at the points `units` (n, P) be tried, each (n,)."""
        if not self.require:
            return np.ones(len(units), np.bool_)
        return np.array([self.admits(row) for row in self.asked(units)], dtype=np.bool_)

    def asked(self, units: Array) -> list[dict[str, Value]]:
        """The configurations at the points `units` (n, P), without what no requirement names."""
        names = {name for one in self.require for name in one.names}
        columns = [column for column, name in enumerate(self.names) if name in names]
        return [{**row, **self.constants} for row in self._decoded(units, columns, pruned=True)]

    def live(self, units: Array) -> NDArray[np.bool_]:
        """Which of the parameters (n, P) are active in the configurations at the points `units` (n, P)."""
        live = np.ones(units.shape, np.bool_)
        for parameter in self._ordered if self._conditional else ():
            column = self._columns[parameter.name]
            for parent, allowed in parameter.when.items():
                if (above := self._columns.get(parent)) is None:
                    live[:, column] &= allows(allowed, self.fixed[parent])
                else:
                    live[:, column] &= live[:, above]
                    live[:, column] &= allowing(self.parameters[above], allowed, units[:, above])
        return live

    def snapped(self, units: Array) -> Array:
        """The points (n, P) that stand for the configurations at `units`: as `encode` gives them."""
        places = np.empty(units.shape)
        for column, parameter in enumerate(self.parameters):
            places[:, column] = parameter.snapped(np.ascontiguousarray(units[:, column]))
        return np.where(self.live(units), places, MIDDLE)

    def encode(self, configs: Sequence[Config]) -> Array:
        """The points (n, P) of configurations; a parameter that a configuration lacks is in the `MIDDLE`.

        Raises InputError for a value that is none of the choices of its parameter.
        """
        units = np.full((len(configs), len(self)), MIDDLE)
        for column, parameter in enumerate(self.parameters):
            rows = [row for row, config in enumerate(configs) if parameter.name in config]
            units[rows, column] = parameter.encode([configs[row][parameter.name] for row in rows])
        return units

    def active(self, config: Config) -> tuple[str, ...]:
        """The names, in order, of the parameters whose conditions hold in `config`."""
        live = self._live(config)
        return tuple(name for name in self.names if name in live)

    def narrow(self, best: Sequence[Config]) -> Space:
        """The space around the best configurations; a parameter that none of them has stays as it is."""
        parameters = [
            parameter.narrow([config[parameter.name] for config in best if parameter.name in config])
            for parameter in self.parameters
        ]
        return self.over(parameters)

    def over(self, parameters: Sequence[Parameter]) -> Space:
        """The space of other parameters of these names, with all else as it is here."""
        return Space(parameters, self.fixed, [one.text for one in self.require], self.constants)

    def requiring(self, require: Sequence[str]) -> Space:
        """The same space with these requirements. Raises InputError where one cannot be read."""
        return Space(self.parameters, self.fixed, require, self.constants)

    def configurations(self) -> Iterator[dict[str, Value]]:
        """Every configuration that may be tried, once, the first parameter slowest; ValueError as of `listed`."""
        return filter(self.admits, self.listed())

    def listed(self) -> Iterator[dict[str, Value]]:
        """The same with those that break a requirement. Raises ValueError if there is no end of them."""
        if self.combinations is None:
            raise ValueError("only a finite space can be listed")
        for values in walk(self._ordered, self.fixed):
            yield {name: values[name] for name in self.recorded if name in values}

    def __contains__(self, config: object) -> bool:
        """Whether `config` is a configuration of these parameters, and may be tried."""
        return self.describes(config) and self.admits(config)

    def describes(self, config: object) -> TypeGuard[Config]:
        """Whether `config` holds each active parameter, the constants, and nothing else, whatever is required."""
        if not isinstance(config, Mapping) or set(config) - set(self.recorded):
            return False
        live = self._live(config)
        return (
            set(config) == live | set(self.constants)
            and all(allows((value,), config[name]) for name, value in self.constants.items())
            and all(
                config[parameter.name] in parameter for parameter in self.parameters if parameter.name in live
            )
        )

    def _requirement(self, text: str) -> Requirement:
        kinds = {parameter.name: _kind(parameter) for parameter in self.parameters}
        fixed = {name: kind_of(value) for name, value in self.fixed.items()}
        try:
            return Requirement.read(text, Reader({**kinds, **fixed}, self.fixed))
        except Unreadable as error:
            raise InputError(f"require: {error} (got {text!r:.60})") from None

    def _prune(self, row: dict[str, Value]) -> dict[str, Value]:
        live = self._live(row)
        return {name: value for name, value in row.items() if name in live}

    def _live(self, config: Config) -> set[str]:
        """The active parameters: those whose parents are active and have one of the values asked for."""
        values = dict(self.fixed)
        live = set()
        for parameter in self._ordered:
            if holds(parameter.when, values):
                live.add(parameter.name)
                if parameter.name in config:
                    values[parameter.name] = config[parameter.name]
        return live


def _kind(parameter: Parameter) -> str:
    return kind_of(parameter.choices[0]) if isinstance(parameter, Choice) else NUMBER
