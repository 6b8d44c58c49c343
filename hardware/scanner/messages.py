"""What a scan says: text in ASCII digits without marks and blanks around it, and the AIM identifier apart.

Sources: Unicode (decimal digits, bidirectional marks); ISO/IEC 15424 (symbology identifiers ``]cm``); GS1
General Specifications (the separator of element strings, sent as 1Dh).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

SEPARATOR: Final = "\x1d"
"""GS: ends a variable-length GS1 field; the only control character that belongs in a code."""

_MARKS: Final = dict.fromkeys(
    map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
)
"""Marks of text direction and byte order: unseen, and a different key for the same number if they stayed."""

_BLANKS: Final = " \u00a0"
"""Blanks stripped at both ends. Not `str.strip`'s own set: that one would take the separator away too."""

_AIM: Final = re.compile(r"\](?P<aim>[A-Za-z][0-9A-Za-z])")


@dataclass(frozen=True, slots=True)
class CodeText:
    """A readable code: its text, and the AIM identifier without ``]`` or empty."""

    text: str
    aim: str = ""


def read_code(data: bytes) -> CodeText | None:
    """Read one scan; None when it is no code: not UTF-8, a control or unprintable character, or nothing but
    marks.

    Decimal digits of every script become ASCII, so that the same number is the same key. Blanks inside a code
    stay: Code 128 may carry them.
    """
    try:
        raw = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    text = "".join(_in_ascii(one) for one in raw.translate(_MARKS)).strip(_BLANKS)
    if not all(one.isprintable() or one == SEPARATOR for one in text):
        return None
    prefix = _AIM.match(text)
    aim = prefix["aim"] if prefix else ""
    text = text[prefix.end() :].strip(_BLANKS) if prefix else text
    return CodeText(text, aim) if text.strip(SEPARATOR + _BLANKS) else None


def write_code(code: CodeText) -> bytes:
    """Write a code as a scanner sends it, without suffix."""
    prefix = f"]{code.aim}" if code.aim else ""
    return (prefix + code.text).encode("utf-8")


def _in_ascii(character: str) -> str:
    return str(unicodedata.decimal(character)) if character.isdecimal() else character
