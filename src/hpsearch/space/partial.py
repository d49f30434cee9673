"""Requirements without the parameters that a space does not have any more."""

from __future__ import annotations

import ast
from collections.abc import Collection
from itertools import pairwise

from hpsearch.space.expressions import Reader


def without(text: str, absent: Collection[str], reader: Reader) -> str:
    """What is left of a requirement where none of the `absent` parameters is there; empty if nothing is.

    `reader` knows all names. It refuses what the whole requirement refuses: what is not known is taken to hold, and
    below a `not` to be broken, since only what is certainly broken is refused.

    >>> reader = Reader({"lr": "a number", "beta": "a number", "opt": "a text"})
    >>> without("lr < 0.3 or (opt == 'adam' and beta < 0.9)", ["beta"], reader)
    "lr < 0.3 or opt == 'adam'"
    >>> without("lr < beta", ["beta"], reader), without("beta < 1 and lr < 1", ["beta"], reader)
    ('', 'lr < 1')
    """
    left = _left(
        reader.tree(text), True, {alias for alias in reader.aliases if reader.aliases[alias] in absent}
    )
    return "" if _constant(left) is True else reader.written(left)


def _left(node: ast.expr, positive: bool, absent: Collection[str]) -> ast.expr:
    if not any(isinstance(part, ast.Name) and part.id in absent for part in ast.walk(node)):
        return node
    if isinstance(node, ast.BoolOp):
        return _joined(node.op, [_left(part, positive, absent) for part in node.values])
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inside = _left(node.operand, not positive, absent)
        truth = _constant(inside)
        return ast.UnaryOp(node.op, inside) if truth is None else ast.Constant(not truth)
    if isinstance(node, ast.Compare) and len(node.ops) > 1:
        sides = pairwise([node.left, *node.comparators])
        tests = [ast.Compare(left, [op], [right]) for op, (left, right) in zip(node.ops, sides, strict=True)]
        return _joined(ast.And(), [_left(test, positive, absent) for test in tests])
    return ast.Constant(positive)


def _joined(op: ast.boolop, parts: list[ast.expr]) -> ast.expr:
    decisive = isinstance(op, ast.Or)
    if any(_constant(part) is decisive for part in parts):
        return ast.Constant(decisive)
    left = [part for part in parts if _constant(part) is None]
    if not left:
        return ast.Constant(not decisive)
    return left[0] if len(left) == 1 else ast.BoolOp(op, left)


def _constant(node: ast.expr) -> bool | None:
    """Its value where it is a plain True or False."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, bool) else None
