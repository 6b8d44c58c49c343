"""What ccTalk frames mean: headers, tables, the event ring's arithmetic and the hopper's registers.

Functions here take replies whose length was already checked; a wrong length is a `WireError` of ours, not of the line.

Source: ccTalk Generic Specification 4.7, part 2 (headers) and part 3 (tables: error codes, coin events, hopper status).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from hardware.events import Fault
from hardware.sansio import WireError

POSITIONS = range(1, 17)
"""Coin positions that the 16-bit inhibit mask of header 231 can name."""
SORTER_PATHS = range(1, 9)
"""Ways that a sorter can send a coin (specification part 2, headers 209 and 210)."""
RING = 5
"""Events that the acceptor keeps readable (header 229)."""
COUNTER_TURN = 255
"""Event counters run 1 to 255 and then 1 again; 0 is seen only after a reset."""
TOTAL_TURN = 1 << 24
"""Lifetime counters are three bytes."""
MAX_DISPENSE = 250
"""Coins of one dispense command: one byte on the wire, with room left above for an extra coin in "paid"."""
ENABLE_HOPPER = b"\xa5"
"""The only value that enables a hopper (header 164)."""
DISABLE_HOPPER = b"\x00"
INHIBITED_CODE = 2
"""Error code "inhibited coin"."""
INHIBITED_POSITIONS = range(128, 160)
"""Error codes "coin position 1 to 32 was good but inhibited"."""
EMPTY_PAIR = (0, 0)
"""Padding of the event ring, and the dummy first event of some devices."""


class Header(IntEnum):
    """Command headers; replies use REPLY, NAK and BUSY."""

    REPLY = 0
    RESET = 1
    NAK = 5
    BUSY = 6
    READ_ACCEPT_COUNT = 150
    READ_BILL_MODE = 152
    BILL_MODE = 153
    ROUTE_BILL = 154
    COUNTRY_SCALE = 156
    BILL_ID = 157
    READ_BILL_EVENTS = 159
    REQUEST_CIPHER_KEY = 160
    TEST_HOPPER = 163
    ENABLE_HOPPER = 164
    HOPPER_STATUS = 166
    DISPENSE = 167
    HOPPER_TOTAL = 168
    EMERGENCY_STOP = 172
    COIN_ID = 184
    BUILD = 192
    READ_SORTER_PATH = 209
    SORTER_PATH = 210
    PAYOUT_LEVEL = 217
    ACCEPTED_TOTAL = 225
    INSERTED_TOTAL = 226
    READ_MASTER_INHIBIT = 227
    MASTER_INHIBIT = 228
    READ_EVENTS = 229
    READ_INHIBITS = 230
    INHIBITS = 231
    SELF_CHECK = 232
    SOFTWARE = 241
    SERIAL = 242
    PRODUCT = 244
    CATEGORY = 245
    MAKER = 246
    POLLING_PRIORITY = 249
    ADDRESS_CLASH = 252
    ADDRESS_POLL = 253
    SIMPLE_POLL = 254


REPLY_LIMIT_MS = {
    # Devices start to answer within 10 ms; the rest is for adapters and a busy computer. No limit may be so long that
    # a coin acceptor on the same bus would be polled later than its 300 ms.
    Header.RESET: 200,
    Header.DISPENSE: 200,
    Header.TEST_HOPPER: 200,
    Header.MASTER_INHIBIT: 200,
    Header.INHIBITS: 200,
    Header.SIMPLE_POLL: 100,
    # Motors begin to turn, or non-volatile memory is written, before the answer.
    Header.ROUTE_BILL: 200,
    Header.BILL_MODE: 200,
    Header.SORTER_PATH: 200,
    # Every device at the address answers with one raw byte after up to 1024 ms of its own choice (part 2, header 252).
    Header.ADDRESS_CLASH: 1100,
}
"""How long a command may wait for its answer beyond the time its bytes take; others: `DEFAULT_LIMIT_MS`."""
DEFAULT_LIMIT_MS = 120

REPLY_SIZES: dict[Header, tuple[int, ...]] = {
    # A check of eight bits passes one damaged frame in a hundred; a wrong length is damage too.
    Header.RESET: (0,),
    Header.READ_ACCEPT_COUNT: (3,),
    Header.BILL_MODE: (0,),
    Header.ROUTE_BILL: (0, 1),
    Header.COUNTRY_SCALE: (3,),
    Header.BILL_ID: (7,),
    Header.READ_BILL_EVENTS: (11,),
    Header.READ_SORTER_PATH: (1, 4),
    Header.SORTER_PATH: (0,),
    Header.ACCEPTED_TOTAL: (3,),
    Header.REQUEST_CIPHER_KEY: (0, 8),
    Header.TEST_HOPPER: (1, 2, 3, 4),
    Header.ENABLE_HOPPER: (0,),
    Header.HOPPER_STATUS: (4,),
    Header.DISPENSE: (0, 1),
    Header.HOPPER_TOTAL: (3,),
    Header.EMERGENCY_STOP: (1,),
    Header.PAYOUT_LEVEL: (1,),
    Header.MASTER_INHIBIT: (0,),
    Header.READ_MASTER_INHIBIT: (1,),
    Header.READ_EVENTS: (11,),
    Header.INHIBITS: (0,),
    Header.SERIAL: (3,),
    Header.SIMPLE_POLL: (0,),
}
"""Lengths that an answer may have; a header that is not listed may have any."""

IDEMPOTENT_TRIES = 3
"""Tries of a command that may be repeated (specification part 1)."""
ONCE_ONLY = frozenset({Header.DISPENSE, Header.RESET})
"""Commands that move or forget something: never repeated because an answer is missing."""
RAW_ANSWERED = frozenset({Header.ADDRESS_CLASH, Header.ADDRESS_POLL})
"""Commands that are answered by bytes without a frame, one from each device that heard them."""


# --- numbers ------------------------------------------------------------------------------------------------------


def mask_of(positions: Iterable[int]) -> bytes:
    """The two inhibit bytes that enable exactly ``positions`` (1 to 16), low byte first.

    Raises:
        WireError: A position that the mask cannot name.
    """
    mask = 0
    for position in positions:
        if position not in POSITIONS:
            raise WireError(f"a coin position is 1 to 16, not {position}")
        mask |= 1 << position - 1
    return mask.to_bytes(2, "little")


def positions_of(mask: bytes) -> tuple[int, ...]:
    """The enabled positions of two inhibit bytes, rising."""
    bits = int.from_bytes(mask, "little")
    return tuple(position for position in POSITIONS if bits >> position - 1 & 1)


def number_of(data: bytes) -> int:
    """A little-endian number: serial (242), lifetime totals (168, 225, 226), accept count (150)."""
    return int.from_bytes(data, "little")


def three_bytes(number: int) -> bytes:
    """A 24-bit number, least byte first, wrapped as a device wraps it."""
    return (number % TOTAL_TURN).to_bytes(3, "little")


def paid_between(before: int, after: int) -> int:
    """Coins between two readings of a 24-bit lifetime count, across its wrap."""
    return (after - before) % TOTAL_TURN


# --- the event ring -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EventReply:
    """The answer to "read events" (229): the counter and five (A, B) pairs, newest first."""

    counter: int
    pairs: tuple[tuple[int, int], ...]


EMPTY_RING = EventReply(0, (EMPTY_PAIR,) * RING)
"""What a device shows after a reset."""


@lru_cache(8)  # an idle acceptor says the same thing for hours
def read_event_reply(data: bytes) -> EventReply:
    """Read the 11 bytes of a 229 reply.

    Raises:
        WireError: Not 11 bytes.
    """
    if len(data) != 1 + 2 * RING:
        raise WireError(f"an event reply is 11 bytes, not {len(data)}")
    return EventReply(data[0], tuple((data[i], data[i + 1]) for i in range(1, len(data), 2)))


def write_event_reply(reply: EventReply) -> bytes:
    """The 11 bytes of a 229 reply."""
    return bytes((reply.counter, *(number for pair in reply.pairs for number in pair)))


def following(counter: int) -> int:
    """The counter after ``counter``: 255 is followed by 1, never by 0."""
    return counter % COUNTER_TURN + 1


def new_events(last: int, now: int) -> int:
    """Events between two counter readings, ``now`` not 0; the counter skips 0, so distances are modulo 255."""
    return now if last == 0 else (now - last) % COUNTER_TURN


def counter_of(event_no: int) -> int:
    """The device's one-byte counter that an unwrapped event number shows as."""
    return 0 if event_no == 0 else (event_no - 1) % COUNTER_TURN + 1


