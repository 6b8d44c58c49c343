"""What can be wrong in a goods or planogram file: message keys, English texts, and where the cell is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TEXTS = {
    "file_too_large": "The file is larger than {limit_mb} MB. Export only the goods of this kiosk.",
    "not_utf8": "This line holds a character that is not UTF-8. In the spreadsheet, save as “CSV UTF-8”.",
    "no_header": "The first line must name the columns: {columns}.",
    "column_missing": "The column “{name}” is missing. Add it to the first line, cells may stay empty.",
    "column_unknown": "There is no column “{name}”. Use one of: {columns}.",
    "column_twice": "The column “{name}” stands there twice. Remove one.",
    "bad_quotes": "A quotation mark is open to the end of the file, or stands in the wrong place. Close it.",
    "too_many_rows": "The file has more than {limit} rows. Split it.",
    "no_rows": "There is no row under the column names.",
    "cells_count": "The row has {count} cells, the first line {expected}. Put cells with a comma in quotes.",
    "missing": "This cell is empty. Fill it in.",
    "name_missing": "The name in {language} is missing. Every product needs one in en, fa and ar.",
    "too_long": "This text has {count} characters. Shorten it to {limit}.",
    "control_characters": "This text holds an invisible character ({code}). Type the text again.",
    "direction_override": "This text holds a mark that turns the writing direction ({code}). Type it again.",
    "sku_form": "“{value}” cannot be a SKU. Use 1 to 32 of A-Z, a-z, 0-9, dot, dash and underscore.",
    "sku_twice": "The SKU “{value}” already stands in line {line}. Every product needs its own.",
    "gtin_form": "“{value}” is no barcode number. It has 8, 12, 13 or 14 digits.",
    "gtin_rounded": "The spreadsheet has rounded the barcode to “{value}”. Format it as text, type it again.",
    "gtin_check_digit": "The last digit of “{value}” does not fit the others. Read the pack again.",
    "gtin_twice": "The barcode “{value}” already stands in line {line}. One barcode is one product.",
    "gtin_many": "There are {count} barcodes in this cell; at most {limit} are kept.",
    "gtin_and_loose": "Goods with a barcode are not loose. Empty one of the two cells.",
    "gtin_or_loose": "There is no barcode. Enter it, or write “yes” under loose for goods without one.",
    "price_form": "“{value}” is no price. Write digits and one decimal mark, such as {example}.",
    "price_decimals": "“{value}” has more than {limit} digits after the decimal mark.",
    "price_negative": "“{value}” is below zero.",
    "price_zero": "The price is zero. Enter a price, or take the row out.",
    "price_limit": "“{value}” is above the highest price. Is this a barcode?",
    "number_form": "“{value}” is no whole number.",
    "out_of_range": "{value} is not between {low} and {high}.",
    "not_one_of": "“{value}” is not known here. Use one of: {allowed}.",
    "picture_unknown": "There is no picture “{value}”. The inventory README lists them.",
    "photo_unknown": "“{value}” is no photo. Leave the cell as it was exported, or empty; photos are chosen at the desk.",
    "yes_or_no": "“{value}” is neither “yes” nor “no”.",
    "supplier_form": "“{value}” is no supplier. Write its key and your order number there, such as metro:4711.",
    "supplier_twice": "The supplier of “{value}” already stands in this cell. Name each once.",
    "suppliers_many": "There are {count} suppliers in this cell; at most {limit} are kept.",
    "sku_retired": "“{sku}” is retired and is not sold any more. Plan another product, or bring it back.",
    "slot_code": "“{slot}” cannot be a slot. Write a letter and a number, such as A3 or S12.",
    "slot_twice": "The slot {slot} already stands in this file. Every slot is planned once.",
    "sku_unknown": "No product has the SKU “{sku}”. Add it to the goods, or correct it.",
    "loose_in_coil": "“{sku}” is loose goods and cannot lie behind a coil. Plan a shelf place.",
    "par_above_capacity": "Par {par} is not between 0 and the capacity of {capacity}.",
    "coil_on_shelf": "{slot} is a shelf place and has no coil. Empty the cell.",
    "coil_twice": "Coil {coil} already serves {slot}. Every coil serves one slot.",
}
"""English text of each message key, parameters in braces; for the command line and for translators."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend in a file.

    Attributes:
        line: Line in the file, from 1, as a text editor counts.
        column: Name of the column; empty where the whole line or file is meant.
        key: Message key, one of `TEXTS`.
        parameters: Values for the message.
    """

    line: int
    column: str
    key: str
    parameters: Mapping[str, str | int]

    @property
    def text(self) -> str:
        """The message in English."""
        return TEXTS[self.key].format_map(self.parameters)

    def __str__(self) -> str:
        where = f"line {self.line}" + (f", column {self.column}" if self.column else "")
        return f"{where}: {self.text}"
