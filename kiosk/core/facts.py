"""What the journal can say: past tense, frozen, self-contained.

A fact carries everything that replay and the books need, so that nothing has to be looked up to understand it. Ids are made from
the journal's epoch and sequence number, never at random. No fact holds personal data: people appear as an opaque ``subject`` key.
Amounts are whole minor units of the kiosk's currency.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


@dataclass(frozen=True, slots=True)
class Fact:
    """Base of all facts."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A stored fact: its place in the journal, the wall time (UTC, ISO 8601), and the monotonic time within its boot."""

    seq: int
    at: str
    now_ms: int
    fact: Fact


# --- the life of the journal ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class JournalOpened(Fact):
    """The first entry of a journal or of a new epoch; ``previous_head`` is the last known digest of the old one."""

    kiosk_id: str
    currency: str
    exponent: int
    software: str
    previous_head: str = ""


@dataclass(frozen=True, slots=True)
class Booted(Fact):
    """The kiosk process started; ``is_clean`` when the last stop was recorded."""

    boot: int
    is_clean: bool
    software: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recovered(Fact):
    """Everything that the last run left open is closed; ``owed_minor`` became owed while doing so."""

    owed_minor: int


@dataclass(frozen=True, slots=True)
class Stopped(Fact):
    """A clean stop: nothing was open."""


@dataclass(frozen=True, slots=True)
class ClockStepped(Fact):
    """The wall clock jumped by more than two seconds against the monotonic clock."""

    was: str
    now: str


@dataclass(frozen=True, slots=True)
class CheckpointSigned(Fact):
    """A signed statement of the chain's head and the perpetual totals up to ``covers_seq``.

    ``signature`` is Ed25519 over the text that `kiosk.journal.entry.checkpoint_text` builds, in hex.
    """

    covers_seq: int
    head: str
    sold_minor: int
    taken_minor: int
    paid_out_minor: int
    owed_minor: int
    public_key: str
    signature: str


@dataclass(frozen=True, slots=True)
class TillHalted(Fact):
    """A promise was found broken, or a clerk stopped the till; selling stops until a clerk restarts it."""

    reason: str


@dataclass(frozen=True, slots=True)
class HaltCleared(Fact):
    """A clerk put a halted till back to work."""

    clerk: str


@dataclass(frozen=True, slots=True)
class ScreenLost(Fact):
    """No screen acknowledged for longer than allowed; acceptors are inhibited."""

    silent_ms: int


@dataclass(frozen=True, slots=True)
class ScreenSeen(Fact):
    """A screen acknowledges again."""


@dataclass(frozen=True, slots=True)
class SpaceShrank(Fact):
    """Free disk space crossed a limit: ``level`` is ok, low (no new cash visit) or full (out of service)."""

    level: str
    free_mib: int


# --- devices --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeviceWentOffline(Fact):
    """A device stopped answering."""

    device: str
    kind: str
    fault: str


@dataclass(frozen=True, slots=True)
class DeviceCameOnline(Fact):
    """A device answered for the first time since start or since it was lost."""

    device: str
    kind: str


@dataclass(frozen=True, slots=True)
class DeviceTroubled(Fact):
    """A device reported a condition (``fault``) with its own ``detail`` code, or, with an empty fault, that it went away."""

    device: str
    kind: str
    fault: str
    detail: int


@dataclass(frozen=True, slots=True)
class LineWasNoisy(Fact):
    """Bytes that made no frame passed the reporting threshold."""

    device: str
    dropped: int


@dataclass(frozen=True, slots=True)
class AcceptorBaselined(Fact):
    """First contact with a coin acceptor or note validator since start, reset or exchange.

    ``counts`` are its non-volatile accept counts as (position, total), None when it keeps none; ``kept_total`` is a note
    validator's own count of notes kept, ``recycled`` how many of them lie in its recyclers, for one that counts what is inside.
    ``is_new`` when another serial number answers than before: nothing can be compared and the cash box needs a count.
    """

    device: str
    serial: int
    device_epoch: int
    event_no: int
    counts: tuple[tuple[int, int], ...] | None
    is_new: bool
    was_restarted: bool
    kept_total: int | None = None
    recycled: int | None = None


@dataclass(frozen=True, slots=True)
class CoinCredited(Fact):
    """A coin is in ``container`` and is the visit's credit. ``(serial, device_epoch, event_no)`` names it for ever."""

    visit: str
    device: str
    serial: int
    device_epoch: int
    event_no: int
    position: int
    path: int
    value_minor: int
    container: str


@dataclass(frozen=True, slots=True)
class CoinFound(Fact):
    """The acceptor's own counts show ``qty`` coins that no event told us of; credit of the visit, else suspense."""

    visit: str
    device: str
    position: int
    qty: int
    value_minor: int
    container: str


@dataclass(frozen=True, slots=True)
class CoinTested(Fact):
    """A coin that came while a clerk had the kiosk in service: the vendor's own money, in ``container``."""

    clerk: str
    device: str
    serial: int
    device_epoch: int
    event_no: int
    position: int
    value_minor: int
    container: str


@dataclass(frozen=True, slots=True)
class CoinTurnedAway(Fact):
    """The acceptor's error event: evidence for a claim. ``is_returned`` None: nobody knows where the coin is."""

    visit: str
    device: str
    serial: int
    device_epoch: int
    event_no: int
    code: int
    fault: str
    is_returned: bool | None