# --- error codes --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Refusal:
    """An acceptor's error code read: what it is, and whether the coin came back (None: nobody knows)."""

    fault: Fault
    is_returned: bool | None


_FAULT_CODES = {
    Fault.JAM: (4, 5, 6, 7, 21, 31),
    Fault.NOT_SEEN: (22,),
    Fault.SENSOR_BLOCKED: (9, 10, 11, 12, 13, 14, 15, 26, 32, 33),
    Fault.FRAUD: (16, 17, 18, 19, 20, 23, 25, 37, 38, 39, 40),
    Fault.SWALLOWED: (36,),
    Fault.REFUSED: (1, 2, 3, 8, 24, *INHIBITED_POSITIONS, 254),
}
_FAULT_OF = {code: fault for fault, codes in _FAULT_CODES.items() for code in codes}
_KEPT = frozenset({7, *range(16, 21), 23, *range(26, 30), 31, 36, 39, 40})
_PERHAPS_RETURNED = frozenset({4, 5, 6, 21, 34, 35, 253, 255})
_LISTED = frozenset({*range(1, 41), *INHIBITED_POSITIONS, 254})


def refusal_of(code: int) -> Refusal:
    """Read an error code (B where A is 0); codes that the table does not list tell nothing about the coin.

    Source: specification part 3, table "coin acceptor error codes", column "coin rejected?".
    """
    fault = _FAULT_OF.get(code, Fault.UNSPECIFIED)
    if code in _KEPT:
        return Refusal(fault, is_returned=False)
    if code in _PERHAPS_RETURNED or code not in _LISTED:
        return Refusal(fault, is_returned=None)
    return Refusal(fault, is_returned=True)


