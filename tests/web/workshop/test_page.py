"""The workshop in a real browser: coins, faults, cables and languages, and nothing that its own policy forbids."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from hardware.rig import Wire as Protocol
from hardware.simulators.bench import Bench
from hardware.simulators.market import demo_wires
from hardware.simulators.mdb_box import QibixxBox
from hardware.simulators.mdb_reader import ReaderSim
from hardware.simulators.mdb_tube import TubeSim
from hardware.simulators.mdb_validator import ValidatorSim
from hardware.simulators.pty_line import Wire
from inventory.catalogue import Place, Product, Slot
from inventory.pictures import picture_svg
from tests.browser import VIEWPORTS
from web.workshop import create_workshop_app

COLA = Product(
    "cola", {"en": "Cola", "fa": "کولا", "ar": "كولا"}, ("04006381333931",), 150, 60, "standard", "drinks",
    picture="can-red-cola",
)  # fmt: skip
WATER = Product(
    "water", {"en": "Water", "fa": "آب", "ar": "ماء"}, ("04006381333948",), 80, 20, "standard", "drinks",
    picture="can-blue-cola",
)  # fmt: skip
SLOTS = tuple(
    Slot(f"{'ABCDE'[(coil - 1) // 8]}{(coil - 1) % 8 + 1}", Place.COIL, "cola", 8, 6, coil=coil)
    for coil in range(1, 41)
)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with Bench(demo_wires({1: 3, 2: 5}), tmp_path_factory.mktemp("bench")) as bench:
        yield bench


@pytest.fixture(scope="module")
def address(bench: Bench) -> Iterator[str]:
    app = create_workshop_app(
        bench,
        products=(COLA, WATER),
        slots=SLOTS,
        draw=picture_svg,
        currency="EUR",
        exponent=2,
        kiosk_name="K-001",
    )
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """Everything the browser complains of: script errors, refused styles, missing files."""
    heard: list[str] = []
    page.on(
        "console",
        lambda message: heard.append(message.text) if message.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


def test_a_hand_works_every_device_on_the_page(page: Page, address: str, complaints: list[str]) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address)

    # No kiosk polls the acceptor, so it lets every coin through to the tray.
    page.get_by_role("button", name="€2.00").click()
    coins = page.locator(".card", has=page.get_by_role("heading", name="Coin slot"))
    expect(page.get_by_role("status")).to_have_text("€2.00 dropped")
    expect(coins.locator(".tray").first).to_contain_text("× 1")
    coins.get_by_role("button", name="Take").click()
    expect(coins.locator(".tray").first).to_contain_text("empty")

    page.get_by_role("button", name="€0.20 +50").click()
    expect(page.locator(".hopper", has_text="€0.20")).to_contain_text("50 coins")

    first = page.locator(".coil").first
    expect(first).to_have_accessible_name("A1, Cola, 3")
    first.click()
    expect(first).to_have_accessible_name("A1, Cola, 8")
    page.get_by_role("button", name="Jam one").click()
    first.click()
    expect(first).to_have_class(re.compile("jammed"))
    first.click()
    expect(first).not_to_have_class(re.compile("jammed"))

    page.get_by_role("searchbox").fill("wat")
    expect(page.locator(".good:visible")).to_have_count(1)
    page.get_by_role("button", name="Water").click()
    expect(page.get_by_role("status")).to_have_text("Water scanned")
    page.get_by_role("textbox", name="Any code").fill("12345")
    page.get_by_role("button", name="Scan", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("12345 scanned")
    page.get_by_role("button", name=re.compile("scanner · 9600")).click()
    page.locator(".talk").scroll_into_view_if_needed()
    expect(page.locator(".talk")).to_contain_text("12345")
    assert complaints == []


def test_faults_power_and_cables_are_switches(
    page: Page, address: str, bench: Bench, complaints: list[str]
) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address)
    coins = page.locator(".card", has=page.get_by_role("heading", name="Coin slot"))
    coins.locator("summary", has_text="Faults").click()
    jam = coins.get_by_role("switch", name=re.compile("^Coin jam"))
    jam.click()
    expect(jam).to_be_checked()
    expect(coins.locator(".lamp")).to_have_text("fault")
    jam.click()
    expect(coins.locator(".lamp")).to_have_text("on")

    cable = coins.get_by_role("switch", name="Cable")
    cable.click()
    expect(cable).not_to_be_checked()
    assert not bench.port_path("coin").is_symlink()
    cable.click()
    expect(cable).to_be_checked()
    assert bench.port_path("coin").is_symlink()

    page.get_by_role("button", name="Cut all power").click()
    expect(page.locator(".lamp", has_text="no power")).to_have_count(5)
    page.get_by_role("button", name="Restore all power").click()
    expect(page.locator(".lamp", has_text="no power")).to_have_count(0)
    assert complaints == []


def test_mishaps_stand_where_they_happen_by_the_simulations_names(
    page: Page, address: str, bench: Bench, complaints: list[str]
) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address)
    wires = page.locator(".card", has=page.get_by_role("heading", name="Wires"))
    wires.locator("summary").click()
    expect(wires.get_by_role("switch", name=re.compile("coin_jam"))).to_have_count(0)
    wires.get_by_role("button", name=re.compile("hoppers · 9600")).click()
    flipped = wires.get_by_role("switch", name=re.compile("line_flip"))
    flipped.click()
    expect(flipped).to_be_checked()
    wires.get_by_role("button", name=re.compile("coin · 9600")).click()
    expect(flipped).not_to_be_checked()
    wires.get_by_role("button", name=re.compile("hoppers · 9600")).click()
    flipped.click()
    expect(flipped).not_to_be_checked()

    coins = page.locator(".card", has=page.get_by_role("heading", name="Coin slot"))
    coins.locator("summary", has_text="Faults").click()
    expect(coins.get_by_role("switch", name=re.compile("line_flip"))).to_have_count(0)
    serial = bench.ask("coin", lambda coin: coin.remember()["serial"])
    coins.get_by_role("button", name=re.compile("coin_replaced")).click()
    expect(page.get_by_role("status")).to_have_text("Done")
    assert bench.ask("coin", lambda coin: coin.remember()["serial"]) != serial
    assert complaints == []


def test_damage_stays_in_sight_until_one_press_ends_it_all(
    page: Page, address: str, bench: Bench, complaints: list[str]
) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address)
    strip = page.get_by_role("region", name="Damage is on")
    expect(page.locator(".coil")).to_have_count(40)
    expect(strip).to_be_hidden()
    bench.begin("line_flip", "hoppers")
    bench.begin("coin_jam", "coin")
    bench.unplug("printer")
    expect(strip).to_contain_text("Flipped bits: hoppers")
    expect(strip).to_contain_text("Coin jam: Coin acceptor")
    expect(strip).to_contain_text("Cable out: printer")
    expect(strip.get_by_role("listitem")).to_have_count(3)
    page.mouse.wheel(0, 2_000)
    expect(strip).to_be_in_viewport()
    strip.get_by_role("button", name="End all").click()
    expect(strip).to_be_hidden()
    expect(page.get_by_role("status")).to_have_text("Everything is mended")
    assert bench.port_path("printer").is_symlink()
    assert complaints == []


def test_what_a_hand_is_asked_for_is_said_beside_it_and_coins_go_by_value(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{address}/?lang=fa")
    page.locator("summary", has_text="بیشتر").first.click()
    coin = page.get_by_label("انداختن سکه: سکه")
    expect(coin.locator("option", has_text="۲٫۰۰")).to_have_count(1)
    expect(page.locator(".field:visible", has_text="چند تا").first).to_be_visible()
    page.goto(address)
    expect(page.locator(".coil")).to_have_count(40)  # drawn: all lists are there to be opened
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    total = page.get_by_label("Exchange it: Lifetime count").first
    total.fill("16777215")
    assert total.evaluate("entry => entry.scrollWidth <= entry.clientWidth")


@pytest.mark.parametrize(("language", "title"), [("en", "Workshop"), ("fa", "کارگاه"), ("ar", "الورشة")])
def test_the_page_is_whole_and_readable_in_every_language_and_size(
    *, viewport: Callable[[str], Page], address: str, complaints: list[str], language: str, title: str
) -> None:
    page = viewport("wide")
    page.goto(f"{address}/?lang={language}")
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    expect(page.locator(".coil")).to_have_count(40)
    for summary in page.locator("summary").all():
        summary.click()
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in found] == []
    for size in VIEWPORTS:
        viewport(size)
        assert page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        ), size
    assert complaints == []


def test_a_workshop_that_does_not_answer_is_said_and_waited_for(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator(".coil")).to_have_count(40)
    page.context.set_offline(True)
    expect(page.get_by_role("status")).to_contain_text("does not answer")
    page.context.set_offline(False)
    expect(page.get_by_role("status")).to_have_text("Done")


# --- notes and cards


@pytest.fixture(scope="module")
def vending(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bench, str]]:
    """A bench with a note validator and a card reader on the vending bus, and its page."""
    notes = ValidatorSim("notes", 7, {1: 500, 2: 1000}, {})
    reader = ReaderSim("reader", 8)
    recycler = TubeSim(notes, "notes-5", 1, 60)
    wire = Wire("mdb", Protocol.MDB_QIBIXX, 115_200, QibixxBox((notes, reader)), (notes, recycler, reader))
    with Bench((wire,), tmp_path_factory.mktemp("vending")) as bench:
        app = create_workshop_app(
            bench, products=(COLA,), slots=(), draw=picture_svg, currency="EUR", exponent=2
        )
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield bench, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        server.server_close()
        thread.join(5)


def test_a_hand_puts_notes_in_and_shows_a_card(
    page: Page, vending: tuple[Bench, str], complaints: list[str]
) -> None:
    bench, address = vending
    page.goto(address)
    # No kiosk lets the validator accept, so the note comes back into the hand.
    page.get_by_role("button", name="€5.00", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("€5.00 put in")
    notes = page.locator(".card", has=page.get_by_role("heading", name="Note slot"))
    expect(notes.locator(".tray").first).to_contain_text("× 1")
    notes.get_by_role("button", name="Take", exact=True).click()
    expect(notes.locator(".tray").first).to_contain_text("empty")

    recycler = page.locator(".hopper", has_text="€5.00")
    recycler.get_by_role("button", name="+10").click()
    expect(recycler).to_contain_text("10 notes")

    card = page.locator(".card", has=page.get_by_role("heading", name="Card reader"))
    card.get_by_role("button", name="Show the card").click()
    expect(page.get_by_role("status")).to_have_text("The card was shown")
    expect(card.locator(".account")).to_contain_text("€100.00")
    card.locator("summary", has_text="Faults").click()
    card.get_by_role("switch", name=re.compile("Declines")).click()
    expect(card.get_by_role("switch", name=re.compile("Declines"))).to_have_attribute("aria-checked", "true")
    expect(card.locator(".lamp")).to_have_text("fault")
    assert bench.ask("reader", lambda reader: reader.faults["declines"])
    assert complaints == []


@pytest.mark.parametrize("language", ["en", "fa", "ar"])
def test_notes_and_cards_have_words_in_every_language(
    page: Page, vending: tuple[Bench, str], language: str
) -> None:
    _, address = vending
    page.goto(f"{address}/?lang={language}")
    expect(page.locator(".note").first).to_be_visible()
    for summary in page.locator("summary").all():
        summary.click()
    keys = re.compile(r"\b(?:notes|card|hand|field)\.[a-z_]+")
    assert keys.findall(page.locator("#devices").inner_text()) == []
