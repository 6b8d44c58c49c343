"""What a scan means: goods keys, weight, price, lot and expiry read out of whatever a scanner sent.

Nothing here raises for a bad code: a scan is `Goods`, `Unknown` (well formed, but it names no goods) or
`Malformed`. GTIN-8, 12 and 13 become one key of 14 ASCII digits with leading zeros, so that the same product
has one number everywhere. Dates are read against the ``today`` that is handed in; no clock is asked.

Sources: GS1 General Specifications (check digits 7.9, element strings 3 and 7.8, restricted circulation
numbers 2.1.11); ISO/IEC 15424 for the symbology identifiers (``]E0`` and so on). Element strings are taken
apart by the biip library.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from enum import StrEnum

from biip import EncodeError, ParseConfig, ParseError
from biip.checksums import gs1_price_weight_check_digit, gs1_standard_check_digit
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_element_strings import GS1ElementStrings
from biip.gs1_messages import GS1Message
from biip.upc import Upc

from inventory.catalogue import Catalogue, CodeTableError, EmbeddedLayout, Measure, Product

__all__ = [
    "CodeTable",
    "CodeTableError",
    "EmbeddedLayout",
    "Goods",
    "Malformed",
    "Measure",
    "Reason",
    "Scan",
    "Unknown",
    "check_digit",
    "gtin_key",
    "layout_for",
    "normalise",
    "products_of",
    "read_scan",
    "to_ascii_digits",
]

SCAN_MAX_CHARS = 200
"""Longest scan that is read. A GS1 symbol carries far less; more is rubbish or an attack on the parser."""

GROUP_SEPARATOR = "\x1d"
"""Ends a field of variable length in a GS1 symbol (FNC1 as scanners send it)."""

_DIGITS_TO_ASCII = {
    **{0x06F0 + digit: str(digit) for digit in range(10)},  # Persian
    **{0x0660 + digit: str(digit) for digit in range(10)},  # Arabic
}
# Marks that keyboards and pasted text add around numbers: direction marks, isolates, embeddings, joiners,
# byte order mark.
_INVISIBLE = dict.fromkeys(
    (0x061C, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF)
)
_BLANK = re.compile(r"[ \t\r\n\u00a0\u2000-\u200a\u202f\u3000]+")
_SYMBOLOGY = re.compile(r"\](?P<code>[A-Za-z][0-9])")
_ASCII_DIGITS = re.compile(r"[0-9]+")
_PRINTABLE = re.compile(r"[\x20-\x7e\x1d]*")
_GTIN_LENGTHS = (8, 12, 13, 14)
# Symbols that always carry element strings: GS1-128, GS1 DataMatrix, GS1 QR, GS1 DataBar, GS1 DotCode.
_ELEMENT_STRING_SYMBOLS = frozenset({"C1", "d2", "Q3", "e0", "e1", "e2", "J1"})
_EAN_8_SYMBOL = "E4"
# A bad date must be our own finding with its own reason, not the end of the whole message.
_PARSE_CONFIG = ParseConfig(gs1_element_strings_verify_date=False)


class Reason(StrEnum):
    """Why a scan is no goods; each is a message key for shopper and vendor."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    CONTROL_CHARACTERS = "control_characters"
    BAD_LENGTH = "bad_length"
    BAD_CHECK_DIGIT = "bad_check_digit"
    ALL_ZEROS = "all_zeros"
    BAD_ELEMENTS = "bad_elements"
    BAD_DATE = "bad_date"
    BAD_VALUE = "bad_value"
    FOREIGN_CURRENCY = "foreign_currency"
    NOT_GOODS = "not_goods"


@dataclass(frozen=True, slots=True)
class CodeTable:
    """What this vendor's own labels mean, and the currency that prices inside codes are in.

    Attributes:
        layouts: Restricted circulation numbers with a value inside. The longest fitting prefix wins. A number
            whose prefix is not listed is an ordinary key: a shop may well print whole numbers of its own.
        exponent: Decimals of the kiosk's currency (2 for EUR, 0 for IRR, 3 for KWD).
        currency_numeric: ISO 4217 number of that currency (``978``), compared with priced element strings.
        price_limit_minor: A price inside a code above this is refused as absurd.
    """

    layouts: tuple[EmbeddedLayout, ...] = ()
    exponent: int = 2
    currency_numeric: str = "978"
    price_limit_minor: int = 50_000

    def layout_of(self, ean13: str) -> EmbeddedLayout | None:
        """The layout with the longest prefix that fits, or None."""
        fitting = [layout for layout in self.layouts if not layout.is_gs1 and ean13.startswith(layout.prefix)]
        return max(fitting, key=lambda layout: len(layout.prefix), default=None)


