"""What the table of support says our host sends is what it sends: nothing else, and all of it."""

from __future__ import annotations

from hardware.ssp.work import COMMON_ASKS, NOTES_ASKS, TUBES_ASKS
from tests.hardware.ssp.conversation import coins_unit, with_coins, with_notes, with_recycler


def heard_by_note_units() -> set[int]:
    """Notes kept, given back and refused, with keys and without."""
    heard: set[int] = set()
    for has_keys in (True, False):
        wire, sim = with_notes(has_keys=has_keys)
        wire.open()
        wire.run(4000)
        for decide in ("stack", "return"):
            wire.decide = decide
            sim.insert(1, wire.now_ms)
            wire.run(6000)
        wire.close()
        wire.run(1000)
        heard |= sim.link.heard
    return heard


def heard_by_paying_units() -> set[int]:
    heard: set[int] = set()
    notes_wire, notes = with_recycler()
    coins_wire, coins = with_coins()
    for wire, sim, tube, value, others in (
        (notes_wire, notes, "notes-5", 500, ("notes-10",)),
        (coins_wire, coins, "coins-20", 20, ("coins-10", "coins-50")),
    ):
        sim.fill(value, 20)
        wire.run(6000)
        wire.pay(tube, 2)
        wire.run(6000)
        sim.set_fault("stalls", True, wire.now_ms)
        wire.pay(tube, 2)
        wire.run(80_000)
        sim.set_fault("stalls", False, wire.now_ms)
        wire.leave_float(tube, 3)
        wire.run(30_000)
        for each in (tube, *others):
            wire.leave_float(each, 0)
            wire.run(30_000)
        heard |= sim.link.heard
    sim = coins
    sim.fill(20, 5)
    sim.set_fault("no_pay_by_pieces", True, coins_wire.now_ms)
    sim.set_fault("no_acknowledge", True, coins_wire.now_ms)
    coins_wire.restart_host([coins_unit()])
    coins_wire.run(6000)
    coins_wire.pay("coins-20", 2)
    coins_wire.run(6000)
    return heard | sim.link.heard


def test_note_readers_are_sent_what_the_table_says() -> None:
    assert heard_by_note_units() == NOTES_ASKS


def test_paying_units_are_sent_what_the_table_says() -> None:
    assert heard_by_paying_units() - NOTES_ASKS == TUBES_ASKS - NOTES_ASKS
    assert heard_by_paying_units() >= COMMON_ASKS
