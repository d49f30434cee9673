"""What file system a folder lies on, as far as Linux tells."""

from __future__ import annotations

import re
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
#: The types of file systems that are kept on other machines; of `fuse.sshfs` and the like, what follows the dot.
_REMOTE = frozenset(
    ("9p", "afs", "beegfs", "ceph", "cifs", "davfs", "fhgfs", "gcsfuse", "glusterfs", "gpfs", "lustre", "nfs")
) | {"nfs4", "orangefs", "panfs", "pvfs2", "rclone", "s3fs", "smb3", "smbfs", "sshfs", "wekafs"}
_ESCAPED = re.compile(r"\\([0-7]{3})")


def remote_type(path: Path) -> str:
    """The type of the network file system that `path` is on; empty where it is on none, or that cannot be told."""
    try:
        table = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""
    kind = type_in(table, path.resolve()).removeprefix("fuse.")
    return kind if kind in _REMOTE else ""


def type_in(table: str, path: Path) -> str:
    r"""The type of the file system that `path` is on by a `table` of mounts (proc(5), mountinfo); empty if none.

    >>> type_in("36 35 98:0 / /my\\040home rw,noatime master:1 - nfs4 host:/home rw", Path("/my home/runs"))
    'nfs4'
    """
    found, depth = "", 0
    for line in table.splitlines():
        left, _, right = line.partition(" - ")
        fields = left.split(" ")
        if len(fields) < 5 or not right:
            continue
        place = Path(_ESCAPED.sub(lambda code: chr(int(code[1], 8)), fields[4]))
        if (
            path.is_relative_to(place) and len(place.parts) >= depth
        ):  # of two on one place the later one counts
            found, depth = right.split(" ")[0], len(place.parts)
    return found
