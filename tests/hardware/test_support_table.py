"""The tables of support in `hardware/<wire>/README.md` say what the code does: they are written from it, and compared with it.

To add a wire: write a function that gives its tables (titles of the columns, and rows of plain text, made from the wire's own
enums and dispatch tables and never typed by hand), add a row to `WIRES`, put a line with `BEGIN` and one with `END` into the
wire's README, and run ``python -m tests.hardware.test_support_table``, which fills in what is between them. What the host "sends"
must be declared where it is sent from, and a test of the wire must hold that declaration against bytes (for ccTalk:
`tests/hardware/cctalk/test_support.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from hardware.cctalk.acceptor import AcceptorTalk
from hardware.cctalk.device import (
    AcceptorFirmware,
    AcceptorMemoryChip,
    HopperFirmware,
    HopperMemoryChip,
    ValidatorFirmware,
    ValidatorMemoryChip,
)
from hardware.cctalk.hopper import HopperTalk
from hardware.cctalk.messages import (
    BILL_FAULTS,
    BILL_RECOVERIES,
    BILL_REFUSALS,
    RAW_ANSWERED,
    BillCode,
    Header,
    Scale,
)
from hardware.cctalk.security import CODES, UNVERIFIED, Security
from hardware.cctalk.validator import ValidatorTalk
from hardware.simulators.ssp_hopper import SmartHopperSim
from hardware.simulators.ssp_validator import NoteValidatorSim as NoteUnitSim
from hardware.ssp.messages import ENCRYPTED_ONLY, PERSISTENT, STANDING_FAULTS
from hardware.ssp.messages import Command as SspCommand
from hardware.ssp.messages import Event as SspEvent
from hardware.ssp.work import NOTES_ASKS, TUBES_ASKS

HARDWARE: Final = Path(__file__).parents[2] / "hardware"
BEGIN: Final = "<!-- support: begin (made from the code, see tests/hardware/test_support_table.py) -->"
END: Final = "<!-- support: end -->"
ANSWERS: Final = frozenset({Header.REPLY, Header.NAK, Header.BUSY})


@dataclass(frozen=True, slots=True)
class Table:
    """Titles of the columns, and rows of as many cells."""

    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        lines = [self.titles, ("---",) * len(self.titles), *self.rows]
        return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def spoken(name: str) -> str:
    return name.lower().replace("_", " ")


def marks(number: int, who: Mapping[str, frozenset[int]]) -> str:
    """Those among ``who`` that have this number, or a dash."""
    return ", ".join(name for name, numbers in who.items() if number in numbers) or "–"


def cctalk_tables() -> Iterable[Table]:
    host = {
        "coins": frozenset(map(int, AcceptorTalk.asks)),
        "hoppers": frozenset(map(int, HopperTalk.asks)),
        "notes": frozenset(map(int, ValidatorTalk.asks)),
        "who is there": frozenset(map(int, RAW_ANSWERED)),
    }
    device = {
        "coins": AcceptorFirmware(AcceptorMemoryChip(1), {}).headers | RAW_ANSWERED,
        "hoppers": HopperFirmware(HopperMemoryChip(1), lambda: False).headers | RAW_ANSWERED,
        "notes": ValidatorFirmware(ValidatorMemoryChip(1), {}, Scale(1, 0)).headers | RAW_ANSWERED,
    }
    commands = sorted(set(Header) - ANSWERS, reverse=True)
    yield Table(
        ("header", "command", "our host sends it to", "our simulators answer as"),
        tuple((str(int(h)), spoken(h.name), marks(h, host), marks(h, device)) for h in commands),
    )
    yield Table(
        ("dispense code", "", "known from, or why not"),
        tuple(
            (code, "supported", CODES[code].source)
            if code in CODES
            else (code, "refused by name", UNVERIFIED[code])
            for code in Security
        ),
    )
    yield Table(
        ("bill event", "", "told"),
        tuple((f"0, {int(code)}", spoken(code.name), told_of(code)) for code in BillCode),
    )


def told_of(code: BillCode) -> str:
    """Which event a bill code always becomes; what becomes of a note in escrow is in the text above the table."""
    if code in BILL_FAULTS:
        return f"DeviceFaulted({BILL_FAULTS[code].name})"
    if code in BILL_REFUSALS:
        return f"NoteRefused({BILL_REFUSALS[code].name})"
    return "DeviceRecovered" if code in BILL_RECOVERIES else "–"


def ssp_tables() -> Iterable[Table]:
    host = {"notes": frozenset(map(int, NOTES_ASKS)), "what pays": frozenset(map(int, TUBES_ASKS))}
    device = {
        "notes": NoteUnitSim("notes", 1, {1: 500}).firmware.commands,
        "notes with recycler": NoteUnitSim("notes", 1, {1: 500}, recycled=(1,)).firmware.commands,
        "coins": SmartHopperSim("coins", 1, (10,)).firmware.commands,
    }
    yield Table(
        ("code", "command", "encrypted only", "our host sends it to", "our simulators answer as"),
        tuple(
            (
                f"{int(c):02X}",
                spoken(c.name),
                "yes" if c in ENCRYPTED_ONLY else "–",
                marks(c, host),
                marks(c, device),
            )
            for c in SspCommand
        ),
    )
    yield Table(
        ("event", "", "repeated until acknowledged", "a condition of the unit"),
        tuple(
            (
                f"{int(e):02X}",
                spoken(e.name),
                "yes" if e in PERSISTENT else "–",
                STANDING_FAULTS[e].name if e in STANDING_FAULTS else "–",
            )
            for e in sorted(SspEvent, reverse=True)
        ),
    )


WIRES: Final[Mapping[str, Callable[[], Iterable[Table]]]] = {
    "cctalk": cctalk_tables,
    "ssp": ssp_tables,
}
"""Folder below ``hardware/`` -> its tables."""


def block_of(wire: str) -> str:
    """What stands between the two marks, the marks included."""
    return "\n\n".join((BEGIN, *map(str, WIRES[wire]()), END))


def readme_of(wire: str) -> Path:
    return HARDWARE / wire / "README.md"


@pytest.mark.parametrize("wire", WIRES)
def test_the_table_of_support_is_what_the_code_does(wire: str) -> None:
    text = readme_of(wire).read_text("utf-8")
    assert block_of(wire) in text, "run: python -m tests.hardware.test_support_table"


@pytest.mark.parametrize("wire", WIRES)
def test_each_row_has_a_cell_for_each_title(wire: str) -> None:
    for table in WIRES[wire]():
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.titles)}


def main() -> None:
    """Write the tables into the READMEs."""
    for wire in WIRES:
        readme = readme_of(wire)
        before, _, rest = readme.read_text("utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        readme.write_text(before + block_of(wire) + after, "utf-8")


if __name__ == "__main__":
    main()
