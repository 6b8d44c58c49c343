"""What our simulators do with each command, and our hosts with each message: tried out on a fresh one, for the tables of support.

A command counts as answered when the simulator answers any message that begins with it and is no other command; as obeyed when
something comes of it that does not come of a command that nobody knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Final

from hardware.escpos.support import COMMANDS as ESCPOS_COMMANDS
from hardware.events import CodeScanned
from hardware.fafb.frames import Frame, FrameReader, encode
from hardware.fafb.host import CoilBoard
from hardware.fafb.messages import ACK, POLL, Code
from hardware.fafb.support import BOARD_MESSAGES, HOST_COMMANDS
from hardware.mdb import reader_messages as rm
from hardware.mdb.device import Firmware
from hardware.mdb.messages import READER, ChangerExtra, ChangerOrder, ValidatorExtra, ValidatorOrder
from hardware.mdb.support import (
    BOX_COMMANDS,
    CHANGER_COMMANDS,
    READER_COMMANDS,
    VALIDATOR_COMMANDS,
    command_in,
)
from hardware.sansio import DeviceMachine, WireCommand
from hardware.scanner.host import Scanner
from hardware.simulators.coil_board import CoilBoardSim
from hardware.simulators.k1_board import K1BoardSim
from hardware.simulators.mdb_changer import ChangerSim
from hardware.simulators.mdb_reader import ReaderSim
from hardware.simulators.mdb_validator import ValidatorSim
from hardware.simulators.printer import PrinterSim
from hardware.simulators.scanner import ScannerSim
from hardware.simulators.vending_machine import VendingMachineSim
from hardware.vmc96.frames import Frame as K1Frame
from hardware.vmc96.frames import FrameReader as K1Reader
from hardware.vmc96.frames import encode as k1_encode
from hardware.vmc96.messages import read_acknowledgement
from hardware.vmc96.support import COMMANDS as K1_COMMANDS

MOST_DATA: Final = 34
"""Bytes behind a command that are tried: more than any block of the bus has."""
FILLINGS: Final = (0x00, 0x01, 0x07, 0x10, 0x11, 0xFF)
"""Of what data consists: nothing, a level or type, a step that nobody knows, one coin, a motor that is there, all bits."""
ALL_FEATURES: Final = b"\xff" * 4


# --- MDB --------------------------------------------------------------------------------------------------------------


def blocks_of(command: WireCommand) -> Iterator[bytes]:
    """Blocks with this command and data of every length."""
    for size in range(MOST_DATA):
        for filling in FILLINGS:
            block = command.code + bytes((filling,)) * size
            if command_in(block) == command:
                yield block


def answered(commands: Iterable[WireCommand], fresh: Callable[[], Firmware]) -> frozenset[bytes]:
    return frozenset(
        each.code for each in commands if any(fresh().answer(block) is not None for block in blocks_of(each))
    )


@cache
def answered_by_changer() -> frozenset[bytes]:
    def fresh() -> Firmware:
        firmware = ChangerSim("coin", 1, {1: 10}, {"tube": 1}).firmware
        firmware.answer(bytes((ChangerOrder.EXPANSION, ChangerExtra.FEATURES)) + ALL_FEATURES)
        return firmware

    return answered(CHANGER_COMMANDS, fresh)


@cache
def answered_by_validator() -> frozenset[bytes]:
    def fresh() -> Firmware:
        firmware = ValidatorSim("notes", 1, {1: 500}, {"recycler": 1}).firmware
        firmware.answer(bytes((ValidatorOrder.EXPANSION, ValidatorExtra.FEATURES)) + ALL_FEATURES)
        return firmware

    return answered(VALIDATOR_COMMANDS, fresh)


@cache
def answered_by_reader() -> frozenset[bytes]:
    def fresh() -> Firmware:
        firmware = ReaderSim("card", 1).firmware
        firmware.answer(rm.config(READER, 3))
        return firmware

    return answered(READER_COMMANDS, fresh)


LINES: Final[Mapping[bytes, str]] = {
    b"F,RESPTIMEOUT,": "100",
    b"R,": "0B",
    b"D,REQ,": "1.00,5",
    b"D,": "1",
    b"C,SETCONF,": "mdb-currency-code=0x1978",
    b"C,START,": "1.00",
    b"C,VEND,": "1.00",
    b"C,REVALUE,": "1",
    b"C,DISPLAY,": "HELLO",
    b"C,SALE,": "1.00,5",
    b"X,": "1",
    b"L,": "1",
}
"""What stands behind the beginning of a line to make it whole."""

UNREAD: Final = frozenset({"", 'e,ERR,"unknown"', 'c,ERR,"VEND -2"', 'c,ERR,"START -2"'})
"""What a box says to a line that it does not know, or cannot read."""


def answered_by_boxes() -> Mapping[str, frozenset[bytes]]:
    def is_known(machine: DeviceMachine, line: bytes, before: tuple[str, ...]) -> bool:
        for number, each in enumerate((*before, line.decode("ascii"))):
            machine.bytes_to_send()
            machine.receive(f"{each}\n".encode(), 1_000 + number)
            machine.tick(1_500 + number)
        return not set(machine.bytes_to_send().decode("ascii").strip().split("\r\n")) <= UNREAD

    found: dict[str, set[bytes]] = {"as master": set(), "as card reader": set()}
    for each in BOX_COMMANDS:
        line = each.code + LINES.get(each.code, "").encode()
        boxes: Mapping[str, tuple[DeviceMachine, tuple[str, ...]]] = {
            "as master": (ChangerSim("coin", 1, {1: 10}, {"tube": 1}).machine, ("M,1",)),
            "as card reader": (VendingMachineSim("old", {11: 100}, {11: 5}, 10).machine, ()),
        }
        for name, (machine, before) in boxes.items():
            if is_known(machine, line, before):
                found[name].add(each.code)
    return {name: frozenset(codes) for name, codes in found.items()}


# --- coil boards ------------------------------------------------------------------------------------------------------

SLOT: Final = 12
FAFB_MS: Final = 4_000
"""Long enough for a turn, and for ten polls more or fewer."""
NOBODY_KNOWS: Final = 0x77


def fafb_data(code: int) -> bytes:
    """A packet number and what most messages have behind it; a drive has two switches before its slot."""
    return bytes((1, 1, 0, 0, SLOT)) if code == Code.DRIVE else bytes((1, 0, SLOT, 0, 0, 0, 0))


@cache
def played_to_board(code: int) -> tuple[tuple[Frame, ...], int]:
    """What the board says in the next seconds, and what lies in the tray, when one poll is answered with ``code``."""
    board = CoilBoardSim("coils", {SLOT: 5}, 10)
    machine, reader, is_said = board.machine, FrameReader(), False
    heard: list[Frame] = []
    for now_ms in range(0, FAFB_MS, 10):
        machine.tick(now_ms)
        frames = reader.feed(machine.bytes_to_send(), now_ms)
        heard += frames
        for frame in frames:
            is_turn = frame == POLL and not is_said
            said = Frame(code, b"" if code == Code.ACK else fafb_data(code)) if is_turn else ACK
            is_said = is_said or is_turn
            machine.receive(encode(said), now_ms)
    return tuple(heard), 5 - board.inside(SLOT)


def obeyed_by_board() -> frozenset[bytes]:
    unknown = played_to_board(NOBODY_KNOWS)
    return frozenset(each.code for each in HOST_COMMANDS if played_to_board(each.code[0]) != unknown)


def said_by_board() -> frozenset[bytes]:
    return frozenset(
        bytes((frame.code,)) for each in HOST_COMMANDS for frame in played_to_board(each.code[0])[0]
    )


def merely_acknowledged() -> frozenset[bytes]:
    """Messages of the board that our host answers with ACK, and learns nothing from."""
    found = set()
    for each in BOARD_MESSAGES:
        host = CoilBoard("coils")
        host.receive(encode(POLL), 0)
        host.bytes_to_send()
        for now_ms in (100, 200):  # a final status is acknowledged when its copy comes
            host.receive(encode(Frame(each.code[0], fafb_data(each.code[0]))), now_ms)
        if host.bytes_to_send() == encode(ACK) and not host.events():
            found.add(each.code)
    return frozenset(found)


@cache
def obeyed_by_k1() -> Mapping[str, frozenset[bytes]]:
    """Answered with data or yes; answered with no."""
    said: dict[str, set[bytes]] = {"yes": set(), "refused": set()}
    for each in K1_COMMANDS:
        answers = [
            answer for size in range(3) for filling in FILLINGS for answer in k1_answers(each, size, filling)
        ]
        refusals = [read_acknowledgement(answer) is False for answer in answers]
        if answers:
            said["refused" if all(refusals) else "yes"].add(each.code)
    return {word: frozenset(found) for word, found in said.items()}


def k1_answers(command: WireCommand, size: int, filling: int) -> tuple[K1Frame, ...]:
    machine = K1BoardSim("coils", {1: 5}, 10).machine
    body = command.code[1:] + bytes((filling,)) * size
    machine.receive(k1_encode(K1Frame(command.code[0], body)), 1_000)
    machine.tick(2_000)
    return K1Reader().feed(machine.bytes_to_send(), 2_000)


# --- printer ----------------------------------------------------------------------------------------------------------

KEPT: Final = b"0S0AB\x01\x08\x00\x01\x001\xff"
"""A picture of eight dots by one, to be kept as "AB"."""


def graphics(body: bytes) -> bytes:
    return b"\x1d(L" + len(body).to_bytes(2, "little") + body


QR: Final = b"\x1d(k\x04\x001P0A\x1d(k\x03\x001Q0"

ORDERS: Final[Mapping[bytes, bytes]] = {
    b"\x1b!": b"\x30", b"\x1b$": b"\x40\x00", b"\x1b*": b"\x21\x01\x00\xff\xff\xff", b"\x1b-": b"\x01",
    b"\x1b2": b"", b"\x1b3": b"\x50", b"\x1bE": b"\x01", b"\x1bG": b"\x01", b"\x1bJ": b"\x40",
    b"\x1bM": b"\x01", b"\x1bR": b"\x01", b"\x1ba": b"\x01", b"\x1bd": b"\x02", b"\x1bp": b"\x00\x19\x19",
    b"\x1bt": b"\x11", b"\x1b{": b"\x01", b"\x1d!": b"\x11", b"\x1dB": b"\x01", b"\x1dI": b"\x01",
    b"\x1dL": b"\x40\x00", b"\x1dP": b"\xcb\xcb", b"\x1dV": b"\x00", b"\x1dW": b"\x40\x00", b"\x1da": b"\x0f",
    b"\x1dv0": b"\x00\x01\x00\x01\x00\xff", b"\x10\x14\x01": b"\x00\x01", b"\x1d(L\x04\x000P": b"KC",
}  # fmt: skip
"""What stands behind an order's beginning to make it whole."""

