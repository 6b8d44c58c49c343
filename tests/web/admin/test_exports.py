"""What a page shows under its filters is what its files hold."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import flask
import pytest

from kiosk.core import events as ev
from tests.web.admin.office import CLERK, OWNER, Office
from web.exports import PAPER_ROWS_MOST, Column, Format, Table, TooManyRowsError

LISTS = ["goods", "stock?view=shelf&all=1", "journal", "claims", "cash"]


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline="")))


@pytest.mark.parametrize("path", LISTS)
def test_every_list_is_a_file_too(office: Office, path: str) -> None:
    visitor = office.client(OWNER, "fa")
    page = visitor.get(f"/desk/{path}")
    mark = "&amp;" if "?" in path else "?"
    assert f"/desk/{path.replace('&', '&amp;')}{mark}format=xlsx" in page.text
    file = visitor.get(f"/desk/{path}{'&' if '?' in path else '?'}format=csv")
    assert file.mimetype == "text/csv"
    assert "attachment" in file.headers["Content-Disposition"]
    assert rows_of(file.text)[0]


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office with a turn, change paid, a bag and goods on their way, a lot that ends today, and a closed day."""
    office = Office(tmp_path_factory.mktemp("busy"))
    office.coin(100)
    office.money_back()
    office.pay()
    office.done()
    office.clock.move(86_400_000)
    office.tell()
    office.sale()
    office.done()
    today = office.clock.wall().date().isoformat()
    office.ask(ev.StockCounted("fill", CLERK, "S1", "fill", 6, expires_on=today))
    office.ask(ev.StockCounted("send", CLERK, "S1", "transfer", 2, other="Harbour"))
    office.ask(ev.ClerkEntered(CLERK))
    office.ask(ev.BoxesTaken("out", CLERK))
    office.ask(ev.ClerkLeft(CLERK))
    collection = office.state.collection
    assert collection is not None
    counts = (("box", ((200, 1),)),)
    office.ask(ev.CollectionCount("count", CLERK, collection.collection, counts, "B-17", 0))
    office.ask(ev.DayCloseAsked("close", OWNER))
    yield office
    office.close()


@pytest.mark.parametrize(
    ("path", "row"),
    [
        ("coils", {"Coil": "A1", "Turns": "1", "Nothing came": "0"}),
        ("stock/dates", {"Place": "S1", "Pieces": "4"}),
        ("stock/transit", {"To": "Harbour", "Pieces sent": "2"}),
        ("cash/bags", {"Bag": "B-17", "Amount": "2.00"}),
        ("cash/change", {"Coin": "0.10"}),
        ("cash/days", {"Number": "1", "By": OWNER}),
    ],
)
def test_what_a_vendor_works_through_is_a_file_with_the_page_s_rows(
    busy: Office, path: str, row: dict[str, str]
) -> None:
    visitor = busy.client(OWNER)
    assert f"/desk/{path}?format=pdf" in visitor.get(f"/desk/{path}").text
    rows = list(csv.DictReader(io.StringIO(visitor.get(f"/desk/{path}?format=csv").text.lstrip("\ufeff"))))
    assert row.items() <= rows[0].items()


def test_a_file_holds_what_the_filter_finds_and_nothing_else(office: Office) -> None:
    visitor = office.client(OWNER)
    found = rows_of(visitor.get("/desk/goods?q=COLA&format=csv").text)
    assert [row[1] for row in found[1:]] == ["COLA"]
    kinds = rows_of(visitor.get("/desk/journal?kind=UserSaved&format=csv").text)
    assert len(kinds) - 1 == len(office.rows("SELECT 1 FROM journal WHERE kind = 'UserSaved'"))


def test_a_file_of_an_unknown_kind_is_refused(office: Office) -> None:
    assert office.client(OWNER).get("/desk/goods?format=exe").status_code == 400


def test_a_list_that_is_too_long_for_a_file_leads_back_to_its_page_which_says_what_to_do(
    office: Office,
) -> None:
    long = Table("Journal", (Column("Entry"),), [["1-1"]] * (PAPER_ROWS_MOST + 1))
    with office.app.test_request_context("/desk/journal?kind=UserSaved&format=pdf"):
        answer = flask.make_response(office.desk.send_file(Format.PDF, "journal", long))
        said = flask.get_flashed_messages(with_categories=True)
    assert answer.location == "/desk/journal?kind=UserSaved"
    assert [each[0] for each in said] == ["refusal"]
    assert "narrow it" in said[0][1]


def test_a_file_that_would_be_too_long_leads_back_to_the_same_page_whatever_the_address_adds(
    office: Office,
) -> None:
    address = "/desk/journal?kind=SaleClosed&format=csv&_external=1&_scheme=gopher&endpoint=x"
    with office.app.test_request_context(address, base_url="http://localhost"):
        answer = flask.make_response(office.desk.refuse_file(TooManyRowsError(5_000)))
    assert answer.headers["Location"] == "/desk/journal?kind=SaleClosed&_external=1&_scheme=gopher&endpoint=x"
