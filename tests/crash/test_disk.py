"""The rebuilt disk: what a sync promises, and nothing more."""

from __future__ import annotations

import random

from tests.crash.disk import PIECE, Disk, Loss
from tests.crash.recorder import Kind, Record, Trace

FOLDER = "/kiosk"
DB, KEYS = f"{FOLDER}/store/kiosk.db", f"{FOLDER}/keys"
O_CREAT = 0o100


def disk_of(*records: Record, before: dict[str, bytes] | None = None) -> Disk:
    disk = Disk(Trace(FOLDER, before or {}, records, {}, {}))
    for record in records:
        disk.play(record)
    return disk


def left(disk: Disk, loss: Loss, seed: int = 1) -> dict[str, bytes]:
    return disk.image(loss, random.Random(seed))


def wrote(number: int, data: bytes, offset: int = 0, name: str = DB) -> Record:
    return Record(number, Kind.WRITTEN, name, offset, data)


def synced(number: int, begun: int, name: str = DB) -> Record:
    return Record(number, Kind.SYNCED, name, begun, b"")


def test_what_was_not_synced_is_dropped_or_kept() -> None:
    disk = disk_of(wrote(1, b"safe"), synced(3, begun=2), wrote(4, b"lost", offset=4), before={DB: b""})
    assert left(disk, Loss.DROPPED) == {"store/kiosk.db": b"safe"}
    assert left(disk, Loss.KEPT) == {"store/kiosk.db": b"safelost"}


def test_a_write_during_a_sync_is_not_promised() -> None:
    disk = disk_of(wrote(1, b"a"), wrote(3, b"b", offset=1), synced(4, begun=2), before={DB: b""})
    assert left(disk, Loss.DROPPED) == {"store/kiosk.db": b"a"}


def test_a_torn_write_keeps_some_whole_pieces_and_loses_others() -> None:
    old, new = b"o" * PIECE * 8, b"n" * PIECE * 8
    seen: set[bytes] = set()
    for seed in range(40):
        content = left(disk_of(wrote(1, new), before={DB: old}), Loss.TORN, seed)["store/kiosk.db"]
        pieces = [content[at : at + PIECE] for at in range(0, len(content), PIECE)]
        assert all(piece in {old[:PIECE], new[:PIECE]} for piece in pieces)
        seen.add(bytes(piece[0] for piece in pieces))
    assert b"oooooooo" in seen
    assert b"nnnnnnnn" in seen
    assert len(seen) > 10


def test_a_new_file_has_its_name_only_after_a_sync_of_its_folder() -> None:
    records = (
        Record(1, Kind.OPENED, DB, O_CREAT, b""),
        wrote(2, b"x"),
        synced(4, begun=3),
    )
    assert left(disk_of(*records), Loss.DROPPED) == {}
    with_folder = disk_of(*records, synced(6, begun=5, name=f"{FOLDER}/store"))
    assert left(with_folder, Loss.DROPPED) == {"store/kiosk.db": b"x"}


def test_a_rename_is_whole_or_has_not_happened() -> None:
    draft, final = f"{KEYS}/kiosk.new", f"{KEYS}/kiosk.key"
    disk = disk_of(
        Record(1, Kind.OPENED, draft, O_CREAT, b""),
        wrote(2, b"seed", name=draft),
        synced(4, begun=3, name=draft),
        synced(6, begun=5, name=KEYS),
        Record(7, Kind.RENAMED, draft, 0, final.encode()),
    )
    assert left(disk, Loss.DROPPED) == {"keys/kiosk.new": b"seed"}
    assert left(disk, Loss.KEPT) == {"keys/kiosk.key": b"seed"}
    torn = [left(disk, Loss.TORN, seed) for seed in range(20)]
    assert {"keys/kiosk.new": b"seed"} in torn
    assert {"keys/kiosk.key": b"seed"} in torn
    assert all(len(image) == 1 for image in torn)


def test_a_file_cut_short_without_a_sync_may_still_be_long() -> None:
    disk = disk_of(Record(1, Kind.TRUNCATED, DB, 2, b""), before={DB: b"four"})
    assert left(disk, Loss.DROPPED) == {"store/kiosk.db": b"four"}
    assert left(disk, Loss.KEPT) == {"store/kiosk.db": b"fo"}


def test_logs_and_the_ballast_are_no_part_of_an_image() -> None:
    disk = disk_of(
        wrote(1, b"x", name=f"{FOLDER}/logs/kiosk.log"),
        wrote(2, b"x", name=f"{FOLDER}/store/ballast"),
        wrote(3, b"x", name=f"{FOLDER}/store/kiosk.db-shm"),
    )
    assert left(disk, Loss.KEPT) == {}
