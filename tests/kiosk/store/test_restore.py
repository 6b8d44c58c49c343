"""Copies, restore and drill on real files: what moved after the copy comes out as found and differing money, never as nothing."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, cast

import pytest
from nacl.signing import SigningKey

from inventory.photos import name_photo
from kiosk.audit.walk import audit_journal
from kiosk.claims.code import code_of, match_code, place_of
from kiosk.claims.desk import ClaimDesk
from kiosk.claims.pack import Checked, Circumstances, check_evidence, pack_evidence
from kiosk.config import BackupConfig
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.draft import Stamp
from kiosk.core.limits import age_ms
from kiosk.journal.entry import JournalDamagedError
from kiosk.money import Currency
from kiosk.runtime.backup import Backups
from kiosk.runtime.clock import SystemClock
from kiosk.store.anchor import ANCHOR_FILE, AnchorFile, read_anchor
from kiosk.store.copies import anchors_in, check_copy, copy_store, head_in, journal_name, list_copies
from kiosk.store.database import StoreError, StoreRefusedError, open_reader, open_unlimited_reader, sqlite_url
from kiosk.store.photos import PHOTOS_FOLDER
from kiosk.store.restore import RESTORING, Restoring, drill, refuse_half_restored, restore_copy
from kiosk.store.verify import verify_journal
from tests.kiosk.world import EURO, KEY, World, fresh

NUMBERS = count()
STAMP = Stamp("2026-03-02T12:00:00.000Z", 1)
KIOSK = Restoring("K1", EURO, KEY, STAMP, "test")


@pytest.fixture
def world(quick_folder: Path, template: Path) -> Iterator[World]:
    """A stocked kiosk with an anchor and an empty folder for copies."""
    folder = fresh(quick_folder / f"restore-{next(NUMBERS)}", template)
    (folder / "copies").mkdir()
    made = World(folder)
    made.die()
    made.anchor = AnchorFile(folder / ANCHOR_FILE, KEY)
    made.start()
    yield made
    made.die()


def sell(world: World, qty: int) -> None:
    """So many sales from the coils, each with change."""
    for number in range(qty):
        world.choose(("A1", "A2", "A3")[number % 3])
        world.coins(200)
        world.pass_time(40_000)


def backups(world: World, keep: int = 8) -> Backups:
    assert world.anchor is not None
    return Backups(
        world.folder / "kiosk.db",
        world.folder / "copies",
        BackupConfig("copies", 15, keep),
        anchor=world.anchor,
        clock=SystemClock(),
        kiosk_id="K1",
        is_sound=lambda: world.ledger is None or not world.ledger.has_failed,
    )


def restart(world: World) -> None:
    """The next process on the restored store, with the same devices."""
    world.anchor = AnchorFile(world.folder / ANCHOR_FILE, KEY)
    world.now_ms += 5_000
    world.start()
    world.pass_time(10_000)


# --- copies ---------------------------------------------------------------------------------------------------------------


def test_a_copy_is_made_while_the_kiosk_sells_and_holds_what_was_sold(world: World) -> None:
    sell(world, 2)
    world.choose("A1")
    world.coins(100)
    status = backups(world).run_once()
    assert status.problem == ""
    assert status.place == (1, world.state.seq)
    (copy,) = list_copies(world.folder / "copies")
    anchor = read_anchor(copy.anchor_path)
    assert anchor is not None
    assert anchor.place == copy.place == status.place
    assert check_copy(copy.path, "K1").digest.hex() == anchor.digest
    assert sorted(path.name for path in (world.folder / "copies").iterdir()) == sorted(
        [copy.path.name, copy.anchor_path.name]
    ), "one file without a log, and its anchor"
    world.coins(50)
    assert world.verify().problems == ()


def test_photographs_are_brought_to_another_medium_and_keep_no_copy_from_being_made(
    world: World, tmp_path: Path
) -> None:
    photo = b"RIFF"
    (world.folder / PHOTOS_FOLDER).mkdir()
    (world.folder / PHOTOS_FOLDER / f"{name_photo(photo)}.webp").write_bytes(photo)
    is_same_disk = tmp_path.stat().st_dev == world.folder.stat().st_dev
    made = Backups(
        world.folder / "kiosk.db",
        tmp_path,
        BackupConfig("copies", 15, 8),
        anchor=cast("AnchorFile", world.anchor),
        clock=SystemClock(),
        kiosk_id="K1",
    )
    (tmp_path / PHOTOS_FOLDER).write_bytes(b"")  # in its way
    status = made.run_once()
    assert list_copies(tmp_path)
    assert bool(status.problem) is not is_same_disk
    (tmp_path / PHOTOS_FOLDER).unlink()
    assert made.run_once().problem == ""
    brought = [path.read_bytes() for path in (tmp_path / PHOTOS_FOLDER).glob("*.webp")]
    assert brought == ([] if is_same_disk else [photo])


def test_a_copy_is_of_one_moment_however_much_is_sold_meanwhile(world: World) -> None:
    sell(world, 2)
    before = world.state.seq

    def meanwhile() -> None:
        if world.state.seq < before + 60:
            world.coins(100)
            world.money_back()

    copy_store(world.folder / "kiosk.db", world.folder / "copy.db", meanwhile)
    assert world.state.seq > before, "it did sell"
    assert check_copy(world.folder / "copy.db", "K1").seq == before


def test_old_copies_go_and_nothing_new_is_no_new_copy(world: World) -> None:
    made = backups(world, keep=2)
    for _ in range(4):
        world.coins(100)
        world.money_back()
        first = made.run_once()
        assert made.run_once().place == first.place
    copies = list_copies(world.folder / "copies")
    assert len(copies) == 2
    assert copies[-1].place == (1, world.state.seq)
    assert len(list((world.folder / "copies").iterdir())) == 4


def test_copies_of_other_kiosks_on_the_medium_are_left_alone_and_outlive_none_of_ours(world: World) -> None:
    folder = world.folder / "copies"
    others = ["kiosk-K2-0123456789ab-1-0000005000.db", "kiosk-K1-0123456789ab-7-0000006000.db"]
    for name in (*others, "kiosk-1-0000007000.db"):
        (folder / name).write_bytes(b"another's")
    made = backups(world, keep=1)
    for _ in range(2):
        sell(world, 1)
        status = made.run_once()
        assert status.problem == ""
        (own,) = list_copies(folder, journal_name(world.folder / "kiosk.db"))
        assert own.place == status.place == (1, world.state.seq)
        assert own.journal.startswith("K1-")
    assert {*others, "kiosk-1-0000007000.db"} <= {path.name for path in folder.iterdir()}


def test_no_copy_is_begun_where_it_would_take_the_last_room(world: World) -> None:
    made = backups(world)
    made._reserve_bytes = 1 << 60
    assert "too little room" in made.run_once().problem
    assert list((world.folder / "copies").iterdir()) == []


def test_a_medium_that_goes_just_after_a_copy_is_said_and_ends_no_thread(world: World) -> None:
    made = backups(world)
    assert made.run_once().problem == ""
    shutil.rmtree(world.folder / "copies")
    (world.folder / "copies").write_bytes(b"no folder")
    assert "is the medium plugged in" in made.run_once().problem


def test_a_missing_medium_is_said_and_nothing_is_written_elsewhere(world: World) -> None:
    (world.folder / "copies").rmdir()
    status = backups(world).run_once()
    assert "is the medium plugged in" in status.problem
    assert not (world.folder / "copies").exists()
    (world.folder / "copies").mkdir()
    assert backups(world).run_once().problem == ""


def test_a_copy_that_does_not_hold_is_not_kept(world: World) -> None:
    sell(world, 1)
    assert world.ledger is not None
    for verb in ("update", "delete"):
        world.ledger._connection.exec_driver_sql(f"DROP TRIGGER journal_never_{verb}")
    world.ledger._connection.exec_driver_sql("UPDATE journal SET actor = 'x' WHERE seq = 7")
    status = backups(world).run_once()
    assert "1-7" in status.problem
    assert list((world.folder / "copies").iterdir()) == []


def test_after_a_write_that_failed_no_copy_is_made_and_no_anchor_moves(world: World) -> None:
    sell(world, 1)
    made = backups(world)
    assert world.anchor is not None
    assert world.ledger is not None
    before = world.anchor.kept
    world.ledger._connection.exec_driver_sql(
        "CREATE TEMP TRIGGER broken BEFORE INSERT ON journal BEGIN SELECT RAISE(FAIL, 'disk I/O error'); END"
    )
    with pytest.raises(StoreError):
        world.coins(100)
    assert "may not be durable" in made.close().problem
    assert list((world.folder / "copies").iterdir()) == []
    assert world.anchor.kept == before


# --- restore --------------------------------------------------------------------------------------------------------------


@pytest.mark.rule("MS-I3")
@pytest.mark.parametrize("has_counts", [True, False])
def test_what_moved_after_the_copy_comes_out_as_recorded_differences(
    quick_folder: Path, template: Path, *, has_counts: bool
) -> None:
    folder = fresh(quick_folder / f"restore-{next(NUMBERS)}", template)
    (folder / "copies").mkdir()
    world = World(folder, has_counts=has_counts)
    world.anchor = AnchorFile(folder / ANCHOR_FILE, KEY)
    sell(world, 5)
    head = world.state
    assert backups(world).run_once().problem == ""
    sell(world, 5)
    lost = world.state.seq - head.seq
    assert lost > 40
    world.stop()
    (copy,) = list_copies(folder / "copies")
    with pytest.raises(StoreRefusedError, match="--set-aside-newer"):
        restore_copy(copy.path, folder / "kiosk.db", KIOSK)
    done = restore_copy(copy.path, folder / "kiosk.db", KIOSK, may_set_aside=True)
    assert done.epoch == 2
    assert done.kept is not None
    assert (done.kept / "kiosk.db").exists()
    restart(world)
    assert world.state.epoch == 2
    opened = [fact for fact in world.facts(f.JournalOpened) if isinstance(fact, f.JournalOpened)]
    anchor = read_anchor(copy.anchor_path)
    assert anchor is not None
    assert opened[-1].previous_head == anchor.digest
    assert world.state.cash["box"] <= world.acceptor.box_minor
    for name, hopper in world.hoppers.items():
        assert world.state.cash[f"hopper.{name}"] == hopper.qty * hopper.value_minor, name
    if has_counts:
        assert world.state.cash["box"] == world.acceptor.box_minor, (
            "the acceptor's own counts found every coin"
        )
        assert world.facts(f.CoinFound)
    else:
        (swallowed,) = world.facts(f.MoneyPossiblySwallowed)
        assert isinstance(swallowed, f.MoneyPossiblySwallowed)
        assert swallowed.reason == "restored"
    assert world.facts(f.HopperDiffered), "change that was paid after the copy"
    assert world.verify().problems == ()
    assert world.state.visit is None, "coins that were spent already are nobody's credit"
    sell(world, 1)
    assert world.verify().problems == ()
    world.die()


def test_a_visit_that_was_open_in_the_copy_is_owed_after_the_restore(world: World) -> None:
    world.coins(200)
    assert backups(world).run_once().problem == ""
    world.money_back()
    world.stop()
    (copy,) = list_copies(world.folder / "copies")
    restore_copy(copy.path, world.folder / "kiosk.db", KIOSK, may_set_aside=True)
    restart(world)
    assert world.state.visit is None
    assert world.owed_minor == 200, (
        "the journal cannot know that it was paid back: the hoppers' counts say so"
    )
    assert (
        sum(
            fact.qty * fact.value_minor
            for fact in world.facts(f.HopperDiffered)
            if isinstance(fact, f.HopperDiffered)
        )
        == 200
    )
    (debt,) = world.state.debts.values()
    assert (debt.is_certain, debt.reason) == (False, "restored")
    given_minor = world.tray_minor
    assert world.tap(ev.DebtCodeTyped, debt=debt.debt).key == "code_waits_for_vendor"
    world.pass_time(30_000)
    assert world.tray_minor == given_minor, "it was paid back already: nobody is paid twice"
    assert_holds(world)


def test_coins_of_the_lost_part_are_nobodys_though_a_visit_was_open_in_the_copy(world: World) -> None:
    world.scan("water")
    world.coins(50)
    assert backups(world).run_once().problem == ""
    world.coins(100)
    assert world.facts(f.SaleClosed)
    world.stop()
    (copy,) = list_copies(world.folder / "copies")
    restore_copy(copy.path, world.folder / "kiosk.db", KIOSK, may_set_aside=True)
    restart(world)
    (found,) = world.facts(f.CoinFound)
    assert isinstance(found, f.CoinFound)
    assert (found.visit, found.value_minor) == ("", 100), "it paid for a sale that the copy does not know"
    assert world.owed_minor == 50
    assert world.verify().problems == ()


def test_no_epoch_is_used_twice(world: World) -> None:
    sell(world, 1)
    backups(world).run_once()
    (copy,) = list_copies(world.folder / "copies")
    world.stop()
    for epoch in (2, 3, 4):
        done = restore_copy(copy.path, world.folder / "kiosk.db", KIOSK, may_set_aside=True)
        assert done.epoch == epoch
        restart(world)
        assert world.state.epoch == epoch
        assert world.verify().problems == ()
        world.stop()


def test_a_copy_that_is_brought_on_another_medium_uses_no_epoch_again(world: World) -> None:
    sell(world, 1)
    backups(world).run_once()
    restore_last(world)
    sell(world, 2)
    assert backups(world).run_once().problem == ""
    world.stop()
    stick = world.folder / "stick"
    stick.mkdir()
    first = list_copies(world.folder / "copies")[0]
    for path in (first.path, first.anchor_path):
        shutil.copy(path, stick / path.name)
    for path in (*world.folder.glob("kiosk.*"),):  # the kiosk's disk is a new one
        path.unlink()
    for folder in world.folder.glob("replaced-*"):
        shutil.rmtree(folder)
    done = restore_copy(
        stick / first.path.name, world.folder / "kiosk.db", KIOSK, copies=world.folder / "copies"
    )
    assert done.epoch == 3
    world.anchor = AnchorFile(world.folder / ANCHOR_FILE, KEY, tuple(anchors_in(world.folder / "copies")))
    world.now_ms += 5_000
    world.start()
    assert world.state.epoch == 3


def test_a_lost_key_is_replaced_visibly(world: World) -> None:
    sell(world, 1)
    world.stop()
    restart(world)
    backups(world).run_once()
    world.stop()
    (copy,) = list_copies(world.folder / "copies")
    new_key = SigningKey(bytes(range(1, 33)))
    target = world.folder / "new" / "kiosk.db"
    with pytest.raises(StoreRefusedError, match="not this kiosk's"):
        restore_copy(copy.path, target, Restoring("K1", EURO, new_key, STAMP, "test"))
    restore_copy(copy.path, target, Restoring("K1", EURO, new_key, STAMP, "test", is_key_new=True))
    engine = open_unlimited_reader(sqlite_url(target))
    with engine.connect() as connection:
        found = verify_journal(connection, public_key=new_key.verify_key.encode().hex())
        stale = verify_journal(connection, public_key=KEY.verify_key.encode().hex())
    engine.dispose()
    assert found.problems == ()
    assert any("signed by a new key" in note for note in found.notes)
    assert found.trust.is_key_known
    assert "not this kiosk's" in stale.problems[0]


def test_a_damaged_or_foreign_copy_is_refused_before_anything_is_touched(world: World) -> None:
    sell(world, 1)
    backups(world).run_once()
    world.stop()
    (copy,) = list_copies(world.folder / "copies")
    store = world.folder / "kiosk.db"
    before = store.read_bytes()
    with pytest.raises(StoreRefusedError, match="is of kiosk K1"):
        restore_copy(copy.path, store, Restoring("K2", EURO, KEY, STAMP, "test"), may_set_aside=True)
    bad = world.folder / "bad.db"
    shutil.copy(copy.path, bad)
    connection = sqlite3.connect(bad)
    connection.executescript(
        "DROP TRIGGER journal_never_update; UPDATE journal SET actor = 'x' WHERE seq = 9"
    )
    connection.close()
    with pytest.raises(StoreRefusedError, match=r"1-9.*good up to 1-8"):
        restore_copy(bad, store, KIOSK, may_set_aside=True)
    with pytest.raises(StoreRefusedError, match="there is no copy"):
        restore_copy(world.folder / "nothing.db", store, KIOSK)
    assert store.read_bytes() == before
    assert not store.with_name(RESTORING).exists()


def test_no_kiosk_starts_where_a_restore_was_cut(world: World) -> None:
    sell(world, 1)
    backups(world).run_once()
    world.stop()
    store = world.folder / "kiosk.db"
    (copy,) = list_copies(world.folder / "copies")
    store.with_name(RESTORING).write_bytes(b"half")
    store.unlink()
    with pytest.raises(StoreRefusedError, match="restore was interrupted"):
        refuse_half_restored(store)
    done = restore_copy(copy.path, store, KIOSK, may_set_aside=True)
    refuse_half_restored(store)
    assert done.epoch == 2


def owe(world: World) -> str:
    """Two euros that no hopper could give: the debt's name."""
    for hopper in world.hoppers.values():
        hopper.stops_after = 0
    world.coins(200)
    world.money_back()
    world.pass_time(60_000)
    (debt,) = world.state.debts
    for hopper in world.hoppers.values():
        hopper.stops_after = None
    world.set_rules()
    world.stop()
    restart(world)
    return debt


