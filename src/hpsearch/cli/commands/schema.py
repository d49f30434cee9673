"""`hpsearch schema`: the JSON Schema of the YAML."""

from __future__ import annotations

from hpsearch.cli.commands import COMMANDS


@COMMANDS.register("schema", place=130)
def command() -> None:
    """Print the JSON Schema of the YAML, for editors."""
    from hpsearch.cli.console import out_json
    from hpsearch.config import json_schema

    out_json(json_schema())
