from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.i18n import (
    LANGUAGES,
    AmountError,
    CountError,
    DayError,
    UnknownLanguageError,
    ascii_digits,
    direction,
    field_day,
    format_amount,
    format_day,
    format_label,
    format_moment,
    format_money,
    format_month,
    format_percent,
    format_phone,
    format_weight,
    localise_digits,
    parse_amount,
    parse_count,
    parse_day,
    strip_marks,
)


@pytest.mark.parametrize(
    ("amount_minor", "currency", "exponent", "language", "text"),
    [
        (150, "EUR", 2, "en", "€1.50"),
        (123456, "EUR", 2, "en", "€1,234.56"),
        (-5, "EUR", 2, "en", "−€0.05"),
        (150000, "IRR", 0, "en", "IRR\u00a0150,000"),
        (150, "EUR", 2, "fa", "۱٫۵۰\u00a0€"),
        (1500000, "IRR", 0, "fa", "۱٬۵۰۰٬۰۰۰\u00a0ریال"),
        (-5, "EUR", 2, "fa", "−۰٫۰۵\u00a0€"),
        (1250, "JOD", 3, "ar", "١٫٢٥٠\u00a0د.أ."),
    ],
)
def test_money_is_written_as_its_reader_writes_it(
    amount_minor: int, currency: str, exponent: int, language: str, text: str
) -> None:
    assert strip_marks(format_money(amount_minor, currency, exponent, language)) == text


def test_money_is_fenced_and_reads_from_the_right_where_the_reader_does() -> None:
    assert format_money(1, "EUR", 2, "en").startswith("\u2068€")
    for language in ("fa", "ar"):
        assert format_money(1, "EUR", 2, language).startswith("\u2068\u200f")
        assert format_money(1, "EUR", 2, language).endswith("\u2069")


@given(st.integers(0, 10**11), st.sampled_from([0, 2, 3]), st.sampled_from(LANGUAGES))
def test_an_amount_that_was_written_can_be_read_again(
    amount_minor: int, exponent: int, language: str
) -> None:
    written = format_amount(amount_minor, exponent, language)
    bare = written.replace(",", "") if language == "en" else written  # an English comma may be a decimal mark
    assert parse_amount(bare, exponent) == amount_minor


@pytest.mark.parametrize(
    ("typed", "amount_minor"),
    [
        ("12", 1200),
        ("12.5", 1250),
        ("12,50", 1250),
        ("۱۲٫۵", 1250),
        ("١٢٫٥٠", 1250),
        (" 1 234.50 ", 123450),
        ("0", 0),
    ],
)
def test_an_amount_may_be_typed_in_any_of_three_digit_sets(typed: str, amount_minor: int) -> None:
    assert parse_amount(typed, 2) == amount_minor


@pytest.mark.parametrize(
    "typed", ["", ".", "1.234", "-5", "1.2.3", "five", "1e3", "9" * 13, "99 999 999 999 999 999", "１"]
)
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(AmountError):
        parse_amount(typed, 2)


@pytest.mark.parametrize("typed", ["", "-1", "1.0", "x", "1" * 10])
def test_what_is_no_count_is_refused(typed: str) -> None:
    with pytest.raises(CountError):
        parse_count(typed)


def test_a_count_may_be_typed_in_persian() -> None:
    assert parse_count(" ۴۰ ") == 40


def test_days_are_jalali_in_persian_and_gregorian_elsewhere() -> None:
    day = date(2026, 11, 21)
    texts = [format_day(day, language).replace("\u00a0", " ") for language in LANGUAGES]
    assert texts == ["21 November 2026", "۳۰ آبان ۱۴۰۵", "٢١ نوفمبر ٢٠٢٦"]


def test_the_persian_new_year_falls_on_the_right_day() -> None:
    assert format_day(date(2025, 3, 21), "fa").replace("\u00a0", " ") == "۱ فروردین ۱۴۰۴"
    assert format_day(date(2025, 3, 20), "fa").replace("\u00a0", " ") == "۳۰ اسفند ۱۴۰۳"


def test_a_journal_time_is_told_on_the_kiosks_clock() -> None:
    assert (
        format_moment("2026-11-21T20:45:00.000Z", "Asia/Tehran", "fa").replace("\u00a0", " ")
        == "۱ آذر ۱۴۰۵، ۰۰:۱۵"
    )


