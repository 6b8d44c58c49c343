"""Cash on the desk: a collection with its verdict, its bag, the change to bring, and the close of a day."""

from __future__ import annotations

import html
import re

import pytest

from kiosk.core import events as ev
from kiosk.core import facts as f
from tests.web.admin.office import CLERK, OWNER, Office, Visitor


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"[\u2066-\u2069]|<[^>]+>", " ", html.unescape(page)))


def token_of(page: str, suffix: str = "") -> str:
    found = re.search(rf'name="token" value="([^"]+{suffix})"', page)
    assert found
    return found[1]


def take_out(office: Office) -> str:
    """The box, out of the machine: the collection's address."""
    office.ask(ev.ClerkEntered(CLERK))
    office.ask(ev.BoxesTaken(f"out-{office.state.seq}", CLERK))
    office.ask(ev.ClerkLeft(CLERK))
    assert office.state.collection is not None
    return f"/desk/cash/{office.state.collection.collection}"


def count(visitor: Visitor, path: str, **fields: str) -> str:
    """The page after its count was sent."""
    token = token_of(visitor.get(path).text)
    names = {name.replace("box_", "box:"): value for name, value in fields.items()}
    return visitor.post(f"{path}/count", follow=True, token=token, **names).text


def test_a_collection_that_is_out_is_the_next_thing_to_do_and_counted_at_the_desk(office: Office) -> None:
    office.sale()
    office.done()
    path = take_out(office)
    visitor = office.client(CLERK)
    assert f'href="{path}"' in visitor.get("/desk/cash").text
    assert "not counted yet" in text_of(visitor.get("/desk/cash").text)
    asked, folded = visitor.get(path).text.split("Another coin or note")
    assert re.findall(r'name="box:(\d+)"', asked) == ["100"], "only what the book has in the box is asked for"
    assert 'name="box:200"' in folded
    said = text_of(count(visitor, path, box_200="1", bag="۱۷", float_left="۱۲٫۵۰"))
    assert "Balanced to the smallest coin" in said
    counted = office.facts(f.CollectionCounted)[-1].fact
    assert isinstance(counted, f.CollectionCounted)
    assert (counted.bag, counted.float_left_minor, counted.counted) == (
        "17",
        1_250,
        (f.CashCounted("box", 200, ((200, 1),)),),
    )


def test_a_missing_sum_is_said_and_that_nothing_explains_it(office: Office) -> None:
    office.sale()
    office.done()
    path = take_out(office)
    said = text_of(count(office.client(CLERK), path, bag="18", float_left="0"))
    assert "€2.00 is missing" in said
    assert "Nothing in the journal explains \u2212€2.00" in said
    assert "\u2212€2.00 \u2212€2.00" in text_of(office.client(OWNER).get("/desk/cash").text)


def test_a_wrong_count_is_corrected_with_a_reason_and_stays_in_its_entry(office: Office) -> None:
    office.sale()
    office.done()
    path = take_out(office)
    visitor = office.client(CLERK)
    count(visitor, path)
    count(visitor, path, box_200="1", reason=" ")
    assert not office.facts(f.CollectionRecounted)
    said = text_of(count(visitor, path, box_200="١", reason="one coin lay apart"))
    assert "Balanced to the smallest coin" in said
    assert "Corrections 1" in said
    first = office.facts(f.CollectionCounted)[-1]
    assert f"/desk/journal/1/{first.seq}" in visitor.get(path).text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"box_200": "many"}, "whole number"),
        ({"box_200": "-1"}, "whole number"),
        ({"float_left": "lots"}, "amount"),
        ({"bag": "x" * 40}, "at most 32"),
    ],
)
def test_a_count_that_cannot_be_read_says_what_to_do_and_changes_nothing(
    office: Office, fields: dict[str, str], words: str
) -> None:
    path = take_out(office)
    before = office.state.seq
    page = count(office.client(CLERK), path, **{"box_100": "۳", **fields})
    assert words in text_of(page)
    assert 'value="۳"' in page, "what was counted is not counted twice"
    assert office.state.seq == before


def test_a_bag_is_followed_from_hand_to_hand_until_it_is_paid_in(office: Office) -> None:
    office.sale()
    office.done()
    path = take_out(office)
    owner = office.client(OWNER)
    count(owner, path, box_200="1", bag="A-9")
    assert "A-9" in text_of(owner.get("/desk/cash/bags").text)
    page = owner.get(path).text
    owner.post(f"{path}/give", token=token_of(page, "-give"), to="Omid")
    assert "Omid" in text_of(owner.get("/desk/cash/bags").text)
    assert office.client(CLERK).post(f"{path}/bank", token="t", banked="2").status_code == 403
    said = owner.post(f"{path}/bank", follow=True, token=token_of(page, "-bank"), banked="1.90").text
    assert "Paid in as €1.90" in text_of(said)
    assert "No bag is on its way." in text_of(owner.get("/desk/cash/bags").text)
    other = take_out(office)
    assert "was used before" in text_of(count(owner, other, bag="A-9"))


def test_a_day_is_closed_once_and_shows_both_its_sums(office: Office) -> None:
    office.sale()
    office.done()
    owner = office.client(OWNER)
    token = token_of(owner.get("/desk/cash/days").text)
    owner.post("/desk/cash/days", token=token)
    owner.post("/desk/cash/days", token=token)
    (closed,) = office.facts(f.DayClosed)
    page = text_of(owner.get("/desk/cash/days/1").text)
    assert isinstance(closed.fact, f.DayClosed)
    assert f"Sales {closed.fact.period.sales}" in page
    assert "in none of the sums above Practised visits 0 0 Rung up in practice €0.00 €0.00" in page
    assert owner.get("/desk/cash/days/2").status_code == 404
    owner.post("/desk/cash/days", token="second-close")
    earlier = owner.get("/desk/cash/days?below=2").text
    assert "/desk/cash/days/1" in earlier
    assert "/desk/cash/days/2" not in earlier
    assert office.client(CLERK).post("/desk/cash/days", token="x").status_code == 403


def test_the_change_to_bring_is_reckoned_for_the_days_asked_for(office: Office) -> None:
    owner = office.client(OWNER)
    assert "nothing to reckon with yet" in text_of(owner.get("/desk/cash/change").text)
    office.coin(100)
    office.money_back()
    office.pay()
    office.done()
    office.clock.move(2 * 86_400_000)
    owner = office.client(OWNER)
    page = text_of(owner.get("/desk/cash/change?days=۳۰").text)
    assert "Used in 30 days" in page
    assert "are needed in 30 days, and only 2 fit. Come twice" in page
    assert "How much these hold is not in the configuration" in page
    assert "hopper-10, hopper-20: capacity" in page
    assert 'value="7"' in owner.get("/desk/cash/change?days=0").text


@pytest.mark.parametrize("language", ["fa", "ar"])
def test_the_pages_speak_each_language_in_its_own_digits(office: Office, language: str) -> None:
    office.sale()
    office.done()
    path = take_out(office)
    visitor = office.client(OWNER, language)
    page = count(visitor, path, bag="1")
    for where in (path, "/desk/cash", "/desk/cash/bags", "/desk/cash/change", "/desk/cash/days"):
        page = visitor.get(where).text
        assert f'lang="{language}"' in page
        assert "collections." not in text_of(page), where