def assert_holds(world: World) -> None:
    """The kiosk's own verification and the auditor's find nothing."""
    assert world.verify().problems == ()
    assert audit_journal(world.folder / "kiosk.db").problems == ()


def restore_last(world: World, *, runs_ms: int = 1) -> None:
    """Stop, restore the newest copy, start."""
    world.stop()
    copy = list_copies(world.folder / "copies")[-1]
    stamp = Stamp("2026-03-02T12:00:00.000Z", runs_ms)
    kiosk = Restoring("K1", EURO, KEY, stamp, "test")
    restore_copy(copy.path, world.folder / "kiosk.db", kiosk, may_set_aside=True)
    restart(world)


@pytest.mark.rule("MS-I4")
def test_a_restore_that_fails_leaves_the_store_as_it_was_and_free_to_start(world: World) -> None:
    sell(world, 1)
    backups(world).run_once()
    world.stop()
    store = world.folder / "kiosk.db"
    (copy,) = list_copies(world.folder / "copies")
    before = store.read_bytes()
    rots = Restoring("K1", Currency("USD", 2), KEY, STAMP, "test")
    with pytest.raises(StoreRefusedError):
        restore_copy(copy.path, store, rots, may_set_aside=True)
    assert store.read_bytes() == before
    refuse_half_restored(store)
    assert not list(world.folder.glob("restoring*"))
    restart(world)
    assert world.state.epoch == 1


