"""What MDB blocks mean, for the coin changer and the note validator, and what all peripherals share.

Everything here works on block contents: no sum, no mode bit. Numbers are big-endian. What is no such message reads as None.

Source: MDB/ICP 4.2, sections 2.3 (addresses), 5 (changer), 6 (validator, recycler).
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

from hardware.sansio import WireError

CHANGER, READER, VALIDATOR, SECOND_READER = 0x08, 0x10, 0x30, 0x60
ADDRESSES: Final[Mapping[int, str]] = {
    CHANGER: "coin changer",
    READER: "card reader 1",
    VALIDATOR: "note validator",
    SECOND_READER: "card reader 2",
}
"""The peripherals that this product drives."""

TYPES: Final = 16
"""Coin and note types of a device; our positions are these plus one."""
TOKEN: Final = 0xFF
"""The value of a type that is a token, not an amount."""
UNUSED: Final = 0x00
FULL_COUNT: Final = 255
"""A tube that says so holds so many or more."""
MOST_DISPENSED: Final = 15
"""Coins of one DISPENSE: its count has four bits."""
MAX_POLL: Final = 16
"""Bytes of events in one answer to a POLL."""


class Order(IntEnum):
    """The lower three bits of a command byte, where all peripherals agree."""

    RESET = 0
    SETUP = 1


class ChangerOrder(IntEnum):
    """Command bytes of the changer."""

    RESET = 0x08
    SETUP = 0x09
    TUBE_STATUS = 0x0A
    POLL = 0x0B
    COIN_TYPE = 0x0C
    DISPENSE = 0x0D
    EXPANSION = 0x0F


class ChangerExtra(IntEnum):
    """What follows `ChangerOrder.EXPANSION`."""

    IDENTIFY = 0
    FEATURES = 1
    PAYOUT = 2
    PAYOUT_STATUS = 3
    PAYOUT_VALUE = 4
    DIAGNOSIS = 5
    FILLED = 6
    DISPENSED = 7


class ChangerFeature(IntEnum):
    """Bits of a level 3 changer's optional features."""

    ALTERNATIVE_PAYOUT = 0
    DIAGNOSIS = 1
    CONTROLLED_FILL = 2
    FILE_TRANSFER = 3


class ValidatorOrder(IntEnum):
    """Command bytes of the note validator."""

    RESET = 0x30
    SETUP = 0x31
    SECURITY = 0x32
    POLL = 0x33
    BILL_TYPE = 0x34
    ESCROW = 0x35
    STACKER = 0x36
    EXPANSION = 0x37


class ValidatorExtra(IntEnum):
    """What follows `ValidatorOrder.EXPANSION`."""

    IDENTIFY = 0
    FEATURES = 1
    IDENTIFY_WITH_OPTIONS = 2
    RECYCLER_SETUP = 3
    RECYCLER_ENABLE = 4
    DISPENSER_STATUS = 5
    PAY_NOTES = 6
    PAY_VALUE = 7
    PAYOUT_STATUS = 8
    PAYOUT_VALUE = 9
    CANCEL_PAYOUT = 10


RECYCLER_FEATURE: Final = 1
"""Bit of a validator's features that says that it pays notes."""


# --- numbers and money --------------------------------------------------------------------------------------------


def bits_of(types: Sequence[int]) -> bytes:
    """Two bytes with a bit for each of ``types`` (0 to 15).

    Raises:
        WireError: A type that there is not.
    """
    mask = 0
    for each in types:
        if not 0 <= each < TYPES:
            raise WireError(f"an MDB type is 0 to {TYPES - 1}, not {each}")
        mask |= 1 << each
    return mask.to_bytes(2)


def types_of(mask: bytes) -> frozenset[int]:
    """The types whose bits are set in two bytes."""
    number = int.from_bytes(mask)
    return frozenset(each for each in range(TYPES) if number >> each & 1)


