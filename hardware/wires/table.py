"""Every wire that this product speaks, one row each: whoever adds a protocol adds its row here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hardware.wires.cctalk import CCTALK
from hardware.wires.escpos import ESCPOS
from hardware.wires.fafb import FAFB
from hardware.wires.k1 import K1
from hardware.wires.mdb import MDB_QIBIXX, MDB_WAFERSTAR
from hardware.wires.mdb_machine import MDB_MACHINE
from hardware.wires.scanner import SCANNER
from hardware.wires.ssp import SSP
from hardware.wires.wire import WireKind

WIRES: Final[Mapping[str, WireKind]] = {
    wire.name: wire
    for wire in (
        # In the order in which a probe tries them; who has answered is asked nothing else. Who only listens comes first, then
        # the printer, before everybody who might say a line feed by chance (a ccTalk address, the end of a box's line), then
        # the MDB boxes, one of which takes any byte for a block (a K1 question would be "keep the note").
        FAFB,
        ESCPOS,
        MDB_QIBIXX,
        MDB_MACHINE,  # the same box, when nobody is on the bus that it could be master of
        MDB_WAFERSTAR,
        K1,
        SSP,
        CCTALK,
        SCANNER,
    )
}
"""Protocol name -> description; the names are those of a configuration."""

NO_LINE: Final[Mapping[str, str]] = {
    "wedge": (
        "a scanner that plays a keyboard has no serial line to record or watch: the kiosk grabs its input device. "
        "'devices list' names those that look like one; write that path into the configuration"
    ),
}
"""Protocols of a configuration without a row here, each with the reason: for whoever asks for one by name."""
