"""Code of the user's: a function and a script whose score is known beforehand, and that fail as often as asked."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

#: `SETTINGS` is replaced by a dictionary: see `Behaviour`.
FUNCTION = """\
import json, math, zlib

SETTINGS = {settings}


def score(parameters, epochs, seed):
    told = json.dumps([parameters, seed if SETTINGS["noise"] else 0], sort_keys=True)
    luck = zlib.crc32(told.encode()) / 2**32
    numbers = [math.atan(value) for value in parameters.values() if isinstance(value, (int, float))]
    values = {{
        "luck": luck,
        "smooth": math.fsum((number - 0.3) ** 2 for number in numbers),
        "ties": round(luck, 1),
        "constant": 0.5,
        "huge": (luck - 0.5) * 1e300,
        "tiny": luck * 1e-300,
        "whole": int(luck * 100),
    }}
    return values[SETTINGS["value"]] * (1 + SETTINGS["grows"] * epochs), luck


def answer(parameters, epochs=1, seed=0):
    value, luck = score(parameters, epochs, seed)
    if luck < SETTINGS["share"]:
        how = SETTINGS["fails"]
        if how == "raise":
            raise ValueError(f"bad luck {{luck}} with [bold]{{sorted(parameters)}}")
        value = {{"nan": math.nan, "inf": math.inf, "silent": None}}[how]
    if value is None:
        return {{}}
    metrics = {{SETTINGS["metric"]: value}}
    others = {{name: (luck * 7 ** place) % 1 for place, name in enumerate(SETTINGS["others"])}}
    return {{**others, **metrics}}


def train({arguments}):
    return answer({passed})
"""

#: A shell has no floating point: its score is a checksum of what it was told, one of a thousand values.
SCRIPT = """\
#!/bin/sh
sum=$(printf '%s|' "$@" | cksum)
sum=${sum%% *}
luck=$((sum % 1000))
value=$(printf '0.%03d' "$luck")
other=0.$((sum / 1000 % 10))
SILENCE
printf '%s\\n' "epoch 1: METRIC=$value OTHERS"
"""
FAILS = {
    "raise": 'if [ "$luck" -lt SHARE ]; then echo "bad luck" >&2; exit 3; fi',
    "silent": 'if [ "$luck" -lt SHARE ]; then exit 0; fi',
    "nan": 'if [ "$luck" -lt SHARE ]; then value=nan; fi',
    "inf": 'if [ "$luck" -lt SHARE ]; then value=inf; fi',
}


def function(settings: Mapping[str, Any]) -> bytes:
    """f.py, whose `train` takes what the settings say."""
    given = [name for name in ("epochs", "seed") if settings[name]]
    passed = ["parameters", *(f"{name}={name}" for name in given)]
    text = FUNCTION.format(
        settings=repr(dict(settings)),
        arguments=", ".join([*given, "**parameters"]),
        passed=", ".join(passed),
    )
    return text.encode()


def script(settings: Mapping[str, Any]) -> bytes:
    """f.sh."""
    silence = FAILS[settings["fails"]].replace("SHARE", str(int(settings["share"] * 1000)))
    text = SCRIPT.replace("SILENCE", silence).replace("METRIC", settings["metric"])
    others = " ".join(f"{name}: $other" for name in settings["others"])
    return text.replace("OTHERS", others).encode()


def answer(source: bytes, parameters: Mapping[str, Any], epochs: int, seed: int) -> dict[str, float] | None:
    """What the function of f.py gives of use; None where that is nothing."""
    module: dict[str, Any] = {}
    exec(source, module)
    taken = {"epochs": epochs, "seed": seed}
    asked = {name: value for name, value in taken.items() if module["SETTINGS"][name]}
    try:
        found: dict[str, float] = module["train"](**parameters, **asked)
    except ValueError:
        return None
    return found if all(math.isfinite(value) for value in found.values()) and found else None


def scored(arguments: list[str]) -> float:
    """The score of the script for its arguments; without any, `printf` prints its format once."""
    return _cksum("".join(f"{argument}|" for argument in arguments or [""]).encode()) % 1000 / 1000


def told(value: Any) -> str:
    """A value as a command is told it."""
    return value if isinstance(value, str) else json.dumps(value)


#: What stands for all parameters that are not named.
ALL = ("args", "args=", "overrides")


def all_told(form: str, parameters: Mapping[str, Any]) -> list[str]:
    """Parameters as a command is told all of them; of texts only those that need no quotation marks of Hydra's."""
    if form == "overrides":
        return [f"{name}={json.dumps(value, separators=(',', ':'))}" for name, value in parameters.items()]
    arguments: list[str] = []
    for name, value in parameters.items():
        if value is True:
            arguments.append(f"--{name}")
        elif value not in (False, None, []) or (value == 0 and value is not False):
            items = [told(item) for item in (value if isinstance(value, list) else [value])]
            arguments += [f"--{name}", *items] if form == "args" else [f"--{name}={','.join(items)}"]
    return arguments


def _cksum(data: bytes) -> int:
    """The checksum of POSIX `cksum`."""
    length, tail = len(data), bytearray()
    while length:
        tail.append(length & 0xFF)
        length >>= 8
    crc = 0
    for byte in (*data, *tail):
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1) ^ 0x104C11DB7 if crc & 0x80000000 else crc << 1
    return ~crc & 0xFFFFFFFF
