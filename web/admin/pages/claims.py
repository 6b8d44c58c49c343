"""Claims: what people say, what the journal says, and the vendor's decision in one click."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import flask
from flask.typing import ResponseReturnValue

from kiosk.claims.desk import UNDECIDED, Case
from kiosk.claims.wording import say_finding, say_why
from kiosk.core.draft import Notice
from kiosk.core.events import Back, Way
from kiosk.core.facts import About, Fate, Means, SaleClosed, SaleLine
from kiosk.i18n import DayError, local_time, parse_day, strip_marks
from kiosk.journal.entry import read_content
from kiosk.receipts.account import Tenders, account_of, read_visit
from kiosk.store.reading import DebtRow, position_of, read_debt
from web.admin.desk import Desk
from web.admin.pages.all_claims import all_claims, asked_number, search, straight_to
from web.admin.pages.evidence import timeline
from web.admin.tables import claims_table
from web.admin.texts import DESK_BOOK
from web.auth import Role
from web.exports import most_rows
from web.forms import (
    ApproveForm,
    DebtForm,
    NewClaimForm,
    NothingForm,
    RefuseForm,
    TransferForm,
    iso_day,
    make_token,
    read_amount,
)
from web.machine_label import MachineLabel, write_machine_labels

COMMON_REASONS: Final = ("claims.reason_goods", "claims.reason_money", "claims.reason_other")
"""Buttons that refuse in one click; their text, in the vendor's language, is what the shopper reads."""

DECIDED_MOST: Final = 100

SAID_MOST: Final = 10
"""The highest sum that anybody may say, in multiples of the credit that the machine can hold, as on the claim page."""


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""
    _add_lists(pages, desk)
    _add_decisions(pages, desk)
    _add_acts(pages, desk)
    _add_transfer(pages, desk)
    _add_new(pages, desk)


def _add_lists(pages: flask.Blueprint, desk: Desk) -> None:
    @pages.get("/claims")
    def claims() -> ResponseReturnValue:
        typed = asked_number()
        found_here = search(desk, typed) if typed else None
        straight = straight_to(desk, found_here) if found_here is not None else None
        if straight is not None:
            return straight
        if desk.is_fleet and not desk.chosen():
            return all_claims(desk, found_here)
        wanted = desk.wanted_file()
        if wanted is not None:
            found = desk.claims.statuses(most=most_rows(wanted) + 1)
            return desk.send_file(wanted, "claims", claims_table(desk.voice(), found))
        decided = tuple(
            each for each in desk.claims.statuses(most=DECIDED_MOST) if each.state not in UNDECIDED
        )
        return desk.render(
            "claims.html",
            "nav.claims",
            waiting=desk.claims.statuses(is_open=True),
            decided=decided,
            now=desk.claims.now_text(),
            search=found_here,
            kiosks=desk.kiosks(),
        )

    @pages.get("/claims/<claim>")
    def claim(claim: str) -> ResponseReturnValue:
        return _page(desk, claim)


def _add_decisions(pages: flask.Blueprint, desk: Desk) -> None:
    @pages.post("/claims/<claim>/approve")
    def approve(claim: str) -> ResponseReturnValue:
        form, case = ApproveForm(), _case(desk, claim)
        debt = _debt(desk, case)
        if not form.is_sent():
            return _page(desk, claim, approve_form=form), 400
        if debt is not None and debt.state == "open" and (debt.is_certain or not form.amount.data):
            amount_minor: int | None = debt.amount_minor
        else:
            amount_minor = read_amount(form.amount, desk.config.money.exponent)
            if amount_minor == 0:
                form.amount.errors = [*form.amount.errors, "form.missing"]
        if not amount_minor:
            return _page(desk, claim, approve_form=form), 400
        notice = desk.claims.decide(
            claim,
            by=desk.by(),
            amount_minor=amount_minor,
            reason=str(form.reason.data or ""),
            way=Way(form.way.data or Way.CODE),
            back=_back(_goods(case, _bought(desk, case.status.visit)), form),
            is_owner=_is_owner(desk),
        )
        desk.tell_notice(notice)
        return flask.redirect(flask.url_for("desk.claim", claim=claim))

    @pages.post("/claims/<claim>/second")
    def second(claim: str) -> ResponseReturnValue:
        """The second of two people agrees to what the first proposed."""
        _case(desk, claim)
        if not NothingForm().is_sent():
            flask.abort(400)
        desk.tell_notice(desk.claims.second(claim, by=desk.by()))
        return flask.redirect(flask.url_for("desk.claim", claim=claim))

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
        desk.tell_notice(desk.claims.decide(claim, by=desk.by(), amount_minor=0, reason=reason))
        return flask.redirect(flask.url_for("desk.claim", claim=claim))


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


