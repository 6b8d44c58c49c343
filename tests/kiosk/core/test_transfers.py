"""Goods between two kiosks: a number at the sender, one receipt by it, and a difference that is a loss, told and not hidden."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Connection

from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.draft import Notice
from kiosk.core.fold import TRANSFERS_KEPT
from kiosk.store.results import Result, read_results
from kiosk.store.transfers import Got, Sent, read_got, read_on_way, read_sent
from tests.kiosk.goods import WATER
from tests.kiosk.world import World

ALWAYS = ("2000-01-01T00:00:00.000Z", "2100-01-01T00:00:00.000Z")

_tokens = count()


@pytest.fixture
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A second kiosk, with a journal of its own."""
    folder: Path = tmp_path_factory.mktemp("other")
    made = World(folder, kiosk_id="K2")
    yield made
    made.die()


def move(world: World, kind: str, qty: int, **more: object) -> Notice:
    slot = f.STORE if kind == "receive" else "S1"
    event = ev.StockCounted(f"way-{next(_tokens)}", "clerk", slot, kind, qty, "water", **more)  # type: ignore[arg-type]  # by name
    return world.ask(event)


def close(world: World, transfer: str, outcome: str, qty: int = 5) -> Notice:
    return world.ask(ev.TransferClose(f"way-{next(_tokens)}", "clerk", transfer, "water", qty, outcome))


def connection_of(world: World) -> Connection:
    assert world.ledger is not None
    return world.ledger.connection


def on_way(world: World) -> tuple[Sent, ...]:
    return read_on_way(connection_of(world), [world.kiosk_id])


def got(world: World) -> tuple[Got, ...]:
    return read_got(connection_of(world), [world.kiosk_id], 10)


def result(world: World) -> Result:
    (found,) = read_results(connection_of(world), [world.kiosk_id], *ALWAYS, costs_minor={"water": 999})
    return found


def send(world: World, qty: int = 5) -> str:
    """Send some water; the transfer's number."""
    move(world, "fill", qty)
    assert move(world, "transfer", qty, other="North hall").key == "done"
    return on_way(world)[-1].transfer


def in_store(world: World) -> int:
    return sum(lot.qty for lot in world.state.lots.get(f.STORE, ()))


def test_what_is_sent_has_a_number_and_is_on_its_way_until_somebody_says_more(world: World) -> None:
    transfer = send(world)
    (sent,) = on_way(world)
    assert (sent.sku, sent.qty, sent.destination, sent.state) == ("water", 5, "North hall", "open")
    assert transfer == f"T{sent.position[0]}-{sent.position[1]}"
    assert read_sent(connection_of(world), world.kiosk_id, sent.position) == sent
    assert read_sent(connection_of(world), world.kiosk_id, (1, 1)) is None
    assert world.verify().problems == ()


def test_the_other_kiosk_receives_it_by_its_number_and_the_difference_is_lost_on_the_way(
    world: World, other: World
) -> None:
    transfer = send(world)
    assert move(other, "receive", 3, other="K1", transfer=transfer, sent=5).key == "done"
    (came,) = got(other)
    assert (came.source, came.transfer, came.sent, came.qty) == ("K1", transfer, 5, 3)
    assert in_store(other) == 3
    found = result(other)
    assert (found.astray_qty, found.astray_minor) == (2, 2 * WATER.cost_minor)
    assert found.losses_minor >= found.astray_minor > 0
    assert result(world).astray_qty == 0, "one loss, in one book"
    assert other.verify().problems == ()


def test_nothing_or_too_many_may_have_come(other: World) -> None:
    assert move(other, "receive", 0, other="K1", transfer="T1-8", sent=4).key == "done"
    assert move(other, "receive", 6, other="K1", transfer="T1-9", sent=5).key == "done"
    assert in_store(other) == 6
    assert result(other).astray_qty == 4 - 1


