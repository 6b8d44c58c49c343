"""A count that differs: what the journal holds that could explain it, and what nothing does."""

from __future__ import annotations

import pytest

from hardware import events as hw
from kiosk.claims.variance import Explanation, Reason, explain
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.store.cash import (
    Incident,
    PartRow,
    PieceRow,
    read_bags,
    read_collection,
    read_incidents,
    read_parts,
)
from tests.kiosk.conftest import Build
from tests.kiosk.world import World

LARGEST = {"coin": 200}


def collect(world: World, *pieces: tuple[int, int], bag: str = "") -> str:
    """The box, out and counted; the collection's id."""
    token = f"{world.state.seq}"
    world.ask(ev.ClerkEntered("clerk"))
    world.ask(ev.BoxesTaken(token, "clerk"))
    world.acceptor.box_minor = 0
    assert world.state.collection is not None
    collection = world.state.collection.collection
    world.ask(ev.CollectionCount(f"{token}-count", "clerk", collection, (("box", pieces),), bag, 4_000))
    world.ask(ev.ClerkLeft("clerk"))
    return collection


def weigh(world: World, collection: str) -> Explanation:
    assert world.ledger is not None
    connection = world.ledger._connection
    (part,) = read_parts(connection, world.kiosk_id, collection)
    incidents = read_incidents(connection, world.kiosk_id, part.since, part.until)
    return explain(part, incidents, largest_minor=LARGEST, stackers=())


def buy(world: World, times: int) -> None:
    """Coins of two euros for goods worth less."""
    for _ in range(times):
        world.scan("water")
        world.coins(200)
        world.pass_time(60_000)


def test_a_dishonest_collection_shows_what_is_missing_and_nothing_that_explains_it(world: World) -> None:
    buy(world, 12)
    found = weigh(world, collect(world, (200, 2)))
    assert found == Explanation("box", -2_000, (), -2_000)


def test_an_honest_collection_after_a_gap_of_two_coins_shows_the_gap(build: Build) -> None:
    world = build(has_counts=False)
    buy(world, 3)
    before = world.state.acceptors["coin"]
    world.step(
        hw.CoinEventsLost(
            "coin",
            serial=before.serial,
            device_epoch=before.device_epoch,
            event_no=before.event_no + 2,
            qty=2,
        )
    )
    world.acceptor.counter += 2
    gap = world.state.seq
    found = weigh(world, collect(world, (200, 5)))
    assert found == Explanation("box", 400, (Reason("swallowed", 400, ((1, gap),)),), 0)


def test_a_period_begins_where_the_last_one_ended(build: Build) -> None:
    world = build(has_counts=False)
    before = world.state.acceptors["coin"]
    world.step(
        hw.CoinEventsLost(
            "coin",
            serial=before.serial,
            device_epoch=before.device_epoch,
            event_no=before.event_no + 1,
            qty=1,
        )
    )
    world.acceptor.counter += 1
    assert weigh(world, collect(world, (200, 1))).reasons
    buy(world, 1)
    assert weigh(world, collect(world, (200, 2))) == Explanation("box", 200, (), 200)


def test_what_a_clerk_paid_by_hand_could_have_come_out_of_the_box(world: World) -> None:
    for hopper in world.hoppers.values():
        hopper.qty = 0
        world.step(hw.DeviceLost(hopper.name, hw.DeviceKind.HOPPER))
    world.scan("water")
    world.coins(50)
    world.money_back()
    (debt,) = world.state.debts
    world.ask(ev.HandOver(debt, "clerk"))
    handed = world.state.seq
    assert weigh(world, collect(world)) == Explanation(
        "box", -50, (Reason("handed_over", 50, ((1, handed),)),), 0
    )


