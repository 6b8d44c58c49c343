"""Several kiosks on one desk: what it shows of each and of all, and what it leaves to each kiosk's own."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import flask
import pytest
from click.testing import CliRunner
from nacl.signing import SigningKey
from sqlalchemy import event

from inventory.stockroom import save_catalogue
from kiosk.config import MachineConfig
from kiosk.fleet.wire import Batch, Goods, pack_batch
from kiosk.months import Calendar
from kiosk.runtime.clock import at_text
from kiosk.runtime.courier import Courier, HubAnswer
from kiosk.runtime.hub import Hub, NoTillError, open_hub
from kiosk.store.ledger import read_entries
from tests.kiosk.goods import CATALOGUE
from tests.kiosk.world import KEY, World
from tests.web.admin.needs_page import needs_on
from tests.web.admin.office import CHEAP, OWNER, PASSWORDS, Office, Visitor, make_config
from tests.web.admin.test_access import VALUES
from tests.web.admin.test_pages import text_of
from web.admin.desk import LISTS, OF_ALL, OF_FLEET, OF_ONE
from web.admin.pages.each_kiosk import EACH
from web.auth import add_user
from web.desk_command import create_hub_app
from web.main import main

OTHER_KEY = SigningKey(bytes(range(1, 33)))
KEYS = {"K1": KEY, "K2": OTHER_KEY}
EVENING = datetime(2026, 3, 2, 18, tzinfo=UTC)


class Evening:
    """Six o'clock until told otherwise."""

    at = EVENING

    def now_ms(self) -> int:
        return 5_000

    def wall(self) -> datetime:
        return self.at


class ClientLine:
    """A line over Flask's client."""

    def __init__(self, app: flask.Flask) -> None:
        self.app = app

    def post(self, path: str, body: bytes) -> HubAnswer:
        answer = self.app.test_client().post(f"/{path}", data=body)
        return HubAnswer(answer.status_code, answer.data)

    def close(self) -> None:
        """Nothing is open."""


class HubOffice:
    """A desk for several kiosks in a test's hand."""

    def __init__(
        self,
        folder: Path,
        *,
        machines: Mapping[str, MachineConfig] | None = None,
        calendar: Calendar = Calendar.GREGORIAN,
    ) -> None:
        self.clock = Evening()
        self.hub: Hub = open_hub(folder, self.clock)
        config = replace(make_config(), kiosk_id="desk", machines=machines or {}, calendar=calendar)
        self.app = create_hub_app(
            self.hub, config, on_failure=lambda _error: None, clock=self.clock, hasher=CHEAP
        )
        add_user(self.hub.door, OWNER, "owner", PASSWORDS[OWNER], "", hasher=CHEAP)

    def enrol(self, *names: str) -> None:
        for kiosk_id, name in zip(KEYS, names, strict=False):
            self.hub.inbox.register(kiosk_id, name, KEYS[kiosk_id].verify_key.encode().hex())

    def hear(self, world: World | Office) -> None:
        courier = Courier(world.url, world.kiosk_id, world.key, ClientLine(self.app), clock=self.clock)
        assert courier.run_once().problem == ""
        courier.stop()

    def hear_all(self, office: Office, name: str = "Lobby") -> None:
        """Enrol the kiosk of an office, and take everything that it has to tell, its goods too."""
        self.clock.at = office.clock.wall()
        self.hub.inbox.register(office.kiosk_id, name, office.key.verify_key.encode().hex())
        self.hear(office)
        goods = office.catalogue()
        at = at_text(office.clock.wall() + timedelta(seconds=1))
        self.hub.inbox.take_goods(
            Goods(office.kiosk_id, at, tuple(goods.products.values()), tuple(goods.slots.values()))
        )

    def client(self, language: str = "en") -> Visitor:
        visitor = Visitor(self.app.test_client())
        visitor.client.set_cookie("desk_language", language, domain="localhost")
        assert visitor.sign_in(OWNER, PASSWORDS[OWNER]).status_code == 302
        return visitor