def is_inhibition(code: int) -> bool:
    """Whether the code says that a good coin met an inhibit."""
    return code == INHIBITED_CODE or code in INHIBITED_POSITIONS


# --- bill validators ----------------------------------------------------------------------------------------------


class Route(IntEnum):
    """What header 154 may ask for."""

    RETURN = 0
    STACK = 1
    MORE_TIME = 255


ESCROW_EMPTY = b"\xfe"
"""Answer to 154: there is no note in escrow."""
ROUTE_FAILED = b"\xff"
"""Answer to 154: the note could not be moved."""
STACKER_AND_ESCROW = b"\x03"
"""Operating mode (153): notes wait in escrow, then go to the stacker."""
STACKED, ESCROWED = 0, 1
"""The second byte of a bill event whose first is a bill type."""
TICKET = 255
"""The bill type of a barcode ticket."""


class BillCode(IntEnum):
    """The second byte of a bill event whose first is 0 (specification part 3, bill events)."""

    INHIBIT_ACTIVE = 0
    RETURNED = 1
    INVALID = 2
    TRANSPORT = 3
    INHIBITED_BY_SERIAL = 4
    INHIBITED_BY_SWITCH = 5
    JAM_UNSAFE = 6
    JAM_IN_STACKER = 7
    PULLED_BACK = 8
    TAMPER = 9
    STACKER_OK = 10
    STACKER_REMOVED = 11
    STACKER_INSERTED = 12
    STACKER_FAULTY = 13
    STACKER_FULL = 14
    STACKER_JAMMED = 15
    JAM_SAFE = 16
    OPTO_FRAUD = 17
    STRING = 18
    ANTI_STRING = 19
    TICKET_ESCROWED = 20
    UNKNOWN_STACKED = 21


