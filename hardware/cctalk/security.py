"""How a payout is signed: what a hopper wants to see in the dispense command beside the number of coins.

Types differ, and some keep their way secret. A new one is a `DispenseCode` with a row in `CODES`; those that nobody could verify
stand in `UNVERIFIED` and are refused by their name, because a wrong one leaves a hopper that refuses every payout.

Source: ccTalk Generic Specification 4.7, part 2 (header 167); public drivers and a capture for the variants.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hardware.cctalk.messages import checked_qty, dispense_by_key, dispense_by_serial
from hardware.sansio import WireError


class KeyUse(StrEnum):
    """Whether a key is asked for with header 160 before each payout."""

    NEEDED = "needed"
    """No key, no payout."""
    IF_GIVEN = "if_given"
    """Some of these hoppers want the question, none wants the answer."""


@dataclass(frozen=True, slots=True)
class DispenseCode:
    """One way to sign.

    Attributes:
        key_use: Whether the hopper's key is asked for; always anew, a used one is worth nothing.
        data: (serial number, key, quantity) -> data of header 167; the key is empty unless it is needed.
        source: Where this way is known from.
    """

    key_use: KeyUse
    data: Callable[[int, bytes, int], bytes]
    source: str


class Security(StrEnum):
    """The names of the ways, as a configuration writes them."""

    SERIAL = "serial"
    KEY_ECHO = "key_echo"
    ZERO_KEY = "zero_key"
    SCH2_CIPHER = "sch2_cipher"
    DES = "des"


CODES: Mapping[Security, DispenseCode] = {
    Security.SERIAL: DispenseCode(
        KeyUse.IF_GIVEN, lambda serial, _key, qty: dispense_by_serial(serial, qty), "two public drivers"
    ),
    Security.KEY_ECHO: DispenseCode(
        KeyUse.NEEDED, lambda _serial, key, qty: dispense_by_key(key, qty), "a capture of an Alberici X3"
    ),
    Security.ZERO_KEY: DispenseCode(
        KeyUse.NEEDED,
        lambda _serial, _key, qty: bytes(8) + bytes((checked_qty(qty),)),
        "a public driver; the key is asked for and not used",
    ),
}
"""The ways that are known."""

UNVERIFIED: Mapping[Security, str] = {
    Security.SCH2_CIPHER: "its algorithm is under licence and not public",
    Security.DES: "one public driver describes it, and no device has confirmed it",
}
"""The ways that are known by name only, and why."""


def dispense_code(name: str) -> DispenseCode:
    """The way of that name.

    Raises:
        WireError: There is none, or nobody could verify it; the message says which there are, and what to do.
    """
    usable = ", ".join(CODES)
    if name not in tuple(Security):
        raise WireError(f"no dispense code is called {name!r}; there are: {usable}")
    security = Security(name)
    if security in UNVERIFIED:
        raise WireError(
            f"the dispense code {security} is not supported: {UNVERIFIED[security]}. "
            f"Ask the hopper's vendor for one that uses {usable}"
        )
    return CODES[security]