@dataclass(frozen=True, slots=True)
class MoneyPossiblySwallowed(Fact):
    """Coins may have been taken without a record: ``reason`` says how we know. A claim about this window is CONSISTENT.

    ``qty`` events are missing (0: not known); ``event_no`` is the last accounted event.
    """

    visit: str
    device: str
    serial: int
    device_epoch: int
    event_no: int
    qty: int
    reason: str


@dataclass(frozen=True, slots=True)
class HopperBaselined(Fact):
    """First contact with a hopper since start, loss or exchange."""

    device: str
    serial: int
    value_minor: int
    paid_total: int | None
    is_low: bool | None
    is_new: bool
    lost_power: bool
    level: int | None = None


@dataclass(frozen=True, slots=True)
class HopperLevelRead(Fact):
    """The hopper's low level sensor changed."""

    device: str
    is_low: bool


@dataclass(frozen=True, slots=True)
class HopperCounted(Fact):
    """The tube's own count changed by a clerk's hands: in service, or later by what the clerk typed in."""

    device: str
    level: int


@dataclass(frozen=True, slots=True)
class HopperDiffered(Fact):
    """``qty`` coins left that no job of ours asked for: by the hopper's own count, or by its own word on a job.

    Or they never came: a clerk typed them in, and a tube that begins anew does not have them.
    """

    device: str
    value_minor: int
    qty: int
    paid_total: int | None
    job: str
    level: int | None = None


@dataclass(frozen=True, slots=True)
class NoteStackStarted(Fact):
    """About to keep the note in escrow: the intent, with the validator's own count of kept notes before it."""

    job: str
    visit: str
    device: str
    position: int
    value_minor: int
    kept_total: int | None


@dataclass(frozen=True, slots=True)
class NoteReturnStarted(Fact):
    """About to give the note in escrow back: the intent; ``reason`` says why it was not kept."""

    job: str
    visit: str
    device: str
    position: int
    value_minor: int
    kept_total: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class NoteCredited(Fact):
    """A note is in ``container`` and is the visit's credit; with no visit it belongs to nobody yet.

    ``(serial, device_epoch, event_no)`` names it for ever. ``job`` is the intent that it closes, empty when there was none.
    """

    job: str
    visit: str
    device: str
    serial: int
    device_epoch: int
    event_no: int
    position: int
    value_minor: int
    container: str
    kept_total: int | None


@dataclass(frozen=True, slots=True)
class NoteFound(Fact):
    """The validator's own count shows that the note of the open ``job`` was kept, though nobody was told."""

    job: str
    visit: str
    device: str
    value_minor: int
    container: str


@dataclass(frozen=True, slots=True)
class NotesMoved(Fact):
    """Notes went from a recycler to the stacker: the recycler counts fewer, and the validator counts all that it had."""

    device: str
    validator: str
    value_minor: int
    qty: int
    container: str
    level: int


@dataclass(frozen=True, slots=True)
class NoteReturned(Fact):
    """The note in escrow is back in the shopper's hand: nothing is owed. ``job`` is the intent that it closes."""

    job: str
    visit: str
    device: str
    position: int
    fault: str
    is_recovered: bool


@dataclass(frozen=True, slots=True)
class NoteLost(Fact):
    """Nobody can say where the note in escrow is: its value, if it has one here, becomes an uncertain debt, against suspense."""

    job: str
    visit: str
    device: str
    value_minor: int
    fault: str


@dataclass(frozen=True, slots=True)
class NoteTurnedAway(Fact):
    """The validator refused a note: evidence for a claim, unless it gave it back. ``is_returned`` None: nobody knows."""

    visit: str
    device: str
    code: int
    fault: str
    is_returned: bool | None = None


@dataclass(frozen=True, slots=True)
class StrayDropSeen(Fact):
    """The drop sensor saw something fall with no job open: evidence for a claim, it belongs to no sale."""

    device: str


# --- a visit --------------------------------------------------------------------------------------------------------


class Opening(StrEnum):
    """What opened a visit."""

    COIN = "coin"
    NOTE = "note"
    CHOICE = "choice"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class VisitOpened(Fact):
    """A shopper began."""

    visit: str
    language: str
    opened_by: Opening


@dataclass(frozen=True, slots=True)
class LanguageChosen(Fact):
    """The screen speaks another language; the cart stays."""

    language: str


@dataclass(frozen=True, slots=True)
class ComfortChosen(Fact):
    """Larger text or more time, until the visit ends."""

    large_text: bool
    more_time: bool


@dataclass(frozen=True, slots=True)
class CodeSaid:
    """What a scanned code said of this very piece beside its number, and what its price was worked out from.

    Attributes:
        code: The scan, cleaned, at most 64 characters.
        price_minor: The price that stands in the code; 0 when it has none that counts.
        weight_mg: The net weight by which the price was worked out, in milligrams; 0 when it was not.
        unit_price_minor: The price of a kilogram that it was worked out with; 0 when it was not.
        step_minor: The smallest coin, to whose multiple the price was brought; 0 when the code has no part in the price.
        lot: Batch or lot, as printed.
        expires_on: Not to be sold after that day; ISO 8601, empty when the code does not say.
        best_before_on: Best before that day; likewise.
    """

    code: str
    price_minor: int = 0
    weight_mg: int = 0
    unit_price_minor: int = 0
    step_minor: int = 0
    lot: str = ""
    expires_on: str = ""
    best_before_on: str = ""