NUMERIC: Final[Mapping[str, int]] = {
    "AED": 784, "AUD": 36, "BGN": 975, "BHD": 48, "CAD": 124, "CHF": 756, "CNY": 156, "CZK": 203,
    "DKK": 208, "EGP": 818, "EUR": 978, "GBP": 826, "HUF": 348, "IQD": 368, "IRR": 364, "JOD": 400,
    "JPY": 392, "KWD": 414, "LBP": 422, "MAD": 504, "NOK": 578, "OMR": 512, "PLN": 985, "QAR": 634,
    "RON": 946, "RUB": 643, "SAR": 682, "SEK": 752, "TND": 788, "TRY": 949, "UAH": 980, "USD": 840,
}  # fmt: skip
"""ISO 4217 numbers, to hold a device's currency against ours; a currency that is missing here is not checked."""


WHOLE: Final = frozenset({"CLP", "IRR", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF"})
THOUSANDTHS: Final = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})


def exponent_of(currency: str) -> int:
    """Decimals of a currency as most devices count it; standards disagree on some, so a kiosk may say otherwise."""
    if currency in WHOLE:
        return 0
    return 3 if currency in THOUSANDTHS else 2


def currency_number(code: int) -> int | None:
    """The ISO 4217 number in a device's currency bytes; None when they hold a telephone code or no digits.

    The first digit is 1 for ISO 4217 and 0 for a telephone country code.
    """
    digits = f"{code:04X}"
    if digits[0] != "1" or not digits.isdecimal():
        return None
    return int(digits[1:])


def is_foreign(code: int, currency: str) -> bool:
    """Whether a device says for certain that it counts another currency than ``currency`` (an ISO code)."""
    theirs, ours = currency_number(code), NUMERIC.get(currency)
    return theirs is not None and ours is not None and theirs != ours


@dataclass(frozen=True, slots=True)
class Scale:
    """How a device's units turn into minor units: unit x ``factor`` x 10 to the minus ``decimals`` is major units.

    ``exponent`` is how many decimals the kiosk's minor unit has.
    """

    factor: int
    decimals: int
    exponent: int

    def to_minor(self, units: int) -> int | None:
        """Minor units of a device's number; None when they are not whole, or it has no scale."""
        if self.factor < 1:
            return None
        raised = units * self.factor * 10**self.exponent
        whole, rest = divmod(raised, 10**self.decimals)
        return None if rest else whole

    def to_units(self, amount_minor: int) -> int | None:
        """A device's number for minor units; None when they do not divide."""
        if self.factor < 1:
            return None
        whole, rest = divmod(amount_minor * 10**self.decimals, self.factor * 10**self.exponent)
        return None if rest else whole


# --- identity -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a peripheral says it is; ``features`` are 32 option bits, 0 where its level has none."""

    maker: str
    serial: str
    model: str
    version: int
    features: int = 0

    @property
    def serial_number(self) -> int:
        """The serial as a number: its digits, or a sum of its letters; always the same for the same text."""
        text = self.serial.strip()
        return int(text) if text.isascii() and text.isdigit() else zlib.crc32(text.encode("latin-1"))


IDENTITY_BYTES: Final = 29
FEATURE_BYTES: Final = 4


def write_identity(identity: Identity, *, has_features: bool) -> bytes:
    """The 29 bytes, or 33 with features."""
    text = "".join(
        (identity.maker.ljust(3)[:3], identity.serial.rjust(12)[:12], identity.model.ljust(12)[:12])
    )
    raw = text.encode("latin-1") + identity.version.to_bytes(2)
    return raw + identity.features.to_bytes(FEATURE_BYTES) if has_features else raw


def read_identity(data: bytes) -> Identity | None:
    """Who it is, from 29 or 33 bytes."""
    if len(data) not in (IDENTITY_BYTES, IDENTITY_BYTES + FEATURE_BYTES):
        return None
    text = data[:27].decode("latin-1")
    features = int.from_bytes(data[29:]) if len(data) > IDENTITY_BYTES else 0
    return Identity(
        text[:3].strip(), text[3:15].strip(), text[15:].strip(), int.from_bytes(data[27:29]), features
    )


