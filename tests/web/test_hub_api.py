"""Kiosks push to the desk's door: over the test client through a bad line, and over a real socket."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from nacl.signing import SigningKey
from sqlalchemy import select
from werkzeug.test import TestResponse

from inventory.stockroom import save_catalogue
from kiosk.config import ConfigError, HubConfig, parse_config
from kiosk.fleet.inbox import Inbox
from kiosk.fleet.models import fleet_goods
from kiosk.fleet.wire import (
    MOST_PACKED_BYTES,
    Ack,
    Batch,
    Goods,
    pack_batch,
    pack_goods,
    read_ack,
    read_goods_list,
)
from kiosk.runtime.courier import (
    FIRST_BACKOFF_SECONDS,
    GOODS_MS,
    HEARTBEAT_MS,
    LONGEST_BACKOFF_SECONDS,
    STOP_SECONDS,
    Courier,
    HttpLine,
    HubAnswer,
    HubUnreachableError,
)
from kiosk.store.database import open_writer, sqlite_url
from kiosk.store.ledger import read_entries
from kiosk.store.models import PROJECTIONS
from tests.kiosk.goods import CATALOGUE, WATER
from tests.kiosk.world import KEY, World
from web import LOOPBACK_NAMES, create_network_app
from web.certificate import own_certificate
from web.desk_command import fingerprint
from web.hub_api import register_hub_api
from web.serve import WebServer

OTHER_KEY = SigningKey(bytes(range(1, 33)))
KEYS = {"K1": KEY, "K2": OTHER_KEY}
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Noon:
    """Noon until told otherwise."""

    ms = 0

    def now_ms(self) -> int:
        return self.ms

    def wall(self) -> datetime:
        return NOON


class Hub:
    """The desk's door and its store."""

    def __init__(self, folder: Path) -> None:
        self.inbox = Inbox(open_writer(sqlite_url(folder / "desk.db")))
        for kiosk_id, key in KEYS.items():
            self.inbox.register(kiosk_id, kiosk_id, key.verify_key.encode().hex())
        self.app = create_network_app(trusted_hosts=LOOPBACK_NAMES)
        register_hub_api(self.app, self.inbox, clock=Noon())

    def post(self, path: str, body: bytes) -> TestResponse:
        return self.app.test_client().post(f"/{path}", data=body)


class ClientLine:
    """A line over Flask's client that loses requests, loses answers, doubles and delays, as chance has it."""

    def __init__(self, hub: Hub, chance: random.Random | None = None) -> None:
        self.hub = hub
        self.chance = chance
        self.late: list[tuple[str, bytes]] = []
        self.posts = 0

    def post(self, path: str, body: bytes) -> HubAnswer:
        self.posts += 1
        fate = self.chance.random() if self.chance else 1.0
        if fate < 0.15:
            raise HubUnreachableError("the line is down")
        if fate < 0.3:
            self.late.append((path, body))
            raise HubUnreachableError("it got lost; it will come later")
        if fate < 0.4:
            self.hub.post(path, body)
        if fate < 0.5:
            self.hub.post(path, body)
            raise HubUnreachableError("the answer got lost")
        if self.late and fate < 0.7:
            self.hub.post(*self.late.pop(0))
        answer = self.hub.post(path, body)
        return HubAnswer(answer.status_code, answer.data)

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    made = Hub(tmp_path)
    yield made
    made.inbox.close()


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, World]]:
    """Two kiosks that sold and hold goods, only read here."""
    made = []
    for kiosk_id, key in KEYS.items():
        world = World(tmp_path_factory.mktemp(kiosk_id), kiosk_id=kiosk_id, key=key)
        for _ in range(3):
            world.choose("A1")
            world.coins(200)
            world.pass_time(30_000)
        assert world.ledger is not None
        save_catalogue(world.ledger.connection, CATALOGUE)
        made.append(world)
    yield made[0], made[1]
    for world in made:
        world.die()


def courier(world: World, line: object, clock: Noon | None = None) -> Courier:
    return Courier(world.url, world.kiosk_id, world.key, line, clock=clock or Noon(), chance=lambda: 0.0)  # type: ignore[arg-type]


