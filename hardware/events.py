"""What devices tell us: the vocabulary of everything learned from a wire.

Plain frozen dataclasses. The object a driver makes is the object the till decides on; nothing translates it on the way.
Every event names its ``device`` (the name given in the configuration, not an address). Money is whole minor units.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """A device's condition, reported as data; each has a shopper's and a clerk's message of the same key."""

    JAM = "jam"
    EMPTY = "empty"
    NO_MOTOR = "no_motor"
    MOTOR_RUNS = "motor_runs"
    NOT_SEEN = "not_seen"
    SENSOR_BLOCKED = "sensor_blocked"
    REFUSED = "refused"
    NO_REPLY = "no_reply"
    LINE_NOISE = "line_noise"
    RESTARTED = "restarted"
    FRAUD = "fraud"
    SWALLOWED = "swallowed"
    SELF_CHECK = "self_check"
    PAPER_OUT = "paper_out"
    PAPER_LOW = "paper_low"
    COVER_OPEN = "cover_open"
    CUTTER = "cutter"
    UNREADABLE = "unreadable"
    TOO_LONG = "too_long"
    UNKNOWN_COIN = "unknown_coin"
    UNKNOWN_NOTE = "unknown_note"
    STACKER_FULL = "stacker_full"
    BOX_OUT = "box_out"
    DECLINED = "declined"
    TIMED_OUT = "timed_out"
    WRONG_SCALE = "wrong_scale"
    ADDRESS_CLASH = "address_clash"
    OUT_OF_SEQUENCE = "out_of_sequence"
    LOST_POWER = "lost_power"
    HUNG = "hung"
    NOT_COUNTED = "not_counted"
    UNSPECIFIED = "unspecified"


class DeviceKind(StrEnum):
    """What a device is for."""

    COIN_ACCEPTOR = "coin_acceptor"
    NOTE_VALIDATOR = "note_validator"
    HOPPER = "hopper"
    CARD_READER = "card_reader"
    COIL_BOARD = "coil_board"
    VENDING_MACHINE = "vending_machine"
    SCANNER = "scanner"
    PRINTER = "printer"


@dataclass(frozen=True, slots=True)
class DeviceEvent:
    """Base of all device events."""

    device: str


# --- the line -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeviceLost(DeviceEvent):
    """The device stopped answering (or its port vanished); repeated only after it had come back."""

    kind: DeviceKind
    fault: Fault = Fault.NO_REPLY


@dataclass(frozen=True, slots=True)
class LineNoise(DeviceEvent):
    """Bytes that made no frame passed the reporting threshold.

    ``dropped`` is their count since the last report.
    """

    dropped: int


@dataclass(frozen=True, slots=True)
class DeviceFaulted(DeviceEvent):
    """The device reports a condition that stops it from working; ``detail`` is its own code."""

    kind: DeviceKind
    fault: Fault
    detail: int = 0


@dataclass(frozen=True, slots=True)
class DeviceRecovered(DeviceEvent):
    """A reported condition went away without a restart."""

    kind: DeviceKind


# --- coins in -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AcceptCount:
    """The acceptor's own non-volatile count of accepted coins of one position."""

    position: int
    total: int


@dataclass(frozen=True, slots=True)
class AcceptorIdentified(DeviceEvent):
    """First contact, or contact after a restart of a coin acceptor or note validator; it is inhibited at this moment.

    Attributes:
        serial: The device's serial number.
        device_epoch: Rises by one when another serial answers or the event counter was reset to 0.
        event_no: Baseline: the event counter, unwrapped (0 after a reset); events up to here are accounted for
            by ``accept_counts`` or were delivered as events before this one.
        accept_counts: Non-volatile accept counts per position, or None when the device keeps none.
        restarted: The device's counter was lost (power cut or reset) since we last knew it.
        kind: Coin acceptor or note validator.
        kept_total: Note validators: notes in the stacker and recycler, or ever kept, by the device's own non-volatile count
            (modulo 2**32); None when it keeps none. It rises by one with each note kept.
        recycled: Note validators that count what is inside: how many of ``kept_total`` lie in the configured recyclers, which
            hands fill and payouts empty; None when ``kept_total`` is of all notes ever kept.
        has_counter: The device counts its events itself. Without a counter what it said while nobody heard is lost: whoever was
            there then may miss a coin.
    """

    serial: int
    device_epoch: int
    event_no: int
    accept_counts: tuple[AcceptCount, ...] | None
    restarted: bool
    kind: DeviceKind = DeviceKind.COIN_ACCEPTOR
    kept_total: int | None = None
    has_counter: bool = True
    recycled: int | None = None


