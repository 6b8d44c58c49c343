"""Restock and shrink at the desk: what to bring and why, the pick list's ticks, the forecast's error, what to buy and count."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest
from playwright.sync_api import Browser, expect

from inventory.catalogue import Catalogue, Product, Slot, Supply
from kiosk.core import events as ev
from kiosk.i18n import LANGUAGES
from tests.kiosk.ledger_world import PRODUCTS, SLOTS
from tests.web.admin.office import CLERK, OWNER, PASSWORDS, Office
from web.admin.pages.restock import LINES_AT_ONCE
from web.admin.paging import ROWS_AT_ONCE

DAYS = 27
PAGES = (
    "/desk/restock",
    "/desk/restock/pick",
    "/desk/restock/buy",
    "/desk/restock/product/COLA",
    "/desk/shrink",
)

_tokens = count()


def text_of(page: str) -> str:
    """A page's text without tags and direction marks."""
    bare = html.unescape(re.sub(r"<[^>]+>", " ", page))
    return " ".join(re.sub("[\u2066-\u2069\u200e\u200f]", "", bare).split())


def move(office: Office, slot: str, kind: str, qty: int) -> None:
    event = ev.StockCounted(f"desk-{next(_tokens)}", CLERK, slot, kind, qty)
    assert not office.ask(event).notice.is_refusal


def trade(office: Office) -> None:
    """Four weeks: a cola on each working day, a fill every fourth day, one count that misses a piece, one waste."""
    for day in range(DAYS):
        held = office.state.coils["A1"].qty
        if day == 15:
            move(office, "A1", "count", held - 1)
        elif day % 4 == 3:
            move(office, "A1", "fill", 8 - held)
        if office.clock.wall().weekday() < 5:
            office.sale()
            office.done()
        office.clock.move(86_400_000)
        office.tell()
    move(office, "S1", "fill", 6)
    move(office, "S1", "spoilage", 2)


