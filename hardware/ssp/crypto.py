"""eSSP: keys agreed by Diffie-Hellman over 64 bits, and a data field encrypted by AES-128 with a count in it.

This is a format to comply with, not a protection: with 64 bits and a fixed half that everybody knows, whoever listens on the
wire can read it. What it does give is a count and a second CRC in every message.

Chance is handed in: ``randbits(n)`` gives a number of n random bits, as `secrets.randbits` does.

Source: SSP implementation guide GA973, "encryption"; packet layout as in the public driver kybarg/ssp.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from hardware.sansio import WireError
from hardware.ssp.frames import crc_of

RandBits = Callable[[int], int]

ENCRYPTED: Final = 0x7E
"""First byte of an encrypted data field."""
BLOCK: Final = 16
"""AES works on blocks of 16 bytes."""
HEAD: Final = 5
"""Length and count before the data in an encrypted field."""
MAX_PLAIN: Final = 15 * BLOCK - HEAD - 2
"""Most bytes that one encrypted field carries: 255 hold the marker and fifteen whole blocks."""
DEFAULT_FIXED_KEY: Final = 0x0123456701234567
"""The fixed half of the key that units leave the factory with."""
COUNT_TURN: Final = 1 << 32
"""The count has four bytes."""
PRIME_BITS: Final = 64
SMALL_PRIMES: Final = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
"""As Miller-Rabin bases they decide every number below 2**64 (Sorenson and Webster, 2015)."""


def is_prime(number: int) -> bool:
    """Whether ``number`` (below 2**64) is prime; never in doubt."""
    if number < 2:
        return False
    for prime in SMALL_PRIMES:
        if number % prime == 0:
            return number == prime
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd //= 2
        twos += 1
    for base in SMALL_PRIMES:
        value = pow(base, odd, number)
        if value in {1, number - 1}:
            continue
        for _ in range(twos - 1):
            value = value * value % number
            if value == number - 1:
                break
        else:
            return False
    return True


def prime_from(number: int) -> int:
    """The first prime of exactly 64 bits from ``number`` on; after the last one comes the first again."""
    number |= 1 << PRIME_BITS - 1 | 1
    while not is_prime(number):
        number += 2
        if number >> PRIME_BITS:
            number = 1 << PRIME_BITS - 1 | 1
    return number


@dataclass(frozen=True, slots=True)
class Exchange:
    """The host's side of one key exchange.

    Attributes:
        generator: A prime, larger than the modulus, as units insist.
        modulus: A prime.
        secret: The host's own number.
    """

    generator: int
    modulus: int
    secret: int

    @property
    def public(self) -> int:
        """What the host sends with the key exchange command."""
        return pow(self.generator, self.secret, self.modulus)

    def shared(self, answer: int) -> int:
        """The number that both sides now know."""
        return pow(answer, self.secret, self.modulus)


def make_exchange(randbits: RandBits) -> Exchange:
    """Two fresh primes and a secret."""
    first, second = prime_from(randbits(PRIME_BITS)), prime_from(randbits(PRIME_BITS))
    if first == second:
        second = prime_from(first + 2)
    return Exchange(max(first, second), min(first, second), randbits(PRIME_BITS - 1) + 2)


def eight(number: int) -> bytes:
    """A 64-bit number as eight bytes, lowest first.

    Raises:
        WireError: It has more bits.
    """
    if not 0 <= number < 1 << 64:
        raise WireError(f"a number of the key exchange has 64 bits: {number}")
    return number.to_bytes(8, "little")


def key_of(fixed: int, shared: int) -> bytes:
    """The AES key: the fixed half, then what was agreed."""
    return eight(fixed) + eight(shared)


def seal(key: bytes, count: int, plain: bytes, filler: bytes = b"") -> bytes:
    """The encrypted data field of ``plain``; ``filler`` is repeated or cut to fill the last block, zeros when empty.

    Raises:
        WireError: Nothing, or more than `MAX_PLAIN` bytes.
    """
    if not 1 <= len(plain) <= MAX_PLAIN:
        raise WireError(f"an encrypted field carries 1 to {MAX_PLAIN} bytes, not {len(plain)}")
    head = bytes((len(plain),)) + (count % COUNT_TURN).to_bytes(4, "little") + plain
    missing = -(len(head) + 2) % BLOCK
    head += ((filler or b"\x00") * missing)[:missing]
    block = head + crc_of(head).to_bytes(2, "little")
    encryptor = _cipher(key).encryptor()
    return bytes((ENCRYPTED,)) + encryptor.update(block) + encryptor.finalize()


@dataclass(frozen=True, slots=True)
class Opened:
    """What was in an encrypted field."""

    count: int
    plain: bytes


def unseal(key: bytes, field: bytes) -> Opened | None:
    """What ``field`` holds; None when it is not encrypted with this key or was damaged."""
    if len(field) < 1 + BLOCK or field[0] != ENCRYPTED or len(field) % BLOCK != 1:
        return None
    decryptor = _cipher(key).decryptor()
    block = decryptor.update(field[1:]) + decryptor.finalize()
    size = block[0]
    if crc_of(block[:-2]) != block[-2] | block[-1] << 8 or not 1 <= size <= len(block) - HEAD - 2:
        return None
    return Opened(int.from_bytes(block[1:5], "little"), block[HEAD : HEAD + size])


def _cipher(key: bytes) -> Cipher[modes.ECB]:
    return Cipher(algorithms.AES128(key), modes.ECB())  # noqa: S305 - the units' format knows no other mode
