"""The demo: a whole market with simulated devices, from one command, in one named folder.

Two processes, as in a shop: the kiosk, and the devices with their workshop. This module writes the first configuration, fills
shelves, coils and hoppers the way a vendor would (through typed commands and a clerk's hands), starts both, and ends both.
"""

from __future__ import annotations

import json
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import click

from hardware.simulators.rigs import CCTALK, MarketRig
from inventory.catalogue import Catalogue, Place
from kiosk.config import HubConfig, load_config
from kiosk.core import events as ev
from kiosk.runtime.clock import SystemClock
from kiosk.runtime.courier import Courier, HttpLine
from kiosk.runtime.door import TillDoor
from kiosk.runtime.keys import load_keys
from kiosk.runtime.log import start_log
from kiosk.runtime.service import STORE_FILE
from kiosk.store.database import sqlite_url
from web.auth import WeakSecretError, add_user
from web.config_text import ports_text
from web.starter import WITH_STARTER

CONFIG_FILE: Final = "kiosk.toml"
USERS_FILE: Final = "demo-users.txt"
FLOAT_COINS: Final = 60
"""Coins in each hopper at the start: change for a day of the demo."""

COIL_PIECES: Final = 5

STORE_FAILED: Final = 75
"""Exit code of a kiosk whose store failed: start it again, it recovers."""

RESTARTS_MOST: Final = 20
"""A kiosk that dies this often in one demo is not restarted any more: somebody should look."""

READY_SECONDS: Final = 30.0
STOP_SECONDS: Final = 0.9

DESK_ADDRESS: Final = "desk"
"""Under this name the desk for several kiosks says where it listens."""

DEMO_KIOSK: Final = "DEMO-1"
DEMO_MACHINE: Final = "17"

CONFIG_TEXT: Final = """\
# A demo kiosk on simulated devices. To use a real device, change the path of its port, for example
# path = "/dev/ttyUSB0", and start again: nothing else changes.
kiosk_id = "{kiosk_id}"
languages = ["en", "fa", "ar"]
timezone = "Europe/Berlin"
has_keyboard_wedge = true

[vendor]
name = "Nilufar Micro Markets"
phone = "+49 30 5550 0199"
machine = "{machine}"
site = "{site}"
email = "help@nilufar.example"
address = "Demo Street 7, Berlin"
tax_number = "DE000000000"
public_url = ""

[money]
currency = "EUR"
exponent = 2
cash_step_minor = 10
max_credit_minor = 5000

# A demo lets owners leave the second step of signing in; a real kiosk leaves this table out.
[sign_in]
second_step = "asked"

[tax_rates_bp]
standard = 1900
reduced = 700
zero = 0

# Two days before its last day of sale a piece costs a fifth less, on the last day half.
[expiry]
ladder = [[2, 20], [0, 50]]

"""


def write_config(
    folder: Path,
    rig: MarketRig = CCTALK,
    *,
    kiosk_id: str = DEMO_KIOSK,
    machine: str = DEMO_MACHINE,
    site: str = "",
) -> Path:
    """The demo's configuration file, with the devices of ``rig``; one that is there already is the user's own and stays."""
    path = folder / CONFIG_FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        text = CONFIG_TEXT.format(kiosk_id=kiosk_id, machine=machine, site=site)
        path.write_text(text + ports_text(rig.config(Path("ports")).ports), encoding="utf-8")
    return path


def coil_goods(catalogue: Catalogue) -> Mapping[int, int]:
    """What a clerk puts into each coil: board number -> pieces."""
    return {
        slot.coil: min(COIL_PIECES, slot.capacity)
        for slot in catalogue.slots.values()
        if slot.place is Place.COIL
    }


