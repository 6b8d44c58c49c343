"""What MDB blocks mean to and from a card reader ("cashless device").

The lengths of its answers follow from the level and the money width that were really enabled: a `Mode` is needed to read them.

Source: MDB/ICP 4.2, section 7.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from hardware.mdb.messages import (
    FEATURE_BYTES,
    IDENTITY_BYTES,
    Identity,
    read_identity,
    write_identity,
)
from hardware.sansio import WireError

UNKNOWN_FUNDS: Final = 0xFFFF
"""Funds that the reader does not say; as an approved amount: a token, not money."""
WIDE_UNKNOWN: Final = 0xFFFF_FFFF
ANY_ITEM: Final = 0xFFFF


class ReaderOrder(IntEnum):
    """The lower three bits of a command byte."""

    RESET = 0
    SETUP = 1
    POLL = 2
    VEND = 3
    READER = 4
    REVALUE = 5
    EXPANSION = 7


class Setup(IntEnum):
    """What follows `ReaderOrder.SETUP`."""

    CONFIG = 0
    PRICES = 1


class Vend(IntEnum):
    """What follows `ReaderOrder.VEND`."""

    REQUEST = 0
    CANCEL = 1
    SUCCESS = 2
    FAILURE = 3
    COMPLETE = 4
    CASH_SALE = 5
    NEGATIVE = 6


class Switch(IntEnum):
    """What follows `ReaderOrder.READER`."""

    DISABLE = 0
    ENABLE = 1
    CANCEL = 2
    DATA_ENTRY = 3


class Extra(IntEnum):
    """What follows `ReaderOrder.EXPANSION`."""

    IDENTIFY = 0
    TIME = 3
    OPTIONS = 4


class Option(IntEnum):
    """Bits of the four option bytes of a level 3 reader."""

    FILES = 0
    WIDE_MONEY = 1
    MULTI_CURRENCY = 2
    NEGATIVE_VEND = 3
    DATA_ENTRY = 4
    ALWAYS_IDLE = 5


class Ability(IntEnum):
    """Bits of the options byte in a reader's config."""

    REFUND = 0
    MULTI_VEND = 1
    DISPLAY = 2
    CASH_SALES = 3


class Code(IntEnum):
    """The first byte of each thing that a reader says."""

    JUST_RESET = 0x00
    CONFIG = 0x01
    DISPLAY = 0x02
    BEGIN_SESSION = 0x03
    SESSION_CANCEL = 0x04
    APPROVED = 0x05
    DENIED = 0x06
    END_SESSION = 0x07
    CANCELLED = 0x08
    IDENTITY = 0x09
    MALFUNCTION = 0x0A
    OUT_OF_SEQUENCE = 0x0B
    REVALUE_APPROVED = 0x0D
    REVALUE_DENIED = 0x0E
    REVALUE_LIMIT = 0x0F
    TIME_WANTED = 0x11
    DATA_ENTRY = 0x12
    DATA_ENTRY_CANCEL = 0x13
    DIAGNOSIS = 0xFF


REFUND_ERROR: Final = 0x0C
"""Upper half of a malfunction: the refund failed, the credit is lost."""


@dataclass(frozen=True, slots=True)
class Mode:
    """How both sides count: the lower of their levels, and whether money has 32 bits."""

    level: int = 1
    is_wide: bool = False

    @property
    def money_bytes(self) -> int:
        """Bytes of an amount."""
        return 4 if self.is_wide else 2

    @property
    def most_units(self) -> int:
        """The largest amount; the one above it has another meaning."""
        return (1 << 8 * self.money_bytes) - 2


@dataclass(frozen=True, slots=True)
class ReaderConfig:
    """What a reader says of itself after SETUP."""

    level: int
    currency: int
    factor: int
    decimals: int
    response_s: int
    abilities: int

    def can(self, ability: Ability) -> bool:
        """Whether it has the ability."""
        return bool(self.abilities >> ability & 1)


@dataclass(frozen=True, slots=True)
class Reported:
    """One thing that a reader said; ``value`` is its amount, state, error or length, where the code has one."""

    code: Code
    value: int = 0


@dataclass(frozen=True, slots=True)
class ConfigReported:
    """The reader's config."""

    config: ReaderConfig