def _add_transfer(pages: flask.Blueprint, desk: Desk) -> None:
    @pages.post("/transfer")
    def note_transfer() -> ResponseReturnValue:
        form = TransferForm()
        claim = str(form.claim.data or "")
        is_sent = form.is_sent()
        if is_sent and not _is_past_day(desk, str(form.paid_on.data)):
            form.paid_on.errors = [*form.paid_on.errors, "form.day"]
            is_sent = False
        if not is_sent:
            if not claim:
                flask.abort(400)
            return _page(desk, claim, transfer_form=form), 400
        with desk.reading() as connection:
            debt = read_debt(connection, desk.kiosk_id, str(form.debt.data))
        if debt is None:
            flask.abort(404)
        notice = desk.claims.note_transfer(
            debt.debt,
            by=desk.by(),
            means=Means(str(form.means.data)),
            reference=strip_marks(str(form.reference.data)),
            paid_on=iso_day(str(form.paid_on.data)),
        )
        if notice.is_refusal:
            desk.tell_notice(notice)
        else:
            desk.tell("claims.transfer_noted", amount=desk.voice().money(debt.amount_minor))
        back = flask.url_for("desk.claim", claim=claim) if claim else flask.url_for("desk.claims")
        return flask.redirect(back)


def _is_past_day(desk: Desk, typed: str) -> bool:
    """Whether this is a day that has begun where the kiosk stands."""
    try:
        day = parse_day(typed)
    except DayError:
        return False
    return day <= local_time(desk.claims.now_text(), desk.config.timezone).date()


def _add_new(pages: flask.Blueprint, desk: Desk) -> None:
    @pages.route("/claims/new", methods=["GET", "POST"])
    def new_claim() -> ResponseReturnValue:
        """What somebody told, typed in; the same form twice is one claim."""
        form = NewClaimForm()
        if flask.request.method == "GET":
            form = NewClaimForm(formdata=None, token=make_token())
            return desk.render("claim_new.html", "nav.claims", form=form, abouts=tuple(About))
        is_sent = form.is_sent()
        typed = bool(str(form.amount.data or "").strip())
        said_minor = read_amount(form.amount, desk.config.money.exponent) if is_sent and typed else 0
        most_minor = SAID_MOST * desk.config.money.max_credit_minor
        if not is_sent or said_minor is None or said_minor > most_minor:
            if said_minor and said_minor > most_minor:
                form.amount.errors = [*form.amount.errors, "form.amount"]
            return desk.render("claim_new.html", "nav.claims", form=form, abouts=tuple(About)), 400
        outcome = desk.claims.open_at_desk(
            token=str(form.token.data),
            about=About(str(form.about.data)),
            said_minor=said_minor,
            details=strip_marks(str(form.contact.data or "")).strip(),
            by=desk.by(),
        )
        if outcome.status is None:
            desk.tell_notice(outcome.notice)
            return flask.redirect(flask.url_for("desk.claims"))
        return flask.redirect(flask.url_for("desk.claim", claim=outcome.status.claim))

    @pages.get("/machine-label.pdf")
    def machine_label() -> ResponseReturnValue:
        """Labels for above the slots and for the side of the machine."""
        vendor = desk.config.vendor
        public = vendor.public_url.rstrip("/")
        label = MachineLabel(
            vendor=vendor.name,
            phone=vendor.phone,
            machine=vendor.machine,
            address=f"{public}/c?about={About.SWALLOWED}" if public else "",
        )
        return flask.Response(
            write_machine_labels(label, DESK_BOOK, desk.language()),
            mimetype="application/pdf",
            headers={"Content-Disposition": f'inline; filename="machine-label-{desk.kiosk_id}.pdf"'},
        )


