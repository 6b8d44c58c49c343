"""One driver of a whole running kiosk breaks: the others go on selling, everybody is told, and a replug mends it.

The devices are simulated, on ptys. What breaks is the system's driver under one real serial line, as a bad adapter makes it: it
raises what nobody expects, it does not come back, or it says that bytes are there and gives none.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from hardware.port import Port, WrappedPort
from hardware.rig import PortConfig, port_of
from hardware.simulators.bench import Bench
from hardware.simulators.market import COIL_BOARD, HOPPERS, SCANNER
from hardware.simulators.rigs import RECYCLER, SSP, VALIDATOR
from kiosk.config import load_config
from kiosk.core.screen import Screen
from kiosk.i18n import say
from kiosk.store.database import open_unlimited_reader, reading, sqlite_url
from kiosk.store.verify import verify_journal
from tests.web.whole import Whole, letters, running
from web.admin.texts import DESK_BOOK
from web.demo import write_config

FLOAT = 20
FLOATS = dict.fromkeys((*HOPPERS, RECYCLER), FLOAT)


class Adapter(WrappedPort):
    """A serial line whose system driver can break; it mends when it is plugged in again."""

    def __init__(self, port: Port) -> None:
        super().__init__(port)
        self.way = ""
        self.mended = threading.Event()

    def open(self) -> None:
        if self.way == "raises":
            raise ZeroDivisionError("a mistake in somebody's driver")
        super().open()

    def read(self) -> bytes:
        match self.way:
            case "raises":
                raise ZeroDivisionError("a mistake in somebody's driver")
            case "hangs":
                assert self.mended.wait(60)
            case "spins":
                return b""
        return super().read()


class Adapters:
    """Opens a kiosk's lines, and breaks one of them."""

    def __init__(self) -> None:
        self._made: dict[str, list[Adapter]] = {}
        self._ways: dict[str, str] = {}

    def __call__(self, port: PortConfig) -> Port:
        made = Adapter(port_of(port))
        made.way = self._ways.get(port.name, "")
        self._made.setdefault(port.name, []).append(made)
        return made

    def break_line(self, port: str, way: str) -> None:
        self._ways[port] = self._made[port][-1].way = way

    def mend(self, port: str) -> None:
        self._ways[port] = ""
        for each in self._made[port]:
            each.way = ""
            each.mended.set()


@dataclass(frozen=True)
class Story:
    """Which line breaks, how, what ends its driver, and what shopper and vendor read."""

    way: str
    port: str
    error: str
    devices: tuple[str, ...]
    shopper: str
    vendor: str
    kind: str


STORIES = (
    Story(
        "raises", VALIDATOR, "ZeroDivisionError", (VALIDATOR, RECYCLER), "notes.off", "alert.lost.note_validator",
        "note_validator",
    ),
    Story(
        "hangs", COIL_BOARD, "TimeoutError", (COIL_BOARD,), "browse.machine_off", "alert.lost.coil_board", "coil_board"
    ),
    Story("spins", SCANNER, "DriverSpinsError", (SCANNER,), "scanner.off", "alert.lost.scanner", "scanner"),
)  # fmt: skip


@dataclass
class Market:
    """The kiosk, its devices and its lines."""

    kiosk: Whole
    bench: Bench
    adapters: Adapters

    def buys_with_coins(self) -> None:
        """A sandwich of 2.50 for two coins."""
        sold = self.kiosk.sold_qty()
        self.kiosk.take_a_sandwich()
        self.drops(5)
        self.kiosk.until("a credit", lambda _state, screen: screen.held_minor == 200)
        self.drops(3)
        self.kiosk.until("a sale", lambda state, _screen: state.visit is None)
        assert self.kiosk.sold_qty() == sold + 1
        self.kiosk.next_please()

    def drops(self, position: int) -> None:
        """A coin, as soon as the slot takes it."""
        self.kiosk.until("a slot", lambda _state, _screen: position in self.kiosk.truth("coin")["enabled"])
        self.bench.act("coin", "drop", {"position": str(position), "qty": "1"})


def offers(screen: Screen, story: Story) -> bool:
    """Whether what breaks in this story may be used now."""
    is_offered = {
        VALIDATOR: bool(screen.takes_notes),
        COIL_BOARD: screen.is_machine_on,
        SCANNER: not screen.is_scanner_off,
    }
    return is_offered[story.port]


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    folder = tmp_path_factory.mktemp("market")
    adapters = Adapters()
    with Bench(SSP.wires({}), folder) as bench:
        for name in FLOATS:
            bench.act(name, "fill", {"qty": str(FLOAT)})
        with running(load_config(write_config(folder, SSP)), folder, bench, adapters) as kiosk:
            kiosk.stock(FLOATS)
            yield Market(kiosk, bench, adapters)
    engine = open_unlimited_reader(sqlite_url(folder / "store" / "kiosk.db"))
    with reading(engine) as connection:
        assert verify_journal(connection).problems == ()
    engine.dispose()


@pytest.mark.parametrize("story", STORIES, ids=[story.way for story in STORIES])
def test_a_driver_that_breaks_takes_its_own_means_away_until_its_plug_was_put_back(
    market: Market, story: Story
) -> None:
    kiosk, bench = market.kiosk, market.bench
    told = say("en", story.shopper)
    lost = letters(DESK_BOOK.say("en", story.vendor, device=say("en", f"kind.{story.kind}")))
    advice = say("en", "fault.hung.clerk")
    kiosk.until("all means", lambda _state, screen: offers(screen, story) and kiosk.is_online(*story.devices))
    assert told not in kiosk.screen_page()
    assert lost not in kiosk.desk_page()
    before = len(kiosk.ended)

    market.adapters.break_line(story.port, story.way)
    if story.port == SCANNER:
        bench.act(SCANNER, "scan", {"code": "4006381333931"})  # it speaks only when it reads
    kiosk.until("the loss", lambda _state, screen: not offers(screen, story))
    assert kiosk.ended[before] == (story.port, story.error)
    if story.way == "spins":  # the next drivers only raise, and leave the computer to the other tests
        market.adapters.break_line(story.port, "raises")
    assert not any(map(kiosk.is_online, story.devices))
    others = [name for name, book in kiosk.till.state().devices.items() if not book.is_online]
    assert sorted(others) == sorted(story.devices), "and nobody else is lost"
    market.buys_with_coins()
    assert told in kiosk.screen_page()
    home = kiosk.desk_page()
    assert lost in home
    assert home.count(advice) == 1, "one plug, one act"

    bench.unplug(story.port)
    market.adapters.mend(story.port)
    bench.plug(story.port)
    kiosk.until(
        "its return", lambda _state, screen: offers(screen, story) and kiosk.is_online(*story.devices)
    )
    assert told not in kiosk.screen_page()
    assert advice not in kiosk.desk_page()
    market.buys_with_coins()
