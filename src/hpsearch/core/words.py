"""How names and values are said to people. Files hold them in full."""

from __future__ import annotations

from hpsearch.core.escaping import on_a_line


def spoken(name: str) -> str:
    """A name as it is said: `weight decay` for `weight_decay`."""
    return on_a_line(name.replace("_", " "))


def shown(value: object, digits: int = 3) -> str:
    """A value as it is shown: three significant digits for a real number, or as many as asked for.

    >>> [shown(value) for value in (0.008812, 1.18e-06, 0.5, 0.99987, 64, "relu", True)]
    ['0.00881', '1.18e-06', '0.5', '0.99987', '64', 'relu', 'true']
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, float):
        return on_a_line(str(value))
    said = f"{value:.{digits}g}"
    # 0.9999 is no 1: of a momentum so long it is the distance from 1 that needs the digits.
    return f"{1 - float(f'{1 - value:.{digits}g}'):.12g}" if said == "1" and value < 1 else said