@pytest.fixture
def hub_office(tmp_path: Path) -> Iterator[HubOffice]:
    made = HubOffice(tmp_path / "desk")
    yield made
    made.hub.close()


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, World]]:
    """Two kiosks that sold: three times at the first, once at the second."""
    made = []
    for times, (kiosk_id, key) in zip((3, 1), KEYS.items(), strict=True):
        world = World(tmp_path_factory.mktemp(kiosk_id), kiosk_id=kiosk_id, key=key)
        for _ in range(times):
            world.choose("A1")
            world.coins(200)
            world.pass_time(30_000)
        assert world.ledger is not None
        save_catalogue(world.ledger.connection, CATALOGUE)
        made.append(world)
    yield made[0], made[1]
    for world in made:
        world.die()


def test_a_desk_without_kiosks_says_how_the_first_one_comes(hub_office: HubOffice) -> None:
    page = hub_office.client().get("/desk/kiosks").text
    assert "kiosk desk add-kiosk" in page
    assert "http://localhost/" in page


def test_all_kiosks_stand_on_one_page_and_every_figure_opens_its_entries(
    hub_office: HubOffice, worlds: tuple[World, World]
) -> None:
    hub_office.enrol("Lobby", "Ward 4")
    for world in worlds:
        hub_office.hear(world)
    visitor = hub_office.client()
    assert visitor.get("/desk/").location == "/desk/kiosks"
    page = visitor.get("/desk/kiosks").text
    assert "€4.50" in page
    assert "€1.50" in page
    assert "€6.00" in page, "the sum of both"
    links = [href.replace("&amp;", "&") for href in re.findall(r'class="figure" href="([^"]+)"', page)]
    assert len(links) == 12, "four figures of each kiosk and of both"
    assert all(visitor.get(href).status_code == 200 for href in links)
    sales = visitor.get(next(href for href in links if "kiosk=K2" in href and "SaleClosed" in href)).text
    assert sales.count("<tr>") == 2, "a heading and the one sale"
    one = visitor.get("/desk/kiosks", query={"kiosk": "K1"}).text
    assert "€4.50" in one
    assert "€6.00" not in one


def test_links_of_a_page_about_one_kiosk_stay_with_it(
    hub_office: HubOffice, worlds: tuple[World, World]
) -> None:
    hub_office.enrol("Lobby", "Ward 4")
    hub_office.hear(worlds[1])
    visitor = hub_office.client()
    page = visitor.get("/desk/journal", query={"kiosk": "K2", "account": "credit"}).text
    links = re.findall(r'href="(/desk/journal/[^"]+)"', page)
    assert links
    assert all("kiosk=K2" in href for href in links)
    assert visitor.get(links[0]).status_code == 200
    assert "/desk/journal?kiosk=K1&amp;account=credit" in page, "the switch keeps the filter"
    assert visitor.get("/desk/journal", query={"kiosk": "K9"}).status_code == 404


def test_every_page_for_several_kiosks_is_of_all_of_one_or_of_the_people_of_this_desk() -> None:
    about_people = {
        endpoint
        for endpoint in OF_FLEET
        if endpoint.endswith(("sign_in", "sign_out", "second_step", "account", "session", "sessions", "user"))
    }
    assert OF_FLEET - OF_ALL - OF_ONE - about_people == {"desk.language"}
    listed = {endpoint for endpoint in OF_ONE if not endpoint.endswith("_plot")}
    assert listed == EACH.keys() | LISTS.keys(), "each has its rows, or leads to the list that has"


def test_no_page_shows_one_kiosk_to_somebody_who_named_none(
    hub_office: HubOffice, worlds: tuple[World, World]
) -> None:
    """Every page that shows one kiosk lists both, leads to each with its filters kept, and says there whose it is."""
    hub_office.enrol("Lobby", "Ward 4")
    for world in worlds:
        hub_office.hear(world)
    visitor, listed = hub_office.client(), 0
    for rule in hub_office.app.url_map.iter_rules():
        if rule.endpoint not in OF_ONE or "GET" not in (rule.methods or ()):
            continue
        path = rule.rule
        for name in rule.arguments:
            path = re.sub(rf"<(int:)?{name}>", str(VALUES[name]), path)
        answer = visitor.get(path, query={"weeks": "4"})
        if rule.arguments:
            assert answer.status_code == 404 if path.endswith(".svg") else answer.location, path
            continue
        if path.endswith(".svg"):
            assert answer.status_code == 404, path
            continue
        listed += 1
        main = answer.text.partition("<main")[2]
        for kiosk_id, name in (("K1", "Lobby"), ("K2", "Ward 4")):
            link = f'<a href="{path}?weeks=4&amp;kiosk={kiosk_id}">\u2068{name}\u2069</a>'
            assert link in main, path
        assert 'kiosk=all" aria-current="true"' in answer.text, path
        one = visitor.get(path, query={"kiosk": "K2"})
        assert '<small class="of">\u2068Ward 4\u2069</small>' in one.text, path
        assert "\u2068Lobby\u2069" not in one.text.partition("<main")[2], path
    assert listed >= len(EACH) == 14


