"""An uncertain debt is somebody's work: it is said first, and can be decided from where it stands."""

from __future__ import annotations

import html

import pytest

from hardware import events as hw
from hardware.events import DeviceKind
from kiosk.core import facts as f
from kiosk.core.facts import Verdict
from kiosk.i18n import strip_marks
from tests.web.admin.office import CLERK, OWNER, Office


def leave_uncertain(office: Office) -> str:
    """A cola whose fall nobody can tell of, and change that is certainly owed; returns the uncertain debt."""
    office.choose("A1")
    office.coin(200)
    office.vend("unknown")
    office.pay(most=0)
    (debt,) = (each.debt for each in office.state.debts.values() if not each.is_certain)
    return debt


def plain(page: str) -> str:
    return strip_marks(html.unescape(page))


def test_the_first_page_counts_and_links_what_waits_for_a_decision(office: Office) -> None:
    assert "Uncertain debts" not in office.client(CLERK).get("/desk/").text
    leave_uncertain(office)
    page = office.client(CLERK).get("/desk/").text
    assert "€1.50 may be owed and waits for a decision (1)" in plain(page)
    assert 'href="/desk/cash#debts"' in page


@pytest.mark.parametrize(
    ("act", "reason", "fact"),
    [
        ("approve", "", f.DebtReleased),
        ("refuse", "It lay in the tray", f.DebtDropped),
    ],
)
def test_the_owner_decides_from_the_cash_page(
    office: Office, act: str, reason: str, fact: type[f.Fact]
) -> None:
    debt = leave_uncertain(office)
    owner = office.client(OWNER)
    assert "/desk/cash/decide" in owner.get("/desk/cash").text
    opened = owner.post("/desk/cash/decide", debt=debt)
    assert opened.headers["Location"].startswith("/desk/claims/")
    (weighed,) = office.facts(f.ClaimWeighed)
    assert isinstance(weighed.fact, f.ClaimWeighed)
    assert (weighed.fact.debt, weighed.fact.verdict) == (debt, Verdict.CONSISTENT)
    assert not office.facts(f.ClaimApproved), "opening decides nothing, not even about the certain change"
    again = owner.post("/desk/cash/decide", debt=debt)
    assert again.headers["Location"] == opened.headers["Location"]
    assert owner.get(opened.headers["Location"]).status_code == 200
    where = f"{opened.headers['Location']}/{act}"
    if reason:
        owner.post(where, reason=reason)
    else:
        owner.post(where)
    (decided,) = office.facts(fact)
    assert getattr(decided.fact, "debt", "") == debt
    assert "Uncertain debts" not in owner.get("/desk/").text


def test_a_clerk_reads_that_the_owner_decides(office: Office) -> None:
    debt = leave_uncertain(office)
    clerk = office.client(CLERK)
    page = clerk.get("/desk/cash").text
    assert "the owner decides" in page
    assert "/desk/cash/decide" not in page
    assert clerk.post("/desk/cash/decide", debt=debt).status_code == 403


def test_a_debt_that_is_not_there_is_not_decided(office: Office) -> None:
    assert office.client(OWNER).post("/desk/cash/decide", debt="D9-9").status_code == 404


def test_a_silent_hopper_is_called_by_its_coin(office: Office) -> None:
    office.tell(hw.DeviceLost("hopper-50", DeviceKind.HOPPER, hw.Fault.NO_REPLY))
    assert "Hopper €0.50 does not answer: it gives no change" in plain(
        office.client(CLERK).get("/desk/").text
    )
