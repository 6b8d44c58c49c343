"""What the code on the machine's front opens on a phone: say what happened, and follow it. No account, no script.

GET  /c             the form          GET /c/<number>   how a claim stands
POST /c             opens a claim     GET /c/find       from a typed number to its page
GET  /r/<token>     a receipt

Whoever comes with a receipt's token claims about that visit; everybody else describes what happened, and is believed less (see
`kiosk.claims.evidence`). Pages that need a number or a token bound the tries of strangers.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import flask
import segno
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy import Engine

from hardware.document import Columns, Line, Rule
from kiosk.claims.desk import PHONE, ClaimDesk, ClaimStatus
from kiosk.claims.wording import Finding, say_finding
from kiosk.config import Config
from kiosk.core.facts import About, Verdict
from kiosk.i18n import (
    LANGUAGES,
    OWN_NAMES,
    AmountError,
    direction,
    format_due,
    format_label,
    format_moment,
    format_money,
    format_phone,
    isolate,
    parse_amount,
    say,
    say_notice,
    strip_marks,
)
from kiosk.i18n.amounts import currency_sign
from kiosk.receipts.layout import Receipts
from kiosk.runtime.door import TillBusyError
from web.claim_page.forms import WHENS, ClaimForm, is_token_of, make_token
from web.claim_page.texts import PHONE as BOOK
from web.claim_page.tries import TooManyTriesError, Tries

ABOUTS: Final = (About.SWALLOWED, About.NO_MONEY_BACK, About.NO_GOODS, About.BAD_GOODS)
"""What can be claimed, in the order of the machine's own screen."""

LANGUAGE_COOKIE: Final = "claim_language"
PERSON: Final = "claimant"
"""Key in the signed session under which one browser's tries are counted."""

PERSON_BYTES: Final = 12
LANGUAGE_SECONDS: Final = 90 * 86_400

LOOKUPS_EACH: Final = 5
LOOKUPS_TOGETHER: Final = 30
LOOKUP_SPAN_MS: Final = 60_000
"""Wrong numbers and tokens in a minute: at thirty a minute, meeting one of a hundred open claims takes about a decade."""

CLAIMS_EACH: Final = 5
CLAIMS_TOGETHER: Final = 60
CLAIM_SPAN_MS: Final = 600_000
"""New claims in ten minutes; the till has a limit of its own per hour."""

SUM_FACTOR: Final = 10
"""The highest sum anybody may say, in multiples of the credit that the machine can hold."""


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """What the pages are drawn from."""

    claims: ClaimDesk
    receipts: Receipts
    reader: Engine
    config: Config
    lookups: Tries
    openings: Tries


def register_claim_page(
    app: flask.Flask,
    *,
    claims: ClaimDesk,
    receipts: Receipts,
    reader: Engine,
    config: Config,
    now_ms: Callable[[], int],
) -> None:
    """Put the pages on ``app``.

    Args:
        app: With the house's headers and limits, a secret key for its session cookie, and its own check of foreign pages.
        claims: Opens and finds claims.
        receipts: Lays out receipts and reads their tokens.
        reader: Read-only engine of the store.
        config: Vendor, money, languages, time zone.
        now_ms: Monotonic; for the limits.
    """
    page = ClaimPage(
        claims=claims,
        receipts=receipts,
        reader=reader,
        config=config,
        lookups=Tries(each=LOOKUPS_EACH, together=LOOKUPS_TOGETHER, span_ms=LOOKUP_SPAN_MS, now_ms=now_ms),
        openings=Tries(each=CLAIMS_EACH, together=CLAIMS_TOGETHER, span_ms=CLAIM_SPAN_MS, now_ms=now_ms),
    )
    app.register_blueprint(_make_pages(page))


def _make_pages(page: ClaimPage) -> flask.Blueprint:
    pages = flask.Blueprint(
        "claim_page",
        __name__,
        template_folder="templates",
        static_folder="static",
        static_url_path="/c/static",
    )
    _add_language(pages)
    _add_form(pages, page)
    _add_status(pages, page)
    _add_receipt(pages, page)
    _add_errors(pages, page)
    return pages


# --- the reader -----------------------------------------------------------------------------------------------------


def _language(config: Config) -> str:
    """The reader's language: chosen just now, chosen before, else what the phone asks for, else the kiosk's first."""
    for chosen in (flask.request.args.get("lang", ""), flask.request.cookies.get(LANGUAGE_COOKIE, "")):
        if chosen in LANGUAGES:
            return chosen
    return flask.request.accept_languages.best_match(LANGUAGES) or config.languages[0]


def _add_language(pages: flask.Blueprint) -> None:
    @pages.after_request
    def remember(response: flask.Response) -> flask.Response:
        chosen = flask.request.args.get("lang", "")
        if chosen in LANGUAGES:
            response.set_cookie(
                LANGUAGE_COOKIE,
                chosen,
                max_age=LANGUAGE_SECONDS,
                httponly=True,
                samesite="Strict",
                secure=bool(flask.current_app.config["SESSION_COOKIE_SECURE"]),
            )
        return response


