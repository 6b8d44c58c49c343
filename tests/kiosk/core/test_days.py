"""Days of a kiosk, told fact by fact, against texts that were read and approved (the folder ``days``).

When a change of the core changes a day on purpose, write the texts anew with ``python -m tests.kiosk.core.test_days`` and
read the difference: it is what the journal will say from now on.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from hardware import events as hw
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.state import Phase
from kiosk.core.till import ROWS, Ignored, Impossible, Refused
from tests.kiosk.core.telling import Teller
from tests.kiosk.devices import Acceptor, Hopper

APPROVED = Path(__file__).with_name("days")
KEPT_MS = 700_000

Make = Callable[..., Teller]


def sale(make: Make) -> Teller:
    """Goods from the shelf and from a coil, change, a receipt and its copy; comfort and language come and go."""
    world = make(tells_opening=True)
    world.heading("somebody chooses a language and leaves")
    world.tap(ev.LanguageTapped, language="fa")
    world.tap(ev.LanguageTapped, language="fa")
    world.tap(ev.LanguageTapped, language="xx")
    world.tap(ev.ComfortTapped, large_text=True, more_time=True)
    world.tap(ev.ComfortTapped, large_text=True, more_time=True)
    world.pass_time(181_000)
    world.heading("water from the shelf, an apple, chips from a coil; the apple is put back")
    world.scan("water")
    world.scan("apple")
    world.choose("A1")
    world.tap(ev.LineDropped, line=2)
    world.tap(ev.LineDropped, line=2)
    world.close()
    world.coins(200)
    world.coins(100)
    world.heading("the receipt, twice")
    world.tap(ev.ReceiptTapped)
    world.tap(ev.ReceiptTapped)
    world.tap(ev.DoneTapped)
    world.tap(ev.DoneTapped)
    world.heading("overpaid, closed by the bar, thanked by the clock")
    world.coins(200)
    world.tap(ev.ComfortTapped, large_text=False, more_time=True)
    world.scan("apple")
    world.pass_time(16_000)
    world.pass_time(70_000)
    world.heading("two classes of tax, closed by hand; the cart is full")
    world.set_rules(max_lines=3)
    world.tap(ev.ProductChosen, sku="apple", qty=2)
    world.tap(ev.ProductChosen, sku="apple", qty=2)
    world.tap(ev.ProductChosen, sku="apple", qty=0)
    world.tap(ev.ProductChosen, sku="gold")
    world.choose("A2")
    world.choose("A3")
    world.choose("S1")
    world.choose("Z9")
    world.coins(200)
    world.coins(50)
    world.tap(ev.LineDropped, line=1)
    world.tap(ev.CloseTapped)
    world.heading("nobody stays: a cart without money, money without a cart, and an empty cart")
    world.pass_time(30_000)
    world.scan("apple")
    world.pass_time(61_000)
    world.coins(100)
    world.pass_time(121_000)
    world.pass_time(30_000)
    world.scan("apple")
    world.tap(ev.LineDropped, line=1)
    world.tap(ev.CloseTapped)
    world.tap(ev.MoneyBackTapped)
    world.scan("")
    world.step(hw.CodeUnreadable("scanner", hw.Fault.TOO_LONG, 3_000))
    world.step(hw.CodeUnreadable("scanner", hw.Fault.LINE_NOISE, 3))
    world.tap(ev.Touched)
    world.step(ev.SlotChosen(tap="old", screen=world.state.screen - 1, slot="A1"))
    world.audit(goods_taken_minor=world.shelf_minor)
    return world


def failed_vends(make: Make) -> Teller:
    """Coils that jam, that nobody sees, twice of the same; a second choice, its end, and the claims about it."""
    world = make(goods=3)
    world.heading("the coil jams; another is chosen instead")
    world.board.jams.add(1)
    world.choose("A1")
    world.coins(200)
    world.choose("A1")
    world.choose("A2")
    world.close()
    world.pass_time(21_000)
    world.heading("two of one coil, the first jams: the second is not tried; the money goes back by itself")
    world.board.jams = {2}
    world.choose("A2")
    world.choose("A2")
    world.scan("apple")
    world.coins(200, 100)
    world.pass_time(16_000)
    world.pass_time(21_000)
    world.heading("chips and nobody saw them fall; a shopper claims, the vendor refuses")
    world.board.jams = set()
    world.board.blind = {3}
    world.choose("A3")
    world.coins(200)
    debt = next(iter(world.state.debts))
    visit = world.state.debts[debt].visit
    world.step(ev.DebtCodeTyped("code-1", world.state.screen, debt))
    world.ask(_claim("t1", visit=visit, debt=debt, verdict=f.Verdict.PROVEN))
    world.ask(_claim("t1", visit=visit, debt=debt))
    world.ask(_claim("t2", visit=visit, debt=debt, verdict=f.Verdict.UNSEEN, channel="phone"))
    one, two = world.state.claims
    world.ask(ev.ClaimDecided(one, "vendor", 0, " "))
    world.ask(ev.ClaimDecided(one, "vendor", 0, "not so"))
    world.ask(ev.HandOver(debt, "clerk"))
    world.ask(ev.ClaimDecided(two, "vendor", 150, "so"))
    world.ask(ev.ClaimDecided(two, "vendor", 150, "so"))
    world.ask(ev.HandOver(debt, "clerk"))
    world.ask(ev.HandOver(debt, "clerk"))
    world.heading("a coil that was counted sells again; it is told to fill what nobody counted")
    world.pass_time(KEPT_MS)
    world.ask(ev.StockCounted("s1", "clerk", "A3", "fill", 1))
    world.ask(ev.StockCounted("s2", "clerk", "A3", "count", 3))
    world.ask(ev.StockCounted("s2", "clerk", "A3", "count", 3))
    world.ask(ev.StockCounted("s3", "clerk", "A3", "fill", 6))
    world.ask(ev.StockCounted("s4", "clerk", "A3", "fill", 5))
    world.ask(ev.StockCounted("s5", "clerk", "A3", "spoilage", 2))
    world.ask(ev.StockCounted("s6", "clerk", "S1", "fill", 4))
    world.ask(ev.StockCounted("s7", "clerk", "S1", "count", 4))
    world.ask(ev.StockCounted("s8", "clerk", "A1", "count", -1))
    world.ask(ev.StockCounted("s9", "clerk", "Z9", "count", 1))
    world.ask(ev.StockCounted("s10", "clerk", "A1", "steal", 1))
    world.heading("an uncertain vend is refused alone: its money is in suspense")
    world.board.qty[3] = 6
    world.choose("A3")
    world.coins(100, 50)
    (debt,) = world.state.debts
    world.ask(_claim("t3", visit=world.state.debts[debt].visit, debt=debt))
    (claim,) = world.state.claims
    world.ask(ev.ClaimDecided(claim, "vendor", 0, "somebody has it"))
    world.heading("the board goes while it turns, and comes back")
    world.ask(ev.StockCounted("s11", "clerk", "A1", "count", 3))
    world.board.qty[1] = 3
    world.pass_time(KEPT_MS)
    world.choose("A1")
    with world.cutting(1, "the coil is about to turn"):
        world.coins(100, 50)
    world.start(answering=("coin", "hopper-10"))
    world.pass_time(9_000)
    world.answer("coils", "hopper-20", "hopper-50", "printer")
    world.pass_time(KEPT_MS)
    world.audit(goods_taken_minor=world.shelf_minor)
    return world


def _claim(
    token: str,
    *,
    visit: str = "",
    debt: str = "",
    verdict: f.Verdict = f.Verdict.CONSISTENT,
    channel: str = "screen",
    about: f.About = f.About.NO_GOODS,
) -> ev.ClaimMade:
    return ev.ClaimMade(
        token=token,
        about=about,
        visit=visit,
        said_minor=150,
        channel=channel,
        subject=f"subject-{token}",
        verdict=verdict,
        amount_minor=150,
        debt=debt,
        evidence=(0, 3, 5, 99_999),
    )


def payouts(make: Make) -> Teller:
    """Hoppers that fall short, give too much, cannot tell, are read late; codes that pay, lock, and wait."""
    world = make(coins=4)
    world.heading("150 back: one hopper falls short, another goes on")
    world.hoppers["hopper-50"].stops_after = 1
    world.coins(100, 50)
    world.money_back()
    world.heading("a coin too many")
    world.hoppers["hopper-20"].extra = 1
    world.coins(50)
    world.money_back()
    world.heading("nobody can tell what left")
    world.hoppers["hopper-50"].cannot_tell = True
    world.coins(50, 50)
    world.money_back()
    world.answer("hopper-50")
    _refill(world, 6)
    world.heading("three hoppers in a row fall short: the rest is owed")
    for hopper in world.hoppers.values():
        hopper.stops_after = 0
    world.coins(100)
    world.money_back()
    world.heading("a wrong code, until codes are locked; then the right one")
    world.set_rules(max_code_failures=2, code_lock_ms=60_000)
    (debt,) = [debt.debt for debt in world.state.debts.values() if debt.is_certain]
    world.tap(ev.DebtCodeTyped, debt="D9-9")
    world.tap(ev.DebtCodeTyped, debt="D9-9")
    world.tap(ev.DebtCodeTyped, debt=debt)
    world.pass_time(59_999)
    world.tap(ev.DebtCodeTyped, debt=debt)
    world.pass_time(1)
    world.tap(ev.DebtCodeTyped, debt=debt)
    world.pass_time(KEPT_MS)
    _refill(world, 6)
    world.heading("a code pays for goods; what it does not cover is paid by a coin")
    for hopper in world.hoppers.values():
        hopper.stops_after = 0
    world.coins(100)
    world.money_back()
    debt = next(each.debt for each in world.state.debts.values() if each.is_certain)
    world.scan("water")
    world.tap(ev.DebtCodeTyped, debt=debt)
    world.coins(50)
    world.heading("hoppers rest above the limit")
    world.set_rules(max_payout_hour_minor=100)
    world.coins(10)
    world.money_back()
    world.set_rules(max_payout_hour_minor=100_000, max_payout_day_minor=100)
    world.coin(10)
    world.set_rules(max_payout_day_minor=500_000)
    world.heading(
        "a level sensor speaks; a hopper shows coins that left without a job; another hopper stands there"
    )
    world.step(hw.HopperLevel("hopper-10", is_low=True))
    world.step(hw.HopperLevel("hopper-77", is_low=True))
    world.step(hw.HopperLevel("hopper-10", is_low=False))
    world.hoppers["hopper-10"]._let_one_fall([])
    world.answer("hopper-10")
    world.hoppers["hopper-10"].paid_total = 500
    world.answer("hopper-10")
    world.hoppers["hopper-10"].serial = 999
    world.answer("hopper-10")
    world.step(hw.HopperIdentified("hopper-77", 1, 2, is_low=None, lost_power=False))
    world.step(hw.CoinsPaid("hopper-50", "J9-9", 1, (world.hoppers["hopper-50"].paid_total or 0) + 2, None))
    world.step(hw.CoinsPaid("hopper-77", "J9-9", 1, 5, None))
    world.step(hw.CoinsPaid("hopper-50", "J9-9", 1, None, None))
    world.step(hw.PayoutUnknown("hopper-50", "J9-9", hw.Fault.NO_REPLY))
    world.step(hw.PayoutProgressed("hopper-50", "J9-9", 1))
    check_books(world)
    return world


def _refill(world: Teller, qty: int) -> None:
    """The clerk brings coins."""
    world.pass_time(KEPT_MS)
    world.ask(ev.ClerkEntered("clerk"))
    for name, hopper in world.hoppers.items():
        hopper.qty += qty
        world.ask(ev.HopperFilled(f"fill-{name}-{world.state.seq}", "clerk", name, qty))
    world.ask(ev.ClerkLeft("clerk"))


def check_books(world: Teller) -> None:
    """The journal verifies, where the story told lies about what the devices hold."""
    assert world.verify().problems == ()


def many_coins(make: Make) -> Teller:
    """More coins than one command can ask for; two hoppers of one value, of which the fuller pays; two acceptors."""
    world = make(coins=0)
    for number, qty in ((1, 3), (2, 400), (3, 7)):
        name = f"small-{number}"
        world.hoppers[name] = Hopper(name, 10, serial=500 + number, qty=qty)
    second = Acceptor("second", dict(world.acceptor.coins), serial=5_000)
    second.keep_counts()
    world.set_rules(
        hoppers={name: 10 for name in world.hoppers if name.startswith("small")},
        coins={"coin": world.acceptor.coins, "second": second.coins},
        max_credit_minor=4_000,
    )
    world.heading("three hoppers of one value")
    for name in ("small-1", "small-2", "small-3"):
        world.answer(name)
    world.ask(ev.ClerkEntered("clerk"))
    for name in ("small-1", "small-2", "small-3"):
        world.ask(ev.HopperFilled(f"fill-{name}", "clerk", name, world.hoppers[name].qty))
    world.ask(ev.ClerkLeft("clerk"))
    second.answer(world.tell, None)
    world.work()
    world.heading("29 euros in, all of it back in tens, 250 at a time, the fullest first")
    world.coins(*[200] * 14, 100)
    world.money_back()
    world.heading("a hopper that is low is asked last, one with a fault or offline not at all")
    world.step(hw.HopperLevel("small-2", is_low=True))
    world.coins(50)
    world.money_back()
    world.step(hw.DeviceFaulted("small-2", hw.DeviceKind.HOPPER, hw.Fault.JAM, 3))
    world.coins(50)
    world.hoppers["small-3"].stops_after = 1
    world.money_back()
    world.step(hw.DeviceRecovered("small-2", hw.DeviceKind.HOPPER))
    world.step(hw.DeviceLost("small-2", hw.DeviceKind.HOPPER))
    world.step(hw.DeviceLost("small-2", hw.DeviceKind.HOPPER))
    world.coins(10)
    world.money_back()
    world.answer("small-2")
    world.heading("cut with money in: both acceptors must speak before anything is settled")
    world.coins(100)
    world.die()
    world.start(answering=("small-1", "coin"))
    second.answer(world.tell, world.state.acceptors["second"])
    world.work()
    check_books(world)
    return world


def cuts(make: Make) -> Teller:
    """Starts after a stop at every kind of moment, and what the devices tell of it."""
    world = make()
    world.heading("a coin falls while the kiosk is dead, in a visit and outside")
    world.coins(100)
    world.die()
    world.acceptor.drop(50)
    world.start()
    world.pass_time(KEPT_MS)
    world.die()
    world.acceptor.positions = (1, 2, 3, 4, 5)
    world.acceptor.drop(20)
    world.acceptor.drop(20)
    world.start()
    world.heading("a payout is cut half way; the hopper tells")
    world.coins(200)
    with world.cutting(2, "is about to pay"):
        world.money_back()
    world.start(answering=("coin",))
    world.tap(ev.MoneyBackTapped)
    world.answer("hopper-50", "coils", "hopper-10", "hopper-20", "printer")
    world.pass_time(1_000)
    world.heading("cut again while the code is on the screen")
    world.crash()
    world.pass_time(KEPT_MS)
    world.heading("a payout is cut and another hopper stands there")
    world.coins(50)
    with world.cutting(1, "has paid"):
        world.money_back()
    world.hoppers["hopper-50"].serial = 31
    world.start()
    world.heading("a payout is cut and nobody answers")
    world.pass_time(KEPT_MS)
    world.coins(50)
    with world.cutting(1, "is about to pay"):
        world.money_back()
    world.start(answering=())
    world.pass_time(8_000)
    world.answer("coin", "hopper-10", "hopper-20", "hopper-50", "coils", "printer")
    world.heading("goods have fallen and nobody wrote it down; shelf goods in the same cart are sold")
    world.pass_time(KEPT_MS)
    world.scan("apple")
    world.choose("A1")
    world.choose("A2")
    with world.cutting(2, "the coil is about to turn"):
        world.coins(200, 200)
    world.start(answering=("hopper-10", "hopper-20", "hopper-50", "coils"))
    world.answer("coin", "printer")
    world.heading("an acceptor without counts lost its memory; another acceptor stands there")
    world.pass_time(KEPT_MS)
    world.acceptor.totals = None
    world.answer("coin")
    world.coins(10)
    world.die()
    world.acceptor.lose_power()
    world.start()
    world.pass_time(KEPT_MS)
    world.acceptor.serial = 4_712
    world.acceptor.keep_counts()
    world.answer("coin")
    world.heading("a debt of before is handed over; a clean stop, a clean start")
    for debt in list(world.state.debts):
        world.ask(ev.HandOver(debt, "clerk"))
    world.step(ev.StopAsked())
    world.crash()
    check_books(world)
    return world


def service_day(make: Make) -> Teller:
    """Clerks, test coins, collections; halts with and without a visit; a screen that goes dark; a disk that fills."""
    world = make(coins=2, goods=1)
    world.heading("a clerk is refused while money is in, and sweeps away an empty visit")
    world.coins(10)
    world.ask(ev.ClerkEntered("anna"))
    world.ask(ev.HopperFilled("h1", "anna", "hopper-10", 5))
    world.money_back()
    world.scan("apple")
    world.ask(ev.ClerkEntered("anna"))
    world.ask(ev.ClerkEntered("bert"))
    world.scan("apple")
    world.coins(100, 10)
    world.ask(ev.HopperFilled("h1", "anna", "hopper-10", 5))
    world.hoppers["hopper-10"].qty += 5
    world.ask(ev.HopperFilled("h1", "anna", "hopper-10", 5))
    world.ask(ev.HopperFilled("h2", "anna", "hopper-10", 0))
    world.ask(ev.HopperFilled("h3", "anna", "hopper-99", 5))
    world.ask(ev.CashBoxCollected("c0", "anna", -1))
    world.ask(ev.CashBoxCollected("c0", "anna", 10**15 + 1))
    world.ask(ev.CashBoxCollected("c1", "anna", 100))
    world.ask(ev.CashBoxCollected("c1", "anna", 100))
    world.ask(ev.CashBoxCollected("c2", "anna", 0))
    world.pass_time(599_999)
    world.pass_time(1)
    world.heading("a clerk takes it out of service and forgets it; another lets it sell")
    world.tap(ev.LanguageTapped, language="ar")
    world.ask(ev.ClerkEntered("anna"))
    world.ask(ev.HaltAsked("anna"))
    world.scan("apple")
    world.ask(ev.ClerkEntered("anna"))
    world.ask(ev.ClerkLeft("anna"))
    world.crash()
    world.ask(ev.ClerkEntered("bert"))
    world.ask(ev.HaltRelease("bert"))
    world.ask(ev.HaltRelease("bert"))
    world.ask(ev.ClerkLeft("bert"))
    world.heading("a promise breaks while money is in, and while a coil turns")
    world.coins(50)
    world.scan("water")
    world.step(ev.PromiseBroken("the books close"))
    world.tap(ev.DoneTapped)
    world.ask(ev.HaltRelease("bert"))
    world.pass_time(KEPT_MS)
    world.choose("A1")
    world.scan("apple")
    job = _turning(world, 200)
    world.step(ev.PromiseBroken("the books close"))
    world.step(hw.VendDelivered("coils", "J9-9", seen=True))
    world.step(hw.VendFailed("coils", "J9-9", hw.Fault.JAM))
    world.step(hw.VendUnknown("coils", "J9-9", hw.Fault.JAM))
    world.step(hw.VendProgressed("coils", job))
    world.step(hw.VendDelivered("coils", job, seen=False))
    world.ask(ev.HaltRelease("bert"))
    world.heading("the coil's end never comes: a clerk decides")
    world.pass_time(KEPT_MS)
    world.choose("A2")
    _turning(world, 200)
    world.step(ev.PromiseBroken("the books close"))
    world.ask(ev.HaltRelease("bert"))
    world.heading("the job's time is over, with the board online and offline")
    world.pass_time(KEPT_MS)
    world.choose("A3")
    _turning(world, 200)
    world.pass_time(119_999)
    world.step(hw.DeviceLost("coils", hw.DeviceKind.COIL_BOARD))
    world.pass_time(29_999)
    world.pass_time(1)
    world.choose("A3")
    world.step(ev.DeadlinePassed(ev.Deadline.CLOSE))
    world.step(ev.DeadlinePassed(ev.Deadline.JOB))
    world.heading("nobody can see the screen; the disk fills; the clock jumps")
    world.step(ev.ScreenSilent(5_000))
    world.step(ev.ScreenSilent(6_000))
    world.step(ev.ScreenAnswered())
    world.step(ev.ScreenAnswered())
    world.step(ev.SpaceRead("low", 90))
    world.step(ev.SpaceRead("low", 80))
    world.step(ev.SpaceRead("full", 10))
    world.scan("apple")
    world.step(ev.SpaceRead("ok", 900))
    world.step(ev.ClockJumped("2026-03-02T08:00:00.000Z", "2026-03-02T07:00:00.000Z"))
    world.step(ev.StopAsked())
    check_books(world)
    return world


def _turning(world: Teller, coin: int) -> str:
    """Let the till start a vend whose board stays silent; its job."""
    world.holds = True
    world.coins(coin)
    world.holds = False
    world.held.clear()
    assert world.state.vend is not None
    return world.state.vend.job


def desk_day(make: Make) -> Teller:
    """Claims by phone and at the screen, their limits, goodwill and its limits; prices, goods, users."""
    world = make(coins=3)
    world.heading("a short payout, its code proven at the screen and paid at once")
    for hopper in world.hoppers.values():
        hopper.stops_after = 0
    world.coins(50)
    world.money_back()
    (debt,) = world.state.debts
    visit = world.state.debts[debt].visit
    world.ask(_claim("p1", visit=visit, debt=debt, verdict=f.Verdict.PROVEN))
    world.heading("proven by phone: it waits for its code, which grows too old")
    for hopper in world.hoppers.values():
        hopper.stops_after = 0
    world.coins(50)
    world.money_back()
    (debt,) = world.state.debts
    visit = world.state.debts[debt].visit
    world.ask(_claim("p2", visit=visit, debt=debt, verdict=f.Verdict.PROVEN, channel="phone"))
    world.ask(_claim("p3", visit=visit, debt=debt, channel="phone"))
    (claim,) = world.state.claims
    world.ask(ev.ClaimDecided(claim, "vendor", 50, "again", debt=debt))
    world.set_rules(code_ms=1_000_000)
    world.pass_time(1_000_001)
    world.tap(ev.DebtCodeTyped, debt=debt)
    world.ask(_claim("p4", visit=visit, debt=debt, verdict=f.Verdict.PROVEN))
    world.heading("goodwill, within its limits; none beside an open debt")
    world.set_rules(max_goodwill_minor=200, max_goodwill_hour_minor=300, max_goodwill_day_minor=400)
    world.ask(_claim("g1", verdict=f.Verdict.UNSEEN))
    world.ask(_claim("g2", verdict=f.Verdict.UNSEEN, visit="V1-3", about=f.About.BAD_GOODS))
    world.ask(_claim("g3", verdict=f.Verdict.CONTRADICTED, visit="V1-3"))
    claims = {each.token: each.claim for each in world.state.claims.values()}
    world.ask(ev.ClaimDecided(claims["g1"], "vendor", 201, "kind"))
    world.ask(ev.ClaimDecided(claims["g1"], "vendor", 200, "kind"))
    world.ask(ev.ClaimDecided(claims["g2"], "vendor", 101, "kind"))
    world.ask(ev.ClaimDecided(claims["g2"], "vendor", 100, "kind"))
    world.ask(ev.ClaimDecided(claims["g3"], "vendor", 1, "kind"))
    world.pass_time(2 * 3_600_000)
    world.ask(ev.ClaimDecided(claims["g3"], "vendor", 101, "kind"))
    world.ask(ev.ClaimDecided(claims["g3"], "vendor", 100, "kind"))
    world.heading("claims have limits of their own")
    world.set_rules(max_claims_per_visit=3, max_claims_per_hour=2, max_claims_per_day=9)
    world.ask(_claim("l1", visit="V1-3"))
    world.ask(_claim("l2", visit="V1-3"))
    world.ask(_claim("l3", visit="V1-4"))
    world.ask(_claim("l4", visit="V1-5"))
    world.ask(ev.ContactErase("subject-l3", "vendor"))
    world.heading("prices, goods, users")
    world.ask(ev.PriceOffered("vendor", "water", 160))
    world.ask(ev.PriceOffered("vendor", "water", 150))
    world.ask(ev.PriceOffered("vendor", "water", 155))
    world.ask(ev.PriceOffered("vendor", "water", 0))
    world.ask(ev.PriceOffered("vendor", "water", 5_010))
    world.ask(ev.PriceOffered("vendor", "gold", 100))
    world.ask(ev.CatalogueOffered("vendor", world.shop.catalogue, "digest"))
    world.set_rules(tax_rates_bp={"standard": 1900})
    world.ask(ev.CatalogueOffered("vendor", world.shop.catalogue, "digest"))
    world.scan("apple")
    world.choose("A2")
    world.ask(ev.UserOffered("bert", "clerk", "vendor", "hash"))
    world.ask(ev.SignInFailed("bert", 3))
    world.ask(ev.SecondStepOffered("bert", "bert", b"sealed", 7, "[]"))
    world.ask(ev.SecondStepTaken("bert", "code", 8, "[]"))
    world.ask(ev.SecondStepOffered("bert", "vendor", b""))
    world.ask(ev.SettingsRead("console", "digest", ("money.max_credit_minor",)))
    check_books(world)
    return world


def devices_day(make: Make) -> Teller:
    """What devices report besides money and goods, and coins that are no credit."""
    world = make()
    ring = {"serial": world.acceptor.serial, "device_epoch": world.acceptor.epoch}
    world.heading("coins without a value, refused, lost from the ring; each once")
    for _ in range(2):
        world.step(hw.CoinUnvalued("coin", event_no=1, position=9, **ring))
        world.step(
            hw.CoinRefused("coin", event_no=2, code=1, fault=hw.Fault.REFUSED, is_returned=True, **ring)
        )
        world.step(hw.CoinEventsLost("coin", event_no=5, qty=3, **ring))
    world.acceptor.counter = 5
    world.coins(100)
    world.step(hw.CoinUnvalued("coin", event_no=7, position=9, **ring))
    world.step(hw.CoinRefused("coin", event_no=8, code=1, fault=hw.Fault.JAM, is_returned=None, **ring))
    world.step(hw.CoinEventsLost("coin", event_no=12, qty=4, **ring))
    world.acceptor.counter = 12
    world.coins(10)
    world.money_back()
    world.pass_time(30_000)
    world.heading(
        "the acceptor is lost and back, with a coin that nobody saw, in a visit that was open and one that was not"
    )
    world.step(hw.DeviceLost("coin", hw.DeviceKind.COIN_ACCEPTOR, hw.Fault.NO_REPLY))
    world.acceptor.drop(20)
    world.pass_time(10)
    world.scan("apple")
    world.answer("coin")
    world.step(hw.DeviceLost("coin", hw.DeviceKind.COIN_ACCEPTOR, hw.Fault.LINE_NOISE))
    world.acceptor.positions = (1, 2, 3, 4, 5)
    world.acceptor.drop(50)
    world.answer("coin")
    world.pass_time(30_000)
    world.heading("noise, faults, scanners, stray goods")
    world.step(hw.LineNoise("coin", 7))
    world.step(hw.DeviceFaulted("coils", hw.DeviceKind.COIL_BOARD, hw.Fault.SENSOR_BLOCKED, 2))
    world.choose("A1")
    world.step(hw.DeviceRecovered("coils", hw.DeviceKind.COIL_BOARD))
    world.step(hw.DeviceRecovered("scanner", hw.DeviceKind.SCANNER))
    world.step(hw.DeviceLost("scanner", hw.DeviceKind.SCANNER))
    world.step(hw.DeviceRecovered("scanner", hw.DeviceKind.SCANNER))
    world.step(hw.DeviceFaulted("scanner", hw.DeviceKind.SCANNER, hw.Fault.LINE_NOISE))
    world.step(hw.DeviceRecovered("scanner", hw.DeviceKind.SCANNER))
    world.step(hw.DeviceFaulted("new", hw.DeviceKind.HOPPER, hw.Fault.JAM))
    world.step(hw.DropSeen("coils"))
    world.heading("paper and covers")
    for paper, is_online, cover_open, fault in (
        (hw.Paper.LOW, True, False, None),
        (hw.Paper.LOW, True, False, None),
        (hw.Paper.OUT, True, False, None),
        (hw.Paper.OUT, True, True, hw.Fault.JAM),
        (hw.Paper.OK, True, False, hw.Fault.JAM),
        (hw.Paper.OK, False, False, None),
        (hw.Paper.OK, True, False, None),
    ):
        world.step(
            hw.PrinterStatus("printer", paper, is_online=is_online, cover_open=cover_open, fault=fault)
        )
    world.step(hw.DeviceLost("printer", hw.DeviceKind.PRINTER))
    world.scan("apple")
    world.tap(ev.ReceiptTapped)
    world.coins(100)
    world.tap(ev.ReceiptTapped)
    world.answer("printer")
    world.printer.result = hw.PrintResult.UNCERTAIN
    world.tap(ev.ReceiptTapped)
    job = world.printer.printed[-1]
    world.step(hw.PrintEnded("printer", job, hw.PrintResult.PRINTED))
    world.step(hw.PrintEnded("printer", "J9-9", hw.PrintResult.PRINTED))
    check_books(world)
    return world


STORIES = (sale, failed_vends, payouts, many_coins, cuts, service_day, desk_day, devices_day)


def table() -> str:
    """The decision table, one line for each pair."""
    lines = []
    for kind, row in ROWS.items():
        for phase in Phase:
            entry = row[phase]
            if isinstance(entry, Impossible):
                words = "impossible"
            elif isinstance(entry, Refused):
                words = f"refused: {entry.key}"
            elif isinstance(entry, Ignored):
                words = f"ignored: {entry.reason}"
            else:
                words = entry.__name__
            lines.append(f"{kind.__name__:20} {phase:10} {words}")
    return "\n".join(lines) + "\n"


def told(story: Callable[[Make], Teller], folder: Path, approved: Sequence[str] = ()) -> str:
    """The story's text; it fails at the first line that is not the approved one."""
    world = story(lambda **values: Teller(folder, approved=approved, **values))
    text = world.end()
    world.die()
    return text


@pytest.mark.parametrize("story", STORIES)
def test_a_day_is_told_in_the_words_that_were_approved(
    story: Callable[[Make], Teller], quick_folder: Path
) -> None:
    text = (APPROVED / f"{story.__name__}.txt").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(dir=quick_folder) as folder:
        is_same = told(story, Path(folder), text.splitlines()) == text
    assert is_same, "the day ends where the approved text ends"


def test_the_table_of_decisions_is_the_one_that_was_approved() -> None:
    assert table() == (APPROVED / "table.txt").read_text(encoding="utf-8")


if __name__ == "__main__":
    (APPROVED / "table.txt").write_text(table(), encoding="utf-8")
    for each in STORIES:
        if len(sys.argv) > 1 and each.__name__ not in sys.argv[1:]:
            continue
        with tempfile.TemporaryDirectory() as made:
            (APPROVED / f"{each.__name__}.txt").write_text(told(each, Path(made)), encoding="utf-8")