@dataclass(frozen=True, slots=True)
class IdentityReported:
    """Who the reader is."""

    identity: Identity


ReaderEvent = Reported | ConfigReported | IdentityReported

_CONFIG_BYTES = 7


def _size_after(code: Code, mode: Mode, rest: int) -> int:
    """Bytes that follow ``code``; ``rest`` when it takes all there are."""
    money = mode.money_bytes
    match code:
        case Code.CONFIG:
            return _CONFIG_BYTES
        case Code.BEGIN_SESSION:
            if mode.is_wide:
                return 16
            return 2 if mode.level == 1 else 9
        case Code.APPROVED | Code.REVALUE_LIMIT:
            return money
        case Code.IDENTITY:
            # A level 3 reader adds its options when the master said level 3.
            return IDENTITY_BYTES + FEATURE_BYTES if mode.level > 2 else IDENTITY_BYTES
        case Code.MALFUNCTION | Code.DATA_ENTRY:
            return 1
        case Code.OUT_OF_SEQUENCE:
            return 1 if mode.level > 1 else 0
        case Code.DISPLAY | Code.DIAGNOSIS:
            return rest
        case _:
            return 0


_CODES: Final = {int(code): code for code in Code}


def read_reader_events(data: bytes, mode: Mode) -> tuple[tuple[ReaderEvent, ...], bytes]:
    """What a reader says, oldest first, and the rest from the first impossible byte on."""
    events: list[ReaderEvent] = []
    at = 0
    while at < len(data):
        code = _CODES.get(data[at])
        if code is None:
            break
        size = _size_after(code, mode, len(data) - at - 1)
        body = data[at + 1 : at + 1 + size]
        event = _event(code, body, mode) if len(body) == size else None
        if event is None:
            break
        events.append(event)
        at += 1 + size
    return tuple(events), data[at:]


def _event(code: Code, body: bytes, mode: Mode) -> ReaderEvent | None:
    match code:
        case Code.CONFIG:
            return ConfigReported(
                ReaderConfig(body[0], int.from_bytes(body[1:3]), body[3], body[4], body[5], body[6])
            )
        case Code.IDENTITY:
            identity = read_identity(body)
            return None if identity is None else IdentityReported(identity)
        case Code.BEGIN_SESSION | Code.APPROVED | Code.REVALUE_LIMIT:
            return Reported(code, int.from_bytes(body[: mode.money_bytes]))
        case Code.DISPLAY | Code.DIAGNOSIS:
            return Reported(code, len(body))
        case _:
            return Reported(code, int.from_bytes(body))


def write_reader_event(event: ReaderEvent, mode: Mode) -> bytes:
    """As the reader puts it into an answer; media and language of a session stay unknown."""
    match event:
        case ConfigReported(config):
            head = bytes((Code.CONFIG, config.level)) + config.currency.to_bytes(2)
            return head + bytes((config.factor, config.decimals, config.response_s, config.abilities))
        case IdentityReported(identity):
            return bytes((Code.IDENTITY,)) + write_identity(identity, has_features=mode.level > 2)
        case Reported(code, value):
            size = _size_after(code, mode, 0)
            if code in {Code.BEGIN_SESSION, Code.APPROVED, Code.REVALUE_LIMIT}:
                head = bytes((code,)) + value.to_bytes(mode.money_bytes)
                return (head + b"\xff\xff\xff\xff").ljust(1 + size, b"\x00")[: 1 + size]
            return bytes((code,)) + value.to_bytes(size) if size else bytes((code,))


def is_unknown(units: int, mode: Mode) -> bool:
    """Whether an amount means "not said", or a token."""
    return units == (WIDE_UNKNOWN if mode.is_wide else UNKNOWN_FUNDS)


def describe_reader_event(event: ReaderEvent) -> str:
    """A reader's word in a few English ones."""
    match event:
        case ConfigReported(config):
            money = f"currency {config.currency:04X}, scale {config.factor}, decimals {config.decimals}"
            return f"config: level {config.level}, {money}, {config.response_s} s, options {config.abilities:02X}"
        case IdentityReported(identity):
            return f"it is {identity.maker} {identity.model}, serial {identity.serial}"
        case Reported(Code.BEGIN_SESSION | Code.APPROVED | Code.REVALUE_LIMIT as code, value):
            return f"{_words(code)}, {value} units"
        case Reported(Code.MALFUNCTION, value):
            return f"malfunction {value:02X}"
        case Reported(Code.SESSION_CANCEL, _):
            return "session cancel request"
        case Reported(code, value):
            return f"{_words(code)} {value}" if value else _words(code)


