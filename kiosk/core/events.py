"""What shoppers, clerks, the desk and the loop itself bring to the till; device events come from `hardware.events`.

Every event made by a finger carries ``tap``, an id made by the sender, and the ``screen`` version it was made on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from hardware.events import DeviceEvent
from inventory.catalogue import Catalogue, EmbeddedLayout, Product, Rounding
from kiosk.core.facts import (
    About,
    Fate,
    Means,
    NewPlace,
    PlaceRow,
    PlacesPlanned,
    PricesPlanned,
    SaleLine,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class PersonEvent:
    """Base of what people ask for."""


@dataclass(frozen=True, slots=True)
class Tap(PersonEvent):
    """Base of a shopper's touches: ``tap`` is the sender's id, ``screen`` the version it was made on."""

    tap: str
    screen: int


@dataclass(frozen=True, slots=True)
class ProductChosen(Tap):
    """Shelf goods picked in the grid or scanned by the page: add ``qty`` pieces."""

    sku: str
    qty: int = 1


@dataclass(frozen=True, slots=True)
class SlotChosen(Tap):
    """A coil picked."""

    slot: str


@dataclass(frozen=True, slots=True)
class LineDropped(Tap):
    """Take a line out of the cart."""

    line: int


@dataclass(frozen=True, slots=True)
class CloseTapped(Tap):
    """Enough: the money covers the cart, close the sale now."""


@dataclass(frozen=True, slots=True)
class MoneyBackTapped(Tap):
    """Give the money back and drop the cart."""


@dataclass(frozen=True, slots=True)
class CardTapped(Tap):
    """Pay what is missing by card.

    ``reader`` is where a card is shown at this moment, as the loop knows; empty when none is, and then the first reader is asked.
    """

    reader: str = ""


@dataclass(frozen=True, slots=True)
class LoadTapped(Tap):
    """Put all credit onto the shopper's card instead of giving it back in coins."""


@dataclass(frozen=True, slots=True)
class LanguageTapped(Tap):
    """Speak another language."""

    language: str


@dataclass(frozen=True, slots=True)
class ComfortTapped(Tap):
    """Larger text, more time."""

    large_text: bool
    more_time: bool


@dataclass(frozen=True, slots=True)
class ReceiptTapped(Tap):
    """Print the receipt of the visit that just ended."""


@dataclass(frozen=True, slots=True)
class DoneTapped(Tap):
    """Leave the thank-you page."""


@dataclass(frozen=True, slots=True)
class DebtCodeTyped(Tap):
    """A code typed at the screen; ``debt`` is the debt it belongs to, empty when it belongs to none."""

    debt: str


@dataclass(frozen=True, slots=True)
class Touched(Tap):
    """A touch that asks for nothing but more time."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What a code says of the very piece that it is on; amounts are 0 and texts empty where it says nothing.

    Attributes:
        price_minor: The price in the code; goes before the weight.
        weight_mg: Net weight in milligrams, when the price follows from it.
        unit_price_minor: Price of a kilogram, with a weight.
        rounding: How price times weight comes to whole coins.
        least_minor: Cheaper is refused.
        most_minor: Dearer is refused; 0 leaves it to the limit of credit.
        lot: As printed.
        expires_on: Use by, ISO 8601; the runtime does not hand expired pieces on as goods.
        best_before_on: Best before, ISO 8601.
        is_stale: That day is over: it is sold, with a word.
    """

    price_minor: int = 0
    weight_mg: int = 0
    unit_price_minor: int = 0
    rounding: Rounding = Rounding.NEAREST
    least_minor: int = 0
    most_minor: int = 0
    lot: str = ""
    expires_on: str = ""
    best_before_on: str = ""
    is_stale: bool = False


@dataclass(frozen=True, slots=True)
class ScanRead(PersonEvent):
    """A scan, read by the runtime: ``sku`` when it names goods of ours, else empty with the ``reason`` why not.

    ``qty`` pieces; ``piece`` is what the code says beside the number.
    """

    code: str
    sku: str
    reason: str
    qty: int = 1
    piece: Piece | None = None


class Way(StrEnum):
    """How an approved claim reaches the shopper: a code that pays in coins, or one that waits for goods."""

    CODE = "code"
    VOUCHER = "voucher"


@dataclass(frozen=True, slots=True)
class Back:
    """A piece that came back with a claim: what it is, where it was sold from, and what becomes of it."""

    sku: str
    slot: str
    fate: Fate


