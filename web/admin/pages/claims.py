"""Claims: what people say, what the journal says, and the vendor's decision in one click."""

from __future__ import annotations

from typing import Final

import flask
from flask.typing import ResponseReturnValue

from kiosk.claims.desk import UNDECIDED, Case
from kiosk.claims.pack import NoSuchVisitError, VisitOpenError
from kiosk.claims.wording import say_finding, say_why
from kiosk.core.draft import Notice
from kiosk.store.reading import DebtRow, position_of, read_debt
from web.admin.desk import Desk
from web.admin.tables import claims_table
from web.evidence import evidence_file
from web.exports import most_rows
from web.forms import ApproveForm, DebtForm, NothingForm, RefuseForm, read_amount

COMMON_REASONS: Final = ("claims.reason_goods", "claims.reason_money", "claims.reason_other")
"""Buttons that refuse in one click; their text, in the vendor's language, is what the shopper reads."""

DECIDED_MOST: Final = 100


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""
    _add_lists(pages, desk)
    _add_decisions(pages, desk)
    _add_acts(pages, desk)


def _add_lists(pages: flask.Blueprint, desk: Desk) -> None:
    @pages.get("/claims")
    def claims() -> ResponseReturnValue:
        wanted = desk.wanted_file()
        if wanted is not None:
            found = desk.claims.statuses(most=most_rows(wanted) + 1)
            return desk.send_file(wanted, "claims", claims_table(desk.voice(), found))
        waiting = desk.claims.statuses(is_open=True)
        decided = tuple(
            each for each in desk.claims.statuses(most=DECIDED_MOST) if each.state not in UNDECIDED
        )
        return desk.render("claims.html", "nav.claims", waiting=waiting[::-1], decided=decided)

    @pages.get("/claims/<claim>")
    def claim(claim: str) -> ResponseReturnValue:
        return _page(desk, claim)

    @pages.get("/evidence/<visit>")
    def evidence(visit: str) -> ResponseReturnValue:
        """One signed file about a visit, for whoever has to be convinced."""
        if position_of(visit) is None:
            flask.abort(404)
        try:
            data = evidence_file(
                desk.reader,
                desk.claims,
                desk.config,
                visit,
                key=desk.keys.signing,
                catalogue=desk.door.catalogue,
                wall=desk.clock.wall(),
            )
        except (NoSuchVisitError, VisitOpenError):
            flask.abort(404)
        name = f"evidence-{desk.kiosk_id}-{visit}.json"
        return flask.Response(
            data,
            mimetype="application/json",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


def _add_decisions(pages: flask.Blueprint, desk: Desk) -> None:
    @pages.post("/claims/<claim>/approve")
    def approve(claim: str) -> ResponseReturnValue:
        form, case = ApproveForm(), _case(desk, claim)
        debt = _debt(desk, case)
        if not form.is_sent():
            return _page(desk, claim, approve_form=form), 400
        if debt is not None and debt.state == "open":
            amount_minor: int | None = debt.amount_minor
        else:
            amount_minor = read_amount(form.amount, desk.config.money.exponent)
            if amount_minor == 0:
                form.amount.errors = [*form.amount.errors, "form.missing"]
        if not amount_minor:
            return _page(desk, claim, approve_form=form), 400
        return _decide(desk, claim, amount_minor=amount_minor, reason="")

    @pages.post("/claims/<claim>/refuse")
    def refuse(claim: str) -> ResponseReturnValue:
        form = RefuseForm()
        _case(desk, claim)
        if not form.is_sent():
            return _page(desk, claim, refuse_form=form), 400
        common = str(form.common.data or "")
        reason = desk.voice().say(common) if common in COMMON_REASONS else str(form.reason.data or "").strip()
        if not reason:
            form.reason.errors = [*form.reason.errors, "form.missing"]
            return _page(desk, claim, refuse_form=form), 400
        return _decide(desk, claim, amount_minor=0, reason=reason)


def _add_acts(pages: flask.Blueprint, desk: Desk) -> None:
    @pages.post("/claims/<claim>/erase")
    def erase(claim: str) -> ResponseReturnValue:
        case = _case(desk, claim)
        if not NothingForm().is_sent():
            flask.abort(400)
        if case.status.subject:
            _told(desk, desk.claims.erase_contact(case.status.subject, by=desk.by()), "claims.erased")
        return flask.redirect(flask.url_for("desk.claim", claim=claim))

    @pages.post("/hand-over")
    def hand_over() -> ResponseReturnValue:
        form = DebtForm()
        if not form.is_sent():
            flask.abort(400)
        _told(desk, desk.claims.hand_over(str(form.debt.data), by=desk.by()), "claims.handed")
        return flask.redirect(flask.url_for("desk.cash"))


def _told(desk: Desk, notice: Notice, key: str) -> None:
    if notice.is_refusal:
        desk.tell_notice(notice)
    else:
        desk.tell(key)


def _decide(desk: Desk, claim: str, *, amount_minor: int, reason: str) -> ResponseReturnValue:
    desk.tell_notice(desk.claims.decide(claim, by=desk.by(), amount_minor=amount_minor, reason=reason))
    return flask.redirect(flask.url_for("desk.claim", claim=claim))


def _case(desk: Desk, claim: str) -> Case:
    case = desk.claims.case(claim)
    if case is None:
        flask.abort(404)
    return case


def _debt(desk: Desk, case: Case) -> DebtRow | None:
    """The debt that the claim is, or was, about."""
    debt = desk.claims.debt_of(case.status)
    if not debt:
        return None
    with desk.reading() as connection:
        return read_debt(connection, desk.kiosk_id, debt)


def _page(
    desk: Desk, claim: str, *, approve_form: ApproveForm | None = None, refuse_form: RefuseForm | None = None
) -> str:
    case, voice = _case(desk, claim), desk.voice()
    status, weighing = case.status, case.now
    epoch = (position_of(status.claim) or (0, 0))[0]
    evidence = [
        (
            finding,
            (epoch, finding.seq),
            say_finding(voice.language, finding, currency=voice.currency, exponent=voice.exponent),
        )
        for finding in case.findings
    ]
    return desk.render(
        "claim.html",
        "nav.claims",
        case=case,
        status=status,
        verdict=weighing.verdict if weighing else status.verdict,
        why=say_why(voice.language, weighing.reason) if weighing else "",
        evidence=evidence,
        debt=_debt(desk, case),
        is_open=status.state in UNDECIDED,
        reasons=COMMON_REASONS,
        approve_form=approve_form
        or ApproveForm(amount=voice.typed(status.said_minor or status.amount_minor)),
        refuse_form=refuse_form or RefuseForm(),
    )
