"""The desk's pages of lots: what to pull, what lies where, and who moved it."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import count

import pytest

from inventory.catalogue import Catalogue
from kiosk.core import events as ev
from kiosk.core.facts import STORE
from tests.web.admin.office import CLERK, Office, Visitor
from tests.web.admin.test_pages import text_of
from web.auth import Role

_tokens = count()


def day(office: Office, days: int) -> str:
    return (office.clock.wall() + timedelta(days=days)).date().isoformat()


def send(visitor: Visitor, slot: str, move: str, qty: str, **fields: str) -> str:
    """Post a move; the text of the page that answers."""
    fields = {"token": f"lots-{next(_tokens)}", **fields}
    return text_of(visitor.post(f"/desk/stock/places/{slot}", move=move, qty=qty, follow=True, **fields).text)


def qty_in(office: Office, slot: str) -> int:
    return sum(lot.qty for lot in office.state.lots.get(slot, ()))


def test_what_is_past_its_day_is_pulled_with_one_tap(office: Office) -> None:
    clerk = office.client(CLERK)
    send(clerk, "S1", "fill", "4", expires_on=day(office, 1), lot="L1")
    send(clerk, "S1", "fill", "5", expires_on=day(office, 30))
    soon = text_of(clerk.get("/desk/stock/dates").text)
    assert "1 day left" in soon
    assert "Pulled" not in soon
    office.clock.move(2 * 86_400_000)
    clerk = office.client(CLERK)  # whoever is away so long signs in again
    page = clerk.get("/desk/stock/dates").text
    assert "past its day" in text_of(page)
    assert "Pulled all 4" in text_of(page)
    answer = send(
        clerk, "S1", "spoilage", "4", reason="expired", sku="NUTS", expires_on=day(office, -1), back="dates"
    )
    assert "Nothing is past its day" in answer
    assert [(lot.qty, lot.expires_on) for lot in office.state.lots["S1"]] == [(5, day(office, 28))]


def test_goods_come_into_the_storeroom_and_are_filled_from_it(office: Office) -> None:
    clerk = office.client(CLERK)
    assert "The storeroom is empty" in text_of(clerk.get(f"/desk/stock/places/{STORE}").text)
    told = send(
        clerk, STORE, "receive", "۲۴", sku="NUTS", expires_on=day(office, 9), lot="N-7", other="Hazel & Co"
    )
    assert "Saved: Receive." in told
    assert "9 days left" in told
    send(clerk, "S1", "fill", "٦")
    assert (qty_in(office, STORE), qty_in(office, "S1")) == (18, 6)
    assert "N-7" in text_of(clerk.get("/desk/stock/places/S1").text)


def test_a_date_that_is_over_is_asked_again_and_nothing_typed_is_lost(office: Office) -> None:
    clerk = office.client(CLERK)
    path = "/desk/stock/places/S1"
    past = day(office, -1)
    page = clerk.post(path, token="a", move="fill", qty="5", expires_on=past, lot="L9", follow=True).text
    assert "is over: goods with that date would never be sold" in text_of(page)
    assert f'value="{past}"' in page
    assert 'value="L9"' in page
    assert qty_in(office, "S1") == 0


def test_a_count_on_an_older_page_is_told_what_changed_since(office: Office) -> None:
    one, other = office.client(CLERK), office.client(CLERK)
    assert 'name="counted" value="0:NUTS"' in one.get("/desk/stock/places/S1").text
    send(other, "S1", "fill", "3")
    answer = send(one, "S1", "count", "2", counted="0:NUTS")
    assert "S1 changed while this page was open: from 0 to 3 by the book." in answer
    assert qty_in(office, "S1") == 3
    send(one, "S1", "count", "2", counted="3:NUTS")
    assert qty_in(office, "S1") == 2


def test_a_count_in_a_storeroom_of_several_products_is_compared_with_the_book_of_its_own(
    office: Office,
) -> None:
    one, other = office.client(CLERK), office.client(CLERK)
    send(other, STORE, "receive", "24", sku="NUTS")
    send(other, STORE, "receive", "6", sku="COLA")
    page = one.get(f"/desk/stock/places/{STORE}").text
    assert re.findall(r'value="(-?[0-9]+:[A-Z]+)"', page) == ["6:COLA", "24:NUTS"]
    send(other, STORE, "take_out", "4", sku="NUTS")
    answer = send(one, STORE, "count", "23", counted="24:NUTS")
    assert "from 24 to 20 by the book" in answer
    assert qty_in(office, STORE) == 26
    assert "Saved: " in send(one, STORE, "count", "5", counted="6:COLA")
    assert qty_in(office, STORE) == 25


def test_a_coil_that_somebody_filled_meanwhile_is_not_counted_over_from_the_list(office: Office) -> None:
    clerk = office.client(CLERK)
    page = clerk.get("/desk/stock?all=1").text
    assert 'name="was" value="5"' in page
    send(clerk, "A1", "fill", "2")
    fields = {"slot": "A1", "move": "count", "qty": "5", "token": "older", "view": "coils", "was": "5"}
    assert "from 5 to 7 by the book" in text_of(clerk.post("/desk/stock", follow=True, **fields).text)
    assert qty_in(office, "A1") == 7


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"move": "fill", "qty": "21"}, "This slot holds 20 at most."),
        ({"move": "fill", "qty": "three"}, "Please write a whole number."),
        ({"move": "fill", "qty": ""}, "Please fill this in."),
        ({"move": "steal", "qty": "1"}, "Please choose from the list."),
        ({"move": "fill", "qty": "1", "expires_on": "12/24"}, "That is no date that goods can have."),
        ({"move": "transfer", "qty": "1"}, "Say where the goods go"),
        ({"move": "spoilage", "qty": "1", "reason": "eaten"}, "Say why it is thrown away"),
    ],
)
def test_a_slip_is_told_in_words(office: Office, fields: dict[str, str], said: str) -> None:
    assert said in send(office.client(CLERK), "S1", **fields)
    assert qty_in(office, "S1") == 0


def test_one_form_sent_twice_is_one_move(office: Office) -> None:
    clerk = office.client(CLERK)
    for _ in range(2):
        send(clerk, "S1", "fill", "4", token="once")
    assert qty_in(office, "S1") == 4


@pytest.mark.parametrize("language", ["en", "fa", "ar"])
def test_the_moves_of_a_product_tell_who_and_when_and_open_their_entries(
    office: Office, language: str
) -> None:
    clerk = office.client(CLERK, language)
    send(clerk, "S1", "fill", "4", expires_on=day(office, 9))
    send(clerk, "S1", "spoilage", "1", reason="damaged")
    send(clerk, "S1", "take_out", "1", other="supplier")
    send(clerk, "S1", "transfer", "1", other="North hall")
    page = clerk.get("/desk/stock/goods/NUTS").text
    text = text_of(page)
    assert text.count(CLERK) >= 4
    assert "North hall" in text
    assert f"/desk/journal/1/{office.state.seq}" in page
    assert clerk.get("/desk/stock/goods/NUTS?before=1-1").status_code == 200
    assert clerk.get("/desk/stock/goods/GOLD").status_code == 404


def test_a_product_that_is_sold_no_more_is_still_pulled_where_it_lies(office: Office) -> None:
    clerk = office.client(CLERK)
    send(clerk, "S1", "fill", "4", expires_on=day(office, 0))
    office.ask(ev.CatalogueOffered("parvin", Catalogue.of((), ()), "digest"))
    office.clock.move(86_400_000)
    clerk = office.client(CLERK)
    assert "/desk/stock/goods/NUTS" in clerk.get("/desk/stock/dates").text
    assert clerk.get("/desk/stock/goods/NUTS").status_code == 200
    send(clerk, "S1", "spoilage", "4", reason="expired", sku="NUTS")
    assert qty_in(office, "S1") == 0
    assert clerk.get("/desk/stock/places/S1").status_code == 404


def test_an_accountant_reads_and_does_not_move(office: Office) -> None:
    office_clerk = office.client(CLERK)
    send(office_clerk, "S1", "fill", "4")
    reader = office.client_as(Role.ACCOUNTANT)
    page = reader.get("/desk/stock/places/S1").text
    assert "<details" not in page.partition("<main")[2]
    assert reader.post("/desk/stock/places/S1", move="fill", qty="1", token="x").status_code == 403
