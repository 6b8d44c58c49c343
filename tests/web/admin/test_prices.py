"""Many prices at once: what is previewed is what holds, from its day on, and never under somebody's hands."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.i18n import LANGUAGES
from tests.web.admin.office import CLERK, OWNER, Office, Visitor
from tests.web.admin.test_pages import text_of

PLUS_TEN = {"change": "percent", "value": "10", "to": "coin"}
DAY_MS = 86_400_000


def send(visitor: Visitor, form: dict[str, str], day: str = "", *, follow: bool = False) -> TestResponse:
    fields = {**form, "day": day, "csrf_token": visitor.token()}
    return visitor.client.post("/desk/prices", data=fields, follow_redirects=follow)


def preview(visitor: Visitor, **asked: str) -> str:
    answer = visitor.get("/desk/prices", query={**PLUS_TEN, **asked})
    assert answer.status_code == 200
    return answer.text


def hidden(page: str) -> dict[str, str]:
    """The preview's form as a browser would send it."""
    form = page[page.index('name="seen"') - 2_000 :]
    names = ("q", "category", "supplier", "change", "value", "to", "seen", "token")
    pairs = re.findall(r'type="hidden" name="([a-z]+)" value="([^"]*)"', form)
    return {name: value for name, value in pairs if name in names}


def prices(office: Office) -> dict[str, int]:
    return {sku: product.price_minor for sku, product in office.catalogue().products.items()}


def test_every_old_and_new_price_is_shown_with_its_margin_before_anything_changes(office: Office) -> None:
    page = text_of(preview(office.client(OWNER)))
    assert "2 prices change" in page
    assert "Navira Cola 330 ml €1.50 €1.70 50% → 56%" in page
    assert "Roasted pistachios €2.30 €2.50 43% → 48%" in page
    assert office.facts(f.PricesPlanned) == []


def test_a_change_for_today_holds_at_the_first_idle_moment(office: Office) -> None:
    visitor = office.client(OWNER)
    answer = send(visitor, hidden(preview(visitor)), "", follow=True)
    assert "2 prices hold as soon as nobody is shopping." in text_of(answer.text)
    office.tell()
    assert prices(office) == {"COLA": 170, "NUTS": 250}
    (taken,) = office.facts(f.PricesTaken)
    assert taken.fact == f.PricesTaken("P1-" + str(taken.seq - 1), changed=2, passed_over=0)
    assert "2 changed" in text_of(visitor.get("/desk/prices").text)


def test_a_plan_holds_at_the_kiosks_own_midnight_also_through_a_power_cut(office: Office) -> None:
    visitor = office.client(OWNER)
    send(visitor, hidden(preview(visitor)), "2026-11-23")
    office.clock.move(
        int((datetime(2026, 11, 22, 22, 59, tzinfo=UTC) - office.clock.wall()).total_seconds()) * 1000
    )
    office.tell()
    assert prices(office)["COLA"] == 150, "23:59 in Berlin"
    office.clock.move(3 * DAY_MS)
    office.cut_power()
    office.identify()
    office.wait(10_000)
    office.tell()
    assert prices(office)["COLA"] == 170


def test_a_plan_leaves_the_price_in_an_open_cart(office: Office) -> None:
    visitor = office.client(OWNER)
    form = hidden(preview(visitor))
    office.choose("A1")
    send(visitor, form, "")
    office.tell()
    assert office.screen().total_minor == 150
    office.coin(100)
    office.coin(50)
    office.vend("delivered")
    office.done()
    office.tell()
    (sale,) = office.facts(f.SaleClosed)
    assert isinstance(sale.fact, f.SaleClosed)
    assert sale.fact.total_minor == 150
    assert prices(office)["COLA"] == 170


def test_what_changed_since_the_preview_is_told_and_nothing_is_planned(office: Office) -> None:
    visitor = office.client(OWNER)
    form = hidden(preview(visitor))
    office.ask(ev.PriceOffered("somebody", "COLA", 200))
    office.tell()
    answer = send(visitor, form, "")
    assert answer.status_code == 409
    assert "The goods have changed since this preview." in text_of(answer.text)
    assert "€2.00 €2.20" in text_of(answer.text)
    assert office.facts(f.PricesPlanned) == []


def test_a_form_that_is_sent_twice_is_one_plan(office: Office) -> None:
    visitor = office.client(OWNER)
    form = hidden(preview(visitor))
    for _ in range(2):
        send(visitor, form, "2026-12-01")
    assert len(office.facts(f.PricesPlanned)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plan_is_listed_dropped_and_opens_its_entry(office: Office, language: str) -> None:
    visitor = office.client(OWNER, language)
    send(visitor, hidden(preview(visitor)), "2026-12-01")
    (planned,) = office.facts(f.PricesPlanned)
    assert f"/desk/journal/1/{planned.seq}" in visitor.get("/desk/prices").text
    assert visitor.get(f"/desk/journal/1/{planned.seq}").status_code == 200
    path = re.search(r'action="(/desk/prices/[^"]+/drop)"', visitor.get("/desk/prices").text)
    assert path
    assert visitor.post(path[1]).status_code == 302
    assert visitor.post(path[1], follow=True).status_code == 200
    assert len(office.facts(f.PlanDropped)) == 1


@pytest.mark.parametrize("typed", ["-5", "۵-", "-٥", "−5%", "5-"])
def test_a_percentage_is_read_with_its_sign_in_any_digits(office: Office, typed: str) -> None:
    assert "€1.50 €1.40" in text_of(preview(office.client(OWNER), value=typed, category="drinks"))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"value": "ten"}, "write an amount in digits"),
        ({"value": "-100"}, "percentage above -100"),
        ({"change": "set", "value": "99"}, "above zero that the machine can take"),
        ({"to": "42"}, "choose from the list"),
    ],
)
def test_a_change_that_cannot_be_is_told_beside_its_field(
    office: Office, asked: dict[str, str], said: str
) -> None:
    page = preview(office.client(OWNER), **asked)
    assert 'aria-invalid="true"' in page
    assert 'name="seen"' not in page
    assert said in text_of(page), text_of(page)


@pytest.mark.parametrize("day", ["2026-11-20", "2028-01-01", "soon"])
def test_a_day_that_cannot_be_is_told(office: Office, day: str) -> None:
    visitor = office.client(OWNER)
    answer = send(visitor, hidden(preview(visitor)), day)
    assert answer.status_code == 400
    assert "Choose a day from today on" in text_of(answer.text)


def test_a_clerk_sees_what_is_planned_and_changes_nothing(office: Office) -> None:
    page = office.client(CLERK).get("/desk/prices")
    assert page.status_code == 200
    assert "Show the new prices" not in page.text


def test_the_page_says_whose_prices_these_are(office: Office, tmp_path: Path) -> None:
    assert "Those of another one are changed on its own desk" in text_of(preview(office.client(OWNER)))
    folder = tmp_path / "site"
    folder.mkdir()
    named = Office(folder, site="کتابخانه")
    try:
        page = text_of(named.client(CLERK, "fa").get("/desk/prices").text)
        assert "این‌ها قیمت‌های کتابخانه است." in page
        assert "دستگاه ۱۷ · کتابخانه" in page
    finally:
        named.close()
