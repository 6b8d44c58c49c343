"""The text lines by which a Qibixx box plays a card reader in somebody else's vending machine: ``C,…`` to it, ``c,…`` from it.

The box answers the machine's polls itself; these lines are about sessions and vends. Amounts are decimal text and are read
without rounding. No line has a check: whoever uses them asks for a second line where money hangs on one.

Source: public clients of the box, its maker's sample among them (see README.md). MDB/ICP 4.2, section 7, for the states.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from hardware.sansio import WireError

OFF: Final = "C,0"
ON: Final = "C,1"
STOP: Final = "C,STOP"
DENY: Final = "C,VEND,-1"

MOST_ITEM: Final = 0xFFFF
"""The item number of a machine that has none (section 7.4.5); 0 is taken for it too."""

MOST_DIGITS: Final = 9
"""Digits before the point: any price of any currency that we know."""

_AMOUNT: Final = re.compile(rf"([0-9]{{1,{MOST_DIGITS}}})(?:\.([0-9]{{1,6}}))?")
_SETTING: Final = re.compile(r"[a-z0-9-]{1,40}=[A-Za-z0-9.x_-]{1,40}")


class Seen(StrEnum):
    """How the machine sees the box. ONLINE is what some firmware says when it was switched on."""

    ONLINE = "ONLINE"
    INACTIVE = "INACTIVE"
    DISABLED = "DISABLED"
    ENABLED = "ENABLED"
    IDLE = "IDLE"
    VEND = "VEND"


class Broken(IntEnum):
    """Why a vend ended without goods, by the box's number."""

    CANCELLED = 1
    NOT_DELIVERED = 3
    MACHINE_RESET = 5


@dataclass(frozen=True, slots=True)
class Status:
    """The machine sees us so now."""

    seen: Seen


@dataclass(frozen=True, slots=True)
class Asked:
    """The machine asks whether ``item`` may be sold for ``amount`` (decimal text)."""

    amount: str
    item: int


@dataclass(frozen=True, slots=True)
class Delivered:
    """VEND SUCCESS: the machine says that the goods are out."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The vend ended otherwise."""

    why: Broken


@dataclass(frozen=True, slots=True)
class Rejected:
    """The box does not obey an order now: ``order`` is VEND or START, ``code`` its number (-2 payload, -3 state)."""

    order: str
    code: int


@dataclass(frozen=True, slots=True)
class AlreadyOn:
    """It was switched on, and is on."""


@dataclass(frozen=True, slots=True)
class SettingTaken:
    """A setting, or a switch, was taken."""


Said = Status | Asked | Delivered | Ended | Rejected | AlreadyOn | SettingTaken


@dataclass(frozen=True, slots=True)
class Begin:
    """Open a session with funds (decimal text)."""

    funds: str


@dataclass(frozen=True, slots=True)
class Approve:
    """Let the machine sell for an amount (decimal text)."""

    amount: str


@dataclass(frozen=True, slots=True)
class Setting:
    """Set a value of the box; asked for while it is off."""

    text: str


@dataclass(frozen=True, slots=True)
class Plain:
    """An order without a value: `OFF`, `ON`, `STOP`, `DENY`."""

    text: str


Order = Begin | Approve | Setting | Plain


def amount_text(amount_minor: int, exponent: int) -> str:
    """An amount as the box wants it: all decimals of the currency, no more."""
    if not exponent:
        return str(amount_minor)
    whole, rest = divmod(amount_minor, 10**exponent)
    return f"{whole}.{rest:0{exponent}d}"


def amount_minor(text: str, exponent: int) -> int | None:
    """An amount in minor units; None when it is no plain number, or has more decimals than the currency."""
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return None
    decimals = found[2] or ""
    if len(decimals) > exponent:
        return None
    return int(found[1] + decimals.ljust(exponent, "0"))


def start(amount: str) -> str:
    """The line that opens a session."""
    return f"C,START,{amount}"


def approve(amount: str) -> str:
    """The line that lets the machine sell."""
    return f"C,VEND,{amount}"


def setting(name: str, value: str) -> str:
    """The line that sets a value of the box.

    Raises:
        WireError: Signs that no setting of the box has.
    """
    text = f"{name}={value}"
    if not _SETTING.fullmatch(text):
        raise WireError(
            f"a setting of the box is letters, digits, - and . as in mdb-addr=0x10, not {text[:40]!r}"
        )
    return f"C,SETCONF,{text}"


