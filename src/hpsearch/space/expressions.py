"""Small expressions over the parameters of a space: read with Python's grammar, and never run as Python.

Numbers, texts, true and false, names, `+ - * / // % **`, comparisons, `and`, `or`, `not`, `in`, and `min`, `max`
and `abs` of numbers: everything else is refused, and so is what mixes texts with numbers. What is read becomes a
function of a configuration.
"""

from __future__ import annotations

import ast
import operator
import re
import unicodedata
import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hpsearch.core.errors import did_you_mean
from hpsearch.core.trial import Config, Value

NUMBER, TEXT, TRUTH, LIST = "a number", "a text", "true or false", "a list"
#: The value of a parameter that a configuration does not have, or has as null, and of what is made of it.
ABSENT: Any = type("Absent", (), {"__repr__": lambda _: "ABSENT"})()
LONGEST, DEEPEST = 1000, 100
#: A power of whole numbers has at most so many bits, which is about where decimal numbers end.
_MOST_BITS = 1024

Evaluator = Callable[[Config], Any]


class Unreadable(ValueError):
    """What is wrong with an expression, and the remedy."""


def kind_of(value: Value) -> str:
    """What sort of value it is.

    >>> kind_of(True), kind_of(1), kind_of("relu")
    ('true or false', 'a number', 'a text')
    """
    if isinstance(value, tuple):
        return LIST
    return TRUTH if isinstance(value, bool) else TEXT if isinstance(value, str) else NUMBER


class Part(NamedTuple):
    """A part of an expression: what it is, and its value in a configuration."""

    kind: str
    value: Evaluator


def _power(base: Any, exponent: Any) -> Any:
    whole = isinstance(base, int) and isinstance(exponent, int) and exponent >= 0
    if whole and abs(base) > 1 and base.bit_length() * exponent > _MOST_BITS:
        raise OverflowError
    power = base**exponent if whole else float(base) ** float(exponent)
    if isinstance(power, complex):
        raise ArithmeticError
    return power


