"""Batches of several kiosks meet in one store, on both databases: lost, doubled, reordered, forged, and after a restore."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from nacl.signing import SigningKey
from sqlalchemy import select, text

from kiosk.core import facts as f
from kiosk.fleet.inbox import BatchGapError, BatchRefusedError, Inbox, UnknownKioskError
from kiosk.fleet.outbox import HistoriesDifferError, batch_after
from kiosk.fleet.wire import Ack, Batch
from kiosk.journal.entry import digest_of, read_content
from kiosk.money import Currency
from kiosk.store.anchor import ANCHOR_FILE, AnchorFile
from kiosk.store.copies import copy_store
from kiosk.store.database import open_unlimited_reader, open_writer, sqlite_url
from kiosk.store.ledger import Ledger, read_entries
from kiosk.store.models import PROJECTIONS
from kiosk.store.restore import Restoring, restore_copy
from tests.kiosk.varied import varied_morning
from tests.kiosk.world import EURO, KEY, World

AT = "2026-03-02T12:00:00.000Z"
OTHER_KEY = SigningKey(bytes(range(1, 33)))


@pytest.fixture(params=["sqlite", "postgresql"])
def desk_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return sqlite_url(tmp_path / "desk.db")


@pytest.fixture
def inbox(desk_url: str) -> Iterator[Inbox]:
    """The desk's inbox with two kiosks known to it."""
    made = Inbox(open_writer(desk_url))
    made.register("K1", "Lobby", KEY.verify_key.encode().hex())
    made.register("K2", "Ward 4", OTHER_KEY.verify_key.encode().hex())
    yield made
    made.close()


@pytest.fixture(scope="module")
def kiosks(quick_folder: Path) -> Iterator[tuple[World, World]]:
    """Two kiosks after a varied morning each, only read by the tests; their forms even used the same tokens."""
    made = []
    for kiosk_id, key in (("K1", KEY), ("K2", OTHER_KEY)):
        folder = quick_folder / f"fleet-{kiosk_id}"
        folder.mkdir()
        made.append(World(folder, kiosk_id=kiosk_id, key=key))
        varied_morning(made[-1])
    yield made[0], made[1]
    for world in made:
        world.die()


def batches(world: World, inbox: Inbox, most: int = 60) -> Iterator[Batch]:
    """What the kiosk sends until the desk holds all, by the desk's own answers."""
    assert world.ledger is not None
    while True:
        batch = batch_after(world.ledger.connection, inbox.ack(world.kiosk_id), most)
        if not batch.entries:
            return
        yield batch


def push(world: World, inbox: Inbox, most: int = 60) -> None:
    for batch in batches(world, inbox, most):
        inbox.take(batch, AT)


def assert_same_readings(world: World, inbox: Inbox, *, has_all: bool = True) -> None:
    """Every row of every projection at the desk is the kiosk's own."""
    assert world.ledger is not None
    for table in PROJECTIONS:
        query = select(table).where(table.c.kiosk_id == world.kiosk_id)
        if table.name == "balance":
            query = query.where(table.c.amount_minor != 0)
        here = {tuple(row) for row in world.ledger.connection.execute(query)}
        there = {tuple(row) for row in inbox._connection.execute(query)}
        assert there == here, table.name
        if table.name in {"balance", "visit", "sale", "claim", "debt"}:
            assert there or not has_all, table.name


def all_entries(world: World) -> list[object]:
    assert world.ledger is not None
    return list(read_entries(world.ledger.connection, world.kiosk_id))


def test_two_kiosks_stand_side_by_side_with_their_own_readings(
    inbox: Inbox, kiosks: tuple[World, World]
) -> None:
    for world in kiosks:
        push(world, inbox)
    for world in kiosks:
        assert_same_readings(world, inbox)
        assert world.ledger is not None
        head = world.ledger.head
        assert inbox.ack(world.kiosk_id) == Ack(world.kiosk_id, head.epoch, head.seq, head.digest.hex())
    assert [(each.kiosk_id, each.name, each.problem) for each in inbox.registered()] == [
        ("K1", "Lobby", ""),
        ("K2", "Ward 4", ""),
    ]
    assert all(each.heard_at == AT for each in inbox.registered())


