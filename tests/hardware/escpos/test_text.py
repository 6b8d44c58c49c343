from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.escpos.text import MAX_QR_BYTES, MAX_TEXT, plain, printable, qr_fits


@given(st.text(max_size=300))
def test_nothing_that_commands_or_overrides_is_left(text: str) -> None:
    left = printable(text)
    assert not [char for char in left if unicodedata.category(char) in {"Cc", "Cs", "Co", "Cn"}]
    assert not set(left) & set("\u202a\u202b\u202c\u202d\u202e\u2028\u2029")


@given(st.text(alphabet="ab\u2066\u2067\u2068\u2069\u202e", max_size=60))
def test_isolates_are_balanced_so_nothing_outside_a_value_is_turned(text: str) -> None:
    depth = 0
    for char in printable(text):
        depth += (char in "\u2066\u2067\u2068") - (char == "\u2069")
        assert depth >= 0
    assert depth == 0


@given(st.text(max_size=1000))
def test_a_value_is_never_longer_than_its_limit(text: str) -> None:
    visible = [char for char in printable(text) if char != "\u2069"]
    assert len(visible) <= MAX_TEXT


def test_a_cut_value_says_that_it_was_cut() -> None:
    assert printable("a" * 300) == "a" * (MAX_TEXT - 1) + "…"


def test_the_half_space_of_persian_spelling_stays() -> None:
    assert printable("نمک\u200cزده") == "نمک\u200cزده"


def test_a_line_break_in_a_name_is_a_blank() -> None:
    assert printable("tea\r\n\x1bp\x0022") == "tea  p22"


def test_plain_text_has_neither_marks_nor_wide_blanks() -> None:
    assert plain("\u20685\u202f000\u2069\u200e €") == "5 000 €"


@pytest.mark.parametrize(
    "data", ["", "a\nb", "a\x10\x14\x01", "x" * (MAX_QR_BYTES + 1), "ب" * MAX_QR_BYTES, "\udc80"]
)
def test_a_qr_code_that_could_not_be_printed_as_it_is_does_not_fit(data: str) -> None:
    assert not qr_fits(data)


def test_a_link_fits_a_qr_code() -> None:
    assert qr_fits("https://market.example/c/K1-000123?t=abc#ا")