@dataclass(frozen=True, slots=True)
class CoinAccepted(DeviceEvent):
    """A coin passed the credit sensor: this, and nothing before it, is money.

    ``event_no`` is the device's event counter unwrapped (it rises for ever within one ``device_epoch``), so that
    ``(serial, device_epoch, event_no)`` names this coin once and for all. ``path`` is the sorter path taken. ``into`` is the
    configured name of the hopper or tube that it fell into, empty for the cash box. A device without an event counter of its
    own has one kept by its driver, which goes on from what the journal remembers.
    """

    serial: int
    device_epoch: int
    event_no: int
    position: int
    value_minor: int
    currency: str
    path: int
    into: str = ""


@dataclass(frozen=True, slots=True)
class CoinUnvalued(DeviceEvent):
    """The acceptor credited a position for which the configuration has no value: counted, never guessed."""

    serial: int
    device_epoch: int
    event_no: int
    position: int


@dataclass(frozen=True, slots=True)
class CoinRefused(DeviceEvent):
    """The acceptor's error event; a coin may or may not have come back: ``is_returned`` None means nobody knows."""

    serial: int
    device_epoch: int
    event_no: int
    code: int
    fault: Fault
    is_returned: bool | None


@dataclass(frozen=True, slots=True)
class CoinEventsLost(DeviceEvent):
    """``qty`` events left the five-deep ring before we read them; some may have been coins."""

    serial: int
    device_epoch: int
    event_no: int
    qty: int


# --- notes in -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NoteEscrowed(DeviceEvent):
    """A note of a known value lies between hand and box and waits for `StackNote` or `ReturnNote`. It is not money yet.

    ``kept_total`` as in `AcceptorIdentified`, read before the note: None when the device keeps none.
    """

    position: int
    value_minor: int
    currency: str
    kept_total: int | None = None


@dataclass(frozen=True, slots=True)
class NoteStacked(DeviceEvent):
    """A note is in the stacker, or in the recycler ``into``: this, and nothing before it, is money.

    Named like a coin, see `CoinAccepted`. ``job`` is the `StackNote` that it answers; empty when the device took it by itself.
    """

    serial: int
    device_epoch: int
    event_no: int
    position: int
    value_minor: int
    currency: str
    into: str = ""
    job: str = ""
    kept_total: int | None = None


@dataclass(frozen=True, slots=True)
class NoteReturned(DeviceEvent):
    """The note in escrow went back to the shopper: ``job`` asked for it, or, when empty, the device did it by itself."""

    position: int
    job: str = ""
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class NoteRefused(DeviceEvent):
    """A note was turned away and is no credit; ``code`` is the device's own reason.

    ``is_returned`` when the device says that the note is out of it again; None means nobody knows.
    """

    code: int
    fault: Fault
    is_returned: bool | None = None


@dataclass(frozen=True, slots=True)
class NoteUnknown(DeviceEvent):
    """Nobody can say where the note that was in escrow is; ``job`` is what was asked of it, empty when nothing was."""

    position: int
    fault: Fault
    job: str = ""


@dataclass(frozen=True, slots=True)
class NoteUnvalued(DeviceEvent):
    """A note was kept for whose position the configuration has no value: counted, never guessed."""

    serial: int
    device_epoch: int
    event_no: int
    position: int


# --- coins and notes out ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HopperIdentified(DeviceEvent):
    """First contact, or contact after it was lost or restarted; the hopper, tube or recycler is idle at this moment.

    Attributes:
        serial: The device's serial number.
        paid_total: Non-volatile count of coins ever paid; None when the device keeps none.
        is_low: Below the low level sensor; None when there is no such sensor.
        lost_power: It reports that power failed in the middle of a payout.
        level: Pieces inside by the device's own exact count, which survives a power cut; None when it counts none.
    """

    serial: int
    paid_total: int | None
    is_low: bool | None
    lost_power: bool
    level: int | None = None