BILL_REFUSALS = {
    BillCode.INVALID: Fault.REFUSED,
    BillCode.TRANSPORT: Fault.JAM,
    BillCode.INHIBITED_BY_SERIAL: Fault.REFUSED,
    BillCode.INHIBITED_BY_SWITCH: Fault.REFUSED,
    BillCode.TAMPER: Fault.FRAUD,
    BillCode.TICKET_ESCROWED: Fault.UNKNOWN_NOTE,
}
"""Codes that tell of a note turned away, or of an attempt at it."""
BILL_REJECTS = frozenset({BillCode.INVALID, BillCode.INHIBITED_BY_SERIAL, BillCode.INHIBITED_BY_SWITCH})
"""Of these, those that say the note went out again at the front; of one that could not be moved, or was tampered with, nobody
knows."""
BILL_FAULTS = {
    BillCode.JAM_UNSAFE: Fault.JAM,
    BillCode.JAM_IN_STACKER: Fault.JAM,
    BillCode.STACKER_REMOVED: Fault.BOX_OUT,
    BillCode.STACKER_FAULTY: Fault.SELF_CHECK,
    BillCode.STACKER_FULL: Fault.STACKER_FULL,
    BillCode.STACKER_JAMMED: Fault.JAM,
    BillCode.JAM_SAFE: Fault.JAM,
    BillCode.OPTO_FRAUD: Fault.FRAUD,
    BillCode.STRING: Fault.FRAUD,
    BillCode.ANTI_STRING: Fault.SELF_CHECK,
}
"""Codes that tell of the device itself: a clerk must look."""
BILL_RECOVERIES = frozenset({BillCode.STACKER_OK, BillCode.STACKER_INSERTED})
"""Codes that take such a report back."""
BILL_DOUBTS = frozenset({BillCode.JAM_IN_STACKER, BillCode.STACKER_JAMMED, BillCode.JAM_SAFE})
"""Jams out of the shopper's reach: a note in escrow is uncertain unless its own event follows."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The answer to 156: bill values are to be multiplied by ``factor``, and then have ``decimals`` decimals."""

    factor: int
    decimals: int


def read_scale(data: bytes) -> Scale | None:
    """Read the three bytes of a 156 reply; None for a country that the device does not know (all zero)."""
    return Scale(number_of(data[:2]), data[2]) if any(data) else None


@dataclass(frozen=True, slots=True)
class BillId:
    """The answer to 157 read: country, value before scaling (None when it is not four digits), issue."""

    country: str
    value: int | None
    issue: str


def read_bill_id(data: bytes) -> BillId | None:
    """Read the seven letters of a 157 reply; None for an empty position or what is no text."""
    text = data.decode("ascii", "replace")
    if not text.isprintable() or "\ufffd" in text or not text[:2].isalpha():
        return None
    value = text[2:6]
    return BillId(text[:2], int(value) if value.isdigit() else None, text[6])


def currency_of(country: str) -> str:
    """The ISO 4217 code of the money that two letters in a name stand for; empty for a country that nobody knows.

    Source: Unicode CLDR's currencies by territory; "EU" is the euro area's.
    """
    if country == "EU":
        return "EUR"
    # Late: most kiosks have no note reader on ccTalk, and the territories' table is large.
    from babel.numbers import get_territory_currencies

    return next(iter(get_territory_currencies(country)), "")


# --- hoppers ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HopperStatus:
    """The answer to 166: accepted dispense commands (1 to 255, 0 after a reset), and the last payout's coins."""

    counter: int
    remaining: int
    paid: int
    unpaid: int


@lru_cache(16)  # idle hoppers say the same thing for hours
def read_hopper_status(data: bytes) -> HopperStatus:
    """Read the 4 bytes of a 166 reply.

    Raises:
        WireError: Not 4 bytes.
    """
    if len(data) != 4:
        raise WireError(f"a hopper status is 4 bytes, not {len(data)}")
    return HopperStatus(*data)


class HopperFlag(IntEnum):
    """A bit of the hopper's test registers (163): 8 times the register (from 0) plus the bit."""

    OVER_CURRENT = 0
    TIMEOUT = 1
    REVERSED = 2
    EXIT_BLOCKED_IDLE = 3
    FRAUD_IDLE = 4
    EXIT_BLOCKED_PAYING = 5
    POWER_UP = 6
    DISABLED = 7
    FRAUD_PAYING = 8
    FINGER = 11
    REVERSE_LIMIT = 12
    COIL = 13
    MEMORY = 14
    POWER_LOST_PAYING = 16
    UNKNOWN_COIN = 17
    PIN_WRONG = 18
    KEY_WRONG = 19


