"""A serial scanner for technicians: it speaks when somebody scans, and there is nothing to ask it.

Source: GS1 General Specifications; ISO/IEC 15424 (the prefix that names the kind of code).
"""

from __future__ import annotations

from typing import Final

from hardware.events import DeviceKind, EvidenceCard
from hardware.scanner.frames import GAP_MS, LONGEST
from hardware.scanner.messages import read_code
from hardware.wires.asking import Ask, Finding, Script
from hardware.wires.wire import NO_MESSAGE, WireKind

LISTEN_MS: Final = 8_000
"""How long a self-test waits for somebody to scan something."""

_ENDS: Final = b"\r\n"


class ScannerEar:
    """Reads codes by their suffix; one without a suffix is ended by silence."""

    def gap_ms(self, *, is_from_host: bool) -> int:  # noqa: ARG002 - both directions alike
        """The pause that ends a code without suffix."""
        return GAP_MS

    answer_ends_block = False

    def size(self, data: bytes, *, is_from_host: bool) -> int:
        """Up to the suffix; whatever a host says to it is one message."""
        if is_from_host:
            return len(data)
        ends = [at for at in (data.find(end) for end in (b"\r", b"\n")) if at >= 0]
        if not ends:
            return 0 if len(data) <= LONGEST else -len(data)
        end = min(ends)
        while end + 1 < len(data) and data[end + 1] in _ENDS:
            end += 1
        return end + 1

    def words(self, message: bytes, *, is_from_host: bool) -> str:
        """The code, and its kind where the scanner says it."""
        if is_from_host:
            return "nothing that this product says to a scanner"
        code = read_code(message.rstrip(_ENDS))
        if code is None:
            return "no code: control characters, or no text" if message.strip(_ENDS) else "a suffix alone"
        kind = f" (kind {code.aim})" if code.aim else ""
        return f"code '{code.text}'{kind}"

    def rest(self, data: bytes, *, is_from_host: bool) -> str:
        """A code without suffix."""
        words = self.words(data, is_from_host=is_from_host)
        return f"{words}, without a suffix" if words.startswith("code") else NO_MESSAGE

    def physical(self, message: bytes) -> str:
        """A scanner moves nothing, whatever it is told."""
        del message
        return ""


def probe() -> Script:
    """There is nothing to ask: a silent line may have a scanner on it or not."""
    yield Ask(b"", 1)
    return ()


def self_test(address: int | None) -> Script:
    """Wait for a person to scan something."""
    heard = yield Ask(b"", LISTEN_MS, lambda so_far: any(end in so_far for end in _ENDS))
    if not heard:
        return ()
    advice = ""
    code = read_code(heard.strip(_ENDS))
    if code is None:
        advice = "what came is no code: is the baud rate right?"
    elif not any(end in heard for end in _ENDS):
        advice = "the code came without a suffix: set the scanner to end each code with CR (its manual has a code for it)"
    says = (("scanned", code.text if code is not None else heard[:LONGEST].hex(" ").upper()),)
    return (Finding(DeviceKind.SCANNER, address, says, (advice,) if advice else ()),)


SCANNER: Final = WireKind(
    name="scanner",
    says="a barcode scanner on a serial line",
    bauds=(9600, 115_200),
    ear=ScannerEar,
    probe=probe,
    self_test=self_test,
    kinds={None: DeviceKind.SCANNER},
    cards={DeviceKind.SCANNER: EvidenceCard()},
)
