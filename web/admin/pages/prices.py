"""Prices of many goods: choose which, see every old and new price with its margin, and let them hold now or from a day."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import flask
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField
from wtforms.validators import Length

from inventory.catalogue import Catalogue, Product
from inventory.pricing import (
    BP_WHOLE,
    STEPS,
    Change,
    Repriced,
    Rule,
    Step,
    choose,
    endings,
    margin_bp,
    reprice,
)
from kiosk.core.events import PlanDrop, PricesOffered
from kiosk.core.plans import PRICES_MOST
from kiosk.i18n import AmountError, DayError, format_percent, parse_amount, parse_day
from kiosk.store.plans import About, read_plans
from web.admin.desk import Desk
from web.admin.pages.goods import QUERY_MOST, find_goods
from web.admin.voice import Voice
from web.forms import MISSING, TEXT_MOST, DeskForm, make_token

SHOWN_MOST: Final = 200
"""Lines of the preview that are drawn; all of them are counted, and all of them are planned."""

PERCENT_MOST_BP: Final = 100 * BP_WHOLE
"""A hundredfold: more is a barcode in the wrong field."""

PERCENT_DECIMALS: Final = 2

SHORT: Final = Length(max=TEXT_MOST, message="form.too_long")


class PricesForm(DeskForm):
    """What was previewed: the same fields as in the address of the preview, its digest, and the day."""

    q = HiddenField(validators=[SHORT])
    category = HiddenField(validators=[SHORT])
    supplier = HiddenField(validators=[SHORT])
    change = HiddenField(validators=[MISSING, SHORT])
    value = HiddenField(validators=[MISSING, SHORT])
    to = HiddenField(validators=[MISSING, SHORT])
    seen = HiddenField(validators=[MISSING, SHORT])
    token = HiddenField(validators=[MISSING, SHORT])
    day = StringField(validators=[SHORT])


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page's address asks for; ``problem`` is a text's key when it cannot be."""

    q: str
    category: str
    supplier: str
    change: str
    value: str
    to: str
    problem: str = ""
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the preview."""

    product: Product
    price_minor: int
    was_margin: str
    margin: str
    is_loss: bool


def signed_amount(text: str, decimals: int) -> int:
    """A number with a sign before or after it, as people type it in three scripts.

    Raises:
        AmountError: It is none.
    """
    bare = text.strip().strip("\u200e\u200f\u061c\u2066\u2069").replace("%", "").replace("\u066a", "").strip()
    sign = -1 if bare[:1] in {"-", "\u2212"} or bare[-1:] in {"-", "\u2212"} else 1
    return sign * parse_amount(bare.strip("+-\u2212 "), decimals)


def read_asked(desk: Desk, source: dict[str, str]) -> Asked:
    """Read what a change should be; nothing is asked while no value stands there."""
    money = desk.config.money
    asked = Asked(
        q=source.get("q", "")[:QUERY_MOST],
        category=source.get("category", "")[:TEXT_MOST],
        supplier=source.get("supplier", "")[:TEXT_MOST],
        change=source.get("change", Change.PERCENT),
        value=source.get("value", "")[:TEXT_MOST],
        to=source.get("to", Step.COIN),
    )
    if not asked.value.strip():
        return asked
    tos = {*Step, *(str(each) for each in endings(money.exponent, money.cash_step_minor))}
    if asked.change not in set(Change) or asked.to not in tos:
        return _with(asked, problem="form.choice")
    change = Change(asked.change)
    try:
        amount = signed_amount(asked.value, PERCENT_DECIMALS if change is Change.PERCENT else money.exponent)
    except AmountError:
        return _with(asked, problem="form.amount")
    if change is Change.PERCENT and not -BP_WHOLE < amount <= PERCENT_MOST_BP:
        return _with(asked, problem="prices.percent_range")
    if change is Change.SET and not 0 < amount <= money.max_credit_minor:
        return _with(asked, problem="prices.set_range")
    return _with(asked, rule=Rule(change, amount, asked.to, money.cash_step_minor))


def _with(asked: Asked, *, problem: str = "", rule: Rule | None = None) -> Asked:
    return Asked(asked.q, asked.category, asked.supplier, asked.change, asked.value, asked.to, problem, rule)


def repriced(catalogue: Catalogue, asked: Asked) -> tuple[Repriced, ...]:
    """What changes by what is asked."""
    if asked.rule is None:
        return ()
    skus = frozenset(each.sku for each in find_goods(catalogue, asked.q)) if asked.q.strip() else None
    chosen = choose(catalogue.products.values(), category=asked.category, supplier=asked.supplier, skus=skus)
    return reprice(chosen, asked.rule)


def digest_of(changes: tuple[Repriced, ...]) -> str:
    """Names a preview: every product with its old and its new price."""
    rows = (f"{each.product.sku} {each.product.price_minor} {each.price_minor}\n" for each in changes)
    return hashlib.sha256("".join(rows).encode()).hexdigest()


def _lines(desk: Desk, changes: tuple[Repriced, ...]) -> tuple[Line, ...]:
    rates, language = desk.config.tax_rates_bp, desk.voice().language

    def margin(product: Product, price_minor: int) -> int:
        return margin_bp(price_minor, product.cost_minor, rates.get(product.tax_class, 0))

    return tuple(
        Line(
            product=each.product,
            price_minor=each.price_minor,
            was_margin=format_percent(margin(each.product, each.product.price_minor) // 100 * 100, language),
            margin=format_percent(margin(each.product, each.price_minor) // 100 * 100, language),
            is_loss=margin(each.product, each.price_minor) < 0,
        )
        for each in changes[:SHOWN_MOST]
    )


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""

    @pages.get("/prices")
    def prices() -> ResponseReturnValue:
        return _page(desk, read_asked(desk, flask.request.args.to_dict()))

    @pages.post("/prices")
    def plan_prices() -> ResponseReturnValue:
        form = PricesForm()
        if not form.is_sent():
            flask.abort(400)
        asked = read_asked(desk, {name: str(form[name].data or "") for name in _ASKED})
        changes = repriced(desk.door.catalogue(), asked)
        if not changes or digest_of(changes) != form.seen.data:
            flask.flash(desk.voice().say("prices.changed"), "refusal")
            return _page(desk, asked), 409
        today = desk.today()
        day = read_day(str(form.day.data or ""), today)
        if day is None:
            return _page(desk, asked, problem="prices.day_wrong", day=str(form.day.data)), 400
        notice = desk.ask(
            PricesOffered(
                by=desk.by(),
                token=str(form.token.data),
                from_day=day.isoformat(),
                prices=tuple((each.product.sku, each.price_minor) for each in changes),
            )
        )
        if notice.is_refusal:
            return flask.redirect(_link(asked))
        if day == today:
            desk.tell("prices.now", n=len(changes))
        else:
            desk.tell("prices.planned", n=len(changes), day=desk.voice().day(day))
        return flask.redirect(flask.url_for("desk.prices"))

    @pages.post("/prices/<plan>/drop")
    def drop_plan(plan: str) -> ResponseReturnValue:
        if not desk.ask(PlanDrop(by=desk.by(), plan=plan)).is_refusal:
            desk.tell("prices.dropped")
        return flask.redirect(flask.url_for("desk.prices"))


_ASKED: Final = ("q", "category", "supplier", "change", "value", "to")


def read_day(text: str, today: dt.date) -> dt.date | None:
    """A day from today on, as a field sends it or somebody types it; empty means today; None when it is none or is over."""
    if not text.strip():
        return today
    try:
        day = parse_day(text)
    except DayError:
        return None
    return day if today <= day <= today + dt.timedelta(days=DAYS_MOST) else None


DAYS_MOST: Final = 366
"""Nobody knows the prices of the year after next."""


def _address(asked: Asked) -> dict[str, str]:
    return {name: value for name in _ASKED if (value := str(getattr(asked, name)))}


def _link(asked: Asked) -> str:
    return f"{flask.url_for('desk.prices')}?{urlencode(_address(asked))}"


def _tos(voice: Voice, exponent: int, step_minor: int) -> tuple[tuple[str, str], ...]:
    """To what prices may be brought, each with its words."""
    steps = (
        (str(step), voice.say("prices.to_step", step=voice.money(step_minor * STEPS[step]))) for step in Step
    )
    ends = (
        (str(each), voice.say("prices.to_end", end=voice.typed(each)))
        for each in endings(exponent, step_minor)
    )
    return (*steps, *ends)


def _page(desk: Desk, asked: Asked, *, problem: str = "", day: str = "") -> str:
    catalogue, money, voice = desk.door.catalogue(), desk.config.money, desk.voice()
    changes = repriced(catalogue, asked)
    with desk.reading() as connection:
        plans = read_plans(connection, desk.kiosk_id, About.PRICES)
    products = [product for product in catalogue.products.values() if not product.is_retired]
    return desk.render(
        "prices.html",
        "nav.prices",
        asked=asked,
        address=_address(asked),
        form=PricesForm(formdata=None),
        problem=problem or asked.problem,
        day=day,
        today=desk.today().isoformat(),
        lines=_lines(desk, changes),
        change_qty=len(changes),
        is_too_many=len(changes) > PRICES_MOST,
        most=PRICES_MOST,
        seen=digest_of(changes),
        token=make_token(),
        plans=plans,
        ways=tuple(Change),
        tos=_tos(voice, money.exponent, money.cash_step_minor),
        categories=sorted({product.category for product in products}),
        suppliers=sorted({supply.supplier for product in products for supply in product.suppliers}),
    )
