from __future__ import annotations

import pytest

from hpsearch.reporting.confusion import confusion


def counts(classes: int, *, mistakes: int = 0) -> list[list[int]]:
    rows = [[0] * classes for _ in range(classes)]
    for number, row in enumerate(rows):
        row[number] = 100 + number
        row[(number + 1) % classes] += mistakes and number + mistakes
    return rows


@pytest.mark.parametrize("classes", [2, 5, 6, 10, 15, 18, 19, 26, 100])
@pytest.mark.parametrize("name", ["c", "a rather long name of a class"])
def test_it_fits_on_a_terminal_of_80_columns(classes: int, name: str) -> None:
    lines = confusion([f"{name} {number}" for number in range(classes)], counts(classes, mistakes=1))
    assert max(map(len, lines)) <= 80


def test_names_that_do_not_fit_across_stand_at_the_end_of_their_rows() -> None:
    names = [f"a rather long name {number}" for number in range(10)]
    lines = confusion(names, counts(10))
    assert lines[1].split() == [str(number) for number in range(10)]
    assert lines[4].split(maxsplit=11)[:4] == ["2", "0", "0", "102"]
    assert lines[4].endswith("  a rather long name 2")


def test_of_many_classes_the_commonest_mistakes_are_told() -> None:
    names = [f"k{number}" for number in range(50)]
    lines = confusion(names, counts(50, mistakes=7))
    assert lines[0] == "taken for another most often (of 50 classes; --json has the whole matrix)"
    assert len(lines) == 11
    assert lines[1].split() == ["56", "k49", "for", "k0"]
    assert confusion(names, counts(50)) == ["no row was taken for another class"]
