"""`hpsearch schema`: the JSON Schema of the YAML."""

from __future__ import annotations

from hpsearch.cli import options


def command(debug: options.Debug = False) -> None:
    """Print the JSON Schema of the YAML, for editors."""
    del debug
    from hpsearch.cli.console import out_json
    from hpsearch.config import json_schema

    out_json(json_schema())
