"""A varied morning: every table of the store gets rows, and most kinds of facts are told."""

from __future__ import annotations

from hardware import events as hw
from kiosk.core import events as ev
from kiosk.core import facts as f
from tests.kiosk.goods import CATALOGUE
from tests.kiosk.world import World


def varied_morning(world: World) -> None:
    """Sales, failures, debts, claims, cash and stock; ends idle, with one open debt and one open claim."""
    world.ask(ev.UserOffered("anna", "owner", "owner", secret_hash="x"))
    world.ask(ev.CatalogueOffered("owner", CATALOGUE, "ab" * 32))
    world.ask(ev.PriceOffered("owner", "water", 160))
    world.ask(ev.RoundOpened("round", "anna"))
    if world.state.round is not None:
        task = f"{world.state.round.round}:waste-S1"
        world.ask(ev.StockCounted(task, "anna", "S1", "spoilage", 0))
    world.scan("apple")
    world.choose("A1")
    world.tap(ev.LanguageTapped, language="fa")
    world.coins(200)
    world.tap(ev.ReceiptTapped)
    world.tap(ev.DoneTapped)
    world.scan("")
    world.board.jams.add(2)
    world.choose("A2")
    world.scan("water")
    world.coins(200, 100)
    world.pass_time(20_000)
    world.board.blind.add(3)
    world.choose("A3")
    world.coins(200)
    uncertain = next(iter(world.state.debts))
    world.ask(
        ev.ClaimMade(
            token="form-1",
            about=f.About.NO_GOODS,
            visit=world.state.debts[uncertain].visit,
            said_minor=150,
            channel="phone",
            subject="s-1",
            verdict=f.Verdict.CONSISTENT,
            amount_minor=150,
            debt=uncertain,
            evidence=(3, 4),
        )
    )
    world.ask(ev.ClaimDecided(next(iter(world.state.claims)), "anna", 150, ""))
    world.tap(ev.DebtCodeTyped, debt=uncertain)
    world.hoppers["hopper-50"].stops_after = 1
    world.coins(100, 50)
    world.money_back()
    world.coins(100)
    world.crash()
    world.ask(ev.HandOver(next(iter(world.state.debts)), "clerk"))
    world.acceptor.counter += 1
    event_no = world.acceptor.base + world.acceptor.counter
    world.step(hw.CoinRefused("coin", 4711, 1, event_no, code=13, fault=hw.Fault.JAM, is_returned=None))
    world.step(hw.DeviceFaulted("coils", hw.DeviceKind.COIL_BOARD, hw.Fault.SENSOR_BLOCKED))
    world.step(hw.DeviceRecovered("coils", hw.DeviceKind.COIL_BOARD))
    world.ask(
        ev.ClaimMade(
            token="form-2",
            about=f.About.SWALLOWED,
            visit="",
            said_minor=50,
            channel="screen",
            subject="",
            verdict=f.Verdict.UNSEEN,
            amount_minor=50,
            debt="",
            evidence=(),
        )
    )
    world.ask(ev.ClerkEntered("clerk"))
    world.coins(20)
    world.ask(ev.CashBoxCollected("collect-1", "clerk", world.acceptor.box_minor - 10))
    world.ask(ev.StockCounted("dated-1", "clerk", "S1", "fill", 6, expires_on="2026-12-24", lot="L7"))
    world.ask(ev.StockCounted("spoilt-1", "clerk", "S1", "spoilage", 1))
    world.ask(ev.StockCounted("count-1", "clerk", "A3", "count", 0))
    world.ask(ev.ClerkLeft("clerk"))
    world.ask(ev.PricesOffered("owner", "plan-1", "2027-01-01", (("water", 170),)))
    world.acceptor.box_minor = 0
    world.coins(100)
    world.money_back()
    world.ask(ev.DayCloseAsked("close-1", "anna"))
    world.ask(ev.ClerkEntered("clerk"))
    world.ask(ev.BoxesTaken("out-1", "clerk"))
    world.acceptor.box_minor = 0
    assert world.state.collection is not None
    collection = world.state.collection.collection
    world.ask(ev.CollectionCount("count-1", "clerk", collection, (("box", ((100, 1),)),), "17", 0))
    world.ask(ev.ClerkLeft("clerk"))
    world.coins(100)
    world.crash()
