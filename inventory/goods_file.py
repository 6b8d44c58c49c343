"""Reads and writes the goods and the plan of places as ordinary CSV files, all or nothing.

A file is comma or semicolon separated UTF-8, with or without a byte order mark, as every spreadsheet can save
it. The first line names the columns; README.md in this folder says what stands in each. Every bad cell is
reported with its line, its column and what to do; where there is one, nothing at all is taken over.

Prices become whole minor units digit by digit; no binary fraction is ever made of them.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from inventory.barcode import gtin_key, to_ascii_digits
from inventory.catalogue import ALLERGENS, CATEGORIES, Place, Product, Slot, Supply
from inventory.photos import is_photo
from inventory.pictures import is_picture
from inventory.planogram import check_slots
from inventory.problems import Problem
from inventory.spreadsheet import escape_formula, unescape_formula, write_csv

PROBLEMS_SHOWN = 50
"""More than this nobody mends in one go; the rest is counted."""

FILE_LIMIT_BYTES = 24 * 1024 * 1024
"""50,000 goods with long names; a larger file must not fill the memory of a small board."""

ROW_LIMIT = 60_000
"""Most goods or places in one file: a micro market has hundreds, a wholesaler's whole range tens of thousands."""

NAME_LIMIT_CHARS = 80
"""Two lines on a product card; longer names are cut by shelf labels too."""

PRICE_LIMIT_MINOR = 1_000_000_000
"""Highest price or cost: enough for a currency without decimals, and a barcode in the price is caught."""

ZONE_LIMIT_CHARS = 40
"""A heading above a few places."""

CALORIES_LIMIT_KCAL = 9_999
"""More than a kilogram of pure fat."""

PROBLEMS_KEPT = 1_000
"""So many are kept to be put in order before the first are shown; the rest is only counted: a wrong column spoils every row."""

CASE_LIMIT = 1_000
"""Most pieces in one case; more is a pallet, or a barcode in the wrong column."""

AGE_LIMIT = 99
"""No law asks for more."""

SHELF_LIFE_LIMIT_DAYS = 3_660
"""Ten years: tins."""

SUPPLIERS_LIMIT = 4
"""Suppliers of one product: nobody compares more."""

GTINS_LIMIT = 8
"""Barcodes of one product: old and new design, single and from a multipack."""

LANGUAGES = ("en", "fa", "ar")
"""Every product has a name in each."""

GOODS_COLUMNS = (
    "sku",
    "gtin",
    "name_en",
    "name_fa",
    "name_ar",
    "price",
    "cost",
    "tax_class",
    "category",
    "allergens",
    "calories",
    "picture",
    "loose",
    "suppliers",
    "case_size",
    "deposit",
    "min_age",
    "shelf_life",
    "retired",
    "photo",
)
"""Columns of a goods file, in the order in which they are written; read in any order."""

OPTIONAL_COLUMNS = (
    "calories",
    "picture",
    "loose",
    "suppliers",
    "case_size",
    "deposit",
    "min_age",
    "shelf_life",
    "retired",
    "photo",
)
"""Columns that a goods file may leave out: files that were written before a column was thought of are read unchanged."""

PHOTO = "photo"
"""The column of photographs, which people cannot write: a file without it says nothing about them."""

PLANOGRAM_COLUMNS = ("slot", "place", "sku", "capacity", "par", "coil", "zone")
"""Columns of a planogram file."""

_COLUMN_OF_FIELD = {"code": "slot", "sku": "sku", "capacity": "capacity", "par_qty": "par", "coil": "coil"}

