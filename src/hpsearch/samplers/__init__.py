"""What proposes configurations. A new sampler is one new file here that registers itself in `SAMPLERS`."""

from hpsearch.core.registry import Registry, class_with
from hpsearch.samplers.results import Results
from hpsearch.samplers.sampler import Evidence, Sampler, Tried, config_key
from hpsearch.samplers.setting import Setting

SAMPLERS: Registry[type[Sampler]] = Registry(
    "sampler",
    "hpsearch.samplers",
    group="samplers",
    fits=class_with("from_settings", "propose"),
)

__all__ = ["SAMPLERS", "Evidence", "Results", "Sampler", "Setting", "Tried", "config_key"]
