"""The disk against its limits, on a real small disk where the system lets us make one."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.runtime.health import BALLAST_BYTES, MIB, Space
from tests.bad_input.disk import SmallDisk, fill, small_disk

__all__ = ["small_disk"]


@pytest.mark.parametrize(
    ("low_mib", "full_mib", "level"),
    [(1, 1, "ok"), (10_000_000, 1, "low"), (10_000_000, 10_000_000, "full")],
)
def test_the_level_is_read_against_both_limits(
    tmp_path: Path, low_mib: int, full_mib: int, level: str
) -> None:
    space = Space(tmp_path, low_mib=low_mib, full_mib=full_mib)
    assert space.read() == (level, space.free_mib())


def test_the_ballast_is_real_room_that_nobody_else_can_take(small_disk: SmallDisk) -> None:
    space = Space(small_disk.folder, low_mib=3, full_mib=2)
    space.lay_ballast()
    ballast = small_disk.folder / "ballast"
    assert ballast.stat().st_size == BALLAST_BYTES
    assert ballast.stat().st_blocks * 512 >= BALLAST_BYTES, "no hole: the room is taken"
    assert ballast.stat().st_mode & 0o777 == 0o600
    fill(small_disk.folder)
    assert space.free_mib() == 0
    assert space.read() == ("full", 0)
    assert not ballast.exists()
    assert space.free_mib() >= BALLAST_BYTES // MIB - 1, "room for the safe stop"


def test_a_ballast_is_not_laid_into_the_reserve(small_disk: SmallDisk) -> None:
    space = Space(small_disk.folder, low_mib=small_disk.mib, full_mib=2)
    space.lay_ballast()
    assert not (small_disk.folder / "ballast").exists()


def test_a_full_disk_without_a_ballast_is_said_and_not_raised(small_disk: SmallDisk) -> None:
    fill(small_disk.folder)
    space = Space(small_disk.folder, low_mib=3, full_mib=2)
    space.lay_ballast()
    assert space.read() == ("full", 0)
    assert [path.name for path in small_disk.folder.iterdir()] == ["filler"]