def test_the_rows_of_all_kiosks_say_what_each_kiosks_own_page_says(
    hub_office: HubOffice, worlds: tuple[World, World]
) -> None:
    hub_office.enrol("Lobby", "Ward 4")
    for world in worlds:
        hub_office.hear(world)
    visitor = hub_office.client()
    sold = text_of(visitor.get("/desk/journal?kind=SaleClosed&day=2026-03-02").text)
    assert "Lobby 3 €4.50 Ward 4 1 €1.50 All kiosks 4 €6.00" in sold
    credit = visitor.get("/desk/journal?account=sales.*&kiosk=all").text
    one = visitor.get("/desk/journal?account=sales.*&kiosk=K1").text
    (balance,) = re.findall(r'class="balance">[^<]*?(€[0-9.]+)', one)
    assert f"Lobby {balance}" in text_of(credit)
    file = visitor.get("/desk/cash?format=csv").text
    assert "Lobby" in file
    assert "Ward 4" in file
    (inside,) = re.findall(
        r"All kiosks [0-9]+ €[0-9.]+ (€[0-9.]+)", text_of(visitor.get("/desk/kiosks").text)
    )
    assert f"All kiosks {inside}" in text_of(visitor.get("/desk/cash").text)


def test_counts_of_all_kiosks_open_the_entries_of_each(
    hub_office: HubOffice, worlds: tuple[World, World]
) -> None:
    hub_office.enrol("Lobby", "Ward 4")
    for world in worlds:
        hub_office.hear(world)
    visitor = hub_office.client()
    row = visitor.get("/desk/month").text.partition(">Sales</th>")[2].partition("</tr>")[0]
    opened = dict(re.findall(r'<li><a href="([^"]+)">\u2068?([^<]+)</a></li>', row))
    assert sorted(opened.values()) == ["Lobby\u2069: 3", "Ward 4\u2069: 1"]
    for href, words in opened.items():
        assert visitor.get(html.unescape(href)).text.count("/desk/journal/1/") == int(words[-1])
    day = visitor.get("/desk/sales?from=2026-03-02&to=2026-03-02").text
    by_kiosk = day.partition('id="by-kiosk"')[2].partition("</table>")[0]
    pieces = re.findall(r'class="figure" href="([^"]+)">([0-9]+)</a>', by_kiosk)
    assert [qty for _, qty in pieces] == ["3", "1"]
    assert visitor.get(html.unescape(pieces[0][0])).text.count("/desk/journal/1/") == 3


def test_what_is_done_at_a_kiosk_is_one_link_away_where_its_desk_is_known(tmp_path: Path) -> None:
    machines = {"K1": MachineConfig(desk="https://lobby.example:8081/desk/")}
    hub_office = HubOffice(tmp_path / "desk", machines=machines)
    hub_office.enrol("Lobby", "Ward 4")
    visitor = hub_office.client()
    page = visitor.get("/desk/stock?view=shelf&kiosk=K1").text
    assert 'href="https://lobby.example:8081/desk/stock?view=shelf" rel="noreferrer"' in page
    assert "Open the desk of" in visitor.get("/desk/kiosks?kiosk=K1").text
    unknown = visitor.get("/desk/stock?kiosk=K2").text
    assert "https://" not in unknown
    assert "whoever stands at \u2068Ward 4\u2069" in unknown
    assert "https://lobby.example:8081/desk/claims" in visitor.get("/desk/claims").text
    month = text_of(visitor.get("/desk/month?kiosk=K1").text)
    assert "monthly_fees_minor" in month, "an address is no cost"
    hub_office.hub.close()


