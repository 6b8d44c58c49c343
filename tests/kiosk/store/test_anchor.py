"""The anchor: what it finds at a start, what it must not refuse, and how its file is written."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from nacl.signing import SigningKey
from sqlalchemy import text

from kiosk.journal.entry import Head
from kiosk.store.anchor import (
    ANCHOR_FILE,
    AnchorDamagedError,
    AnchorFile,
    make_anchor,
    read_anchor,
    write_anchor,
)
from kiosk.store.database import StoreRefusedError
from tests.kiosk.world import KEY, World, fresh

NUMBERS = count()


@pytest.fixture
def world(quick_folder: Path, template: Path) -> Iterator[World]:
    """A stocked kiosk that keeps an anchor, stopped cleanly once."""
    folder = fresh(quick_folder / f"anchor-{next(NUMBERS)}", template)
    made = World(folder)
    made.die()
    made.anchor = AnchorFile(folder / ANCHOR_FILE, KEY)
    made.start()
    made.coins(100)
    made.money_back()
    made.stop()
    yield made
    made.die()


def again(world: World) -> AnchorFile:
    """The next process reads the file anew."""
    world.anchor = AnchorFile(world.folder / ANCHOR_FILE, KEY)
    return world.anchor


def keep_copy(world: World) -> Path:
    return Path(shutil.copy(world.folder / "kiosk.db", world.folder / "old.db"))


def put_back(world: World, copy: Path) -> None:
    for end in ("-wal", "-shm"):
        (world.folder / f"kiosk.db{end}").unlink(missing_ok=True)
    shutil.copy(copy, world.folder / "kiosk.db")


def test_a_clean_stop_leaves_an_anchor_of_the_head(world: World) -> None:
    anchor = read_anchor(world.folder / ANCHOR_FILE)
    assert anchor is not None
    again(world)
    world.start()
    assert world.ledger is not None
    assert anchor.seq < world.ledger.head.seq
    digest = world.ledger._connection.execute(
        text("SELECT digest FROM journal WHERE epoch = 1 AND seq = :seq"), {"seq": anchor.seq}
    ).scalar_one()
    assert bytes(digest).hex() == anchor.digest


@pytest.mark.rule("MS-I9")
def test_an_old_copy_put_back_is_refused_with_words(world: World) -> None:
    old = keep_copy(world)
    again(world)
    world.start()
    world.coins(100)
    world.money_back()
    world.stop()
    put_back(world, old)
    again(world)
    with pytest.raises(StoreRefusedError, match=r"does not hold its anchor.*restore the newest backup"):
        world.start()


@pytest.mark.rule("MS-I9")
def test_a_cut_tail_is_refused(world: World) -> None:
    again(world)
    world.start()
    assert world.ledger is not None
    for verb in ("update", "delete"):
        world.ledger._connection.exec_driver_sql(f"DROP TRIGGER journal_never_{verb}")
    connection = world.ledger._connection
    connection.exec_driver_sql("DELETE FROM snapshot")
    assert world.anchor is not None
    assert world.anchor.kept is not None
    connection.exec_driver_sql(f"DELETE FROM journal WHERE seq >= {world.anchor.kept.seq}")
    world.die()
    again(world)
    with pytest.raises(StoreRefusedError):
        world.start()


@pytest.mark.parametrize("ending", ["power cut", "clean"])
def test_an_anchor_that_is_older_than_the_head_refuses_nothing(world: World, ending: str) -> None:
    before = (world.folder / ANCHOR_FILE).read_bytes()
    again(world)
    world.start()
    world.coins(100)
    if ending == "clean":
        world.money_back()
        world.stop()
        (world.folder / ANCHOR_FILE).write_bytes(
            before
        )  # the power went after the checkpoint, before its anchor
    else:
        world.die()
    file = again(world)
    world.start()
    assert file.note == ""


@pytest.mark.parametrize(
    ("damage", "note"), [("gone", "missing"), ("broken", "damaged"), ("foreign", "damaged")]
)
def test_a_store_without_its_anchor_sells_and_says_so(world: World, damage: str, note: str) -> None:
    path = world.folder / ANCHOR_FILE
    anchor = read_anchor(path)
    assert anchor is not None
    if damage == "gone":
        path.unlink()
    elif damage == "broken":
        path.write_bytes(path.read_bytes().replace(b'"seq":', b'"seq":1'))
    else:
        head = Head("K1", "EUR", 1, anchor.seq, bytes(32), 1)
        write_anchor(path, make_anchor(head, SigningKey(bytes(32))))
    file = again(world)
    world.start()
    assert file.note == note
    world.stop()
    kept = read_anchor(path)
    assert kept is not None
    assert kept.seq > anchor.seq, "a new one is written at the next checkpoint"
    assert file.note == note, "and it is said until somebody has seen it"


def test_an_old_store_with_a_forged_anchor_is_found_by_the_witness_beside_the_copies(world: World) -> None:
    old = keep_copy(world)
    again(world)
    world.start()
    world.stop()
    witness = read_anchor(world.folder / ANCHOR_FILE)
    assert witness is not None
    put_back(world, old)
    (world.folder / ANCHOR_FILE).unlink()
    world.anchor = AnchorFile(world.folder / ANCHOR_FILE, KEY, (witness,))
    with pytest.raises(StoreRefusedError, match="does not hold its anchor"):
        world.start()


def test_an_anchor_never_goes_back_and_a_full_disk_is_noted(tmp_path: Path) -> None:
    path = tmp_path / ANCHOR_FILE
    file = AnchorFile(path, KEY)
    file.keep(Head("K1", "EUR", 1, 20, bytes(32), 1))
    file.keep(Head("K1", "EUR", 1, 10, bytes(32), 1))
    anchor = read_anchor(path)
    assert anchor is not None
    assert anchor.seq == 20
    path.with_name(f"{ANCHOR_FILE}.new").mkdir()
    file.keep(Head("K1", "EUR", 1, 30, bytes(32), 1))
    assert file.note == "unwritten"
    path.with_name(f"{ANCHOR_FILE}.new").rmdir()
    file.keep(Head("K1", "EUR", 1, 30, bytes(32), 1))
    assert file.note == ""


def test_every_changed_byte_of_an_anchor_is_found(tmp_path: Path) -> None:
    path = tmp_path / ANCHOR_FILE
    write_anchor(path, make_anchor(Head("K1", "EUR", 1, 20, bytes(range(32)), 1), KEY))
    honest, anchor = path.read_bytes(), read_anchor(path)
    for at in range(len(honest) - 1):
        path.write_bytes(honest[:at] + bytes([honest[at] ^ 1]) + honest[at + 1 :])
        try:
            found = read_anchor(path)
        except AnchorDamagedError:
            continue
        assert found == anchor, "a change that can be read says the same"
