"""How long the fuzzing goes on: a share in every run of the tests, HPSEARCH_FUZZ times as long on demand."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "fuzz",
    settings.get_profile("suite"),
    max_examples=50 * int(os.environ.get("HPSEARCH_FUZZ", "1")),
    derandomize="HPSEARCH_FUZZ" not in os.environ,
    suppress_health_check=list(HealthCheck),
    database=None,
)