@pytest.mark.parametrize("moved", range(4))
def test_a_store_that_was_cut_while_it_was_set_aside_keeps_its_log_and_its_anchor(
    world: World, moved: int
) -> None:
    sell(world, 1)
    backups(world).run_once()
    sell(world, 1)
    store, head = world.folder / "kiosk.db", (1, world.state.seq)
    files = {path.name: path.read_bytes() for path in sorted(world.folder.glob("kiosk.*"))}
    world.stop()
    for name, data in files.items():  # as a power cut leaves them: the last sales are in the log only
        (world.folder / name).write_bytes(data)
    names = ["kiosk.db", "kiosk.db-wal", "kiosk.db-shm", ANCHOR_FILE]
    assert {*names} <= {*files, ANCHOR_FILE}
    folder = world.folder / "replaced-20260302"
    folder.mkdir()
    for name in names[:moved]:
        (world.folder / name).replace(folder / name)
    store.with_name(RESTORING).write_bytes(b"made before the cut")
    (copy,) = list_copies(world.folder / "copies")
    done = restore_copy(copy.path, store, KIOSK, may_set_aside=True)
    assert done.kept is not None
    assert done.kept.name == (folder.name if moved else "replaced-20260302T120000000Z")
    assert {path.name for path in done.kept.iterdir()} >= {"kiosk.db", "kiosk.db-wal", ANCHOR_FILE}
    assert head_in(done.kept / "kiosk.db") == head
    restart(world)
    assert world.state.epoch == 2