def _told(desk: Desk, notice: Notice, key: str) -> None:
    if notice.is_refusal:
        desk.tell_notice(notice)
    else:
        desk.tell(key)


def _is_owner(desk: Desk) -> bool:
    who = desk.who()
    return who is not None and who.role is Role.OWNER


@dataclass(frozen=True, slots=True)
class _Bought:
    """What a claim's visit paid with, and what it took away."""

    tenders: Tenders | None = None
    lines: tuple[SaleLine, ...] = ()


def _bought(desk: Desk, visit: str) -> _Bought:
    """Of a claim about no visit, nothing."""
    if not visit:
        return _Bought()
    with desk.reading() as connection:
        entries = read_visit(connection, desk.kiosk_id, visit)
    if not entries:
        return _Bought()
    facts = [read_content(entry).fact for entry in entries]
    lines = tuple(line for fact in facts if isinstance(fact, SaleClosed) for line in fact.lines)
    return _Bought(account_of(entries).tenders, lines)


def _goods(case: Case, bought: _Bought) -> tuple[SaleLine, ...]:
    """What might have been brought back; nothing of a claim about money, or when it is in the books already."""
    is_about_goods = case.status.about in {About.BAD_GOODS, About.NO_GOODS}
    return bought.lines if is_about_goods and not case.status.fate else ()


def _back(goods: Sequence[SaleLine], form: ApproveForm) -> Back | None:
    """The piece that came back, if one did; the only one of a visit needs no choice."""
    if not form.fate.data or not goods:
        return None
    typed = str(form.line.data or "0")
    number = int(typed) if typed.isdecimal() else 0
    line = goods[min(number, len(goods) - 1)]
    return Back(sku=line.sku, slot=line.slot, fate=Fate(form.fate.data))


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


def _suggested_minor(case: Case, debt: DebtRow | None) -> int:
    """What is put into the field: the debt, else what was said, else what the entries explain."""
    if debt is not None and debt.state == "open":
        return debt.amount_minor
    return case.status.said_minor or case.status.amount_minor


def _page(
    desk: Desk,
    claim: str,
    *,
    approve_form: ApproveForm | None = None,
    refuse_form: RefuseForm | None = None,
    transfer_form: TransferForm | None = None,
) -> str:
    case, voice = _case(desk, claim), desk.voice()
    products = desk.catalogue().products
    status, weighing = case.status, case.now
    bought = _bought(desk, status.visit)
    debt = _debt(desk, case)
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
        timeline=timeline(desk, voice, status),
        debt=debt,
        now=desk.claims.now_text(),
        goods=[(voice.name(products.get(line.sku), line.sku), line) for line in _goods(case, bought)],
        tenders=bought.tenders,
        second_above_minor=desk.second_above_minor(),
        today=local_time(desk.claims.now_text(), desk.config.timezone).date().isoformat(),
        is_open=status.state in UNDECIDED,
        reasons=COMMON_REASONS,
        approve_form=approve_form or ApproveForm(amount=voice.typed(_suggested_minor(case, debt))),
        transfer_form=transfer_form or TransferForm(formdata=None),
        refuse_form=refuse_form or RefuseForm(),
    )