@dataclass(frozen=True, slots=True)
class LineAdded(Fact):
    """One piece in the cart at the price shown. ``coil`` is 0 for goods taken from the shelf.

    ``said`` is what the piece's own code said, when it said more than a number. ``deposit_minor`` is the part of
    ``price_minor`` that is the deposit on the pack; None where there is none. ``was_minor`` is the price
    before a mark-down.
    """

    visit: str
    line: int
    sku: str
    slot: str
    device: str
    coil: int
    price_minor: int
    tax_class: str
    tax_rate_bp: int
    said: CodeSaid | None = None
    deposit_minor: int | None = None
    was_minor: int | None = None


@dataclass(frozen=True, slots=True)
class LineRemoved(Fact):
    """The shopper put it back; free and silent."""

    visit: str
    line: int


@dataclass(frozen=True, slots=True)
class CodeUnknown(Fact):
    """A scan we could not sell: kept for the vendor. ``code`` is cleaned text of at most 64 characters."""

    visit: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class VendStarted(Fact):
    """About to turn a coil, or to let an old machine sell: the intent."""

    job: str
    visit: str
    line: int
    device: str
    slot: str
    coil: int
    sku: str
    price_minor: int
    request: int | None = None
    """The question of an old machine that this answers with yes; None for a coil of ours."""


@dataclass(frozen=True, slots=True)
class MachineVendDenied(Fact):
    """About to tell an old machine no: it asked as ``request`` to sell ``item`` for ``amount_minor``; evidence for a claim."""

    visit: str
    device: str
    request: int
    item: int
    amount_minor: int
    reason: str


class VendOutcome(StrEnum):
    """What became of a vend."""

    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class VendEnded(Fact):
    """The outcome of a vend. FAILED leaves the money held; UNKNOWN makes it owed and the slot needs a count."""

    job: str
    visit: str
    line: int
    slot: str
    sku: str
    outcome: VendOutcome
    fault: str
    seen: bool
    is_recovered: bool


@dataclass(frozen=True, slots=True)
class DropDoubted(Fact):
    """Goods were seen falling for ``job`` while a piece hung in each coil of ``hung``: what fell may be one of those.

    The job stays delivered, for the sensor cannot tell pieces apart; a claim about its goods is not contradicted by it.
    """

    job: str
    visit: str
    line: int
    slot: str
    hung: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One line of a closed sale."""

    line: int
    sku: str
    slot: str
    coil: int
    price_minor: int
    tax_class: str


@dataclass(frozen=True, slots=True)
class TaxPart:
    """Tax contained in a sale, per class: ``gross_minor`` includes ``tax_minor``."""

    tax_class: str
    rate_bp: int
    gross_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class SaleClosed(Fact):
    """Goods, their payment, their stock movement and the receipt number: one entry, one commit.

    ``codes`` are the numbers of lines whose own code said more than a number, each with what it said; None when none did.
    ``costs`` are what the goods of each line cost the vendor, without tax, line by line; 0 for goods of no catalogue.
    ``deposits`` are the numbers of lines with a deposit, each with the part of its price that is one; None when none has.
    ``lots`` are the numbers of lines whose piece has a date or lot by the book, each with its last day of sale (ISO 8601) and its
    lot; ``marks`` those of lines that were marked down, each with its price before.
    """

    visit: str
    receipt_no: int
    lines: tuple[SaleLine, ...]
    total_minor: int
    taxes: tuple[TaxPart, ...]
    is_recovered: bool
    codes: tuple[tuple[int, CodeSaid], ...] | None = None
    costs: tuple[int, ...] | None = None
    deposits: tuple[tuple[int, int], ...] | None = None
    lots: tuple[tuple[int, str, str], ...] | None = None
    marks: tuple[tuple[int, int], ...] | None = None


@dataclass(frozen=True, slots=True)
class SecondChoiceOffered(Fact):
    """A vend failed and its money is held: the shopper may choose again, or waits and gets it back."""

    visit: str


class Settling(StrEnum):
    """Why money goes back."""

    CHANGE = "change"
    MONEY_BACK = "money_back"
    CARD = "card"
    IDLE = "idle"
    CLERK = "clerk"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class SettlingStarted(Fact):
    """The visit's remaining credit goes back to the shopper; lines not sold are dropped."""

    visit: str
    reason: Settling
    amount_minor: int


@dataclass(frozen=True, slots=True)
class PayoutStarted(Fact):
    """About to pay coins or notes: the intent, with the hopper's lifetime count and its count of pieces before it."""

    job: str
    visit: str
    device: str
    qty: int
    value_minor: int
    paid_total: int | None
    level: int | None = None


@dataclass(frozen=True, slots=True)
class PayoutEnded(Fact):
    """``paid_qty`` coins of the job reached the shopper; fewer than asked leave the rest held."""

    job: str
    visit: str
    device: str
    value_minor: int
    asked_qty: int
    paid_qty: int
    paid_total: int | None
    fault: str
    is_recovered: bool
    level: int | None = None


@dataclass(frozen=True, slots=True)
class PayoutLost(Fact):
    """The hopper cannot say what it paid for the job; the whole amount becomes an uncertain debt."""

    job: str
    visit: str
    device: str
    value_minor: int
    asked_qty: int
    fault: str


@dataclass(frozen=True, slots=True)
class DebtRecorded(Fact):
    """Credit that could not be given back is owed under a code. Uncertain debts are never paid without a person's decision."""

    debt: str
    visit: str
    amount_minor: int
    reason: str
    is_certain: bool
    job: str


@dataclass(frozen=True, slots=True)
class VisitSettled(Fact):
    """The visit is over; its credit is 0."""

    visit: str


@dataclass(frozen=True, slots=True)
class ThanksEnded(Fact):
    """The thank-you page was left; the screen waits for the next shopper in the first language."""

    visit: str