# --- what is inside -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pieces:
    """What lies in tubes or a recycler by the device's own count, by type; ``full`` are the types that say they are full.

    ``most`` is the largest number that the device can say: so many, or more.
    """

    counts: tuple[int, ...] = (0,) * TYPES
    full: frozenset[int] = frozenset()
    most: int = FULL_COUNT

    def level(self, kind: int) -> int | None:
        """Pieces of ``kind``; None when the device cannot see them (full, but empty), or may hold more than it can say."""
        count = self.counts[kind]
        is_defective = kind in self.full and count == 0
        return None if is_defective or count >= self.most else count

    def counting(self, kind: int, count: int) -> Pieces:
        """The same with ``count`` pieces of ``kind``."""
        counts = list(self.counts)
        counts[kind] = min(count, self.most)
        return replace(self, counts=tuple(counts))


# --- changer ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChangerSetup:
    """A changer's answer to SETUP: ``routed`` are the types that can go to tubes; ``values`` in its units, by type."""

    level: int
    currency: int
    factor: int
    decimals: int
    routed: frozenset[int]
    values: tuple[int, ...]


def write_changer_setup(setup: ChangerSetup) -> bytes:
    """As the changer sends it, always with sixteen values."""
    head = bytes((setup.level,)) + setup.currency.to_bytes(2) + bytes((setup.factor, setup.decimals))
    return head + bits_of(tuple(setup.routed)) + bytes(setup.values).ljust(TYPES, b"\x00")


def read_changer_setup(data: bytes) -> ChangerSetup | None:
    """What kind of changer it is; values that it leaves out are unused."""
    if not 8 <= len(data) <= 7 + TYPES or data[0] not in (1, 2, 3):
        return None
    values = tuple(data[7:].ljust(TYPES, b"\x00"))
    return ChangerSetup(data[0], int.from_bytes(data[1:3]), data[3], data[4], types_of(data[5:7]), values)


def write_tubes(tubes: Pieces) -> bytes:
    """As the changer sends it."""
    return bits_of(tuple(tubes.full)) + bytes(min(count, FULL_COUNT) for count in tubes.counts)


def read_tubes(data: bytes) -> Pieces | None:
    """The counts; those that it leaves out are 0."""
    if not 3 <= len(data) <= 2 + TYPES:
        return None
    return Pieces(tuple(data[2:].ljust(TYPES, b"\x00")), types_of(data[:2]))


class Route(IntEnum):
    """Where an accepted coin went."""

    CASH_BOX = 0
    TUBE = 1
    UNUSED = 2
    REJECTED = 3


@dataclass(frozen=True, slots=True)
class CoinIn:
    """A coin of type ``kind`` went to ``route``; ``count`` lie in its tube now."""

    kind: int
    route: Route
    count: int


@dataclass(frozen=True, slots=True)
class CoinsByHand:
    """Somebody let ``qty`` coins of type ``kind`` out with the changer's own buttons; ``count`` are left."""

    kind: int
    qty: int
    count: int


@dataclass(frozen=True, slots=True)
class Slugs:
    """Something that is no coin was turned away, ``qty`` times."""

    qty: int


@dataclass(frozen=True, slots=True)
class Said:
    """A one-byte report of a peripheral's own table."""

    code: int


class ChangerState(IntEnum):
    """One-byte reports of a changer."""

    ESCROW_LEVER = 0x01
    PAYOUT_BUSY = 0x02
    NO_CREDIT = 0x03
    TUBE_SENSOR = 0x04
    DOUBLE_ARRIVAL = 0x05
    ACCEPTOR_UNPLUGGED = 0x06
    TUBE_JAM = 0x07
    ROM = 0x08
    ROUTING = 0x09
    BUSY = 0x0A
    JUST_RESET = 0x0B
    COIN_JAM = 0x0C
    FISHED_OUT = 0x0D


