"""How names and values are said to people. Files hold them in full."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from hpsearch.core.escaping import on_a_line


def spoken(name: str) -> str:
    """A name as it is said: `weight decay` for `weight_decay`."""
    return on_a_line(name.replace("_", " "))


def shown(value: object, digits: int = 3) -> str:
    """A value as it is shown: three significant digits for a real number, or as many as asked for.

    >>> [shown(value) for value in (0.008812, 1.18e-06, 0.5, 0.99987, 64, "relu", True, None, (64, 0.5))]
    ['0.00881', '1.18e-06', '0.5', '0.99987', '64', 'relu', 'true', 'null', '[64, 0.5]']
    """
    if value is None or isinstance(value, bool):
        return "null" if value is None else "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{', '.join(shown(item, digits) for item in value)}]"
    if not isinstance(value, float):
        return on_a_line(str(value))
    said = f"{value:.{digits}g}"
    # 0.9999 is no 1: of a momentum so long it is the distance from 1 that needs the digits.
    return f"{1 - float(f'{1 - value:.{digits}g}'):.12g}" if said == "1" and value < 1 else said


def between_commas(given: str, known: Collection[str]) -> Iterator[str]:
    """The names in `given`; a known one may have commas of its own.

    >>> list(between_commas("a,b, c", {"a", "b, c"}))
    ['a', 'b, c']
    """
    pieces, most = given.split(","), 1 + max((name.count(",") for name in known), default=0)
    while pieces:
        ends = range(min(most, len(pieces)), 0, -1)
        end = next((end for end in ends if ",".join(pieces[:end]).strip() in known), 1)
        yield ",".join(pieces[:end]).strip()
        del pieces[:end]


def spans(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Whole numbers as the first and last of each run of neighbours.

    >>> spans([3, 0, 1, 2, 7])
    [(0, 3), (7, 7)]
    """
    found: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def trials_named(numbers: Iterable[int], most: int = 4) -> str:
    """Trials by their numbers, at most so many runs of them.

    >>> trials_named([4]), trials_named([0, 1, 2, 5]), trials_named(range(0, 20, 2))
    ('trial 4', 'trials 0 to 2, 5', 'trials 0, 2, 4, 6, ...')
    """
    found = spans(numbers)
    said = [f"{first}" if first == last else f"{first} to {last}" for first, last in found[:most]]
    word = "trial" if len(found) == 1 and found[0][0] == found[0][1] else "trials"
    return f"{word} {', '.join([*said, *(['...'] if len(found) > most else [])])}"
