"""A desk in a test's hand: a real till on a real store, the real pages, a clock that moves when told."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import argon2
from flask.testing import FlaskClient
from nacl.signing import SigningKey
from werkzeug.test import TestResponse

from hardware import events as hw
from hardware.events import DeviceKind
from hardware.rig import DeviceConfig, PortConfig, RigConfig, Wire
from kiosk.config import Config, MoneyConfig, SecondStep, SignInConfig, Vendor, WebConfig
from kiosk.core import events as ev
from kiosk.runtime.door import Answer
from kiosk.runtime.keys import Keys
from kiosk.store.photos import PhotoFolder
from tests.kiosk.ledger_world import COINS, HOPPERS, KIOSK_ID, World
from web import LOOPBACK_NAMES, create_network_app
from web.admin import register_desk
from web.admin.desk import Desk
from web.auth import Role, add_user
from web.serve import WebServer

OWNER, CLERK = "parvin", "sami"
PASSWORDS = {OWNER: "four quiet herons at dawn", CLERK: "seven paper lanterns float"}
PIN = "582093"
HOLDS = {"hopper-50": 2}
"""A hopper that is much too small, so that its page has something to say; nobody entered what the others hold."""
CHEAP = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
KEYS = Keys(signing=SigningKey(b"s" * 32), codes=b"k" * 32, sessions=b"c" * 32, second_steps=b"t" * 32)


def make_config(*, certificate: str = "", private_key: str = "") -> Config:
    """The configuration that fits `World`."""
    devices = (
        DeviceConfig("coins", DeviceKind.COIN_ACCEPTOR, address=2, coins=COINS),
        *(
            DeviceConfig(
                name,
                DeviceKind.HOPPER,
                address=3 + index,
                value_minor=value_minor,
                capacity=HOLDS.get(name),
            )
            for index, (name, value_minor) in enumerate(HOPPERS.items())
        ),
    )
    rig = RigConfig(
        (
            PortConfig("bus", "ports/cctalk", 9600, Wire.CCTALK, devices),
            PortConfig(
                "machine", "ports/coils", 9600, Wire.FAFB, (DeviceConfig("coils", DeviceKind.COIL_BOARD),)
            ),
            PortConfig(
                "paper", "ports/printer", 19200, Wire.ESCPOS, (DeviceConfig("printer", DeviceKind.PRINTER),)
            ),
        )
    )
    return Config(
        kiosk_id=KIOSK_ID,
        vendor=Vendor(name="Nilufar Micro Markets", phone="+49 30 5550 0199", machine="17"),
        money=MoneyConfig(currency="EUR", exponent=2, cash_step_minor=10),
        tax_rates_bp={"standard": 1900, "reduced": 700},
        timezone="Europe/Berlin",
        sign_in=SignInConfig(second_step=SecondStep.ASKED),
        desk=WebConfig(port=0, certificate=certificate, private_key=private_key),
        rig=rig,
    )


class Office(World):
    """A kiosk with an owner, a clerk, and a desk; pages may ask from several threads, one at a time."""

    def __init__(
        self,
        folder: Path,
        *,
        certificate: str = "",
        private_key: str = "",
        more_ports: tuple[PortConfig, ...] = (),
        sign_in: SignInConfig | None = None,
        site: str = "",
    ) -> None:
        self._one = threading.RLock()
        self.folder = folder
        super().__init__(folder)
        config = make_config(certificate=certificate, private_key=private_key)
        vendor = replace(config.vendor, site=site)
        config = replace(config, sign_in=sign_in or config.sign_in, vendor=vendor)
        self.config = replace(config, rig=RigConfig((*config.rig.ports, *more_ports)))
        for name, role in ((OWNER, Role.OWNER), (CLERK, Role.CLERK)):
            add_user(self, name, role, PASSWORDS[name], PIN, hasher=CHEAP)
        self.app = create_network_app(trusted_hosts=LOOPBACK_NAMES)
        self.desk: Desk = register_desk(
            self.app,
            door=self,
            reader=self.reader,
            config=self.config,
            keys=KEYS,
            clock=self.clock,
            hasher=CHEAP,
            photos=PhotoFolder(folder / "photos", reserve_mib=1),
        )

    def ask(self, event: ev.PersonEvent) -> Answer:
        with self._one:
            return super().ask(event)

    def printer_ready(self) -> None:
        self.tell(hw.PrinterStatus("printer", paper=hw.Paper.OK, is_online=True, cover_open=False))

    def client(self, who: str = "", language: str = "en") -> Visitor:
        visitor = Visitor(self.app.test_client())
        visitor.client.set_cookie("desk_language", language, domain="localhost")
        if who:
            assert visitor.sign_in(who, PASSWORDS[who]).status_code == 302
        return visitor

    def client_as(self, role: Role, language: str = "en") -> Visitor:
        """Somebody with this role, signed in; whoever is not there already is made."""
        known = {Role.OWNER: OWNER, Role.CLERK: CLERK}
        if role in known:
            return self.client(known[role], language)
        password = "eleven brown owls sleep"
        add_user(self, role.value, role, password, "", hasher=CHEAP)
        visitor = self.client("", language)
        assert visitor.sign_in(role.value, password).status_code == 302
        return visitor

    @contextmanager
    def served(self) -> Iterator[str]:
        """The desk behind the real server, on loopback."""
        server = WebServer(self.app, "127.0.0.1", 0, name="desk")
        server.start()
        try:
            yield server.url()
        finally:
            server.close()


class Visitor:
    """A browser without script: reads the token out of a form, and posts it."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def token(self, path: str = "/desk/sign-in") -> str:
        found = re.search(
            r'name="csrf_token" type="hidden" value="([^"]+)"',
            self.client.get(path, follow_redirects=True).text,
        )
        assert found, path
        return found[1]

    def get(
        self, path: str, *, query: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> TestResponse:
        return self.client.get(path, query_string=query, headers=headers)

    def post(
        self, path: str, *, csrf: str | None = None, follow: bool = False, **fields: str
    ) -> TestResponse:
        csrf = self.token() if csrf is None else csrf
        data = {**fields, **({"csrf_token": csrf} if csrf else {})}
        return self.client.post(path, data=data, follow_redirects=follow)

    def sign_in(self, name: str, password: str, **fields: str) -> TestResponse:
        return self.post("/desk/sign-in", csrf=None, follow=False, name=name, password=password, **fields)
