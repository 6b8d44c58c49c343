"""Receipts of visits that a real till settled."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hardware
from hardware.commands import TurnCoil
from hardware.document import Columns, Document, Line, Qr
from hardware.escpos.frames import ReceiptEncoder
from hardware.escpos.text import MAX_QR_BYTES
from inventory.catalogue import Catalogue
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.i18n import LANGUAGES, format_money, strip_marks
from kiosk.receipts.account import (
    Account,
    Owed,
    ProductLine,
    Sale,
    Tenders,
    account_of,
    read_visit,
    tenders_of,
)
from kiosk.receipts.layout import Paper, lay_out, receipt_text
from kiosk.store.database import reading
from tests.kiosk.ledger_world import KIOSK_ID, World
from tests.kiosk.receipts.papers import CONFIG, HIDDEN, receipts_of

FONT = Path(hardware.__file__).parent / "escpos" / "fonts" / "Vazirmatn.woff2"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


def account(world: World, visit: str) -> Account:
    with reading(world.reader) as connection:
        return account_of(read_visit(connection, KIOSK_ID, visit))


def document(world: World, visit: str, language: str = "en", *, is_copy: bool = False) -> Document:
    made = receipts_of(world).document(world.reader, visit, language, is_copy=is_copy)
    assert made is not None
    return made


def texts(made: Document) -> list[str]:
    """Every line as a reader sees it."""
    lines = []
    for part in made.parts:
        match part:
            case Line(text=text):
                lines.append(strip_marks(text))
            case Columns(start=start, end=end):
                lines.append(f"{strip_marks(start)}|{strip_marks(end)}")
            case _:
                pass
    return lines


@pytest.mark.parametrize(("language", "word"), [("en", "TRAINING"), ("fa", "آموزش"), ("ar", "تدريب")])
def test_a_receipt_of_practice_says_so_largely_above_and_below_and_proves_nothing(
    world: World, language: str, word: str
) -> None:
    visit = world.short_change()
    facts = [each.fact for each in world.recorded() if getattr(each.fact, "visit", "") == visit]
    at = "2026-11-21T09:31:00.000Z"
    made = receipts_of(world).practised(facts, number=12, at=at, language=language)
    large = [strip_marks(part.text) for part in made.parts if isinstance(part, Line) and part.is_large]
    assert large.count(word) == 2
    assert "-------- " not in "".join(large)
    assert "---- ----" in large, "no code of money stands on it"
    assert not any(isinstance(part, Qr) for part in made.parts)
    said = "".join(texts(made))
    real = "".join(texts(document(world, visit, language)))
    sale = next(entry for entry in world.entries() if entry.kind == "SaleClosed")
    assert sale.digest.hex()[:10] in real
    assert sale.digest.hex()[:10] not in said
    assert {"en": "Training no. 12", "fa": "شمارهٔ آموزش ۱۲", "ar": "تدريب رقم ١٢"}[language] in said


def test_a_sale_reads_as_goods_money_and_proof(world: World) -> None:
    visit = world.sale()
    sale = next(entry for entry in world.entries() if entry.kind == "SaleClosed")
    assert texts(document(world, visit)) == [
        "Corner Market",
        "12 Harbour Street",
        "Phone +49 30 555 0199",
        "Tax number DE000000000",
        "Machine M-12",
        "21 November 2026, 10:30".replace(" N", "\u00a0N").replace("r 2", "r\u00a02"),
        "Receipt no. 1",
        "Navira Cola 330 ml|€1.50",
        "Total|€1.50",
        "of which tax 19%|€0.24",
        "Coins put in|€2.00",
        "Back in cash|€0.50",
        f"Journal {sale.seq} · {sale.digest.hex()[:10]}",
        "Thank you, come again",
    ]


@pytest.mark.parametrize(
    ("language", "phone"), [("fa", "تلفن +۴۹ ۳۰ ۵۵۵ ۰۱۹۹"), ("ar", "هاتف +٤٩ ٣٠ ٥٥٥ ٠١٩٩")]
)
def test_the_telephone_is_written_in_the_readers_digits(world: World, language: str, phone: str) -> None:
    lines = texts(document(world, world.sale(), language))
    assert phone in [line.replace("\u00a0", " ") for line in lines]


def test_equal_goods_stand_on_one_line_and_classes_are_taxed_apart(world: World) -> None:
    world.pick("NUTS", qty=2)
    world.choose("A1")
    visit = world.screen().visit
    for _ in range(4):
        world.coin(200)
    if world.sent:
        world.vend("delivered")
    world.pay()
    lines = texts(document(world, visit))
    assert "Roasted pistachios, 2 × €2.30|€4.60" in lines
    assert "Navira Cola 330 ml|€1.50" in lines
    assert "of which tax 19%|€0.24" in lines
    assert "of which tax 7%|€0.30" in lines


def weighed_sale(world: World) -> str:
    """Two weighed bags of pistachios, one with a price on its label, and one of the piece."""
    bag = ev.Piece(weight_mg=385_000, unit_price_minor=1_990)
    for piece in (bag, bag, ev.Piece(price_minor=240), None):
        world.ask(ev.ScanRead("2812345003852", "NUTS", "", piece=piece))
    visit = world.screen().visit
    for _ in range(11):
        world.coin(200)
    world.pay()
    return visit


@pytest.mark.parametrize(
    ("language", "name", "bag"),
    [
        ("en", "Roasted pistachios", "0.385 kg × €19.90/kg|€7.70"),
        ("fa", "پستهٔ بوداده", "۰٫۳۸۵ کیلوگرم × ۱۹٫۹۰ € هر کیلو|۷٫۷۰ €"),
        ("ar", "فستق محمص", "٠٫٣٨٥ كغم × ١٩٫٩٠ € للكيلو|٧٫٧٠ €"),
    ],
)
def test_weighed_goods_show_weight_and_price_of_a_kilogram_each_on_a_line_of_its_own(
    world: World, language: str, name: str, bag: str
) -> None:
    lines = [line.replace("\u00a0", " ") for line in texts(document(world, weighed_sale(world), language))]
    first = lines.index(f"{name}|")
    assert lines[first : first + 4] == [f"{name}|", bag] * 2
    assert [line.partition("|")[0] for line in lines[first + 4 : first + 6]] == [name, name]


def test_a_debt_is_printed_with_the_code_that_pays_it(world: World) -> None:
    visit = world.short_change()
    debt = world.facts(f.DebtRecorded)[0]
    lines = texts(document(world, visit))
    code = world.debt_code(1, debt.seq)
    assert "We owe you|€0.50" in lines
    assert f"{code[:4]} {code[4:]}" in lines


def test_an_uncertain_debt_is_printed_without_a_code(world: World) -> None:
    world.choose("A1")
    visit = world.screen().visit
    world.coin(200)
    world.vend("unknown")
    world.pay()
    lines = texts(document(world, visit))
    code = world.debt_code(1, world.facts(f.DebtRecorded)[0].seq)
    assert "Under review; the vendor decides" in lines
    assert not any(code[:4] in line for line in lines)


def test_goods_that_did_not_fall_are_named_and_not_charged(world: World) -> None:
    world.choose("A1")
    visit = world.screen().visit
    world.coin(200)
    world.vend("failed")
    world.choose("A2")
    world.coin(50)
    world.vend("delivered")
    world.pay()
    lines = texts(document(world, visit))
    assert "Navira Cola 330 ml: not delivered, not charged" in lines
    assert "Roasted pistachios|€2.30" in lines
    assert "Total|€2.30" in lines


def test_money_back_without_a_sale_says_so(world: World) -> None:
    world.coin(100)
    visit = world.screen().visit
    world.money_back()
    world.pay()
    lines = texts(document(world, visit))
    assert "No goods were sold" in lines
    assert "Back in cash|€1.00" in lines


def test_a_copy_says_that_it_is_one(world: World) -> None:
    visit = world.sale()
    assert "COPY" not in texts(document(world, visit))
    assert "COPY" in texts(document(world, visit, is_copy=True))


def test_a_time_that_cannot_be_trusted_is_marked(world: World) -> None:
    with reading(world.reader) as connection:
        entries = read_visit(connection, KIOSK_ID, world.sale())
    paper = Paper(CONFIG, world.catalogue(), world.debt_code, "en")
    sure = lay_out(account_of(entries), paper)
    unsure = lay_out(account_of(replace(entry, time_ok=False) for entry in entries), paper)
    assert not any("time unsure" in line for line in texts(sure))
    assert any(line.endswith("(time unsure)") for line in texts(unsure))


def test_there_is_no_receipt_of_a_visit_that_never_was(world: World) -> None:
    for visit in ("V1-9999", "", "V", "x", "V1-", "'; DROP TABLE journal"):
        assert receipts_of(world).document(world.reader, visit, "en") is None


def test_goods_that_are_no_longer_sold_keep_their_code(world: World) -> None:
    visit = world.sale()
    paper = Paper(CONFIG, Catalogue(), world.debt_code, "en")
    assert "COLA|€1.50" in texts(lay_out(account(world, visit), paper))


@pytest.mark.parametrize("language", ["fa", "ar"])
def test_persian_and_arabic_receipts_have_their_own_digits(world: World, language: str) -> None:
    made = document(world, world.sale(), language)
    assert made.is_rtl
    amounts = [part.end for part in made.parts if isinstance(part, Columns)]
    assert not any(re.search("[0-9]", amount) for amount in amounts)
    assert ("۱۴۰۵" if language == "fa" else "٢٠٢٦") in " ".join(texts(made))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_receipt_is_accepted_by_the_printer(world: World, language: str) -> None:
    made = document(world, world.short_change(), language)
    assert b"".join(ReceiptEncoder(FONT, 576, 512).blocks(made))


def test_a_hostile_name_turns_nothing_around_it(world: World) -> None:
    names = {"en": "Cola\u202e05.0€\u2069\x1b@", "fa": "x", "ar": "x"}
    bad = Catalogue.of((replace(world.catalogue().products["COLA"], names=names),), ())
    paper = Paper(CONFIG, bad, world.debt_code, "en")
    made = lay_out(account(world, world.sale()), paper)
    start = next(part.start for part in made.parts if isinstance(part, Columns))
    assert start == "\u2068Cola05.0€@\u2069"


# --- phones ---------------------------------------------------------------------------------------------------------


def test_the_square_leads_to_this_receipt_only(world: World) -> None:
    visit = world.sale()
    receipts = receipts_of(world)
    token = receipts.token(visit)
    assert receipts.visit_of_token(token) == visit
    square = next(part for part in document(world, visit).parts if isinstance(part, Qr))
    assert square.data == f"https://market.example/r/{token}"
    world.done()
    other = world.sale()
    forged = other + token[token.rindex("-") :]
    for wrong in (forged, visit, token[:-1], token + "A", "", "-", "V1-1-", "V" + "9" * 5_000 + "-AAAAAAAA"):
        assert receipts.visit_of_token(wrong) == ""


def test_without_an_address_the_square_holds_the_receipt_itself(world: World) -> None:
    visit = world.short_change()
    receipts = receipts_of(world, HIDDEN)
    made = receipts.document(world.reader, visit, "en")
    assert made is not None
    assert not any(isinstance(part, Qr) for part in made.parts)
    held = receipts.qr(made, visit)
    code = world.debt_code(1, world.facts(f.DebtRecorded)[0].seq)
    assert f"{code[:4]} {code[4:]}" in held
    assert "Total  €1.50" in held


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_receipt_as_text_loses_goods_first_and_says_so(world: World, language: str) -> None:
    lines = tuple(ProductLine("NUTS", 1, 230 + number) for number in range(40))
    total_minor = sum(line.gross_minor for line in lines)
    long = account(world, world.short_change())
    sale = Sale(7, lines, total_minor, (), 99, "0123456789", long.at, time_ok=True)
    paper = Paper(HIDDEN, world.catalogue(), world.debt_code, language)
    whole = Account(long.visit, long.at, True, (sale,), Tenders(coins_minor=200), long.owed, ())
    text = receipt_text(lay_out(whole, paper))
    assert len(text.encode()) <= MAX_QR_BYTES
    assert text.endswith("…")
    assert "0123456789" in text
    assert strip_marks(format_money(total_minor, "EUR", 2, language)).replace("\u00a0", " ") in text


# --- properties -----------------------------------------------------------------------------------------------------


def amount(text: str) -> int:
    return int(strip_marks(text).replace("€", "").replace(".", "").replace(",", ""))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_lines_add_up_to_the_total_and_the_money_to_nothing(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    chance = random.Random(seed)
    world = World(tmp_path_factory.mktemp("receipts"))
    for _ in range(chance.randint(0, 5)):
        world.pick("NUTS", qty=chance.randint(1, 3))
    for slot in chance.sample(["A1", "A1", "A2"], chance.randint(0, 3)):
        world.choose(slot)
    if not world.screen().visit:
        world.coin(100)
    visit = world.screen().visit
    while world.screen().visit and not world.sent and world.screen().due_minor:
        world.coin(chance.choice([50, 100, 200]))
    while world.sent and isinstance(world.sent[0], TurnCoil):
        world.vend(chance.choice(["delivered", "failed", "unknown"]))
    world.wait(130_000)
    world.pay(most=chance.choice([None, 0, 1]))
    read = account(world, visit)
    owed_minor = sum(owed.amount_minor for owed in read.owed)
    assert read.tenders.in_minor == read.total_minor + read.tenders.back_minor + owed_minor
    made = document(world, visit)
    goods = {world.catalogue().products[sku].names["en"] for sku in ("NUTS", "COLA")}
    shown = [
        amount(part.end)
        for part in made.parts
        if isinstance(part, Columns) and any(name in part.start for name in goods)
    ]
    totals = [amount(part.end) for part in made.parts if isinstance(part, Columns) and part.is_large]
    assert sum(shown) == sum(totals) == read.total_minor
    world.close()


# --- notes and cards ------------------------------------------------------------------------------------------------

CARD = {"job": "J1-9", "visit": "V1-5", "device": "reader"}


def approved(asked_minor: int, charged_minor: int) -> f.CardApproved:
    return f.CardApproved(**CARD, asked_minor=asked_minor, charged_minor=charged_minor)


def refunded(asked_minor: int, charged_minor: int) -> f.CardRefunded:
    return f.CardRefunded(**CARD, asked_minor=asked_minor, charged_minor=charged_minor)


def note_credited(value_minor: int) -> f.NoteCredited:
    return f.NoteCredited("J1-7", "V1-5", "notes", 8, 0, 1, 1, value_minor, "stacker.notes", None)


@pytest.mark.parametrize(
    ("facts", "tenders"),
    [
        ((note_credited(500),), Tenders(notes_minor=500)),
        ((f.NoteFound("J1-7", "V1-5", "notes", 500, "stacker.notes"),), Tenders(notes_minor=500)),
        ((f.NoteLost("J1-7", "V1-5", "notes", 500, "no_reply"),), Tenders(unsure_note_minor=500)),
        ((approved(150, 150),), Tenders(card_minor=150)),
        ((approved(150, 140),), Tenders(card_minor=140, granted_minor=10)),
        ((approved(150, 160),), Tenders(card_minor=160)),
        ((approved(150, 140), refunded(150, 140)), Tenders(card_minor=140, refunded_minor=140)),
        (
            (approved(150, 150), f.CardRefundFailed(**CARD, fault="declined")),
            Tenders(card_minor=150, unrefunded_minor=150),
        ),
        (
            (f.CardLost(**CARD, amount_minor=150, is_charged=False, fault="no_reply"),),
            Tenders(unsure_card_minor=150),
        ),
        (
            (approved(150, 150), f.CardLost(**CARD, amount_minor=150, is_charged=True, fault="no_reply")),
            Tenders(card_minor=150),
        ),
    ],
)
def test_each_means_is_added_up_for_itself(facts: tuple[f.Fact, ...], tenders: Tenders) -> None:
    assert tenders_of(facts) == tenders


def test_the_means_of_a_visit_add_up_to_what_came_and_went() -> None:
    tenders = Tenders(
        coins_minor=1,
        notes_minor=20,
        card_minor=300,
        granted_minor=4_000,
        redeemed_minor=50_000,
        unsure_card_minor=600_000,
        unsure_note_minor=7_000_000,
        paid_minor=80,
        refunded_minor=9,
    )
    assert (tenders.in_minor, tenders.back_minor) == (7_654_321, 89)


def by_means(tenders: Tenders, world: World, *owed: Owed) -> list[str]:
    """The receipt of a visit without a sale, as its reader sees it."""
    at = "2026-11-21T09:30:00.000Z"
    whole = Account("V1-5", at, True, (), tenders, owed, ())
    return texts(lay_out(whole, Paper(HIDDEN, world.catalogue(), world.debt_code, "en")))


def test_every_means_of_payment_has_its_line(world: World) -> None:
    lines = by_means(
        Tenders(
            coins_minor=100,
            notes_minor=500,
            card_minor=250,
            granted_minor=10,
            redeemed_minor=30,
            paid_minor=40,
            refunded_minor=60,
        ),
        world,
    )
    assert lines[lines.index("No goods were sold") + 1 :][:7] == [
        "Coins put in|€1.00",
        "Notes put in|€5.00",
        "Charged to card|€2.50",
        "Left off by the card|€0.10",
        "Paid by code|€0.30",
        "Back in cash|€0.40",
        "Back to your card|€0.60",
    ]


def test_a_charge_that_could_not_go_back_is_said(world: World) -> None:
    lines = by_means(Tenders(card_minor=150, unrefunded_minor=150, paid_minor=150), world)
    assert "€1.50 could not go back to the card: it counts as your cash" in lines


@pytest.mark.parametrize(
    ("reason", "tenders", "lines"),
    [
        (
            "card_unknown",
            Tenders(unsure_card_minor=150),
            (
                "Card, not certain|€1.50",
                "Nobody can tell yet whether your card was charged; the vendor looks into it",
            ),
        ),
        (
            "note_unknown",
            Tenders(unsure_note_minor=150),
            (
                "Note, not certain|€1.50",
                "Nobody can tell yet where your note is; the vendor looks into it",
            ),
        ),
    ],
)
def test_a_card_or_note_in_doubt_is_printed_with_the_code_to_ask_with(
    world: World, reason: str, tenders: Tenders, lines: tuple[str, ...]
) -> None:
    found = by_means(tenders, world, Owed(1, 12, 150, is_certain=False, reason=reason))
    code = world.debt_code(1, 12)
    assert set(lines) <= set(found)
    assert "Its code, for your questions" in found
    assert "Being looked into|€1.50" in found
    assert f"{code[:4]} {code[4:]}" in found