@dataclass(frozen=True, slots=True)
class ClaimMade(PersonEvent):
    """Somebody opened a claim at the screen or by phone; the journal has been weighed already."""

    token: str
    about: About
    visit: str
    said_minor: int
    channel: str
    subject: str
    verdict: Verdict
    amount_minor: int
    debt: str
    evidence: tuple[int, ...]
    details: str = field(default="", repr=False)
    """Contact details, stored beside the journal under ``subject``, never in it."""
    due_at: str = ""
    """By when a person answers, if one has to (UTC, ISO 8601, as entries have their time); empty: nothing is promised."""
    remind_at: str = ""
    """From when the vendor is reminded; not after ``due_at``."""
    by: str = ""
    """Who typed it in at the desk for somebody else; empty for whoever made it themselves."""


@dataclass(frozen=True, slots=True)
class ClaimDecided(PersonEvent):
    """The vendor approves (``amount_minor`` > 0) or refuses (0, with a reason) a claim.

    ``debt`` is the open debt that a new weighing found for a claim that named none; empty for none. Less than an uncertain
    debt pays it in part, and needs a reason. ``is_owner``: the money is their own, so that they may decide what they typed in.
    """

    claim: str
    by: str
    amount_minor: int
    reason: str
    debt: str = ""
    way: Way = Way.CODE
    back: Back | None = None
    is_owner: bool = False


@dataclass(frozen=True, slots=True)
class ClaimSecond(PersonEvent):
    """A second person agrees to a proposed payment; ``debt`` as in `ClaimDecided`."""

    claim: str
    by: str
    debt: str = ""


@dataclass(frozen=True, slots=True)
class TransferNote(PersonEvent):
    """A person paid a debt outside the kiosk and notes how: see `kiosk.core.facts.DebtTransferred`."""

    debt: str
    by: str
    means: Means
    reference: str
    paid_on: str


@dataclass(frozen=True, slots=True)
class HandOver(PersonEvent):
    """A clerk pays a debt in cash from the vendor's pocket."""

    debt: str
    by: str


@dataclass(frozen=True, slots=True)
class ContactErase(PersonEvent):
    """Erase the personal details of a claim."""

    subject: str
    by: str


@dataclass(frozen=True, slots=True)
class ClerkEntered(PersonEvent):
    """A clerk proved who they are at the kiosk."""

    clerk: str


@dataclass(frozen=True, slots=True)
class ClerkLeft(PersonEvent):
    """The clerk closes the service screen."""

    clerk: str


@dataclass(frozen=True, slots=True)
class SignInFailed(PersonEvent):
    """A wrong secret was given for ``user``; ``failures`` in a row."""

    user: str
    failures: int


@dataclass(frozen=True, slots=True)
class HopperFilled(PersonEvent):
    """The clerk put ``qty`` coins into the hopper ``device``."""

    token: str
    clerk: str
    device: str
    qty: int


@dataclass(frozen=True, slots=True)
class CashBoxCollected(PersonEvent):
    """The clerk emptied the cash box, or the stacker that ``container`` names, and counted it."""

    token: str
    clerk: str
    counted_minor: int
    container: str = "box"


@dataclass(frozen=True, slots=True)
class BoxesTaken(PersonEvent):
    """Cash box and stackers are out now: all that the machine has, or only ``containers``."""

    token: str
    clerk: str
    containers: tuple[str, ...] = ()


Counts = tuple[tuple[str, tuple[tuple[int, int], ...]], ...]
"""Container -> pairs of a piece's value and how many of it were counted."""


@dataclass(frozen=True, slots=True)
class CollectionCount(PersonEvent):
    """The open collection was counted and sealed; ``float_left_minor`` is the change that stayed in the machine."""

    token: str
    by: str
    collection: str
    counts: Counts
    bag: str
    float_left_minor: int


@dataclass(frozen=True, slots=True)
class CollectionRecount(PersonEvent):
    """A collection that is still on its way was counted wrong; containers that are not named keep their count."""

    token: str
    by: str
    collection: str
    counts: Counts
    reason: str


@dataclass(frozen=True, slots=True)
class BagGiven(PersonEvent):
    """The bag of a collection changes hands."""

    token: str
    by: str
    collection: str
    to: str


@dataclass(frozen=True, slots=True)
class BagPaidIn(PersonEvent):
    """The bag of a collection was paid in, and counted there."""

    token: str
    by: str
    collection: str
    banked_minor: int


@dataclass(frozen=True, slots=True)
class DayCloseAsked(PersonEvent):
    """Somebody closes the day."""

    token: str
    by: str


@dataclass(frozen=True, slots=True)
class CoilTestAsked(PersonEvent):
    """The clerk wants a coil turned to see whether it works."""

    token: str
    clerk: str
    slot: str


@dataclass(frozen=True, slots=True)
class FloatLeft(PersonEvent):
    """The clerk lets the recycler or coin unit ``device`` send all but ``keep`` pieces into its own box or stacker."""

    token: str
    clerk: str
    device: str
    keep: int


