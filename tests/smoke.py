"""One day of trouble at a market of real processes, counted from outside: `./run smoke`.

Kiosk and simulators run as separate processes on free ports. What happened is read from the simulators' own memory
(coins in trays, goods fallen) and from the stored journal with the auditor's arithmetic; the till is never asked.
``--break`` plants a fault, to show that the checks bite.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any, Final, NoReturn

import click

from hardware.simulators.rigs import RIGS
from kiosk.claims.code import code_of
from kiosk.runtime.keys import load_keys
from tests.desk_browser import DeskBrowser
from tests.market import Market, MarketError

STOP_SECONDS: Final = 20.0
"""A kiosk that has not ended by then hangs, however busy the machine is."""

BREAKS: Final = ("hopper", "journal", "claim")


class Smoke:
    """The checks, one after the other, each with its time."""

    def __init__(self, market: Market, planted: str) -> None:
        """Remember the market and which fault, if any, is planted."""
        self.market = market
        self.rig = RIGS[market.rig]
        self.planted = planted
        self.passed = 0
        self.failed = 0
        self._at = time.monotonic()
        self.paid_in_minor = 0

    def check(self, name: str, is_so: bool, found: object = "") -> None:
        """Count one named check."""
        now = time.monotonic()
        took, self._at = now - self._at, now
        self.passed += is_so
        self.failed += not is_so
        told = "" if is_so else f"   found: {found}"
        click.echo(f"  {'ok  ' if is_so else 'FAIL'} {took:6.2f} s  {name}{told}")

    # --- hands --------------------------------------------------------------------------------------------------------

    def pay(self, *values: int) -> None:
        """Drop coins one by one, each until the journal has it."""
        for value in values:
            self.market.wait_for_slot(value)
            seq = self.market.seq()
            self.market.drop(value)
            self.market.wait_for_fact("CoinCredited", after=seq)
            self.paid_in_minor += value

    def tray_minor(self) -> int:
        """Money that lies in the payout trays or was taken from them."""
        total = 0
        for name, value in self.rig.hoppers.items():
            truth = self.market.truth(name)
            total += value * (int(truth["tray"]) + int(truth["taken"]))
        return total

    def ready(self) -> None:
        """Wait for a selling screen without a visit."""
        self.market.wait_for("a selling screen", lambda: self.market.frame()["view"] in {"idle", "thanks"})

    def code(self, debt_seq: int) -> str:
        """The code of a debt, made from the kiosk's key as the kiosk makes it."""
        keys = load_keys(self.market.folder / "keys")
        return code_of(keys.codes, "DEMO-1", 1, debt_seq)


def _snack(market: Market) -> dict[str, Any]:
    """Something from the shelf that has a code."""
    products = market.workshop("api/setting")["products"]
    return next(each for each in products if each["code"] and each["sku"].startswith("SN"))


