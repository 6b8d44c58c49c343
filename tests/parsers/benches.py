"""Every parser on a bench of its own: fed with damaged bytes, watched for what it holds, and tried for a good frame after.

A bench says in words what is wrong; nothing of a parser's own judgement is used to judge it, except that it reads what it
is known to read.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final, Protocol, cast

from hardware.cctalk.frames import ENVELOPE, GAP_MS, MAX_DATA, Check, Frame, FrameReader, encode
from hardware.cctalk.host import CcTalkBus
from hardware.escpos.host import Printer
from hardware.escpos.messages import BLOCK_GAP_MS, StatusBlock, StatusReader
from hardware.events import CodeScanned, CodeUnreadable
from hardware.fafb.frames import MAX_DATA as FAFB_MAX_DATA
from hardware.fafb.frames import FrameReader as FafbReader
from hardware.fafb.frames import encode as fafb_encode
from hardware.fafb.host import CoilBoard
from hardware.fafb.messages import POLL
from hardware.mdb.host import Adapter, MdbBus
from hardware.mdb.link import LINE_LIMIT, Answer
from hardware.mdb.qibixx import QibixxLink
from hardware.mdb.slave import MachineConfig, MachineSlave
from hardware.mdb.waferstar import WaferstarLink
from hardware.sansio import DeviceMachine, HostMachine
from hardware.scanner.frames import LONGEST
from hardware.scanner.host import Scanner
from hardware.scanner.wedge import RECORD, KeyScanner, key_events
from hardware.simulators.cctalk_wire import CcTalkWire
from hardware.simulators.coil_board import CoilBoardSim
from hardware.simulators.coin_acceptor import CoinAcceptorSim
from hardware.simulators.hopper import HopperSim
from hardware.simulators.k1_board import K1_COILS, K1BoardSim
from hardware.simulators.mdb_box import MdbPeripheral, QibixxBox, WaferstarBox
from hardware.simulators.ssp_hopper import SmartHopperSim
from hardware.simulators.ssp_validator import NoteValidatorSim as SspValidatorSim
from hardware.simulators.ssp_wire import SspWire
from hardware.ssp.frames import ENVELOPE as ENVELOPE_OF_SSP
from hardware.ssp.frames import Frame as SspFrame
from hardware.ssp.frames import FrameReader as SspReader
from hardware.ssp.frames import encode as ssp_encode
from hardware.ssp.host import SspBus
from hardware.vmc96.frames import LONGEST as K1_LONGEST
from hardware.vmc96.frames import FrameReader as K1Reader
from hardware.vmc96.frames import encode as k1_encode
from hardware.vmc96.host import K1Board
from hardware.vmc96.messages import acknowledge
from inventory.barcode import CodeTable, EmbeddedLayout, Goods, Measure, gtin_key, read_scan
from inventory.goods_file import MarketFiles, read_goods, read_planogram
from kiosk.claims.code import ALPHABET, code_of, match_code
from kiosk.config import ConfigError, parse_config
from kiosk.i18n.amounts import AmountError, CountError, parse_amount, parse_count
from kiosk.journal.entry import JournalDamagedError, check_chain, read_content
from tests.hardware.cctalk import conversation as cctalk
from tests.hardware.mdb import conversation as mdb
from tests.hardware.mdb import machine as slave
from tests.hardware.ssp import conversation as ssp
from tests.kiosk.goods import CATALOGUE
from tests.parsers import recorded

K1_PING: Final = acknowledge(0x30)

LONG_MS: Final = 5_000
"""Longer than any gap, burst or double read."""

TICKS_MOST: Final = 50
"""Wakes at one moment; a machine that wants more spins."""

SENT_MOST: Final = 2_048
"""Bytes that a host may want to say after one feed; the printer has no job here."""


class Bench(Protocol):
    """One parser, open."""

    @property
    def held(self) -> int:
        """Bytes that it keeps."""

    def feed(self, data: bytes, now_ms: int) -> None:
        """Give it bytes."""

    def probe(self, now_ms: int) -> bool:
        """Whether it reads the next good thing after damage, within one frame's length or one gap."""


