"""Codes of money owed: 8 characters made from the kiosk's key and the debt's place in the journal, never at random.

Not guessable without the key (7 characters of 30, 34 bits), with a check character, and nowhere stored: whoever copies
the journal has no codes. No character looks like another, and case does not matter.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import Final

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Thirty characters: no 0 and O, no 1, I and L, no U (which reads as V)."""

LENGTH: Final = 8
_BASE: Final = len(ALPHABET)
_LOOK_ALIKES: Final = str.maketrans({"U": "V"})


def _check_character(body: str) -> str:
    """Luhn's check over base 30: finds every single wrong character and nearly every swap of neighbours."""
    total = 0
    for index, character in enumerate(reversed(body)):
        number = ALPHABET.index(character) * (2 if index % 2 == 0 else 1)
        total += number // _BASE + number % _BASE
    return ALPHABET[(-total) % _BASE]


def code_of(key: bytes, kiosk_id: str, epoch: int, seq: int) -> str:
    """The code of the debt recorded at ``(epoch, seq)``.

    Args:
        key: The kiosk's secret for codes, 32 bytes.
        kiosk_id: Whose debt.
        epoch: The journal's epoch.
        seq: The entry of the debt.
    """
    number = int.from_bytes(hmac.digest(key, f"debt\n{kiosk_id}\n{epoch}\n{seq}".encode(), "sha256"))
    body = ""
    for _ in range(LENGTH - 1):
        number, rest = divmod(number, _BASE)
        body += ALPHABET[rest]
    return body + _check_character(body)


def place_of(name: str) -> tuple[int, int]:
    """Epoch and sequence number in an id like ``V1-204`` or ``D2-7``; (0, 0) when it is none."""
    epoch, _, seq = name[1:].partition("-")
    return (int(epoch), int(seq)) if epoch.isdecimal() and seq.isdecimal() else (0, 0)


def clean_code(typed: str) -> str:
    """A typed code as we write codes: capitals, no blanks or dashes, look-alikes mended; empty when it cannot be one."""
    code = "".join(typed.split()).replace("-", "").upper().translate(_LOOK_ALIKES)
    if len(code) != LENGTH or set(code) - set(ALPHABET) or _check_character(code[:-1]) != code[-1]:
        return ""
    return code


def match_code(typed: str, codes: Iterable[tuple[str, str]]) -> str:
    """The debt whose code was typed, or empty.

    Args:
        typed: What the shopper typed.
        codes: Pairs of debt and code; all of them are compared, in constant time each.
    """
    wanted = clean_code(typed) or "-" * LENGTH
    found = ""
    for debt, code in codes:
        if hmac.compare_digest(code, wanted):
            found = debt
    return found
