"""A barcode scanner in somebody's hand: codes with and without suffix, prefix, luck.

Its truth is what was held before it. It keeps nothing on purpose, and what was on its way is lost with its
power.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from hardware.events import DeviceKind
from hardware.sansio import DeviceMachine
from hardware.scanner.device import ScannerDevice
from hardware.scanner.messages import SEPARATOR, CodeText, write_code
from hardware.scanner.wedge import key_events
from hardware.simulators.model import Field, Hand, UnknownActError

FAULTS: Final = (
    "no_suffix",
    "double_read",
    "split",
    "aim_prefix",
    "gs_missing",
    "control_chars",
    "flood",
    "persian_digits",
    "noise",
)

SUFFIX: Final = b"\r"
LONGEST_ACT: Final = 4_096
"""Longest text that a hand may hold before it: the longest that the kiosk must survive."""

DOUBLE_MS: Final = 250
"""Between the two reads of a double read."""

SPLIT_MS: Final = 40
"""Between the pieces of a split delivery: less than the pause that ends a code."""

NOISE_MS: Final = 200
"""Between a burst of noise and the code behind it: more than the pause that ends a code."""

FLOOD_BYTES: Final = 4_096

_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_ASCII = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")
_NOISE = bytes.fromhex("FF 80 00 C3 28 07 FE")


class _Memory(msgspec.Struct):
    faults: list[str]
    scans_total: int


class ScannerSim:
    """One simulated scanner: on a serial line, or one that plays a keyboard (``plays_keyboard``)."""

    def __init__(self, name: str, *, plays_keyboard: bool = False) -> None:
        self._name = name
        self._plays_keyboard = plays_keyboard
        self._device = ScannerDevice()
        self._faults: list[str] = []
        self._is_powered = True
        self._scans_total = 0
        self._last_code = ""

    @property
    def name(self) -> str:
        """The configured device name."""
        return self._name

    @property
    def kind(self) -> DeviceKind:
        """A scanner."""
        return DeviceKind.SCANNER

    @property
    def machine(self) -> DeviceMachine:
        """The scanner's end of the wire."""
        return self._device

    @property
    def hands(self) -> tuple[Hand, ...]:
        """Hold a code before it."""
        return (Hand("scan", (Field("code", ""),)),)

    def act(self, hand: str, values: Mapping[str, str], now_ms: int) -> None:
        """Scan a code now; without power nothing happens.

        Raises:
            UnknownActError: No such hand, or a code that is empty or longer than 4096 characters.
        """
        if hand != "scan":
            raise UnknownActError(f"no hand {hand!r}; there is scan")
        code = values.get("code", "")
        if not 1 <= len(code) <= LONGEST_ACT:
            raise UnknownActError(f"code has 1 to {LONGEST_ACT} characters, not {len(code)}")
        if not self._is_powered:
            return
        self._scans_total += 1
        self._last_code = code
        at_ms = now_ms
        if self._has("noise"):
            self._device.send(_NOISE, at_ms)
            at_ms += NOISE_MS
        data = self._encoded(code)
        if self._plays_keyboard:
            data = _typed(data, at_ms)
        for start_ms in (at_ms, at_ms + DOUBLE_MS) if self._has("double_read") else (at_ms,):
            self._transmit(data, start_ms)

    @property
    def faults(self) -> Mapping[str, bool]:
        """All faults by name."""
        return {name: self._has(name) for name in FAULTS}

    def set_fault(self, name: str, is_on: bool, now_ms: int) -> None:  # noqa: ARG002, FBT001 - Simulator's
        """Turn a fault on or off.

        Raises:
            UnknownActError: No such fault.
        """
        if name not in FAULTS:
            raise UnknownActError(f"no fault {name!r}; there are {', '.join(FAULTS)}")
        others = [one for one in self._faults if one != name]
        self._faults = [*others, name] if is_on else others

    @property
    def is_powered(self) -> bool:
        """Whether it has power."""
        return self._is_powered

    def set_power(self, is_on: bool, now_ms: int) -> None:  # noqa: ARG002, FBT001 - Simulator's
        """Cut or restore power; what was on its way is lost."""
        self._is_powered = is_on
        self._device.forget()

    def snapshot(self) -> Mapping[str, object]:
        """How often it saw a code, and which was the last."""
        return {"scans_total": self._scans_total, "last_code": self._last_code}

    def remember(self) -> Mapping[str, object]:
        """Its count and the faults that are on."""
        return {"faults": list(self._faults), "scans_total": self._scans_total}

    def recall(self, memory: Mapping[str, object]) -> None:
        """Take back what `remember` gave.

        Raises:
            UnknownActError: It is not such a memory.
        """
        try:
            kept = msgspec.convert(memory, _Memory)
        except msgspec.ValidationError as error:
            raise UnknownActError(f"not the memory of a scanner: {error}") from error
        self._faults = kept.faults
        self._scans_total = kept.scans_total

    def _encoded(self, code: str) -> bytes:
        aim = symbology(code) if self._has("aim_prefix") else ""
        text = f"0{code}" if aim == "E0" and len(code) == 12 else code
        if self._has("gs_missing"):
            text = text.replace(SEPARATOR, "")
        if self._has("persian_digits"):
            text = text.translate(_PERSIAN)
        if self._has("control_chars"):
            middle = len(text) // 2
            text = f"{text[:middle]}\x07{text[middle:]}"
        data = write_code(CodeText(text, aim))
        if self._has("flood"):
            data += b"8" * max(0, FLOOD_BYTES - len(data))
        return data if self._has("no_suffix") else data + SUFFIX

    def _transmit(self, data: bytes, at_ms: int) -> None:
        if not self._has("split"):
            self._device.send(data, at_ms)
            return
        third = max(1, len(data) // 3)
        for piece, start in enumerate((0, third, 2 * third)):
            end = len(data) if piece == 2 else start + third
            self._device.send(data[start:end], at_ms + piece * SPLIT_MS)

    def _has(self, fault: str) -> bool:
        return fault in self._faults


def _typed(data: bytes, at_ms: int) -> bytes:
    """The keys that a scanner would press for ``data``: those of its own digits, and none for what has no key."""
    text = data.decode("utf-8").translate(_ASCII)
    return key_events("".join(sign for sign in text if sign.isascii()), at_ms)


def symbology(code: str) -> str:
    """Guess the AIM identifier that a scanner would send for ``code``, from its length and separators.

    UPC-A is sent as ``E0`` with a leading zero (ISO/IEC 15424).
    """
    if SEPARATOR in code:
        return "C1"
    if code.isascii() and code.isdecimal() and len(code) in {8, 12, 13}:
        return "E4" if len(code) == 8 else "E0"
    return "C0"