@dataclass(frozen=True, slots=True)
class HopperLevel(DeviceEvent):
    """The low level sensor changed."""

    is_low: bool


@dataclass(frozen=True, slots=True)
class HopperCounted(DeviceEvent):
    """The device's own exact count of pieces inside changed with no job of ours and no accepted coin: filled or taken by hand."""

    level: int


@dataclass(frozen=True, slots=True)
class PayoutProgressed(DeviceEvent):
    """``paid_qty`` coins of job ``job`` have left so far; for the screen only."""

    job: str
    paid_qty: int


@dataclass(frozen=True, slots=True)
class CoinsPaid(DeviceEvent):
    """A payout job ended and the hopper is idle.

    ``paid_qty`` counts coins given out for this job, from the device's own counters. ``paid_total`` is its lifetime
    count afterwards, ``level`` its count of pieces inside. ``fault`` says why fewer than asked came out.
    """

    job: str
    paid_qty: int
    paid_total: int | None
    fault: Fault | None = None
    level: int | None = None


@dataclass(frozen=True, slots=True)
class PayoutUnknown(DeviceEvent):
    """The hopper cannot say how many coins of the job left; never guessed, never repeated."""

    job: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class PiecesMoved(DeviceEvent):
    """A `LeaveFloat` ended and the unit is idle: ``moved_qty`` pieces went into the unit's own cash box or stacker.

    ``level`` is the device's count of pieces inside afterwards. ``moved_qty`` and ``level`` None: nobody can tell. ``fault`` says
    why more than what was to be left is still inside.
    """

    job: str
    moved_qty: int | None
    level: int | None
    fault: Fault | None = None


# --- cards --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CardReaderIdentified(DeviceEvent):
    """First contact with a card reader, or contact after it was lost or restarted; it has no session and no request open.

    ``can_refund`` when it gives money back after a failed delivery by itself (MDB: on VEND FAILURE).
    """

    serial: int
    can_refund: bool
    restarted: bool


@dataclass(frozen=True, slots=True)
class CardSessionBegan(DeviceEvent):
    """A card or phone was shown; ``funds_minor`` is what it says it has, None when it does not say."""

    funds_minor: int | None = None


@dataclass(frozen=True, slots=True)
class CardSessionEnded(DeviceEvent):
    """The session is over; an open job is never ended by this, it gets its own word."""


@dataclass(frozen=True, slots=True)
class CardApproved(DeviceEvent):
    """The request ``job`` was approved and ``amount_minor`` was really charged, which may differ from what was asked."""

    job: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class CardDenied(DeviceEvent):
    """The request was refused; nothing was charged. DECLINED by the card's side, TIMED_OUT, NO_REPLY when it was never sent."""

    job: str
    fault: Fault = Fault.DECLINED


@dataclass(frozen=True, slots=True)
class CardCancelled(DeviceEvent):
    """The request was withdrawn, and the reader confirmed that nothing was charged."""

    job: str


@dataclass(frozen=True, slots=True)
class CardSettled(DeviceEvent):
    """The reader knows that the goods were delivered: the charge is final."""

    job: str


@dataclass(frozen=True, slots=True)
class CardRefunded(DeviceEvent):
    """The reader gave the charged money back."""

    job: str


@dataclass(frozen=True, slots=True)
class CardRefundFailed(DeviceEvent):
    """The reader says that it could not give the charged money back."""

    job: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class CardLoaded(DeviceEvent):
    """The reader put ``amount_minor`` onto the card, for ``job``."""

    job: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class CardLoadRefused(DeviceEvent):
    """Nothing was put onto a card: refused by its side, no card came, or it was never asked."""

    job: str
    fault: Fault = Fault.DECLINED