_BLANKS = re.compile(r"\s+")
_SKU = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_DIGITS = re.compile(r"[0-9]+")
_ROUNDED = re.compile(r"[0-9][.,]?[0-9]*[eE]\+?[0-9]+")
_PRICE = re.compile(
    r"(?P<whole>[0-9]{1,15}|[0-9]{1,3}(?:\u066c[0-9]{3})+)(?:[.,\u066b](?P<part>[0-9]{1,6}))?"
)
_SUPPLY = re.compile(
    r"(?P<supplier>[a-z0-9][a-z0-9_-]{0,23})(?::(?P<order_no>[A-Za-z0-9][A-Za-z0-9./_-]{0,31}))?"
)
_LIST_MARKS = re.compile(r"[\s|;,\u060c\u061b]+")
_PLAIN_MARKS = dict.fromkeys((0x200E, 0x200F, 0x061C, 0xFEFF))  # direction marks of spreadsheets; harmless
_JOINERS = frozenset("\u200c\u200d")  # half-space and joiner are part of Persian spelling
_OVERRIDES = frozenset(chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_YES = frozenset({"yes", "1", "true", "x", "بله", "نعم"})
_NO = frozenset({"", "no", "0", "false", "خیر", "لا"})


@dataclass(frozen=True, slots=True)
class MarketFiles:
    """What was read: goods and places, or the problems, never both.

    Attributes:
        products: In the order of the file; empty where there is any problem.
        slots: Likewise.
        problems: At most `PROBLEMS_SHOWN`, in the order of lines.
        more_qty: How many further problems are not listed.
        names_photos: Whether the goods file has the column of photographs: where it has none, every product keeps its own.
    """

    products: tuple[Product, ...] = ()
    slots: tuple[Slot, ...] = ()
    problems: tuple[Problem, ...] = ()
    more_qty: int = 0
    names_photos: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: Mapping[str, str]


class _OpenQuotesError(Exception):
    """The row that begins on ``line`` cannot be taken apart."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _Report:
    """Collects problems; the first of a cell is enough."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._more_qty = 0

    def add(self, line: int, column: str, key: str, /, **parameters: str | int) -> None:
        if len(self.problems) < PROBLEMS_KEPT:
            self.problems.append(Problem(line, column, key, parameters))
        else:
            self._more_qty += 1

    def start_again(self) -> None:
        self.problems.clear()
        self._more_qty = 0

    @property
    def qty(self) -> int:
        return len(self.problems) + self._more_qty

    def refused(self) -> MarketFiles:
        in_order = sorted(self.problems, key=lambda problem: problem.line)
        return MarketFiles(
            problems=tuple(in_order[:PROBLEMS_SHOWN]), more_qty=max(0, self.qty - PROBLEMS_SHOWN)
        )


def read_goods(data: bytes, *, exponent: int, tax_classes: Iterable[str]) -> MarketFiles:
    """Read a goods file.

    Args:
        data: The file as it lies on the disk.
        exponent: Decimals of the kiosk's currency.
        tax_classes: Keys that the configuration has a rate for.

    Returns:
        All products, or the problems and no product. Never raises for what a file holds.
    """
    report = _Report()
    reader = _GoodsReader(report, exponent, tuple(tax_classes))
    products: list[Product] = []
    names_photos = False
    for row in _read_rows(data, GOODS_COLUMNS, OPTIONAL_COLUMNS, report):
        names_photos = PHOTO in row.cells
        product = reader.product(row)
        if product is not None and not report.problems:  # with a problem nothing is taken over: keep nothing
            products.append(product)
    if report.problems:
        return report.refused()
    return MarketFiles(products=tuple(products), names_photos=names_photos)


def read_planogram(data: bytes, products: Sequence[Product]) -> MarketFiles:
    """Read a planogram file against the products it may name.

    Returns:
        All slots, or the problems and no slot; ``products`` of the answer is empty either way.
    """
    report = _Report()
    rows = _read_rows(data, PLANOGRAM_COLUMNS, ("coil", "zone"), report)
    slots: list[Slot] = []
    lines: list[int] = []
    for row in rows:
        slot = _slot(row, report)
        if slot:
            slots.append(slot)
            lines.append(row.line)
    for finding in check_slots(slots, {product.sku: product for product in products}):
        report.add(lines[finding.index], _COLUMN_OF_FIELD[finding.field], finding.key, **finding.parameters)
    return report.refused() if report.problems else MarketFiles(slots=tuple(slots))


def write_goods(products: Iterable[Product], *, exponent: int) -> bytes:
    """Write products as a goods file that `read_goods` reads back unchanged.

    UTF-8 with a byte order mark and CR LF, which spreadsheets open without asking. A name that a spreadsheet
    would run as a formula is begun with an apostrophe; reading takes it off again.

    Source for the formula rule: OWASP, "CSV Injection".
    """
    return _write(GOODS_COLUMNS, (goods_row(product, exponent) for product in products))


def goods_row(product: Product, exponent: int) -> tuple[str, ...]:
    """The cells of one product, in the order of `GOODS_COLUMNS`."""
    return (
        product.sku,
        " ".join(_shortest_gtin(key) for key in product.gtins),
        *(product.names[language] for language in LANGUAGES),
        write_price(product.price_minor, exponent),
        write_price(product.cost_minor, exponent),
        product.tax_class,
        product.category,
        " ".join(product.allergens),
        "" if product.calories_kcal is None else str(product.calories_kcal),
        product.picture,
        "yes" if product.is_loose else "",
        " ".join(_write_supply(supply) for supply in product.suppliers),
        str(product.case_size),
        write_price(product.deposit_minor, exponent) if product.deposit_minor else "",
        str(product.min_age) if product.min_age else "",
        str(product.shelf_life_days) if product.shelf_life_days else "",
        "yes" if product.is_retired else "",
        product.photo,
    )


def read_product(
    cells: Mapping[str, str], *, exponent: int, tax_classes: Iterable[str]
) -> tuple[Product | None, tuple[Problem, ...]]:
    """Read one product from cells by column, as a form has them: the product, or what is wrong with which cell."""
    report = _Report()
    product = _GoodsReader(report, exponent, tuple(tax_classes)).product(_Row(0, cells))
    return (None, tuple(report.problems)) if report.problems else (product, ())


def write_planogram(slots: Iterable[Slot]) -> bytes:
    """Write slots as a planogram file that `read_planogram` reads back unchanged."""
    return _write(
        PLANOGRAM_COLUMNS,
        (
            (
                slot.code,
                slot.place.value,
                slot.sku,
                str(slot.capacity),
                str(slot.par_qty),
                str(slot.coil) if slot.coil else "",
                slot.zone,
            )
            for slot in slots
        ),
    )


def write_price(amount_minor: int, exponent: int) -> str:
    """Minor units as a price with a point, ``125`` as ``1.25``; 0 or more."""
    if exponent == 0:
        return str(amount_minor)
    whole, part = divmod(amount_minor, 10**exponent)
    return f"{whole}.{part:0{exponent}d}"


def _write_supply(supply: Supply) -> str:
    return f"{supply.supplier}:{supply.order_no}" if supply.order_no else supply.supplier


def _shortest_gtin(key: str) -> str:
    """The number as it stands on the pack: spreadsheets drop leading zeros, people compare what they see."""
    return key[6:] if key.startswith("000000") else key.removeprefix("0")


def _write(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    return write_csv(columns, ([escape_formula(cell) for cell in row] for row in rows))


def _read_rows(
    data: bytes, columns: Sequence[str], optional: Sequence[str], report: _Report
) -> Iterator[_Row]:
    """Cells by column name, one row at a time; where the file itself is no table, a problem."""
    text = _decode(data, report)
    if text is None:
        return
    header: list[str] = []
    row_qty = 0
    before = report.qty
    line = 1
    try:
        for line, cells in _numbered(text):
            if not header:
                header = _header(cells, columns)
                if not _check_header(header, columns, optional=optional, report=report, line=line):
                    return
            elif (row_qty := row_qty + 1) > ROW_LIMIT:
                report.start_again()  # the whole file is meant, not its cells
                report.add(line, "", "too_many_rows", limit=ROW_LIMIT)
                return
            else:
                while len(cells) > len(header) and not cells[-1].strip():
                    cells.pop()  # spreadsheets leave empty cells at the end of a row
                if len(cells) == len(header):
                    yield _Row(line, dict(zip(header, cells, strict=True)))
                else:
                    report.add(line, "", "cells_count", count=len(cells), expected=len(header))
    except _OpenQuotesError as error:
        report.add(error.line, "", "bad_quotes")
    if not header and report.qty == before:
        report.add(1, "", "no_header", columns=", ".join(columns))
    elif not row_qty and report.qty == before:
        report.add(line, "", "no_rows")


def _decode(data: bytes, report: _Report) -> str | None:
    if len(data) > FILE_LIMIT_BYTES:
        report.add(1, "", "file_too_large", limit_mb=FILE_LIMIT_BYTES // 1024 // 1024)
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        report.add(data.count(b"\n", 0, error.start) + 1, "", "not_utf8")
        return None


def _numbered(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, each with the line on which it begins (a quoted cell may hold line breaks)."""
    first_line = text.partition("\n")[0]
    delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _OpenQuotesError(line) from error
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def _header(cells: list[str], columns: Sequence[str]) -> list[str]:
    header = [_clean(cell).casefold() for cell in cells]
    while header and not header[-1]:
        header.pop()
    return header if set(header) & set(columns) else []


def _check_header(
    header: list[str], columns: Sequence[str], *, optional: Sequence[str], report: _Report, line: int
) -> bool:
    known = ", ".join(columns)
    if not header:
        report.add(line, "", "no_header", columns=known)
        return False
    before = len(report.problems)
    for position, name in enumerate(header):
        if name not in columns:
            report.add(line, name[:32], "column_unknown", name=name[:32], columns=known)
        elif name in header[:position]:
            report.add(line, name, "column_twice", name=name)
    for name in columns:
        if name not in header and name not in optional:
            report.add(line, name, "column_missing", name=name)
    return len(report.problems) == before


def _clean(cell: str) -> str:
    """Text in composed form, without direction marks and with single blanks."""
    if cell.isascii() and cell.isprintable() and "  " not in cell:
        return cell.strip()
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", cell.translate(_PLAIN_MARKS))).strip()


def _hidden_character(text: str) -> tuple[str, str] | None:
    """Key and code of the first character that a reader cannot see but a screen obeys, or None."""
    if text.isprintable():  # nearly all texts: printable leaves out all that is looked for below
        return None
    for char in text:
        if char in _OVERRIDES:
            return "direction_override", f"U+{ord(char):04X}"
        if char not in _JOINERS and unicodedata.category(char) in {"Cc", "Cf", "Co", "Cs", "Cn"}:
            return "control_characters", f"U+{ord(char):04X}"
    return None


def _slot(row: _Row, report: _Report) -> Slot | None:
    cells = _Cells(row, report)
    code = cells.text("slot", limit=8).upper()
    place = cells.one_of("place", [place.value for place in Place])
    sku = cells.text("sku", limit=32)
    capacity, par_qty = cells.whole("capacity"), cells.whole("par")
    coil = cells.whole("coil") if cells.has("coil") else 0
    zone = cells.text("zone", limit=ZONE_LIMIT_CHARS) if cells.has("zone") else ""
    if cells.is_bad:
        return None
    return Slot(
        code=code, place=Place(place), sku=sku, capacity=capacity, par_qty=par_qty, coil=coil, zone=zone
    )


def read_slot(cells: Mapping[str, str]) -> tuple[Slot | None, tuple[Problem, ...]]:
    """Read one place from cells by column, as a form has them: the place, or what is wrong with which cell."""
    report = _Report()
    slot = _slot(_Row(0, cells), report)
    return (None, tuple(report.problems)) if report.problems else (slot, ())


class _Cells:
    """The cells of one row. A bad cell is reported and read as empty; ``is_bad`` says that there was one."""

    def __init__(self, row: _Row, report: _Report) -> None:
        self._row = row
        self._report = report
        self.is_bad = False

    def refuse(self, column: str, key: str, /, **parameters: str | int) -> None:
        self.is_bad = True
        self._report.add(self._row.line, column, key, **parameters)

    def has(self, column: str) -> bool:
        return bool(self._row.cells.get(column, "").strip())

    def text(self, column: str, *, limit: int, missing: Callable[[], None] | None = None) -> str:
        """Checked text of a cell; ``missing`` reports an empty one where the plain message will not do."""
        # Hidden characters are looked for before blanks are folded: a tab or a line break in a name is one of
        # them.
        cell = self._row.cells.get(column, "")
        raw = unescape_formula((cell if cell.isascii() else cell.translate(_PLAIN_MARKS)).strip(" "))
        hidden = _hidden_character(raw)
        if hidden:
            self.refuse(column, hidden[0], code=hidden[1])
            return ""
        value = _clean(raw)
        if not value.strip("\u200c\u200d"):
            if missing is None:
                self.refuse(column, "missing")
            else:
                missing()
            return ""
        if len(value) > limit:
            self.refuse(column, "too_long", count=len(value), limit=limit)
            return ""
        return value

    def code(self, column: str) -> str:
        """A short text without hidden characters, ASCII digits; may be empty."""
        return to_ascii_digits(self.text(column, limit=400)) if self.has(column) else ""

    def one_of(self, column: str, allowed: Sequence[str]) -> str:
        value = self.text(column, limit=32).casefold()
        if value and value not in allowed:
            self.refuse(column, "not_one_of", value=value, allowed=", ".join(allowed))
        return value

    def whole(self, column: str, *, high: int = 9_999) -> int:
        value = to_ascii_digits(self.text(column, limit=32))
        if not value:
            return 0
        if re.fullmatch(r"[-\u2212][0-9]+", value):
            self.refuse(column, "out_of_range", value=value, low=0, high=high)
            return 0
        if not _DIGITS.fullmatch(value):
            self.refuse(column, "number_form", value=value)
            return 0
        if int(value) > high:
            self.refuse(column, "out_of_range", value=value, low=0, high=high)
            return 0
        return int(value)

    def price(self, column: str, exponent: int) -> int:
        """Minor units of a price such as ``1.25``, ``1,25`` or ``۱٫۲۵``; 0 or more."""
        value = to_ascii_digits(self.text(column, limit=32))
        if not value:
            return 0
        if value[0] in "-\u2212":
            self.refuse(column, "price_negative", value=value)
            return 0
        match = _PRICE.fullmatch(value)
        if match is None:
            example = write_price(125 * 10**exponent // 100, exponent)
            self.refuse(column, "price_form", value=value, example=example)
            return 0
        part = match["part"] or ""
        if (
            len(part) > exponent
        ):  # "1.250" of a currency with cents may well mean a thousand: ask, do not guess
            self.refuse(column, "price_decimals", value=value, limit=exponent)
            return 0
        amount_minor = int(match["whole"].replace("\u066c", "") + part.ljust(exponent, "0"))
        if amount_minor > PRICE_LIMIT_MINOR:
            self.refuse(column, "price_limit", value=value)
            return 0
        return amount_minor


class _GoodsReader:
    """Reads rows into products and remembers where each sku and barcode stood first."""

    def __init__(self, report: _Report, exponent: int, tax_classes: tuple[str, ...]) -> None:
        self._report = report
        self._exponent = exponent
        self._tax_classes = tax_classes
        self._sku_lines: dict[str, int] = {}
        self._gtin_lines: dict[str, int] = {}

    def product(self, row: _Row) -> Product | None:
        """The product of a row, or None when a cell was bad (which is then in the report)."""
        cells = _Cells(row, self._report)
        sku = self._sku(cells, row.line)
        is_retired = self._is_yes(cells, "retired")
        gtins = self._gtins(cells, row.line, is_retired=is_retired)
        names = {language: self._name(cells, language) for language in LANGUAGES}
        price_minor = self._price(cells)
        cost_minor = cells.price("cost", self._exponent)
        tax_class = cells.one_of("tax_class", self._tax_classes)
        category = cells.one_of("category", CATEGORIES)
        allergens = self._allergens(cells)
        calories_kcal = cells.whole("calories", high=CALORIES_LIMIT_KCAL) if cells.has("calories") else None
        picture = cells.code("picture")
        if picture and not is_picture(picture):
            cells.refuse("picture", "picture_unknown", value=picture[:40])
        photo = cells.code(PHOTO)
        if photo and not is_photo(photo):
            cells.refuse(PHOTO, "photo_unknown", value=photo[:40])
        is_loose = self._is_yes(cells, "loose")
        suppliers = self._suppliers(cells)
        case_size = cells.whole("case_size", high=CASE_LIMIT) if cells.has("case_size") else 1
        deposit_minor = cells.price("deposit", self._exponent) if cells.has("deposit") else 0
        min_age = cells.whole("min_age", high=AGE_LIMIT) if cells.has("min_age") else 0
        shelf_life_days = (
            cells.whole("shelf_life", high=SHELF_LIFE_LIMIT_DAYS) if cells.has("shelf_life") else 0
        )
        if case_size == 0 and not cells.is_bad:
            cells.refuse("case_size", "out_of_range", value=0, low=1, high=CASE_LIMIT)
        if is_loose and gtins:
            cells.refuse("loose", "gtin_and_loose")
        elif not is_loose and not cells.has("gtin"):
            cells.refuse("gtin", "gtin_or_loose")
        if cells.is_bad:
            return None
        return Product(
            sku=sku,
            names=names,
            gtins=gtins,
            price_minor=price_minor,
            cost_minor=cost_minor,
            tax_class=tax_class,
            category=category,
            allergens=allergens,
            calories_kcal=calories_kcal,
            picture=picture,
            is_loose=is_loose,
            suppliers=suppliers,
            case_size=case_size,
            deposit_minor=deposit_minor,
            min_age=min_age,
            shelf_life_days=shelf_life_days,
            is_retired=is_retired,
            photo=photo,
        )

    def _sku(self, cells: _Cells, line: int) -> str:
        sku = cells.text("sku", limit=400)
        if not sku:
            return ""
        if not _SKU.fullmatch(sku):
            cells.refuse("sku", "sku_form", value=sku[:40])
            return ""
        # Two codes that differ in case alone are a mistake waiting for a clerk.
        first = self._sku_lines.setdefault(sku.casefold(), line)
        if first != line:
            cells.refuse("sku", "sku_twice", value=sku, line=first)
        return sku

    def _gtins(self, cells: _Cells, line: int, *, is_retired: bool) -> tuple[str, ...]:
        written = [code for code in _LIST_MARKS.split(cells.code("gtin")) if code]
        if len(written) > GTINS_LIMIT:
            cells.refuse("gtin", "gtin_many", count=len(written), limit=GTINS_LIMIT)
            return ()
        keys: dict[str, None] = {}
        for code in written:
            key = gtin_key(code)
            if _ROUNDED.fullmatch(code):
                cells.refuse("gtin", "gtin_rounded", value=code[:40])
            elif len(code) not in {8, 12, 13, 14} or not _DIGITS.fullmatch(code):
                cells.refuse("gtin", "gtin_form", value=code[:40])
            elif key is None:
                cells.refuse("gtin", "gtin_check_digit", value=code)
            elif key in keys or (key in self._gtin_lines and not is_retired):
                cells.refuse("gtin", "gtin_twice", value=code, line=self._gtin_lines.get(key, line))
            else:
                keys[key] = None
        if not is_retired:  # its number may be on another pack by now
            self._gtin_lines.update(dict.fromkeys(keys, line))
        return tuple(keys)

    def _name(self, cells: _Cells, language: str) -> str:
        column = f"name_{language}"
        return cells.text(
            column,
            limit=NAME_LIMIT_CHARS,
            missing=lambda: cells.refuse(column, "name_missing", language=language),
        )

    def _price(self, cells: _Cells) -> int:
        was_bad, cells.is_bad = cells.is_bad, False
        price_minor = cells.price("price", self._exponent)
        if price_minor == 0 and not cells.is_bad:
            cells.refuse("price", "price_zero")
        cells.is_bad = cells.is_bad or was_bad
        return price_minor

    def _allergens(self, cells: _Cells) -> tuple[str, ...]:
        written = {word.casefold() for word in _LIST_MARKS.split(cells.code("allergens")) if word}
        for word in sorted(written - set(ALLERGENS)):
            cells.refuse("allergens", "not_one_of", value=word[:40], allowed=", ".join(ALLERGENS))
        return tuple(sorted(written))

    def _suppliers(self, cells: _Cells) -> tuple[Supply, ...]:
        found: dict[str, Supply] = {}
        for word in filter(None, _LIST_MARKS.split(cells.code("suppliers"))):
            match = _SUPPLY.fullmatch(word)
            if match is None:
                cells.refuse("suppliers", "supplier_form", value=word[:40])
            elif match["supplier"] in found:
                cells.refuse("suppliers", "supplier_twice", value=word[:40])
            else:
                found[match["supplier"]] = Supply(match["supplier"], match["order_no"] or "")
        if len(found) > SUPPLIERS_LIMIT:
            cells.refuse("suppliers", "suppliers_many", count=len(found), limit=SUPPLIERS_LIMIT)
        return tuple(found.values())

    def _is_yes(self, cells: _Cells, column: str) -> bool:
        value = cells.code(column).casefold()
        if value not in _YES | _NO:
            cells.refuse(column, "yes_or_no", value=value[:40])
        return value in _YES
