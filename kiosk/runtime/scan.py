"""From a scanned text to goods: the barcode rules of `inventory`, applied to the catalogue in force."""

from __future__ import annotations

import datetime as dt
from typing import Final

from inventory.barcode import CodeTable, Goods, Malformed, products_of, read_scan
from inventory.catalogue import Catalogue
from kiosk.core.events import ScanRead

MOST_PRINTED = 64
"""Characters of a scan that are kept; control characters are left out."""

NO_TABLE: Final = CodeTable()


def read_code(text: str, aim: str, catalogue: Catalogue, today: dt.date) -> ScanRead:
    """What a scan means for the till: goods of ours, or a reason why not.

    Args:
        text: As the scanner sent it, digits in any script.
        aim: AIM identifier without ``]``, or empty.
        catalogue: Goods for sale.
        today: For expiry dates inside the code: goods past their date are not sold.
    """
    scan = read_scan(f"]{aim}{text}" if aim else text, NO_TABLE, today)
    shown = "".join(character for character in text if character.isprintable())[:MOST_PRINTED]
    if not isinstance(scan, Goods):
        # Misread, cut short, too long: each has its own advice. A well-formed code of something else has one for all.
        reason = scan.reason if isinstance(scan, Malformed) else "code_not_goods"
        return ScanRead(code=shown, sku="", reason=reason)
    if scan.is_expired(today):
        return ScanRead(code=shown, sku="", reason="expired")
    products = products_of(scan, catalogue)
    return ScanRead(
        code=shown, sku=products[0].sku if products else "", reason="" if products else "code_unknown"
    )
