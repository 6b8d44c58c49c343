"""The disk: how much is free, and a ballast file that makes room for the safe stop when nothing is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

BALLAST_BYTES: Final = 64 << 20
"""Room for thousands of entries and a checkpoint after the disk was full."""

MIB: Final = 1 << 20


class Space:
    """Free space on the store's disk against two limits."""

    def __init__(self, folder: Path, *, low_mib: int, full_mib: int) -> None:
        """Watch the disk of ``folder``."""
        self._folder = folder
        self._low_mib = low_mib
        self._full_mib = full_mib
        self._ballast = folder / "ballast"

    def lay_ballast(self) -> None:
        """Reserve the ballast if there is room for it beyond the limits."""
        if self._ballast.exists() or self.free_mib() < self._low_mib + BALLAST_BYTES // MIB:
            return
        handle = os.open(self._ballast, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.posix_fallocate(handle, 0, BALLAST_BYTES)
        finally:
            os.close(handle)

    def free_mib(self) -> int:
        """Free space for the service's user."""
        return shutil.disk_usage(self._folder).free // MIB

    def read(self) -> tuple[str, int]:
        """The level (ok, low, full) and the free MiB; at ``full`` the ballast is given up."""
        free_mib = self.free_mib()
        if free_mib < self._full_mib:
            self._ballast.unlink(missing_ok=True)
            return "full", free_mib
        return ("low" if free_mib < self._low_mib else "ok"), free_mib