def buy_from_shelf(smoke: Smoke) -> None:
    """A scan and coins: goods, change, one sale."""
    market = smoke.market
    goods = _snack(market)
    seq = market.seq()
    market.scan(goods["code"])
    line = market.wait_for_fact("LineAdded", after=seq)
    smoke.check("a scan puts goods into the cart", line["sku"] == goods["sku"], line)
    before = smoke.tray_minor()
    smoke.pay(*([200] * -(-line["price_minor"] // 200)))
    market.wait_until_settled(seq)
    sale = market.facts("SaleClosed", after=seq)[0][2]
    paid_out = smoke.tray_minor() - before
    paid_in = 200 * -(-line["price_minor"] // 200)
    smoke.check("the sale is closed at the price shown", sale["total_minor"] == line["price_minor"], sale)
    smoke.check("the change lies in the tray", paid_out == paid_in - line["price_minor"], paid_out)
    smoke.check(
        "the cash box holds the coins",
        _cash_box_minor(market) == smoke.paid_in_minor,
        _cash_box_minor(market),
    )


def buy_from_coil(smoke: Smoke) -> None:
    """One tap and money: goods in the tray of the machine."""
    market = smoke.market
    smoke.ready()
    seq = market.seq()
    answer = market.tap("slot", slot="A1")
    smoke.check("a tap on a coil is heard", not answer["refused"], answer)
    price = market.wait_for_fact("LineAdded", after=seq)["price_minor"]
    smoke.pay(*([200] * -(-price // 200)))
    market.wait_until_settled(seq)
    ended = market.facts("VendEnded", after=seq)[0][2]
    smoke.check("the drop sensor saw the goods", ended["outcome"] == "delivered" and ended["seen"], ended)
    smoke.check(
        "one piece lies in the machine's tray", market.truth("coils")["tray_qty"] == 1, market.truth("coils")
    )


def vend_fails(smoke: Smoke) -> None:
    """A jam: the money stays held, and comes back."""
    market = smoke.market
    smoke.ready()
    coil = _coil_of(market, "A2")
    market.act("coils", "jam_coil", slot=coil)
    seq, before = market.seq(), smoke.tray_minor()
    market.tap("slot", slot="A2")
    price = market.wait_for_fact("LineAdded", after=seq)["price_minor"]
    paid = 200 * -(-price // 200)
    smoke.pay(*([200] * (paid // 200)))
    ended = market.wait_for_fact("VendEnded", after=seq)
    smoke.check("the jam is reported, not guessed", ended["outcome"] == "failed", ended)
    market.wait_for_fact("SecondChoiceOffered", after=seq)
    smoke.check("a second choice is offered without a tap", True)
    market.tap("money_back")
    market.wait_until_settled(seq)
    smoke.check("all the money came back", smoke.tray_minor() - before == paid, smoke.tray_minor() - before)
    smoke.check("nothing was sold", not market.facts("SaleClosed", after=seq))


def payout_falls_short(smoke: Smoke) -> int:
    """All hoppers jam in mid-payout: the rest is owed, certain. Returns the debt's sequence number."""
    market = smoke.market
    smoke.ready()
    seq, before = market.seq(), smoke.tray_minor()
    smoke.pay(200)
    for name in smoke.rig.hoppers:
        market.fault(name, "jam", is_on=True)
    market.tap("money_back")
    market.wait_until_settled(seq)
    debts = market.facts("DebtRecorded", after=seq)
    out = smoke.tray_minor() - before
    owed = sum(debt[2]["amount_minor"] for debt in debts)
    smoke.check("what did not come out is owed", out + owed == 200 and owed > 0, (out, owed))
    smoke.check("the debt is certain", all(debt[2]["is_certain"] for debt in debts), debts)
    for name in smoke.rig.hoppers:
        market.fault(name, "jam", is_on=False)
    return debts[0][0]


def code_pays_once(smoke: Smoke, debt_seq: int) -> None:
    """The code on the screen pays once, in coins, and is refused the second time."""
    market = smoke.market
    smoke.ready()
    amount = next(fact[2]["amount_minor"] for fact in market.facts("DebtRecorded") if fact[0] == debt_seq)
    seq, before = market.seq(), smoke.tray_minor()
    answer = market.tap("code", code=smoke.code(debt_seq))
    smoke.check("the code is taken", not answer["refused"], answer)
    market.wait_until_settled(seq)
    smoke.check(
        "it paid its amount in coins", smoke.tray_minor() - before == amount, smoke.tray_minor() - before
    )
    smoke.ready()
    again = market.tap("code", code=smoke.code(debt_seq))
    smoke.check("the second time it pays nothing", again["refused"], again)


def claim_is_decided(smoke: Smoke) -> None:
    """The board loses power in mid-turn: uncertain, owed, claimed, approved at the desk, paid once."""
    market = smoke.market
    smoke.ready()
    seq = market.seq()
    market.tap("slot", slot="A3")
    price = market.wait_for_fact("LineAdded", after=seq)["price_minor"]
    smoke.pay(*([200] * -(-price // 200)))
    market.wait_for("a turning coil", lambda: bool(market.truth("coils")["turning"]))
    market.power("coils", is_on=False)
    market.wait_until_settled(seq)
    market.power("coils", is_on=True)
    debt_seq, _, debt = market.facts("DebtRecorded", after=seq)[0]
    smoke.check("nobody knows whether it fell: owed, uncertain", not debt["is_certain"], debt)
    smoke.ready()
    refused = market.tap("code", code=smoke.code(debt_seq))
    smoke.check("an uncertain debt is not paid by its code", refused["refused"], refused)
    market.screen_post("claim", {"token": f"smoke-{debt_seq:08d}", "about": "no_goods", "said_minor": price})
    weighed = market.wait_for_fact("ClaimWeighed", after=seq)
    smoke.check("the journal finds the claim consistent", weighed["verdict"] == "consistent", weighed)
    if smoke.planted != "claim":
        desk = DeskBrowser(market.addresses["desk"], market.folder)
        desk.sign_in("owner")
        desk.approve(weighed["claim"])
        market.wait_for_fact("ClaimApproved", after=seq)
    smoke.check("the vendor approved it in one click", bool(market.facts("ClaimApproved", after=seq)))
    code_pays_once(smoke, debt_seq)


def killed_in_mid_payout(smoke: Smoke) -> None:
    """SIGKILL while coins fall: at the next start the hopper's own count says what was paid, the rest is owed."""
    market = smoke.market
    smoke.ready()
    seq, before = market.seq(), smoke.tray_minor()
    smoke.pay(200, 200, 200)
    market.tap("money_back")
    market.wait_for("a first coin in the tray", lambda: smoke.tray_minor() > before)
    market.kill_kiosk()
    market.start_kiosk()
    market.wait_for_fact("Recovered", after=seq)
    out = smoke.tray_minor() - before
    owed = sum(debt[2]["amount_minor"] for debt in market.facts("DebtRecorded", after=seq))
    smoke.check("coins in hand and money owed are what was put in", out + owed == 600, (out, owed))
    smoke.check("the kill left something to explain", bool(market.facts("Booted", after=seq)))
    smoke.check("nothing was paid at boot", not _paid_after_boot(market, seq))


def add_up(smoke: Smoke) -> None:
    """The auditor's arithmetic: boxes, hoppers, goods and the whole journal."""
    market = smoke.market
    if smoke.planted == "hopper":
        market.act("hopper-20", "remove", qty=1)
    for name, value in smoke.rig.hoppers.items():
        inside = int(market.truth(name)["inside"]) * value
        book = market.balance(f"cash.hopper.{name}")
        smoke.check(f"{name} holds what the journal says", inside == book, (inside, book))
    box, book = _cash_box_minor(market), market.balance("cash.box")
    smoke.check("the cash box holds what the journal says", box == book, (box, book))
    goods = sum(fact[2]["total_minor"] for fact in market.facts("SaleClosed"))
    owed = -market.balance("owed")
    in_hands = smoke.tray_minor()
    sums = (smoke.paid_in_minor, goods, in_hands, owed)
    smoke.check(
        "money in = goods + money in hands + owed", smoke.paid_in_minor == goods + in_hands + owed, sums
    )
    fallen = int(market.truth("coils")["dropped_total"])
    sold = sum(1 for fact in market.facts("SaleClosed") for line in fact[2]["lines"] if line["coil"])
    unsure = sum(1 for fact in market.facts("VendEnded") if fact[2]["outcome"] == "unknown")
    smoke.check(
        "goods fallen are goods sold from coils, but for the unsure ones",
        sold <= fallen <= sold + unsure,
        (fallen, sold, unsure),
    )
    began = time.monotonic()
    code = market.stop_kiosk()
    smoke.check(
        "the kiosk ends by itself, clean",  # two seconds where the machine has nothing else to do; the time stands beside it
        code == 0 and time.monotonic() - began < STOP_SECONDS,
        code,
    )
    if smoke.planted == "journal":
        market.spoil_journal()
    found = market.verify()
    smoke.check("every digest, signature, sum and projection agrees", not found.problems, found.problems)


def _cash_box_minor(market: Market) -> int:
    truth = market.truth("coin")
    return sum(int(truth["value_minor"][position]) * int(qty) for position, qty in truth["cash_box"].items())


def _coil_of(market: Market, code: str) -> int:
    return int(next(each["coil"] for each in market.workshop("api/setting")["coils"] if each["code"] == code))


def _paid_after_boot(market: Market, seq: int) -> bool:
    boots = [fact[0] for fact in market.facts("Booted", after=seq)]
    return bool(market.facts("PayoutStarted", after=boots[0]))


def pay_by_note(smoke: Smoke) -> None:
    """A note pays, and what is too much comes back in coins."""
    market, rig = smoke.market, smoke.rig
    smoke.ready()
    seq, before = market.seq(), smoke.tray_minor()
    market.scan(_snack(market)["code"])
    line = market.wait_for_fact("LineAdded", after=seq)
    market.wait_for("a note reader that is open", lambda: bool(market.truth(rig.validator)["enabled"]))
    market.act(rig.validator, "insert", position=1, qty=1)
    credited = market.wait_for_fact("NoteCredited", after=seq)
    smoke.paid_in_minor += credited["value_minor"]
    smoke.check(
        "a note is credited when the reader says that it is in", credited["value_minor"] == rig.notes[1]
    )
    kept = market.truth(rig.validator)
    places = [kept["stacker"], kept.get("tubes", {}), kept.get("recycler", {})]
    smoke.check(
        "it lies in the stacker or the recycler", sum(int(each.get("1", 0)) for each in places) > 0, kept
    )
    market.wait_until_settled(seq)
    due_minor = rig.notes[1] - line["price_minor"]
    smoke.check("what is too much came back", smoke.tray_minor() - before == due_minor, smoke.tray_minor())


def note_comes_back(smoke: Smoke) -> None:
    """Who wants the money back gets the worth of the note, the recycler's notes among it where there is one."""
    market, rig = smoke.market, smoke.rig
    smoke.ready()
    largest = max(rig.notes, key=lambda position: rig.notes[position])
    seq, before = market.seq(), smoke.tray_minor()
    market.act(rig.validator, "insert", position=largest, qty=1)
    credited = market.wait_for_fact("NoteCredited", after=seq)
    market.tap("money_back")
    market.wait_until_settled(seq)
    back_minor = smoke.tray_minor() - before
    smoke.check("all of a note's worth comes back", back_minor == credited["value_minor"], back_minor)
    recyclers = {name for name, value in rig.hoppers.items() if value in rig.notes.values()}
    if not recyclers:
        return
    recyclers &= set(market.state().hoppers)
    paid = [fact for _, _, fact in market.facts("PayoutEnded", after=seq) if fact["device"] in recyclers]
    smoke.check("a recycler pays notes", bool(paid) and paid[0]["paid_qty"] > 0, paid)


def pay_by_card(smoke: Smoke) -> None:
    """A card pays at the shelf; a coil that fails gives the charge back by itself."""
    market, rig = smoke.market, smoke.rig
    smoke.ready()
    seq = market.seq()
    market.scan(_snack(market)["code"])
    line = market.wait_for_fact("LineAdded", after=seq)
    charged_minor = int(market.truth(rig.reader)["charged_minor"])
    market.tap("card")
    market.act(rig.reader, "tap")
    market.wait_for_fact("CardSettled", after=seq)
    now_minor = int(market.truth(rig.reader)["charged_minor"])
    smoke.check("a card is charged the price", now_minor - charged_minor == line["price_minor"], now_minor)
    market.wait_until_settled(seq)
    smoke.ready()
    seq = market.seq()
    market.act(rig.board, "jam_coil", slot=_coil_of(market, "B1"))
    market.tap("slot", slot="B1")
    market.wait_for_fact("LineAdded", after=seq)
    market.tap("card")
    market.act(rig.reader, "tap")
    market.wait_for_fact("CardRefunded", after=seq)
    smoke.check(
        "a failed vend is reversed on the card",
        int(market.truth(rig.reader)["charged_minor"]) == now_minor,
        market.truth(rig.reader),
    )
    market.tap("money_back")
    market.wait_until_settled(seq)


def day_of_a_rig(smoke: Smoke) -> None:
    """What every rig can do: coins at the shelf and at the coil, and the notes and cards that it takes."""
    click.echo("a shelf sale:")
    buy_from_shelf(smoke)
    click.echo("a vend:")
    buy_from_coil(smoke)
    if smoke.rig.validator:
        click.echo("notes:")
        pay_by_note(smoke)
        note_comes_back(smoke)
    if smoke.rig.reader:
        click.echo("cards:")
        pay_by_card(smoke)
    found = smoke.market.verify()
    smoke.check("every digest, signature, sum and projection agrees", not found.problems, found.problems)


STEPS: Final[tuple[tuple[str, Callable[[Smoke], None]], ...]] = (
    ("a shelf sale", buy_from_shelf),
    ("a vend", buy_from_coil),
    ("a vend that fails", vend_fails),
)


@click.command()
@click.option(
    "--break", "planted", type=click.Choice(BREAKS), default=None, help="Plant a fault; the run must fail."
)
@click.option(
    "--rig", type=click.Choice(list(RIGS)), default="cctalk", show_default=True, help="Which devices."
)
def main(planted: str | None, rig: str) -> None:
    """Run the day, and say how many checks passed."""
    began = time.monotonic()
    with Market(rig=rig) as market:
        smoke = Smoke(market, planted or "")
        try:
            smoke.check("kiosk and simulators answer", smoke.market.frame()["view"] == "idle", market.frame())
            if rig != "cctalk":
                day_of_a_rig(smoke)
                _tell(smoke, began)
            for name, step in STEPS:
                click.echo(f"{name}:")
                step(smoke)
            click.echo("a payout that falls short:")
            code_pays_once(smoke, payout_falls_short(smoke))
            click.echo("a claim:")
            claim_is_decided(smoke)
            click.echo("a kill in mid-payout:")
            killed_in_mid_payout(smoke)
            click.echo("the books:")
            add_up(smoke)
        except MarketError as error:
            smoke.check(str(error), is_so=False)
            click.echo(market.log_of("kiosk")[-3000:])
    _tell(smoke, began)


def _tell(smoke: Smoke, began: float) -> NoReturn:
    click.echo(f"{time.monotonic() - began:.1f} s")
    click.echo(f"{smoke.passed} passed, {smoke.failed} failed")
    sys.exit(1 if smoke.failed else 0)


if __name__ == "__main__":
    main()