@pytest.mark.parametrize("seed", range(3))
def test_batches_lost_doubled_and_reordered_end_in_the_same_books(
    inbox: Inbox, kiosks: tuple[World, World], seed: int
) -> None:
    chance = random.Random(seed)
    waiting: list[Batch] = []
    for world in kiosks:
        entries = all_entries(world)
        start = 0
        while start < len(entries):
            length = chance.randint(1, 70)
            waiting.append(Batch(world.kiosk_id, tuple(entries[start : start + length])))  # type: ignore[arg-type]
            start += length
    sent = [batch for batch in waiting if chance.random() > 0.2] + chance.choices(waiting, k=len(waiting))
    chance.shuffle(sent)
    for batch in sent:
        with suppress(BatchGapError):  # nothing else is wrong with them
            inbox.take(batch, AT)
    assert not any(each.problem for each in inbox.registered())
    for world in kiosks:
        push(world, inbox, most=1_000)
        assert_same_readings(world, inbox)


def test_a_second_send_of_everything_changes_nothing(inbox: Inbox, kiosks: tuple[World, World]) -> None:
    world = kiosks[0]
    push(world, inbox)
    ack = inbox.ack("K1")
    everything = Batch("K1", tuple(all_entries(world)))  # type: ignore[arg-type]
    for _ in range(3):
        assert inbox.take(everything, AT) == ack
    assert_same_readings(world, inbox)


def test_an_inbox_opened_anew_goes_on_where_it_was(
    desk_url: str, inbox: Inbox, kiosks: tuple[World, World]
) -> None:
    world = kiosks[0]
    first = next(batches(world, inbox))
    ack = inbox.take(first, AT)
    inbox.close()
    again = Inbox(open_writer(desk_url))
    assert again.ack("K1") == ack
    push(world, again)
    assert_same_readings(world, again)
    again.close()
    last = Inbox(open_writer(desk_url))
    last._connection.execute(text("DELETE FROM snapshot"))
    assert last.ack("K1").seq == world.state.seq, "the journal is enough"
    last.close()


Forge = Callable[[Batch], Batch]


def _changed_body(batch: Batch) -> Batch:
    *rest, last = batch.entries
    return Batch("K1", (*rest, replace(last, body=last.body + b" ")))


def _gap(batch: Batch) -> Batch:
    return Batch("K1", batch.entries[:5] + batch.entries[6:])


def _chained_lie(batch: Batch) -> Batch:
    """Whoever holds the key writes a coin worth more, and chains it well: its postings tell."""
    place = next(i for i, entry in enumerate(batch.entries) if entry.kind == "CoinCredited")
    before, liar = batch.entries[place - 1], batch.entries[place]
    value = f'"value_minor":{_value(liar)}'.encode()
    liar = replace(liar, body=liar.body.replace(value, b'"value_minor":9990'))
    return Batch("K1", (*batch.entries[:place], replace(liar, digest=digest_of(before.digest, liar))))


def _value(entry: object) -> int:
    fact = read_content(entry).fact  # type: ignore[arg-type]
    assert isinstance(fact, f.CoinCredited)
    return fact.value_minor


def _unknown_kind(batch: Batch) -> Batch:
    *rest, last = batch.entries
    stranger = replace(last, kind="DreamDreamt")
    return Batch("K1", (*rest, replace(stranger, digest=digest_of(rest[-1].digest, stranger))))


@pytest.mark.parametrize(
    ("forge", "says"),
    [
        (_changed_body, "digest does not fit"),
        (_gap, "missing"),
        (_chained_lie, "postings"),
        (_unknown_kind, "update the desk first"),
    ],
)
def test_a_batch_that_does_not_fit_is_refused_whole_and_the_next_good_one_clears_it(
    inbox: Inbox, kiosks: tuple[World, World], forge: Forge, says: str
) -> None:
    world = kiosks[0]
    push(kiosks[1], inbox)
    first = batch_after(world.ledger.connection, inbox.ack("K1"), 150)  # type: ignore[union-attr]
    with pytest.raises(BatchRefusedError, match=says):
        inbox.take(forge(first), AT)
    assert inbox.ack("K1").place == (0, 0)
    (known,) = [each for each in inbox.registered() if each.kiosk_id == "K1"]
    assert says in known.problem
    assert known.problem_at == AT
    push(world, inbox)
    assert_same_readings(world, inbox)
    assert_same_readings(kiosks[1], inbox)
    assert [each.problem for each in inbox.registered()] == ["", ""]


def test_a_second_machine_under_the_same_id_is_seen(
    inbox: Inbox, kiosks: tuple[World, World], tmp_path: Path
) -> None:
    push(kiosks[0], inbox)
    (tmp_path / "twin").mkdir()
    twin = World(tmp_path / "twin")
    twin.scan("apple")
    twin.coins(200)
    entries = all_entries(twin)
    with pytest.raises(BatchRefusedError, match="two machines write under the id K1"):
        inbox.take(Batch("K1", tuple(entries)), AT)  # type: ignore[arg-type]
    assert twin.ledger is not None
    with pytest.raises(HistoriesDifferError):
        batch_after(twin.ledger.connection, inbox.ack("K1"))
    twin.die()
    assert_same_readings(kiosks[0], inbox)


