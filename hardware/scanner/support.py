"""What a scanner's bytes mean besides the code itself; it takes no commands.

Sources: ISO/IEC 15424 (the prefix); GS1 General Specifications (the separator); the suffixes that makers' manuals offer.
"""

from __future__ import annotations

from typing import Final

from hardware.sansio import WireCommand

COMMANDS: Final[tuple[WireCommand, ...]] = (
    WireCommand(b"\r", "CR", "ends a code", "makers' manuals"),
    WireCommand(b"\n", "LF", "ends a code; behind CR it is nothing", "makers' manuals"),
    WireCommand(b"]", "prefix", "]cm at the start: which kind of symbol it was", "ISO/IEC 15424"),
    WireCommand(b"\x1d", "separator", "ends a field of a GS1 code", "GS1 General Specifications"),
)
"""What a scanner sends."""
