"""A figure opens the entries that make it: their sum is the figure, and every list that a link of the desk asks for answers."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from kiosk.core import events as ev
from kiosk.core.facts import STORE, About
from kiosk.i18n import LANGUAGES, strip_marks
from tests.web.admin.office import CLERK, OWNER, Office, Visitor
from tests.web.admin.test_coils import jam
from tests.web.admin.test_pages import links, text_of
from web.auth import Role

PAGES = (
    "",
    "month",
    "coils",
    "cash",
    "cash/bags",
    "cash/change",
    "claims",
    "goods/COLA",
    "health",
    "codes",
    "sales",
    "journal",
)
"""With what stands below, those whose links lead to lists of entries."""

DAY_MS = 86_400_000
NOVEMBER, DECEMBER = "2026-11", "2026-12"

FIGURE = re.compile(
    r'<th scope="row">([^<]+?)\s*(?:<small.*?)?</th>\s*<td[^>]*><a class="figure" href="([^"]+)">([^<]+)<'
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Two months with something of everything that a month end tells."""
    office = Office(tmp_path_factory.mktemp("months"))
    office.sale()
    office.done()
    office.clock.move(12 * DAY_MS)
    office.short_change()
    office.clock.move(700_000)
    office.tell()
    jam(office, 1)
    stock(office)
    bag(office)
    claims = office.desk.claims
    status = claims.open(token="claim-1-open", about=About.NO_GOODS, said_minor=150, channel="phone").status
    assert status is not None
    claims.decide(status.claim, by=OWNER, amount_minor=150)
    office.ask(ev.HandOver(debt=open_debt(office), by=CLERK))
    office.ask(ev.ScanRead(code="4006381333931", sku="", reason="unknown_product"))
    yield office
    office.close()


def stock(office: Office) -> None:
    """Thrown away, missing, found too many, found again, and lost on the way."""
    for number, (slot, move, qty) in enumerate(
        [
            ("S1", "fill", 9),
            ("S1", "spoilage", 2),
            ("A1", "count", 1),
            ("A1", "count", 2),
            ("A2", "count", 3),
            ("S1", "count", 12),
        ]
    ):
        assert not office.ask(ev.StockCounted(f"s-{number}", CLERK, slot, move, qty)).notice.is_refusal
    came = ev.StockCounted("t", CLERK, STORE, "receive", 3, "COLA", other="K9", transfer="T1-9", sent=5)
    assert not office.ask(came).notice.is_refusal


def bag(office: Office) -> None:
    """A collection that was counted too low, and a bag that the bank counted lower."""
    office.ask(ev.ClerkEntered(CLERK))
    office.ask(ev.BoxesTaken("out", CLERK))
    office.ask(ev.ClerkLeft(CLERK))
    collection = office.state.collection
    assert collection is not None
    name = collection.collection
    office.ask(ev.CollectionCount("count", CLERK, name, (("box", ((50, 1),)),), "B-17", 0))
    assert not office.ask(ev.BagPaidIn("bank", OWNER, name, 40)).notice.is_refusal


def open_debt(office: Office) -> str:
    (debt,) = office.rows("SELECT debt FROM debt WHERE state = 'open' AND claim = ''")
    return str(debt[0])


def minor(shown: str) -> int:
    """An amount or a number as it is shown, in its smallest unit."""
    sign = -1 if re.match("[-\u2212]", strip_marks(shown)) else 1
    return sign * int(re.sub("[^0-9]", "", shown))


def amounts(visitor: Visitor, href: str) -> list[int]:
    """What each entry of a list adds to its sum, of all its pages."""
    file = visitor.get(f"{html.unescape(href)}&format=csv")
    assert file.mimetype == "text/csv", href
    rows = list(csv.reader(io.StringIO(file.text.lstrip("\ufeff"))))
    assert rows[0][-1] == "Amount"
    return [minor(row[-1]) for row in rows[1:]]


def figures(visitor: Visitor, month: str) -> dict[str, tuple[str, str]]:
    """Label -> address and amount of every figure of a month end that opens."""
    page = visitor.get("/desk/month", query={"month": month}).text
    return {
        html.unescape(label): (html.unescape(href), strip_marks(html.unescape(shown)))
        for label, href, shown in FIGURE.findall(page)
    }


@pytest.mark.parametrize("month", [NOVEMBER, DECEMBER])
def test_what_a_figure_of_the_month_end_opens_sums_up_to_it(office: Office, month: str) -> None:
    visitor = office.client(OWNER)
    found = figures(visitor, month)
    assert len(found) >= 18
    for label, (href, shown) in found.items():
        if href.startswith("/desk/month"):
            continue  # the month before ends with it
        added = amounts(visitor, href)
        assert sum(added) == minor(shown), (label, href)
        if "figure=" in href:
            assert 0 not in added, f"{label}: an entry that adds nothing is no part of it"
        if month == DECEMBER:
            page = strip_marks(visitor.get(href).text)
            assert f"sum of the list: {shown}" in page, (label, href)
    if month == DECEMBER:
        nothing = {label for label, (_, shown) in found.items() if not minor(shown)}
        assert nothing <= {"Card settlement still to come", "Collected, on its way", "Unexplained"}, (
            "the scene has something of everything"
        )


