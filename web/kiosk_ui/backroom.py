"""What the shopper's screen needs beside the till door; the composition root fills it in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hardware.document import Document
from kiosk.claims.aftermath import Told
from kiosk.core.draft import Notice
from kiosk.core.events import ScanRead
from kiosk.core.facts import About
from kiosk.core.state import HopperBook
from kiosk.receipts.account import Tenders
from kiosk.runtime.hearing import LiveDevice
from kiosk.store.rounds import OpenRound


@dataclass(frozen=True, slots=True)
class ClaimOffer:
    """What the journal knows before a claim is made.

    Attributes:
        visit: The visit it would be about; empty when none fits.
        amount_minor: The sum the journal shows; 0 when it shows none, and the shopper chooses one.
        at: When that was (UTC, ISO 8601); empty with 0.
    """

    visit: str = ""
    amount_minor: int = 0
    at: str = ""


@dataclass(frozen=True, slots=True)
class ScreenReceipt:
    """A receipt for the screen: the same document that the printer gets, and what its QR code says (at most 1,200 bytes)."""

    document: Document
    qr: str = ""


@dataclass(frozen=True, slots=True)
class Backroom:
    """The people and papers behind the screen.

    Attributes:
        read_scan: What a code typed by a keyboard scanner means.
        offer_claim: Weighs the journal for a claim of this kind, now.
        open_claim: Opens a claim: what about, the sender's token, the sum in minor units. The notice is the till's; its
            parameters hold ``claim`` and ``verdict``, and ``follow`` with an address when a phone can reach one.
        sign_in: Checks a clerk's name and PIN, counts failures, and enters service when they fit.
        receipt: The receipt of a visit in a language, or None.
        hoppers: Hopper, tube or recycler -> what the journal says of it.
        tenders: By which means a visit's money came and went back so far; None when the journal has no such visit.
        devices: Every configured device as it is now.
        held_in: Collection -> its containers, each with the values of the pieces that the book had in it.
        round: What is left of the clerk's open round; None when nobody is at one.
        tell_cut: The last power cut in a language's words; None when the last stop was clean.
        photo: The bytes of a product's photograph by its name; None when it is not there.
    """

    read_scan: Callable[[str], ScanRead]
    offer_claim: Callable[[About], ClaimOffer]
    open_claim: Callable[[About, str, int], Notice]
    sign_in: Callable[[str, str], Notice]
    receipt: Callable[[str, str], ScreenReceipt | None]
    hoppers: Callable[[], Mapping[str, HopperBook]]
    tell_cut: Callable[[str], Told | None]
    tenders: Callable[[str], Tenders | None] = lambda _visit: None
    devices: Callable[[], tuple[LiveDevice, ...]] = tuple
    held_in: Callable[[str], Mapping[str, frozenset[int]]] = lambda _collection: {}
    round: Callable[[], OpenRound | None] = lambda: None
    photo: Callable[[str], bytes | None] = lambda _name: None