def test_a_code_that_was_paid_after_the_copy_does_not_pay_again(world: World) -> None:
    name = owe(world)
    backups(world).run_once()
    before_minor = world.tray_minor
    world.tap(ev.DebtCodeTyped, debt=name)
    world.pass_time(30_000)
    assert world.tray_minor == before_minor + 200
    restore_last(world)
    (debt,) = world.state.debts.values()
    assert (debt.debt, debt.is_certain) == (name, False)
    assert world.tap(ev.DebtCodeTyped, debt=name).key == "code_waits_for_vendor"
    world.pass_time(30_000)
    assert world.tray_minor == before_minor + 200
    assert_holds(world)


def test_a_restore_on_a_machine_that_was_long_up_makes_the_kiosk_no_older(world: World) -> None:
    owe(world)
    backups(world).run_once()
    before_ms = age_ms(world.state)
    restore_last(world, runs_ms=world.now_ms + 3 * 86_400_000)
    assert before_ms <= age_ms(world.state) < before_ms + 60_000
    assert world.state.seen_ms >= world.state.boot_ms


def test_a_debt_of_an_earlier_epoch_keeps_its_code_and_pays_when_the_vendor_has_released_it(
    world: World,
) -> None:
    name = owe(world)
    code = code_of(bytes(32), "K1", *place_of(name))
    backups(world).run_once()
    restore_last(world)
    assert world.state.epoch == 2
    (kept,) = world.state.debts.values()
    assert code_of(bytes(32), "K1", *place_of(kept.debt)) == code
    assert place_of(kept.debt) == (1, kept.seq)
    for token in ("first", "second"):  # a restore in between makes the vendor decide once more
        world.ask(
            ev.ClaimMade(
                token=token,
                about=f.About.NO_MONEY_BACK,
                visit=kept.visit,
                said_minor=200,
                channel="desk",
                subject="",
                verdict=f.Verdict.PROVEN,
                amount_minor=200,
                debt=name,
                evidence=(),
            )
        )
        (claim,) = world.state.claims
        assert world.state.claims[claim].verdict == f.Verdict.CONSISTENT, "a person looks"
        world.ask(ev.ClaimDecided(claim=claim, by="owner", amount_minor=200, reason="", debt=name))
        assert world.state.debts[name].is_certain
        assert_holds(world)
        if token == "first":
            backups(world).run_once()
            restore_last(world)
            assert not world.state.debts[name].is_certain
    world.tap(ev.DebtCodeTyped, debt=match_code(code, [(kept.debt, code)]))
    world.pass_time(30_000)
    assert not world.state.debts
    assert_holds(world)


