"""Labels with a price, weight or count inside: the vendor's table, row by row or as a file, and what the till reads by it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Final

import flask
from flask.typing import ResponseReturnValue

from inventory.barcode_table import (
    FILE_LIMIT_BYTES,
    NATIONAL,
    ROW_LIMIT,
    TableProblem,
    read_code_table,
    read_row,
    row_cells,
    write_code_table,
)
from inventory.catalogue import GS1_PREFIX, EmbeddedLayout, Measure, Product, Rounding
from inventory.stockroom import load_labels
from kiosk.core.draft import Notice
from kiosk.core.events import LabelsOffered, Piece, ScanRead
from kiosk.core.worth import Worth, limit_name, worth_of
from kiosk.i18n import local_time
from kiosk.runtime.clock import at_text
from kiosk.runtime.scan import CodeMoney, read_code
from web.admin.desk import Desk
from web.admin.pages.goods import Mend
from web.admin.voice import Voice
from web.forms import VALUE_DIGITS, LabelFileForm, LabelForm, LabelRowForm

CODE_MOST: Final = 200
"""Longest code that is tried; the scanner's own limit."""

USUAL_DIGITS: Final = "5"
DIGITS_OF_ITEM_AND_VALUE: Final = 12

Rows = tuple[EmbeddedLayout, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What the till would do with a code: ``words`` when it refuses, else the goods and the price."""

    code: str
    scan: ScanRead
    words: str = ""
    product: Product | None = None
    piece: Piece | None = None
    worth: Worth | None = None


def key_of(row: EmbeddedLayout) -> str:
    """The row's name in a form: no two rows of a table share it."""
    prefix, sku = row.key
    return f"{prefix} {sku}".strip()


def preview_of(desk: Desk, voice: Voice, rows: Rows, code: str) -> Preview:
    """Read a code as the till would with these rows."""
    money = desk.config.money
    catalogue = replace(desk.door.catalogue(), labels=rows)
    today = local_time(at_text(desk.clock.wall()), desk.config.timezone).date()
    scan = read_code(code, "", catalogue, today, CodeMoney(money.currency, money.exponent))
    product = catalogue.products.get(scan.sku)
    if product is None:
        return Preview(code, scan, words=voice.notice(Notice(scan.reason, is_refusal=True), catalogue))
    piece = scan.piece or Piece()
    worth = worth_of(
        piece, product, step_minor=money.cash_step_minor, max_credit_minor=money.max_credit_minor
    )
    words = ""
    if worth.refusal:
        limit = {limit_name(worth): str(worth.limit_minor)}
        words = voice.notice(Notice(worth.refusal, is_refusal=True, params=limit), catalogue)
    return Preview(code, scan, words, product, piece, worth)


def _stored(desk: Desk) -> Rows:
    """The table as it was saved last; the till may still hold the one before, until its shopper is done."""
    with desk.reading() as connection:
        return load_labels(connection)


def _words(voice: Voice, problem: TableProblem) -> str:
    """A problem in the reader's language."""
    return voice.say(f"labels.{problem.key}", **problem.parameters)


def _faults(desk: Desk, voice: Voice, rows: Rows) -> list[Mend]:
    """What the till would not take: goods that are none, and limits above what a shopper can pay."""
    products, most_minor = desk.door.catalogue().products, desk.config.money.max_credit_minor
    mends = []
    for row in rows:
        if row.sku and row.sku not in products:
            words = voice.say("labels.no_product", prefix=row.prefix, sku=row.sku)
            mends.append(Mend(0, "product", words))
        if max(row.least_minor, row.most_minor) > most_minor:
            words = voice.say("labels.limit_high", prefix=row.prefix, most=voice.money(most_minor))
            mends.append(Mend(0, "most", words))
    if len(rows) >= ROW_LIMIT:
        mends.append(Mend(0, "", voice.say("labels.too_many", rows=ROW_LIMIT)))
    return mends


def _save(desk: Desk, rows: Rows) -> bool:
    """Give the whole table to the till; whether it took it."""
    digest = hashlib.sha256(write_code_table(rows, exponent=desk.config.money.exponent)).hexdigest()
    return not desk.ask(LabelsOffered(by=desk.by(), labels=rows, digest=digest)).is_refusal


def _cells(form: LabelForm) -> dict[str, str]:
    """The form's row as the table's cells; GS1 codes have no layout of ours."""
    cells = {
        name: str(form[name].data or "")
        for name in ("prefix", "measure", "decimals", "product", "unit_price", "least", "most", "rounding")
    }
    if cells["prefix"].strip() == GS1_PREFIX:
        return {**cells, "layout": "", "decimals": "0"}
    values, check = int(str(form.digits.data)), "C" if form.check.data == "yes" else ""
    return {**cells, "layout": "P" * (DIGITS_OF_ITEM_AND_VALUE - values - len(check)) + check + "V" * values}


def _form_of(desk: Desk, row: EmbeddedLayout) -> dict[str, str]:
    """The fields of the form that would make this row."""
    cells = row_cells(row, exponent=desk.config.money.exponent)
    cells["digits"] = str(row.layout.count("V")) if row.layout else USUAL_DIGITS
    cells["check"] = "yes" if "C" in row.layout else "no"
    del cells["layout"]
    return {**cells, "was": key_of(row)}


def _page(
    desk: Desk, form: LabelForm, *, code: str = "", wrong: str = "", mends: tuple[Mend, ...] = ()
) -> str:
    """The page, with what was asked of it."""
    voice, rows = desk.voice(), _stored(desk)
    catalogue = desk.door.catalogue()
    return desk.render(
        "labels.html",
        "labels.title",
        rows=rows,
        key_of=key_of,
        products=catalogue.products,
        is_waiting=rows != catalogue.labels,
        preview=preview_of(desk, voice, rows, code) if code else None,
        form=form,
        wrong=wrong,
        mends=mends,
        measures=tuple(Measure),
        roundings=tuple(Rounding),
        digits=VALUE_DIGITS,
        countries=tuple(NATIONAL),
        step_minor=desk.config.money.cash_step_minor,
        measure_words=lambda each: voice.say(f"measure.{each}"),
        rounding_words=lambda each: voice.say(f"rounding.{each}"),
        yes_words=lambda each: voice.say(f"desk.{each}"),
    )


def _save_row(desk: Desk) -> ResponseReturnValue:
    """Add a row, or put it in the place of the one it was."""
    form, voice = LabelForm(), desk.voice()
    if not form.is_sent():
        return _page(desk, form), 400
    read = read_row(_cells(form), line=0, exponent=desk.config.money.exponent)
    if isinstance(read, TableProblem):
        return _page(desk, form, wrong=_words(voice, read)), 400
    rows, was = _stored(desk), str(form.was.data or "")
    if any(each.key == read.key and key_of(each) != was for each in rows):
        return _page(desk, form, wrong=voice.say("labels.known_prefix", prefix=key_of(read))), 400
    is_new = was not in {key_of(each) for each in rows}
    faults = _faults(desk, voice, (read,))
    if is_new and len(rows) >= ROW_LIMIT - 1:
        faults.append(Mend(0, "", voice.say("labels.too_many", rows=ROW_LIMIT)))
    if faults:
        return _page(desk, form, wrong=faults[0].text), 400
    kept = tuple(read if key_of(each) == was else each for each in rows)
    if not _save(desk, (*kept, read) if is_new else kept):
        return _page(desk, form), 400
    desk.tell("labels.saved", prefix=key_of(read))
    return flask.redirect(flask.url_for("desk.labels"))


def _import(desk: Desk) -> ResponseReturnValue:
    """Replace the whole table by a file or by a country's beginning, or nothing of it."""
    form, voice = LabelFileForm(), desk.voice()
    if not form.is_sent():
        flask.abort(400)
    row_form = LabelForm(formdata=None, data={"digits": USUAL_DIGITS, "check": "no"})
    if form.country.data:
        rows: Rows = NATIONAL.get(str(form.country.data), ())
        mends = [] if rows else [Mend(0, "", voice.say("form.choice"))]
    else:
        data = form.table.data.read(FILE_LIMIT_BYTES + 1) if form.table.data else b""
        read = read_code_table(data, exponent=desk.config.money.exponent)
        rows = read.layouts
        mends = [Mend(each.line, "", _words(voice, each)) for each in read.problems]
    mends = mends or _faults(desk, voice, rows)
    if mends or not _save(desk, rows):
        return _page(desk, row_form, mends=tuple(mends)), 400
    desk.tell("labels.imported", n=len(rows))
    return flask.redirect(flask.url_for("desk.labels"))


def add_pages(pages: flask.Blueprint, desk: Desk) -> None:
    """Add these pages."""

    @pages.get("/labels")
    def labels() -> ResponseReturnValue:
        wanted = flask.request.args.get("edit", "")
        row = next((each for each in _stored(desk) if key_of(each) == wanted), None)
        plain = {"digits": USUAL_DIGITS, "check": "no", "measure": Measure.PRICE.value}
        form = LabelForm(formdata=None, data=_form_of(desk, row) if row else plain)
        return _page(desk, form, code=flask.request.args.get("code", "").strip()[:CODE_MOST])

    @pages.post("/labels/row")
    def save_label() -> ResponseReturnValue:
        return _save_row(desk)

    @pages.post("/labels/remove")
    def remove_label() -> ResponseReturnValue:
        form = LabelRowForm()
        if not form.is_sent():
            flask.abort(400)
        rows, gone = _stored(desk), str(form.row.data)
        kept = tuple(each for each in rows if key_of(each) != gone)
        if kept != rows and _save(desk, kept):
            desk.tell("labels.removed", prefix=gone)
        return flask.redirect(flask.url_for("desk.labels"))

    @pages.post("/labels/import")
    def import_labels() -> ResponseReturnValue:
        return _import(desk)

    @pages.get("/labels.csv")
    def export_labels() -> ResponseReturnValue:
        return flask.Response(
            write_code_table(_stored(desk), exponent=desk.config.money.exponent),
            mimetype="text/csv",
            headers={"Content-Disposition": 'attachment; filename="labels.csv"'},
        )
