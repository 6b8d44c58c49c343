"""A disk of a few MiB that a test may fill: a file system in memory, mounted for it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

SIZE_MIB: Final = 150
"""The ballast of 64 MiB, as much again (a disk is still full when only the ballast has been given up), and the store."""


@dataclass(frozen=True)
class SmallDisk:
    """Where it is, and how large."""

    folder: Path
    mib: int


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """An empty small disk. It needs the right to mount; where that is missing the test says by name that it did not run."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    done = (
        subprocess.run(
            [mount, "-t", "tmpfs", "-o", f"size={SIZE_MIB}m", "tmpfs", str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        if mount and os.geteuid() == 0
        else None
    )
    if done is None or done.returncode:
        reason = done.stderr.strip() if done else "not root, or no mount program"
        pytest.skip(f"NOT RUN: a full disk could not be made here: {reason}")
    try:
        yield SmallDisk(folder, SIZE_MIB)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> None:
    """Take every byte that is left."""
    handle = os.open(folder / "filler", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        for size in (1 << 20, 4_096, 1):
            while _has_written(handle, size):
                pass
    finally:
        os.close(handle)


def _has_written(handle: int, size: int) -> bool:
    try:
        return os.write(handle, bytes(size)) == size
    except OSError:
        return False


def make_room(folder: Path) -> None:
    """Give it all back."""
    (folder / "filler").unlink()
