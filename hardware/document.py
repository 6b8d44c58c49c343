"""Device-neutral print vocabulary: what a receipt is made of, before any printer, screen or QR code sees it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Align(StrEnum):
    """Where a line stands; START is left in English and right in Persian and Arabic."""

    START = "start"
    CENTRE = "centre"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text in the document's direction; wrapped by whoever draws it."""

    text: str
    is_bold: bool = False
    is_large: bool = False
    align: Align = Align.START


@dataclass(frozen=True, slots=True)
class Columns:
    """A label at the start and an amount at the end of one line; ``end`` keeps its own left-to-right order."""

    start: str
    end: str
    is_bold: bool = False
    is_large: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line across the paper."""


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code of ``data`` with a line of text under it."""

    data: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """Feed and cut the paper."""


Part = Line | Columns | Rule | Qr | Cut


@dataclass(frozen=True, slots=True)
class Document:
    """A whole receipt: its language (``en``, ``fa``, ``ar``), direction, and parts from top to bottom."""

    language: str
    is_rtl: bool
    parts: tuple[Part, ...]
