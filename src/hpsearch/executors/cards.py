"""The graphics cards of this machine, found without a library that would take seconds to import."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

#: The variables that say to CUDA and to ROCm which cards a program sees.
VISIBLE = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES")
#: How long nvidia-smi may take, in seconds: it wakes the driver, where that sleeps.
_PATIENCE = 20.0
_CARD = re.compile(r"^GPU (\d+):", re.MULTILINE)
#: A part of a card, which is a card of its own to a program.
_PART = re.compile(r"^\s+MIG .*\(UUID: (MIG-[^)\s]+)\)", re.MULTILINE)
_DEVICE = re.compile(r"nvidia\d+\Z")
#: What the kernel says of a node of ROCm: a processor has no SIMD units.
_NODES = "sys/class/kfd/kfd/topology/nodes"
_SIMD = re.compile(r"^simd_count [1-9]", re.MULTILINE)


def cards(root: Path = Path("/")) -> tuple[str, ...]:
    """What each card is called in CUDA_VISIBLE_DEVICES: those that are visible where that is set, else all.

    >>> visible("2,3"), visible(""), visible("0,-1,2"), visible("GPU-8932f937, MIG-1")
    (('2', '3'), (), ('0',), ('GPU-8932f937', 'MIG-1'))
    """
    for name in VISIBLE:
        if (given := os.environ.get(name)) is not None:
            return visible(given)
    return _listed(shutil.which("nvidia-smi")) or _devices(root) or _nodes(root)


def visible(given: str) -> tuple[str, ...]:
    """The cards that such a variable names; what comes after a negative number counts for nothing."""
    found: list[str] = []
    for name in filter(None, (part.strip() for part in given.split(","))):
        if name.startswith("-"):
            break
        found.append(name)
    return tuple(found)


@lru_cache(maxsize=1)
def _listed(program: str | None) -> tuple[str, ...]:
    """Those that nvidia-smi lists, which also tells those that are there from those that work."""
    if program is None:
        return ()
    try:
        listing = subprocess.run(  # noqa: S603 - of the search path, with an argument that is always the same
            [program, "-L"], capture_output=True, timeout=_PATIENCE, check=True, stdin=subprocess.DEVNULL
        ).stdout.decode("utf-8", "replace")
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(_PART.findall(listing) or _CARD.findall(listing))


def _devices(root: Path) -> tuple[str, ...]:
    """As many as there are devices; a program counts those it may use, whatever their own numbers."""
    count = sum(1 for device in _entries(root / "dev") if _DEVICE.match(device.name))
    return tuple(map(str, range(count)))


def _nodes(root: Path) -> tuple[str, ...]:
    count = sum(1 for node in _entries(root / _NODES) if _SIMD.search(_text(node / "properties")))
    return tuple(map(str, range(count)))


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _text(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""
