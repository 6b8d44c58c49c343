"""The desk's page of goods on their way: a figure with its age, a receipt by number, a difference that is told."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.facts import STORE
from tests.kiosk.world import World
from tests.web.admin.office import CLERK, OWNER, Office, Visitor
from tests.web.admin.test_fleet import KEYS, HubOffice
from tests.web.admin.test_pages import text_of
from web.auth import Role

PATH = "/desk/stock/transit"
DAY_MS = 86_400_000
_tokens = count()


def receive(visitor: Visitor, **fields: str) -> str:
    """Post the receipt of a transfer; the text of the page that answers."""
    fields = {"token": f"transit-{next(_tokens)}", "source": "K2", "sku": "NUTS", **fields}
    return text_of(visitor.post(PATH, follow=True, **fields).text)


def send(visitor: Visitor, office: Office, qty: int = 12) -> str:
    """Send nuts to the north hall; the number that the desk says to write on the box."""
    page = ""
    for move, more in (("fill", {}), ("transfer", {"other": "North hall"})):
        token = f"transit-{next(_tokens)}"
        page = visitor.post(
            "/desk/stock/places/S1", move=move, qty=str(qty), token=token, follow=True, **more
        ).text
    (sent,) = [
        each.fact
        for each in office.facts(f.StockMoved)
        if isinstance(each.fact, f.StockMoved) and each.fact.transfer
    ]
    assert sent.transfer is not None
    assert (
        f"Write \u2068{sent.transfer}\u2069 on the box" in page
        or f"Write {sent.transfer} on the box" in text_of(page)
    )
    return sent.transfer


def in_store(office: Office) -> int:
    return sum(lot.qty for lot in office.state.lots.get(STORE, ()))


@pytest.mark.parametrize(
    ("language", "age"),
    [
        ("en", "Sent 3 days ago, not received."),
        ("fa", "۳ روز پیش فرستاده شد، تحویل نشده."),
        ("ar", "أُرسلت قبل ٣ أيام ولم تُستلم."),
    ],
)
def test_what_was_sent_stands_on_the_senders_pages_with_its_age_and_opens_its_entry(
    office: Office, language: str, age: str
) -> None:
    send(office.client(CLERK), office)
    seq = office.state.seq
    office.clock.move(3 * DAY_MS)
    visitor = office.client(CLERK, language)
    page = visitor.get(PATH).text
    assert age in text_of(page)
    assert f"/desk/journal/1/{seq}" in page
    assert age in text_of(visitor.get("/desk/stock").text)
    assert visitor.get(f"/desk/journal/1/{seq}").status_code == 200


def test_an_empty_page_says_what_will_stand_on_it(office: Office) -> None:
    assert "Nothing is on its way" in text_of(office.client(CLERK).get(PATH).text)
    assert "on their way" not in text_of(office.client(CLERK).get("/desk/stock").text)


def test_a_transfer_is_received_by_its_number_and_what_is_missing_is_told(office: Office) -> None:
    clerk = office.client(CLERK)
    told = receive(clerk, transfer=" t۱-۲۴۵ ", sent="۱۲", qty="١٠")
    assert "10 received; 2 are booked as lost on the way." in told
    assert "2 lost on the way" in told
    assert in_store(office) == 10
    again = receive(clerk, transfer="T1-245", sent="12", qty="12")
    assert "T1-245 is in the books already" in again
    assert in_store(office) == 10


def test_what_came_home_is_filled_in_from_the_journal_and_ends_the_way(office: Office) -> None:
    clerk = office.client(CLERK)
    transfer = send(clerk, office)
    page = clerk.get(PATH, query={"from": office.config.kiosk_id, "number": transfer}).text
    assert 'name="sent" value="12"' in page
    assert 'name="qty" value="12"' in page
    assert '<option value="NUTS" selected>' in page
    persian = (
        office.client(CLERK, "fa").get(PATH, query={"from": office.config.kiosk_id, "number": transfer}).text
    )
    assert 'name="qty" value="۱۲"' in persian
    assert 'name="sent" value=""' in clerk.get(PATH, query={"from": "K9", "number": transfer}).text
    told = receive(clerk, source=office.config.kiosk_id, transfer=transfer, sent="12", qty="12")
    assert "All 12 received." in told
    assert "Nothing is on its way" in told


@pytest.mark.parametrize(("outcome", "said"), [("arrived", "has arrived"), ("lost", "written off as lost")])
def test_the_sender_ends_a_way_with_one_tap(office: Office, outcome: str, said: str) -> None:
    clerk = office.client(CLERK)
    transfer = send(clerk, office)
    fields = {"transfer": transfer, "outcome": outcome, "token": f"end-{outcome}"}
    told = text_of(clerk.post(f"{PATH}/close", follow=True, **fields).text)
    assert said in told
    assert "Nothing is on its way" in told
    clerk.post(f"{PATH}/close", follow=True, **fields)
    assert len(office.facts(f.TransferClosed)) == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"transfer": "17", "sent": "5", "qty": "5"}, "as it stands on the box"),
        ({"transfer": "T1-8", "sent": "five", "qty": "5"}, "Please write a whole number."),
        ({"transfer": "T1-8", "sent": "5", "qty": ""}, "Please fill this in."),
        ({"transfer": "T1-8", "sent": "5", "qty": "5", "source": " "}, "Say from which kiosk"),
        ({"transfer": "T1-8", "sent": "5", "qty": "5", "source": "store"}, "Say from which kiosk"),
        ({"transfer": "T1-8", "sent": "5", "qty": "5", "sku": "GOLD"}, "do not know"),
    ],
)
def test_a_slip_of_the_keyboard_is_told_and_what_was_typed_stays(
    office: Office, fields: dict[str, str], said: str
) -> None:
    visitor = office.client(CLERK)
    fields = {"token": "typed", "source": "K2", "sku": "NUTS", "lot": "L77", **fields}
    page = visitor.post(PATH, follow=True, **fields).text
    assert said in text_of(page)
    assert 'value="L77"' in page
    assert in_store(office) == 0


def test_a_way_that_is_not_of_this_kiosk_cannot_be_ended_here(office: Office) -> None:
    clerk = office.client(CLERK)
    fields = {"transfer": "T1-1", "outcome": "lost", "token": "x"}
    clerk.post(f"{PATH}/close", follow=True, **fields)
    assert office.facts(f.TransferClosed) == []


def test_who_only_reads_sees_the_way_and_cannot_end_it(office: Office) -> None:
    send(office.client(CLERK), office)
    reader = office.client_as(Role.ACCOUNTANT)
    page = reader.get(PATH).text
    assert "12" in text_of(page)
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]


@pytest.fixture
def worlds(tmp_path: Path) -> Iterator[tuple[World, World]]:
    made = []
    for kiosk_id, key in KEYS.items():
        (tmp_path / kiosk_id).mkdir()
        made.append(World(tmp_path / kiosk_id, kiosk_id=kiosk_id, key=key))
    yield made[0], made[1]
    for world in made:
        world.die()


def test_a_desk_that_hears_both_kiosks_knows_what_came_and_fills_a_month_with_what_did_not(
    tmp_path: Path, worlds: tuple[World, World]
) -> None:
    """The receiver's journal may come first."""
    sender, receiver = worlds
    for kind, qty, more in (("fill", 9, ""), ("transfer", 4, "Ward 4"), ("transfer", 3, "Ward 4")):
        sender.ask(ev.StockCounted(f"t{qty}", "clerk", "S1", kind, qty, "water", other=more))
    numbers = [
        each.transfer
        for each in sender.facts(f.StockMoved)
        if isinstance(each, f.StockMoved) and each.transfer
    ]
    receiver.ask(
        ev.StockCounted(
            "r", "clerk", STORE, "receive", 2, "water", other=sender.kiosk_id, transfer=numbers[0], sent=4
        )
    )
    made = HubOffice(tmp_path / "desk")
    made.enrol("Lobby", "Ward 4")
    visitor = made.client()
    for world in (receiver, sender):
        made.hear(world)
    page = visitor.get(PATH).text
    text = text_of(page)
    assert "3 pieces are on their way." in text
    assert "2 lost on the way" in text
    assert "<details" not in page.partition("<main")[2]
    month = text_of(visitor.get("/desk/month", query={"month": "2026-03"}).text)
    assert "Lost between kiosks" in month
    made.hub.close()


def test_the_month_says_how_many_pieces_stand_at_todays_cost(office: Office) -> None:
    owner = office.client(OWNER)
    send(office.client(CLERK), office)
    assert "stand at today" not in text_of(owner.get("/desk/month").text)
    office.ask(ev.StockCounted("found", "sami", "S1", "count", 20))
    assert "8 pieces stand at today" in text_of(owner.get("/desk/month").text)
