"""Scripts of other people's are no tests, and are not looked into for any."""

from __future__ import annotations

collect_ignore_glob = ["*/*.py"]
