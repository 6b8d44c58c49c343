"""The desk's table of labels: what the vendor saves is what the till reads, and nothing is half saved."""

from __future__ import annotations

import io

import pytest

from inventory.barcode import check_digit
from inventory.barcode_table import NATIONAL, TABLE_TEXTS, read_code_table
from inventory.catalogue import EmbeddedLayout, Measure, Rounding
from inventory.stockroom import load_labels
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.i18n import LANGUAGES
from kiosk.i18n.phrases import Words, values_of
from kiosk.store.database import reading
from tests.web.admin.office import CLERK, OWNER, Office, Visitor
from tests.web.admin.test_pages import text_of
from web.admin.texts import DESK_BOOK

NUTS = {
    "prefix": "281234", "digits": "5", "check": "yes", "measure": "weight", "decimals": "3", "product": "NUTS",
    "unit_price": "19.90", "least": "0.50", "most": "30", "rounding": "down",
}  # fmt: skip
ROW = EmbeddedLayout(
    "281234",
    "PPPPPPCVVVVV",
    Measure.WEIGHT,
    3,
    sku="NUTS",
    unit_price_minor=1_990,
    least_minor=50,
    most_minor=3_000,
    rounding=Rounding.DOWN,
)
LABEL = "281234" + "5" + "00385"
PRICE = {"prefix": "20", "digits": "4", "check": "no", "measure": "price", "decimals": "2", "product": "COLA"}


def whole(body: str) -> str:
    return body + str(check_digit(body))


def save(visitor: Visitor, fields: dict[str, str], **changes: str) -> str:
    return text_of(visitor.post("/desk/labels/row", follow=True, **{**fields, **changes}).text)


def stored(office: Office) -> tuple[EmbeddedLayout, ...]:
    with reading(office.reader) as connection:
        return load_labels(connection)


def send_table(visitor: Visitor, data: bytes) -> str:
    fields = {"csrf_token": visitor.token("/desk/labels"), "table": (io.BytesIO(data), "labels.csv")}
    return text_of(visitor.client.post("/desk/labels/import", data=fields, follow_redirects=True).text)


def preview(visitor: Visitor, code: str) -> str:
    return text_of(visitor.get("/desk/labels", query={"code": code}).text)


def test_a_row_is_saved_and_the_till_sells_by_it_at_once(office: Office) -> None:
    assert "The row 281234 is saved." in save(office.client(OWNER), NUTS)
    assert stored(office) == (ROW,) == office.catalogue().labels
    (recorded,) = office.facts(f.LabelsSet)
    fact = recorded.fact
    assert isinstance(fact, f.LabelsSet)
    assert (fact.by, fact.rows) == (OWNER, 1)


def test_the_preview_says_what_the_till_would_read(office: Office) -> None:
    owner = office.client(OWNER)
    save(owner, NUTS)
    page = preview(owner, whole(LABEL))
    assert "Roasted pistachios" in page
    assert "€7.60" in page, "0.385 kg at 19.90 is 7.66, down to the coin of 10"
    assert "0.385 kg × €19.90 a kilogram" in page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "The price on this label is above €30.00"),
        ("fa", "قیمت این برچسب بیش از"),
        ("ar", "سعر هذه الملصقة أعلى من"),
    ],
)
def test_the_preview_refuses_as_the_till_would(office: Office, language: str, words: str) -> None:
    save(office.client(OWNER), {**NUTS, "check": "no"})
    page = preview(office.client(OWNER, language), whole("281234" + "009000"))
    assert words in page


def test_the_preview_reads_lot_and_dates_and_refuses_what_has_expired(office: Office) -> None:
    owner = office.client(OWNER)
    gtin = office.catalogue().products["COLA"].gtins[0]
    good = preview(owner, f"01{gtin}17261224" + "10LOT7")
    assert "LOT7" in good
    assert "24 December 2026" in good.replace("\u00a0", " ")
    assert "past their date" in preview(owner, f"01{gtin}17261120")


@pytest.mark.parametrize(
    "code", ["", "x" * 300, "<script>alert(1)</script>", "\u202e281234", "]d2\x1d", "0" * 13]
)
def test_no_code_breaks_the_preview(office: Office, code: str) -> None:
    answer = office.client(CLERK).get("/desk/labels", query={"code": code})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"prefix": "30"}, "“30” is no prefix of a label."),
        ({"prefix": "28", "digits": "6"}, "4 or 5 digits only"),
        ({"prefix": "2812345"}, "longer than the number of the item"),
        ({"decimals": "7"}, "Write 0 to 6."),
        ({"unit_price": "cheap"}, "“cheap” is no price."),
        ({"unit_price": "1.999"}, "“1.999” is no price."),
        ({"measure": "price"}, "belongs to weights only"),
        ({"measure": "length"}, "“length” is not known here."),
        ({"rounding": "sideways"}, "“sideways” is no way to round."),
        ({"least": "31"}, "The lowest price is above the highest."),
        ({"product": "PEAR"}, "there is no product PEAR"),
        ({"most": "60"}, "nobody can pay more than €50.00"),
        ({"prefix": "01", "product": ""}, "name the product"),
        ({"prefix": "01", "measure": "count", "unit_price": ""}, "choose price or weight"),
        ({"prefix": ""}, "Please fill this in."),
    ],
)
def test_a_row_that_cannot_be_right_is_told_and_the_table_stays(
    office: Office, changes: dict[str, str], words: str
) -> None:
    owner = office.client(OWNER)
    save(owner, PRICE)
    before = stored(office)
    answer = owner.post("/desk/labels/row", csrf=None, follow=False, **{**NUTS, **changes})
    assert answer.status_code == 400
    assert words in text_of(answer.text)
    assert stored(office) == before
    assert 'value="NUTS"' in answer.text or "product" in changes, "what was typed is still there"


