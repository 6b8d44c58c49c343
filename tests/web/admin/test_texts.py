"""Everything the desk can say exists in three languages and asks for the same values in each."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

import web.admin
from inventory.problems import TEXTS
from kiosk.core import facts as f
from kiosk.i18n import BOOK, LANGUAGES
from kiosk.i18n.phrases import Counted, Words, plural_categories, values_of
from tests.web.admin.office import make_config
from web.admin.entries import entry_words
from web.admin.pages.journal import GROUPS, kind_groups
from web.admin.texts import DESK_BOOK
from web.admin.voice import Voice

TEMPLATES = sorted((Path(web.admin.__file__).parent / "templates" / "desk").glob("*.html"))
SPOKEN = re.compile(r"voice\.say\('([a-z_.]+)'[,)]")


def make_voice(language: str) -> Voice:
    money = make_config().money
    return Voice(
        language,
        currency=money.currency,
        exponent=money.exponent,
        timezone="Europe/Berlin",
        hoppers={"hopper-10": 10},
    )


def any_value(field: dataclasses.Field[object]) -> object:
    kind = str(field.type)
    if field.name in {"was", "now"}:
        return "2026-11-21T08:00:00.000Z"
    if kind.startswith("int"):
        return 7
    if kind == "bool":
        return True
    if kind.startswith("tuple"):
        return ()
    members = {"VendOutcome": f.VendOutcome.FAILED, "Verdict": f.Verdict.UNSEEN}
    return members.get(kind, "x")


@pytest.mark.parametrize("key", sorted(DESK_BOOK.rows))
def test_a_text_asks_for_the_same_values_in_every_language(key: str) -> None:
    words = DESK_BOOK.rows[key]
    if isinstance(words, Counted):
        forms = [dict(each) for each in words]
        assert [set(each) for each in forms] == [set(plural_categories(each)) for each in LANGUAGES]
    else:
        forms = [{"other": each} for each in words]
    assert all(text.strip() for each in forms for text in each.values())
    # One and two may be words of their own: the other forms ask for the number.
    asked = [values_of(" ".join(each.values())) for each in forms]
    assert asked[0] == asked[1] == asked[2]


def test_no_text_of_the_desk_hides_one_of_the_house() -> None:
    assert not set(DESK_BOOK.rows) & set(BOOK.rows)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_page_says_only_what_there_are_texts_for(template: Path) -> None:
    for key in SPOKEN.findall(template.read_text(encoding="utf-8")):
        assert key in DESK_BOOK or key in BOOK, key


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(f.KINDS))
def test_every_fact_has_a_sentence(language: str, kind: str) -> None:
    shape = f.KINDS[kind]
    fact = shape(**{field.name: any_value(field) for field in dataclasses.fields(shape)})
    if not any(key == f"fact.{kind}" for key in DESK_BOOK.rows):
        variants = {key.rsplit(".", 1)[1] for key in DESK_BOOK.rows if key.startswith(f"fact.{kind}.")}
        assert kind == "VendEnded"
        assert variants == set(f.VendOutcome)
    assert entry_words(make_voice(language), {}, fact)


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_every_problem_of_a_file_can_be_told(key: str) -> None:
    words = DESK_BOOK.rows[f"problem.{key}"]
    assert isinstance(words, Words)
    renamed = {"tongue" if name == "language" else name for name in values_of(TEXTS[key])}
    assert values_of(words.en) == renamed


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_account_has_a_name(language: str) -> None:
    voice = make_voice(language)
    for account in ("cash.box", "cash.hopper.hopper-10", "transit.B1-9", "credit", "owed", "tax.standard", "float",
                    "sales.standard", "goodwill", "over_short", "suspense.coins", "suspense.*", "transit.*"):  # fmt: skip
        assert voice.account(account) != account


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_entry_has_a_name_of_its_own_in_one_of_the_groups(language: str) -> None:
    voice = make_voice(language)
    groups = kind_groups(voice)
    named = {kind: name for _, kinds in groups for kind, name in kinds}
    assert set(named) == set(f.KINDS)
    assert len(set(named.values())) == len(named)
    assert [kind for kind, name in named.items() if name == kind] == [], "texts/kinds.py wants its name"
    assert [heading for heading, _ in groups] == [voice.say(key) for key in GROUPS.values()]


def test_a_time_beside_another_one_of_the_same_day_needs_no_day() -> None:
    voice = make_voice("en")
    noon, eve, past = "2026-11-21T12:00:00.000Z", "2026-11-21T22:30:00.000Z", "2026-11-21T23:30:00.000Z"
    assert voice.moment_beside(eve, noon) == voice.clock(eve)
    assert voice.moment_beside(past, noon) == voice.moment(past), "in Berlin it is the next day"