@dataclass(frozen=True, slots=True)
class PrintStarted(Fact):
    """About to print the receipt of a visit; ``is_copy`` marks every print after the first."""

    job: str
    visit: str
    language: str
    is_copy: bool


@dataclass(frozen=True, slots=True)
class PrintClosed(Fact):
    """What became of a print."""

    job: str
    visit: str
    result: str
    fault: str


# --- cards ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CardRequested(Fact):
    """About to ask the card's side for ``amount_minor``: the intent. The cart stands as it is until the answer."""

    job: str
    visit: str
    device: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class CardCancelStarted(Fact):
    """About to withdraw the open request; what the reader says to it decides.

    ``turns_to`` is the other reader where the card was shown: it is asked once this request is surely withdrawn.
    """

    job: str
    visit: str
    device: str
    turns_to: str | None = None


@dataclass(frozen=True, slots=True)
class CardApproved(Fact):
    """The card's side charged ``charged_minor`` for a request of ``asked_minor``: the visit's credit.

    A smaller charge is the card's side's discount, which the vendor grants; a larger one is credit like any other money.
    """

    job: str
    visit: str
    device: str
    asked_minor: int
    charged_minor: int


@dataclass(frozen=True, slots=True)
class CardDenied(Fact):
    """The request was refused; nothing was charged."""

    job: str
    visit: str
    device: str
    fault: str


@dataclass(frozen=True, slots=True)
class CardCancelled(Fact):
    """The request was withdrawn; nothing was charged."""

    job: str
    visit: str
    device: str


@dataclass(frozen=True, slots=True)
class CardSettleStarted(Fact):
    """About to tell the reader that the goods were delivered."""

    job: str
    visit: str
    device: str


@dataclass(frozen=True, slots=True)
class CardSettled(Fact):
    """The charge is final."""

    job: str
    visit: str
    device: str


@dataclass(frozen=True, slots=True)
class CardRefundStarted(Fact):
    """About to have the charge given back, because nothing was delivered for it."""

    job: str
    visit: str
    device: str


@dataclass(frozen=True, slots=True)
class CardRefunded(Fact):
    """The card's side gave the charge back."""

    job: str
    visit: str
    device: str
    asked_minor: int
    charged_minor: int


@dataclass(frozen=True, slots=True)
class CardRefundFailed(Fact):
    """The card's side could not give the charge back: it stays the visit's credit."""

    job: str
    visit: str
    device: str
    fault: str


@dataclass(frozen=True, slots=True)
class CardLost(Fact):
    """Nobody can say what became of the request, the charge or its refund.

    Before an approval (``is_charged`` false) the amount is credited against suspense, so that it can be owed, uncertain.
    """

    job: str
    visit: str
    device: str
    amount_minor: int
    is_charged: bool
    fault: str


@dataclass(frozen=True, slots=True)
class CardApprovedLate(Fact):
    """The card's side charged for a request that was given up, denied or withdrawn before: nobody gets goods for it.

    ``visit`` is the request's, which may be over. ``debt`` is the uncertain debt that the charge leaves, empty when the one
    stands, or was paid, that was recorded when the request was lost. With ``is_refunding`` it is about to be given back.
    """

    job: str
    visit: str
    device: str
    charged_minor: int
    debt: str
    is_refunding: bool


@dataclass(frozen=True, slots=True)
class CardLateRefundEnded(Fact):
    """What became of giving a late charge back.

    When ``is_refunded`` its debt of ``owed_minor`` (0: paid meanwhile) is no more, else the debt waits for a person.
    """

    job: str
    visit: str
    device: str
    debt: str
    charged_minor: int
    owed_minor: int
    is_refunded: bool
    fault: str


@dataclass(frozen=True, slots=True)
class CardLoadStarted(Fact):
    """About to have ``amount_minor`` of the visit's credit put onto the shopper's card: the intent."""

    job: str
    visit: str
    device: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class CardLoaded(Fact):
    """The reader put the amount onto the card: the vendor owes it to the card's side."""

    job: str
    visit: str
    device: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class CardLoadRefused(Fact):
    """Nothing was put onto a card; the credit stands, and goes back in coins."""

    job: str
    visit: str
    device: str
    fault: str


@dataclass(frozen=True, slots=True)
class CardLoadLost(Fact):
    """Nobody can say whether the money is on the card: the whole amount becomes an uncertain debt."""

    job: str
    visit: str
    device: str
    amount_minor: int
    fault: str


# --- debts and claims -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DebtRedeemed(Fact):
    """The debt's code was used: owed becomes the visit's credit, once."""

    debt: str
    visit: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class DebtCodeRefused(Fact):
    """A typed code pays nothing here."""

    reason: str


@dataclass(frozen=True, slots=True)
class DebtReleased(Fact):
    """A person decided that an uncertain debt is to be paid."""

    debt: str
    claim: str
    by: str


@dataclass(frozen=True, slots=True)
class DebtReduced(Fact):
    """A person decided, with a reason, that of an uncertain debt only ``left_minor`` is owed; the rest goes to suspense."""

    debt: str
    claim: str
    amount_minor: int
    left_minor: int
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class DebtDropped(Fact):
    """A person decided, with a reason, that an uncertain debt is not owed; the money goes to suspense until a count."""

    debt: str
    claim: str
    amount_minor: int
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class GoodwillGranted(Fact):
    """The vendor gives credit for a claim that the till never saw: a new debt with its own code."""

    debt: str
    claim: str
    amount_minor: int
    by: str


@dataclass(frozen=True, slots=True)
class CashHandedOver(Fact):
    """A clerk paid a debt out of the vendor's pocket."""

    debt: str
    amount_minor: int
    by: str


