"""How long the fuzzing goes on: a share in every run of the tests, HPSEARCH_FUZZ times as long on demand."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "fuzz",
    max_examples=50 * int(os.environ.get("HPSEARCH_FUZZ", "1")),
    deadline=None,  # what is measured is the time of the process, in `strategies.quick`
    derandomize="HPSEARCH_FUZZ" not in os.environ,
    suppress_health_check=list(HealthCheck),
    database=None,
)