@dataclass(frozen=True, slots=True)
class TrainingAsked(PersonEvent):
    """The clerk lets somebody practise a whole visit; asked for twice it is one training."""

    clerk: str


@dataclass(frozen=True, slots=True)
class TrainingLeft(PersonEvent):
    """The clerk ends the training."""

    clerk: str


@dataclass(frozen=True, slots=True)
class PretendedCoin(Tap):
    """As if a coin of this value fell in."""

    value_minor: int


@dataclass(frozen=True, slots=True)
class PretendedNote(Tap):
    """As if a note of this value was put in."""

    value_minor: int


@dataclass(frozen=True, slots=True)
class PretendedCard(Tap):
    """As if a card was held to the reader, and approved."""


@dataclass(frozen=True, slots=True)
class PretendedJam(Tap):
    """The next coil is to fail, or after all not."""

    is_next: bool


PretendTap = PretendedCoin | PretendedNote | PretendedCard | PretendedJam
"""Touches that stand for real things while somebody practises; the till itself never hears of them."""


@dataclass(frozen=True, slots=True)
class DrawerAsked(PersonEvent):
    """The clerk wants the cash drawer open."""

    token: str
    clerk: str


@dataclass(frozen=True, slots=True)
class HaltRelease(PersonEvent):
    """A clerk lets a halted till sell again."""

    clerk: str


@dataclass(frozen=True, slots=True)
class HaltAsked(PersonEvent):
    """A clerk takes the till out of service."""

    clerk: str


@dataclass(frozen=True, slots=True)
class StockCounted(PersonEvent):
    """A person moved or counted goods; `kiosk.core.stock.Move` names the moves.

    Attributes:
        slot: The place, or `kiosk.core.facts.STORE`.
        qty: Pieces put in, taken out, or found; 0 or more.
        sku: Which product; empty for the one that is planned there.
        expires_on: The last day of sale on the pieces, ISO 8601; empty when nobody looked.
        lot: The lot on the pieces, likewise.
        reason: Why they are thrown away: expired, damaged or other.
        other: Where they come from or go; empty for the usual: the storeroom, or a supplier.
        was: A count's book as the person saw it: another one by now is told first. None takes the count as it is.
        transfer: The number of the transfer that they came with, from the kiosk or site ``other``; empty for any other receipt.
        sent: How many had been sent with it.
    """

    token: str
    by: str
    slot: str
    move: str
    qty: int
    sku: str = ""
    expires_on: str = ""
    lot: str = ""
    reason: str = ""
    other: str = ""
    was: int | None = None
    transfer: str = ""
    sent: int | None = None


@dataclass(frozen=True, slots=True)
class TransferClose(PersonEvent):
    """Somebody was told what became of goods that this kiosk sent.

    Attributes:
        transfer: Its number, as the page read it from the journal, like ``sku`` and ``qty``.
        sku: Whose pieces.
        qty: How many had been sent.
        outcome: See `kiosk.core.transfers.Outcome`.
    """

    token: str
    by: str
    transfer: str
    sku: str
    qty: int
    outcome: str


@dataclass(frozen=True, slots=True)
class RoundOpened(PersonEvent):
    """A clerk begins a round, or joins the one that is open."""

    token: str
    by: str


@dataclass(frozen=True, slots=True)
class TaskLeft(PersonEvent):
    """A task of a round is left undone on purpose."""

    token: str
    by: str
    round: str
    task: str


@dataclass(frozen=True, slots=True)
class RoundClosed(PersonEvent):
    """A clerk ends the round."""

    token: str
    by: str
    round: str


@dataclass(frozen=True, slots=True)
class CatalogueOffered(PersonEvent):
    """A checked goods file to take over as a whole."""

    by: str
    catalogue: Catalogue
    digest: str
    before: Catalogue | None = None
    """What it was compared with: a change that came meanwhile is told, not overwritten. None overwrites."""
    token: str = ""