def _person() -> str:
    """Whose tries are counted: a browser that keeps our cookie, else its address."""
    known = str(flask.session.get(PERSON, ""))
    return known or f"address {flask.request.remote_addr}"


def _know_person() -> None:
    if PERSON not in flask.session:
        flask.session[PERSON] = secrets.token_urlsafe(PERSON_BYTES)


def _key() -> bytes:
    """The key of the sessions, which also ties a form's token to one."""
    key = flask.current_app.secret_key or b""
    return key if isinstance(key, bytes) else key.encode()


class _Voice:
    """Speaks to the reader of this request."""

    def __init__(self, config: Config) -> None:
        self.language = _language(config)
        self.direction = direction(self.language)
        self._config = config

    def say(self, key: str, **values: str | int) -> str:
        """A phrase of these pages, else the house's."""
        return BOOK.say(self.language, key, **values) if key in BOOK else say(self.language, key, **values)

    def money(self, amount_minor: int) -> str:
        money = self._config.money
        return format_money(amount_minor, money.currency, money.exponent, self.language)

    def moment(self, at: str) -> str:
        return isolate(format_moment(at, self._config.timezone, self.language))

    def due(self, at: str) -> str:
        return isolate(format_due(at, self._config.timezone, self.language))

    def finding(self, finding: Finding) -> str:
        money = self._config.money
        return say_finding(self.language, finding, currency=money.currency, exponent=money.exponent)


def _render(page: ClaimPage, template: str, **values: object) -> str:
    vendor = page.config.vendor
    voice = _Voice(page.config)
    return flask.render_template(
        f"claim/{template}.html",
        voice=voice,
        vendor=vendor,
        machine=format_label(vendor.machine, voice.language),
        phone=format_phone(vendor.phone, voice.language),
        call="tel:" + "".join(char for char in vendor.phone if char.isdigit() or char == "+"),
        tongues=[(code, OWN_NAMES[code]) for code in LANGUAGES],
        **values,
    )


# --- saying what happened -------------------------------------------------------------------------------------------


def _add_form(pages: flask.Blueprint, page: ClaimPage) -> None:
    def draw(form: ClaimForm, *, status: int = 200, trouble: str = "") -> ResponseReturnValue:
        visit = page.receipts.visit_of_token(form.receipt.data or "")
        currency = currency_sign(page.config.money.currency, _language(page.config))
        values = {
            "form": form,
            "abouts": ABOUTS,
            "trouble": trouble,
            "currency": currency,
            "whens": WHENS.items(),
        }
        query = f"&r={quote(form.receipt.data)}" if form.receipt.data else ""
        return _render(page, "form", bound=_when(page, visit), query=query, **values), status

    def stale(form: ClaimForm, voice: _Voice) -> ResponseReturnValue:
        _know_person()
        form.token.data = make_token(_key(), _person())
        return draw(form, status=400, trouble=voice.say("form.stale"))

    @pages.get("/c")
    def new() -> ResponseReturnValue:
        _know_person()
        token = flask.request.args.get("r", "")
        form = ClaimForm(
            formdata=None,
            data={
                "token": make_token(_key(), _person()),
                "receipt": token,
                "about": _about_asked(),
                "when": PHONE,
            },
        )
        return draw(form)

    @pages.post("/c")
    def open_claim() -> ResponseReturnValue:
        form = ClaimForm()
        voice = _Voice(page.config)
        is_valid = form.validate()
        said_minor = _said_minor(form, page.config, voice)
        if not is_valid or said_minor is None:
            if form.csrf_token.errors or form.token.errors:
                return stale(form, voice)
            return draw(form, status=400, trouble=voice.say("form.check"))
        token = form.token.data or ""
        if not is_token_of(_key(), _person(), token):
            return stale(form, voice)  # another browser's claim, and with it perhaps a code that pays
        known = page.claims.status_of_token(token)
        if known is None:
            page.openings.check(_person())
            page.openings.count(_person())
        outcome = page.claims.open(
            token=token,
            about=About(form.about.data or ""),
            said_minor=said_minor,
            channel=form.when.data or PHONE,
            visit=_bound_visit(page, form.receipt.data or ""),
            details=strip_marks(form.contact.data or "").strip(),
        )
        if outcome.status is None:
            money = page.config.money
            told = say_notice(
                voice.language,
                outcome.notice.key,
                outcome.notice.params,
                currency=money.currency,
                exponent=money.exponent,
                is_refusal=True,
            )
            return draw(form, status=503, trouble=told)
        return flask.redirect(flask.url_for("claim_page.status", number=outcome.status.number), code=303)