def _words(code: Code) -> str:
    return code.name.lower().replace("_", " ")


# --- what the master sends --------------------------------------------------------------------------------------------


def order(address: int, command: ReaderOrder, *data: int) -> bytes:
    """A block for the reader at ``address``."""
    return bytes((address | command, *data))


def config(address: int, level: int, columns: int = 0, rows: int = 0, display: int = 0) -> bytes:
    """Say what kind of master this is, and what display it lends."""
    return order(address, ReaderOrder.SETUP, Setup.CONFIG, level, columns, rows, display)


def prices(address: int, mode: Mode, currency: int = 0) -> bytes:
    """Say that the largest and smallest price are unknown; the wide form names the currency."""
    head = (
        order(address, ReaderOrder.SETUP, Setup.PRICES) + b"\xff" * mode.money_bytes + bytes(mode.money_bytes)
    )
    return head + currency.to_bytes(2) if mode.is_wide else head


def vend_request(address: int, units: int, item: int, mode: Mode) -> bytes:
    """Ask for money.

    Raises:
        WireError: An amount or item that has no room.
    """
    if not 0 <= units <= mode.most_units or not 0 <= item <= ANY_ITEM:
        raise WireError(f"{units} units for item {item} fit no vend request")
    return (
        order(address, ReaderOrder.VEND, Vend.REQUEST) + units.to_bytes(mode.money_bytes) + item.to_bytes(2)
    )


def read_request(data: bytes, mode: Mode) -> tuple[int, int] | None:
    """Units and item of a vend request or cash sale, from what follows its second byte."""
    if len(data) < mode.money_bytes + 2:
        return None
    return int.from_bytes(data[: mode.money_bytes]), int.from_bytes(
        data[mode.money_bytes : mode.money_bytes + 2]
    )


def vend(address: int, step: Vend) -> bytes:
    """A step of a vend without data: cancel, failure, complete."""
    return order(address, ReaderOrder.VEND, step)


def vend_success(address: int, item: int) -> bytes:
    """The goods were delivered."""
    return order(address, ReaderOrder.VEND, Vend.SUCCESS) + item.to_bytes(2)


def cash_sale(address: int, units: int, item: int, mode: Mode, currency: int = 0) -> bytes:
    """Report goods that were sold for cash.

    Raises:
        WireError: An amount or item that has no room.
    """
    if not 0 <= units <= mode.most_units or not 0 <= item <= ANY_ITEM:
        raise WireError(f"{units} units for item {item} fit no cash sale")
    head = order(address, ReaderOrder.VEND, Vend.CASH_SALE) + units.to_bytes(mode.money_bytes)
    head += item.to_bytes(2)
    return head + currency.to_bytes(2) if mode.is_wide else head


def revalue(address: int, units: int, mode: Mode) -> bytes:
    """Ask the reader to put money onto the card.

    Raises:
        WireError: An amount that has no room.
    """
    if not 0 <= units <= mode.most_units:
        raise WireError(f"{units} units fit no revalue")
    return order(address, ReaderOrder.REVALUE, 0) + units.to_bytes(mode.money_bytes)


def revalue_limit(address: int) -> bytes:
    """Ask the reader how much the card may take."""
    return order(address, ReaderOrder.REVALUE, 1)


def data_entry_cancel(address: int) -> bytes:
    """The shopper enters nothing: we have no keypad for it."""
    return order(address, ReaderOrder.READER, Switch.DATA_ENTRY) + b"\xff" * 8


def identify(address: int, us: Identity) -> bytes:
    """Say who the master is, and ask who the reader is."""
    return order(address, ReaderOrder.EXPANSION, Extra.IDENTIFY) + write_identity(us, has_features=False)


def enable_options(address: int, options: Sequence[Option]) -> bytes:
    """Enable exactly these options."""
    bits = sum(1 << option for option in options)
    return order(address, ReaderOrder.EXPANSION, Extra.OPTIONS) + bits.to_bytes(4)
