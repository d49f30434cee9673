"""Files of this folder that are no tests."""

from __future__ import annotations

collect_ignore = ["parabola.py"]  # looking in it for doctests would register it for all tests