def assert_desk_holds(world: World, hub: Hub) -> None:
    """Every row of every reading at the desk is the kiosk's own, and its head is acknowledged."""
    assert world.ledger is not None
    head = world.ledger.head
    assert hub.inbox.ack(world.kiosk_id) == Ack(world.kiosk_id, head.epoch, head.seq, head.digest.hex())
    for table in PROJECTIONS:
        query = select(table).where(table.c.kiosk_id == world.kiosk_id)
        if table.name == "balance":
            query = query.where(table.c.amount_minor != 0)
        here = {tuple(row) for row in world.ledger.connection.execute(query)}
        there = {tuple(row) for row in hub.inbox._connection.execute(query)}
        assert there == here, table.name


@pytest.mark.parametrize("seed", range(3))
def test_two_kiosks_on_a_bad_line_end_in_the_same_books(
    hub: Hub, worlds: tuple[World, World], seed: int
) -> None:
    chance = random.Random(seed)
    couriers = [courier(world, ClientLine(hub, chance)) for world in worlds]
    for _ in range(60):
        for each in couriers:
            each.run_once()
    for world, each in zip(worlds, couriers, strict=True):
        each._line = ClientLine(hub)
        assert each.run_once().problem == ""
        each.stop()
        assert_desk_holds(world, hub)


def test_a_kiosk_tells_what_it_sells_and_tells_it_again_only_when_it_changed(
    hub: Hub, worlds: tuple[World, World]
) -> None:
    clock, line = Noon(), ClientLine(hub)
    each = courier(worlds[0], line, clock)
    each.run_once()
    row = hub.inbox._connection.execute(select(fleet_goods)).one()
    assert read_goods_list(row.body).products[0].names == CATALOGUE.products["apple"].names
    assert row.at == "2026-03-02T12:00:00.000Z"
    posts = line.posts
    assert each.run_once().problem == ""
    assert line.posts == posts, "nothing new, nothing sent"
    clock.ms += HEARTBEAT_MS
    each.run_once()
    assert line.posts == posts + 1, "it says that it lives"
    clock.ms += GOODS_MS
    each.run_once()
    assert line.posts == posts + 2, "the goods are looked at, and are as they were told"
    each.stop()


def test_an_old_goods_list_that_comes_late_does_not_replace_a_newer_one(hub: Hub) -> None:
    for at, products in (("2026-03-02", (WATER,)), ("2026-03-01", ())):
        answer = hub.post("hub/goods/K1", pack_goods(Goods("K1", at, products, ()), KEY))
        assert answer.status_code == 204
    row = hub.inbox._connection.execute(select(fleet_goods)).one()
    assert read_goods_list(row.body).products == (WATER,)


def test_a_gap_is_answered_with_what_the_desk_holds_and_leaves_no_complaint(
    hub: Hub, worlds: tuple[World, World]
) -> None:
    world = worlds[0]
    assert world.ledger is not None
    entries = tuple(read_entries(world.ledger.connection, "K1"))
    hub.post("hub/batches/K1", pack_batch(Batch("K1", entries[:4]), KEY))
    answer = hub.post("hub/batches/K1", pack_batch(Batch("K1", entries[6:9]), KEY))
    assert answer.status_code == 409
    assert read_ack(answer.data, "K1").seq == 4
    assert hub.inbox.registered()[0].problem == ""
    fits = hub.post("hub/batches/K1", pack_batch(Batch("K1", entries[4:]), KEY))
    assert fits.status_code == 200
    assert_desk_holds(world, hub)


def test_what_is_not_signed_by_the_kiosk_is_refused_with_a_reason(hub: Hub) -> None:
    forged = hub.post("hub/batches/K1", pack_batch(Batch("K1", ()), OTHER_KEY))
    assert forged.status_code == 422
    assert "not signed by the key" in forged.text
    foreign = hub.post("hub/batches/K1", pack_batch(Batch("K2", ()), KEY))
    assert (foreign.status_code, "another kiosk" in foreign.text) == (422, True)
    stranger = hub.post("hub/batches/K9", pack_batch(Batch("K9", ()), KEY))
    assert (stranger.status_code, stranger.text) == (404, "no kiosk K9 is registered at this desk\n")
    bomb = hub.post("hub/batches/K1", bytes(MOST_PACKED_BYTES + 1))
    assert bomb.status_code == 413


