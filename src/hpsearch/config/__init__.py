"""The YAML file: reading it, checking it, and what it means."""

from hpsearch.config.build import build_space
from hpsearch.config.identity import changed_keys, digest, former_digest
from hpsearch.config.json_schema import json_schema
from hpsearch.config.loading import load_continued, load_recorded, load_spec, recorded_objective, spec_of
from hpsearch.config.places import recordable
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
    "former_digest",
    "is_legal",
    "json_schema",
    "lint",
    "load_continued",
    "load_recorded",
    "load_spec",
    "recordable",
    "recorded_objective",
    "spec_of",
]
