"""Shoppers of a market of real processes: seeded, in real time, with coins and fingers on simulated devices."""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping
from typing import Any, Final

from tests.market import Market, MarketError

COINS: Final = (10, 20, 50, 100, 200)
HOPPERS: Final = {"hopper-10": 10, "hopper-20": 20, "hopper-50": 50}
LOW_COINS: Final = 25
"""Below this a clerk fills a hopper: two payouts of the largest kind are left then."""

REFILL_COINS: Final = 50
LOW_GOODS: Final = 2
REFILL_GOODS: Final = 3
"""Five pieces lie in a coil of the demo at its start; seven is what the narrowest holds."""

COILS: Final = tuple(f"{row}{column}" for row in "ABCDE" for column in range(1, 9))
QUICK: Final = {"close_bar": 1, "choice": 3, "thanks": 5, "idle_money": 6, "idle": 6, "recovery": 5}
"""Waits for people, in seconds, that tests need not sit through; nothing about money depends on their length."""


class Shopper:
    """Somebody who buys, changes their mind, overpays and asks for receipts."""

    def __init__(self, market: Market, chance: random.Random) -> None:
        """Come to ``market``; all choices are ``chance``'s."""
        self.market = market
        self.chance = chance
        self.paid_in_minor = 0
        setting = market.workshop("api/setting")
        self._codes = [each["code"] for each in setting["products"] if each["code"]]

    def coin(self, value_minor: int) -> None:
        """One coin, until the journal has it."""
        self.market.wait_for_slot(value_minor)
        seq = self.market.seq()
        self.market.drop(value_minor)
        self.market.wait_for_fact("CoinCredited", after=seq)
        self.paid_in_minor += value_minor

    def choose(self) -> int:
        """Put something into the cart; returns its price, 0 when it could not be had."""
        seq = self.market.seq()
        if self.chance.random() < 0.6:
            self.market.scan(self.chance.choice(self._codes))
        elif self.market.tap("slot", slot=self.chance.choice(COILS)).get("refused", True):
            return 0
        try:
            line = self.market.wait_for_fact("LineAdded", after=seq, seconds=3)
        except MarketError:
            return 0  # sold out, resting, or not for this screen
        return int(line["price_minor"])

    def pay(self, due_minor: int) -> None:
        """Coins until it is enough, now and then more than enough."""
        while due_minor > 0:
            fitting = [value for value in COINS if value >= 50 and value <= due_minor] or [200]
            value = 200 if self.chance.random() < 0.4 else max(fitting)
            self.coin(value)
            due_minor -= value

    def visit(self) -> str:
        """One visit to its end; says what kind it was."""
        self.market.wait_for("a selling screen", lambda: self.market.frame()["view"] in {"idle", "thanks"})
        seq = self.market.seq()
        if self.chance.random() < 0.2:
            self.coin(self.chance.choice((100, 200)))
            self.market.tap("money_back")
            self.market.wait_until_settled(seq)
            return "money back"
        due_minor = self.choose()
        if due_minor and self.chance.random() < 0.2:
            due_minor += self.choose()
        if not due_minor:
            self.market.tap("done")
            return "nothing bought"
        self.pay(due_minor)
        self.market.wait_until_settled(seq)
        if self.chance.random() < 0.5:
            self.market.wait_for("thanks", lambda: self.market.frame()["view"] == "thanks")
            self.market.tap("receipt")
        return "sale"


def tray_minor(market: Market) -> int:
    """Money that the hoppers gave out, whether it still lies in a tray or was taken."""
    total = 0
    for name, value in HOPPERS.items():
        truth = market.truth(name)
        total += value * (int(truth["tray"]) + int(truth["taken"]))
    return total


def box_minor(truth: Mapping[str, Any]) -> int:
    """Money in the acceptor's cash box, from its own memory."""
    return sum(int(truth["value_minor"][position]) * int(qty) for position, qty in truth["cash_box"].items())


class Clerk:
    """Somebody with a PIN and a bag of coins."""

    def __init__(self, market: Market) -> None:
        """Read the secrets that the demo wrote down."""
        self.market = market
        words = (market.folder / "demo-users.txt").read_text(encoding="utf-8").split()
        self._pin = words[-1]
        self._coils = market.workshop("api/setting")["coils"]

    def service(self, act: str, **values: str) -> None:
        """One act at the service screen.

        Raises:
            MarketError: It was refused.
        """
        answer = self.market.screen_post(f"service/{act}", values)
        if answer.get("refused", True):
            raise MarketError(f"the clerk's {act} was refused: {answer}")

    def refill(self) -> None:
        """Fill every hopper and coil that runs low, in the world and in the books; nothing when none does."""
        hoppers = [name for name in HOPPERS if int(self.market.truth(name)["inside"]) < LOW_COINS]
        loaded = self.market.truth("coils")["coils"]
        coils = [each for each in self._coils if int(loaded.get(str(each["coil"]), 0)) < LOW_GOODS]
        if not hoppers and not coils:
            return
        self.market.wait_for("a selling screen", lambda: self.market.frame()["view"] in {"idle", "thanks"})
        self.service("sign_in", name="clerk", pin=self._pin)
        self.market.wait_for("the service screen", lambda: self.market.frame()["view"] == "service")
        for name in hoppers:
            self.market.act(name, "fill", qty=REFILL_COINS)
            self.service("fill", token=secrets.token_hex(8), device=name, qty=str(REFILL_COINS))
        for coil in coils:
            self.market.act("coils", "load", slot=coil["coil"], qty=REFILL_GOODS)
            self.service(
                "stock",
                token=secrets.token_hex(8),
                slot=str(coil["code"]),
                move="fill",
                qty=str(REFILL_GOODS),
            )
        self.service("leave")
        self.market.wait_for("a selling screen", lambda: self.market.frame()["view"] in {"idle", "thanks"})