ChangerEvent = CoinIn | CoinsByHand | Slugs | Said
FILE_TRANSFER: Final = range(0x1B, 0x20)
_CHANGER_STATES: Final = frozenset(ChangerState) | frozenset(FILE_TRANSFER)


def read_changer_events(data: bytes) -> tuple[tuple[ChangerEvent, ...], bytes]:
    """The events of a POLL answer, oldest first, and the rest from the first impossible byte on."""
    events: list[ChangerEvent] = []
    at = 0
    while at < len(data):
        first = data[at]
        if first & 0xC0:
            if at + 1 >= len(data):
                break
            count, kind = data[at + 1], first & 0x0F
            if first & 0x80:
                events.append(CoinsByHand(kind, first >> 4 & 0x07, count))
            else:
                events.append(CoinIn(kind, Route(first >> 4 & 0x03), count))
            at += 2
            continue
        if first & 0x20:
            events.append(Slugs(first & 0x1F))
        elif first in _CHANGER_STATES:
            events.append(Said(first))
        else:
            break
        at += 1
    return tuple(events), data[at:]


def write_changer_event(event: ChangerEvent) -> bytes:
    """As the changer puts it into a POLL answer."""
    match event:
        case CoinIn(kind, route, count):
            return bytes((0x40 | route << 4 | kind, min(count, FULL_COUNT)))
        case CoinsByHand(kind, qty, count):
            return bytes((0x80 | qty << 4 | kind, min(count, FULL_COUNT)))
        case Slugs(qty):
            return bytes((0x20 | qty,))
        case Said(code):
            return bytes((code,))


def coin_type(accepted: Sequence[int], by_hand: Sequence[int]) -> bytes:
    """Accept exactly these types, and let these be dispensed by hand."""
    return bytes((ChangerOrder.COIN_TYPE,)) + bits_of(accepted) + bits_of(by_hand)


def dispense(kind: int, qty: int) -> bytes:
    """Pay 1 to 15 coins of one type.

    Raises:
        WireError: More, fewer, or a type that there is not.
    """
    if not 1 <= qty <= MOST_DISPENSED or not 0 <= kind < TYPES:
        raise WireError(f"DISPENSE pays 1 to {MOST_DISPENSED} coins of type 0 to 15, not {qty} of {kind}")
    return bytes((ChangerOrder.DISPENSE, qty << 4 | kind))


def read_dispense(data: bytes) -> tuple[int, int]:
    """Type and quantity of a DISPENSE's one byte."""
    return data[0] & 0x0F, data[0] >> 4


def read_counts(data: bytes) -> tuple[int, ...] | None:
    """A count per type (PAYOUT STATUS, coins filled or dispensed by hand); those left out are 0."""
    return tuple(data.ljust(TYPES, b"\x00")) if 1 <= len(data) <= TYPES else None


DIAGNOSIS_OK: Final = bytes((0x03, 0x00))


# --- note validator -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ValidatorSetup:
    """A validator's answer to SETUP; ``values`` in its units, by type."""

    level: int
    currency: int
    factor: int
    decimals: int
    stacker_size: int
    security: frozenset[int]
    has_escrow: bool
    values: tuple[int, ...]


def write_validator_setup(setup: ValidatorSetup) -> bytes:
    """As the validator sends it, always with sixteen values."""
    head = bytes((setup.level,)) + setup.currency.to_bytes(2) + setup.factor.to_bytes(2)
    head += bytes((setup.decimals,)) + setup.stacker_size.to_bytes(2) + bits_of(tuple(setup.security))
    return head + bytes((0xFF * setup.has_escrow,)) + bytes(setup.values).ljust(TYPES, b"\x00")


