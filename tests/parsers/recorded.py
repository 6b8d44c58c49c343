"""Good streams and good texts, recorded from the real machines talking with each other: what damage begins with."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Final

from hardware.cctalk.frames import Check
from hardware.commands import RequestCard, SetAccept, SettleCard, StackNote
from hardware.escpos.messages import Condition, Query, answer_to, block_of, mark_of
from hardware.events import Fault, Paper
from hardware.mdb.host import Adapter, PeripheralConfig
from hardware.scanner.wedge import key_events
from hardware.simulators.coin_acceptor import CoinAcceptorSim
from hardware.simulators.hopper import HopperSim
from hardware.simulators.mdb_box import MdbPeripheral
from hardware.simulators.scanner import ScannerSim
from inventory.goods_file import write_goods, write_planogram
from kiosk.journal.entry import Entry
from tests.hardware.cctalk import conversation as cctalk
from tests.hardware.fafb import conversation as fafb
from tests.hardware.mdb import conversation as mdb
from tests.hardware.mdb import machine as slave
from tests.hardware.ssp import conversation as ssp
from tests.hardware.vmc96 import conversation as k1
from tests.kiosk.goods import CATALOGUE

JOURNAL: Final = Path(__file__).parents[1] / "vectors" / "journal-landing-1.db"

Stream = Sequence[bytes]


class _Tap:
    """Remembers what passes, and lets it pass."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []

    def pieces(self, data: bytes) -> Sequence[bytes]:
        self.heard.append(data)
        return (data,)

    def joined(self, data: bytes) -> bytes:
        if data:
            self.heard.append(data)
        return data


@cache
def cctalk_streams(check: Check) -> tuple[Stream, Stream]:
    """What a host hears on a bus with an acceptor and a hopper (echoes too), and what the slaves hear."""
    acceptor = CoinAcceptorSim("coin", 2, cctalk.SERIAL, cctalk.COINS, check=check)
    hopper = HopperSim("hopper1", 3, cctalk.SERIAL, 10, check=check)
    hopper.fill(100)
    wire = cctalk.Conversation(
        [cctalk.acceptor_config(), cctalk.hopper_config()], [acceptor, hopper], check=check
    )
    to_host, to_slaves = _Tap(), _Tap()
    wire.to_host, wire.to_slaves = to_host.pieces, to_slaves.pieces
    wire.open()
    wire.run(3000)
    for position in (1, 5, 3):
        acceptor.drop(position, 3, wire.now_ms)
        wire.pay(position, f"job{position}")
        wire.run(3000)
    return tuple(to_host.heard), tuple(to_slaves.heard)


@cache
def ssp_streams(*, has_keys: bool) -> tuple[Stream, Stream]:
    """What a host hears of a note unit, with or without keys, and what the unit hears."""
    wire, sim = ssp.with_notes(has_keys=has_keys)
    to_host, to_units = _Tap(), _Tap()
    wire.to_host, wire.to_units = to_host.pieces, to_units.pieces
    wire.open()
    wire.run(3000)
    for position in (1, 3):
        sim.insert(position, wire.now_ms)
        wire.run(5000)
    wire.restart_host([ssp.notes_unit()])
    wire.run(3000)
    return tuple(to_host.heard), tuple(to_units.heard)


