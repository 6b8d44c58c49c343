"""The evidence file at the desk: a button where a visit is shown, and the very file that the command writes."""

from __future__ import annotations

from kiosk.claims.desk import PHONE
from kiosk.claims.pack import check_evidence
from kiosk.core.facts import About
from tests.web.admin.office import CLERK, OWNER, Office


def test_a_disputed_visit_is_one_click_and_checks_anywhere(office: Office) -> None:
    visit = office.short_change()
    office.done()
    outcome = office.desk.claims.open(
        token="t", about=About.NO_MONEY_BACK, said_minor=50, channel=PHONE, visit=visit, details="Sahar"
    )
    assert outcome.status is not None
    visitor = office.client(CLERK)
    link = f"/desk/evidence/{visit}"
    for page in (f"/desk/claims/{outcome.status.claim}", f"/desk/journal?visit={visit}"):
        assert link in visitor.get(page).text
    answer = visitor.get(link)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="evidence-K1-{visit}.json"'
    assert check_evidence(answer.data, public_key=office.key.verify_key.encode().hex()).problems == ()
    assert b"Sahar" not in answer.data


def test_evidence_is_for_people_of_the_house_and_about_visits_that_were(office: Office) -> None:
    visit = office.sale()
    assert office.client().get(f"/desk/evidence/{visit}").status_code == 302
    visitor = office.client(OWNER)
    for name in ("V1-999", "E1-1", "nonsense"):
        assert visitor.get(f"/desk/evidence/{name}").status_code == 404
