"""The tables of support in `hardware/<wire>/README.md` say what the code does: they are written from it, and compared with it.

Which commands a wire has, what for, and where they are known from is said once, in `hardware/<wire>/support.py`. What the host
sends is declared where it is sent from (``asks``), and a test of each wire holds that against bytes; what our simulators answer
is taken from their dispatch tables, or tried out on a fresh one.

To add a wire: write its ``support.py``, add a row to `WIRES`, put a line with `BEGIN` and one with `END` into its README, and
run ``python -m tests.hardware.test_support_table``, which fills in what is between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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
from hardware.cctalk.support import COMMANDS as CCTALK_COMMANDS
from hardware.cctalk.validator import ValidatorTalk
from hardware.escpos.host import Printer
from hardware.escpos.support import COMMANDS as ESCPOS_COMMANDS
from hardware.fafb.host import CoilBoard
from hardware.fafb.support import BOARD_MESSAGES, HOST_COMMANDS
from hardware.mdb.cashless import CashlessTalk
from hardware.mdb.changer import ChangerTalk
from hardware.mdb.qibixx import QibixxLink
from hardware.mdb.slave import MachineSlave
from hardware.mdb.support import BOX_COMMANDS, CHANGER_COMMANDS, READER_COMMANDS, VALIDATOR_COMMANDS
from hardware.mdb.validator import ValidatorTalk as MdbValidatorTalk
from hardware.sansio import WireCommand
from hardware.scanner.support import COMMANDS as SCANNER_COMMANDS
from hardware.simulators.ssp_hopper import SmartHopperSim
from hardware.simulators.ssp_validator import NoteValidatorSim as NoteUnitSim
from hardware.ssp.messages import ENCRYPTED_ONLY, PERSISTENT, STANDING_FAULTS
from hardware.ssp.messages import Event as SspEvent
from hardware.ssp.support import COMMANDS as SSP_COMMANDS
from hardware.ssp.work import NOTES_ASKS, TUBES_ASKS
from hardware.vmc96.host import K1Board
from hardware.vmc96.messages import Address
from hardware.vmc96.support import COMMANDS as K1_COMMANDS
from tests.hardware import tried

HARDWARE: Final = Path(__file__).parents[2] / "hardware"
BEGIN: Final = "<!-- support: begin (made from the code, see tests/hardware/test_support_table.py) -->"
END: Final = "<!-- support: end -->"
ANSWERS: Final = frozenset({Header.REPLY, Header.NAK, Header.BUSY})
ENDS: Final = ("we send it", "our simulator answers")
"""Titles of the last two columns, where a host asks and a device answers."""

Marks = Mapping[str, frozenset[bytes]]
"""What stands in a cell -> the codes that it is true of."""


@dataclass(frozen=True, slots=True)
class Table:
    """Titles of the columns, and rows of as many cells; ``says`` stands above it."""

    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    says: str = ""

    def __str__(self) -> str:
        lines = [self.titles, ("---",) * len(self.titles), *self.rows]
        table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
        return f"{self.says}\n\n{table}" if self.says else table


def spoken(name: str) -> str:
    return name.lower().replace("_", " ")


def marks(code: bytes, who: Marks) -> str:
    """Those among ``who`` that this code is true of, or a dash."""
    return ", ".join(name for name, codes in who.items() if code in codes) or "–"


def commands_table(
    commands: Iterable[WireCommand],
    ours: Marks,
    theirs: Marks,
    *,
    says: str = "",
    ends: tuple[str, str] = ENDS,
    shown: Callable[[bytes], str] = lambda code: code.hex(" ").upper(),
) -> Table:
    """The one form of all wires: a row for each command."""
    return Table(
        ("code", "command", "what for", "known from", "moves", *ends),
        tuple(
            (
                shown(each.code),
                each.name,
                each.purpose,
                each.source,
                each.moves or "–",
                marks(each.code, ours),
                marks(each.code, theirs),
            )
            for each in commands
        ),
        says,
    )


def codes(numbers: Iterable[int]) -> frozenset[bytes]:
    """Commands of one byte."""
    return frozenset(bytes((number,)) for number in numbers)


def cctalk_tables() -> Iterable[Table]:
    ours = {
        "coins": codes(AcceptorTalk.asks),
        "hoppers": codes(HopperTalk.asks),
        "notes": codes(ValidatorTalk.asks),
        "who is there": codes(RAW_ANSWERED),
    }
    theirs = {
        "coins": codes(AcceptorFirmware(AcceptorMemoryChip(1), {}).headers | RAW_ANSWERED),
        "hoppers": codes(HopperFirmware(HopperMemoryChip(1), lambda: False).headers | RAW_ANSWERED),
        "notes": codes(ValidatorFirmware(ValidatorMemoryChip(1), {}, Scale(1, 0)).headers | RAW_ANSWERED),
    }
    yield commands_table(CCTALK_COMMANDS, ours, theirs, shown=lambda code: str(code[0]))
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
    ours = {"notes": codes(NOTES_ASKS), "what pays": codes(TUBES_ASKS)}
    theirs = {
        "notes": codes(NoteUnitSim("notes", 1, {1: 500}).firmware.commands),
        "recycler": codes(NoteUnitSim("notes", 1, {1: 500}, recycled=(1,)).firmware.commands),
        "coins": codes(SmartHopperSim("coins", 1, (10,)).firmware.commands),
    }
    yield commands_table(
        SSP_COMMANDS,
        ours,
        theirs,
        says="A code with * is taken encrypted only.",
        shown=lambda code: f"{code[0]:02X}{'*' * (code[0] in ENCRYPTED_ONLY)}",
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


def mdb_tables() -> Iterable[Table]:
    peripherals: Sequence[tuple[str, tuple[WireCommand, ...], frozenset[bytes], frozenset[bytes]]] = (
        ("Coin changer (08h)", CHANGER_COMMANDS, ChangerTalk.asks, tried.answered_by_changer()),
        (
            "Note validator and recycler (30h)",
            VALIDATOR_COMMANDS,
            MdbValidatorTalk.asks,
            tried.answered_by_validator(),
        ),
        (
            "Card reader (10h; the second one, 60h, has the same 50h higher)",
            READER_COMMANDS,
            CashlessTalk.asks,
            tried.answered_by_reader(),
        ),
    )
    for says, commands, ours, theirs in peripherals:
        yield commands_table(commands, {"yes": ours}, {"yes": theirs}, says=f"**{says}**")
    yield commands_table(
        BOX_COMMANDS,
        {"as master": QibixxLink.asks, "as card reader": MachineSlave.asks},
        tried.answered_by_boxes(),
        says="**Lines to a Qibixx box**",
        shown=lambda code: f"`{code.decode('ascii')}`",
    )


def fafb_tables() -> Iterable[Table]:
    yield commands_table(
        HOST_COMMANDS,
        {"yes": codes(CoilBoard.asks)},
        {"yes": tried.obeyed_by_board()},
        says="**What a host says**",
        ends=("we send it", "our simulator obeys"),
    )
    yield commands_table(
        BOARD_MESSAGES,
        {
            "yes": codes(CoilBoard.reads),
            "acknowledged only": tried.merely_acknowledged() - codes(CoilBoard.reads),
        },
        {"yes": tried.said_by_board()},
        says="**What the board says**",
        ends=("we read it", "our simulator says it"),
    )


def k1_tables() -> Iterable[Table]:
    ours = frozenset(bytes((Address.MOTORS, command)) for command in K1Board.asks)
    yield commands_table(K1_COMMANDS, {"yes": ours}, tried.obeyed_by_k1())


def escpos_tables() -> Iterable[Table]:
    yield commands_table(
        ESCPOS_COMMANDS,
        {"yes": Printer.asks},
        tried.obeyed_by_printer(),
        ends=("we send it", "our simulator"),
    )


def scanner_tables() -> Iterable[Table]:
    yield commands_table(
        SCANNER_COMMANDS,
        {"yes": tried.read_by_scanner()},
        {"yes": tried.said_by_scanner()},
        ends=("we read it", "our simulator sends it"),
    )


WIRES: Final[Mapping[str, Callable[[], Iterable[Table]]]] = {
    "cctalk": cctalk_tables,
    "escpos": escpos_tables,
    "fafb": fafb_tables,
    "mdb": mdb_tables,
    "scanner": scanner_tables,
    "ssp": ssp_tables,
    "vmc96": k1_tables,
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


@pytest.mark.parametrize("wire", sorted(path.parent.name for path in HARDWARE.glob("*/host.py")))
def test_each_protocol_has_its_table(wire: str) -> None:
    assert wire in WIRES


@pytest.mark.parametrize("wire", WIRES)
def test_each_row_has_a_cell_for_each_title(wire: str) -> None:
    for table in WIRES[wire]():
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.titles)}


def test_our_hosts_send_nothing_that_has_no_row() -> None:
    """A code that is declared but not listed would be in no table."""
    listed = {each.code for each in (*CHANGER_COMMANDS, *VALIDATOR_COMMANDS, *READER_COMMANDS)}
    assert {each.code for each in BOX_COMMANDS} >= QibixxLink.asks | MachineSlave.asks
    assert listed >= ChangerTalk.asks | MdbValidatorTalk.asks | CashlessTalk.asks
    assert {each.code for each in CCTALK_COMMANDS} >= codes(set(Header) - ANSWERS)
    assert {each.code for each in ESCPOS_COMMANDS} >= Printer.asks
    assert {each.code for each in HOST_COMMANDS} >= codes(CoilBoard.asks)


def main() -> None:
    """Write the tables into the READMEs."""
    for wire in WIRES:
        readme = readme_of(wire)
        before, _, rest = readme.read_text("utf-8").partition(BEGIN)
        _, _, after = rest.partition(END)
        readme.write_text(before + block_of(wire) + after, "utf-8")


if __name__ == "__main__":
    main()