def _about_asked() -> str | None:
    """The kind that a link asks for, if it is one."""
    asked = flask.request.args.get("about", "")
    return asked if asked in set(About) else None


def _bound_visit(page: ClaimPage, token: str) -> str:
    """The visit of a receipt's token; a wrong one is a try, and binds nothing."""
    if not token:
        return ""
    page.lookups.check(_person())
    visit = page.receipts.visit_of_token(token)
    if not visit:
        page.lookups.count(_person())
    return visit


def _when(page: ClaimPage, visit: str) -> str:
    """The time of a visit, for the reader; empty when there is none."""
    at = page.claims.visit_at(visit) if visit else ""
    return _Voice(page.config).moment(at) if at else ""


def _said_minor(form: ClaimForm, config: Config, voice: _Voice) -> int | None:
    """The sum that was typed, 0 for none; None, with the words beside the field, when it cannot be."""
    typed = (form.amount.data or "").strip()
    if not typed:
        return 0
    most_minor = SUM_FACTOR * config.money.max_credit_minor
    try:
        said_minor = parse_amount(typed, config.money.exponent)
    except AmountError:
        form.amount.errors = ["form.amount"]
        return None
    if said_minor > most_minor:
        form.amount.errors = [voice.say("form.amount_high", most=voice.money(most_minor))]
        return None
    return said_minor


# --- following it ---------------------------------------------------------------------------------------------------


def _add_status(pages: flask.Blueprint, page: ClaimPage) -> None:
    @pages.get("/c/find")
    def find() -> ResponseReturnValue:
        _know_person()
        return flask.redirect(
            flask.url_for(
                "claim_page.status", number=flask.request.args.get("number", "-")[:NUMBER_MOST] or "-"
            )
        )

    @pages.get("/c/<number>")
    def status(number: str) -> ResponseReturnValue:
        person = _person()
        page.lookups.check(person)
        found = page.claims.status_of_number(number[:NUMBER_MOST])
        if found is None:
            page.lookups.count(person)
            _know_person()
            return _render(page, "none", told="claim.none"), 404
        findings = page.claims.findings_of(found) if _may_see(found) else ()
        is_late = found.is_open and found.due_at != "" and page.claims.now_text() >= found.due_at
        return _render(page, "status", claim=found, findings=findings, is_late=is_late)


NUMBER_MOST: Final = 24
"""Longest number that is looked at: ten characters, with room for blanks."""


def _may_see(status: ClaimStatus) -> bool:
    """Whether the shopper is shown the entries themselves: only of their own visit, or what they are answered with.

    A stranger's unproven claim must not read out what the machine owes to others.
    """
    return bool(status.visit) or status.verdict in {Verdict.PROVEN, Verdict.CONTRADICTED}


# --- receipts -------------------------------------------------------------------------------------------------------


def _add_receipt(pages: flask.Blueprint, page: ClaimPage) -> None:
    kinds = {Line: "line", Columns: "columns", Rule: "rule"}

    def visit_of(token: str) -> str:
        """The token's visit; a wrong token is a try, and empty."""
        person = _person()
        page.lookups.check(person)
        visit = page.receipts.visit_of_token(token)
        if not visit:
            page.lookups.count(person)
        return visit

    @pages.get("/r/<token>")
    def receipt(token: str) -> ResponseReturnValue:
        visit = visit_of(token)
        document = page.receipts.document(page.reader, visit, _language(page.config)) if visit else None
        if document is None:
            _know_person()
            return _render(page, "none", told="receipt.none"), 404
        parts = [(kinds[type(part)], part) for part in document.parts if type(part) in kinds]
        return _render(page, "receipt", parts=parts, token=token, has_square=bool(page.receipts.url(visit)))

    @pages.get("/r/<token>/square.svg")
    def square(token: str) -> ResponseReturnValue:
        visit = visit_of(token)
        address = page.receipts.url(visit) if visit else ""
        if not address:
            flask.abort(404)
        picture = io.BytesIO()
        segno.make(address, error="m", micro=False).save(
            picture, kind="svg", border=4, omitsize=True, light="#ffffff"
        )
        return flask.Response(picture.getvalue(), mimetype="image/svg+xml")


# --- what went wrong ------------------------------------------------------------------------------------------------


def _add_errors(pages: flask.Blueprint, page: ClaimPage) -> None:
    @pages.errorhandler(TooManyTriesError)
    def too_many(_error: TooManyTriesError) -> ResponseReturnValue:
        return _render(page, "none", told="error.tries"), 429

    @pages.errorhandler(TillBusyError)
    def busy(_error: TillBusyError) -> ResponseReturnValue:
        return _render(page, "none", told="error.till_busy"), 503

    @pages.errorhandler(CSRFError)
    def stale(_error: CSRFError) -> ResponseReturnValue:
        return _render(page, "none", told="form.stale"), 400