@pytest.mark.parametrize("page", ["month", "sales"])
def test_a_page_of_figures_asks_once_for_all_kiosks(
    hub_office: HubOffice, worlds: tuple[World, World], page: str
) -> None:
    asked: list[str] = []
    event.listen(hub_office.hub.reader, "before_cursor_execute", lambda *told: asked.append(told[2]))
    visitor, counts = hub_office.client(), []
    for shown in (("One",), ("One", "Two")):
        hub_office.enrol(*shown)
        hub_office.hear(worlds[len(shown) - 1])
        asked.clear()
        assert visitor.get(f"/desk/{page}").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12


def test_pages_that_need_a_till_are_not_there(hub_office: HubOffice) -> None:
    hub_office.enrol("Lobby")
    visitor = hub_office.client()
    page = visitor.get("/desk/kiosks").text
    for path in ("/desk/goods", "/desk/prices", "/desk/planogram", "/desk/labels", "/desk/round"):
        assert visitor.get(path).status_code == 404, path
        assert f'href="{path}"' not in page, path
    assert visitor.get("/desk/health").status_code == 200
    with pytest.raises(NoTillError):
        hub_office.hub.door.screen()


def test_people_of_the_desk_are_its_own(hub_office: HubOffice) -> None:
    visitor = hub_office.client()
    answer = visitor.post("/desk/users", name="sami", role="clerk", password="seven paper lanterns float")
    assert answer.status_code == 302
    assert "sami" in visitor.get("/desk/users").text
    stranger = Visitor(hub_office.app.test_client())
    assert stranger.sign_in("sami", "wrong wrong wrong").status_code == 401
    assert stranger.sign_in("sami", "seven paper lanterns float").status_code == 302


def test_a_kiosk_that_fell_silent_or_was_refused_is_said_first(
    hub_office: HubOffice, worlds: tuple[World, World]
) -> None:
    hub_office.enrol("Lobby", "Ward 4")
    hub_office.hear(worlds[0])
    hub_office.clock.at = datetime(2026, 3, 2, 19, tzinfo=UTC)
    world = worlds[1]
    assert world.ledger is not None
    first, second, *_ = read_entries(world.ledger.connection, "K2")
    forged = Batch("K2", (first, replace(second, body=second.body + b" ")))
    assert ClientLine(hub_office.app).post("hub/batches/K2", pack_batch(forged, OTHER_KEY)).status == 422
    for language in ("en", "fa", "ar"):
        refused, silent = needs_on(hub_office.client(language).get("/desk/kiosks").text)[:2]
        assert refused.is_urgent, language
        assert silent.is_urgent, language
    refused, silent = needs_on(hub_office.client().get("/desk/kiosks").text)[:2]
    assert "digest does not fit" in refused.text
    assert "Ward 4" in refused.where
    assert "Nothing is heard" in silent.text
    assert silent.where.startswith("Lobby since")
    quiet = hub_office.client().get("/desk/kiosks", query={"kiosk": "K1"}).text
    assert "It may be selling all the same" in quiet
    stopped = hub_office.client().get("/desk/kiosks", query={"kiosk": "K2"}).text
    assert "kiosk verify-journal" in stopped


def test_a_kiosk_and_a_person_are_made_known_on_the_command_line(tmp_path: Path) -> None:
    command = CliRunner()
    key = KEY.verify_key.encode().hex()
    data = ["desk", "--data", str(tmp_path)]
    done = command.invoke(main, [*data, "add-kiosk", "K1", key, "--name", "Lobby"])
    assert (done.exit_code, done.output) == (0, "K1 may push its journal to this desk\n")
    wrong = command.invoke(main, [*data, "add-kiosk", "K1", "12ab"])
    assert "64 hexadecimal digits" in wrong.output
    weak = command.invoke(main, [*data, "add-user", "parvin"], input="short\n")
    assert weak.exit_code == 1
    made = command.invoke(main, [*data, "add-user", "parvin"], input="four quiet herons at dawn\n")
    assert made.output.endswith("parvin may sign in as owner\n")
    nothing = command.invoke(main, data)
    assert "Copy the kiosk.toml" in nothing.output
    hub = open_hub(tmp_path)
    assert [(each.kiosk_id, each.name, each.public_key) for each in hub.machines()] == [("K1", "Lobby", key)]
    busy = command.invoke(main, [*data, "add-kiosk", "K2", key])
    assert "stop the desk first" in busy.output
    hub.close()