@dataclass(frozen=True, slots=True)
class Goods:
    """A scan that names goods.

    Attributes:
        keys: GTIN-14s to look up, likeliest first. Two only where an 8-digit code can be EAN-8 and UPC-E at
            once. For a number with a value inside, the key has zeros for the value: that number stands in the
            goods file.
        price_minor: Price of this very piece, from the label.
        weight_mg: Net weight of this very piece in milligrams (exact for every decimal that GS1 allows).
        qty: How many pieces the label stands for; None where it does not say.
        lot: Batch or lot, as printed.
        expires_on: Use by (AI 17): not to be sold after that day.
        best_before_on: Best before (AI 15): sold after that day only with a word.
        is_restricted: A number that only means something in this shop or country.
        layout: The row of the vendor's table that the value was read by; None for other codes.
    """

    keys: tuple[str, ...]
    price_minor: int | None = None
    weight_mg: int | None = None
    qty: int | None = None
    lot: str = ""
    expires_on: dt.date | None = None
    best_before_on: dt.date | None = None
    is_restricted: bool = False
    layout: EmbeddedLayout | None = field(default=None, compare=False)

    def is_expired(self, today: dt.date) -> bool:
        """Whether the use-by day has passed; the day itself may still be sold."""
        return self.expires_on is not None and self.expires_on < today


@dataclass(frozen=True, slots=True)
class Unknown:
    """Well formed, but no goods number: a pallet, a web address, a badge. ``text`` is kept for the vendor."""

    text: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Malformed:
    """Not a whole code. ``text`` is printable ASCII, at most 40 characters, for the list of bad scans."""

    text: str
    reason: Reason


Scan = Goods | Unknown | Malformed