BEFORE: Final[Mapping[bytes, bytes]] = {
    b"\x1b@": b"\x1b!\x30",  # something to forget
    b"\x1b2": b"\x1b3\x50",
    b"\x1dV": b"\x1bJ\xff",  # something to cut off
}


def whole_order(code: bytes) -> bytes:
    whole = {b"\x1d(L": graphics(KEPT) + graphics(b"0UAB\x01\x01"), b"\x1d(k": QR}
    return whole.get(code, code + ORDERS.get(code, b""))


@cache
def printed(before: bytes, order: bytes, *, is_jammed: bool) -> tuple[object, ...]:
    """Everything that comes of an order before a line of text: paper, answers, pulses."""
    sim = PrinterSim("printer", 384, keeps_pictures=True)
    if is_jammed:
        sim.set_fault("cutter_jam", True, 0)
        sim.machine.receive(b"\x1dV\x00", 0)
        sim.set_fault("cutter_jam", False, 0)
    said = b""
    for now_ms, data in ((0, before), (1_000, order), (2_000, b"H\x82\n\x1dVB\x00")):
        sim.machine.receive(data, now_ms)
        sim.machine.tick(now_ms + 900)
        said += sim.machine.bytes_to_send()
    sim.machine.tick(9_000)
    return sim.sheets(), said, sim.snapshot()["drawer_pulses"]