def test_the_same_slip_is_booked_once_whoever_types_it(other: World) -> None:
    move(other, "receive", 5, other="K1", transfer="T1-8", sent=5)
    again = move(other, "receive", 5, other=" K1 ", transfer="T1-8", sent=5)
    assert (again.key, again.is_refusal) == ("transfer_over", True)
    assert move(other, "receive", 5, other="K3", transfer="T1-8", sent=5).key == "done", (
        "another kiosk's number"
    )
    assert in_store(other) == 10
    other.crash()
    assert move(other, "receive", 5, other="K1", transfer="T1-8", sent=5).key == "transfer_over"


def test_what_came_home_is_received_by_its_own_number_and_on_its_way_no_more(world: World) -> None:
    transfer = send(world)
    assert move(world, "receive", 4, other=world.kiosk_id, transfer=transfer, sent=5).key == "done"
    assert on_way(world) == ()
    assert result(world).astray_qty == 1
    assert close(world, transfer, "lost").key == "transfer_over", "it would be lost twice"
    assert result(world).astray_qty == 1


def test_what_is_lost_is_a_loss_of_the_sender_and_what_arrived_is_none(world: World) -> None:
    lost = send(world)
    assert close(world, lost, "lost").key == "done"
    assert on_way(world) == ()
    arrived = send(world)
    assert close(world, arrived, "arrived").key == "done"
    assert close(world, arrived, "lost").key == "transfer_over"
    assert on_way(world) == ()
    found = result(world)
    assert (found.astray_qty, found.astray_minor) == (5, 5 * WATER.cost_minor)
    assert [each.outcome for each in world.facts(f.TransferClosed) if isinstance(each, f.TransferClosed)] == [
        "lost",
        "arrived",
    ]
    assert world.verify().problems == ()


def test_one_press_of_a_button_is_one_closing(world: World) -> None:
    transfer = send(world)
    press = ev.TransferClose("once", "clerk", transfer, "water", 5, "lost")
    assert [world.ask(press).key for _ in range(2)] == ["done", "already_done"]
    assert len(world.facts(f.TransferClosed)) == 1


def test_a_single_piece_is_closed_and_what_no_catalogue_knows_costs_what_nobody_knows(world: World) -> None:
    assert close(world, "T1-8", "lost", qty=1).key == "done"
    assert world.ask(ev.TransferClose("gone", "clerk", "T1-9", "gone-sku", 1, "arrived")).key == "done"
    closed = [fact for fact in world.facts() if isinstance(fact, f.TransferClosed)]
    assert [(fact.sku, fact.qty, fact.cost_minor) for fact in closed] == [
        ("water", 1, WATER.cost_minor),
        ("gone-sku", 1, None),
    ]


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"transfer": "17", "other": "K1", "sent": 5}, "transfer_unclear"),
        ({"transfer": "T1-8", "other": "K1", "sent": 0}, "transfer_unclear"),
        ({"transfer": "T1-8", "other": "K1"}, "transfer_unclear"),
        ({"transfer": "T1-8", "other": " ", "sent": 5}, "source_needed"),
        ({"transfer": "T1-8", "other": "store", "sent": 5}, "source_needed"),
    ],
)
def test_a_slip_that_cannot_be_read_is_refused_in_words(
    other: World, fields: dict[str, object], key: str
) -> None:
    assert move(other, "receive", 5, **fields).key == key
    assert in_store(other) == 0


def test_only_a_receipt_comes_with_a_number_and_an_end_is_one_of_two(world: World) -> None:
    assert move(world, "fill", 5, other="K1", transfer="T1-8", sent=5).key == "transfer_unclear"
    assert close(world, "T1-8", "eaten").key == "transfer_unclear"
    assert close(world, "T1-8", "lost", qty=0).key == "transfer_unclear"


def test_the_till_remembers_a_bounded_number_of_transfers(other: World) -> None:
    for number in range(1, 4):
        move(other, "receive", 1, other="K1", transfer=f"T1-{number}", sent=1)
    assert len(other.state.transfers_over) == 3 < TRANSFERS_KEPT
