"""An old machine behind a Qibixx box for technicians: lines in words, and who the box is.

Asked is only the box. Whether a machine hangs behind it shows when the box plays a card reader, and that is the driver's work: a
machine that finds a reader counts on it.

Source: public clients of the box; see `hardware.mdb.slave_lines`.
"""

from __future__ import annotations

import re
from typing import Final

from hardware.events import DeviceKind
from hardware.mdb.link import LINE_GAP_MS
from hardware.mdb.qibixx import QibixxLink
from hardware.mdb.slave import MACHINE_EVIDENCE
from hardware.mdb.slave_lines import DENY, describe_order, describe_said
from hardware.wires.asking import Ask, Finding, Script
from hardware.wires.mdb import QibixxEar
from hardware.wires.wire import WireKind

ADVICE: Final = (
    "a box answers, and nobody on a bus of its own: if it hangs in a vending machine in the place of the card reader, "
    "watch it with --protocol mdb-machine"
)


class SlaveEar(QibixxEar):
    """Reads the lines of a Qibixx box that plays a card reader; whatever else it says as any Qibixx box."""

    def words(self, message: bytes, *, is_from_host: bool) -> str:
        """What passes between machine and kiosk."""
        line = message.decode("ascii", "replace").strip()
        told = describe_order(line) if is_from_host else describe_said(line)
        return told or super().words(message, is_from_host=is_from_host)

    def physical(self, message: bytes) -> str:
        """Whether the line lets the machine sell; a no moves nothing."""
        if message.decode("ascii", "replace").strip() == DENY:
            return ""
        return super().physical(message)


def probe() -> Script:
    """The box says who it is."""
    yield Ask(b"\n", LINE_GAP_MS)  # ends whatever half line stands in the box
    heard = yield Ask(b"V\n", QibixxLink.reply_ms, lambda so_far: b"v," in so_far and so_far.endswith(b"\n"))
    version = re.search(rb"v,([^\r\n]*)", heard)
    if version is None:
        return ()
    says = (("adapter", f"Qibixx, {version[1].decode('ascii', 'replace')}"),)
    return (Finding(DeviceKind.VENDING_MACHINE, None, says, (ADVICE,)),)


def self_test(address: int | None) -> Script:
    """The same as `probe`: everything else a machine asks of us, not we of it."""
    del address
    return (yield from probe())


MDB_MACHINE: Final = WireKind(
    name="mdb-machine",
    says="an old vending machine behind a Qibixx box that plays its card reader",
    bauds=(115_200,),
    ear=SlaveEar,
    probe=probe,
    self_test=self_test,
    kinds={None: DeviceKind.VENDING_MACHINE},
    cards={DeviceKind.VENDING_MACHINE: MACHINE_EVIDENCE},
)
