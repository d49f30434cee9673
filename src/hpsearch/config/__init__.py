"""The YAML file: reading it, checking it, and what it means."""

from hpsearch.config.build import build_space
from hpsearch.config.identity import changed_keys, digest
from hpsearch.config.json_schema import json_schema
from hpsearch.config.loading import load_recorded, load_spec, spec_of
from hpsearch.config.schema import Spec
from hpsearch.config.space_rules import is_legal
from hpsearch.config.warnings import lint
from hpsearch.config.yaml.dump import dump_yaml

__all__ = [
    "Spec",
    "build_space",
    "changed_keys",
    "digest",
    "dump_yaml",
    "is_legal",
    "json_schema",
    "lint",
    "load_recorded",
    "load_spec",
    "spec_of",
]