def read_validator_setup(data: bytes) -> ValidatorSetup | None:
    """What kind of validator it is; values that it leaves out are unused."""
    if not 12 <= len(data) <= 11 + TYPES or data[0] not in (1, 2):
        return None
    return ValidatorSetup(
        level=data[0],
        currency=int.from_bytes(data[1:3]),
        factor=int.from_bytes(data[3:5]),
        decimals=data[5],
        stacker_size=int.from_bytes(data[6:8]),
        security=types_of(data[8:10]),
        has_escrow=data[10] == 0xFF,
        values=tuple(data[11:].ljust(TYPES, b"\x00")),
    )


class NoteRoute(IntEnum):
    """What became of a note."""

    STACKED = 0
    ESCROW = 1
    RETURNED = 2
    TO_RECYCLER = 3
    DISABLED_REJECTED = 4
    FILLED_BY_HAND = 5
    DISPENSED_BY_HAND = 6
    RECYCLER_TO_BOX = 7


@dataclass(frozen=True, slots=True)
class NoteMoved:
    """A note of type ``kind`` came to ``route``."""

    kind: int
    route: NoteRoute


@dataclass(frozen=True, slots=True)
class Attempts:
    """Notes were put in ``qty`` times while it was disabled."""

    qty: int


class ValidatorState(IntEnum):
    """One-byte reports of a validator and its recycler."""

    MOTOR = 0x01
    SENSOR = 0x02
    BUSY = 0x03
    ROM = 0x04
    JAM = 0x05
    JUST_RESET = 0x06
    LEFT_ESCROW = 0x07
    BOX_OUT = 0x08
    DISABLED = 0x09
    NO_NOTE_IN_ESCROW = 0x0A
    REJECTED = 0x0B
    FISHED_OUT = 0x0C
    RECYCLER_LEVER = 0x21
    PAYOUT_BUSY = 0x22
    RECYCLER_BUSY = 0x23
    RECYCLER_SENSOR = 0x24
    RECYCLER_MOTOR = 0x26
    RECYCLER_JAM = 0x27
    RECYCLER_ROM = 0x28
    RECYCLER_DISABLED = 0x29
    NOTE_WAITS = 0x2A
    FILLED_KEY = 0x2F


ValidatorEvent = NoteMoved | Attempts | Said
_VALIDATOR_STATES: Final = frozenset(ValidatorState) | frozenset(FILE_TRANSFER)


def read_validator_events(data: bytes) -> tuple[tuple[ValidatorEvent, ...], bytes]:
    """The events of a POLL answer, oldest first, and the rest from the first impossible byte on."""
    events: list[ValidatorEvent] = []
    for at, byte in enumerate(data):
        if byte & 0x80:
            events.append(NoteMoved(byte & 0x0F, NoteRoute(byte >> 4 & 0x07)))
        elif byte & 0xE0 == 0x40:
            events.append(Attempts(byte & 0x1F))
        elif byte in _VALIDATOR_STATES:
            events.append(Said(byte))
        else:
            return tuple(events), data[at:]
    return tuple(events), b""


def write_validator_event(event: ValidatorEvent) -> bytes:
    """As the validator puts it into a POLL answer."""
    match event:
        case NoteMoved(kind, route):
            return bytes((0x80 | route << 4 | kind,))
        case Attempts(qty):
            return bytes((0x40 | qty,))
        case Said(code):
            return bytes((code,))


def bill_type(accepted: Sequence[int], escrowed: Sequence[int]) -> bytes:
    """Accept exactly these types, and hold these in escrow."""
    return bytes((ValidatorOrder.BILL_TYPE,)) + bits_of(accepted) + bits_of(escrowed)


def escrow(*, stacks: bool) -> bytes:
    """Keep the note in escrow, or give it back."""
    return bytes((ValidatorOrder.ESCROW, int(stacks)))


@dataclass(frozen=True, slots=True)
class Stacker:
    """Notes in the box."""

    count: int
    is_full: bool = False


def write_stacker(stacker: Stacker) -> bytes:
    """As the validator sends it."""
    return (stacker.count | stacker.is_full << 15).to_bytes(2)


