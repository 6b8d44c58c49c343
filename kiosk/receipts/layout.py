"""From a visit's account to one document: paper, screen and phone show the same lines.

Amounts are written by one formatter, names are fenced, codes stay in the letters that the keypad has. A copy says so.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine

from hardware.document import Align, Columns, Cut, Document, Line, Part, Qr, Rule
from inventory.catalogue import Catalogue
from kiosk.config import Config
from kiosk.core import facts as f
from kiosk.i18n import (
    format_label,
    format_moment,
    format_money,
    format_percent,
    format_phone,
    format_weight,
    goods_name,
    is_rtl,
    isolate,
    localise_digits,
    say,
    strip_marks,
)
from kiosk.receipts.account import (
    Account,
    ProductLine,
    Sale,
    Tenders,
    account_of,
    practised_account,
    read_visit,
)
from kiosk.receipts.texts import PAPER
from kiosk.store.database import reading
from kiosk.store.reading import position_of

TEXT_MOST_BYTES: Final = 600
"""The longest text in a receipt's QR code that cheap phones still read from paper of 80 mm."""

CODE_GROUP: Final = 4
"""Codes are printed in two groups of four: people read and type them so."""

NO_CODE: Final = "--------"
"""Where a code would stand, while somebody practises."""

ELLIPSIS: Final = "…"

IN_DOUBT: Final = {"card_unknown": "card_doubt", "note_unknown": "note_doubt", "load_unknown": "load_doubt"}
"""Reasons of uncertain debts that get a code on paper: nothing else in the shopper's hand proves a card or a note."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What a receipt is laid out with.

    Attributes:
        config: Vendor, money, time zone.
        catalogue: For names; goods that are gone are named by their code.
        debt_code: The code of the debt recorded at an epoch and sequence number.
        language: The reader's.
        is_copy: Every print after the first.
        url: Where a phone finds this receipt; empty when it cannot.
        is_training: Of a visit that was only practised: it says so above and below, and proves nothing.
    """

    config: Config
    catalogue: Catalogue
    debt_code: Callable[[int, int], str]
    language: str
    is_copy: bool = False
    url: str = ""
    is_training: bool = False

    def say(self, key: str, **values: str | int) -> str:
        """A house phrase of receipts."""
        return say(self.language, f"paper.{key}", **values)

    def money(self, amount_minor: int) -> str:
        """An amount in the reader's form."""
        money = self.config.money
        return format_money(amount_minor, money.currency, money.exponent, self.language)

    def name(self, sku: str) -> str:
        """A product's name, fenced."""
        product = self.catalogue.products.get(sku)
        return isolate(goods_name(product.names if product else None, sku, self.language))

    def number(self, number: int) -> str:
        """A number that is a name: the reader's digits, no group marks."""
        return localise_digits(str(number), self.language)


def lay_out(account: Account, paper: Paper) -> Document:
    """The receipt of a visit."""
    parts = (
        *_head(paper),
        *_when(account, paper),
        Rule(),
        *_goods(account, paper),
        Rule(),
        *_money(account, paper),
        *_foot(account, paper),
        Cut(),
    )
    return Document(language=paper.language, is_rtl=is_rtl(paper.language), parts=parts)


def _centred(text: str, *, is_bold: bool = False, is_large: bool = False) -> Line:
    return Line(text, is_bold=is_bold, is_large=is_large, align=Align.CENTRE)


def _head(paper: Paper) -> Iterator[Part]:
    vendor = paper.config.vendor
    yield _centred(isolate(vendor.name), is_bold=True, is_large=True)
    if vendor.address:
        yield _centred(isolate(vendor.address))
    # A left-to-right line needs no marks in its number, and a printer's own letters have none.
    phone = format_phone(vendor.phone, paper.language) if is_rtl(paper.language) else vendor.phone
    yield _centred(paper.say("phone", phone=phone))
    if vendor.tax_number:
        yield _centred(paper.say("tax_number", number=vendor.tax_number))
    yield _centred(paper.say("machine", machine=format_label(vendor.machine, paper.language)))
    if paper.is_copy:
        yield _centred(paper.say("copy"), is_bold=True, is_large=True)
    if paper.is_training:
        yield from _training(paper)
    yield Rule()


def _training(paper: Paper) -> Iterator[Part]:
    """Largely, and what it means."""
    yield Rule()
    yield _centred(paper.say("training"), is_bold=True, is_large=True)
    yield _centred(paper.say("training_means"), is_bold=True)


