"""The evidence file at the desk: a button where a visit is shown, and the very file that the command writes."""

from __future__ import annotations

import re
from collections import Counter

from kiosk.claims.desk import PHONE
from kiosk.claims.pack import check_evidence
from kiosk.core.facts import About
from kiosk.i18n import strip_marks
from tests.web.admin.office import CLERK, OWNER, Office


def test_a_disputed_visit_is_one_click_and_checks_anywhere(office: Office) -> None:
    visit = office.short_change()
    office.done()
    outcome = office.desk.claims.open(
        token="t", about=About.NO_MONEY_BACK, said_minor=50, channel=PHONE, visit=visit, details="Sahar"
    )
    assert outcome.status is not None
    visitor = office.client(CLERK)
    claim = outcome.status.claim
    for page, link, name in (
        (f"/desk/claims/{claim}", f"/desk/claims/{claim}/evidence", claim),
        (f"/desk/journal?visit={visit}", f"/desk/evidence/{visit}", visit),
    ):
        assert link in visitor.get(page).text
        answer = visitor.get(link)
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"] == f'attachment; filename="evidence-K1-{name}.json"'
        assert check_evidence(answer.data, public_key=office.key.verify_key.encode().hex()).problems == ()
        assert b"Sahar" not in answer.data


def test_a_refused_claim_without_a_visit_has_its_file_and_its_timeline(office: Office) -> None:
    office.sale()
    office.done()
    outcome = office.desk.claims.open(token="t", about=About.SWALLOWED, said_minor=200, channel=PHONE)
    assert outcome.status is not None
    claim = outcome.status.claim
    office.desk.claims.decide(claim, by=OWNER, amount_minor=0, reason="Nothing was found")
    visitor = office.client(OWNER)
    page = visitor.get(f"/desk/claims/{claim}").text
    assert "Other visits: 1. In €2.00, for goods €1.50, back €0.50" in strip_marks(page)
    assert "refused: Nothing was found" in strip_marks(page)
    checked = check_evidence(visitor.get(f"/desk/claims/{claim}/evidence").data)
    assert checked.problems == ()
    assert checked.evidence["decision"]["reason"] == "Nothing was found"
    for language in ("fa", "ar"):
        assert (
            "{"
            not in office.client(OWNER, language).get(f"/desk/claims/{claim}").text.partition("timeline")[2]
        )


def test_two_equal_coins_are_two_lines_of_the_timeline(office: Office) -> None:
    visit = office.sale()
    office.done()
    outcome = office.desk.claims.open(
        token="t", about=About.SWALLOWED, said_minor=50, channel=PHONE, visit=visit
    )
    assert outcome.status is not None
    page = office.client(OWNER).get(f"/desk/claims/{outcome.status.claim}").text
    timeline = page.partition('class="timeline"')[2].partition("</ol>")[0]
    words = Counter(re.findall(r'<a href="[^"]+">([^<]+)</a>', strip_marks(timeline)))
    assert max(words.values()) == 2, words


def test_a_claim_of_a_visit_that_goes_on_has_no_file_yet(office: Office) -> None:
    office.coin(200)
    visit = office.screen().visit
    outcome = office.desk.claims.open(
        token="t", about=About.SWALLOWED, said_minor=50, channel=PHONE, visit=visit
    )
    assert outcome.status is not None
    visitor = office.client(CLERK)
    claim = f"/desk/claims/{outcome.status.claim}"
    assert "when the visit is over" in visitor.get(claim).text
    assert visitor.get(f"{claim}/evidence").status_code == 404
    assert visitor.get("/desk/claims/C1-999/evidence").status_code == 404


def test_evidence_is_for_people_of_the_house_and_about_visits_that_were(office: Office) -> None:
    visit = office.sale()
    assert office.client().get(f"/desk/evidence/{visit}").status_code == 302
    visitor = office.client(OWNER)
    for name in ("V1-999", "E1-1", "nonsense"):
        assert visitor.get(f"/desk/evidence/{name}").status_code == 404