@dataclass(frozen=True, slots=True)
class VoucherMade(Fact):
    """The debt's code is credit for goods from now on: typed alone it waits for a choice, and it pays for longer."""

    debt: str
    claim: str
    by: str


class Means(StrEnum):
    """How a debt was paid outside the kiosk."""

    BANK = "bank"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class DebtTransferred(Fact):
    """A person paid a debt outside the kiosk, and noted it by hand: ``reference`` and the day ``paid_on`` (ISO 8601) find it."""

    debt: str
    amount_minor: int
    by: str
    means: str
    reference: str
    paid_on: str


class About(StrEnum):
    """What a claim is about."""

    NO_MONEY_BACK = "no_money_back"
    NO_GOODS = "no_goods"
    BAD_GOODS = "bad_goods"
    SWALLOWED = "swallowed"


class Verdict(StrEnum):
    """What the journal says about a claim."""

    PROVEN = "proven"
    CONSISTENT = "consistent"
    UNSEEN = "unseen"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class ClaimOpened(Fact):
    """Somebody says that money or goods are missing. ``token`` is the sender's id, ``subject`` the key of an erasable row.

    ``by`` typed it in at the desk for somebody else; None for whoever made it themselves.
    """

    claim: str
    token: str
    about: About
    visit: str
    said_minor: int
    channel: str
    subject: str
    by: str | None = None


@dataclass(frozen=True, slots=True)
class ClaimWeighed(Fact):
    """The journal's verdict and the sequence numbers it rests on; ``debt`` is the debt that proves it."""

    claim: str
    verdict: Verdict
    amount_minor: int
    debt: str
    evidence: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ClaimPromised(Fact):
    """The claimant was told that a person answers by ``due_at``; from ``remind_at`` on the vendor is reminded (UTC, ISO 8601)."""

    claim: str
    due_at: str
    remind_at: str


class Stage(StrEnum):
    """How near the promised answer of a claim is."""

    SOON = "soon"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class ClaimReminded(Fact):
    """The promised answer is due soon, or late: said once of each."""

    claim: str
    stage: str


@dataclass(frozen=True, slots=True)
class ClaimWithheld(Fact):
    """The journal proves the claim, and it is not paid by itself: ``bound`` names the limit that holds it for a person."""

    claim: str
    bound: str
    most_minor: int


@dataclass(frozen=True, slots=True)
class ClaimProposed(Fact):
    """The first of two people would pay the claim; nothing is owed by it until a second one agrees."""

    claim: str
    amount_minor: int
    by: str
    way: str
    reason: str


@dataclass(frozen=True, slots=True)
class ClaimSeconded(Fact):
    """The second person agrees to what ``first`` proposed; what it does stands in the entries after this."""

    claim: str
    first: str
    by: str


class Fate(StrEnum):
    """What became of goods that were brought back."""

    SHELF = "shelf"
    SPOILED = "spoiled"


@dataclass(frozen=True, slots=True)
class GoodsReturned(Fact):
    """A piece came back with the claim; its stock moves in the entries after this, in the same commit."""

    claim: str
    sku: str
    slot: str
    fate: str
    by: str


@dataclass(frozen=True, slots=True)
class ClaimApproved(Fact):
    """The claim will be paid through ``debt``."""

    claim: str
    debt: str
    amount_minor: int
    by: str


@dataclass(frozen=True, slots=True)
class ClaimRefused(Fact):
    """The claim will not be paid; ``reason`` is shown to both sides."""

    claim: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class ContactErased(Fact):
    """The personal details under ``subject`` were erased; the claim stays."""

    subject: str
    by: str


# --- service and the desk -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ServiceStarted(Fact):
    """A clerk signed in at the kiosk."""

    clerk: str


@dataclass(frozen=True, slots=True)
class ServiceEnded(Fact):
    """The clerk left."""

    clerk: str


@dataclass(frozen=True, slots=True)
class CashFilled(Fact):
    """The clerk put the vendor's coins into a hopper (opening float or refill)."""

    token: str
    clerk: str
    device: str
    container: str
    value_minor: int
    qty: int


@dataclass(frozen=True, slots=True)
class CashMoveStarted(Fact):
    """About to send all but ``keep`` pieces of a recycler or coin unit into its own box or stacker: the intent.

    ``container`` is where they go; ``level`` the device's own count of pieces before it, None when it was not told.
    """

    token: str
    job: str
    clerk: str
    device: str
    keep: int
    container: str
    level: int | None


@dataclass(frozen=True, slots=True)
class CashMoveEnded(Fact):
    """``qty`` pieces went from the device into ``container``; nothing left the machine. ``level`` is its own count afterwards.

    ``fault`` says why more is inside than was to stay, or why nobody can tell (then ``qty`` is 0 and the books wait for a count).
    """

    job: str
    device: str
    value_minor: int
    qty: int
    container: str
    level: int | None
    fault: str
    is_recovered: bool


@dataclass(frozen=True, slots=True)
class CashCollected(Fact):
    """The clerk emptied ``container`` and counted it; the variance is booked, not argued with."""

    token: str
    clerk: str
    collection: str
    container: str
    expected_minor: int
    counted_minor: int


