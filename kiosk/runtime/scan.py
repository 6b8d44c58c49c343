"""From a scanned text to goods: the barcode rules of `inventory`, applied to the catalogue and the vendor's table in force."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final

from hardware.mdb.messages import NUMERIC
from inventory.barcode import (
    CodeTable,
    EmbeddedLayout,
    Goods,
    Malformed,
    Measure,
    layout_for,
    products_of,
    read_scan,
)
from inventory.catalogue import Catalogue, Product
from kiosk.core.events import Piece, ScanRead

MOST_PRINTED = 64
"""Characters of a scan that are kept; control characters are left out."""

NO_LIMIT_MINOR: Final = 10**12
"""More than twelve digits hold: the till itself refuses a price, in words that name the limit."""


@dataclass(frozen=True, slots=True)
class CodeMoney:
    """The kiosk's currency, in which prices inside codes are: its ISO 4217 code and its decimals."""

    currency: str
    exponent: int

    def table(self, labels: tuple[EmbeddedLayout, ...]) -> CodeTable:
        """The vendor's rows with this currency; a currency without a number here takes no price that names one."""
        numeric = f"{NUMERIC[self.currency]:03d}" if self.currency in NUMERIC else ""
        return CodeTable(labels, self.exponent, numeric, NO_LIMIT_MINOR)


def read_code(text: str, aim: str, catalogue: Catalogue, today: dt.date, money: CodeMoney) -> ScanRead:
    """What a scan means for the till: goods of ours, or a reason why not.

    Args:
        text: As the scanner sent it, digits in any script.
        aim: AIM identifier without ``]``, or empty.
        catalogue: Goods for sale, and what the vendor's labels mean.
        today: For expiry dates inside the code: goods past their date are not sold.
        money: For prices inside the code.
    """
    table = money.table(catalogue.labels)
    scan = read_scan(f"]{aim}{text}" if aim else text, table, today)
    shown = "".join(character for character in text if character.isprintable())[:MOST_PRINTED]
    if not isinstance(scan, Goods):
        # Misread, cut short, too long: each has its own advice. A well-formed code of something else has one for all.
        reason = scan.reason if isinstance(scan, Malformed) else "code_not_goods"
        return ScanRead(code=shown, sku="", reason=reason)
    if scan.is_expired(today):
        return ScanRead(code=shown, sku="", reason="expired")
    products = products_of(scan, catalogue)
    if not products:
        return ScanRead(code=shown, sku="", reason="code_unknown")
    piece = _piece(scan, products[0], layout_for(scan, products[0], table), today)
    qty = scan.qty if scan.qty is not None else 1
    return ScanRead(code=shown, sku=products[0].sku, reason="", qty=qty, piece=piece)


def _piece(scan: Goods, product: Product, row: EmbeddedLayout | None, today: dt.date) -> Piece | None:
    """What the code says beside the number; None when it says nothing."""
    price_minor = weight_mg = unit_price_minor = 0
    if row is not None and row.measure is Measure.PRICE:
        price_minor = scan.price_minor or 0
    elif row is not None and row.measure is Measure.WEIGHT:
        weight_mg, unit_price_minor = scan.weight_mg or 0, row.unit_price_minor or product.price_minor
    if not (price_minor or weight_mg or scan.lot or scan.expires_on or scan.best_before_on):
        return None
    piece = Piece(
        price_minor=price_minor,
        weight_mg=weight_mg,
        unit_price_minor=unit_price_minor,
        lot=scan.lot,
        expires_on=scan.expires_on.isoformat() if scan.expires_on else "",
        best_before_on=scan.best_before_on.isoformat() if scan.best_before_on else "",
        is_stale=scan.best_before_on is not None and scan.best_before_on < today,
    )
    if row is None:
        return piece
    return replace(piece, rounding=row.rounding, least_minor=row.least_minor, most_minor=row.most_minor)
