"""How long trials were trained, as shades: the longer, the stronger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hpsearch.core.trial import Epochs

#: So many shades there are, s0 to s5; one alone is none of the ends.
_SHADES, _ALONE = 6, 4


def shades(lengths: Iterable[Epochs]) -> Mapping[Epochs, str]:
    """The style of each length, in ascending order.

    >>> dict(shades([9, 1, 9, 3])), dict(shades([5]))
    ({1: 's0', 3: 's2', 9: 's5'}, {5: 's4'})
    """
    found = sorted(set(lengths))
    if len(found) == 1:
        return {found[0]: f"s{_ALONE}"}
    return {length: f"s{place * (_SHADES - 1) // (len(found) - 1)}" for place, length in enumerate(found)}


def key(lengths: Iterable[Epochs]) -> list[tuple[str, str]]:
    """What the styles stand for, in words."""
    return [
        (f"dots {style}", "1 epoch" if length == 1 else f"{length} epochs")
        for length, style in shades(lengths).items()
    ]
