"""Practice at the kiosk, followed entry by entry: counted without a gap, apart from sales, never open past a start or stop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kiosk.audit.findings import Findings

_Fact = Mapping[str, Any]


class Training:
    """The training that is open, and the counters of all that was ever practised; no other book hears of any of it."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self.open = ""
        """The training that is open; empty when none is."""
        self._visits = 0
        self.number = 0
        """Practised visits since the journal's first entry."""
        self.total_minor = 0
        """What they came to."""
        self._closed = (0, 0)
        """Both counters at the last close of a day."""

    def began(self, fact: _Fact, entry: str) -> None:
        """TrainingBegan: one at a time."""
        self._findings.name_is("T", fact["training"], entry)
        self._findings.ensure(not self.open, "I6", entry, f"training {self.open} is still open")
        self.open, self._visits = fact["training"], 0

    def settled(self, fact: _Fact, entry: str) -> None:
        """TrainingSettled: the next number, and sums that are those of its lines."""
        ensure = self._findings.ensure
        self._is_of_open(fact, entry)
        ensure(fact["number"] == self.number + 1, "I6", entry, "practised visits have a gap in their numbers")
        total_minor = sum(line["price_minor"] for line in fact["lines"])
        ensure(fact["total_minor"] == total_minor, "I6", entry, "a practised total is not that of its lines")
        self.total_minor += total_minor
        ensure(
            fact["perpetual_minor"] == self.total_minor,
            "I6",
            entry,
            "the perpetual total of practice is not the sum of what was practised",
        )
        self.number, self.total_minor = fact["number"], fact["perpetual_minor"]
        self._visits += 1

    def ended(self, fact: _Fact, entry: str) -> None:
        """TrainingEnded: of the one that is open, with as many visits as it had."""
        self._is_of_open(fact, entry)
        is_counted = fact["visits"] == self._visits
        self._findings.ensure(is_counted, "I6", entry, "a training had another number of visits")
        self.open = ""

    def day_closed(self, fact: _Fact, entry: str) -> None:
        """DayClosed: what it says of practice, where it says anything, is what was practised, and no sale."""
        visits, total_minor = self._closed
        own = {
            "practice": {"visits": self.number - visits, "total_minor": self.total_minor - total_minor},
            "practice_ever": {"visits": self.number, "total_minor": self.total_minor},
        }
        for name, counters in own.items():
            told = fact.get(name) or counters
            self._findings.ensure(
                told == counters, "I6", entry, f"its {name} is {told}; the entries say {counters}"
            )
        self._closed = (self.number, self.total_minor)

    def _is_of_open(self, fact: _Fact, entry: str) -> None:
        is_open = bool(self.open) and fact["training"] == self.open
        self._findings.ensure(is_open, "I6", entry, "it belongs to a training that is not open")
