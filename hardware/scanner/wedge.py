"""A scanner that plays a keyboard, read as the input device that it is: key events in, at most one event for each scan.

The device is grabbed (`hardware.port.InputPort`), so nothing is typed into whatever has the focus, and no layout of the desk
turns digits into letters: events carry places of keys. They are read as a US keyboard's, which is how scanners leave the
factory; one that was set to another country sends other characters, and is to be set back.

Source: Linux, ``Documentation/input/input.rst`` (records of 24 bytes on 64-bit systems, ``SYN_DROPPED``) and
``input-event-codes.h`` (key numbers).
"""

from __future__ import annotations

from struct import Struct
from typing import Final

from hardware.scanner.frames import GAP_MS, LONGEST
from hardware.scanner.host import REPEAT_MS, Scanner

RECORD: Final = Struct("=qqHHi")
"""One input event: seconds, microseconds, type, code, value."""

EV_SYN, EV_KEY = 0, 1
SYN_DROPPED: Final = 3
PRESSED, RELEASED = 1, 0

MOST_TYPE: Final = 0x1F
MOST_CODE: Final = 0x2FF
"""No kernel sends a larger type or code: bytes that say so are no record."""

UNREADABLE: Final = "\x00"
"""Stands for a key that no code has; it makes the scan unreadable, instead of shorter."""

_ROWS: Final = {
    2: ("1234567890-=", "!@#$%^&*()_+"),
    16: ("qwertyuiop[]", "QWERTYUIOP{}"),
    30: ("asdfghjkl;'`", 'ASDFGHJKL:"~'),
    43: ("\\zxcvbnm,./", "|ZXCVBNM<>?"),
}
_KEYS: Final[dict[int, tuple[str, str]]] = {
    first + at: (low, high)
    for first, (lows, highs) in _ROWS.items()
    for at, (low, high) in enumerate(zip(lows, highs, strict=True))
} | {
    28: ("\r", "\r"),
    15: ("\r", "\r"),  # Tab, the other suffix that scanners leave the factory with
    57: (" ", " "),
    96: ("\r", "\r"),
    **{code: (sign, sign) for code, sign in zip(range(71, 84), "789-456+1230.", strict=True)},
    55: ("*", "*"),
    98: ("/", "/"),
}
_SHIFTS: Final = frozenset({42, 54})
_CONTROLS: Final = frozenset({29, 97})
_SILENT: Final = frozenset({69, 70})  # num lock and scroll lock: switched around a scan by some models
_CAPS_LOCK: Final = 58


class KeyReader:
    """Turns records of key events, however they are cut up, into the text that was typed.

    ``dropped`` counts the bytes that were no record.
    """

    def __init__(self) -> None:
        self._held = b""
        self._last_ms = 0
        self._shifts: set[int] = set()
        self._controls: set[int] = set()
        self._has_caps = False
        self.dropped = 0

    def feed(self, data: bytes, now_ms: int) -> str:
        """Take bytes and give what they type."""
        if now_ms - self._last_ms >= GAP_MS:
            # The kernel sends whole records, and a scanner lets go of shift within a code: the rest went with its port.
            self.dropped += len(self._held)
            self._held = b""
            self._shifts.clear()
            self._controls.clear()
        self._last_ms = now_ms
        buffer = self._held + data
        at, typed = 0, ""
        while len(buffer) - at >= RECORD.size:
            _, microseconds, kind, code, value = RECORD.unpack_from(buffer, at)
            if kind > MOST_TYPE or code > MOST_CODE or not 0 <= microseconds < 1_000_000:
                at += 1
                self.dropped += 1
                continue
            at += RECORD.size
            typed += self._take(kind, code, value)
        self._held = buffer[at:]
        return typed

    def _take(self, kind: int, code: int, value: int) -> str:
        if kind == EV_SYN and code == SYN_DROPPED:
            self._shifts.clear()
            self._controls.clear()
            return UNREADABLE  # the kernel lost events: what is typed now is not what was scanned
        if kind != EV_KEY:
            return ""
        for held, codes in ((self._shifts, _SHIFTS), (self._controls, _CONTROLS)):
            if code in codes:
                held.add(code) if value != RELEASED else held.discard(code)
                return ""
        if value != PRESSED or code in _SILENT:
            return ""
        if code == _CAPS_LOCK:
            self._has_caps = not self._has_caps
            return ""
        return self._sign(code)

    def _sign(self, code: int) -> str:
        low, high = _KEYS.get(code, (UNREADABLE, UNREADABLE))
        is_high = bool(self._shifts) != (self._has_caps and low.isalpha())
        if self._controls:
            return chr(ord(high) & 0x1F)  # Ctrl+] is the separator of GS1 codes, Ctrl+M and Ctrl+J end a code
        return high if is_high else low


class KeyScanner(Scanner):
    """The host machine for one scanner that plays a keyboard; see `Scanner`."""

    def __init__(
        self, name: str, gap_ms: int = GAP_MS, repeat_ms: int = REPEAT_MS, longest: int = LONGEST
    ) -> None:
        super().__init__(name, gap_ms, repeat_ms, longest)
        self._keys = KeyReader()

    def receive(self, data: bytes, now_ms: int) -> None:
        """Take records from the input device."""
        super().receive(self._keys.feed(data, now_ms).encode("ascii"), now_ms)


def key_events(text: str, at_ms: int = 0) -> bytes:
    """Write ``text`` as a scanner's key presses and releases; the opposite of `KeyReader`.

    Raises:
        ValueError: A character that no US keyboard types.
    """
    places: dict[str, tuple[int, bool]] = {}
    for code, (low, high) in _KEYS.items():
        places.setdefault(low, (code, False))
        places.setdefault(high, (code, True))
    data = b""
    for sign in text:
        is_control = sign < " " and sign not in places
        code, is_high = places.get(chr(ord(sign) | 0x40) if is_control else sign, (0, False))
        if not code:
            raise ValueError(f"no key types {sign!r}")
        held = [29] if is_control else [42] if is_high else []
        strokes = [(one, 1) for one in (*held, code)] + [(one, 0) for one in (code, *held)]
        for key, value in strokes:
            stamp = divmod(at_ms * 1_000, 1_000_000)
            data += RECORD.pack(*stamp, EV_KEY, key, value) + RECORD.pack(*stamp, EV_SYN, 0, 0)
    return data
