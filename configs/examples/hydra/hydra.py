"""Stands for Hydra: the settings of a file, nested, with `name=value` of the command line in their places."""

import sys
from pathlib import Path


def main(version_base=None, config_path=".", config_name="config"):
    def decorated(function):
        def run():
            found = settings(Path(sys.argv[0]).parent / config_path / f"{config_name}.yaml")
            for override in sys.argv[1:]:
                name, _, value = override.partition("=")
                if name not in found:
                    sys.exit(f"Could not override '{name}'. Key '{name}' is not in struct")
                found[name] = value
            function(found)

        return run

    return decorated


def settings(path):
    found, above = {}, []
    for line in path.read_text().splitlines():
        bare = line.split("#")[0].rstrip()
        if ":" in bare:
            depth = (len(bare) - len(bare.lstrip())) // 2
            name, _, value = bare.strip().partition(":")
            above[depth:] = [name]
            if value.strip():
                found[".".join(above)] = value.strip()
    return found