def _when(account: Account, paper: Paper) -> Iterator[Part]:
    moment = format_moment(account.at, paper.config.timezone, paper.language)
    if not account.time_ok:
        moment = f"{moment} ({PAPER.say(paper.language, 'unsure')})"
    yield Line(moment)
    for sale in account.sales:
        key = "training_number" if paper.is_training else "number"
        yield Line(paper.say(key, number=paper.number(sale.receipt_no)), is_bold=True)


def _goods(account: Account, paper: Paper) -> Iterator[Part]:
    for sale in account.sales:
        for line in sale.lines:
            yield from _line(line, paper)
    for sku in account.undelivered:
        yield Line(f"{paper.name(sku)}: {paper.say('not_delivered')}")
    if not account.sales and not account.undelivered:
        yield Line(paper.say("no_sale"))


def _line(line: ProductLine, paper: Paper) -> Iterator[Columns]:
    start = paper.name(line.sku)
    if line.weight_mg:
        # A name of its own line: beside it, on narrow paper, a line would end between a sum and its currency.
        yield Columns(start=start, end="")
        weight, price = format_weight(line.weight_mg, paper.language), paper.money(line.unit_price_minor)
        start = PAPER.say(paper.language, "weighed", weight=weight, price=price)
    elif line.qty > 1:
        price = paper.money(line.price_minor)
        start = PAPER.say(paper.language, "pieces", name=start, n=line.qty, price=price)
    yield Columns(start=start, end=paper.money(line.gross_minor))
    if line.was_minor:
        off_minor = line.qty * (line.was_minor - line.price_minor)
        was, off = paper.money(line.qty * line.was_minor), paper.money(off_minor)
        yield Columns(start=PAPER.say(paper.language, "marked_down", was=was, off=off), end="")
    if line.deposit_minor:
        each = paper.money(line.deposit_minor)
        start = PAPER.say(paper.language, "deposit", n=line.qty, price=each)
        yield Columns(start=start, end=paper.money(line.qty * line.deposit_minor))


def _taxes(sales: tuple[Sale, ...]) -> dict[int, int]:
    """Rate in basis points -> tax contained, over all sales of the visit."""
    taxes: dict[int, int] = {}
    for part in (part for sale in sales for part in sale.taxes):
        taxes[part.rate_bp] = taxes.get(part.rate_bp, 0) + part.tax_minor
    return dict(sorted(taxes.items(), reverse=True))


def _money(account: Account, paper: Paper) -> Iterator[Part]:
    if account.sales:
        total = paper.money(account.total_minor)
        yield Columns(paper.say("total"), total, is_bold=True, is_large=True)
        for rate_bp, tax_minor in _taxes(account.sales).items():
            rate = format_percent(rate_bp, paper.language)
            yield Columns(paper.say("tax", rate=rate), paper.money(tax_minor))
        yield Rule()
    for key, amount_minor in _means(account.tenders):
        if amount_minor:
            yield Columns(paper.say(key), paper.money(amount_minor))
    if account.tenders.unrefunded_minor:
        yield Line(paper.say("unrefunded", amount=paper.money(account.tenders.unrefunded_minor)))
    for owed in account.owed:
        key = "doubt" if owed.reason in IN_DOUBT and not owed.is_certain else "owed"
        yield Columns(paper.say(key), paper.money(owed.amount_minor), is_bold=True)
        if not owed.is_certain:
            yield Line(paper.say(IN_DOUBT.get(owed.reason, "owed_uncertain")))
        if owed.is_certain or key == "doubt":
            yield Line(paper.say("owed_code" if owed.is_certain else "owed_name"))
            code = spaced_code(paper.debt_code(owed.epoch, owed.seq))
            yield _centred(isolate(code), is_bold=True, is_large=True)


def _means(tenders: Tenders) -> Iterator[tuple[str, int]]:
    """Every means by which money came or went back, by its key, in the order of the paper."""
    yield "paid_in", tenders.coins_minor
    yield "notes", tenders.notes_minor
    yield "card", tenders.card_minor
    yield "granted", tenders.granted_minor
    yield "unsure_card", tenders.unsure_card_minor
    yield "unsure_note", tenders.unsure_note_minor
    yield "redeemed", tenders.redeemed_minor
    yield "change", tenders.paid_minor
    yield "refunded", tenders.refunded_minor
    yield "loaded", tenders.loaded_minor


