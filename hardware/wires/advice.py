"""Device events and evidence cards in a technician's words, and what to do next."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Final

from hardware.events import (
    AcceptorIdentified,
    CoinEventsLost,
    CoinRefused,
    CoinUnvalued,
    DeviceEvent,
    DeviceFaulted,
    DeviceKind,
    DeviceLost,
    EvidenceCard,
    Fault,
    HopperIdentified,
    LineNoise,
    Paper,
    PrinterStatus,
)

POLLS_BY_ITSELF: Final = frozenset({"fafb"})
"""Wires on which a coil board speaks first; on all others it answers."""

LOST: Final[Mapping[DeviceKind, str]] = {
    DeviceKind.SCANNER: "its port is gone: put the cable back in",
    DeviceKind.VENDING_MACHINE: "does the box answer, is the machine on, and does it expect a card reader on MDB?",
    DeviceKind.PRINTER: "is it powered and on line, and is the speed the one on its self-test print?",
}
NO_ANSWER: Final = (
    "is it powered, is the cable in, are address and speed right? `devices probe` tries what is usual"
)

FAULTS: Final[Mapping[Fault, str]] = {
    Fault.JAM: "take out what jams it",
    Fault.EMPTY: "fill it",
    Fault.NO_MOTOR: "no motor answers: look at the plug of that coil",
    Fault.MOTOR_RUNS: "the motor does not find its home switch: look at the switch",
    Fault.SENSOR_BLOCKED: "clean its sensors and take out what stands in the beam",
    Fault.FRAUD: "somebody tries something, or a sensor is dirty: look into the coin path",
    Fault.SELF_CHECK: "its own check failed: switch it off and on; if that does not help, exchange it",
    Fault.PAPER_OUT: "put a new roll in",
    Fault.PAPER_LOW: "have a new roll ready",
    Fault.COVER_OPEN: "close the cover",
    Fault.CUTTER: "open the cover, free the blade, close it",
    Fault.NO_REPLY: NO_ANSWER,
    Fault.LINE_NOISE: "another speed, another protocol, or a bad cable",
    Fault.UNKNOWN_COIN: "write this position with its value into the configuration, or keep it out of the device's table",
    Fault.REFUSED: "the device turned it away; a coin that is good everywhere else needs the device's coin table",
    Fault.NOT_SEEN: "the motor turned and nothing fell past the sensor: is the coil empty, is the sensor clean and plugged in?",
    Fault.RESTARTED: "it started anew by itself: look at its supply, a plug may be loose or its fuse weak",
    Fault.SWALLOWED: "money went in and was not told of: look into its path, and compare its counts",
    Fault.UNREADABLE: "what it said makes no sense: another speed, another protocol, or a bad cable",
    Fault.TOO_LONG: "it said more than any code has: look at what stands before the scanner, and at its end-of-code setting",
    Fault.UNKNOWN_NOTE: "write this note with its value into the configuration, or switch it off in the device's table",
    Fault.STACKER_FULL: "empty its cash box",
    Fault.BOX_OUT: "put its cash box back in until it snaps",
    Fault.DECLINED: "the card's issuer said no: another card, or another way to pay",
    Fault.TIMED_OUT: "it was too slow: look at its network and its signal",
    Fault.WRONG_SCALE: "its money is not ours: compare its currency, its decimals and its values with the configuration",
    Fault.ADDRESS_CLASH: "two devices have the same address: unplug one, give it another address, plug it in again",
    Fault.OUT_OF_SEQUENCE: "it answered what was not asked: does another host speak on this line, too?",
    Fault.HUNG: "pull its adapter out of the computer and put it back; if it stays, start the kiosk anew",
    Fault.NOT_COUNTED: "it said that a note was in, and its own count did not rise: count the box, and watch it",
    Fault.LOST_POWER: "power went while it paid: count what came out",
}
"""What to do about a fault; only an unspecified one needs the device's own manual."""

CARD_WORDS: Final[Mapping[str, str]] = {
    "event_counter": "event counter",
    "accept_count": "count of what it accepted",
    "pay_count": "count of what it paid",
    "payout_interrupted": "a payout that a power cut interrupts",
    "vend_proof": "proof that goods fell",
    "level_count": "count of what is inside",
    "escrow_at_power_up": "a note in escrow when power comes back",
    "card_status": "status of a card payment by its reference",
}
_SILENT: Final = frozenset({"device"})


