"""The kiosk's meters for the trade: an EVA-DTS audit read from the journal, since its beginning and since the last reading.

Nothing here is counted while selling: the same journal gives the same file, at any time, on any machine. Figures that the format
has no place for (claims paid, vouchers, doubtful debts) are not forced into one; they stand in our own reports.

Source: EVA-DTS 6.1.1, appendix A (elements) and C (events).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from hardware.events import DeviceKind, Fault
from kiosk.core import facts as f
from kiosk.core.postings import hopper_of
from kiosk.fleet.evadts import AuditFile, Segment

BOOTH_MODEL: Final = "KIOSK"
"""What ID1 calls the machine."""

MOST_SENDER: Final = 10
"""Characters of a communication id (DXS, element 1)."""

EVENTS: Final[Mapping[tuple[str, str], str]] = {
    (DeviceKind.COIN_ACCEPTOR, Fault.JAM): "EAD",
    (DeviceKind.COIN_ACCEPTOR, Fault.NO_REPLY): "EAR",
    (DeviceKind.COIN_ACCEPTOR, Fault.FRAUD): "EAC",
    (DeviceKind.HOPPER, Fault.JAM): "EAF",
    (DeviceKind.HOPPER, Fault.NO_REPLY): "EAN",
    (DeviceKind.NOTE_VALIDATOR, Fault.JAM): "ENC",
    (DeviceKind.NOTE_VALIDATOR, Fault.STACKER_FULL): "ENE",
    (DeviceKind.NOTE_VALIDATOR, Fault.BOX_OUT): "ENF",
    (DeviceKind.NOTE_VALIDATOR, Fault.NO_REPLY): "ENK",
    (DeviceKind.COIL_BOARD, Fault.JAM): "EJC",
    (DeviceKind.COIL_BOARD, Fault.NO_MOTOR): "EJB",
    (DeviceKind.COIL_BOARD, Fault.MOTOR_RUNS): "EJB",
    (DeviceKind.COIL_BOARD, Fault.SENSOR_BLOCKED): "EJL",
    (DeviceKind.COIL_BOARD, Fault.NOT_SEEN): "EJL",
}
"""A device's kind and fault -> the trade's event code."""

VEND_EVENT: Final = "EJM"
"""A vend that did not deliver."""


@dataclass(slots=True)
class _Meters:
    """One set of counters: since the beginning, or since the last reading."""

    values: Counter[str] = field(default_factory=Counter)
    slots: dict[str, Counter[str]] = field(default_factory=dict)
    events: Counter[str] = field(default_factory=Counter)


class Audit:
    """Meters that a walk over the facts turns."""

    def __init__(self) -> None:
        """Start before the first entry."""
        self._always, self._since = _Meters(), _Meters()
        self._cards: Counter[str] = Counter()
        self._prices: dict[str, tuple[int, str]] = {}
        self._tubes: dict[str, int] = {}
        self._taken_at = ""
        self._takings = 0
        self._open_owed: Counter[str] = Counter()
        self._kiosk_id, self._currency, self._exponent = "", "", 2
        self._at = ""

    def take(self, recorded: f.Recorded) -> None:
        """Turn the meters by the next fact of the journal."""
        fact, self._at = recorded.fact, recorded.at
        match fact:
            case f.JournalOpened():
                self._kiosk_id, self._currency, self._exponent = fact.kiosk_id, fact.currency, fact.exponent
            case f.Booted():
                self._count("boots")
            case f.AuditTaken():
                self._since = _Meters()
                self._takings += 1
                self._taken_at = recorded.at
            case f.SaleClosed():
                self._sell(fact)
            case f.VisitSettled():
                self._cards.pop(fact.visit, None)
            case f.VendEnded(outcome=f.VendOutcome.FAILED):
                self._event(VEND_EVENT)
            case f.DeviceTroubled() | f.DeviceWentOffline():
                code = EVENTS.get((fact.kind, fact.fault))
                if code:
                    self._event(code)
            case _:
                self._money(fact)

    def _count(self, name: str, amount: int = 1) -> None:
        self._always.values[name] += amount
        self._since.values[name] += amount

    def _event(self, code: str) -> None:
        self._always.events[code] += 1
        self._since.events[code] += 1

    def _sell(self, fact: f.SaleClosed) -> None:
        """A visit's charge pays for its goods first; what it does not reach was paid in cash."""
        card_minor = min(self._cards[fact.visit], fact.total_minor)
        self._cards[fact.visit] -= card_minor
        self._count("card_value", card_minor)
        self._count("cash_value", fact.total_minor - card_minor)
        for line in fact.lines:
            is_card = card_minor >= line.price_minor > 0
            card_minor -= line.price_minor if is_card else 0
            self._count("card_number" if is_card else "cash_number")
            slot = line.slot or line.sku
            self._prices[slot] = (line.price_minor, line.sku)
            for meters in (self._always, self._since):
                here = meters.slots.setdefault(slot, Counter())
                here["number"] += 1
                here["value"] += line.price_minor

    def _money(self, fact: f.Fact) -> None:
        match fact:
            case f.CoinCredited():
                self._coins(fact.container, fact.value_minor)
            case f.CoinTested():
                self._count("filled", fact.value_minor)  # the vendor's own coin
                self._fill(fact.container, fact.value_minor)
            case f.CoinFound():
                self._coins(fact.container, fact.value_minor * fact.qty)
            case f.NoteCredited() | f.NoteFound():
                self._count("notes_number")
                self._count("notes_value", fact.value_minor)
                self._fill(fact.container, fact.value_minor)
            case f.CardApproved():
                self._cards[fact.visit] += max(fact.asked_minor, fact.charged_minor)
            case f.CardRefunded():
                self._cards[fact.visit] -= max(fact.asked_minor, fact.charged_minor)
            case f.CardLoaded():
                self._count("loaded", fact.amount_minor)
            case f.DebtRecorded():
                self._count("overpay", fact.amount_minor)
            case _:
                self._tube(fact)

    def _tube(self, fact: f.Fact) -> None:
        """What a clerk or a payout does to hoppers, tubes and recyclers."""
        match fact:
            case f.PayoutEnded():
                self._count("dispensed", fact.paid_qty * fact.value_minor)
                self._tubes[fact.device] = self._tubes.get(fact.device, 0) - fact.paid_qty * fact.value_minor
            case f.HopperDiffered():
                self._count("by_hand", fact.qty * fact.value_minor)
                self._tubes[fact.device] = self._tubes.get(fact.device, 0) - fact.qty * fact.value_minor
            case f.NotesMoved() | f.CashMoveEnded():
                self._tubes[fact.device] = self._tubes.get(fact.device, 0) - fact.qty * fact.value_minor
                self._fill(fact.container, fact.qty * fact.value_minor)
            case f.CashFilled():
                self._count("filled", fact.qty * fact.value_minor)
                self._fill(fact.container, fact.qty * fact.value_minor)
            case f.CashCollected() if hopper_of(fact.container):
                self._tubes[hopper_of(fact.container)] = 0
            case _:
                pass

    def _coins(self, container: str, value_minor: int) -> None:
        self._count("coins", value_minor)
        self._count("to_tubes" if hopper_of(container) else "to_box", value_minor)
        self._fill(container, value_minor)

    def _fill(self, container: str, value_minor: int) -> None:
        device = hopper_of(container)
        if device:
            self._tubes[device] = self._tubes.get(device, 0) + value_minor

    # --- the file -----------------------------------------------------------------------------------------------------

    def file(self, asset: str = "") -> AuditFile:
        """The audit as it stands after the last fact; ``asset`` is the vendor's own number for the machine."""
        both = (self._always.values, self._since.values)
        always, since = both
        segments = [
            Segment("ID1", (self._kiosk_id, BOOTH_MODEL, "", "", "", asset)),
            Segment("ID4", _texts(self._exponent, "", self._currency)),
            Segment("ID5", (self._at[:10].replace("-", ""), self._at[11:16].replace(":", ""))),
            Segment("VA1", _texts(*(_sold(meters, kind) for meters in both for kind in ("value", "number")))),
            Segment(
                "CA2",
                _texts(
                    *(meters[name] for meters in both for name in ("cash_value", "cash_number")),
                ),
            ),
            Segment(
                "CA3",
                _texts(
                    *(
                        _cash_in(since, since["notes_number"])
                        + _cash_in(always, always["notes_number"])
                        + (since["notes_value"], always["notes_value"])
                    )
                ),
            ),
            Segment(
                "CA4", _texts(since["dispensed"], since["by_hand"], always["dispensed"], always["by_hand"])
            ),
            Segment("CA8", _texts(since["overpay"], always["overpay"])),
            Segment("CA10", _texts(since["filled"], always["filled"])),
            Segment("CA15", _texts(sum(self._tubes.values()))),
            Segment(
                "DA2",
                _texts(
                    *(meters[name] for meters in both for name in ("card_value", "card_number")),
                ),
            ),
        ]
        if always["loaded"]:
            segments.append(Segment("DA4", _texts(always["loaded"], since["loaded"])))
        for slot, sold in sorted(self._always.slots.items()):
            price_minor, sku = self._prices[slot]
            lately = self._since.slots.get(slot, Counter())
            segments.append(Segment("PA1", (slot, str(price_minor), sku)))
            segments.append(
                Segment("PA2", _texts(sold["number"], sold["value"], lately["number"], lately["value"]))
            )
        for code, number in sorted(self._always.events.items()):
            segments.append(Segment("EA2", _texts(code, self._since.events[code], number)))
        taken = self._taken_at
        last = (taken[:10].replace("-", ""), taken[11:16].replace(":", "")) if taken else ("", "")
        segments.append(Segment("EA3", _texts(self._takings, "", "", "", *last)))
        segments.append(Segment("EA7", _texts(since["boots"], always["boots"])))
        return AuditFile(self._kiosk_id[:MOST_SENDER], tuple(segments))


def _texts(*values: int | str) -> tuple[str, ...]:
    return tuple(str(value) for value in values)


def _sold(meters: Counter[str], kind: str) -> int:
    return meters[f"cash_{kind}"] + meters[f"card_{kind}"]


def _cash_in(meters: Counter[str], notes: int) -> tuple[int, int, int, int]:
    """Cash in, to the box, to the tubes, and the number of notes: as CA3 has them for each of its two times."""
    return meters["coins"] + meters["notes_value"], meters["to_box"], meters["to_tubes"], notes


def audit_of(facts: Iterable[f.Recorded], asset: str = "") -> AuditFile:
    """The audit after ``facts``, which begin with the journal's first."""
    audit = Audit()
    for recorded in facts:
        audit.take(recorded)
    return audit.file(asset)