def part(*pieces: tuple[int, int, int], container: str = "box") -> PartRow:
    """A container by value, expected and counted pieces."""
    rows = tuple(PieceRow(*each) for each in pieces)
    expected = sum(each.value_minor * each.expected_qty for each in rows)
    counted = sum(each.value_minor * each.counted_qty for each in rows)
    return PartRow(container, (0, 0), (1, 99), expected, counted, rows)


def incident(
    kind: str, device: str = "coin", container: str = "", value_minor: int = 0, qty: int = 0
) -> Incident:
    return Incident(kind, (1, 7), "", device, container, value_minor, qty)


AT = ((1, 7),)


@pytest.mark.parametrize(
    ("counted", "happened", "expected"),
    [
        # found money explains pieces of its own value only, and no more of them than are missing
        (part((200, 10, 0)), incident("found", container="box", value_minor=10, qty=2), ((), -2_000)),
        (
            part((10, 5, 4)),
            incident("found", container="box", value_minor=10, qty=3),
            ((Reason("found", 10, AT),), 0),
        ),
        # a coin of unknown value is worth the acceptor's largest at most
        (part((200, 5, 0)), incident("jam", qty=1), ((Reason("jam", 200, AT),), -800)),
        # nobody knows how many: it could be all of it
        (part((200, 0, 3)), incident("swallowed"), ((Reason("swallowed", None, AT),), 0)),
        # what can only make a count larger never explains that something is missing, and the reverse
        (part((200, 1, 0)), incident("swallowed", qty=1), ((), -200)),
        (part((200, 0, 1)), incident("handed_over", device="", value_minor=200, qty=1), ((), 200)),
        # what concerns the notes says nothing about the box
        (part((200, 0, 1)), incident("swallowed", device="notes", qty=1), ((), 200)),
        (
            part((500, 0, 1), container="stacker.notes"),
            incident("note_lost", device="notes", value_minor=500, qty=1),
            ((Reason("note_lost", 500, AT),), 0),
        ),
        # a balanced container needs no reason
        (part((200, 3, 3)), incident("swallowed", qty=1), ((), 0)),
    ],
)
def test_a_reason_explains_no_more_than_it_can(
    counted: PartRow, happened: Incident, expected: tuple[tuple[Reason, ...], int]
) -> None:
    found = explain(counted, [happened], largest_minor=LARGEST, stackers=("notes",))
    assert (found.reasons, found.unexplained_minor) == expected


def test_a_corrected_count_is_read_and_the_bag_is_followed(world: World) -> None:
    buy(world, 2)
    collection = collect(world, (200, 1), bag="17")
    assert world.ledger is not None
    connection = world.ledger._connection
    world.ask(ev.CollectionRecount("again", "anna", collection, (("box", ((200, 2),)),), "one lay apart"))
    row = read_collection(connection, world.kiosk_id, collection)
    assert row is not None
    assert (row.state, row.variance_minor, row.corrections, row.bag, row.holder) == (
        "counted",
        0,
        1,
        "17",
        "clerk",
    )
    world.ask(ev.BagGiven("give", "clerk", collection, "Omid"))
    assert [each.holder for each in read_bags(connection, world.kiosk_id)] == ["Omid"]
    world.ask(ev.BagPaidIn("bank", "anna", collection, 400))
    assert read_bags(connection, world.kiosk_id) == ()
    assert weigh(world, collection).variance_minor == 0
    assert world.verify().problems == ()


def test_a_container_that_was_counted_by_its_sum_alone_stands_in_the_same_list(world: World) -> None:
    buy(world, 1)
    world.ask(ev.ClerkEntered("clerk"))
    world.ask(ev.CashBoxCollected("t", "clerk", 150))
    collection = [each for each in world.facts() if isinstance(each, f.CashCollected)][-1].collection
    assert world.ledger is not None
    row = read_collection(world.ledger._connection, world.kiosk_id, collection)
    assert row is not None
    assert (row.state, row.by_piece, row.variance_minor) == ("total", False, -50)
    assert weigh(world, collection).unexplained_minor == -50
