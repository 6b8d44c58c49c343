"""What a page shows under its filters is what its files hold."""

from __future__ import annotations

import csv
import io

import flask
import pytest

from tests.web.admin.office import OWNER, Office
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