def stock_market(
    door: TillDoor, catalogue: Catalogue, digest: str, clerk: str, hoppers: Iterable[str] = CCTALK.hoppers
) -> None:
    """Do what a vendor does before the first sale: import goods, fill shelves, coils and hoppers, count it all in."""
    door.ask(ev.CatalogueOffered(by=clerk, catalogue=catalogue, digest=digest))
    door.ask(ev.ClerkEntered(clerk=clerk))
    for device in hoppers:
        token = secrets.token_hex(8)
        door.ask(ev.HopperFilled(token=token, clerk=clerk, device=device, qty=FLOAT_COINS))
    coils = coil_goods(catalogue)
    for slot in catalogue.slots.values():
        qty = coils.get(slot.coil, slot.par_qty) if slot.place is Place.COIL else slot.par_qty
        move = "count" if slot.place is Place.COIL else "fill"
        if qty:
            door.ask(
                ev.StockCounted(token=secrets.token_hex(8), by=clerk, slot=slot.code, move=move, qty=qty)
            )
    door.ask(ev.ClerkLeft(clerk=clerk))


def write_users(door: TillDoor, folder: Path, *others: TillDoor) -> None:
    """Make the demo's owner and clerk with secrets of their own, and write those down for whoever runs the demo.

    ``others`` are doors of further desks where the same people sign in.
    """
    password = secrets.token_urlsafe(12)
    while True:
        pin = f"{secrets.randbelow(10**6):06d}"
        try:
            for name, role in (("owner", "owner"), ("clerk", "clerk")):
                for each in (door, *others):
                    add_user(each, name, role, password, pin)
            break
        except WeakSecretError:
            continue  # the dice threw a PIN that everybody tries first
    path = folder / USERS_FILE
    path.touch(mode=0o600)
    path.write_text(
        f"desk: owner or clerk, password {password}\nkiosk service screen: owner or clerk, PIN {pin}\n",
        encoding="utf-8",
    )


@dataclass(slots=True)
class _Child:
    """One of the demo's two processes."""

    name: str
    arguments: list[str]
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0
    lines: list[str] = field(default_factory=list)

    def start(self) -> None:
        self.starts += 1
        if self.process is not None:
            self.process.communicate()
        # A session of its own: Ctrl-C is for us, and we end the children in order.
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "web.main", *self.arguments, WITH_STARTER],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def stop(self, seconds: float) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()


def read_address(folder: Path, name: str) -> Mapping[str, str]:
    """What a child wrote about where it listens; empty until it did."""
    path = folder / f"{name}.address.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write_address(folder: Path, name: str, addresses: Mapping[str, str]) -> None:
    """Tell the demo, the smoke test and people where this process listens."""
    path = folder / f"{name}.address.json"
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(addresses), encoding="utf-8")
    draft.rename(path)


def wait_for_address(folder: Path, child: _Child, key: str, stop: threading.Event) -> str:
    """The child's address; it writes it once it answers.

    Raises:
        click.ClickException: It ended, or did not come up in time.
    """
    name = child.name
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and not stop.wait(0.05):
        url = read_address(folder, name).get(key, "")
        if url:
            return url
        if child.process is not None and child.process.poll() is not None:
            raise click.ClickException(f"the {name} did not start; see the message above")
    if stop.is_set():
        return ""
    raise click.ClickException(
        f"the {name} did not come up within {READY_SECONDS:.0f} s; see the messages above"
    )


@dataclass(frozen=True, slots=True)
class AllDesk:
    """The desk for several kiosks.

    Attributes:
        folder: Of the desk.
        port: On loopback.
        idle: Folders of the kiosks that push to it and sell nothing.
    """

    folder: Path
    port: int
    idle: tuple[Path, ...] = ()


class IdleKiosks:
    """Kiosks that nobody buys from: their journals reach the desk and they are heard, as any other's.

    Only their couriers run. They take no lock and open no device, so that the same kiosk may be run whole beside them.
    """

    def __init__(self, all_desk: AllDesk) -> None:
        """Nothing runs yet."""
        self._desk = all_desk
        self._couriers: list[Courier] = []

    def push(self) -> None:
        """Start them once, as soon as the desk answers: before, they would only wait for their second try.

        Raises:
            ConfigError, KeyFileError: A folder is not a kiosk's.
        """
        url = "" if self._couriers else read_address(self._desk.folder, DESK_ADDRESS).get("desk", "")
        if not url:
            return
        for folder in self._desk.idle:
            config = load_config(folder / CONFIG_FILE)
            store = sqlite_url(folder / config.store.folder / STORE_FILE)
            key = load_keys(folder / "keys").signing
            line = HttpLine(HubConfig(url=url))
            courier = Courier(store, config.kiosk_id, key, line, clock=SystemClock())
            self._couriers.append(courier)
            courier.start()

    def close(self) -> None:
        """End their threads."""
        for courier in self._couriers:
            courier.stop()


