"""Which coins and notes a place for money can hold, as configured: what a count offers, and the most a piece can be worth."""

from __future__ import annotations

from collections.abc import Iterable

from hardware.events import DeviceKind
from kiosk.config import Config
from kiosk.core.postings import CASH_BOX, stacker_container


def denominations_of(config: Config, container: str, also: Iterable[int] = ()) -> tuple[int, ...]:
    """Values that ``container`` can hold, the largest first; ``also`` are values that were found in it."""
    values = {value for value in also if value > 0}
    for port in config.rig.ports:
        for device in port.devices:
            if device.kind is DeviceKind.COIN_ACCEPTOR and container == CASH_BOX:
                values |= set(device.coins.values())
            elif device.kind is DeviceKind.NOTE_VALIDATOR and container == stacker_container(device.name):
                values |= set(device.notes.values())
    return tuple(sorted(values, reverse=True))


def largest_pieces(config: Config) -> dict[str, int]:
    """Acceptor or validator -> value of its largest coin or note."""
    return {
        device.name: max((*device.coins.values(), *device.notes.values()))
        for port in config.rig.ports
        for device in port.devices
        if device.coins or device.notes
    }


def latin_digits(text: str) -> str:
    """A bag's number with Latin digits: it is the same bag in whatever digits somebody types it."""
    return "".join(str(int(each)) if each.isdecimal() else each for each in text)


def typed_amount(amount_minor: int, exponent: int, mark: str) -> str:
    """An amount as somebody would type it: Latin digits, ``mark`` before the decimals, no groups and no currency."""
    whole, part = divmod(amount_minor, 10**exponent)
    return f"{whole}{mark}{part:0{exponent}d}" if exponent else str(whole)