def words(event: DeviceEvent) -> str:
    """The event's name and what it carries, in one line."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(event).__name__).lower()
    carried = [
        f"{field.name.replace('_', ' ')} {_value(value)}"
        for field in fields(event)
        if field.name not in _SILENT and (value := getattr(event, field.name)) not in (None, "")
    ]
    return f"{name}: {', '.join(carried)}" if carried else name


def _value(value: object) -> str:
    if value is True or value is False:
        return "yes" if value else "no"
    if isinstance(value, tuple):
        inner = [
            " ".join(str(getattr(each, field.name)) for field in fields(each))
            if hasattr(each, "__dataclass_fields__")
            else str(each)
            for each in value
        ]
        return f"({'; '.join(inner)})"
    return str(value)


def advice(event: DeviceEvent, wire: str = "") -> str:
    """What to do about ``event``, heard on ``wire`` (a name of `hardware.rig.Wire`); empty when there is nothing to do."""
    match event:
        case DeviceLost(kind=DeviceKind.COIL_BOARD, fault=Fault.NO_REPLY) if wire in POLLS_BY_ITSELF:
            return "a coil board polls by itself: is it powered, is the speed right, are its two data wires swapped?"
        case DeviceLost(kind=kind, fault=Fault.NO_REPLY):
            return LOST.get(kind, NO_ANSWER)
        case DeviceLost(kind=DeviceKind.VENDING_MACHINE):
            return "the machine knows us and does not enable us: close its door, and look into its settings for a card reader"
        case DeviceLost(fault=fault) if fault in FAULTS:
            return FAULTS[fault]
        case DeviceLost(kind=kind):
            return f"something answers here that is no {str(kind).replace('_', ' ')}: look at its address"
        case DeviceFaulted(fault=fault):
            return FAULTS.get(fault, "look up its code in the device's manual")
        case CoinRefused(fault=fault) if fault is not Fault.REFUSED:
            return FAULTS.get(fault, "")
        case PrinterStatus(fault=Fault() as fault):
            return FAULTS.get(fault, "")
        case _:
            return next(
                (text for kind, is_so, text in _OTHERS if isinstance(event, kind) and is_so(event)), ""
            )


def _always(_event: DeviceEvent) -> bool:
    return True


def _lacks(name: str) -> Callable[[DeviceEvent], bool]:
    return lambda event: getattr(event, name) is None


_OTHERS: Final[tuple[tuple[type[DeviceEvent], Callable[[DeviceEvent], bool], str], ...]] = (
    (LineNoise, _always, FAULTS[Fault.LINE_NOISE]),
    (
        AcceptorIdentified,
        lambda event: not getattr(event, "has_counter", True),
        "it counts no events: ask it without a pause, for what it said while nobody heard is lost",
    ),
    (
        AcceptorIdentified,
        _lacks("accept_counts"),
        "it keeps no counts per position: after a power cut only its event ring can tell",
    ),
    (
        HopperIdentified,
        _lacks("paid_total"),
        "it keeps no lifetime count: a payout that a power cut interrupts will be owed, uncertain",
    ),
    (HopperIdentified, lambda event: getattr(event, "is_low", False) is True, FAULTS[Fault.EMPTY]),
    (CoinUnvalued, _always, FAULTS[Fault.UNKNOWN_COIN]),
    (
        CoinEventsLost,
        _always,
        "it was asked too seldom: is this computer overloaded, or is another host there?",
    ),
    (PrinterStatus, lambda event: getattr(event, "paper", None) is Paper.LOW, FAULTS[Fault.PAPER_LOW]),
)
"""Events of one kind under a condition, and what to do."""


def card_lines(card: EvidenceCard) -> tuple[str, ...]:
    """What a device can still tell after a power cut, line by line; "none" and "unknown" are told too."""
    return tuple(
        f"{CARD_WORDS.get(field.name, field.name.replace('_', ' '))}: {getattr(card, field.name).replace('_', ' ')}"
        for field in fields(card)
    )