_REASONS = (
    (HopperFlag.POWER_LOST_PAYING, Fault.LOST_POWER),
    (HopperFlag.OVER_CURRENT, Fault.JAM),
    (HopperFlag.EXIT_BLOCKED_PAYING, Fault.JAM),
    (HopperFlag.REVERSE_LIMIT, Fault.JAM),
    (HopperFlag.COIL, Fault.JAM),
    (HopperFlag.EXIT_BLOCKED_IDLE, Fault.SENSOR_BLOCKED),
    (HopperFlag.FRAUD_IDLE, Fault.FRAUD),
    (HopperFlag.FRAUD_PAYING, Fault.FRAUD),
    (HopperFlag.FINGER, Fault.FRAUD),
    (HopperFlag.MEMORY, Fault.SELF_CHECK),
    (HopperFlag.UNKNOWN_COIN, Fault.UNKNOWN_COIN),
    (HopperFlag.TIMEOUT, Fault.EMPTY),
    (HopperFlag.PIN_WRONG, Fault.REFUSED),
    (HopperFlag.KEY_WRONG, Fault.REFUSED),
)
_NEEDS_RESET = frozenset(HopperFlag) - {
    HopperFlag.TIMEOUT,
    HopperFlag.REVERSED,
    HopperFlag.POWER_UP,
    HopperFlag.DISABLED,
    HopperFlag.POWER_LOST_PAYING,
}


def flags_of(registers: bytes) -> frozenset[HopperFlag]:
    """The known flags that are set in one to four test registers."""
    bits = number_of(registers)
    return frozenset(flag for flag in HopperFlag if bits >> flag & 1)


def registers_of(flags: Iterable[HopperFlag]) -> bytes:
    """Three test registers with ``flags`` set."""
    return sum(1 << flag for flag in set(flags)).to_bytes(3, "little")


def hopper_fault(flags: frozenset[HopperFlag]) -> Fault | None:
    """The gravest reason among ``flags`` for paying too little; None when they name none."""
    return next((fault for flag, fault in _REASONS if flag in flags), None)


def needs_reset(flags: frozenset[HopperFlag]) -> bool:
    """Whether the hopper must be reset before it pays again (specification part 3: the rest are warnings)."""
    return bool(flags & _NEEDS_RESET)


def dispense_by_serial(serial: int, qty: int) -> bytes:
    """Data of 167 for hoppers whose security code is their serial number.

    Raises:
        WireError: ``qty`` is not 1 to 250.
    """
    return three_bytes(serial) + bytes((checked_qty(qty),))


def dispense_by_key(key: bytes, qty: int) -> bytes:
    """Data of 167 for hoppers that want the eight bytes of 160 back ("no encryption").

    Raises:
        WireError: ``qty`` is not 1 to 250, or the key is not eight bytes.
    """
    if len(key) != 8:
        raise WireError(f"a cipher key is 8 bytes, not {len(key)}")
    return key + bytes((checked_qty(qty),))


def checked_qty(qty: int) -> int:
    """``qty`` itself when one dispense command can carry it.

    Raises:
        WireError: ``qty`` is not 1 to 250.
    """
    if not 1 <= qty <= MAX_DISPENSE:
        raise WireError(f"a hopper pays 1 to {MAX_DISPENSE} coins at once, not {qty}")
    return qty


@dataclass(frozen=True, slots=True)
class PayoutLevel:
    """The answer to 217; each reading is None when its sensor is not fitted."""

    is_low: bool | None
    is_high: bool | None


def read_level(data: bytes) -> PayoutLevel:
    """Read the level byte: bit 0 below low, bit 1 at high, bits 4 and 5 the sensors fitted."""
    byte = data[0]
    return PayoutLevel(
        is_low=bool(byte & 1) if byte & 0x10 else None, is_high=bool(byte & 2) if byte & 0x20 else None
    )