class _RefusedError(Exception):
    """Carries a reason from a reader up to `read_scan`; never leaves this module."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def to_ascii_digits(text: str) -> str:
    """Translate Persian and Arabic digits to ASCII; every other character stays."""
    return text if text.isascii() else text.translate(_DIGITS_TO_ASCII)


def normalise(raw: str) -> str:
    """Bring what a scanner or a keyboard sent to plain text: ASCII digits, no direction marks, no blanks."""
    return _BLANK.sub("", to_ascii_digits(raw).translate(_INVISIBLE))


def check_digit(body: str) -> int:
    """The GS1 check digit over the digits before it.

    Raises:
        ValueError: ``body`` is not one or more ASCII digits.
    """
    if not _ASCII_DIGITS.fullmatch(body):
        raise ValueError(f"not digits: {body!r}")
    return gs1_standard_check_digit(body)


def gtin_key(digits: str) -> str | None:
    """The 14-digit key of a GTIN-8, 12, 13 or 14, or None when length or check digit is wrong."""
    if len(digits) not in _GTIN_LENGTHS or not _ASCII_DIGITS.fullmatch(digits):
        return None
    if not digits.strip("0") or gs1_standard_check_digit(digits[:-1]) != int(digits[-1]):
        return None
    return digits.zfill(14)


def read_scan(raw: str, table: CodeTable, today: dt.date) -> Scan:
    """Say what a scan means.

    Args:
        raw: What arrived, without the scanner's line end (one is tolerated); any text at all.
        table: The vendor's own labels and currency.
        today: The kiosk's day; decides the century of a two-digit year, nothing else.

    Returns:
        `Goods`, `Unknown` or `Malformed`. Never raises for what was scanned.

    A symbology prefix (``]E0``) is obeyed where there is one. Without it, a code with a GS1 separator, or one
    that begins with AI 01 and is longer than a GTIN, is read as element strings; brackets as printed for
    people are not.
    """
    if len(raw) > SCAN_MAX_CHARS:
        return Malformed(_printable(raw), Reason.TOO_LONG)
    text = normalise(raw)
    if not text:
        return Malformed("", Reason.EMPTY)
    if any(not char.isprintable() and char != GROUP_SEPARATOR for char in text):
        return Malformed(_printable(text), Reason.CONTROL_CHARACTERS)
    prefix = _SYMBOLOGY.match(text)
    symbol = prefix["code"] if prefix else ""
    body = text[prefix.end() :] if prefix else text
    try:
        if not body:
            raise _RefusedError(Reason.EMPTY)
        return _read_body(body, symbol, table, today)
    except _RefusedError as refused:
        return Malformed(_printable(body), refused.reason)


def products_of(scan: Goods, catalogue: Catalogue) -> tuple[Product, ...]:
    """The products that a scan can mean, likeliest first; more than one means: ask the shopper.

    A row of the table that names its product has the first word, also over the goods file.
    """
    if scan.layout is not None and scan.layout.sku:
        named = catalogue.products.get(scan.layout.sku)
        return (named,) if named is not None else ()
    skus = dict.fromkeys(catalogue.by_gtin[key] for key in scan.keys if key in catalogue.by_gtin)
    return tuple(catalogue.products[sku] for sku in skus)


def layout_for(scan: Goods, product: Product, table: CodeTable) -> EmbeddedLayout | None:
    """The row of the table by which the value inside this code counts, or None: then the piece has the product's price.

    A price or weight inside a GS1 element string counts only when a row names the product: such codes are printed by whoever
    has a printer, and most of them carry a weight for information alone. A price goes before a weight.
    """
    if scan.layout is not None:
        return scan.layout
    rows = {row.measure: row for row in table.layouts if row.is_gs1 and row.sku == product.sku}
    if scan.price_minor is not None and Measure.PRICE in rows:
        return rows[Measure.PRICE]
    if scan.weight_mg is not None and Measure.WEIGHT in rows:
        return rows[Measure.WEIGHT]
    return None


def _printable(text: str) -> str:
    return "".join(char if " " <= char <= "~" else "?" for char in text[:40])


def _read_body(body: str, symbol: str, table: CodeTable, today: dt.date) -> Scan:
    is_number = _ASCII_DIGITS.fullmatch(body) is not None
    if (
        symbol in _ELEMENT_STRING_SYMBOLS
        or GROUP_SEPARATOR in body
        or (not symbol and _starts_with_gtin(body))
    ):
        return _read_message(body.lstrip(GROUP_SEPARATOR), table, today)
    if body.lower().startswith(("http://", "https://")):
        return _read_digital_link(body, table, today)
    if not is_number:
        return Unknown(_printable(body), Reason.NOT_GOODS)
    if len(body) == 8:
        return _read_eight(body, symbol)
    if len(body) in _GTIN_LENGTHS:
        return _read_gtin(body, table)
    if len(body) in {18, 20}:
        return Unknown(body, Reason.NOT_GOODS)  # a pallet's SSCC, bare or with its AI 00
    raise _RefusedError(Reason.BAD_LENGTH)


def _starts_with_gtin(body: str) -> bool:
    return len(body) > 15 and body.startswith("01") and gtin_key(body[2:16]) is not None


def _read_eight(body: str, symbol: str) -> Goods:
    keys = [key for key in [gtin_key(body)] if key]
    is_restricted = (
        bool(keys) and body[0] in "02"
    )  # GS1 prefixes 0 and 2 of GTIN-8 are for use inside a company
    if symbol != _EAN_8_SYMBOL and body[0] in "01" and body.strip("0"):
        # A bare 8-digit code can be a UPC-A with its zeros squeezed out; the catalogue says which of the two
        # we sell.
        try:
            keys.append(Upc.parse(body).as_upc_a().zfill(14))
        except (ParseError, EncodeError):
            pass
        else:
            is_restricted = False
    if not keys:
        raise _RefusedError(Reason.BAD_CHECK_DIGIT if body.strip("0") else Reason.ALL_ZEROS)
    return Goods(keys=tuple(dict.fromkeys(keys)), is_restricted=is_restricted)


def _read_gtin(digits: str, table: CodeTable) -> Goods:
    key = gtin_key(digits)
    if key is None:
        raise _RefusedError(Reason.BAD_CHECK_DIGIT if digits.strip("0") else Reason.ALL_ZEROS)
    ean13 = key[1:]
    is_restricted = key[0] == "0" and ean13[:2] in {"02", "04", *(f"2{digit}" for digit in range(10))}
    layout = table.layout_of(ean13) if is_restricted else None
    if layout is None:
        return Goods(keys=(key,), is_restricted=is_restricted)
    return _read_embedded(ean13, layout, table)


def _read_embedded(ean13: str, layout: EmbeddedLayout, table: CodeTable) -> Goods:
    item_end = layout.layout.count("P")
    value = ean13[layout.layout.index("V") : 12]
    if "C" in layout.layout and gs1_price_weight_check_digit(value) != int(ean13[item_end]):
        raise _RefusedError(Reason.BAD_CHECK_DIGIT)
    # All zeros is the label's way to say that the value does not fit, or was never weighed.
    amount = int(value)
    if amount == 0:
        raise _RefusedError(Reason.BAD_VALUE)
    body = ean13[:item_end].ljust(12, "0")
    key = "0" + body + str(gs1_standard_check_digit(body))
    if layout.measure is Measure.PRICE:
        price_minor = _price(amount, layout.decimals, table)
        return Goods((key,), price_minor=price_minor, is_restricted=True, layout=layout)
    if layout.measure is Measure.WEIGHT:
        weight_mg = amount * 10 ** (6 - layout.decimals)
        return Goods((key,), weight_mg=weight_mg, is_restricted=True, layout=layout)
    return Goods((key,), qty=amount, is_restricted=True, layout=layout)


def _price(amount: int, decimals: int, table: CodeTable) -> int:
    """Whole minor units of ``amount`` with ``decimals``; a price that is no whole number is refused."""
    scaled: int = amount * 10**table.exponent
    divisor: int = 10**decimals
    price_minor, rest = divmod(scaled, divisor)
    if rest or not 0 < price_minor <= table.price_limit_minor:
        raise _RefusedError(Reason.BAD_VALUE)
    return price_minor


def _read_message(body: str, table: CodeTable, today: dt.date) -> Scan:
    if not _PRINTABLE.fullmatch(body):
        raise _RefusedError(Reason.BAD_ELEMENTS)
    try:
        elements = GS1Message.parse(body, config=_PARSE_CONFIG).element_strings
    except ParseError as error:
        raise _RefusedError(Reason.BAD_ELEMENTS) from error
    return _read_elements(elements, body, table, today)


def _read_digital_link(body: str, table: CodeTable, today: dt.date) -> Scan:
    try:
        elements = GS1DigitalLinkURI.parse(body, config=_PARSE_CONFIG).element_strings
    except (ParseError, ValueError):  # the plain one for what is no address at all (``http://[``)
        return Unknown(_printable(body), Reason.NOT_GOODS)
    return _read_elements(elements, body, table, today)


def _read_elements(elements: GS1ElementStrings, body: str, table: CodeTable, today: dt.date) -> Scan:
    fields: dict[str, str] = {}
    for element in elements:
        if fields.setdefault(element.ai.ai, element.value) != element.value:
            raise _RefusedError(Reason.BAD_ELEMENTS)  # the same field twice, and they disagree
    if "01" not in fields:
        return Unknown(_printable(body), Reason.NOT_GOODS)
    key = gtin_key(fields["01"])
    if key is None:
        raise _RefusedError(Reason.BAD_CHECK_DIGIT)
    weight_mg: int | None = None
    price_minor: int | None = None
    for ai, value in fields.items():
        if ai.startswith("310"):
            weight_mg = _whole(value) * 10 ** (6 - int(ai[3])) if int(ai[3]) <= 6 else None
        elif ai.startswith("392"):
            price_minor = _price(_whole(value), int(ai[3]), table)
        elif ai.startswith("393"):
            if value[:3] != table.currency_numeric:
                raise _RefusedError(Reason.FOREIGN_CURRENCY)
            price_minor = _price(_whole(value[3:]), int(ai[3]), table)
    qty = _whole(fields["30"]) if "30" in fields else None
    if 0 in {weight_mg, qty}:
        raise _RefusedError(Reason.BAD_VALUE)
    return Goods(
        keys=(key,),
        price_minor=price_minor,
        weight_mg=weight_mg,
        qty=qty,
        lot=fields.get("10", ""),
        expires_on=_date(fields["17"], today) if "17" in fields else None,
        best_before_on=_date(fields["15"], today) if "15" in fields else None,
    )


def _whole(value: str) -> int:
    if not _ASCII_DIGITS.fullmatch(value):  # the standard's patterns let a number of no digits pass
        raise _RefusedError(Reason.BAD_ELEMENTS)
    return int(value)


def _date(value: str, today: dt.date) -> dt.date:
    """Read YYMMDD; day 00 is the last of the month, the century GS1's window of 49 years back, 50 ahead."""
    year = today.year - today.year % 100 + int(value[:2])
    if year - today.year > 50:
        year -= 100
    elif today.year - year > 49:
        year += 100
    month, day = int(value[2:4]), int(value[4:6])
    try:
        if day:
            return dt.date(year, month, day)
        first_of_next = dt.date(year + month // 12, month % 12 + 1, 1)
        dt.date(year, month, 1)
        return first_of_next - dt.timedelta(days=1)
    except ValueError as error:
        raise _RefusedError(Reason.BAD_DATE) from error
