"""Labels for the machine: what the square says, and that all three languages fit on the page."""

from __future__ import annotations

import zlib

import pytest

from web.admin.texts import DESK_BOOK
from web.machine_label import MachineLabel, write_machine_labels

SHORT = MachineLabel("Nilufar", "+49 30 5550-0199", "17", "https://kiosk.example.org/c?about=swallowed")
LONG = MachineLabel("Micro Markets of the Greater Metropolitan Region and Beyond Limited", "030", "17")


@pytest.mark.parametrize(
    ("label", "square"),
    [(SHORT, "https://kiosk.example.org/c?about=swallowed"), (LONG, "tel:030")],
)
def test_the_square_opens_the_claim_page_or_dials_where_phones_reach_none(
    label: MachineLabel, square: str
) -> None:
    assert label.square == square


@pytest.mark.parametrize("label", [SHORT, LONG])
def test_everything_is_on_one_page_with_letters_inside(label: MachineLabel) -> None:
    data = write_machine_labels(label, DESK_BOOK, "ar")
    assert data.count(b"/Type /Page\n") == 1
    assert data.count(b"/FontFile2") == 2
    start = data.index(b"stream\n") + len(b"stream\n")
    page = zlib.decompress(data[start : data.index(b"endstream", start)])
    assert page.count(b" re") > 250, "three squares of bars"
