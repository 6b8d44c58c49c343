"""Cash on its way out of the machine, closes of a day, and coils that clerks tried: followed entry by entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kiosk.audit.findings import Findings
from kiosk.audit.machine import Machine
from kiosk.audit.report import Collection
from kiosk.audit.shoppers import Shoppers
from kiosk.audit.tenders import Tenders

_Fact = Mapping[str, Any]


class Custody:
    """What leaves the machine in bags, and what closes of a day say of everything before them."""

    def __init__(self, findings: Findings, shoppers: Shoppers, machine: Machine, tenders: Tenders) -> None:
        self._findings = findings
        self._shoppers = shoppers
        self._machine = machine
        self._tenders = tenders
        self._open: dict[str, int] = {}
        """Container -> what was taken out of it, of the collection that is open."""
        self._collection = ""
        self._bags: dict[str, tuple[str, dict[str, int]]] = {}
        """Collection -> its bag, and what each container had, until it was paid in."""
        self._numbers: set[str] = set()
        self.banked_minor = 0
        """What was counted where bags were paid in."""
        self._day = 0
        self._closed: _Fact = {}
        self._closed_at = (0, 0)
        self.test = ""
        """The job of a coil that a clerk tries."""
        self.coil_tests = 0

    def started(self, fact: _Fact, entry: str) -> None:
        """CollectionStarted: the books of every container end here."""
        ensure = self._findings.ensure
        self._machine.acted(fact, entry)
        self._findings.name_is("B", fact["collection"], entry)
        ensure(not self._collection, "I6", entry, f"collection {self._collection} is still open")
        self._collection = fact["collection"]
        self._open = {}
        for part in fact["taken"]:
            self._machine.taken_out(part["container"], part["expected_minor"], entry)
            self._open[part["container"]] = part["expected_minor"]
            ensure(
                sum(value * qty for value, qty in part["pieces"]) == part["expected_minor"],
                "I3",
                entry,
                "the pieces that were taken out are worth another sum than it says",
            )

    def counted(self, fact: _Fact, entry: str, at: str) -> None:
        """CollectionCounted: one count of every container that is out, in a bag of its own."""
        ensure = self._findings.ensure
        self._machine.acted(fact, entry)
        ensure(
            bool(self._collection) and fact["collection"] == self._collection,
            "I6",
            entry,
            f"a count of {fact['collection'][:40]}, which is not open",
        )
        found = self._sum(fact, entry)
        ensure(
            found.keys() == self._open.keys(), "I6", entry, "it counts other containers than were taken out"
        )
        ensure(
            fact["expected_minor"] == sum(self._open.values()),
            "I3",
            entry,
            "it expects another sum than was taken out",
        )
        ensure(
            not fact["bag"] or fact["bag"] not in self._numbers,
            "I6",
            entry,
            f"bag {fact['bag'][:40]} was sealed before",
        )
        self._numbers.add(fact["bag"])
        self._bags[fact["collection"]] = (fact["bag"], found)
        self._machine.collections += [
            Collection(entry, at, fact["collection"], name, self._open.get(name, 0), minor)
            for name, minor in found.items()
        ]
        self._collection, self._open = "", {}

    def recounted(self, fact: _Fact, entry: str) -> None:
        """CollectionRecounted: a correction stands on the count before it."""
        self._machine.acted(fact, entry)
        bag, before = self._bag(fact, entry)
        self._findings.ensure(
            fact["was_minor"] == sum(before.values()),
            "I3",
            entry,
            "it corrects another count than the last one",
        )
        self._findings.ensure(bool(fact["reason"].strip()), "I6", entry, "a correction without a reason")
        found = self._sum(fact, entry)
        self._bags[fact["collection"]] = (bag, found)

    def handed(self, fact: _Fact, entry: str) -> None:
        """BagHandedOver."""
        self._machine.acted(fact, entry)
        self._holds(fact, entry)

    def banked(self, fact: _Fact, entry: str) -> None:
        """BagBanked: a bag's way ends once."""
        self._machine.acted(fact, entry)
        self._holds(fact, entry)
        self._bags.pop(fact["collection"], None)
        self.banked_minor += fact["banked_minor"]

    def _bag(self, fact: _Fact, entry: str) -> tuple[str, dict[str, int]]:
        found = self._bags.get(fact["collection"])
        self._findings.ensure(
            found is not None, "I6", entry, f"the bag of {fact['collection'][:40]} is not on its way"
        )
        return found or ("", {})

    def _holds(self, fact: _Fact, entry: str) -> None:
        bag, counted = self._bag(fact, entry)
        self._findings.ensure(
            (fact["bag"], fact["amount_minor"]) == (bag, sum(counted.values())),
            "I3",
            entry,
            "the bag has another number or another sum than was counted",
        )

    def _sum(self, fact: _Fact, entry: str) -> dict[str, int]:
        """Container -> what was counted; the pieces and the whole must say the same."""
        found = {part["container"]: part["counted_minor"] for part in fact["counted"]}
        pieces_fit = all(
            sum(value * qty for value, qty in part["pieces"]) == part["counted_minor"]
            and all(value > 0 and qty > 0 for value, qty in part["pieces"])
            for part in fact["counted"]
        )
        self._findings.ensure(
            pieces_fit
            and len(found) == len(fact["counted"])
            and fact["counted_minor"] == sum(found.values()),
            "I3",
            entry,
            "the pieces counted are worth another sum than it says",
        )
        return found

    # --- the close of a day -------------------------------------------------------------------------------------------

    def day_closed(self, fact: _Fact, entry: str, place: tuple[int, int]) -> None:
        """DayClosed: its number, its beginning, and its sums against this auditor's own."""
        ensure = self._findings.ensure
        self._machine.acted(fact, entry)
        ensure(fact["number"] == self._day + 1, "I8", entry, f"day close {fact['number']} after {self._day}")
        ensure(
            (fact["since_epoch"], fact["since_seq"]) == self._closed_at,
            "I8",
            entry,
            "it does not begin where the day before ended",
        )
        for name, own in self._own().items():
            told = fact["perpetual"][name]
            ensure(told == own, "I4", entry, f"its perpetual {name} is {told}; the entries say {own}")
        told_tax_minor = sum(part["tax_minor"] for part in fact["perpetual"]["taxes"])
        ensure(told_tax_minor == self._shoppers.tax_minor, "I4", entry, "its tax is not the tax of all sales")
        for name, told in fact["period"].items():
            if name != "taxes":
                step = fact["perpetual"][name] - self._closed.get(name, 0)
                ensure(told == step, "I4", entry, f"its {name} is {told}; since the day before it is {step}")
        self._day, self._closed, self._closed_at = fact["number"], fact["perpetual"], place

    def _own(self) -> dict[str, int]:
        shoppers, machine, tenders = self._shoppers, self._machine, self._tenders
        return {
            "sales": len(shoppers.sales),
            "pieces": shoppers.pieces,
            "gross_minor": shoppers.sold_minor,
            "coins_minor": machine.credited_minor + machine.found_minor,
            "notes_minor": tenders.notes_credited_minor + tenders.notes_found_minor,
            "change_minor": shoppers.paid_minor,
            "transferred_minor": shoppers.transferred_minor,
            "handed_over_minor": shoppers.handed_over_minor,
            "goodwill_minor": shoppers.goodwill_minor - tenders.discount_minor,
            "card_minor": tenders.charged_minor,
            "card_refunded_minor": tenders.refunded_minor,
            "card_loaded_minor": tenders.loaded_minor,
            "coil_tests": self.coil_tests,
        }

    # --- coils that clerks try ----------------------------------------------------------------------------------------

    def test_started(self, fact: _Fact, entry: str) -> None:
        """CoilTestStarted: one at a time."""
        self._machine.acted(fact, entry)
        self._findings.name_is("J", fact["job"], entry)
        self._findings.ensure(not self.test, "I6", entry, f"the coil of {self.test} still turns")
        self.test = fact["job"]

    def test_ended(self, fact: _Fact, entry: str) -> None:
        """CoilTestEnded: a piece that fell is out of the book, and was not sold."""
        self._findings.ensure(
            bool(self.test) and fact["job"] == self.test, "I6", entry, "the end of a test that does not run"
        )
        self.test = ""
        self.coil_tests += 1
        if fact["outcome"] == "delivered":
            stock = self._shoppers.stock
            stock[fact["slot"]] = stock.get(fact["slot"], 0) - 1
