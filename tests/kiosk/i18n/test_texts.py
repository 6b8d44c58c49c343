from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from hardware.events import DeviceKind, Fault
from inventory.catalogue import ALLERGENS, CATEGORIES
from kiosk.core.facts import About, Verdict
from kiosk.i18n import BOOK, LANGUAGES, Words, say, say_notice
from kiosk.i18n.phrases import (
    Counted,
    Phrasebook,
    PhraseClashError,
    UnknownPhraseError,
    plural_categories,
    values_of,
)

ROOT = Path(__file__).resolve().parents[3]
NOTICE_MAKERS = {"refuse", "say", "Refused", "Notice"}


def forms(row: Words | Counted, index: int) -> list[str]:
    column = row[index]
    return [column] if isinstance(column, str) else list(column.values())


def notice_keys() -> set[str]:
    found = set()
    for path in [*(ROOT / "kiosk/core").glob("*.py"), *(ROOT / "kiosk/runtime").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                if name in NOTICE_MAKERS and isinstance(node.args[0].value, str):
                    found.add(node.args[0].value)
            if (
                isinstance(node, ast.keyword)
                and node.arg == "reason"
                and isinstance(node.value, ast.Constant)
            ):
                scan = "ScanRead" in path.read_text(encoding="utf-8") and path.name == "scan.py"
                found |= {str(node.value.value)} if scan else set()
    return found - {""}


def test_every_answer_of_the_till_has_words_of_its_own() -> None:
    keys = notice_keys()
    assert len(keys) > 40
    assert {key for key in keys if f"notice.{key}" not in BOOK} == set()


@pytest.mark.parametrize(
    ("prefix", "words", "suffixes"),
    [
        ("fault.", Fault, (".shopper", ".clerk")),
        ("kind.", DeviceKind, ("",)),
        ("about.", About, ("",)),
        ("verdict.", Verdict, ("",)),
        ("told.", Verdict, ("",)),
        ("allergen.", ALLERGENS, ("",)),
        ("category.", CATEGORIES, ("",)),
    ],
)
def test_every_word_of_the_house_has_a_text(
    prefix: str, words: tuple[str, ...], suffixes: tuple[str, ...]
) -> None:
    assert [
        f"{prefix}{word}{end}" for word in words for end in suffixes if f"{prefix}{word}{end}" not in BOOK
    ] == []


def test_the_three_texts_of_a_row_ask_for_the_same_values() -> None:
    for key, row in BOOK.rows.items():
        asked = {frozenset().union(*(values_of(form) for form in forms(row, index))) for index in range(3)}
        assert len(asked) == 1, key


def test_a_counted_text_has_every_plural_form_of_its_language() -> None:
    counted = [(key, row) for key, row in BOOK.rows.items() if isinstance(row, Counted)]
    assert counted
    for key, row in counted:
        for language, column in zip(LANGUAGES, row, strict=True):
            assert set(column) == plural_categories(language), (key, language)


def test_each_text_is_written_in_its_own_script() -> None:
    latin, arabic = re.compile(r"[A-Za-z]{3,}"), re.compile(r"[\u0600-\u06ff]")
    for key, row in BOOK.rows.items():
        english, persian, arab = (
            " ".join(re.sub(r"\{\w+\}", "", form) for form in forms(row, i)) for i in range(3)
        )
        assert not arabic.search(english), key
        assert not latin.search(persian), key
        assert not latin.search(arab), key
        assert not re.search("[يكة]", persian), key  # Persian has its own yeh and kaf, and no teh marbuta
        assert not re.search("[یکگچپژ]", arab), key
        assert not re.search("[0-9]", persian + arab), key


def test_a_value_cannot_turn_or_leave_its_place() -> None:
    text = say("fa", "notice.added", name="Cola\u202e 05.1€ \u2069\u2066")
    assert text == "افزوده شد: \u2068Cola 05.1€ \u2069"


def test_a_half_space_stays_in_a_persian_value() -> None:
    assert "می\u200cوه" in say("fa", "notice.added", name="می\u200cوه")


def test_numbers_choose_the_plural_form_and_the_digits() -> None:
    assert [say("ar", "cart.pieces", n=n) for n in (1, 2, 3, 11, 100)] == [
        "قطعة واحدة", "قطعتان", "٣ قطع", "١١ قطعة", "١٠٠ قطعة",
    ]  # fmt: skip
    assert say("fa", "cart.pieces", n=12) == "۱۲ کالا"
    assert say("en", "cart.pieces", n=1) == "1 piece"


def test_a_notice_turns_amounts_into_money_and_counts_into_digits() -> None:
    assert "۵۰٫۰۰" in say_notice(
        "fa", "goodwill_too_high", {"most_minor": "5000"}, currency="EUR", exponent=2, is_refusal=True
    )
    assert "٤٠" in say_notice("ar", "cart_full", {"most": "40"}, currency="EUR", exponent=2, is_refusal=True)


def test_a_notice_without_words_of_its_own_still_says_yes_or_no() -> None:
    assert say_notice("en", "made_up", {}, currency="EUR", exponent=2, is_refusal=True) == say(
        "en", "notice.refused"
    )
    assert say_notice("en", "made_up", {}, currency="EUR", exponent=2, is_refusal=False) == say(
        "en", "notice.done"
    )


def test_an_unknown_key_is_an_error_and_not_an_empty_text() -> None:
    with pytest.raises(UnknownPhraseError):
        say("en", "no.such.key")


def test_two_tables_cannot_fight_over_a_key() -> None:
    with pytest.raises(PhraseClashError):
        Phrasebook({"a": Words("a", "ا", "ا")}, {"a": Words("b", "ب", "ب")})