class _Door:
    """What a claim desk asks of a till that is not running."""

    def debt_code(self, _epoch: int, _seq: int) -> str:
        return "AAAAAAAA"

    def monotonic_ms(self) -> int:
        return 1


def evidence_of(store: Path, visit: str, key: SigningKey) -> Checked:
    reader = open_reader(sqlite_url(store))
    desk = ClaimDesk(reader, cast("Any", _Door()), "K1", wall=lambda: datetime.now(UTC))
    about = Circumstances("2026-11-21T10:00:00.000Z", "test", {}, "EUR", 2, {})
    packed = pack_evidence(reader, desk, kiosk_id="K1", visit=visit, key=key, about=about)
    reader.dispose()
    found = check_evidence(packed)
    assert found.problems == ()
    return found


def no_money_back(found: Checked) -> tuple[str, str]:
    """The verdict on such a claim about the visit, and the debt it names."""
    (today,) = [
        each["today"] for each in found.evidence["claims"] if each["about"] == str(f.About.NO_MONEY_BACK)
    ]
    return today["verdict"], today["debt"]


def test_evidence_of_a_visit_before_a_restore_knows_what_came_after_it(world: World) -> None:
    name = owe(world)
    visit, store = world.state.debts[name].visit, world.folder / "kiosk.db"
    assert no_money_back(evidence_of(store, visit, KEY)) == ("proven", name)
    backups(world).run_once()
    world.stop()
    new_key, (copy,) = SigningKey(bytes(range(1, 33))), list_copies(world.folder / "copies")
    other = Restoring("K1", EURO, new_key, STAMP, "test", is_key_new=True)
    restore_copy(copy.path, world.folder / "new" / "kiosk.db", other)
    found = evidence_of(world.folder / "new" / "kiosk.db", visit, new_key)
    assert any(KEY.verify_key.encode().hex() in line for line in found.unknown), "the old key is named"
    restart(world)
    restore_last(world)
    assert no_money_back(evidence_of(store, visit, KEY)) == ("consistent", name), "it may have been paid"
    claim = ev.ClaimMade(
        token="t",
        about=f.About.NO_MONEY_BACK,
        visit="",
        said_minor=200,
        channel="desk",
        subject="",
        verdict=f.Verdict.CONSISTENT,
        amount_minor=200,
        debt=name,
        evidence=(),
    )
    world.ask(claim)
    (number,) = world.state.claims
    world.ask(ev.ClaimDecided(claim=number, by="owner", amount_minor=200, reason="", debt=name))
    world.tap(ev.DebtCodeTyped, debt=name)
    world.pass_time(30_000)
    assert not world.state.debts
    found = evidence_of(store, visit, KEY)
    assert no_money_back(found)[0] != "proven"
    assert no_money_back(found)[1] == "", "it was paid in the second epoch: nothing is owed any more"
    assert any("up to epoch 2" in line for line in found.unknown)


