from __future__ import annotations

from tests.config.conftest import load, problems

__all__ = ["load", "problems"]
