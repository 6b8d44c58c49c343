"""What SSP messages mean: commands, answers, the unit's description of itself, and the list of events that a poll brings.

Reading what came from the line never raises: it gives None, or stops where it does not understand, and says so. The lengths of
events differ by protocol version and kind of unit: whoever guesses reads an amount as an event.

Source: SSP interface manual GA138 (commands, events), checked with the tables of the public driver kybarg/ssp.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from hardware.events import Fault
from hardware.sansio import WireError

CHANNELS: Final = range(1, 17)
"""Channels that the two inhibit bytes of command 02 can name."""
OLDEST_PROTOCOL: Final = 6
"""Before version 6 events and values carry no currency; we refuse to guess there."""
NEWEST_PROTOCOL: Final = 8
MAX_QTY: Final = 250
"""Pieces of one payout; the wire has two bytes, our own vocabulary stops here."""
MOST_VALUE: Final = 0xFFFF_FFFF
"""Values have four bytes."""
DO_IT: Final = 0x58
TEST_ONLY: Final = 0x19
"""The last byte of a payout: pay, or only say whether it could be paid."""
CURRENCY_SIZE: Final = 3


class Command(IntEnum):
    """Command codes."""

    RESET = 0x01
    INHIBITS = 0x02
    DISPLAY_ON = 0x03
    DISPLAY_OFF = 0x04
    SETUP = 0x05
    PROTOCOL = 0x06
    POLL = 0x07
    REJECT = 0x08
    DISABLE = 0x09
    ENABLE = 0x0A
    SERIAL = 0x0C
    UNIT_DATA = 0x0D
    CHANNEL_VALUES = 0x0E
    CHANNEL_SECURITY = 0x0F
    SYNC = 0x11
    LAST_REJECT = 0x17
    HOLD = 0x18
    FIRMWARE = 0x20
    DATASET = 0x21
    LEVELS = 0x22
    PAY_AMOUNT = 0x33
    SET_LEVEL = 0x34
    GET_LEVEL = 0x35
    HALT = 0x38
    SET_ROUTE = 0x3B
    GET_ROUTE = 0x3C
    FLOAT_AMOUNT = 0x3D
    MIN_PAYOUT = 0x3E
    EMPTY = 0x3F
    COIN_INHIBIT = 0x40
    NOTE_POSITIONS = 0x41
    PAY_TOP_NOTE = 0x42
    STACK_TOP_NOTE = 0x43
    FLOAT_PIECES = 0x44
    REPORT_BY = 0x45
    PAY_PIECES = 0x46
    COIN_INHIBIT_ALL = 0x49
    GENERATOR = 0x4A
    MODULUS = 0x4B
    KEY_EXCHANGE = 0x4C
    BAUD = 0x4D
    SET_OPTIONS = 0x50
    GET_OPTIONS = 0x51
    SMART_EMPTY = 0x52
    CASHBOX_DATA = 0x53
    BEZEL = 0x54
    POLL_ACK = 0x56
    ACK = 0x57
    COUNTERS = 0x58
    RESET_COUNTERS = 0x59
    PAYOUT_OFF = 0x5B
    PAYOUT_ON = 0x5C
    SET_FIXED_KEY = 0x60
    RESET_FIXED_KEY = 0x61


ENCRYPTED_ONLY: Final = frozenset(
    {
        Command.PAY_AMOUNT,
        Command.HALT,
        Command.SET_ROUTE,
        Command.GET_ROUTE,
        Command.FLOAT_AMOUNT,
        Command.MIN_PAYOUT,
        Command.EMPTY,
        Command.FLOAT_PIECES,
        Command.PAY_PIECES,
        Command.SMART_EMPTY,
        Command.POLL_ACK,
        Command.ACK,
        Command.SET_FIXED_KEY,
    }
)
"""Commands that a unit takes only encrypted."""

PLAIN_ONLY: Final = frozenset({Command.SYNC, Command.GENERATOR, Command.MODULUS, Command.KEY_EXCHANGE})
"""Commands that make or mend the connection, and so come before any key."""

PAYING: Final = frozenset({Command.PAY_AMOUNT, Command.PAY_PIECES, Command.PAY_TOP_NOTE})
"""Commands that let money out."""


class Answer(IntEnum):
    """The first byte of every answer."""

    OK = 0xF0
    UNKNOWN_COMMAND = 0xF2
    WRONG_COUNT = 0xF3
    OUT_OF_RANGE = 0xF4
    NOT_NOW = 0xF5
    SOFTWARE_ERROR = 0xF6
    FAIL = 0xF8
    NO_KEY = 0xFA


class UnitType(IntEnum):
    """What a unit says it is."""

    VALIDATOR = 0
    HOPPER = 3
    SMART_PAYOUT = 6
    NOTE_FLOAT = 7


class Event(IntEnum):
    """Codes in the answer to a poll."""

    JAM_RECOVERY = 0xB0
    PAYOUT_ERROR = 0xB1
    SMART_EMPTYING = 0xB3
    SMART_EMPTIED = 0xB4
    CHANNELS_INHIBITED = 0xB5
    INITIALISING = 0xB6
    COIN_MECH_ERROR = 0xB7
    EMPTYING = 0xC2
    EMPTIED = 0xC3
    COIN_MECH_JAM = 0xC4
    COIN_MECH_RETURN = 0xC5
    PAYOUT_OUT_OF_SERVICE = 0xC6
    FLOAT_REMOVED = 0xC7
    FLOAT_ATTACHED = 0xC8
    MOVED_TO_STACKER = 0xC9
    STACKED_AT_POWER_UP = 0xCA
    STORED_AT_POWER_UP = 0xCB
    STACKING = 0xCC
    DISPENSED_AT_POWER_UP = 0xCD
    IN_BEZEL = 0xCE
    RECYCLER_FULL = 0xCF
    TICKET_STACKED = 0xD1
    DISPENSED = 0xD2
    JAMMED = 0xD5
    HALTED = 0xD6
    FLOATING = 0xD7
    FLOATED = 0xD8
    TIMED_OUT = 0xD9
    DISPENSING = 0xDA
    STORED = 0xDB
    INCOMPLETE_PAYOUT = 0xDC
    INCOMPLETE_FLOAT = 0xDD
    TO_CASHBOX = 0xDE
    COIN_CREDIT = 0xDF
    PATH_OPEN = 0xE0
    CLEARED_TO_FRONT = 0xE1
    CLEARED_TO_CASHBOX = 0xE2
    CASHBOX_OUT = 0xE3
    CASHBOX_BACK = 0xE4
    TICKET_IN_ESCROW = 0xE5
    FRAUD = 0xE6
    STACKER_FULL = 0xE7
    DISABLED = 0xE8
    JAM_UNSAFE = 0xE9
    JAM_SAFE = 0xEA
    NOTE_STACKED = 0xEB
    REJECTED = 0xEC
    REJECTING = 0xED
    CREDIT = 0xEE
    READ = 0xEF
    RESET = 0xF1


_WITH_CHANNEL: Final = frozenset({Event.READ, Event.CREDIT, Event.CLEARED_TO_FRONT, Event.CLEARED_TO_CASHBOX})
_WITH_LIST: Final = frozenset(
    {
        Event.DISPENSING,
        Event.DISPENSED,
        Event.JAMMED,
        Event.HALTED,
        Event.TIMED_OUT,
        Event.FLOATING,
        Event.FLOATED,
        Event.TO_CASHBOX,
        Event.COIN_CREDIT,
        Event.SMART_EMPTYING,
        Event.SMART_EMPTIED,
    }
)
_WITH_PAIRS: Final = frozenset({Event.INCOMPLETE_PAYOUT, Event.INCOMPLETE_FLOAT})
_VALUE_SINCE: Final = {
    Event.MOVED_TO_STACKER: 6,
    Event.DISPENSED_AT_POWER_UP: 6,
    Event.STACKED_AT_POWER_UP: 8,
    Event.STORED_AT_POWER_UP: 8,
    Event.IN_BEZEL: 8,
}
"""Events that carry one value and its currency from this protocol version on, and nothing before it."""

PAYOUT_ENDS: Final = frozenset(
    {Event.DISPENSED, Event.JAMMED, Event.HALTED, Event.TIMED_OUT, Event.INCOMPLETE_PAYOUT}
)
"""Events that end a payout and say what was paid."""

PERSISTENT: Final = frozenset(
    {
        *PAYOUT_ENDS,
        Event.CREDIT,
        Event.FLOATED,
        Event.SMART_EMPTIED,
        Event.INCOMPLETE_FLOAT,
        Event.CLEARED_TO_FRONT,
        Event.CLEARED_TO_CASHBOX,
        Event.STACKED_AT_POWER_UP,
        Event.STORED_AT_POWER_UP,
        Event.DISPENSED_AT_POWER_UP,
        Event.TO_CASHBOX,
        Event.FRAUD,
    }
)
"""Events that under "poll with acknowledge" come again until they are acknowledged. Not verified on a device which ones do:
the host takes any event that comes again before its acknowledgement for the same one."""


@dataclass(frozen=True, slots=True)
class Money:
    """A value in minor units; ``asked`` is what a broken off payout should have paid."""

    value: int
    currency: str
    asked: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """One event: ``channel`` where it names one, ``money`` where it carries values, ``reason`` a code of its own."""

    event: Event
    channel: int = 0
    money: tuple[Money, ...] = ()
    reason: int = 0

    def value_in(self, currency: str) -> int:
        """Its value in ``currency``, 0 when it has none."""
        return sum(money.value for money in self.money if money.currency == currency)


@dataclass(frozen=True, slots=True)
class Events:
    """The answer to a poll. ``unread`` is what stood from the first code on that we do not know."""

    seen: tuple[Seen, ...]
    unread: bytes = b""


def read_events(data: bytes, protocol: int, unit: UnitType) -> Events:
    """Read what follows F0 in the answer to a poll; stops at the first event that it cannot measure."""
    seen: list[Seen] = []
    at = 0
    while at < len(data):
        found = _read_event(data, at, protocol, unit)
        if found is None:
            return Events(tuple(seen), data[at:])
        one, at = found
        seen.append(one)
    return Events(tuple(seen))


def _read_event(data: bytes, at: int, protocol: int, unit: UnitType) -> tuple[Seen, int] | None:
    try:
        event = Event(data[at])
    except ValueError:
        return None
    at += 1
    is_list = event in _WITH_LIST or (event is Event.FRAUD and _has_payout_fraud(unit))
    if is_list or (event is Event.PAYOUT_ERROR and protocol >= 7):
        found = _read_money(data, at, has_asked=False)
        if found is None:
            return None
        money, at = found
        if event is not Event.PAYOUT_ERROR:
            return Seen(event, money=money), at
        return (Seen(event, money=money, reason=data[at]), at + 1) if at < len(data) else None
    if event in _WITH_PAIRS:
        found = _read_money(data, at, has_asked=True)
        return None if found is None else (Seen(event, money=found[0]), found[1])
    if event in _WITH_CHANNEL or event is Event.FRAUD:
        return (Seen(event, channel=data[at]), at + 1) if at < len(data) else None
    if event is Event.PAYOUT_ERROR:
        return (Seen(event, reason=data[at]), at + 1) if at < len(data) else None
    if event in _VALUE_SINCE and protocol >= _VALUE_SINCE[event]:
        one = _money_at(data, at, has_asked=False)
        return None if one is None else (Seen(event, money=(one,)), at + 4 + CURRENCY_SIZE)
    return Seen(event), at


def _has_payout_fraud(unit: UnitType) -> bool:
    """Fraud on a unit that pays names values, on a plain validator a channel (kybarg/ssp; not in the manual's table)."""
    return unit in {UnitType.HOPPER, UnitType.SMART_PAYOUT}


def _read_money(data: bytes, at: int, *, has_asked: bool) -> tuple[tuple[Money, ...], int] | None:
    if at >= len(data):
        return None
    size = 4 + 4 * has_asked + CURRENCY_SIZE
    found = [_money_at(data, at + 1 + size * index, has_asked=has_asked) for index in range(data[at])]
    money = tuple(one for one in found if one is not None)
    return (money, at + 1 + size * len(found)) if len(money) == len(found) else None


def _money_at(data: bytes, at: int, *, has_asked: bool) -> Money | None:
    size = 4 + 4 * has_asked + CURRENCY_SIZE
    raw = data[at : at + size]
    currency = _currency(raw[-CURRENCY_SIZE:])
    if len(raw) < size or not currency:
        return None
    asked = int.from_bytes(raw[4:8], "little") if has_asked else 0
    return Money(int.from_bytes(raw[:4], "little"), currency, asked)


def _currency(raw: bytes) -> str:
    """The three letters, or nothing when they are none."""
    text = raw.decode("ascii", "replace")
    return text if len(text) == CURRENCY_SIZE and text.isascii() and text.isalnum() else ""


def write_events(events: Iterable[Seen], protocol: int, unit: UnitType) -> bytes:
    """The other way: what a unit of this kind says after F0."""
    return b"".join(_write_event(one, protocol, unit) for one in events)


def _write_event(one: Seen, protocol: int, unit: UnitType) -> bytes:
    event = one.event
    code = bytes((event,))
    if event in _WITH_LIST or (event is Event.FRAUD and _has_payout_fraud(unit)):
        return code + _write_money(one.money, has_asked=False)
    if event in _WITH_PAIRS:
        return code + _write_money(one.money, has_asked=True)
    if event is Event.PAYOUT_ERROR:
        return (
            code + (_write_money(one.money, has_asked=False) if protocol >= 7 else b"") + bytes((one.reason,))
        )
    if event in _WITH_CHANNEL or event is Event.FRAUD:
        return code + bytes((one.channel,))
    if event in _VALUE_SINCE and protocol >= _VALUE_SINCE[event]:
        return code + _write_money(one.money[:1], has_asked=False)[1:]
    return code


def _write_money(money: Sequence[Money], *, has_asked: bool) -> bytes:
    out = bytes((len(money),))
    for one in money:
        out += one.value.to_bytes(4, "little")
        out += one.asked.to_bytes(4, "little") if has_asked else b""
        out += one.currency.encode("ascii")
    return out


# --- the unit's description of itself -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Setup:
    """The answer to 05.

    Attributes:
        unit: What it is.
        firmware: Four characters.
        currency: Of the unit as a whole.
        values: Channel (from 1) -> value in minor units. Coin units give them so, note units in main units and a multiplier.
        currencies: Channel -> currency.
        protocol: The version that it speaks now.
    """

    unit: UnitType
    firmware: str
    currency: str
    values: dict[int, int]
    currencies: dict[int, str]
    protocol: int


def read_setup(data: bytes) -> Setup | None:
    """Read what follows F0 in the answer to 05; None when its lengths do not fit or it is no unit that we know."""
    if not data:
        return None
    try:
        unit = UnitType(data[0])
    except ValueError:
        return None
    firmware = data[1:5].decode("ascii", "replace")
    currency = _currency(data[5:8])
    if not currency:
        return None
    return (_read_coins if unit is UnitType.HOPPER else _read_notes)(data, unit, firmware, currency)


def _read_coins(data: bytes, unit: UnitType, firmware: str, currency: str) -> Setup | None:
    if len(data) < 10:
        return None
    protocol, qty = data[8], data[9]
    size = 10 + 2 * qty
    has_currencies = protocol >= 6
    if len(data) != size + 3 * qty * has_currencies:
        return None
    values = {one + 1: int.from_bytes(data[10 + 2 * one : 12 + 2 * one], "little") for one in range(qty)}
    currencies = {
        one + 1: _currency(data[size + 3 * one : size + 3 * one + 3]) if has_currencies else currency
        for one in range(qty)
    }
    return Setup(unit, firmware, currency, values, currencies, protocol)


def _read_notes(data: bytes, unit: UnitType, firmware: str, currency: str) -> Setup | None:
    if len(data) < 12:
        return None
    qty = data[11]
    size = 16 + 2 * qty
    if len(data) < size:
        return None
    multiplier = int.from_bytes(data[12 + 2 * qty : 15 + 2 * qty], "big")
    protocol = data[15 + 2 * qty]
    has_long = protocol >= 6
    if len(data) != size + 7 * qty * has_long:
        return None
    if has_long:
        at = size + 3 * qty
        values = {
            one + 1: int.from_bytes(data[at + 4 * one : at + 4 * one + 4], "little") * multiplier
            for one in range(qty)
        }
        currencies = {one + 1: _currency(data[size + 3 * one : size + 3 * one + 3]) for one in range(qty)}
    else:
        scale = int.from_bytes(data[8:11], "big") * multiplier
        values = {one + 1: data[12 + one] * scale for one in range(qty)}
        currencies = dict.fromkeys(values, currency)
    return Setup(unit, firmware, currency, values, currencies, protocol)


def write_setup(setup: Setup, multiplier: int = 100) -> bytes:
    """The other way; ``multiplier`` is what one main unit of a note unit's currency is in minor units."""
    qty = len(setup.values)
    start = bytes((setup.unit,)) + setup.firmware.encode("ascii") + setup.currency.encode("ascii")
    letters = "".join(setup.currencies[channel] for channel in setup.values).encode("ascii")
    if setup.unit is UnitType.HOPPER:
        values = b"".join(value.to_bytes(2, "little") for value in setup.values.values())
        return start + bytes((setup.protocol, qty)) + values + (letters if setup.protocol >= 6 else b"")
    main = [value // multiplier for value in setup.values.values()]
    out = start + (1).to_bytes(3, "big") + bytes((qty,))
    out += bytes(min(value, 255) for value in main) + bytes([2] * qty)
    out += multiplier.to_bytes(3, "big") + bytes((setup.protocol,))
    if setup.protocol >= 6:
        out += letters + b"".join(value.to_bytes(4, "little") for value in main)
    return out


@dataclass(frozen=True, slots=True)
class Level:
    """One row of the answer to 22: pieces of one value that lie inside."""

    qty: int
    value: int
    currency: str


def read_levels(data: bytes) -> tuple[Level, ...] | None:
    """Read what follows F0 in the answer to 22 or at the beginning of that to 53."""
    if not data or len(data) < 1 + 9 * data[0]:
        return None
    rows = [data[1 + 9 * one : 10 + 9 * one] for one in range(data[0])]
    levels = tuple(
        Level(int.from_bytes(row[:2], "little"), int.from_bytes(row[2:6], "little"), _currency(row[6:]))
        for row in rows
    )
    return levels if all(level.currency for level in levels) else None


def write_levels(levels: Sequence[Level]) -> bytes:
    """Rows of count, value and currency after their number: answers to 22 and 53, and what 44 and 46 ask for."""
    return bytes((len(levels),)) + b"".join(
        level.qty.to_bytes(2, "little") + level.value.to_bytes(4, "little") + level.currency.encode("ascii")
        for level in levels
    )


@dataclass(frozen=True, slots=True)
class Counters:
    """The answer to 58: notes that ever went each way; they stay without power."""

    stacked: int
    stored: int
    dispensed: int
    moved: int
    rejected: int

    @property
    def kept(self) -> int:
        """Notes ever taken in, modulo 2**32: it rises by one with each."""
        return (self.stacked + self.stored) % (1 << 32)


def read_counters(data: bytes) -> Counters | None:
    """Read what follows F0 in the answer to 58."""
    if len(data) < 21 or data[0] < 5:
        return None
    numbers = [int.from_bytes(data[1 + 4 * one : 5 + 4 * one], "little") for one in range(5)]
    return Counters(*numbers)


def write_counters(counters: Counters) -> bytes:
    """The other way."""
    numbers = (counters.stacked, counters.stored, counters.dispensed, counters.moved, counters.rejected)
    return bytes((5,)) + b"".join((number % (1 << 32)).to_bytes(4, "little") for number in numbers)


# --- what the host asks -------------------------------------------------------------------------------------------


def inhibits_of(channels: Iterable[int]) -> bytes:
    """The two bytes of 02: bit set = accept.

    Raises:
        WireError: A channel that is not 1 to 16.
    """
    mask = 0
    for channel in channels:
        if channel not in CHANNELS:
            raise WireError(f"an SSP channel is 1 to {CHANNELS[-1]}, not {channel}")
        mask |= 1 << channel - 1
    return mask.to_bytes(2, "little")


def channels_of(mask: bytes) -> tuple[int, ...]:
    """The channels that two inhibit bytes let in."""
    number = int.from_bytes(mask, "little")
    return tuple(channel for channel in CHANNELS if number >> channel - 1 & 1)


def value_of(value_minor: int, currency: str) -> bytes:
    """A value and its currency, as payouts, routes and levels name them.

    Raises:
        WireError: The value does not fit four bytes, or the currency is not three letters.
    """
    if not 1 <= value_minor <= MOST_VALUE:
        raise WireError(f"an SSP value is 1 to {MOST_VALUE} minor units, not {value_minor}")
    if not (len(currency) == CURRENCY_SIZE and currency.isascii() and currency.isalpha()):
        raise WireError(f"a currency is three letters, not {currency!r}")
    return value_minor.to_bytes(4, "little") + currency.encode("ascii")


def pay_amount(amount_minor: int, currency: str, option: int) -> bytes:
    """The bytes after 33."""
    return value_of(amount_minor, currency) + bytes((option,))


def pay_pieces(qty: int, value_minor: int, currency: str, option: int) -> bytes:
    """The bytes after 46: ``qty`` pieces of one value."""
    return (
        b"\x01" + checked_qty(qty).to_bytes(2, "little") + value_of(value_minor, currency) + bytes((option,))
    )


def checked_qty(qty: int) -> int:
    """``qty`` itself when one payout can carry it.

    Raises:
        WireError: It is not 1 to 250.
    """
    if not 1 <= qty <= MAX_QTY:
        raise WireError(f"a payout is 1 to {MAX_QTY} pieces, not {qty}")
    return qty


ROUTE_RECYCLE: Final = 0
ROUTE_CASHBOX: Final = 1


def route_of(route: int, value_minor: int, currency: str) -> bytes:
    """The bytes after 3B."""
    return bytes((route,)) + value_of(value_minor, currency)


def read_route(data: bytes) -> bool | None:
    """Whether notes of the value asked about are kept for paying, from what follows F0 in the answer to 3C."""
    return {bytes((ROUTE_RECYCLE,)): True, bytes((ROUTE_CASHBOX,)): False}.get(data)


NOT_ENOUGH: Final = 1
NOT_EXACT: Final = 2
BUSY: Final = 3
DISABLED: Final = 4
"""Reasons after F5 to a payout, by the manual; one public driver counts them 0, 1, 3, 4, so 0 is read as "not enough" too."""


def refusal_fault(reason: int | None) -> Fault:
    """Why a payout was refused."""
    return {0: Fault.EMPTY, NOT_ENOUGH: Fault.EMPTY, NOT_EXACT: Fault.EMPTY}.get(
        -1 if reason is None else reason, Fault.REFUSED
    )


PAYOUT_FAULTS: Final = {
    Event.JAMMED: Fault.JAM,
    Event.HALTED: Fault.JAM,
    Event.TIMED_OUT: Fault.TIMED_OUT,
    Event.INCOMPLETE_PAYOUT: Fault.LOST_POWER,
    Event.DISPENSED: Fault.UNSPECIFIED,
}
"""Why fewer pieces left than asked, by the event that ended the payout."""

REJECT_FAULTS: Final = {
    0x06: Fault.REFUSED,
    0x08: Fault.REFUSED,
    0x0C: Fault.REFUSED,
    0x0E: Fault.FRAUD,
    0x13: Fault.TIMED_OUT,
    0x1C: Fault.REFUSED,
    0x1D: Fault.STACKER_FULL,
}
"""Codes of 17 that mean more than "not recognised"."""


def reject_fault(code: int) -> Fault:
    """What a reject code (17) says; most mean that the note was not recognised."""
    return REJECT_FAULTS.get(code, Fault.UNREADABLE)


STANDING_FAULTS: Final = {
    Event.STACKER_FULL: Fault.STACKER_FULL,
    Event.CASHBOX_OUT: Fault.BOX_OUT,
    Event.PATH_OPEN: Fault.COVER_OPEN,
    Event.JAM_UNSAFE: Fault.JAM,
    Event.JAM_SAFE: Fault.JAM,
    Event.PAYOUT_OUT_OF_SERVICE: Fault.SELF_CHECK,
    Event.FRAUD: Fault.FRAUD,
    Event.COIN_MECH_JAM: Fault.JAM,
    Event.COIN_MECH_ERROR: Fault.SELF_CHECK,
}
"""Events that are a condition of the unit."""