class CcTalkFrames:
    """The ccTalk reader: deaf after damage until the line was silent, then well at once."""

    def __init__(self, check: Check) -> None:
        self._reader = FrameReader(check)
        self._poll = Frame(2, 1 if check is Check.SUM else None, 254)
        self._raw = encode(self._poll, check)

    @property
    def held(self) -> int:
        return len(self._reader._buffer)

    def feed(self, data: bytes, now_ms: int) -> None:
        self._reader.receive(data, now_ms)

    def probe(self, now_ms: int) -> bool:
        return self._reader.receive(self._raw, now_ms + GAP_MS) == (self._poll,)


class SspFrames:
    """The SSP reader: well again at the next start byte."""

    def __init__(self) -> None:
        self._reader = SspReader()
        self._poll = SspFrame(0, True, b"\x07")

    @property
    def held(self) -> int:
        return self._reader.held

    def feed(self, data: bytes, now_ms: int) -> None:
        self._reader.receive(data, now_ms)

    def probe(self, now_ms: int) -> bool:
        # An odd start byte left over makes the next one look doubled: that costs one frame, or one gap.
        raw = ssp_encode(self._poll)
        self._reader.receive(raw, now_ms)
        return self._reader.receive(raw, now_ms) == (self._poll,)


class MdbLines:
    """The lines of both MDB boxes: well again at the next line."""

    def __init__(self, adapter: Adapter) -> None:
        self._link: QibixxLink | WaferstarLink = (
            QibixxLink() if adapter is Adapter.QIBIXX else WaferstarLink()
        )
        self._raw = b"\np,5309\r\n" if adapter is Adapter.QIBIXX else b"\n53 09 5C \r\n"

    @property
    def held(self) -> int:
        return self._link._reader.held

    def feed(self, data: bytes, now_ms: int) -> None:
        self._link.receive(data, now_ms, lambda content: len(content) < LINE_LIMIT)

    def probe(self, now_ms: int) -> bool:
        heard = self._link.receive(self._raw, now_ms, lambda _content: True)
        return heard[-1] == Answer(b"\x53\x09")