@dataclass(frozen=True, slots=True)
class CashTaken:
    """What the books say was in a container at the moment it was taken out; ``pieces`` are pairs of a value and how many."""

    container: str
    expected_minor: int
    pieces: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class CashCounted:
    """What was found in a container: ``pieces`` are pairs of a coin's or note's value and how many of it."""

    container: str
    counted_minor: int
    pieces: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class CollectionStarted(Fact):
    """Box and stackers are out of the machine: this entry is where the period ends, whatever the clock says.

    What falls in afterwards belongs to the next collection. ``float_minor`` is the change that stays inside, by the books.
    """

    token: str
    clerk: str
    collection: str
    taken: tuple[CashTaken, ...]
    float_minor: int


@dataclass(frozen=True, slots=True)
class CollectionCounted(Fact):
    """The collection was counted and sealed in ``bag`` (empty: without a number); the variance is booked, not argued with.

    ``float_left_minor`` is the change that ``by`` says stayed in the machine. It is kept to be compared and never booked: what
    hoppers hold follows from their own counts.
    """

    token: str
    by: str
    collection: str
    bag: str
    counted: tuple[CashCounted, ...]
    expected_minor: int
    counted_minor: int
    float_left_minor: int


@dataclass(frozen=True, slots=True)
class CollectionRecounted(Fact):
    """A count was wrong: what was found after all, by whom and why. The first count stays in its own entry."""

    token: str
    by: str
    collection: str
    reason: str
    counted: tuple[CashCounted, ...]
    was_minor: int
    counted_minor: int


@dataclass(frozen=True, slots=True)
class BagHandedOver(Fact):
    """The bag of a collection changed hands: ``to`` has it now."""

    token: str
    by: str
    collection: str
    bag: str
    amount_minor: int
    to: str


@dataclass(frozen=True, slots=True)
class BagBanked(Fact):
    """The bag of a collection was paid in: ``banked_minor`` is what the bank or safe counted, the difference is booked."""

    token: str
    by: str
    collection: str
    bag: str
    amount_minor: int
    banked_minor: int


@dataclass(frozen=True, slots=True)
class DayTotals:
    """Sums of trade over a stretch of the journal; each counts up only.

    Attributes:
        sales: Closed sales.
        pieces: Pieces sold.
        gross_minor: Price of what was sold, tax included.
        taxes: The same by tax class and rate.
        deposit_minor: The part of it that is deposits.
        coins_minor: Coins that shoppers put in.
        notes_minor: Notes that shoppers put in.
        change_minor: Coins and notes paid back.
        card_minor: Charged to cards.
        card_refunded_minor: Charges given back.
        card_loaded_minor: Put onto cards.
        owed_minor: Became owed under a code.
        redeemed_minor: Debts whose code was used.
        handed_over_minor: Debts paid by hand.
        transferred_minor: Debts paid from the vendor's account.
        goodwill_minor: Granted for claims.
        coil_tests: Coils turned by clerks to try them; never sales.
    """

    sales: int = 0
    pieces: int = 0
    gross_minor: int = 0
    taxes: tuple[TaxPart, ...] = ()
    deposit_minor: int = 0
    coins_minor: int = 0
    notes_minor: int = 0
    change_minor: int = 0
    card_minor: int = 0
    card_refunded_minor: int = 0
    card_loaded_minor: int = 0
    owed_minor: int = 0
    redeemed_minor: int = 0
    handed_over_minor: int = 0
    transferred_minor: int = 0
    goodwill_minor: int = 0
    coil_tests: int = 0


@dataclass(frozen=True, slots=True)
class Practice:
    """Visits that were only practised over a stretch of the journal, and what they would have come to: in no sum of trade."""

    visits: int = 0
    total_minor: int = 0


@dataclass(frozen=True, slots=True)
class DayClosed(Fact):
    """A day was closed: ``period`` is what happened after entry ``since_seq`` of epoch ``since_epoch``, up to this one.

    ``number`` has no gaps. ``perpetual`` counts from the journal's first entry. ``practice`` and ``practice_ever`` are the
    same two of visits that were only practised; the first closes did not say them.
    """

    token: str
    by: str
    number: int
    since_epoch: int
    since_seq: int
    period: DayTotals
    perpetual: DayTotals
    practice: Practice | None = None
    practice_ever: Practice | None = None


@dataclass(frozen=True, slots=True)
class CoilTestStarted(Fact):
    """About to turn a coil for a clerk who tries it: the intent. Whatever comes of it is no sale."""

    token: str
    job: str
    clerk: str
    device: str
    slot: str
    coil: int
    sku: str


@dataclass(frozen=True, slots=True)
class CoilTestEnded(Fact):
    """What became of a coil that a clerk tried. DELIVERED takes a piece out of the book; after UNKNOWN the coil needs a count.

    ``expires_on`` and ``lot`` name the piece where the book has dates.
    """

    job: str
    slot: str
    sku: str
    outcome: VendOutcome
    fault: str
    is_recovered: bool
    expires_on: str = ""
    lot: str = ""


@dataclass(frozen=True, slots=True)
class DrawerOpenStarted(Fact):
    """About to open the cash drawer for a clerk: the intent. It is never sent a second time."""

    token: str
    job: str
    clerk: str
    device: str


@dataclass(frozen=True, slots=True)
class DrawerOpenEnded(Fact):
    """What the printer said of the pulse; whether the drawer came open, only the clerk saw."""

    job: str
    device: str
    result: str
    fault: str


@dataclass(frozen=True, slots=True)
class TrainingBegan(Fact):
    """A clerk lets somebody practise at the kiosk: until it ends nothing is sold, taken or moved."""

    training: str
    clerk: str


