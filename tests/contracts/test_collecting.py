"""Wherever each process begins to collect, no file of tests is left out."""

from __future__ import annotations

import pytest


def test_every_file_of_tests_is_found(pytestconfig: pytest.Config) -> None:
    if "src/hpsearch" not in pytestconfig.args or pytestconfig.getoption("ignore"):
        pytest.skip("some tests were asked for, not all")
    root = pytestconfig.rootpath
    begun = {root / given for given in pytestconfig.args}
    files = [
        path for folder in pytestconfig.getini("testpaths") for path in (root / folder).rglob("test_*.py")
    ]
    assert files
    assert [path for path in files if begun.isdisjoint((path, *path.parents))] == []