def test_an_unknown_kiosk_has_no_key_here(inbox: Inbox) -> None:
    with pytest.raises(UnknownKioskError):
        inbox.key_of("K9")


@pytest.mark.parametrize("most", [1_000, 3])
def test_after_a_restore_the_lost_part_is_kept_and_out_of_the_books(
    inbox: Inbox, tmp_path: Path, most: int
) -> None:
    world = World(tmp_path)
    world.die()
    world.anchor = AnchorFile(tmp_path / ANCHOR_FILE, KEY)
    world.start()
    world.pass_time(1_000)
    sell(world)
    world.stop()
    copy = tmp_path / "copy.db"
    copy_store(tmp_path / "kiosk.db", copy)
    world.now_ms += 5_000
    world.start()
    world.pass_time(10_000)
    sell(world)
    push(world, inbox)
    lost = inbox.ack("K1")
    world.stop()
    restore_copy(
        copy,
        tmp_path / "kiosk.db",
        Restoring("K1", EURO, KEY, world.stamp(), "test"),
        may_set_aside=True,
    )
    world.anchor = AnchorFile(tmp_path / ANCHOR_FILE, KEY)
    world.now_ms += 5_000
    world.start()
    world.pass_time(10_000)
    sell(world)
    push(world, inbox, most)
    assert inbox.ack("K1").epoch == 2
    assert_same_readings(world, inbox, has_all=False)
    ((epoch, after, until),) = inbox._connection.execute(
        text("SELECT epoch, after_seq, until_seq FROM fleet_branch")
    ).fetchall()
    assert epoch == 1
    assert after < until == lost.seq
    kept = inbox._connection.execute(
        text("SELECT count(*) FROM journal WHERE epoch = 1 AND seq > :after"), {"after": after}
    ).scalar()
    assert kept == until - after
    again = inbox._connection.execute(text("SELECT count(*) FROM sale")).scalar()
    assert again == 2, "the sale of the lost part is not counted: the devices' counts are"
    world.die()


def sell(world: World) -> None:
    world.choose("A1")
    world.coins(200)
    world.pass_time(40_000)


def test_a_desk_of_an_earlier_version_reads_its_journals_anew_without_the_lost_parts(
    desk_url: str, inbox: Inbox, kiosks: tuple[World, World]
) -> None:
    for world in kiosks:
        push(world, inbox)
    inbox._connection.execute(text("DELETE FROM shape"))
    inbox._connection.execute(text("UPDATE stock SET qty = 0"))
    inbox.close()
    again = Inbox(open_writer(desk_url))
    for world in kiosks:
        assert_same_readings(world, again)
    again.close()


def test_the_outbox_sends_what_follows_and_nothing_when_all_is_held(kiosks: tuple[World, World]) -> None:
    world = kiosks[0]
    assert world.ledger is not None
    first = batch_after(world.ledger.connection, Ack("K1", 0, 0, ""), 10)
    assert [entry.seq for entry in first.entries] == list(range(1, 11))
    head = world.ledger.head
    assert batch_after(world.ledger.connection, Ack("K1", 1, head.seq, head.digest.hex())).entries == ()
    with pytest.raises(HistoriesDifferError, match="cut off"):
        batch_after(world.ledger.connection, Ack("K1", 1, head.seq + 1, "ab"))


def test_a_ledger_still_refuses_a_desks_store(
    desk_url: str, inbox: Inbox, kiosks: tuple[World, World]
) -> None:
    push(kiosks[1], inbox)
    inbox.close()
    with pytest.raises(Exception, match="belongs to kiosk K2"):
        Ledger.open(
            open_writer(desk_url),
            kiosk_id="K1",
            currency=Currency("EUR", 2),
            key=KEY,
            stamp=kiosks[0].stamp(),
            software="test",
        )


def test_a_reader_of_the_desk_sees_whole_batches_only(
    desk_url: str, inbox: Inbox, kiosks: tuple[World, World]
) -> None:
    reader = open_unlimited_reader(desk_url)
    seen = set()
    for batch in batches(kiosks[0], inbox, 40):
        inbox.take(batch, AT)
        with reader.connect() as connection:
            seen.add(connection.execute(text("SELECT count(*) FROM journal")).scalar())
    reader.dispose()
    total = kiosks[0].state.seq
    assert seen == {*range(40, total, 40), total}
