"""The second step of a sign-in: a code that changes every half minute, or one of a few that work once.

The secret is kept encrypted beside the journal (libsodium's secret box, under a key of the kiosk's own), bound to the name it
belongs to, so that a copy of the store opens nothing and a row put under another name opens for nobody.

Source: RFC 6238 (time-based one-time passwords), RFC 4226 section 7.2 (no code twice), NIST SP 800-63B section 5.1.2 (look-up
secrets).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import io
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from kiosk.i18n import ascii_digits, strip_marks

STEP_SECONDS: Final = 30
"""What every authenticator counts in."""

DRIFT_STEPS: Final = 1
"""Steps to either side whose codes are taken: phones and kiosks differ by seconds, people type slowly."""

RECOVERY_CODES: Final = 8
RECOVERY_CHARS: Final = 10
"""50 bits each: with five tries in a row nobody guesses one."""

_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without what is read for something else: no I, O, 0 and 1."""

CODE_MOST: Final = 32
"""Characters that are looked at of whatever was typed."""


class BrokenSealError(ValueError):
    """This secret was sealed for somebody else, by another kiosk, or it is damaged."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A right code: by what means, and what is left to use afterwards."""

    means: str
    step: int
    recovery: str


def make_secret() -> str:
    """A new secret of 160 random bits, as authenticators take it (base 32)."""
    import pyotp

    return str(pyotp.random_base32())


def seal_secret(key: bytes, name: str, secret: str) -> bytes:
    """``secret`` encrypted for ``name``."""
    return bytes(SecretBox(key).encrypt(f"{name}\n{secret}".encode()))


def open_secret(key: bytes, name: str, sealed: bytes) -> str:
    """What `seal_secret` was given.

    Raises:
        BrokenSealError: The seal is another's.
    """
    try:
        owner, _, secret = SecretBox(key).decrypt(sealed).decode().partition("\n")
    except (CryptoError, ValueError) as error:
        raise BrokenSealError(BrokenSealError.__doc__) from error
    if owner != name:
        raise BrokenSealError(BrokenSealError.__doc__)
    return secret


def to_field(sealed: bytes) -> str:
    """A sealed secret as text, for the form that carries it through the setting up."""
    return base64.urlsafe_b64encode(sealed).decode()


def from_field(text: str) -> bytes:
    """What `to_field` was given.

    Raises:
        BrokenSealError: It is none of ours.
    """
    try:
        return base64.b64decode(text.encode(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BrokenSealError(BrokenSealError.__doc__) from error


def address_of(secret: str, name: str, issuer: str) -> str:
    """The address that an authenticator reads from a QR code."""
    import pyotp

    return str(pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=strip_marks(issuer)))


def picture_of(address: str) -> str:
    """The address as a QR code: an SVG element without style or script."""
    import segno

    picture = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        picture, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=4, light="#ffffff"
    )
    return picture.getvalue().decode()


def typed_key(secret: str) -> str:
    """The secret in groups of four, for whoever types it in."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def bare_code(text: str) -> str:
    """A code as it was typed, without blanks and dashes, in ASCII digits and capitals."""
    kept = ascii_digits(strip_marks(text))[:CODE_MOST].upper()
    return "".join(char for char in kept if char.isalnum())


def step_of(wall: datetime) -> int:
    """The time step that a moment falls into."""
    return int(wall.timestamp()) // STEP_SECONDS


def match_step(secret: str, code: str, wall: datetime, *, after: int) -> int:
    """The time step whose code this is, or 0.

    Args:
        secret: Base 32.
        code: As `bare_code` gives it.
        wall: Now.
        after: The last step that was used: it and everything before it is used up.
    """
    import pyotp

    now, maker, found = step_of(wall), pyotp.TOTP(secret), 0
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        # Every step is compared, right or not, so that the time tells nothing.
        is_right = hmac.compare_digest(str(maker.generate_otp(step)).encode(), code.encode())
        if is_right and step > after:
            found = step
    return found


def make_recovery() -> tuple[str, ...]:
    """New codes that work once each, in two groups of five."""
    half = RECOVERY_CHARS // 2
    codes = ("".join(secrets.choice(_ALPHABET) for _ in range(RECOVERY_CHARS)) for _ in range(RECOVERY_CODES))
    return tuple(f"{code[:half]}-{code[half:]}" for code in codes)


def _hash(key: bytes, name: str, code: str) -> str:
    # Random codes need no slow hash; the key is what a stolen copy of the store lacks.
    return hmac.new(key, f"{name}\n{bare_code(code)}".encode(), hashlib.sha256).hexdigest()


def hash_recovery(key: bytes, name: str, codes: Iterable[str]) -> str:
    """The codes' keyed hashes, as they are stored."""
    return json.dumps([_hash(key, name, code) for code in codes])


def recovery_left(stored: str) -> int:
    """How many codes are not used up."""
    return len(json.loads(stored)) if stored else 0


def use_recovery(key: bytes, name: str, stored: str, code: str) -> str | None:
    """What is left after ``code`` was used, or None when it is none of them."""
    wanted = _hash(key, name, code)
    hashes = [str(each) for each in json.loads(stored)] if stored else []
    found = [each for each in hashes if hmac.compare_digest(each, wanted)]
    return json.dumps([each for each in hashes if each not in found]) if found else None


def take_code(
    key: bytes, name: str, sealed: bytes, code: str, wall: datetime, *, step: int, recovery: str
) -> Taken | None:
    """What a typed code proves.

    Args:
        key: Of the kiosk's second steps.
        name: Whose.
        sealed: The secret as stored.
        code: As it was typed.
        wall: Now.
        step: The last step used.
        recovery: Hashes of the recovery codes.

    Returns:
        What is left to use, or None: wrong, used up, or sealed by another kiosk.
    """
    bare = bare_code(code)
    if len(bare) == RECOVERY_CHARS:
        left = use_recovery(key, name, recovery, bare)
        return Taken("recovery", step, left) if left is not None else None
    try:
        secret = open_secret(key, name, sealed)
    except BrokenSealError:
        return None
    found = match_step(secret, bare, wall, after=step)
    return Taken("code", found, recovery) if found else None