def test_groups_of_a_phone_number_keep_their_order_in_arabic() -> None:
    # A no-break blank between Arabic digits belongs to the number; a plain one would let the groups change places.
    assert (
        format_phone("+49 30 555", "ar") == "\u2068\u200e+٤٩\u200e\u00a0\u200e٣٠\u200e\u00a0\u200e٥٥٥\u2069"
    )


def test_only_a_plain_number_on_a_label_is_translated() -> None:
    assert strip_marks(format_label("17", "fa")) == "۱۷"
    assert strip_marks(format_label("K-17", "fa")) == "K-17"


def test_rates_have_no_idle_zeros() -> None:
    assert [strip_marks(format_percent(rate, "en")) for rate in (1900, 1950, 725)] == [
        "19%",
        "19.5%",
        "7.25%",
    ]
    assert strip_marks(format_percent(1950, "fa")) == "۱۹٫۵٪"


@pytest.mark.parametrize(
    ("weight_mg", "language", "text"),
    [
        (785_000, "en", "0.785 kg"),
        (12_000_000, "en", "12.000 kg"),
        (1_234_500_250, "en", "1,234.50025 kg"),
        (785_000, "fa", "۰٫۷۸۵ کیلوگرم"),
        (785_000, "ar", "٠٫٧٨٥ كغم"),
    ],
)
def test_a_weight_is_written_to_the_gram_in_the_readers_digits(
    weight_mg: int, language: str, text: str
) -> None:
    assert strip_marks(format_weight(weight_mg, language)).replace("\u00a0", " ") == text


@given(st.text())
def test_digits_go_there_and_back(text: str) -> None:
    for language in LANGUAGES:
        assert ascii_digits(localise_digits(text, language)) == ascii_digits(text)


def test_a_language_that_is_not_ours_is_an_error() -> None:
    with pytest.raises(UnknownLanguageError):
        direction("de")


@pytest.mark.parametrize(
    ("month", "words"),
    [
        ("2026-11", ("November 2026", "۱۰ آبان – ۹ آذر ۱۴۰۵", "نوفمبر ٢٠٢٦")),
        (
            "1405-08",
            (
                "Aban 1405 (23 October – 21 November 2026)",
                "آبان ۱۴۰۵",
                "آبان ١٤٠٥ (٢٣ أكتوبر – ٢١ نوفمبر ٢٠٢٦)",
            ),
        ),
        (
            "1405-10",
            (
                "Dey 1405 (22 December 2026 – 20 January 2027)",
                "دی ۱۴۰۵",
                "دی ١٤٠٥ (٢٢ ديسمبر ٢٠٢٦ – ٢٠ يناير ٢٠٢٧)",
            ),
        ),
    ],
)
def test_a_month_of_the_accounts_has_its_name_and_where_it_is_not_the_readers_its_two_ends(
    month: str, words: tuple[str, ...]
) -> None:
    assert tuple(format_month(month, each).replace("\u00a0", " ") for each in LANGUAGES) == words
    assert format_month("2027-03", "fa").replace("\u00a0", " ") == "۱۰ اسفند ۱۴۰۵ – ۱۱ فروردین ۱۴۰۶"


@pytest.mark.parametrize(
    "text",
    ["2026-11-22", "۱۴۰۵/۰۹/۰۱", "1405-9-1", "۱۴۰۵۰۹۰۱", " ٢٠٢٦/١١/٢٢ ", "2026.11.22", "20261122"],
)
def test_a_typed_day_is_read_in_either_calendar_and_any_digits(text: str) -> None:
    assert parse_day(text) == date(2026, 11, 22)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2026-13-01",
        "1404-12-30",
        "1405/9-1",
        "2026111",
        "22/11/2026",
        "0000-01-01",
        "2026-11-22T10",
    ],
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(DayError, match="is no day"):
        parse_day(text)


@given(st.dates(date(1900, 1, 1), date(2190, 12, 31)), st.sampled_from(LANGUAGES))
def test_a_day_in_a_field_is_read_back_as_itself(day: date, language: str) -> None:
    assert parse_day(field_day(day, language)) == day