def test_persian_and_arabic_digits_are_read_in_a_row(office: Office) -> None:
    save(
        office.client(OWNER, "fa"),
        NUTS,
        prefix="۲۸۱۲۳۴",
        unit_price="۱۹٫۹۰",
        least="٠٫٥٠",
        most="٣٠",
        decimals="۳",
    )
    assert stored(office) == (ROW,)


def test_a_row_is_changed_in_its_place_and_two_never_share_a_prefix(office: Office) -> None:
    owner = office.client(OWNER)
    save(owner, NUTS)
    save(owner, PRICE)
    assert "There is a row 281234 already." in save(owner, NUTS)
    assert "There is a row 281234 already." in save(owner, NUTS, was="20")
    save(owner, NUTS, was="281234", unit_price="21")
    assert [(row.prefix, row.unit_price_minor) for row in stored(office)] == [("281234", 2_100), ("20", 0)]
    form = owner.get("/desk/labels", query={"edit": "281234"}).text
    assert 'name="unit_price" type="text" autocomplete="off" value="21.00"' in form
    assert 'name="was" value="281234"' in form


def test_a_row_is_removed_once(office: Office) -> None:
    owner = office.client(OWNER)
    save(owner, NUTS)
    save(owner, PRICE)
    for _ in range(2):
        owner.post("/desk/labels/remove", row="281234")
    assert [row.prefix for row in stored(office)] == ["20"]
    assert len(office.facts(f.LabelsSet)) == 3


def test_while_somebody_shops_the_table_is_saved_and_used_afterwards(office: Office) -> None:
    office.choose("A1")
    owner = office.client(OWNER)
    page = save(owner, NUTS)
    assert "as soon as they are done" in page
    save(owner, PRICE)
    assert [row.prefix for row in stored(office)] == ["281234", "20"], (
        "the second row does not lose the first"
    )
    assert office.catalogue().labels == ()


def test_two_gs1_rows_of_different_products_stand_beside_each_other(office: Office) -> None:
    owner = office.client(OWNER)
    for sku in ("COLA", "NUTS"):
        save(owner, PRICE, prefix="01", product=sku)
    assert [row.key for row in stored(office)] == [("01", "COLA"), ("01", "NUTS")]


def test_a_clerk_reads_the_table_and_changes_nothing(office: Office) -> None:
    clerk = office.client(CLERK)
    assert clerk.post("/desk/labels/row", csrf=None, follow=False, **NUTS).status_code == 403
    page = clerk.get("/desk/labels").text
    assert 'action="/desk/labels/row"' not in page
    assert stored(office) == ()


# --- the whole table ------------------------------------------------------------------------------------------------


def test_an_export_reads_back_unchanged(office: Office) -> None:
    owner = office.client(OWNER)
    save(owner, NUTS)
    save(owner, PRICE, prefix="01", product="COLA")
    data = owner.get("/desk/labels.csv").data
    assert read_code_table(data).layouts == stored(office)
    assert "The table has 2 rows now." in send_table(owner, data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The first line must name these columns"),
        (
            b"prefix,layout,measure,decimals\n20,PPPPPPPPVVVV,price,2\n30,PPPPPPPPVVVV,price,2\n",
            "Line 3: “30”",
        ),
        (b"prefix,layout,measure,decimals,product\n20,PPPPPPPPVVVV,price,2,PEAR\n", "no product PEAR"),
        (b"prefix,layout,measure,decimals\n" + b"x" * 70_000, "larger than 64 kB"),
        (b"prefix,layout,measure,decimals\n" + b"20,PPPPPPPPVVVV,price,2\n" * 4_000, "larger than"),
    ],
)
def test_a_file_with_one_bad_row_changes_nothing(office: Office, data: bytes, words: str) -> None:
    owner = office.client(OWNER)
    save(owner, NUTS)
    page = send_table(owner, data)
    assert words in page
    assert stored(office) == (ROW,)


def test_a_table_can_begin_with_what_a_country_agreed_on(office: Office) -> None:
    owner = office.client(OWNER)
    owner.post("/desk/labels/import", country="DE")
    assert stored(office) == NATIONAL["DE"]
    assert owner.post("/desk/labels/import", country="XX").status_code == 400
    assert stored(office) == NATIONAL["DE"]


# --- words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", sorted(TABLE_TEXTS))
def test_every_problem_of_a_table_can_be_told(key: str) -> None:
    words = DESK_BOOK.rows[f"labels.{key}"]
    assert isinstance(words, Words)
    assert values_of(words.en) == values_of(TABLE_TEXTS[key])
    assert words.en == TABLE_TEXTS[key]


@pytest.mark.parametrize("language", LANGUAGES)
def test_codes_that_were_refused_and_lines_of_labels_have_words_on_their_pages(
    office: Office, language: str
) -> None:
    for number, price_minor in enumerate((9_000, 1, 240)):
        office.ask(ev.ScanRead(f"201234501234{number}", "NUTS", "", piece=ev.Piece(price_minor=price_minor)))
    office.ask(
        ev.ScanRead("2012345012349", "NUTS", "", piece=ev.Piece(weight_mg=385_000, unit_price_minor=1_990))
    )
    clerk = office.client(CLERK, language)
    assert DESK_BOOK.say(language, "code.label_too_dear") in text_of(clerk.get("/desk/codes").text)
    journal = text_of(clerk.get("/desk/journal").text).replace("\u00a0", " ")
    assert {"en": "0.385 kg at €19.90", "fa": "۰٫۳۸۵ کیلوگرم", "ar": "٠٫٣٨٥ كغم"}[language] in journal