class FafbFrames:
    """The FA FB reader: well again within one longest frame, without any pause."""

    def __init__(self) -> None:
        self._reader = FafbReader()

    @property
    def held(self) -> int:
        return len(self._reader._held)

    def feed(self, data: bytes, now_ms: int) -> None:
        self._reader.feed(data, now_ms)

    def probe(self, now_ms: int) -> bool:
        raw = fafb_encode(POLL)
        self._reader.feed(raw * ((FAFB_MAX_DATA + ENVELOPE) // len(raw) + 1), now_ms)
        return self._reader.feed(raw, now_ms) == (POLL,)


class K1Frames:
    """The K1 reader: well again after one gap."""

    def __init__(self) -> None:
        self._reader = K1Reader()

    @property
    def held(self) -> int:
        return len(self._reader._held)

    def feed(self, data: bytes, now_ms: int) -> None:
        self._reader.feed(data, now_ms)

    def probe(self, now_ms: int) -> bool:
        for step in range(K1_LONGEST):
            self._reader.expire(now_ms + step * LONG_MS)
        return self._reader.feed(k1_encode(K1_PING), now_ms + K1_LONGEST * LONG_MS) == (K1_PING,)


class Keys:
    """The host of a scanner that plays a keyboard: after a pause the next code is read."""

    def __init__(self) -> None:
        self._host = KeyScanner("scanner")

    @property
    def held(self) -> int:
        return len(self._host._reader._held) + len(self._host._keys._held)

    def feed(self, data: bytes, now_ms: int) -> None:
        self._host.receive(data, now_ms)
        self._host.events()

    def probe(self, now_ms: int) -> bool:
        self._host.tick(now_ms + LONG_MS)
        self._host.receive(b"", now_ms + 2 * LONG_MS)
        self._host.events()
        self._host.receive(key_events("\r96385074\r"), now_ms + 3 * LONG_MS)
        return CodeScanned("scanner", "96385074") in self._host.events()


class Codes:
    """The scanner's host: whatever came, the next code after its end is read."""

    def __init__(self) -> None:
        self._host = Scanner("scanner")

    @property
    def held(self) -> int:
        return len(self._host._reader._held)

    def feed(self, data: bytes, now_ms: int) -> None:
        self._host.receive(data, now_ms)
        for event in self._host.events():
            if isinstance(event, CodeScanned):
                assert 0 < len(event.text) <= LONGEST
                assert event.text.replace("\x1d", "").isprintable()
            elif isinstance(event, CodeUnreadable):
                assert event.size > 0

    def probe(self, now_ms: int) -> bool:
        self._host.tick(now_ms + LONG_MS)
        self._host.events()
        self._host.receive(b"96385074\r", now_ms + LONG_MS)
        return self._host.events() == (CodeScanned("scanner", "96385074"),)


class PrinterAnswers:
    """The printer's status reader: a block that broke off costs itself."""

    def __init__(self) -> None:
        self._reader = StatusReader()

    @property
    def held(self) -> int:
        return len(self._reader._block)

    def feed(self, data: bytes, now_ms: int) -> None:
        assert len(self._reader.receive(data, now_ms)) <= len(data)

    def probe(self, now_ms: int) -> bool:
        block = b"\x10\x00\x00\x0f"
        return self._reader.receive(block, now_ms + BLOCK_GAP_MS + 1) == (StatusBlock(block),)


class Host:
    """A host machine that hears a device which does not care what it asked."""

    def __init__(self, machine: HostMachine, held: Callable[[], int]) -> None:
        self._machine = machine
        self._held = held

    @property
    def held(self) -> int:
        return self._held()

    def feed(self, data: bytes, now_ms: int) -> None:
        self._machine.receive(data, now_ms)
        self._pass_time(now_ms)

    def _pass_time(self, now_ms: int) -> None:
        ticks = 0
        while (wake_ms := self._machine.wake_at_ms) is not None and wake_ms <= now_ms:
            self._machine.tick(now_ms)
            ticks += 1
            assert ticks <= TICKS_MOST, "it wants to be woken for ever"
        assert len(self._machine.bytes_to_send()) <= SENT_MOST
        self._machine.events()

    def probe(self, now_ms: int) -> bool:
        self._pass_time(now_ms + LONG_MS)
        return True


class Device:
    """A simulated device that hears a host gone mad; its coins and goods stay all there."""

    def __init__(self, machine: DeviceMachine, count: Callable[[], int]) -> None:
        self._machine = machine
        self._count = count
        self._counted = count()

    held = 0

    def feed(self, data: bytes, now_ms: int) -> None:
        self._machine.receive(data, now_ms)
        ticks = 0
        while (wake_ms := self._machine.wake_at_ms) is not None and wake_ms <= now_ms:
            self._machine.tick(now_ms)
            ticks += 1
            assert ticks <= TICKS_MOST, "it wants to be woken for ever"
        self._machine.bytes_to_send()

    def probe(self, now_ms: int) -> bool:
        self.feed(b"", now_ms + LONG_MS)
        return self._count() == self._counted


def cctalk_host(check: Check) -> Host:
    bus = CcTalkBus([cctalk.acceptor_config(), cctalk.hopper_config()], check)
    return Host(bus, lambda: len(bus._reader._buffer))


def ssp_host(*, has_keys: bool) -> Host:
    bus = SspBus([ssp.recycler_unit(), ssp.coins_unit()], ssp.dice() if has_keys else None)
    return Host(bus, lambda: bus._reader.held)


def ssp_devices() -> Device:
    notes = SspValidatorSim("notes", ssp.SERIAL, ssp.NOTES, recycled=(1, 2))
    coins = SmartHopperSim("coins", ssp.SERIAL, ssp.COINS)
    notes.fill(500, 40)
    coins.fill(20, 400)
    wire = SspWire([notes, coins])

    def pieces() -> int:
        counts = notes.counts(500), coins.counts(20)
        return sum(
            cast("int", each[place]) for each in counts for place in ("inside", "tray", "taken", "boxed")
        )

    return Device(wire, pieces)


def k1_host() -> Host:
    machine = K1Board("coils")
    return Host(machine, lambda: len(machine._reader._held))


def k1_device() -> Device:
    sim = K1BoardSim("coils", dict.fromkeys(K1_COILS, 5), 10)
    return Device(sim, lambda: sum(sim.inside(slot) for slot in K1_COILS) + sum(sim.tray.values()))


def mdb_host() -> Host:
    bus = MdbBus([mdb.changer_config(), mdb.validator_config(), mdb.reader_config()])
    return Host(bus, lambda: cast("QibixxLink", bus._link)._reader.held)


def mdb_box(adapter: Adapter) -> Device:
    coins, notes, card = mdb.changer_sim(), mdb.validator_sim(), mdb.reader_sim()
    coins.fill(2, 40)
    notes.fill(1, 40)
    peripherals: list[MdbPeripheral] = [coins, notes, card]
    box = QibixxBox(peripherals) if adapter is Adapter.QIBIXX else WaferstarBox(peripherals)

    def pieces() -> int:
        money = card.balance_minor + card.charged_minor + card.open_minor
        return coins.inside(2) + coins.paid(2) + notes.inside(1) + notes.paid(1) + money

    return Device(box, pieces)


def machine_host() -> Host:
    host = MachineSlave(MachineConfig(slave.NAME))
    return Host(host, lambda: host._reader.held)


def machine_box() -> Device:
    sim = slave.machine_sim()

    def pieces() -> int:
        where = sim.snapshot()
        hanging = cast("Mapping[str, int]", where["hanging"])
        return sum(map(sim.inside, sim.items)) + sum(hanging.values()) + sim.dropped_total

    return Device(sim, pieces)


def fafb_host() -> Host:
    board = CoilBoard("coils")
    return Host(board, lambda: len(board._reader._held))


def printer_host() -> Host:
    printer = Printer("printer")
    return Host(printer, lambda: len(printer._reader._block))


def cctalk_devices() -> Device:
    hopper = HopperSim("hopper1", 3, cctalk.SERIAL, 10)
    hopper.fill(400)
    wire = CcTalkWire([CoinAcceptorSim("coin", 2, cctalk.SERIAL, cctalk.COINS), hopper])

    def coins() -> int:
        where = hopper.snapshot()
        return sum(cast("int", where[place]) for place in ("inside", "tray", "taken"))

    return Device(wire, coins)


def fafb_device() -> Device:
    sim = CoilBoardSim("coils", dict.fromkeys(range(1, 41), 5), 10)

    def goods() -> int:
        where = sim.snapshot()
        hanging = cast("Mapping[str, int]", where["hanging"])
        coils = cast("Mapping[str, int]", where["coils"])
        return sum(coils.values()) + sum(hanging.values()) + cast("int", where["tray_qty"])

    return Device(sim, goods)


@dataclass(frozen=True)
class StreamParser:
    """A parser of a stream: its good bytes, and how to open one. ``held_most`` is the bound of its buffer in bytes."""

    good: Callable[[], Sequence[bytes]]
    open: Callable[[], Bench]
    held_most: int


STREAMS: Final[Mapping[str, StreamParser]] = {
    "cctalk frames": StreamParser(
        lambda: recorded.cctalk_streams(Check.SUM)[0],
        lambda: CcTalkFrames(Check.SUM),
        ENVELOPE + MAX_DATA - 1,
    ),
    "cctalk frames with crc": StreamParser(
        lambda: recorded.cctalk_streams(Check.CRC)[0],
        lambda: CcTalkFrames(Check.CRC),
        ENVELOPE + MAX_DATA - 1,
    ),
    "cctalk host": StreamParser(
        lambda: recorded.cctalk_streams(Check.SUM)[0],
        lambda: cctalk_host(Check.SUM),
        ENVELOPE + MAX_DATA - 1,
    ),
    "cctalk devices": StreamParser(lambda: recorded.cctalk_streams(Check.SUM)[1], cctalk_devices, 0),
    "ssp frames": StreamParser(
        lambda: recorded.ssp_streams(has_keys=False)[0],
        SspFrames,
        ENVELOPE_OF_SSP + MAX_DATA + 1,
    ),
    "ssp host": StreamParser(
        lambda: recorded.ssp_streams(has_keys=False)[0],
        lambda: ssp_host(has_keys=False),
        ENVELOPE_OF_SSP + MAX_DATA + 1,
    ),
    "ssp host with keys": StreamParser(
        lambda: recorded.ssp_streams(has_keys=True)[0],
        lambda: ssp_host(has_keys=True),
        ENVELOPE_OF_SSP + MAX_DATA + 1,
    ),
    "ssp devices": StreamParser(lambda: recorded.ssp_streams(has_keys=False)[1], ssp_devices, 0),
    "mdb text lines": StreamParser(
        lambda: recorded.mdb_streams(Adapter.QIBIXX)[0], lambda: MdbLines(Adapter.QIBIXX), LINE_LIMIT
    ),
    "mdb hex lines": StreamParser(
        lambda: recorded.mdb_streams(Adapter.WAFERSTAR)[0], lambda: MdbLines(Adapter.WAFERSTAR), LINE_LIMIT
    ),
    "mdb host": StreamParser(lambda: recorded.mdb_streams(Adapter.QIBIXX)[0], mdb_host, LINE_LIMIT),
    "mdb text box": StreamParser(
        lambda: recorded.mdb_streams(Adapter.QIBIXX)[1], lambda: mdb_box(Adapter.QIBIXX), 0
    ),
    "mdb hex box": StreamParser(
        lambda: recorded.mdb_streams(Adapter.WAFERSTAR)[1], lambda: mdb_box(Adapter.WAFERSTAR), 0
    ),
    "mdb machine host": StreamParser(lambda: recorded.machine_streams()[0], machine_host, LINE_LIMIT),
    "mdb machine box": StreamParser(lambda: recorded.machine_streams()[1], machine_box, 0),
    "fafb frames": StreamParser(lambda: recorded.fafb_streams()[0], FafbFrames, FAFB_MAX_DATA + ENVELOPE),
    "fafb host": StreamParser(lambda: recorded.fafb_streams()[0], fafb_host, FAFB_MAX_DATA + ENVELOPE),
    "fafb device": StreamParser(lambda: recorded.fafb_streams()[1], fafb_device, 0),
    "k1 frames": StreamParser(lambda: recorded.k1_streams()[0], K1Frames, 2 * K1_LONGEST),
    "k1 host": StreamParser(lambda: recorded.k1_streams()[0], k1_host, 2 * K1_LONGEST),
    "k1 device": StreamParser(lambda: recorded.k1_streams()[1], k1_device, 0),
    "scanner keys": StreamParser(recorded.key_stream, Keys, LONGEST + RECORD.size),
    "scanner codes": StreamParser(recorded.scanner_stream, Codes, LONGEST),
    "printer answers": StreamParser(recorded.printer_stream, PrinterAnswers, 3),
    "printer host": StreamParser(recorded.printer_stream, printer_host, 3),
}
"""Parsers of byte streams."""


# --- texts and files --------------------------------------------------------------------------------------------

TODAY: Final = dt.date(2026, 3, 2)
TABLE: Final = CodeTable((EmbeddedLayout("21", "PPPPPPPVVVVV", Measure.PRICE, 2),))
CODE_KEY: Final = bytes(range(32))
DEBTS: Final = tuple((f"D1-{seq}", code_of(CODE_KEY, "K1", 1, seq)) for seq in range(1, 40))


def scan(data: bytes) -> None:
    """Goods are named by whole numbers with a right check digit, and cost no more than the limit."""
    found = read_scan(data.decode("utf-8", "replace"), TABLE, TODAY)
    if isinstance(found, Goods):
        assert found.keys
        assert all(gtin_key(key) == key for key in found.keys)
        assert found.price_minor is None or 0 < found.price_minor <= TABLE.price_limit_minor
        assert found.weight_mg is None or found.weight_mg > 0
        assert found.qty is None or found.qty > 0
    else:
        assert len(found.text) <= 40
        assert found.text.isascii()


def _check_files(found: MarketFiles) -> None:
    assert not (found.problems and (found.products or found.slots)), "goods or problems, never both"
    assert all(product.price_minor > 0 for product in found.products)
    assert all(slot.capacity > 0 for slot in found.slots)


def goods_file(data: bytes) -> None:
    """Products or problems, and no product without a price."""
    _check_files(read_goods(data, exponent=2, tax_classes=("standard", "reduced")))


def planogram(data: bytes) -> None:
    """Slots or problems."""
    _check_files(read_planogram(data, tuple(CATALOGUE.products.values())))


def configuration(data: bytes) -> None:
    """A configuration, or a named mistake."""
    mistake: ConfigError | None = None
    try:
        found = parse_config(data.decode("utf-8", "replace"), "kiosk.toml")
    except ConfigError as error:
        mistake = error
    else:
        assert found.money.cash_step_minor > 0
    assert mistake is None or (mistake.key and mistake.line >= 0)


def journal_body(data: bytes) -> None:
    """A changed body is refused, and when it reads as a fact after all, the chain still finds it."""
    entries = recorded.journal_entries()
    index = len(data) % (len(entries) - 1) + 1
    previous, entry = entries[index - 1], replace(entries[index], body=data)
    with suppress(JournalDamagedError):
        read_content(entry)
    is_refused = False
    try:
        check_chain(previous, entry)
    except JournalDamagedError:
        is_refused = True
    assert is_refused == (data != entries[index].body), "the chain finds every changed body"


def journal_bodies() -> Sequence[bytes]:
    """The bodies of every kind that the old file has, once each."""
    return tuple({entry.kind: entry.body for entry in recorded.journal_entries()}.values())


def debt_code(data: bytes) -> None:
    """Only the eight characters of a code name its debt, however they are grouped."""
    typed = data.decode("utf-8", "replace")
    found = match_code(typed, DEBTS)
    spelt = "".join(one for one in typed.upper() if not one.isspace() and one != "-").replace("U", "V")
    assert found == {code: debt for debt, code in DEBTS}.get(spelt, "")


def amount(data: bytes) -> None:
    """An amount is the digits that were typed and no others; a count likewise."""
    typed = data.decode("utf-8", "replace")
    digits = "".join(str(int(one)) for one in typed if one.isdecimal() and one in _DIGITS)
    for exponent in (0, 2, 3):
        try:
            found = parse_amount(typed, exponent)
        except AmountError:
            continue
        assert 0 <= found < 10 ** (12 + exponent)
        assert str(found).strip("0") == digits.strip("0")
    try:
        count = parse_count(typed)
    except CountError:
        return
    assert count == int(digits)


_DIGITS: Final = frozenset("0123456789۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩")


@dataclass(frozen=True)
class TextParser:
    """A parser of whole texts: good ones, and a reading that asserts what must hold of any."""

    good: Callable[[], Sequence[bytes]]
    read: Callable[[bytes], None]


TEXTS: Final[Mapping[str, TextParser]] = {
    "barcode": TextParser(lambda: recorded.SCANS, scan),
    "goods file": TextParser(recorded.goods_files, goods_file),
    "planogram": TextParser(recorded.planograms, planogram),
    "configuration": TextParser(lambda: recorded.CONFIGURATIONS, configuration),
    "journal entry": TextParser(journal_bodies, journal_body),
    "debt code": TextParser(lambda: tuple(code.encode() for _, code in DEBTS), debt_code),
    "typed amount": TextParser(lambda: recorded.AMOUNTS, amount),
}
"""Parsers of whole texts."""

TOKENS: Final[Sequence[bytes]] = tuple(
    text.encode()
    for text in (
        *("\u200f", "\u2066", "\ufeff", "\x00", "\x1d", "\u06f5", "\u0665", "\uff15", "\u0660", "٫", "٬"),
        *('"', "'", '"""', "\n", "\r", "\t", ",", ";", "{", "}", "[", "]", "[" * 200, "=", "=1+1", "#"),
        *(
            "9" * 40,
            "-1",
            "1e9",
            "0x10",
            "1_0",
            "nan",
            "inf",
            "true",
            "null",
            "\\u0000",
            "\\ud800",
            "1979-05-27",
        ),
        *(
            "http://[",
            "https://",
            "]C1",
            "(01)",
            "U",
            "u",
            "ß",
            "İ",
            "-",
            " ",
            "ﬀ",
            re.escape(".*"),
            ALPHABET,
        ),
    )
)
"""Pieces that parsers have stumbled over, here and elsewhere."""
