"""What file system a folder lies on."""

from __future__ import annotations

from pathlib import Path

import pytest

from hpsearch.storage import mounts

TABLE = r"""22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /home rw - nfs4 server:/home rw,vers=4.2
31 30 0:41 / /home/me/scratch rw - tmpfs tmpfs rw
32 22 0:42 / /mnt/my\040disk rw - fuse.sshfs me@there: rw
33 22 0:43 / /over rw - ext4 /dev/sdb rw
34 33 0:44 / /over rw - cifs //server/over rw
a line that is none
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/tmp/runs/x", "ext4"),
        ("/home/me/runs/x", "nfs4"),
        ("/homes/me", "ext4"),
        ("/home/me/scratch/runs", "tmpfs"),
        ("/mnt/my disk/runs", "fuse.sshfs"),
        ("/over/runs", "cifs"),
    ],
)
def test_the_nearest_mount_counts_and_of_two_the_later(path: str, kind: str) -> None:
    assert mounts.type_in(TABLE, Path(path)) == kind


def test_only_those_of_other_machines_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table, kinds = tmp_path / "mountinfo", {"ext4": "", "nfs4": "nfs4", "fuse.sshfs": "sshfs", "overlay": ""}
    monkeypatch.setattr(mounts, "_MOUNTS", table)
    for kind, told in kinds.items():
        table.write_text(f"22 1 8:1 / / rw - {kind} it rw\n")
        assert mounts.remote_type(tmp_path) == told
    table.unlink()
    assert mounts.remote_type(tmp_path) == ""
