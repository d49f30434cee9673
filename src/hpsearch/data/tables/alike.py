"""Classes that may be one: `yes`, `Yes` and `YES`."""

from __future__ import annotations

from collections.abc import Sequence

from hpsearch.data.tables.texts import excerpt, quoted

#: So many groups are named.
_MOST_NAMED = 3


def written_alike(classes: Sequence[str]) -> list[list[str]]:
    """The classes that differ in capital letters and blanks only, group by group.

    >>> written_alike(["NO", "Yes", "maybe", "no", "yes"])
    [['NO', 'no'], ['Yes', 'yes']]
    """
    groups: dict[str, list[str]] = {}
    for name in classes:
        groups.setdefault(" ".join(name.casefold().split()), []).append(name)
    return [group for group in groups.values() if len(group) > 1]


def said_alike(classes: Sequence[str], where: str, target: str) -> list[str]:
    """A note where there are such classes, which are learned as different ones."""
    groups = written_alike(classes)
    if not groups:
        return []
    named = "; ".join(", ".join(map(quoted, group)) for group in groups[:_MOST_NAMED])
    rest = "; ..." if len(groups) > _MOST_NAMED else ""
    return [
        f"{where}: {excerpt(target)} has {len(classes)} classes, some of which differ in capital letters or blanks "
        f"only ({named}{rest}): they are learned as different ones; write those alike that mean the same"
    ]