@dataclass(frozen=True, slots=True)
class TrainingSettled(Fact):
    """A visit that was only practised: no sale, no money, no goods, and in no figure of them.

    Attributes:
        training: The training it belongs to.
        number: Of all visits practised here, since the journal's first entry; without a gap, apart from receipt numbers.
        lines: What would have been sold; empty when nothing would.
        total_minor: Its price.
        coins_minor: Coins that were pretended to be put in.
        notes_minor: Notes, likewise.
        card_minor: Charged to a pretended card.
        back_minor: What would have come back of it: change, money back, or to the card.
        undelivered: Coils that were made to fail.
        is_finished: False when the training ended in the middle of it.
        perpetual_minor: The totals of all practised visits since the journal's first entry, with this one.
    """

    training: str
    number: int
    lines: tuple[SaleLine, ...]
    total_minor: int
    coins_minor: int
    notes_minor: int
    card_minor: int
    back_minor: int
    undelivered: int
    is_finished: bool
    perpetual_minor: int


class TrainingEnd(StrEnum):
    """Why a training ended."""

    ASKED = "asked"
    """Whoever is signed in ended it."""
    TIME_OUT = "time_out"
    """Nobody touched it for as long as an unattended service screen stays open."""
    HALTED = "halted"
    STOPPED = "stopped"
    POWER = "power"
    """The kiosk started again: whatever was practised at that moment is gone."""
    BROKEN = "broken"
    """The pretended till contradicted itself; the real one goes on."""


@dataclass(frozen=True, slots=True)
class TrainingEnded(Fact):
    """The training is over after ``visits`` practised visits; ``clerk`` is who began it."""

    training: str
    clerk: str
    reason: TrainingEnd
    visits: int


LotPart = tuple[str, str, int]
"""Pieces of one lot: the last day of sale (ISO 8601) and the lot as printed, empty where nobody said, and how many, signed."""


@dataclass(frozen=True, slots=True)
class StockMoved(Fact):
    """Goods moved by a person: ``qty`` is signed, at ``slot``.

    ``move`` is receive, fill, take_out, spoilage, transfer or count, or return: goods that a shopper brought back.

    Attributes:
        slot: A place of the plan, or `STORE`.
        lots: The lots that ``qty`` is made of; None when nobody knows of any.
        reason: Why goods were thrown away: expired, damaged or other.
        other: Where they came from or went: `STORE`, which changes by as much the other way, a supplier or another site.
        was: A count's book before it: ``was + qty`` pieces were found.
        cost_minor: What a piece cost the vendor at that moment, without tax; None where nobody knew.
        transfer: The number of the transfer that they left with, or came with from ``other``.
        sent: Of what came with a transfer: the pieces that had been sent; what is missing was lost on the way.
    """

    token: str
    by: str
    sku: str
    slot: str
    move: str
    qty: int
    lots: tuple[LotPart, ...] | None = None
    reason: str | None = None
    other: str | None = None
    was: int | None = None
    cost_minor: int | None = None
    transfer: str | None = None
    sent: int | None = None


@dataclass(frozen=True, slots=True)
class TransferClosed(Fact):
    """Goods that this kiosk sent are no more on their way, as somebody here was told.

    Attributes:
        transfer: Its number.
        sku: Whose pieces.
        qty: How many had been sent.
        outcome: arrived: the other end has them in its own books; lost: they are nowhere, and a loss of this kiosk.
        cost_minor: What a piece cost the vendor at that moment; None where nobody knew.
    """

    token: str
    by: str
    transfer: str
    sku: str
    qty: int
    outcome: str
    cost_minor: int | None


@dataclass(frozen=True, slots=True)
class SlotCounted(Fact):
    """A coil was looked at: it holds ``qty`` pieces of ``sku`` and nothing else, and may sell again.

    Attributes:
        move: Whether it was a fill or a count.
        was: The book of this product there before.
        lots: What changed, by lot: the sum is ``qty - was``. None: from here on nobody knows any date.
        other: `STORE` when it was filled from there.
        cost_minor: What a piece cost the vendor at that moment, without tax; None where nobody knew.
    """

    token: str
    by: str
    slot: str
    sku: str
    qty: int
    move: str | None = None
    was: int | None = None
    lots: tuple[LotPart, ...] | None = None
    other: str | None = None
    cost_minor: int | None = None


STORE: Final = "store"
"""The storeroom or van of the kiosk's site, as a place: not for sale. No place of a plan is written in small letters."""


@dataclass(frozen=True, slots=True)
class RoundStarted(Fact):
    """A clerk's round began: waste, filling, counts, cash. What is done in it carries ``round:task`` as its token."""

    token: str
    round: str
    by: str


@dataclass(frozen=True, slots=True)
class RoundTaskLeft(Fact):
    """A task of the round was left undone on purpose."""

    token: str
    round: str
    task: str
    by: str


@dataclass(frozen=True, slots=True)
class RoundEnded(Fact):
    """The round is over; one that was forgotten is ended by whoever begins the next, without a token."""

    token: str
    round: str
    by: str


@dataclass(frozen=True, slots=True)
class CatalogueImported(Fact):
    """A goods file was taken over as a whole; ``digest`` is the SHA-256 of its bytes."""

    by: str
    products: int
    slots: int
    digest: str


@dataclass(frozen=True, slots=True)
class ProductSaved(Fact):
    """A product was made or changed; ``fields`` are the columns that differ, each with what it said and what it says."""

    by: str
    sku: str
    is_new: bool
    fields: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class ProductRetired(Fact):
    """A product is not sold any more; it stays for its name."""

    by: str
    sku: str


