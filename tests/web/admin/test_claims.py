"""Claims at the desk: due first, one click where it is proven, two people above a limit, and how the money reaches people."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kiosk.core import facts as f
from kiosk.core.facts import About
from kiosk.store.database import reading
from kiosk.store.verify import verify_journal
from tests.web.admin.office import CLERK, OWNER, Office
from tests.web.admin.test_pages import open_claim, text_of


def set_rules(office: Office, **changes: Any) -> None:
    shop = office.till._shop
    office.till._shop = replace(shop, rules=replace(shop.rules, **changes))


def unknown(office: Office) -> str:
    """A claim about an uncertain debt of 1.50."""
    office.choose("A1")
    visit = office.screen().visit
    office.coin(200)
    office.vend("unknown")
    office.pay()
    office.done()
    return open_claim(office, visit=visit)


def approved(office: Office) -> tuple[str, str]:
    """An approved claim, and its debt."""
    claim = open_claim(office)
    office.desk.claims.decide(claim, by="mina", amount_minor=150)
    status = office.desk.claims.status(claim)
    assert status is not None
    return claim, status.debt


def test_what_is_proven_and_held_by_a_bound_is_paid_by_one_click_from_the_list(office: Office) -> None:
    set_rules(office, max_auto_day_claims=0)
    visit = office.short_change()
    claim = open_claim(office, about=About.NO_MONEY_BACK, said_minor=50, visit=visit)
    visitor = office.client(OWNER)
    page = visitor.get("/desk/claims").text
    assert "Pay €0.50" in text_of(page)
    assert "so many were paid today" in text_of(visitor.get(f"/desk/claims/{claim}").text)
    visitor.post(f"/desk/claims/{claim}/approve")
    (fact,) = office.facts(f.ClaimApproved)
    assert (fact.fact.amount_minor, fact.fact.by) == (50, OWNER)  # type: ignore[attr-defined]


def test_what_is_late_stands_on_top_and_is_said_on_the_first_page(office: Office) -> None:
    open_claim(office)
    office.clock.move(6 * 86_400_000)
    office.tell()
    open_claim(office, token="claim-token-2")
    visitor = office.client(OWNER)
    page = text_of(visitor.get("/desk/claims").text)
    assert 0 < page.index("Late since Wednesday, 25") < page.index("Answer by Wednesday, 2")
    assert "Promised answers that are late: 1" in text_of(visitor.get("/desk/").text)


@pytest.mark.parametrize("typed", ["1.00", "۱٫۰۰", "١٫٠٠"])
def test_a_part_is_paid_in_any_digits_with_a_reason_that_the_claimant_reads(
    office: Office, typed: str
) -> None:
    claim = unknown(office)
    visitor = office.client(OWNER)
    told = visitor.post(f"/desk/claims/{claim}/approve", amount=typed, follow=True)
    assert "Please write a reason" in text_of(told.text)
    assert office.facts(f.ClaimApproved) == []
    visitor.post(f"/desk/claims/{claim}/approve", amount=typed, reason="half of it fell")
    status = office.desk.claims.status(claim)
    assert status is not None
    assert (status.amount_minor, status.reason) == (100, "half of it fell")


def test_two_people_agree_above_the_limit_and_neither_is_the_other(office: Office) -> None:
    set_rules(office, second_above_minor=100)
    claim = open_claim(office)
    visitor = office.client(OWNER)
    visitor.post(f"/desk/claims/{claim}/approve", amount="1.50")
    assert "Somebody else has to agree" in text_of(visitor.get(f"/desk/claims/{claim}").text)
    told = visitor.post(f"/desk/claims/{claim}/second", follow=True)
    assert "The second person must be somebody else." in text_of(told.text)
    assert office.facts(f.GoodwillGranted) == []


def test_the_second_person_agrees_with_one_click(office: Office) -> None:
    set_rules(office, second_above_minor=100)
    claim = open_claim(office)
    office.desk.claims.decide(claim, by="mina", amount_minor=150)
    visitor = office.client(OWNER)
    assert "I agree: pay €1.50" in text_of(visitor.get("/desk/claims").text)
    visitor.post(f"/desk/claims/{claim}/second")
    visitor.post(f"/desk/claims/{claim}/second")
    (fact,) = office.facts(f.ClaimSeconded)
    assert (fact.fact.first, fact.fact.by) == ("mina", OWNER)  # type: ignore[attr-defined]


def test_what_somebody_told_is_typed_in_once_and_decided_by_another(office: Office) -> None:
    visitor = office.client(CLERK)
    form = {"token": "new-1", "about": "no_goods", "amount": "۱٫۵۰", "contact": "0301"}
    for _ in range(2):
        visitor.post("/desk/claims/new", follow=False, **form)
    (status,) = office.desk.claims.statuses()
    assert (status.said_minor, status.made_by, status.channel) == (150, CLERK, "desk")
    assert visitor.post(f"/desk/claims/{status.claim}/approve", amount="1.50").status_code == 403
    assert office.desk.claims.decide(status.claim, by=CLERK, amount_minor=150).key == "claim_own"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"amount": "1.50"}, "Please fill this in"),
        ({"about": "no_goods", "amount": "many"}, "one decimal mark"),
        ({"about": "no_goods", "amount": "99999"}, "one decimal mark"),
    ],
)
def test_a_claim_that_cannot_be_typed_in_is_told_so_beside_its_field(
    office: Office, fields: dict[str, str], said: str
) -> None:
    page = office.client(OWNER).post("/desk/claims/new", csrf=None, follow=False, token="new-1", **fields)
    assert page.status_code == 400
    assert said in text_of(page.text)
    assert office.desk.claims.statuses() == ()


def test_a_transfer_is_noted_with_reference_and_day_and_closes_the_claim(office: Office) -> None:
    claim, debt = approved(office)
    visitor = office.client(OWNER)
    fields = {"debt": debt, "claim": claim, "means": "bank", "reference": "TR-77"}
    for day in ("2026-13-01", "2099-01-01", "tomorrow"):
        page = visitor.post("/desk/transfer", csrf=None, follow=False, paid_on=day, **fields)
        assert page.status_code == 400
        assert "a day that has been" in text_of(page.text)
    done = visitor.post("/desk/transfer", csrf=None, follow=True, paid_on="۲۰۲۶-۱۱-۲۰", **fields)
    assert "€1.50 was paid." in text_of(done.text)
    again = visitor.post("/desk/transfer", csrf=None, follow=True, paid_on="2026-11-20", **fields)
    assert "This code pays nothing here" in text_of(again.text)
    assert "by transfer, TR-77 2026-11-20" in text_of(visitor.get(f"/desk/claims/{claim}").text)
    assert len(office.facts(f.DebtTransferred)) == 1
    with reading(office.reader) as connection:
        assert verify_journal(connection).problems == ()


def test_goods_that_come_back_are_asked_for_and_counted_with_the_payment(office: Office) -> None:
    visit = office.sale()
    office.done()
    claim = open_claim(office, about=About.BAD_GOODS, visit=visit)
    visitor = office.client(OWNER)
    assert "Did goods come back?" in text_of(visitor.get(f"/desk/claims/{claim}").text)
    before = office.state.coils["A1"].qty
    visitor.post(f"/desk/claims/{claim}/approve", amount="1.50", fate="shelf", way="voucher")
    assert office.state.coils["A1"].qty == before + 1
    (fact,) = office.facts(f.GoodsReturned)
    assert (fact.fact.sku, fact.fact.slot) == ("COLA", "A1")  # type: ignore[attr-defined]


def test_a_repeat_is_told_to_the_vendor_without_a_charge_and_never_to_the_claimant(office: Office) -> None:
    claims = [
        open_claim(office, token=f"claim-token-{number}", details="mina@example.org") for number in range(2)
    ]
    page = text_of(office.client(OWNER).get(f"/desk/claims/{claims[1]}").text)
    assert "Other claims with the same contact in three months: 1." in page
    assert "neither for nor against" in page


def test_the_labels_are_one_page_that_leads_to_the_claim_page_or_dials(office: Office) -> None:
    answer = office.client(CLERK, "fa").get("/desk/machine-label.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    assert answer.data.count(b"/Type /Page\n") == 1
