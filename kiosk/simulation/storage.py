"""The simulated kiosk's store on a disk that forgets."""

from __future__ import annotations

import random
from pathlib import Path

from sqlalchemy import Engine

from kiosk.simulation.disk import Disk
from kiosk.simulation.disk_driver import DiskDriver
from kiosk.store.database import open_reader, open_writer


class ForgetfulStorage:
    """A `kiosk.simulation.world.Storage` on a `Disk`.

    Args:
        disk: Where the store lies.
    """

    def __init__(self, disk: Disk) -> None:
        """Nothing is open."""
        self.disk = disk
        self._driver = DiskDriver(disk)

    def writer(self) -> Engine:
        """Open the store for its one writing connection."""
        return open_writer(self.disk.url, driver=self._driver)

    def reader(self) -> Engine:
        """A copy as of now, read as a page would."""
        return open_reader(self.disk.url, driver=self._driver)

    def power_off(self, dice: random.Random) -> None:
        """The power fails: what was not synced is lost, kept or torn."""
        self.disk.cut(dice)

    def kill(self) -> None:
        """The process ends: what it wrote stays."""
        self.disk.kill()

    def wal_bytes(self) -> int:
        """Length of the write-ahead log."""
        return self.disk.size("kiosk.db-wal")

    def export(self, path: Path) -> None:
        """Copy what is stored to ``path``."""
        self.disk.export(path)