_ARITHMETIC: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: _power,
}
_ORDERS: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_EQUALITIES: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_MEMBERS: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.In: lambda value, among: value in among,
    ast.NotIn: lambda value, among: value not in among,
}
_CALLS: Mapping[str, Callable[..., Any]] = {"min": min, "max": max, "abs": abs}
_TRUTHS = {"true": True, "false": False}
_INSTEAD: Mapping[type[ast.AST], str] = {
    ast.BitXor: "a power is written **",
    ast.BitAnd: "write and",
    ast.BitOr: "write or",
    ast.Invert: "write not",
    ast.Attribute: "a name with a dot stands in backquotes",
    ast.IfExp: "write it with and, or",
}
_ALLOWED = "numbers, texts, names, + - * / // % **, comparisons, and, or, not, in, min, max and abs"
#: A quoted text, or a name in backquotes.
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`([^`]*)`")


@dataclass
class Reader:
    """Reads expressions over what is called by the `known` names, each of its kind.

    Attributes:
        known: name -> what its values are.
        fixed: the values of those that are no parameters.
        texts: the texts that parameters take, which people forget to quote.
        valueless: fields of the objective that have no value.
        names: those that were read.
        aliases: what Python reads in place of a name -> the name.
    """

    known: Mapping[str, str]
    fixed: Mapping[str, Value] = field(default_factory=dict)
    texts: Collection[Value] = ()
    valueless: Collection[str] = ()
    names: list[str] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)

    def condition(self, text: str) -> Evaluator:
        """What says of a configuration whether it holds: True, False, or ABSENT where that is not known.

        The function raises ArithmeticError where it cannot be computed. Raises Unreadable.
        """
        tree = self.tree(text)
        part = self._read(tree)
        if part.kind != TRUTH:
            raise Unreadable(f"is {part.kind}, and no condition; compare it: ... <= 1024")
        return part.value

    def tree(self, text: str) -> ast.expr:
        """The text as Python's grammar has it, with `aliases` for names, of whatever kind. Raises Unreadable."""
        return _parsed(self._without_backquotes(text))

    def written(self, tree: ast.AST) -> str:
        """The text of a tree, with those names in backquotes that need them."""
        plain = ast.unparse(tree)
        for alias, name in self.aliases.items():
            if unicodedata.normalize("NFKC", name) != alias:
                plain = re.sub(rf"\b{alias}\b", f"`{name}`".replace("\\", r"\\"), plain)
        return plain

    def _without_backquotes(self, text: str) -> str:
        """The text with a plain name in place of each that stands in backquotes."""
        # Python reads names in this form.
        self.aliases = {unicodedata.normalize("NFKC", name): name for name in self.known}

        def plain(found: re.Match[str]) -> str:
            if found[1] is None:
                return found[0]
            alias = f"_{len(self.aliases)}"
            while alias in text or alias in self.aliases:
                alias += "_"
            self.aliases[alias] = found[1]
            return alias

        return _QUOTED.sub(plain, text)

    def _read(self, node: ast.expr) -> Part:
        match node:
            case ast.Constant(value=bool() | int() | float() | str() as value):
                return Part(kind_of(value), lambda _: value)
            case ast.Name(id=name):
                return self._name(self.aliases.get(name, name))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                return _computed(_ARITHMETIC[type(op)], [self._number(left), self._number(right)])
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return _computed(operator.neg, [self._number(operand)])
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return _computed(operator.pos, [self._number(operand)])
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Part(TRUTH, _negated(self._truth(operand)))
            case ast.BoolOp(op=op, values=values):
                return Part(TRUTH, _joined([self._truth(one) for one in values], isinstance(op, ast.Or)))
            case ast.Compare():
                return self._compared(node)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _CALLS:
                return self._call(name, args)
        form: ast.AST = getattr(node, "op", node)
        remedy = _INSTEAD.get(type(form), f"possible are {_ALLOWED}")
        raise Unreadable(f"has what no condition can have: {self._shortened(node)}; {remedy}")

    def _shortened(self, node: ast.AST) -> str:
        text = self.written(node)
        return text if len(text) <= 60 else f"{text[:57]}..."

    def _name(self, name: str) -> Part:
        if name in self.known:
            self.names.append(name)
            if name in self.fixed:
                value = self.fixed[name]
                return Part(self.known[name], lambda _: value)
            return Part(self.known[name], lambda config: _value(config, name))
        if name in _TRUTHS:
            truth = _TRUTHS[name]
            return Part(TRUTH, lambda _: truth)
        if name in self.texts:
            raise Unreadable(f"names {name!r:.60} without quotation marks; write '{name}' for the text")
        if name in self.valueless:
            raise Unreadable(f"asks for {name}, which has no value; give objective.{name} one, or search it")
        hint = did_you_mean(name, self.known) or f"; known: {', '.join(self.known)}"
        raise Unreadable(
            f"names {name!r:.60}, which is neither a parameter nor a field of the objective{hint}"
        )

    def _number(self, node: ast.expr) -> Evaluator:
        return self._of_kind(node, NUMBER, "where a number is needed")

    def _truth(self, node: ast.expr) -> Evaluator:
        return self._of_kind(node, TRUTH, "where a condition is needed, such as a <= 3")

    def _of_kind(self, node: ast.expr, kind: str, where: str) -> Evaluator:
        part = self._read(node)
        if part.kind != kind:
            raise Unreadable(f"has {part.kind} {where}: {self._shortened(node)}")
        return part.value

    def _call(self, name: str, args: Sequence[ast.expr]) -> Part:
        if len(args) != 1 if name == "abs" else len(args) < 2:
            raise Unreadable(
                f"gives {name} {len(args)} values; it takes {'one' if name == 'abs' else 'two or more'}"
            )
        return _computed(_CALLS[name], [self._number(one) for one in args])

    def _compared(self, node: ast.Compare) -> Part:
        if len(node.ops) > 1 and any(type(op) in _MEMBERS for op in node.ops):
            raise Unreadable(f"has in among other comparisons: {self._shortened(node)}; join them by and")
        sides = [node.left, *node.comparators]
        steps, left = [], self._read(sides[0])
        for op, side in zip(node.ops, sides[1:], strict=True):
            if test := _MEMBERS.get(type(op)):
                right = self._list(side)
            elif test := (_ORDERS.get(type(op)) or _EQUALITIES.get(type(op))):
                right = self._read(side)
            else:
                raise Unreadable("has is; write == or !=")
            if type(op) in _ORDERS and left.kind == right.kind != NUMBER:
                raise Unreadable(
                    f"asks which of two is more, and they are no numbers: {self._shortened(node)}"
                )
            if left.kind != right.kind:
                raise Unreadable(f"compares {left.kind} with {right.kind}: {self._shortened(node)}")
            steps.append((test, left.value, right.value))
            left = right
        return Part(TRUTH, _chained(steps))

    def _list(self, node: ast.expr) -> Part:
        if not isinstance(node, ast.List | ast.Tuple | ast.Set) or not node.elts:
            raise Unreadable(f"has in without a list behind it: {self._shortened(node)}; write in [1, 2]")
        parts = [self._read(one) for one in node.elts]
        if len({part.kind for part in parts}) > 1:
            raise Unreadable(f"has a list of values that are not alike: {self._shortened(node)}")
        return Part(parts[0].kind, _known(lambda *values: values, [part.value for part in parts]))


def _parsed(text: str) -> ast.expr:
    """The tree of the text, in which nothing is seen to yet."""
    if len(text) > LONGEST:
        raise Unreadable(f"is longer than {LONGEST} characters; write several conditions")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd escapes in texts
            tree = ast.parse(" ".join(text.split("\n")).strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise Unreadable(f"cannot be read as a condition, such as a * b <= 1024{_remedy(text)}") from None
    if _deep(tree):
        raise Unreadable(f"is nested deeper than {DEEPEST} levels; write several conditions")
    return tree


def _deep(tree: ast.AST) -> bool:
    level: list[ast.AST] = [tree]
    for _ in range(DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return bool(level)


def _remedy(text: str) -> str:
    """What is most often meant by what cannot be read."""
    if any(text.count(opening) != text.count(closing) for opening, closing in ("()", "[]")):
        return "; in a [list] of YAML quote a condition that holds a comma or a bracket"
    if "&&" in text or "||" in text:
        return "; write and, or"
    if re.search(r"(?<![<>=!])=(?!=)", text):
        return "; == compares"
    return "; a name that is no plain word stands in backquotes"


def _value(config: Config, name: str) -> Any:
    """The parameter's value; null is none."""
    value = config.get(name)
    return ABSENT if value is None else value


def _known(make: Callable[..., Any], parts: Sequence[Evaluator]) -> Evaluator:
    """`make` of the values of `parts`, if all of them are there."""
    if len(parts) == 1:
        (only,) = parts
        return lambda config: ABSENT if (value := only(config)) is ABSENT else make(value)
    if len(parts) == 2:  # most have two, and a search asks hundreds of candidates for each trial
        one, other = parts

        def of_both(config: Config) -> Any:
            left, right = one(config), other(config)
            return ABSENT if left is ABSENT or right is ABSENT else make(left, right)

        return of_both

    def made(config: Config) -> Any:
        values = [part(config) for part in parts]
        return ABSENT if any(value is ABSENT for value in values) else make(*values)

    return made


def _computed(make: Callable[..., Any], parts: Sequence[Evaluator]) -> Part:
    return Part(NUMBER, _known(make, parts))


def _negated(part: Evaluator) -> Evaluator:
    return _known(operator.not_, [part])


def _joined(parts: Sequence[Evaluator], decisive: bool) -> Evaluator:
    """`or` of the parts where True is `decisive`, else `and`: as Kleene has it for what is not known (1938)."""

    def joined(config: Config) -> Any:
        found = not decisive
        for part in parts:
            value = part(config)
            if value is decisive:
                return value
            found = ABSENT if value is ABSENT else found
        return found

    return joined


def _chained(steps: Sequence[tuple[Callable[[Any, Any], bool], Evaluator, Evaluator]]) -> Evaluator:
    """Comparisons of neighbours, all of which hold."""
    tests = [_known(test, [left, right]) for test, left, right in steps]
    return tests[0] if len(tests) == 1 else _joined(tests, decisive=False)
