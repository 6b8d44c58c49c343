"""Devices, cash by container, clerks' acts and stock, followed entry by entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from kiosk.audit.findings import Findings
from kiosk.audit.report import CoinNotBack, CoinsAside, CoinsGone, Collection, LevelDiffers, Window
from kiosk.audit.shoppers import Shoppers

_Fact = Mapping[str, Any]

HOPPER: Final = "hopper."
"""How the container of a hopper, tube or recycler is named."""

PAYOUTS: Final = frozenset({"PayoutStarted"})

STORE: Final = "store"
"""How the storeroom is named, as a place for goods."""


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
        self._values: dict[str, int] = {}
        self._levels: dict[str, int | None] = {}
        """Tube -> pieces inside by its own count, as far as entries tell."""
        self._typed: Counter[str] = Counter()
        """Tube -> pieces that a clerk typed in and the tube has not counted yet; below 0: counted, and not typed in yet."""
        self._is_service = False
        """Whether a clerk is at it."""
        self.moves: dict[str, tuple[str, str]] = {}
        """Device -> its open move into its own box: job and container."""
        self._validators: set[str] = set()
        self._events: dict[tuple[str, int, int], int] = {}
        self._tokens: set[str] = set()

    def _add(self, container: str, minor: int) -> None:
        self.cash[container] = self.cash.get(container, 0) + minor

    def put(self, container: str, minor: int, pieces: int) -> None:
        """Pieces fell into a container; a tube counts them itself."""
        self._add(container, minor)
        tube = container.removeprefix(HOPPER) if container.startswith(HOPPER) else ""
        level = self._levels.get(tube)
        if level is not None:
            self._levels[tube] = level + pieces

    def put_aside(self, entry: str, device: str, minor: int) -> None:
        """Money in a container whose owner is unknown."""
        self.stray_minor += minor
        self.coins_aside.append(CoinsAside(entry, device, minor, "found"))

    def event(self, fact: _Fact, entry: str) -> None:
        """Each event of a device once: its numbers rise within a device's serial and epoch."""
        key = (fact["device"], fact["serial"], fact["device_epoch"])
        last = self._events.get(key, -1)  # a note that only its count knows bears number 0 of a new epoch
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
        self.event(fact, entry)
        self._findings.ensure(fact["value_minor"] > 0, "I3", entry, "a coin worth nothing")
        self.credited_minor += fact["value_minor"]
        self.put(fact["container"], fact["value_minor"], 1)
        self._shoppers.took(fact, entry, fact["value_minor"])

    def found(self, fact: _Fact, entry: str) -> None:
        """CoinFound."""
        minor = fact["qty"] * fact["value_minor"]
        self.found_minor += minor
        self.put(fact["container"], minor, fact["qty"])
        if fact["visit"]:
            self._shoppers.took(fact, entry, minor)
        else:
            self.put_aside(entry, fact["device"], minor)

    def tested(self, fact: _Fact, entry: str) -> None:
        """CoinTested."""
        self.event(fact, entry)
        self.tested_minor += fact["value_minor"]
        self.coins_aside.append(CoinsAside(entry, fact["device"], fact["value_minor"], "tested"))
        self.put(fact["container"], fact["value_minor"], 1)

    def turned_away(self, fact: _Fact, entry: str) -> None:
        """CoinTurnedAway."""
        self.event(fact, entry)
        if fact["is_returned"] is not True:
            self.coins_not_back.append(CoinNotBack(entry, fact["visit"], fact["device"], fact["fault"]))

    def swallowed(self, fact: _Fact, entry: str, at: str) -> None:
        """MoneyPossiblySwallowed."""
        key = (fact["device"], fact["serial"], fact["device_epoch"])
        if fact["event_no"]:  # 0: nobody knows which event
            self._events[key] = max(self._events.get(key, 0), fact["event_no"])
        self.windows.append(
            Window(entry, at, fact["visit"], fact["device"], fact["qty"], fact["reason"], is_collected=False)
        )

    def differed(self, fact: _Fact, entry: str) -> None:
        """HopperDiffered."""
        minor = fact["qty"] * fact["value_minor"]
        self.gone_minor += minor
        self._add(f"hopper.{fact['device']}", -minor)
        self._told_level(fact)
        visit = self._shoppers.visit_of_job.get(fact["job"], "")
        self.coins_gone.append(CoinsGone(entry, fact["device"], fact["job"], visit, minor))

    def paid(self, fact: _Fact, entry: str) -> None:
        """PayoutEnded."""
        self._add(f"hopper.{fact['device']}", -fact["paid_qty"] * fact["value_minor"])
        self._told_level(fact)
        self._shoppers.payout_ended(fact, entry)

    # --- who answers, and what it counts ------------------------------------------------------------------------------

    def came_online(self, fact: _Fact, _entry: str) -> None:
        """DeviceCameOnline."""
        if fact["kind"] == "note_validator":
            self._validators.add(fact["device"])

    def hopper_baselined(self, fact: _Fact, entry: str) -> None:
        """HopperBaselined: pieces that came or left unseen were written down before it."""
        device, level = fact["device"], fact.get("level")
        known = self._levels.get(device)
        self._findings.ensure(
            fact["is_new"] or known is None or level is None or known == level,
            "I3",
            entry,
            f"{device[:40]} counts {level} pieces, the entries explain {known}",
        )
        self._levels[device] = level
        self._values[device] = fact["value_minor"]
        is_paying = any(job.fact["device"] == device for job in self._shoppers.jobs_of(PAYOUTS))
        if level is not None and not self._is_service and not is_paying:
            self._typed[device] = min(0, self._typed[device])

    def service_started(self, _fact: _Fact, _entry: str) -> None:
        """ServiceStarted: every count of a tube may be of a clerk's hand."""
        self._is_service = True

    def service_ended(self, _fact: _Fact, _entry: str) -> None:
        """ServiceEnded; a start of the kiosk ends it as well."""
        self._is_service = False

    def notes_moved(self, fact: _Fact, _entry: str) -> None:
        """NotesMoved: from one place of the same validator to another."""
        minor = fact["qty"] * fact["value_minor"]
        self._add(f"hopper.{fact['device']}", -minor)
        self._add(fact["container"], minor)
        self._told_level(fact)

    def move_started(self, fact: _Fact, entry: str) -> None:
        """CashMoveStarted: one at a time for a device."""
        self.acted(fact, entry)
        self._findings.name_is("J", fact["job"], entry)
        self._findings.ensure(
            fact["device"] not in self.moves,
            "I6",
            entry,
            f"{fact['device'][:40]} sends its pieces away already",
        )
        self.moves[fact["device"]] = (fact["job"], fact["container"])

    def move_ended(self, fact: _Fact, entry: str) -> None:
        """CashMoveEnded: from the device into the box that its intent named."""
        self._findings.ensure(
            self.moves.pop(fact["device"], None) == (fact["job"], fact["container"]),
            "I6",
            entry,
            "the end of a move that was not open, or into another box",
        )
        self.notes_moved(fact, entry)

    def hopper_counted(self, fact: _Fact, _entry: str) -> None:
        """HopperCounted."""
        known = self._levels.get(fact["device"])
        if known is not None:
            self._typed[fact["device"]] -= max(0, fact["level"] - known)
        self._told_level(fact)

    def _told_level(self, fact: _Fact) -> None:
        level = fact.get("level")
        if level is not None:
            self._levels[fact["device"]] = level

    @property
    def levels(self) -> tuple[LevelDiffers, ...]:
        """Tubes whose own count and whose books differ: somebody's hands, or coins that nobody saw."""
        return tuple(
            LevelDiffers(
                device,
                level,
                self.cash.get(f"{HOPPER}{device}", 0),
                self._values[device],
                self._typed[device],
            )
            for device, level in sorted(self._levels.items())
            if level is not None
            and device in self._values
            and level * self._values[device] != self.cash.get(f"{HOPPER}{device}", 0)
        )

    # --- clerks -------------------------------------------------------------------------------------------------------

    def acted(self, fact: _Fact, entry: str) -> None:
        """A clerk's act: each of them once."""
        self._findings.ensure(
            fact["token"] not in self._tokens, "I6", entry, "the same act of a clerk is in the journal twice"
        )
        self._tokens.add(fact["token"])

    def filled(self, fact: _Fact, entry: str) -> None:
        """CashFilled."""
        self.acted(fact, entry)
        minor = fact["qty"] * fact["value_minor"]
        self.filled_minor += minor
        if self._levels.get(fact["device"]) is not None:
            self._typed[fact["device"]] += fact["qty"]
        self._add(fact["container"], minor)

    def collected(self, fact: _Fact, entry: str, at: str) -> None:
        """CashCollected: what was expected is what the books say, whatever was counted."""
        self.acted(fact, entry)
        self._findings.name_is("B", fact["collection"], entry)
        container, expected_minor = fact["container"], fact["expected_minor"]
        self.taken_out(container, expected_minor, entry)
        self.collections.append(
            Collection(entry, at, fact["collection"], container, expected_minor, fact["counted_minor"])
        )

    def taken_out(self, container: str, expected_minor: int, entry: str) -> None:
        """All of a container leaves the machine: as much as the books say."""
        book_minor = self.cash.get(container, 0)
        self._findings.ensure(
            expected_minor == book_minor,
            "I3",
            entry,
            f"a collection of {container[:40]} expected {self._findings.money(expected_minor)}; "
            f"the books say {self._findings.money(book_minor)}",
        )
        self._add(container, -expected_minor)
        inside = [window for window in self.windows if self._lies_in(window, container)]
        self.collected_windows += [replace(window, is_collected=True) for window in inside]
        self.windows = [window for window in self.windows if window not in inside]

    def _lies_in(self, window: Window, container: str) -> bool:
        """Whether what was taken without a record lies in this container: a validator's in its stacker, coins in the box."""
        if window.device in self._validators:
            return container == f"stacker.{window.device}"
        return not container.startswith((HOPPER, "stacker."))

    def stock_moved(self, fact: _Fact, entry: str) -> None:
        """StockMoved."""
        self.acted(fact, entry)
        stock = self._shoppers.stock
        stock[fact["slot"]] = stock.get(fact["slot"], 0) + fact["qty"]
        self._store_gave(fact, fact["qty"])

    def _store_gave(self, fact: _Fact, qty: int) -> None:
        """What came from the storeroom left it; what went there is in it."""
        if fact.get("other") == STORE:
            stock = self._shoppers.stock
            stock[STORE] = stock.get(STORE, 0) - qty

    def slot_counted(self, fact: _Fact, entry: str) -> None:
        """SlotCounted: what somebody saw is what counts from now on."""
        self.acted(fact, entry)
        shoppers = self._shoppers
        shoppers.stock[fact["slot"]] = fact["qty"]
        self._store_gave(fact, fact["qty"] - (fact.get("was") or 0))
        doubts = shoppers.doubts.pop(fact["slot"], [])
        shoppers.counted_doubts += [replace(doubt, is_counted=True) for doubt in doubts]

    def drop_seen(self, _fact: _Fact, _entry: str) -> None:
        """StrayDropSeen."""
        self.stray_drops += 1
