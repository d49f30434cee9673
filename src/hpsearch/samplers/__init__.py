"""What proposes configurations. A new sampler is one new file here that registers itself in `SAMPLERS`."""

from hpsearch.core.registry import Registry
from hpsearch.samplers.results import Results
from hpsearch.samplers.sampler import Evidence, Sampler, Tried, config_key

SAMPLERS: Registry[type[Sampler]] = Registry("sampler", "hpsearch.samplers")

__all__ = ["SAMPLERS", "Evidence", "Results", "Sampler", "Tried", "config_key"]