@cache
def obeyed_by_printer() -> Mapping[str, frozenset[bytes]]:
    """Something comes of it; nothing does, and its arguments are not printed either."""
    said: dict[str, set[bytes]] = {"does it": set(), "passes it over": set()}
    for each in ESCPOS_COMMANDS:
        before, order = BEFORE.get(each.code, b""), whole_order(each.code)
        is_jammed = order.startswith(b"\x10\x05")
        is_same = printed(before, order, is_jammed=is_jammed) == printed(before, b"", is_jammed=is_jammed)
        said["passes it over" if is_same else "does it"].add(each.code)
    return {word: frozenset(found) for word, found in said.items()}


# --- scanner ----------------------------------------------------------------------------------------------------------

SCANNED: Final = "0101\x1d10"


def said_by_scanner() -> frozenset[bytes]:
    scanner = ScannerSim("scanner")
    scanner.set_fault("aim_prefix", True, 0)
    scanner.act("scan", {"code": SCANNED}, 0)
    return frozenset(bytes((byte,)) for byte in heard_from(scanner.machine))


def heard_from(machine: DeviceMachine) -> bytes:
    machine.tick(1_000)
    return machine.bytes_to_send()


def read_by_scanner() -> frozenset[bytes]:
    """Bytes without which another code would be read, or none."""
    whole = b"]C1" + SCANNED.encode() + b"\r"
    endings = {end for end in (b"\r", b"\n") if read_at_once(whole[:-1] + end) == read_at_once(whole) != []}
    parts = {
        part for part in (b"]", b"\x1d") if read_at_once(whole.replace(part, b"")) != read_at_once(whole)
    }
    return frozenset(endings | parts)


def read_at_once(data: bytes) -> list[CodeScanned]:
    scanner = Scanner("scanner")
    scanner.receive(data, 1_000)
    return [event for event in scanner.events() if isinstance(event, CodeScanned)]
