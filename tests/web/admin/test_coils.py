"""Coils that fail more often than chance, and goods past their day: said on the first page, opened down to the entries."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from kiosk.core import events as ev
from kiosk.i18n import LANGUAGES
from kiosk.store.coils import Turns
from tests.web.admin.office import CLERK, OWNER, Office
from web.admin.pages.coils import grouped, rows_of


def plain(page: str) -> str:
    """Without the marks that isolate numbers from the text around them."""
    return page.replace("\u2068", "").replace("\u2069", "")


def jam(office: Office, times: int) -> None:
    """Coil A1 lets nothing fall, and a clerk puts it back to work each time."""
    for number in range(times):
        office.choose("A1")
        office.coin(100)
        office.coin(50)
        office.vend("failed")
        office.money_back()
        office.pay()
        office.done()
        office.ask(ev.StockCounted(f"again-{number}", CLERK, "A1", "count", 5))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_coil_that_jams_is_said_first_and_leads_to_its_entries(office: Office, language: str) -> None:
    visitor = office.client(OWNER, language)
    assert "/desk/coils" not in visitor.get("/desk/").text.split('id="today"')[0]
    jam(office, 5)
    page = visitor.get("/desk/").text
    assert 'href="/desk/coils"' in page.split('id="today"')[0]
    assert "kind=VendEnded&amp;slot=A1" in visitor.get("/desk/coils").text
    entries = visitor.get("/desk/journal?kind=VendEnded&slot=A1").text
    assert entries.count("/desk/journal/1/") >= 5
    assert visitor.get("/desk/journal?kind=VendEnded&slot=A2").text.count("/desk/journal/1/") == 0


def test_each_figure_of_a_coil_opens_the_turns_that_it_counts(office: Office) -> None:
    """Also the newest ones only: a turn of before the days that are counted is in neither list."""
    office.sale()
    office.done()
    office.clock.move(40 * 24 * 3_600_000)
    office.sale()
    office.done()
    jam(office, 2)
    office.choose("A1")
    office.coin(100)
    office.coin(50)
    office.vend("unknown")
    visitor = office.client(OWNER)
    figures = re.findall(
        r'class="figure" href="([^"]+slot=A1[^"]*)">(?:of )?([0-9]+)<', plain(visitor.get("/desk/coils").text)
    )
    assert [shown for _, shown in figures] == ["3", "4"]
    for href, shown in figures:
        entries = visitor.get(unescape(href))
        assert len(re.findall(r'href="/desk/journal/1/[0-9]+', entries.text)) == int(shown), href
    assert visitor.get("/desk/journal?kind=VendEnded&slot=A1&outcome=perhaps").status_code == 400
    assert visitor.get("/desk/journal?from=yesterday").status_code == 400


def test_three_jams_are_no_alarm(office: Office) -> None:
    jam(office, 3)
    assert "fails more often" not in office.client(OWNER).get("/desk/").text


def test_pieces_past_their_day_are_said_and_those_that_end_soon(office: Office) -> None:
    ends = (office.clock.wall() + timedelta(days=1)).date().isoformat()
    office.ask(ev.StockCounted("lot", CLERK, "S1", "fill", 3, expires_on=ends))
    visitor = office.client(OWNER)
    assert "within 3 days: 3" in plain(visitor.get("/desk/").text)
    office.clock.move(2 * 24 * 3_600_000)
    assert "past their last day: 3" in plain(office.client(OWNER).get("/desk/").text)


def test_coils_that_never_failed_are_one_quiet_line_and_have_no_rate(office: Office) -> None:
    """An interval of 0 to 99.9 % is true and says nothing."""
    office.sale()
    office.done()
    page = plain(office.client(OWNER).get("/desk/coils").text)
    assert "No coil failed in the last 30 days." in page
    assert "Too few turns to say, none failed: 1 coils" in page
    assert re.search(r'slot=A1[^"]*"><bdi dir="ltr" class="code">A1</bdi> 1</a>', page)
    assert "%" not in page.partition("<main")[2]
    jam(office, 1)
    page = plain(office.client(OWNER).get("/desk/coils").text)
    assert "none failed" not in page
    assert page.count('class="rate"') == 1


def test_the_worst_coil_stands_first_and_only_many_turns_make_one_sound() -> None:
    turns = {
        "A1": Turns(3, 1),
        "A2": Turns(200, 40),
        "A3": Turns(66, 0),
        "A4": Turns(65, 0),
        "A5": Turns(200, 3),
    }
    rows = rows_of({("K1", slot): each for slot, each in turns.items()})
    groups = grouped(rows)
    assert [row.slot for row in groups.failing] == ["A2", "A5", "A1"]
    assert [row.jams for row in groups.failing] == [True, False, False]
    assert [row.slot for row in groups.sound] == ["A3"]
    assert [row.slot for row in groups.seldom] == ["A4"]


def test_a_kiosk_whose_coils_never_turned_says_so(office: Office) -> None:
    assert "No coil has turned" in office.client(OWNER).get("/desk/coils").text
