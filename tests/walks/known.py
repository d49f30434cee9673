"""Faults that are being mended elsewhere: what they are told by. To be empty, and then gone, before a release."""

from __future__ import annotations

import re

from tests.walks.walker import Broken

FAULTS = (
    r"--top 5: must be at most",
    r"run name '.*-refined': must be 1 to 64",
    r"refined .*: objective\.\w+: unknown key",
    r"refined .*: must be in the range of",
    r"refined .*: must be among the choices of",
    r"refined .*: must have at least 1 entry",
    r"refined .*: is neither a parameter",
)


def is_known(broken: Broken) -> bool:
    """Whether somebody is at it."""
    return any(re.search(fault, broken.told, re.DOTALL) for fault in FAULTS)
