"""The first page of both desks: the same findings from the same journal, each with its one next action."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hardware import events as hw
from hardware.events import DeviceKind
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.i18n import LANGUAGES
from tests.web.admin.needs_page import Shown, needs_on, plain
from tests.web.admin.office import CLERK, OWNER, Office
from tests.web.admin.test_claims import unknown
from tests.web.admin.test_collections import take_out
from tests.web.admin.test_fleet import HubOffice
from tests.web.admin.test_pages import text_of
from web.admin.entries import entry_words
from web.admin.needs import FOLD_FROM, NEVER_FOLDED, PICTURES, Cause, Need, rows_of
from web.admin.texts import DESK_BOOK

DAY_MS = 24 * 3_600_000


def need(cause: Cause, kiosk_id: str = "K1", *, is_urgent: bool = False) -> Need:
    return Need(cause, f"{cause} at {kiosk_id}", "/", kiosk_id, is_urgent)


def trade_for_days(office: Office, days: int) -> None:
    """Two colas a day for 2.00 each: one coin of 0.50 comes back each time."""
    for _ in range(days):
        office.count("A1", 5)
        for _ in range(2):
            office.choose("A1")
            office.coin(200)
            office.vend("delivered")
            office.pay()
            office.done()
        office.clock.move(DAY_MS)
        office.tell()


def have_much_to_do(office: Office) -> None:
    """Change for two days, a box that nobody counted, an uncertain debt with its claim, an empty coil, a dead printer; and the
    till is stopped."""
    trade_for_days(office, 8)
    take_out(office)
    unknown(office)
    office.count("A2", 0)
    office.tell(hw.DeviceLost("printer", DeviceKind.PRINTER, hw.Fault.HUNG))
    office.ask(ev.ClerkEntered(CLERK))
    office.ask(ev.HaltAsked(CLERK))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = Office(tmp_path_factory.mktemp("kiosk"))
    have_much_to_do(made)
    yield made
    made.close()


@pytest.fixture(scope="module")
def hub_office(tmp_path_factory: pytest.TempPathFactory, office: Office) -> Iterator[HubOffice]:
    """A desk for several kiosks that has just heard all of this one."""
    made = HubOffice(tmp_path_factory.mktemp("desk"))
    made.hear_all(office)
    yield made
    made.hub.close()


def at_home(office: Office, language: str = "en") -> list[Shown]:
    return needs_on(office.client(OWNER, language).get("/desk/").text)


def test_every_cause_has_its_picture_and_its_words() -> None:
    assert set(PICTURES) == set(Cause)
    assert not [
        f"need.{cause}.{what}"
        for cause in Cause
        for what in ("act", "all")
        if f"need.{cause}.{what}" not in DESK_BOOK
    ]


def test_one_cause_at_several_kiosks_is_one_row_and_urgent_ones_stand_apart() -> None:
    rows = rows_of(
        [
            need(Cause.EXPIRING, "K1"),
            need(Cause.CLAIM, "K2"),
            need(Cause.EXPIRING, "K2"),
            need(Cause.DEVICE, "K1", is_urgent=True),
            need(Cause.DEVICE, "K1"),
        ]
    )
    assert [(row.cause, row.kiosk_ids) for row in rows.now] == [(Cause.DEVICE, ("K1",))]
    assert [(row.cause, row.kiosk_ids) for row in rows.soon] == [
        (Cause.DEVICE, ("K1",)),
        (Cause.CLAIM, ("K2",)),
        (Cause.EXPIRING, ("K1", "K2")),
    ]


@pytest.mark.parametrize("cause", sorted(NEVER_FOLDED))
def test_what_is_a_case_of_its_own_is_never_folded_away(cause: Cause) -> None:
    many = [need(cause, f"K{number}", is_urgent=True) for number in range(FOLD_FROM + 1)]
    assert [len(row.needs) for row in rows_of(many).now] == [1] * len(many)


def test_few_rows_of_one_kiosk_are_not_folded_and_many_are() -> None:
    few = [need(Cause.DEVICE) for _ in range(FOLD_FROM - 1)]
    assert len(rows_of(few).soon) == FOLD_FROM - 1
    assert len(rows_of([*few, need(Cause.DEVICE)]).soon) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_desks_find_the_same_in_the_same_journal(
    office: Office, hub_office: HubOffice, language: str
) -> None:
    own = at_home(office, language)
    there = needs_on(hub_office.client(language).get("/desk/kiosks").text)
    assert [(each.text, each.is_urgent) for each in there] == [(each.text, each.is_urgent) for each in own]
    assert len(own) >= 7


def test_a_desk_elsewhere_says_read_where_the_own_one_says_do(office: Office, hub_office: HubOffice) -> None:
    page = hub_office.client().get("/desk/kiosks").text
    acts = {mine.act: there.act for mine, there in zip(at_home(office), needs_on(page), strict=True)}
    assert {acts[act] for act in ("Answer", "Decide", "Count")} == {"Read"}
    assert acts["Bring coins"] == "Bring coins", "which coins is read on this very desk"
    assert not re.search(r'class="button main"[^>]*>Read', page), "no first button for what is done elsewhere"


def test_a_stopped_till_is_told_although_it_pushes(hub_office: HubOffice) -> None:
    first = needs_on(hub_office.client().get("/desk/kiosks").text)[0]
    assert "Selling is stopped" in first.text
    assert first.is_urgent
    assert first.where == "", "one kiosk needs no name"


def test_low_change_is_told_while_change_is_still_there(office: Office) -> None:
    assert not office.screen().is_exact_change
    (low,) = [each for each in at_home(office) if each.act == "Bring coins"]
    assert low.text == "Change for less than 3 days: €0.50"
    assert not low.is_urgent
    assert "€0.50" in text_of(office.client(OWNER).get(low.href).text)


@pytest.mark.parametrize(
    ("act", "leads_to"),
    [
        ("Answer", "Claims"),
        ("Decide", "€1.50"),
        ("Count", "Cash box"),
        ("Plan the refill", "Roasted pistachios"),
        ("See what to do", "printer"),
    ],
)
def test_each_action_opens_the_page_where_it_is_done(office: Office, act: str, leads_to: str) -> None:
    hrefs = [each.href for each in at_home(office) if each.act == act]
    pages = [office.client(OWNER).get(href) for href in hrefs]
    assert hrefs
    assert all(page.status_code == 200 for page in pages)
    assert any(leads_to in text_of(page.text) for page in pages)


def test_a_clerk_is_sent_to_no_closed_door(office: Office) -> None:
    visitor = office.client(CLERK)
    found = needs_on(visitor.get("/desk/").text)
    assert found
    assert {visitor.get(each.href).status_code for each in found} == {200}


def test_a_kiosk_that_needs_nobody_says_so(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.printer_ready()
    page = text_of(office.client(OWNER).get("/desk/").text)
    assert at_home(office) == []
    assert "Nothing needs you The machine sells" in page
    hub_office = HubOffice(tmp_path / "desk")
    hub_office.hear_all(office)
    assert "Nothing needs you All kiosks were heard" in text_of(hub_office.client().get("/desk/kiosks").text)
    hub_office.hub.close()
    office.close()


def test_hoppers_keep_their_names_while_an_updated_desk_has_not_heard_the_till(
    hub_office: HubOffice,
) -> None:
    """The state that another version of the desk folded is not read; the pieces that went tell what a hopper holds."""
    path = str(hub_office.hub.reader.url.database)
    with closing(sqlite3.connect(path)) as store:
        (state,) = store.execute("SELECT state FROM snapshot").fetchone()
        with store:
            store.execute("UPDATE snapshot SET state = ?", (b'{"shape": "of another version", "state": {}}',))
        visitor = hub_office.client()
        assert "Hopper €0.50" in text_of(visitor.get("/desk/cash").text)
        assert any(each.act == "Bring coins" for each in needs_on(visitor.get("/desk/kiosks").text))
        with store:
            store.execute("UPDATE snapshot SET state = ?", (state,))


@pytest.mark.parametrize(
    ("fact", "says"),
    [
        (
            f.SettingsChanged("console", "", ("money.cash_step_minor", "desk.port")),
            "other settings: money.cash_step_minor, desk.port.",
        ),
        (f.SettingsChanged("console", "", tuple("abcdefgh")), "a, b, c, d, e, f and 2 more."),
        (
            f.PricesPlanned("P1-2", "t", OWNER, "2026-03-02", (("COLA", 160), ("NUTS", 210))),
            "from 2 March 2026: 2.",
        ),
    ],
)
def test_a_deed_says_what_and_how_many(office: Office, fact: f.Fact, says: str) -> None:
    with office.app.test_request_context():
        assert says in plain(entry_words(office.desk.voice(), {}, fact))