class Demo:
    """Its processes, the couriers of kiosks that stand idle, and the wait for Ctrl-C."""

    def __init__(
        self,
        folder: Path,
        *,
        screen_port: int,
        desk_port: int,
        workshop_port: int,
        is_lan: bool,
        all_desk: AllDesk | None = None,
    ) -> None:
        """Nothing starts yet; ``all_desk`` is the desk for several kiosks, where there is one."""
        self._folder = folder
        self._stop = threading.Event()
        base = ["--data", str(folder)]
        self._devices = _Child("simulators", ["simulators", *base, "--port", str(workshop_port)])
        lan = ["--lan"] if is_lan else []
        self._kiosk = _Child(
            "kiosk", ["run", *base, "--screen-port", str(screen_port), "--desk-port", str(desk_port), *lan]
        )
        self._all_desk = all_desk
        self._all: _Child | None = None
        self._idle: IdleKiosks | None = None
        if all_desk is not None:
            where = ["--data", str(all_desk.folder), "--port", str(all_desk.port)]
            self._all = _Child(DESK_ADDRESS, ["desk", *where])
            self._idle = IdleKiosks(all_desk)

    def run(self) -> None:
        """Start, print the three addresses, and keep the kiosk alive until Ctrl-C."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._stop.set())
        for child in (self._devices, self._kiosk):
            (self._folder / f"{child.name}.address.json").unlink(missing_ok=True)
        if self._all_desk is not None:
            (self._all_desk.folder / f"{DESK_ADDRESS}.address.json").unlink(missing_ok=True)
            start_log(self._folder / "logs", "demo")
        try:
            click.echo("demo: starting the simulated devices ...")
            self._devices.start()
            workshop = wait_for_address(self._folder, self._devices, "workshop", self._stop)
            click.echo("demo: starting the kiosk ...")
            self._kiosk.start()
            if self._all is not None:
                self._all.start()
            screen = wait_for_address(self._folder, self._kiosk, "screen", self._stop)
            addresses = read_address(self._folder, "kiosk")
            click.echo("")
            click.echo(f"  shopper's screen  {screen}")
            click.echo(f"  workshop          {workshop}   (drop coins, scan goods, break things)")
            click.echo(f"  vendor's desk     {addresses.get('desk', '')}")
            if self._all_desk is not None:
                # Another name than the kiosk's own desk: cookies know no ports, and one sign-in would end the other.
                click.echo(
                    f"  all kiosks        http://localhost:{self._all_desk.port}/   (three kiosks and their past)"
                )
            click.echo("")
            click.echo(f"  all data is in    {self._folder}")
            click.echo(f"  to sign in        {self._folder / USERS_FILE}")
            click.echo("  Ctrl-C ends everything.")
            click.echo("")
            self._watch()
        finally:
            if self._idle is not None:
                self._idle.close()
            self._kiosk.stop(STOP_SECONDS)
            if self._all is not None:
                self._all.stop(STOP_SECONDS)
            self._devices.stop(STOP_SECONDS)

    def _watch(self) -> None:
        """Restart a kiosk that died: what it left open it recovers."""
        while not self._stop.wait(0.1):
            if self._idle is not None:
                self._idle.push()
            if self._devices.process is not None and self._devices.process.poll() is not None:
                raise click.ClickException("the simulated devices ended; start the demo again")
            process = self._kiosk.process
            if process is None or process.poll() is None:
                continue
            if self._kiosk.starts > RESTARTS_MOST:
                raise click.ClickException("the kiosk keeps ending; see its log")
            click.echo(
                f"demo: the kiosk ended with {process.returncode}; starting it again, it recovers by itself"
            )
            self._kiosk.start()
