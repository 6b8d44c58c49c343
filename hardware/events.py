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
    LOST_POWER = "lost_power"
    UNSPECIFIED = "unspecified"


class DeviceKind(StrEnum):
    """What a device is for."""

    COIN_ACCEPTOR = "coin_acceptor"
    HOPPER = "hopper"
    COIL_BOARD = "coil_board"
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
    """First contact, or contact after a restart of the acceptor; it is inhibited at this moment.

    Attributes:
        serial: The device's serial number.
        device_epoch: Rises by one when another serial answers or the event counter was reset to 0.
        event_no: Baseline: the event counter, unwrapped (0 after a reset); events up to here are accounted for
            by ``accept_counts`` or were delivered as events before this one.
        accept_counts: Non-volatile accept counts per position, or None when the device keeps none.
        restarted: The device's counter was lost (power cut or reset) since we last knew it.
    """

    serial: int
    device_epoch: int
    event_no: int
    accept_counts: tuple[AcceptCount, ...] | None
    restarted: bool


@dataclass(frozen=True, slots=True)
class CoinAccepted(DeviceEvent):
    """A coin passed the credit sensor: this, and nothing before it, is money.

    ``event_no`` is the device's event counter unwrapped (it rises for ever within one ``device_epoch``), so that
    ``(serial, device_epoch, event_no)`` names this coin once and for all. ``path`` is the sorter path taken.
    """

    serial: int
    device_epoch: int
    event_no: int
    position: int
    value_minor: int
    currency: str
    path: int


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


# --- coins out ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HopperIdentified(DeviceEvent):
    """First contact, or contact after it was lost or restarted; the hopper is idle at this moment.

    Attributes:
        serial: The device's serial number.
        paid_total: Non-volatile count of coins ever paid; None when the device keeps none.
        is_low: Below the low level sensor; None when there is no such sensor.
        lost_power: It reports that power failed in the middle of a payout.
    """

    serial: int
    paid_total: int | None
    is_low: bool | None
    lost_power: bool


@dataclass(frozen=True, slots=True)
class HopperLevel(DeviceEvent):
    """The low level sensor changed."""

    is_low: bool


@dataclass(frozen=True, slots=True)
class PayoutProgressed(DeviceEvent):
    """``paid_qty`` coins of job ``job`` have left so far; for the screen only."""

    job: str
    paid_qty: int


@dataclass(frozen=True, slots=True)
class CoinsPaid(DeviceEvent):
    """A payout job ended and the hopper is idle.

    ``paid_qty`` counts coins given out for this job, from the device's own counters. ``paid_total`` is its lifetime
    count afterwards. ``fault`` says why fewer than asked came out.
    """

    job: str
    paid_qty: int
    paid_total: int | None
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class PayoutUnknown(DeviceEvent):
    """The hopper cannot say how many coins of the job left; never guessed, never repeated."""

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
