"""The desk's menu: pages by what somebody comes for. A page stands here once; `may` leaves out what a role does not open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MENU: Final[Mapping[str, tuple[str, ...]]] = {
    "menu.today": (
        "overview",
        "fleet",
        "rounds",
    ),
    "menu.goods": (
        "goods",
        "prices",
        "planogram",
        "stock",
        "transit",
        "restock",
        "shrink",
        "codes",
    ),
    "menu.money": (
        "cash",
        "claims",
        "sales",
        "month",
    ),
    "menu.house": (
        "health",
        "coils",
        "journal",
        "deeds",
        "users",
    ),
}
"""Heading -> endpoints without their blueprint, in the order of a day."""
