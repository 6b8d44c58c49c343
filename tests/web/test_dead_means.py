"""One dead device takes away what it is for and nothing else, and both shopper and vendor are told: each kind in turn."""

from __future__ import annotations

import html
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from hardware import events as hw
from hardware.events import DeviceKind
from hardware.rig import DeviceConfig, PortConfig, RigConfig, Wire
from kiosk.core import events as ev
from kiosk.core.screen import Screen
from kiosk.i18n import LANGUAGES, say
from tests.web.admin.office import CLERK, Office
from tests.web.scenes import touch
from tests.web.stall import ALL_MEANS, Stall
from web import create_kiosk_app
from web.admin.texts import DESK_BOOK

SCANNER_PORT = PortConfig(
    "glass", "wires/glass", 9600, Wire.SCANNER, (DeviceConfig("scanner", DeviceKind.SCANNER),)
)
NOTES_PORT = PortConfig(
    "notes",
    "wires/notes",
    9600,
    Wire.SSP,
    (DeviceConfig("notes", DeviceKind.NOTE_VALIDATOR, notes={1: 500}),),
)
CARD_PORT = PortConfig(
    "bus", "wires/bus", 9600, Wire.MDB_QIBIXX, (DeviceConfig("reader", DeviceKind.CARD_READER),)
)
CONFIG = replace(ALL_MEANS, rig=RigConfig((*ALL_MEANS.rig.ports, SCANNER_PORT)))


@dataclass(frozen=True)
class Dead:
    """A kind of device: its devices at the shopper's kiosk, what is lost, and what is said to whom."""

    kind: DeviceKind
    devices: tuple[str, ...]
    lost: frozenset[str]
    shopper: str
    vendor: str
    office: str


ALL = frozenset({"coins", "notes", "cards", "machine", "paper", "scanner"})
HOPPERS = ("hopper-10", "hopper-20", "hopper-50", "notes-5", "tube-100")
KINDS = (
    Dead(
        DeviceKind.COIN_ACCEPTOR, ("coin",), frozenset({"coins"}), "coins.closed", "alert.acceptor", "coins"
    ),
    Dead(
        DeviceKind.NOTE_VALIDATOR,
        ("notes",),
        frozenset({"notes"}),
        "notes.off",
        "alert.lost.note_validator",
        "notes",
    ),
    Dead(
        DeviceKind.CARD_READER,
        ("reader",),
        frozenset({"cards"}),
        "cards.off",
        "alert.lost.card_reader",
        "reader",
    ),
    # Without change no coin can be given back: cards go on.
    Dead(
        DeviceKind.HOPPER,
        HOPPERS,
        frozenset({"coins", "notes"}),
        "coins.exact",
        "alert.lost.hopper",
        "hopper-50",
    ),
    Dead(
        DeviceKind.COIL_BOARD,
        ("coils",),
        frozenset({"machine"}),
        "browse.machine_off",
        "alert.lost.coil_board",
        "coils",
    ),
    Dead(
        DeviceKind.PRINTER, ("printer",), frozenset({"paper"}), "printer.off", "alert.lost.printer", "printer"
    ),
    Dead(
        DeviceKind.SCANNER,
        ("scanner",),
        frozenset({"scanner"}),
        "scanner.off",
        "alert.lost.scanner",
        "scanner",
    ),
)


def offered(screen: Screen) -> frozenset[str]:
    """What a shopper may use now."""
    means = {
        "coins": screen.takes_coins,
        "notes": bool(screen.takes_notes),
        "cards": screen.takes_cards,
        "machine": screen.is_machine_on,
        "paper": screen.is_printer_ready,
        "scanner": not screen.is_scanner_off,
    }
    return frozenset(name for name, is_there in means.items() if is_there)


def comes_back(stall: Stall, dead: Dead) -> None:
    for name in dead.devices:
        match dead.kind:
            case DeviceKind.COIN_ACCEPTOR | DeviceKind.NOTE_VALIDATOR:
                stall.put(hw.AcceptorIdentified(name, 7, 0, 0, None, restarted=False, kind=dead.kind))
            case DeviceKind.CARD_READER:
                stall.put(hw.CardReaderIdentified(name, serial=11, can_refund=True, restarted=False))
            case DeviceKind.HOPPER:
                stall.put(
                    hw.HopperIdentified(name, serial=0, paid_total=None, is_low=False, lost_power=False)
                )
            case DeviceKind.COIL_BOARD:
                stall.put(hw.CoilBoardIdentified(name))
            case DeviceKind.PRINTER:
                stall.put(hw.PrinterStatus(name, hw.Paper.OK, is_online=True, cover_open=False))
            case DeviceKind.SCANNER:
                stall.put(hw.DeviceRecovered(name, dead.kind))


def test_every_kind_of_device_has_its_row() -> None:
    # An old machine that sells for us is no means of this kiosk's own shoppers.
    assert {dead.kind for dead in KINDS} == set(DeviceKind) - {DeviceKind.VENDING_MACHINE}


@pytest.mark.parametrize("fault", [hw.Fault.NO_REPLY, hw.Fault.HUNG])
@pytest.mark.parametrize("dead", KINDS, ids=[dead.kind for dead in KINDS])
def test_a_dead_device_takes_away_its_own_means_and_gives_them_back(dead: Dead, fault: hw.Fault) -> None:
    stall = Stall(CONFIG)
    stall.put(hw.DeviceRecovered("scanner", DeviceKind.SCANNER))
    assert offered(stall.screen()) == ALL
    for name in dead.devices:
        stall.put(hw.DeviceLost(name, dead.kind, fault))
    assert offered(stall.screen()) == ALL - dead.lost
    comes_back(stall, dead)
    assert offered(stall.screen()) == ALL


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("dead", KINDS, ids=[dead.kind for dead in KINDS])
def test_the_shopper_is_told_before_anything_is_chosen(dead: Dead, language: str) -> None:
    stall = Stall(CONFIG)
    client = create_kiosk_app(stall, CONFIG, stall.backroom(), stop=threading.Event()).test_client()
    touch(stall, ev.LanguageTapped, language=language)
    said = say(language, dead.shopper)
    assert said not in html.unescape(client.get("/").text)
    for name in dead.devices:
        stall.put(hw.DeviceLost(name, dead.kind))
    assert said in html.unescape(client.get("/").text)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = Office(tmp_path_factory.mktemp("office"), more_ports=(NOTES_PORT, CARD_PORT, SCANNER_PORT))
    yield made
    made.close()


@pytest.mark.parametrize("dead", KINDS, ids=[dead.kind for dead in KINDS])
def test_the_vendor_is_told_what_is_lost_with_it_and_what_to_do(office: Office, dead: Dead) -> None:
    office.tell(hw.DeviceLost(dead.office, dead.kind, hw.Fault.HUNG))
    visitor = office.client(CLERK)
    overview = html.unescape(re.sub(r"<[^>]+>|[\u2066-\u2069]", "", visitor.get("/desk/").text))
    words = DESK_BOOK.say("en", dead.vendor, device="\x00")
    assert re.sub(r"[\u2066-\u2069]", "", words).replace("\x00", "").strip() in overview
    health = html.unescape(visitor.get("/desk/health").text)
    assert say("en", "fault.hung.clerk") in health