def test_a_claim_from_before_a_restore_is_paid_in_part_by_two_people_and_never_by_itself(
    world: World,
) -> None:
    name = owe(world)
    backups(world).run_once()
    restore_last(world)
    world.set_rules(second_above_minor=50)
    claim = ev.ClaimMade(
        token="t",
        about=f.About.NO_MONEY_BACK,
        visit="",
        said_minor=200,
        channel="phone",
        subject="",
        verdict=f.Verdict.PROVEN,
        amount_minor=200,
        debt=name,
        evidence=(),
    )
    world.ask(claim)
    (number,) = world.state.claims
    assert world.state.claims[number].verdict == f.Verdict.CONSISTENT, (
        "it may have been paid in what was lost"
    )
    told = world.ask(ev.ClaimDecided(claim=number, by="owner", amount_minor=150, reason="counted"))
    assert told.key == "claim_proposed"
    assert world.ask(ev.ClaimSecond(claim=number, by="mina")).key == "claim_approved"
    assert (world.state.debts[name].amount_minor, world.state.debts[name].is_certain) == (150, True)
    assert_holds(world)


# --- the drill ------------------------------------------------------------------------------------------------------------


def test_a_drill_compares_every_entry_and_every_balance(world: World) -> None:
    sell(world, 3)
    backups(world).run_once()
    sell(world, 2)
    (copy,) = list_copies(world.folder / "copies")
    found = drill(copy, world.folder / "kiosk.db", KIOSK)
    assert found.is_good
    assert found.rows[0].restored == str(copy.place[1])
    assert {"balance cash.box", "balance owed", "total sold"} <= {row.what for row in found.rows} | {
        "balance owed"
    }


def test_a_drill_finds_a_journal_that_is_another_than_its_copy(world: World) -> None:
    sell(world, 1)
    backups(world).run_once()
    (copy,) = list_copies(world.folder / "copies")
    assert world.ledger is not None
    for verb in ("update", "delete"):
        world.ledger._connection.exec_driver_sql(f"DROP TRIGGER journal_never_{verb}")
    world.ledger._connection.exec_driver_sql("UPDATE journal SET digest = zeroblob(32) WHERE seq = 12")
    found = drill(copy, world.folder / "kiosk.db", KIOSK)
    assert not found.is_good
    (row,) = [row for row in found.rows if not row.is_same]
    assert (row.what, row.live) == ("first entry that differs", "1-12")
    with pytest.raises(JournalDamagedError):
        check_copy(world.folder / "kiosk.db", "K1")