def _foot(account: Account, paper: Paper) -> Iterator[Part]:
    if paper.is_training:
        yield from _training(paper)
        return
    yield Rule()
    for sale in account.sales:
        # As in the journal, with the letters and digits that a verifier compares: never localised.
        yield Line(PAPER.say(paper.language, "check", seq=str(sale.seq), check=sale.check))
    if not account.sales:
        yield Line(paper.say("visit", visit=account.visit))
    if paper.url:
        yield Qr(paper.url, PAPER.say(paper.language, "scan"))
    yield _centred(paper.say("thanks"))


def spaced_code(code: str) -> str:
    """A code in two groups, as people read it."""
    return f"{code[:CODE_GROUP]} {code[CODE_GROUP:]}"


# --- a receipt without a printer ------------------------------------------------------------------------------------


def _plain(part: Part) -> str:
    match part:
        case Line(text=text):
            return text
        case Columns(start=start, end=end):
            return f"{start}  {end}"
        case _:
            return ""


def _is_needed(part: Part) -> bool:
    """What a receipt as text must not lose: everything but single goods."""
    return not isinstance(part, Columns) or part.is_bold


def receipt_text(document: Document, *, most_bytes: int = TEXT_MOST_BYTES) -> str:
    """The receipt as short plain text for a QR code, when no phone can reach the kiosk.

    Goods are left out from the end, then lines, until the text fits; an ellipsis says that something is missing.
    """
    kept = [part for part in document.parts if _plain(part)]
    is_cut = False
    while True:
        lines = [strip_marks(_plain(part)).replace("\u00a0", " ") for part in kept]
        text = "\n".join([*lines, ELLIPSIS] if is_cut else lines)
        if len(text.encode()) <= most_bytes or not kept:
            return text
        is_cut = True
        spare = [index for index, part in enumerate(kept) if not _is_needed(part)]
        kept.pop(spare[-1] if spare else -1)


class Receipts:
    """Receipts of one kiosk: laid out from its stored journal, and found again by their tokens."""

    def __init__(
        self, config: Config, *, debt_code: Callable[[int, int], str], catalogue: Callable[[], Catalogue]
    ) -> None:
        """``debt_code`` and ``catalogue`` are the till door's."""
        self._config = config
        self._debt_code = debt_code
        self._catalogue = catalogue

    def document(
        self, reader: Engine, visit: str, language: str, *, is_copy: bool = False
    ) -> Document | None:
        """The receipt of a visit, or None when there is no such visit."""
        with reading(reader) as connection:
            entries = read_visit(connection, self._config.kiosk_id, visit)
        if not entries:
            return None
        paper = Paper(
            config=self._config,
            catalogue=self._catalogue(),
            debt_code=self._debt_code,
            language=language,
            is_copy=is_copy,
            url=self.url(visit),
        )
        return lay_out(account_of(entries), paper)

    def practised(self, facts: Iterable[f.Fact], *, number: int, at: str, language: str) -> Document:
        """The receipt of a visit that was only practised: it says TRAINING, and has no code that anything could be paid by."""
        paper = Paper(
            config=self._config,
            catalogue=self._catalogue(),
            debt_code=lambda _epoch, _seq: NO_CODE,
            language=language,
            is_training=True,
        )
        return lay_out(practised_account(facts, number=number, at=at), paper)

    def token(self, visit: str) -> str:
        """What opens this receipt on a phone: the visit, and a code that only this kiosk can make."""
        place = position_of(visit)
        return f"{visit}-{self._debt_code(*place)}" if place is not None else ""

    def visit_of_token(self, token: str) -> str:
        """The visit of a token, or empty; whoever serves it to strangers bounds their tries."""
        visit = token.rpartition("-")[0]
        made = self.token(visit)
        return visit if made and hmac.compare_digest(made.encode(), token.encode()) else ""

    def url(self, visit: str) -> str:
        """Where a phone finds the receipt; empty when none can reach the kiosk."""
        public = self._config.vendor.public_url.rstrip("/")
        return f"{public}/r/{self.token(visit)}" if public else ""

    def qr(self, document: Document, visit: str) -> str:
        """What the receipt's QR code on the screen says: its address, or all of it as text."""
        return self.url(visit) or receipt_text(document)
