"""Devices, cash by container, clerks' acts and stock, followed entry by entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kiosk.audit.findings import Findings
from kiosk.audit.report import CoinNotBack, CoinsAside, CoinsGone, Collection, Window
from kiosk.audit.shoppers import Shoppers

_Fact = Mapping[str, Any]


class Machine:
    """Everything about the machine itself that the journal says."""

    def __init__(self, findings: Findings, shoppers: Shoppers) -> None:
        self._findings = findings
        self._shoppers = shoppers
        self.cash: dict[str, int] = {}
        self.windows: list[Window] = []
        """Whose coins may still lie in the box; `collected_windows` are the others."""
        self.collected_windows: list[Window] = []
        self.coins_not_back: list[CoinNotBack] = []
        self.coins_aside: list[CoinsAside] = []
        self.coins_gone: list[CoinsGone] = []
        self.collections: list[Collection] = []
        self.stray_drops = 0
        self.credited_minor = self.found_minor = self.stray_minor = self.tested_minor = 0
        self.filled_minor = self.gone_minor = 0
        self._events: dict[tuple[str, int, int], int] = {}
        self._tokens: set[str] = set()

    def _add(self, container: str, minor: int) -> None:
        self.cash[container] = self.cash.get(container, 0) + minor

    def _event(self, fact: _Fact, entry: str) -> None:
        """Each event of a device once: its numbers rise within a device's serial and epoch."""
        key = (fact["device"], fact["serial"], fact["device_epoch"])
        last = self._events.get(key, 0)
        if fact["event_no"] <= last:
            self._findings.add(
                "I6",
                entry,
                f"event {fact['event_no']} of {fact['device'][:40]} is in the journal already, or out of order",
            )
            return
        self._events[key] = fact["event_no"]

    def credited(self, fact: _Fact, entry: str) -> None:
        """CoinCredited."""
        self._event(fact, entry)
        self._findings.ensure(fact["value_minor"] > 0, "I3", entry, "a coin worth nothing")
        self.credited_minor += fact["value_minor"]
        self._add(fact["container"], fact["value_minor"])
        self._shoppers.took(fact, entry, fact["value_minor"])

    def found(self, fact: _Fact, entry: str) -> None:
        """CoinFound."""
        minor = fact["qty"] * fact["value_minor"]
        self.found_minor += minor
        self._add(fact["container"], minor)
        if fact["visit"]:
            self._shoppers.took(fact, entry, minor)
        else:
            self.stray_minor += minor
            self.coins_aside.append(CoinsAside(entry, fact["device"], minor, "found"))

    def tested(self, fact: _Fact, entry: str) -> None:
        """CoinTested."""
        self._event(fact, entry)
        self.tested_minor += fact["value_minor"]
        self.coins_aside.append(CoinsAside(entry, fact["device"], fact["value_minor"], "tested"))
        self._add(fact["container"], fact["value_minor"])

    def turned_away(self, fact: _Fact, entry: str) -> None:
        """CoinTurnedAway."""
        self._event(fact, entry)
        if fact["is_returned"] is not True:
            self.coins_not_back.append(CoinNotBack(entry, fact["visit"], fact["device"], fact["fault"]))

    def swallowed(self, fact: _Fact, entry: str, at: str) -> None:
        """MoneyPossiblySwallowed."""
        key = (fact["device"], fact["serial"], fact["device_epoch"])
        self._events[key] = max(self._events.get(key, 0), fact["event_no"])
        self.windows.append(
            Window(entry, at, fact["visit"], fact["device"], fact["qty"], fact["reason"], is_collected=False)
        )

    def differed(self, fact: _Fact, entry: str) -> None:
        """HopperDiffered."""
        minor = fact["qty"] * fact["value_minor"]
        self.gone_minor += minor
        self._add(f"hopper.{fact['device']}", -minor)
        visit = self._shoppers.visit_of_job.get(fact["job"], "")
        self.coins_gone.append(CoinsGone(entry, fact["device"], fact["job"], visit, minor))

    def paid(self, fact: _Fact, entry: str) -> None:
        """PayoutEnded."""
        self._add(f"hopper.{fact['device']}", -fact["paid_qty"] * fact["value_minor"])
        self._shoppers.payout_ended(fact, entry)

    # --- clerks -------------------------------------------------------------------------------------------------------

    def _token(self, fact: _Fact, entry: str) -> None:
        self._findings.ensure(
            fact["token"] not in self._tokens, "I6", entry, "the same act of a clerk is in the journal twice"
        )
        self._tokens.add(fact["token"])

    def filled(self, fact: _Fact, entry: str) -> None:
        """CashFilled."""
        self._token(fact, entry)
        minor = fact["qty"] * fact["value_minor"]
        self.filled_minor += minor
        self._add(fact["container"], minor)

    def collected(self, fact: _Fact, entry: str, at: str) -> None:
        """CashCollected: what was expected is what the books say, whatever was counted."""
        self._token(fact, entry)
        self._findings.name_is("B", fact["collection"], entry)
        container, expected_minor = fact["container"], fact["expected_minor"]
        book_minor = self.cash.get(container, 0)
        self._findings.ensure(
            expected_minor == book_minor,
            "I3",
            entry,
            f"a collection of {container[:40]} expected {self._findings.money(expected_minor)}; "
            f"the books say {self._findings.money(book_minor)}",
        )
        self._add(container, -expected_minor)
        self.collections.append(
            Collection(entry, at, fact["collection"], container, expected_minor, fact["counted_minor"])
        )
        if not container.startswith("hopper."):
            self.collected_windows += [replace(window, is_collected=True) for window in self.windows]
            self.windows = []

    def stock_moved(self, fact: _Fact, entry: str) -> None:
        """StockMoved."""
        self._token(fact, entry)
        stock = self._shoppers.stock
        stock[fact["slot"]] = stock.get(fact["slot"], 0) + fact["qty"]

    def slot_counted(self, fact: _Fact, entry: str) -> None:
        """SlotCounted: what somebody saw is what counts from now on."""
        self._token(fact, entry)
        shoppers = self._shoppers
        shoppers.stock[fact["slot"]] = fact["qty"]
        doubts = shoppers.doubts.pop(fact["slot"], [])
        shoppers.counted_doubts += [replace(doubt, is_counted=True) for doubt in doubts]

    def drop_seen(self, _fact: _Fact, _entry: str) -> None:
        """StrayDropSeen."""
        self.stray_drops += 1