def read_order(line: str) -> Order | None:
    """What the host wants; None when it is no order to a slave."""
    if line in {OFF, ON, STOP, DENY}:
        return Plain(line)
    match line.split(",", 2):
        case ["C", "START", funds] if _AMOUNT.fullmatch(funds):
            return Begin(funds)
        case ["C", "VEND", amount] if _AMOUNT.fullmatch(amount):
            return Approve(amount)
        case ["C", "SETCONF", text] if _SETTING.fullmatch(text):
            return Setting(text)
        case _:
            return None


def line_of(said: Said) -> str:
    """The box's line for ``said``."""
    match said:
        case Status(seen):
            return f"c,STATUS,{seen}"
        case Asked(amount, item):
            return f"c,STATUS,VEND,{amount},{item}"
        case Delivered():
            return "c,VEND,SUCCESS"
        case Ended(why):
            return f"c,ERR,VEND {int(why)}"
        case Rejected(order, code):
            return f'c,ERR,"{order} {code}"'
        case AlreadyOn():
            return 'c,ERR,"cashless is on"'
        case SettingTaken():
            return "c,SET,OK"


_ENDED: Final = re.compile(r'"?VEND ([135])"?')
_REJECTED: Final = re.compile(r'"?(VEND|START) (-[0-9])"?')


def read_said(line: str) -> Said | None:
    """What a line of the box says; None when it says nothing that we know."""
    match line.split(",", 2):
        case ["c", "STATUS", "VEND"]:
            return Status(Seen.VEND)
        case ["c", "STATUS", text] if text.startswith("VEND,"):
            return _read_asked(text)
        case ["c", "STATUS", text] if text in set(Seen):
            return Status(Seen(text))
        case ["c", "VEND", "SUCCESS"]:
            return Delivered()
        case ["c", "SET", "OK"]:
            return SettingTaken()
        case ["c", "ERR", text]:
            return _read_error(text)
        case _:
            return None


def _read_asked(text: str) -> Asked | None:
    parts = text.split(",")
    if len(parts) != 3 or not _AMOUNT.fullmatch(parts[1]):
        return None
    number = parts[2]
    is_item = number.isascii() and number.isdigit() and len(number) <= 5 and int(number) <= MOST_ITEM
    return Asked(parts[1], int(number) or MOST_ITEM) if is_item else None


def _read_error(text: str) -> Said | None:
    ended = _ENDED.fullmatch(text)
    if ended is not None:
        return Ended(Broken(int(ended[1])))
    rejected = _REJECTED.fullmatch(text)
    if rejected is not None:
        return Rejected(rejected[1], int(rejected[2]))
    return AlreadyOn() if text.strip('"') == "cashless is on" else None


def describe_order(line: str) -> str:
    """What the host's line means, in English; empty when it is no order to a slave."""
    order = read_order(line)
    match order:
        case Begin(funds):
            return f"offers the machine {funds}"
        case Approve(amount):
            return f"lets the machine sell for {amount}"
        case Setting(text):
            return f"sets {text}"
        case Plain(text):
            return {
                OFF: "stops playing a card reader",
                ON: "plays a card reader for the machine",
                STOP: "ends the session",
                DENY: "does not let the machine sell",
            }[text]
        case None:
            return ""


_STATUS_WORDS: Final = {
    Seen.ONLINE: "the box plays a card reader",
    Seen.INACTIVE: "the machine has not spoken to us",
    Seen.DISABLED: "the machine knows us and has not enabled us",
    Seen.ENABLED: "the machine has enabled us and waits for funds",
    Seen.IDLE: "a session is open, the machine waits for a selection",
    Seen.VEND: "the machine vends",
}
_ENDED_WORDS: Final = {
    Broken.CANCELLED: "the machine withdrew its request",
    Broken.NOT_DELIVERED: "the machine says that nothing was delivered",
    Broken.MACHINE_RESET: "the machine began anew in the middle of a vend",
}


def describe_said(line: str) -> str:
    """What the box's line means, in English; empty when it is none that we know."""
    said = read_said(line)
    match said:
        case Status(seen):
            return _STATUS_WORDS[seen]
        case Asked(amount, item):
            return f"the machine asks for {amount}, item {item}"
        case Delivered():
            return "the machine says that the goods are out"
        case Ended(why):
            return _ENDED_WORDS[why]
        case Rejected(order, code):
            return f"the box does not obey {order}: {'wrong value' if code == -2 else 'not in this state'} ({code})"
        case AlreadyOn():
            return "the box plays a card reader already"
        case SettingTaken():
            return "taken"
        case None:
            return ""