@dataclass(frozen=True, slots=True)
class LabelsSet(Fact):
    """The table of labels with a price, weight or count inside was replaced; ``digest`` is the SHA-256 of it as a file."""

    by: str
    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class PriceSet(Fact):
    """A product's price changed; ``plan`` names the plan that it follows from, None when somebody set it by itself."""

    by: str
    sku: str
    was_minor: int
    price_minor: int
    plan: str | None = None


@dataclass(frozen=True, slots=True)
class PricesPlanned(Fact):
    """Prices that hold from the first idle moment of a day on: SKU and price each. ``from_day`` is the kiosk's own, ISO 8601."""

    plan: str
    token: str
    by: str
    from_day: str
    prices: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class PlanDropped(Fact):
    """A plan was taken back before its day."""

    plan: str
    by: str


@dataclass(frozen=True, slots=True)
class PricesTaken(Fact):
    """Planned prices hold: ``changed`` prices follow, ``passed_over`` could not be any more."""

    plan: str
    changed: int
    passed_over: int


PlaceRow = tuple[str, str, int, int, str]
"""What is planned for a place: its code, the SKU, how many pieces fit, the stock after a fill, and its zone."""

NewPlace = tuple[str, str, int]
"""A place that is to be made: its code, what it is (`inventory.catalogue.Place`), and its number there; 0 on a shelf."""


@dataclass(frozen=True, slots=True)
class PlacesPlanned(Fact):
    """Places that are planned otherwise from the first idle moment of a day on. ``from_day`` is the kiosk's own, ISO 8601.

    What a place is, a coil or a board of a shelf, and its number are the machine's and stay.

    Attributes:
        places: What they are planned for, those that are to be made too.
        new: Which of them are not there yet; None for none.
        gone: Places that are to go; None for none.
    """

    plan: str
    token: str
    by: str
    from_day: str
    places: tuple[PlaceRow, ...]
    new: tuple[NewPlace, ...] | None = None
    gone: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class PlacesTaken(Fact):
    """Planned places hold: ``changed`` places follow, ``passed_over`` could not be any more."""

    plan: str
    changed: int
    passed_over: int


@dataclass(frozen=True, slots=True)
class PlaceSet(Fact):
    """What is planned for one place changed, as its plan says; pieces that lie there stay in the books as what they are."""

    by: str
    slot: str
    sku: str
    was_sku: str
    capacity: int
    was_capacity: int
    par_qty: int
    was_par_qty: int
    zone: str
    was_zone: str
    plan: str


@dataclass(frozen=True, slots=True)
class PlaceAdded(Fact):
    """A place was made, as its plan says: on the shelf, or behind coil or item ``coil`` of a machine."""

    by: str
    slot: str
    place: str
    coil: int
    sku: str
    capacity: int
    par_qty: int
    zone: str
    plan: str


@dataclass(frozen=True, slots=True)
class PlaceRemoved(Fact):
    """A place is no more, as its plan says; nothing lay in it by the book. The other fields are what it was."""

    by: str
    slot: str
    place: str
    coil: int
    sku: str
    capacity: int
    par_qty: int
    zone: str
    plan: str


@dataclass(frozen=True, slots=True)
class AuditTaken(Fact):
    """The trade's meters were read and a new interval begins: what an audit counts "since the last reading" starts after this."""

    by: str


@dataclass(frozen=True, slots=True)
class UserSaved(Fact):
    """A desk user was made or changed; the secret lives elsewhere."""

    user: str
    role: str
    by: str


@dataclass(frozen=True, slots=True)
class SignInRefused(Fact):
    """A wrong password or PIN; ``failures`` in a row, counted through restarts."""

    user: str
    failures: int


@dataclass(frozen=True, slots=True)
class SecondStepSet(Fact):
    """The second step of somebody's sign-in was set up (``is_on``) or taken away; its secret lives elsewhere."""

    user: str
    by: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class SignedIn(Fact):
    """Somebody completed a sign-in with a second step: ``means`` is code or recovery, a code that works once."""

    by: str
    means: str


@dataclass(frozen=True, slots=True)
class SettingsChanged(Fact):
    """The kiosk started with other settings than before: ``changed`` names them, as their file does."""

    by: str
    digest: str
    changed: tuple[str, ...]


LATER: Final[dict[type[Fact], tuple[str, ...]]] = {
    AcceptorBaselined: ("kept_total", "recycled"),
    HopperBaselined: ("level",),
    HopperDiffered: ("level",),
    PayoutStarted: ("level",),
    PayoutEnded: ("level",),
    NoteTurnedAway: ("is_returned",),
    LineAdded: ("said", "deposit_minor", "was_minor"),
    SaleClosed: ("codes", "costs", "deposits", "lots", "marks"),
    StockMoved: ("lots", "reason", "other", "was", "cost_minor", "transfer", "sent"),
    SlotCounted: ("move", "was", "lots", "other", "cost_minor"),
    VendStarted: ("request",),
    PriceSet: ("plan",),
    PlacesPlanned: ("new", "gone"),
    CardCancelStarted: ("turns_to",),
    ClaimOpened: ("by",),
    DayClosed: ("practice", "practice_ever"),
}
"""The fields that a kind got after it was first stored. Without a value they are not written, so that old entries read as new
facts are written again as they were."""

KINDS: Final[dict[str, type[Fact]]] = {
    kind.__name__: kind
    for kind in list(globals().values())
    if isinstance(kind, type) and issubclass(kind, Fact) and kind is not Fact
}
"""Every fact by its stored name."""

VERSIONS: Final[dict[str, int]] = dict.fromkeys(KINDS, 1)
"""Current version of each fact; `kiosk.journal.upcast` reads the older ones."""