@cache
def mdb_streams(adapter: Adapter) -> tuple[Stream, Stream]:
    """What a host hears of a box with a changer, a note validator and a card reader, and what the box hears."""
    coins, notes, card = mdb.changer_sim(), mdb.validator_sim(), mdb.reader_sim()
    coins.fill(2, 40)
    peripherals: list[MdbPeripheral] = [coins, notes, card]
    configs: list[PeripheralConfig] = [mdb.changer_config(), mdb.validator_config(), mdb.reader_config()]
    to_host, to_box = _Tap(), _Tap()
    wire = mdb.Conversation(
        configs, peripherals, adapter=adapter, to_host=to_host.pieces, to_box=to_box.pieces
    )
    wire.run(6_000)
    wire.open()
    wire.ask(SetAccept("notes", tuple(mdb.NOTES)))
    wire.ask(SetAccept("card", (1,)))
    for position in (2, 5):
        coins.drop(position, 2, wire.now_ms)
        notes.insert(position // 2, wire.now_ms)
        wire.run(3_000)
        wire.ask(StackNote("notes", f"N{position}"))
        wire.pay(position, job=f"P{position}")
        wire.ask(RequestCard("card", f"C{position}", 250))
        card.tap(wire.now_ms)
        wire.run(5_000)
        wire.ask(SettleCard("card", f"C{position}"))
        wire.run(2_000)
    return tuple(to_host.heard), tuple(to_box.heard)


@cache
def machine_streams() -> tuple[Stream, Stream]:
    """What a host hears of a box that plays a card reader in an old machine, and what the box hears."""
    to_host, to_box = _Tap(), _Tap()
    wire = slave.Conversation()
    wire.to_host, wire.to_box = to_host.joined, to_box.joined
    wire.offer(1_000)
    wire.run(4_000)
    for item in (11, 12):
        wire.approve(f"J{item}", wire.press(item))
        wire.run(8_000)
    return tuple(to_host.heard), tuple(to_box.heard)


@cache
def fafb_streams() -> tuple[Stream, Stream]:
    """What a host hears of a coil board, and what the board hears."""
    to_host, to_board = _Tap(), _Tap()
    talk = fafb.Conversation(to_host=to_host.joined, to_board=to_board.joined)
    talk.run(3_000)
    for slot in (1, 12, 40):
        talk.vend(slot, f"job{slot}")
    return tuple(to_host.heard), tuple(to_board.heard)


@cache
def k1_streams() -> tuple[Stream, Stream]:
    """What a host hears of a K1 board, and what the board hears."""
    to_host, to_board = _Tap(), _Tap()
    talk = k1.Conversation(to_host=to_host.joined, to_board=to_board.joined)
    talk.run(3_000)
    for slot in (1, 12, 96):
        talk.vend(slot, f"job{slot}")
    return tuple(to_host.heard), tuple(to_board.heard)


@cache
def key_stream() -> Stream:
    """Codes as a scanner types them."""
    return tuple(key_events(text + "\r") for text in ("4006381333931", "0107032069804988\x1d10AB", "aB/?"))


@cache
def scanner_stream() -> Stream:
    """What a host hears of a scanner: codes with every suffix, prefix and digit that it knows."""
    sim, heard, now_ms = ScannerSim("scanner"), list[bytes](), 0
    for fault in ("", "aim_prefix", "persian_digits", "split", "double_read", "no_suffix"):
        if fault:
            sim.set_fault(fault, True, now_ms)
        for code in ("96385074", "6260441801412", "0104012345678901310300075017261231", "hello GS1"):
            sim.act("scan", {"code": code}, now_ms)
            for _ in range(200):
                now_ms += 10
                sim.machine.tick(now_ms)
                if data := sim.machine.bytes_to_send():
                    heard.append(data)
    return tuple(heard)


@cache
def printer_stream() -> Stream:
    """What a printer says in each of its conditions: answers, blocks and marks."""
    conditions = [
        Condition(is_online=is_online, cover_open=cover, paper=paper, error=error)
        for is_online in (True, False)
        for cover in (False, True)
        for paper in Paper
        for error in (None, Fault.CUTTER, Fault.SELF_CHECK)
    ]
    return tuple(
        data
        for condition in conditions
        for data in (
            *(bytes((answer_to(query, condition),)) for query in Query),
            block_of(condition),
            bytes((mark_of(condition),)),
        )
    )


@cache
def journal_entries() -> tuple[Entry, ...]:
    """Entries of a journal file that an earlier landing left, in order."""
    columns = ", ".join(field.name for field in fields(Entry))
    with sqlite3.connect(f"file:{JOURNAL}?mode=ro&immutable=1", uri=True) as connection:
        rows = connection.execute(f"SELECT {columns} FROM journal ORDER BY epoch, seq").fetchall()
    connection.close()
    entries = []
    for row in rows:
        values = dict(zip((field.name for field in fields(Entry)), row, strict=True))
        values["time_ok"] = bool(values["time_ok"])
        entries.append(Entry(**values))
    return tuple(entries)


def goods_files() -> Stream:
    """A small goods file."""
    products = tuple(CATALOGUE.products.values())[:4]
    return (write_goods(products, exponent=2),)


def planograms() -> Stream:
    """A small planogram."""
    return (write_planogram(tuple(CATALOGUE.slots.values())[:6]),)


CONFIGURATIONS: Final[Stream] = (
    b"""kiosk_id = "K1"
languages = ["en", "fa", "ar"]
timezone = "Europe/Berlin"
tax_rates_bp = { full = 1900, reduced = 700 }

[vendor]
name = "Market"
phone = "+49 30 123"
machine = "Hall 3"
public_url = "https://market.example/claim"

[money]
currency = "EUR"
exponent = 2
cash_step_minor = 10

[times]
idle = 60
job = 30

[[rig.ports]]
name = "coin"
path = "/dev/ttyUSB0"
baud = 9600
protocol = "cctalk"
devices = [
    { name = "coin", kind = "coin_acceptor", address = 2, coins = { 1 = 10, 2 = 20, 5 = 200 } },
    { name = "hopper-10", kind = "hopper", address = 3, value_minor = 10 },
]

[[rig.ports]]
name = "coils"
path = "/dev/ttyUSB1"
baud = 57600
protocol = "fafb"
devices = [{ name = "coils", kind = "coil_board", has_drop_sensor = true }]
""",
)
"""A whole configuration."""

SCANS: Final[Stream] = tuple(
    text.encode()
    for text in (
        "96385074",
        "]E04006381333931",
        "6260441801412",
        "2112345006783",
        "0104012345678901310300075017261231",
        "]C101040123456789013103000750\x1d10LOT7\x1d17261200",
        "https://id.gs1.org/01/04012345678901/10/ABC?17=261231",
        "]d20104012345678901392201999\x1d3932978199",
        "۹۶۳۸۵۰۷۴",
        "00340123450000000018",
    )
)
AMOUNTS: Final[Stream] = tuple(
    text.encode()
    for text in ("0", "1", "1.50", "12,5", "1'234.00", "۱۲٫۵۰", "١٬٢٣٤٫٥", "999999999999", " 7 ", "0.001")
)