def read_stacker(data: bytes) -> Stacker | None:
    """How many notes the box holds."""
    if len(data) != 2:
        return None
    number = int.from_bytes(data)
    return Stacker(number & 0x7FFF, bool(number >> 15))


RECYCLER_BYTES: Final = 2 + 2 * TYPES
MOST_NOTES: Final = 0xFFFF
"""The largest count of notes that a recycler can say."""


def write_recycler(recycler: Pieces) -> bytes:
    """As the validator answers DISPENSER STATUS."""
    return bits_of(tuple(recycler.full)) + b"".join(count.to_bytes(2) for count in recycler.counts)


def read_recycler(data: bytes) -> Pieces | None:
    """What lies in the recycler; types that it leaves out hold none."""
    if not 4 <= len(data) <= RECYCLER_BYTES or len(data) % 2:
        return None
    words = data[2:].ljust(2 * TYPES, b"\x00")
    counts = tuple(int.from_bytes(words[at : at + 2]) for at in range(0, len(words), 2))
    return Pieces(counts, types_of(data[:2]), MOST_NOTES)


def pay_notes(kind: int, qty: int) -> bytes:
    """Pay ``qty`` notes of one type from the recycler.

    Raises:
        WireError: A type or a count that does not fit.
    """
    if not 0 <= kind < TYPES or not 1 <= qty <= 0xFFFF:
        raise WireError(f"notes are paid by type 0 to 15 and count, not {qty} of {kind}")
    return bytes((ValidatorOrder.EXPANSION, ValidatorExtra.PAY_NOTES, kind)) + qty.to_bytes(2)


def recycler_option(*, is_on: bool) -> bytes:
    """Let the recycler be spoken of, or not any more, as after a reset; all other options are off. Nothing moves by it."""
    options = (is_on << RECYCLER_FEATURE).to_bytes(FEATURE_BYTES)
    return bytes((ValidatorOrder.EXPANSION, ValidatorExtra.FEATURES)) + options


def read_recycler_setup(data: bytes) -> frozenset[int] | None:
    """The types that the recycler can keep; None when it is no such answer."""
    return types_of(data) if len(data) == 2 else None


def recycler_enable(routed: Sequence[int]) -> bytes:
    """Send notes of these types to the recycler, and let all be dispensed by hand.

    The layout (two bytes of hand bits, then one byte per type, 3 for every quality) was not seen on a device.
    """
    per_type = bytes(3 * (kind in routed) for kind in range(TYPES))
    return bytes((ValidatorOrder.EXPANSION, ValidatorExtra.RECYCLER_ENABLE)) + b"\xff\xff" + per_type


def read_recycler_enable(data: bytes) -> frozenset[int] | None:
    """The types that go to the recycler, from what follows the order."""
    return frozenset(kind for kind in range(TYPES) if data[2 + kind]) if len(data) == 2 + TYPES else None


# --- words for people ---------------------------------------------------------------------------------------------


def describe_changer_event(event: ChangerEvent) -> str:
    """A changer's event in a few English words."""
    match event:
        case CoinIn(kind, route, count):
            return f"coin type {kind} to {route.name.lower().replace('_', ' ')}, {count} in its tube"
        case CoinsByHand(kind, qty, count):
            return f"{qty} coins of type {kind} dispensed by hand, {count} left"
        case Slugs(qty):
            return f"{qty} slugs"
        case Said(code):
            return _name(ChangerState, code)


def describe_validator_event(event: ValidatorEvent) -> str:
    """A validator's event in a few English words."""
    match event:
        case NoteMoved(kind, route):
            return f"note type {kind} {route.name.lower().replace('_', ' ')}"
        case Attempts(qty):
            return f"{qty} tries while disabled"
        case Said(code):
            return _name(ValidatorState, code)


def _name(kinds: type[IntEnum], code: int) -> str:
    known = {each.value: each.name.lower().replace("_", " ") for each in kinds}
    return known.get(code, f"{code:02X}")