def test_a_damaged_history_is_refused_and_the_kiosk_says_so_at_its_own_desk(
    hub: Hub, worlds: tuple[World, World]
) -> None:
    world = worlds[0]
    hub.inbox.register("K1", "Lobby", OTHER_KEY.verify_key.encode().hex())
    each = courier(world, ClientLine(hub))
    assert "422" in each.run_once().problem
    assert "not signed by the key" in each.status.problem
    hub.inbox.register("K1", "Lobby", KEY.verify_key.encode().hex())
    assert each.run_once().problem == ""
    each.stop()


class SlowLine:
    """A desk that does not answer until the test ends."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.end = threading.Event()

    def post(self, _path: str, _body: bytes) -> HubAnswer:
        self.asked.set()
        self.end.wait(20)
        raise HubUnreachableError("the line hangs")

    def close(self) -> None:
        """Nothing is open."""


def test_a_line_that_hangs_does_not_keep_the_kiosk_from_stopping(worlds: tuple[World, World]) -> None:
    line = SlowLine()
    each = courier(worlds[0], line)
    each.start()
    assert line.asked.wait(20)
    stopper = threading.Thread(target=each.stop)
    stopper.start()
    stopper.join(STOP_SECONDS + 10)
    assert not stopper.is_alive()
    line.end.set()
    each._thread.join(20)


class CountedWaits(threading.Event):
    """Time that passes at once; remembers how long each wait was to be, and ends after ten."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout or 0.0)
        return len(self.waits) > 12


def test_a_desk_that_is_away_is_asked_ever_more_seldom(worlds: tuple[World, World]) -> None:
    line = SlowLine()
    line.end.set()
    each = courier(worlds[0], line)
    time = CountedWaits()
    each._stop = time
    each._run()
    assert time.waits[:3] == [0.0, FIRST_BACKOFF_SECONDS, 2 * FIRST_BACKOFF_SECONDS]
    assert time.waits[-1] == LONGEST_BACKOFF_SECONDS
    each.stop()


def test_a_kiosk_reaches_a_desk_over_a_real_socket(hub: Hub, worlds: tuple[World, World]) -> None:
    server = WebServer(hub.app, "127.0.0.1", 0, name="hub")
    server.start()
    try:
        each = courier(worlds[1], HttpLine(HubConfig(url=server.url())))
        assert each.run_once().problem == ""
        each.stop()
        assert_desk_holds(worlds[1], hub)
    finally:
        server.close()
    nobody = courier(worlds[1], HttpLine(HubConfig(url=server.url())))
    assert "refused" in nobody.run_once().problem
    nobody.stop()


def test_a_desk_on_a_network_is_known_by_its_certificate_and_no_other_is_believed(
    hub: Hub, worlds: tuple[World, World], tmp_path: Path
) -> None:
    certificate, private_key = own_certificate(tmp_path / "keys", ("127.0.0.1",), datetime.now(UTC))
    server = WebServer(hub.app, "127.0.0.1", 0, name="hub", certificate=certificate, private_key=private_key)
    server.start()
    try:
        for key, problem in (
            (fingerprint(certificate), ""),
            ("ab" * 32, "Fingerprints did not match"),
            ("", "self-signed"),
        ):
            each = courier(worlds[0], HttpLine(HubConfig(url=server.url(), key=key)))
            assert problem in each.run_once().problem
            assert bool(each.status.problem) == bool(problem)
            each.stop()
        assert_desk_holds(worlds[0], hub)
    finally:
        server.close()


@pytest.mark.parametrize(
    "words",
    [
        'url = "http://desk.example/"',
        'url = "ftp://127.0.0.1/"',
        'url = "https://me@desk.example"',
        'key = "12"',
    ],
)
def test_a_journal_is_sent_over_tls_or_not_off_this_machine(words: str) -> None:
    with pytest.raises(ConfigError, match="hub"):
        parse_config(f"{SMALL}\n[hub]\n{words}\n", "kiosk.toml")


def test_a_desk_on_this_machine_and_one_behind_tls_may_be_configured() -> None:
    for url in ("http://127.0.0.1:8091", "https://desk.example:8443/"):
        assert parse_config(f'{SMALL}\n[hub]\nurl = "{url}"\nkey = "{"ab" * 32}"', "k").hub.url == url


SMALL = """
kiosk_id = "K1"
[vendor]
name = "N"
phone = "1"
machine = "1"
[money]
currency = "EUR"
exponent = 2
cash_step_minor = 10
[tax_rates_bp]
standard = 1900
"""