@dataclass(frozen=True, slots=True)
class ProductOffered(PersonEvent):
    """One product, new, changed or retired.

    Attributes:
        by: Who.
        token: Made by the form.
        product: As it is to be.
        before: As it was when the form was drawn; None for a new one.
        fields: What differs, for the journal: column of the goods file, what it said, what it says.
    """

    by: str
    token: str
    product: Product
    before: Product | None
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class LabelsOffered(PersonEvent):
    """A checked table of labels to take over as a whole; ``digest`` is the SHA-256 of it as a file."""

    by: str
    labels: tuple[EmbeddedLayout, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class PriceOffered(PersonEvent):
    """A new price for one product."""

    by: str
    sku: str
    price_minor: int


@dataclass(frozen=True, slots=True)
class PricesOffered(PersonEvent):
    """New prices, SKU and price each, that hold from a day on: the kiosk's own, ISO 8601; today is at once."""

    by: str
    token: str
    from_day: str
    prices: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class PlacesOffered(PersonEvent):
    """Another plan for some places that holds from a day on: the kiosk's own, ISO 8601; today is at once.

    ``before`` is what was planned there when the form was drawn: a change that came meanwhile is told, not overwritten. ``new``
    names those of ``places`` that are to be made, ``gone`` the places that are to go.
    """

    by: str
    token: str
    from_day: str
    places: tuple[PlaceRow, ...]
    before: tuple[PlaceRow, ...]
    new: tuple[NewPlace, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanDrop(PersonEvent):
    """Take back what is planned."""

    by: str
    plan: str


@dataclass(frozen=True, slots=True)
class AuditClosed(PersonEvent):
    """Somebody has the meters' file in hand and begins a new interval."""

    by: str


@dataclass(frozen=True, slots=True)
class UserOffered(PersonEvent):
    """A desk user to make or change; ``secret_hash`` is stored beside the journal, never in it."""

    user: str
    role: str
    by: str
    secret_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SecondStepOffered(PersonEvent):
    """A second step of signing in for ``user``; an empty ``sealed`` takes it away.

    ``sealed`` is the encrypted secret, ``step`` the last time step whose code was used, ``recovery`` the hashes of the codes that
    work once; all three are stored beside the journal, never in it.
    """

    user: str
    by: str
    sealed: bytes = field(repr=False)
    step: int = 0
    recovery: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SecondStepTaken(PersonEvent):
    """``user`` gave a right code: ``step`` and ``recovery`` are what is left to use; the wrong tries in a row end."""

    user: str
    means: str
    step: int
    recovery: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SettingsRead(PersonEvent):
    """The settings that the kiosk started with differ from those before; see `kiosk.core.facts.SettingsChanged`."""

    by: str
    digest: str
    changed: tuple[str, ...]


# --- from the loop --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LoopEvent:
    """Base of what the loop itself notices."""


@dataclass(frozen=True, slots=True)
class BootStarted(LoopEvent):
    """The process starts on a journal that was read to its end."""

    boot: int
    is_clean: bool
    software: str


class Deadline(StrEnum):
    """What a point in time is for."""

    CLOSE = "close"
    CHOICE = "choice"
    IDLE = "idle"
    MANNERS = "manners"
    THANKS = "thanks"
    JOB = "job"
    NOTE = "note"
    CARD = "card"
    RECOVERY = "recovery"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class DeadlinePassed(LoopEvent):
    """The time that `kiosk.core.timing.next_deadline` named has come."""

    deadline: Deadline


@dataclass(frozen=True, slots=True)
class ScreenSilent(LoopEvent):
    """No screen has acknowledged for ``silent_ms``."""

    silent_ms: int


@dataclass(frozen=True, slots=True)
class ScreenAnswered(LoopEvent):
    """A screen acknowledges again after it was lost."""


@dataclass(frozen=True, slots=True)
class ClockJumped(LoopEvent):
    """Wall time moved against monotonic time."""

    was: str
    now: str


@dataclass(frozen=True, slots=True)
class SpaceRead(LoopEvent):
    """Free disk space crossed a limit."""

    level: str
    free_mib: int


@dataclass(frozen=True, slots=True)
class ClaimsDue(LoopEvent):
    """The promised answer of a claim is due soon, or late."""


@dataclass(frozen=True, slots=True)
class PlanDue(LoopEvent):
    """The day of a plan has come, and nobody is at the till."""

    planned: PricesPlanned


@dataclass(frozen=True, slots=True)
class PlacesDue(LoopEvent):
    """The day of a plan of places has come, and nobody is at the till."""

    planned: PlacesPlanned


@dataclass(frozen=True, slots=True)
class VisitPractised(LoopEvent):
    """A practised visit is over; the fields are those of `kiosk.core.facts.TrainingSettled`."""

    lines: tuple[SaleLine, ...]
    coins_minor: int
    notes_minor: int
    card_minor: int
    back_minor: int
    undelivered: int
    is_finished: bool


@dataclass(frozen=True, slots=True)
class TrainingBroke(LoopEvent):
    """The pretended till contradicted itself: the training ends, and nothing else does."""


@dataclass(frozen=True, slots=True)
class PromiseBroken(LoopEvent):
    """An invariant failed: halt."""

    promise: str


@dataclass(frozen=True, slots=True)
class StopAsked(LoopEvent):
    """The process is asked to end."""


Event = DeviceEvent | PersonEvent | LoopEvent