@pytest.fixture(scope="module")
def traded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One office with a history, for pages that only read."""
    office = Office(tmp_path_factory.mktemp("traded"))
    trade(office)
    yield office
    office.close()


def test_without_a_history_the_page_says_so_and_fills_to_the_plan(office: Office) -> None:
    page = text_of(office.client(CLERK).get("/desk/restock").text)
    assert "No history yet: filled to the plan's stock." in page
    assert "a day," not in page
    forecast = text_of(office.client(CLERK).get("/desk/restock/product/COLA").text)
    assert "No history yet. Two weeks" in forecast


def test_the_line_says_how_fast_it_sells_when_somebody_comes_and_how_sure_it_is(traded: Office) -> None:
    page = text_of(traded.client(CLERK).get("/desk/restock?all=1").text)
    assert re.search(
        r"Navira Cola 330 ml \d+ \d+ [\d.]+ last week: [\d.]+"
        r" Sells [\d.]+ a (day|week), next visit in 4 days, \d+% sure not to run out\.",
        page,
    )


@pytest.mark.parametrize("days", ["6", "۶", "٦"])
def test_the_days_until_the_next_visit_are_typed_in_any_digits(traded: Office, days: str) -> None:
    page = text_of(traded.client(CLERK).get("/desk/restock", query={"days": days, "all": "1"}).text)
    assert "next visit in 6 days" in page


@pytest.mark.parametrize("days", ["0", "29", "-1", "soon", "1.5"])
def test_days_that_cannot_be_are_refused_in_words(traded: Office, days: str) -> None:
    answer = traded.client(CLERK).get("/desk/restock", query={"days": days})
    assert answer.status_code == 400
    assert "Write a whole number of days from 1 to 28." in answer.text


def test_the_forecast_shows_its_error_beside_the_naive_one_and_says_which_is_used(traded: Office) -> None:
    page = text_of(traded.client(OWNER).get("/desk/restock/product/COLA?days=1").text)
    own = re.search(r"This forecast (used )?([0-9.]+) ([0-9.]+)", page)
    naive = re.search(r"Same weekday last week (used )?([0-9.]+) ([0-9.]+)", page)
    assert own is not None
    assert naive is not None
    assert bool(own[1]) != bool(naive[1])
    assert bool(naive[1]) == (float(naive[3]) < float(own[3]))
    assert ("Stocking by last week as it was would have lost less" in page) == bool(naive[1])
    assert ("Stocking by it would have lost no more" in page) == bool(own[1])


def test_the_restock_page_shows_its_forecasts_error_beside_the_naive_one_of_each_and_of_all(
    traded: Office,
) -> None:
    page = text_of(traded.client(OWNER).get("/desk/restock?days=1&all=1").text)
    rows = re.findall(r"([0-9.]+) last week: ([0-9.]+)", page)
    own = re.search(r"This forecast ([0-9.]+) [0-9.]+", page)
    naive = re.search(r"Same weekday last week ([0-9.]+) [0-9.]+", page)
    assert rows
    assert own is not None
    assert naive is not None
    for found, column in ((own, 0), (naive, 1)):
        assert float(found[1]) == pytest.approx(
            sum(float(row[column]) for row in rows) / len(rows), abs=0.011
        )


def test_what_was_never_counted_is_said_to_be_and_what_was_counted_long_ago_says_when(office: Office) -> None:
    pages = ("/desk/restock/pick", "/desk/shrink")
    move(office, "S1", "fill", 6)
    office.sale()
    office.done()
    for path in pages:
        assert "never counted" in text_of(office.client(OWNER).get(path).text)
    move(office, "A1", "count", 7)
    counted = office.clock.wall()
    office.clock.move(130 * 86_400_000)
    office.tell()
    office.sale()
    office.done()
    for path in pages:
        page = text_of(office.client(OWNER).get(path).text)
        assert f"last counted on {counted.day} " in page.replace("\u00a0", " ")
        assert "not counted in" not in page


def test_the_plots_are_pictures_without_scripts_in_the_readers_digits(traded: Office) -> None:
    visitor = traded.client(CLERK, "fa")
    for path in ("/desk/restock/product/COLA/plot.svg?size=small", "/desk/shrink/plot.svg"):
        answer = visitor.get(path)
        assert answer.mimetype == "image/svg+xml"
        assert "<script" not in answer.text
        assert "۱" in answer.text


def test_a_product_without_a_place_has_no_forecast(traded: Office) -> None:
    assert traded.client(CLERK).get("/desk/restock/product/NOTHING").status_code == 404
    assert traded.client(CLERK).get("/desk/restock/product/NOTHING/plot.svg").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_speaks_its_readers_language(traded: Office, language: str) -> None:
    visitor = traded.client(OWNER, language)
    for path in PAGES:
        answer = visitor.get(path)
        assert answer.status_code == 200, path
        if language != "en":
            main = text_of(answer.text.partition('tabindex="-1">')[2].partition("</main>")[0])
            words = set(re.findall(r"[A-Za-z]{4,}", main)) - {"Navira", "Cola"}
            assert not words, (path, words)


def test_what_to_buy_is_a_file_without_formulas(office: Office) -> None:
    cola, nuts = PRODUCTS
    named = replace(cola, names={**cola.names, "en": "=HYPERLINK(0)"})
    office.ask(ev.CatalogueOffered(OWNER, Catalogue.of((named, nuts), SLOTS), "ab" * 32))
    answer = office.client(OWNER).get("/desk/restock/buy?format=csv")
    assert answer.mimetype == "text/csv"
    assert "'=HYPERLINK(0)" in answer.text
    assert ",=HYPERLINK" not in answer.text


def test_a_long_list_of_places_stands_in_parts_and_a_saved_place_leads_back_to_its_part(
    office: Office,
) -> None:
    slots = [replace(SLOTS[2], code=f"S{number:03}") for number in range(1, 2 * ROWS_AT_ONCE + 2)]
    office.ask(ev.CatalogueOffered(OWNER, Catalogue.of(PRODUCTS, tuple(slots)), "ef" * 32))
    visitor, path, page = office.client(OWNER), "/desk/stock?view=shelf", ""
    codes: list[str] = []
    while path:
        page = visitor.get(path).text
        codes += re.findall(r'id="place-(S[0-9]+)"', page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        path = html.unescape(found[1]) if found else ""
    assert codes == [slot.code for slot in slots], "each once, in order"
    assert f"{2 * ROWS_AT_ONCE + 1} to {2 * ROWS_AT_ONCE + 1} of {len(slots)}" in text_of(page)
    assert visitor.get("/desk/stock?view=shelf&page=99").text.count('id="place-S') == 1, "the last one"
    assert visitor.get("/desk/stock?view=shelf&page=no").text.count('id="place-S') == ROWS_AT_ONCE
    second = visitor.get("/desk/stock?view=shelf&all=1&page=2").text
    action = re.search(r'method="post" action="(/desk/stock[^"]*)"', second)
    assert action is not None
    saved = visitor.post(
        html.unescape(action[1]), slot="S040", move="fill", qty="1", token="t-40", view="shelf"
    )
    assert set(saved.location.partition("?")[2].split("&")) == {"all=1", "page=2", "view=shelf"}
    assert len(list(visitor.get("/desk/stock?view=shelf&format=csv").text.splitlines())) > len(slots)


def test_a_long_list_of_what_to_buy_is_one_page_for_each_supplier(office: Office) -> None:
    cola = PRODUCTS[0]
    products: list[Product] = []
    slots: list[Slot] = []
    for number in range(LINES_AT_ONCE + 1):
        sku = f"DRINK{number:02}"
        supply = (Supply("metro"),) if number % 2 else ()
        names = dict.fromkeys(LANGUAGES, sku)
        products.append(replace(cola, sku=sku, gtins=(), names=names, suppliers=supply))
        slots.append(replace(SLOTS[2], code=f"S{number + 1}", sku=sku))
    office.ask(ev.CatalogueOffered(OWNER, Catalogue.of(tuple(products), tuple(slots)), "cd" * 32))
    visitor = office.client(OWNER)
    found = re.findall(r'href="(/desk/restock/buy[^"]+)"', visitor.get("/desk/restock/buy").text)
    links = [html.unescape(each) for each in found if "format" not in each]
    skus = [set(re.findall(r"DRINK\d\d", visitor.get(link).text)) for link in links]
    assert [len(each) for each in skus] == [20, 21, 41]
    assert skus[0] | skus[1] == skus[2]
    assert "DRINK" not in visitor.get("/desk/restock/buy").text
    file = visitor.get(f"{links[0]}&format=csv").text
    assert set(re.findall(r"DRINK\d\d", file)) == skus[0], "the file is what the page shows"


def test_shrink_is_split_by_cause_and_every_find_opens_its_entry(traded: Office) -> None:
    visitor = traded.client(CLERK)
    answer = visitor.get("/desk/shrink?weeks=4")
    page = text_of(answer.text)
    assert "Thrown away 2 at the cost of that day €2.40" in page
    assert re.search(r"Unknown \d+ at the cost of that day", page)
    assert CLERK not in page.partition("Count these first")[2].partition("Overview")[0], "nobody is named"
    found = re.findall(r'<li><a href="(/desk/journal/1/\d+)"', answer.text)
    assert len(found) == 2
    for href in found:
        assert visitor.get(href).status_code == 200


def test_shrink_without_a_count_says_what_to_count(office: Office) -> None:
    office.sale()
    office.done()
    page = text_of(office.client(CLERK).get("/desk/shrink").text)
    assert "Nothing was counted or thrown away in this time." in page
    assert "never counted" in page


@pytest.mark.parametrize("weeks", ["5", "x", "-4", ""])
def test_a_window_that_is_not_offered_is_refused(office: Office, weeks: str) -> None:
    assert office.client(CLERK).get("/desk/shrink", query={"weeks": weeks}).status_code == 400


def test_ticks_of_the_pick_list_survive_a_reload(office: Office, browser: Browser) -> None:
    with office.served() as url:
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.goto(url.replace("127.0.0.1", "localhost") + "desk/sign-in?next=/desk/restock/pick")
        page.fill("#name", CLERK)
        page.fill("#password", PASSWORDS[CLERK])
        page.click("main button")
        boxes = page.get_by_role("checkbox")
        expect(page.locator(".picked")).to_have_text(re.compile(r"0\W+of\W+2"))
        boxes.nth(1).check()
        expect(page.locator(".picked")).to_have_text(re.compile(r"1\W+of\W+2"))
        page.reload()
        expect(boxes.nth(1)).to_be_checked()
        expect(boxes.nth(0)).not_to_be_checked()
        expect(page.locator(".picked")).to_have_text(re.compile(r"1\W+of\W+2"))
        page.close()