def test_what_is_missing_opens_the_counts_of_products_that_are_short_and_nothing_else(office: Office) -> None:
    visitor = office.client(OWNER)
    href, shown = figures(visitor, DECEMBER)["Missing goods"]
    page = text_of(visitor.get(href).text)
    assert "S1" not in page.partition("Journal")[2].partition("This list")[0], (
        "more was found there than was booked"
    )
    assert minor(shown) == sum(amounts(visitor, href)) < 0


def test_the_sum_above_a_list_is_the_lists_own(office: Office) -> None:
    visitor = office.client(OWNER)
    whole = "/desk/journal?account=cash.box"
    every, november = amounts(visitor, whole), amounts(visitor, f"{whole}&month={NOVEMBER}")
    assert 0 < len(november) < len(every)

    def says(path: str, total: int) -> bool:
        shown = f"{'-' if total < 0 else ''}€{abs(total) / 100:.2f}"
        return f": {shown}</p>" in strip_marks(visitor.get(path).text).replace("\u2212", "-")

    assert says(whole, sum(every))
    assert says(f"{whole}&month={NOVEMBER}", sum(november))
    assert says(f"{whole}&to=2026-11-30", sum(november))
    assert says(f"{whole}&from=2026-12-01", sum(every) - sum(november))
    coins = amounts(visitor, f"{whole}&kind=CoinCredited")
    assert 0 < len(coins) < len(every)
    assert says(f"{whole}&kind=CoinCredited", sum(coins)), (
        "what no rollup knows is summed up where it is all shown"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sum_names_what_it_sums_in_the_readers_language(office: Office, language: str) -> None:
    page = text_of(office.client(OWNER, language).get(f"/desk/journal?figure=waste&month={DECEMBER}").text)
    said = {
        "en": "Thrown away, December 2026, sum of the list: ",
        "fa": "جمع فهرست: ",
        "ar": "مجموع القائمة: ",
    }
    assert said[language] in page.replace("\u00a0", " ")


@pytest.mark.parametrize(
    "query",
    [
        "figure=profit&month=2026-12",
        "figure=waste",
        "figure=tax&month=2026-12",
        "to=soon",
        "figure=waste:x&month=2026-12",
    ],
)
def test_a_figure_that_is_none_is_refused_in_words(office: Office, query: str) -> None:
    answer = office.client(OWNER).get(f"/desk/journal?{query}")
    assert answer.status_code == 400
    assert "could not be understood" in answer.text


def test_whoever_may_not_open_the_month_end_opens_none_of_its_figures(office: Office) -> None:
    path = f"/desk/journal?figure=gross&month={DECEMBER}"
    assert office.client_as(Role.ACCOUNTANT).get(path).status_code == 200
    assert office.client(CLERK).get(path).status_code == 403


def test_every_list_of_entries_that_the_desk_links_to_answers_without_a_walk_through_the_journal(
    office: Office,
) -> None:
    visitor = office.client(OWNER)
    (claim,) = office.rows("SELECT claim FROM claim")
    (collection,) = office.rows("SELECT collection FROM collection")
    lists = {f"/desk/journal?kind={kind}" for kind in ("PriceSet", "StockMoved")}
    for page in (*PAGES, f"claims/{claim[0]}", f"cash/{collection[0]}", f"journal/1/{office.state.seq}"):
        found = {each.partition("#")[0] for each in links(visitor.get(f"/desk/{page}").text)}
        lists |= {each for each in found if each.startswith("/desk/journal?") and "format=" not in each}
    # Of lists that differ only in their days or visits one is enough.
    kinds = {re.sub("(month|to|from|day|visit)=[^&]*", "", each): each for each in sorted(lists)}
    assert len(kinds) >= 30
    asked: dict[str, Any] = {}

    def hear(*call: Any) -> None:
        if re.search("FROM (journal|figure)", call[2]):
            asked[call[2]] = call[3]

    event.listen(office.reader, "before_cursor_execute", hear)
    for path in kinds.values():
        assert visitor.get(path).status_code == 200, path
    event.remove(office.reader, "before_cursor_execute", hear)
    with office.reader.connect() as connection:
        for statement, values in asked.items():
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
            assert not [row for row in plan if re.match("SCAN (journal|figure)", row[3])], (statement, plan)
