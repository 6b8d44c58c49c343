"""A whole kiosk in this process: real drivers on the ptys of a bench, the till's thread, the store, screen and desk.

What `kiosk run` starts, without its servers unless a browser is to look: pages are asked through Flask's own client.
"""

from __future__ import annotations

import html
import itertools
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from hardware.port import Port
from hardware.rig import PortConfig
from hardware.simulators.bench import Bench
from inventory.catalogue import Catalogue, Place, Slot
from kiosk.config import Config
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.screen import Screen
from kiosk.core.state import State
from kiosk.journal.entry import read_content
from kiosk.runtime.service import Service, open_service
from kiosk.store.database import reading
from kiosk.store.ledger import read_entries
from tests.kiosk.goods import product
from tests.web.admin.office import CHEAP, CLERK, PASSWORDS, PIN, Visitor
from web import LOOPBACK_NAMES, create_kiosk_app, create_network_app
from web.admin import register_desk
from web.auth import Role, add_user
from web.backroom import layout_receipt, make_backroom, receipts_of

PATIENCE_SECONDS: Final = 60.0
"""Longest wait for anything; a busy computer needs a few seconds for what takes a moment elsewhere."""

SANDWICH: Final = product("sandwich", 250)
GOODS: Final = Catalogue.of(
    (SANDWICH, product("juice", 150)),
    (
        Slot("S1", Place.SHELF, "sandwich", capacity=20, par_qty=10),
        Slot("A1", Place.COIL, "juice", capacity=8, par_qty=8, coil=1),
    ),
)

_names = itertools.count()


class Whole:
    """One kiosk that runs, with a clerk who has an account.

    Args:
        config: Its configuration; relative port paths are below ``folder``.
        folder: Its data.
        bench: What its ports lead to; the caller starts and ends it.
        open_port: As for `open_service`.
    """

    def __init__(
        self,
        config: Config,
        folder: Path,
        bench: Bench,
        *,
        open_port: Callable[[PortConfig], Port] | None = None,
    ) -> None:
        self.bench = bench
        self.ended: list[tuple[str, str]] = []
        """Ports whose driver ended or hung, each with the error's name."""
        self.service: Service = open_service(
            config,
            folder,
            layout=lambda till, reader, effect: layout_receipt(reader, receipts_of(config, till), effect),
            on_rig_failure=lambda port, error: self.ended.append((port, type(error).__name__)),
            open_port=open_port,
        )
        self.till = self.service.till
        self.till.screen()
        add_user(self.till, CLERK, Role.CLERK, PASSWORDS[CLERK], PIN, hasher=CHEAP)
        self.desk_app = create_network_app(trusted_hosts=LOOPBACK_NAMES)
        desk = register_desk(
            self.desk_app,
            door=self.till,
            reader=self.service.reader,
            config=config,
            keys=self.service.keys,
            hasher=CHEAP,
        )
        self._stop = threading.Event()
        self.screen_app = create_kiosk_app(
            self.till, config, make_backroom(self.service, desk.sign_in, desk.rounds), stop=self._stop
        )
        self._screen_client = self.screen_app.test_client()
        self._visitor: Visitor | None = None

    def close(self) -> None:
        """End it."""
        self._stop.set()
        self.service.stop()

    def stock(self, floats: Mapping[str, int]) -> None:
        """Put sandwiches on the shelf, and say how many pieces lie in hoppers, tubes and recyclers."""
        self.until("every payer", lambda _state, _screen: self.is_online(*floats))
        for event in (
            ev.CatalogueOffered(by=CLERK, catalogue=GOODS, digest="0"),
            ev.StockCounted(token="shelf", by=CLERK, slot="S1", move="fill", qty=10),
            ev.ClerkEntered(clerk=CLERK),
            *(ev.HopperFilled(f"float-{name}", CLERK, name, qty) for name, qty in floats.items()),
            ev.ClerkLeft(clerk=CLERK),
        ):
            assert not self.till.ask(event).notice.is_refusal, event

    # --- looking ------------------------------------------------------------------------------------------------------

    def until(self, what: str, holds: Callable[[State, Screen], bool]) -> Screen:
        """The screen as soon as it ``holds``; meanwhile its page is drawn and the drivers are looked after, as in a kiosk."""
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            screen = self.till.screen()
            self.till.acknowledge(screen.stream)
            assert self.service.supervisor.look() == ""
            if holds(self.till.state(), screen):
                return screen
            assert not self.till.ended.is_set(), self.till.failure
            assert time.monotonic() < end, f"waited for {what}: {self.till.state()}"
            self.till.wait_for_screen(screen.stream, 50)

    def is_online(self, *devices: str) -> bool:
        """Whether the till has all of these."""
        books = self.till.state().devices
        return all(name in books and books[name].is_online for name in devices)

    def facts(self, *kinds: type[f.Fact]) -> list[f.Fact]:
        """What the journal holds of these kinds."""
        with reading(self.service.reader) as connection:
            entries = list(read_entries(connection, self.service.config.kiosk_id))
        return [fact for fact in (read_content(entry).fact for entry in entries) if isinstance(fact, kinds)]

    def truth(self, device: str) -> dict[str, Any]:
        """What is physically so in a device."""
        devices: Any = self.bench.snapshot()["devices"]
        return dict(next(each["truth"] for each in devices if each["name"] == device))

    def screen_page(self) -> str:
        """The shopper's page, in letters."""
        return letters(self._screen_client.get("/").text)

    def desk_page(self, path: str = "/desk/") -> str:
        """A page of the desk, as the clerk sees it, in letters."""
        if self._visitor is None:
            self._visitor = Visitor(self.desk_app.test_client())
            self._visitor.client.set_cookie("desk_language", "en", domain="localhost")
            assert self._visitor.sign_in(CLERK, PASSWORDS[CLERK]).status_code == 302
        return letters(self._visitor.get(path).text)

    # --- hands --------------------------------------------------------------------------------------------------------

    def take_a_sandwich(self) -> None:
        """Tap it, and wait until the till wants money for it."""
        tap = ev.ProductChosen(
            tap=f"tap-{next(_names)}", screen=self.till.screen().version, sku=SANDWICH.sku, qty=1
        )
        assert not self.till.ask(tap).notice.is_refusal
        self.until("a visit", lambda _state, screen: screen.view == "shopping")

    def next_please(self) -> None:
        """Tap the thanks away."""
        self.until("thanks", lambda _state, screen: screen.view == "thanks")
        self.till.ask(ev.DoneTapped(tap=f"tap-{next(_names)}", screen=self.till.screen().version))
        self.until("an idle screen", lambda _state, screen: screen.view == "idle")

    def sold_qty(self) -> int:
        """Sales that are closed."""
        return len(self.facts(f.SaleClosed))


@contextmanager
def running(
    config: Config,
    folder: Path,
    bench: Bench,
    open_port: Callable[[PortConfig], Port] | None = None,
) -> Iterator[Whole]:
    """A whole kiosk, ended at the end."""
    whole = Whole(config, folder, bench, open_port=open_port)
    try:
        yield whole
    finally:
        whole.close()


def letters(page: str) -> str:
    """What a reader sees of a page: no tags, no marks of direction, single spaces."""
    text = html.unescape(re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL))
    return re.sub(r"\s+", " ", re.sub(r"[\u2066-\u2069]", "", text))
