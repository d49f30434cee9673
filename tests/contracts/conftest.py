"""Files of this folder that are no tests."""

from __future__ import annotations

# Looking in them for doctests would register what they hold for all tests.
collect_ignore = ["parabola.py", "added"]