@dataclass(frozen=True, slots=True)
class CardLoadUnknown(DeviceEvent):
    """Nobody can say whether the money is on the card; never guessed, never repeated."""

    job: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class CardUnknown(DeviceEvent):
    """Nobody can say what became of the request, the charge or the refund ``job``; never asked again."""

    job: str
    fault: Fault


# --- goods out ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CoilBoardIdentified(DeviceEvent):
    """First contact with the coil board, or contact after it was lost; it knows nothing of earlier jobs."""


@dataclass(frozen=True, slots=True)
class VendProgressed(DeviceEvent):
    """The motor of the job is turning; for the screen only."""

    job: str


@dataclass(frozen=True, slots=True)
class VendDelivered(DeviceEvent):
    """The job's goods were seen falling (``seen``), or, without a drop sensor, the motor came home."""

    job: str
    seen: bool


@dataclass(frozen=True, slots=True)
class VendFailed(DeviceEvent):
    """The board reports for certain that nothing was delivered."""

    job: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class VendUnknown(DeviceEvent):
    """Nobody can say whether goods fell; never turned again."""

    job: str
    fault: Fault


@dataclass(frozen=True, slots=True)
class DropSeen(DeviceEvent):
    """The drop sensor saw something fall with no job open: evidence only, it belongs to no sale."""


# --- an old machine that asks first ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MachineIdentified(DeviceEvent):
    """An old machine would sell for us: first contact, or contact after it was lost; it knows nothing of earlier jobs."""


@dataclass(frozen=True, slots=True)
class MachineVendAsked(DeviceEvent):
    """The machine asks whether its ``item`` may be sold for ``amount_minor``, and waits a few seconds for an answer.

    Answers are `ApproveVend` and `DenyVend`.
    ``request`` names the question while it is open. ``item`` is the machine's own number, 1 to 65535; 65535 when it has none.
    The end of an approved one is `VendDelivered`, `VendFailed` or `VendUnknown`.
    """

    request: int
    amount_minor: int
    item: int


@dataclass(frozen=True, slots=True)
class MachineVendWithdrawn(DeviceEvent):
    """The question is not open any more, and was not approved."""

    request: int


@dataclass(frozen=True, slots=True)
class MachineSessionEnded(DeviceEvent):
    """The machine ended its session without a sale: somebody pressed its return lever, or it lost patience."""


# --- scanner and printer ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CodeScanned(DeviceEvent):
    """One complete, printable code, digits in ASCII.

    ``aim`` is the AIM symbology identifier without ``]``, or empty. GS1 separators are kept as U+001D.
    """

    text: str
    aim: str = ""


@dataclass(frozen=True, slots=True)
class CodeUnreadable(DeviceEvent):
    """A scan that is no code: control characters, or longer than the limit; ``size`` in bytes, content dropped."""

    fault: Fault
    size: int


class Paper(StrEnum):
    """What the printer's paper sensors say."""

    OK = "ok"
    LOW = "low"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class PrinterStatus(DeviceEvent):
    """The printer answered; sent at first contact and on every change. Silence is `DeviceLost`, never "ok"."""

    paper: Paper
    is_online: bool
    cover_open: bool
    fault: Fault | None = None


class PrintResult(StrEnum):
    """What became of a print job."""

    PRINTED = "printed"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class PrintEnded(DeviceEvent):
    """A print job ended; PRINTED only when the printer answered after the last line."""

    job: str
    result: PrintResult
    fault: Fault | None = None


# --- evidence -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EvidenceCard:
    """What a driver's device can still tell after a power cut; recovery uses only this, "unknown" is the worst.

    Each value is one of the words used in the driver's README: ``none``, ``volatile``, ``non_volatile``, ``latched``,
    ``stops``, ``resumes``, ``unknown``.
    """

    event_counter: str = "none"
    accept_count: str = "none"
    pay_count: str = "none"
    payout_interrupted: str = "unknown"
    vend_proof: str = "none"
    level_count: str = "none"
    """Of tubes, stacker and recycler: none, estimate, exact."""
    escrow_at_power_up: str = "unknown"
    """A note in escrow when the power comes back: returns, holds, stacks, unknown."""
    card_status: str = "none"
    """Status by reference: none, last, any."""
