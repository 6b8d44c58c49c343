"""What the pages show and do, with a real till and a real store behind them."""

from __future__ import annotations

import html
import io
import re
from dataclasses import replace

import pytest
from sqlalchemy import Connection, event
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from hardware import events as hw
from hardware.events import DeviceKind
from hardware.rig import DeviceConfig, PortConfig, RigConfig, Wire
from inventory.goods_file import FILE_LIMIT_BYTES, GOODS_COLUMNS, read_goods
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.facts import About
from kiosk.i18n import LANGUAGES, format_money, say
from kiosk.store.database import reading
from kiosk.store.verify import verify_journal
from tests.web.admin.office import CHEAP, CLERK, KEYS, OWNER, PASSWORDS, Office, Visitor
from web import LOOPBACK_NAMES, create_network_app
from web.admin import register_desk

HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}"
OVERRIDE = "\u202e"


def text_of(page: str) -> str:
    """A page's text without tags and direction marks."""
    bare = html.unescape(re.sub(r"<[^>]+>", " ", page))
    return " ".join(re.sub("[\u2066-\u2069\u200e\u200f]", "", bare).split())


def links(page: str) -> set[str]:
    return {html.unescape(each) for each in re.findall(r'href="(/desk[^"]*)"', page)}


def token_of(visitor: Visitor, path: str, name: str = "token") -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', visitor.get(path).text)
    assert found
    return found[1]


def busy(office: Office) -> None:
    """Something of everything: sales, a debt, a claim, a collection with a variance, trouble, an unknown code."""
    office.printer_ready()
    office.sale()
    office.done()
    office.short_change()
    office.clock.move(700_000)
    office.tell()
    office.ask(ev.ScanRead(code="4006381333931", sku="", reason="unknown_product"))
    office.clock.move(200_000)
    office.tell()
    office.ask(ev.ClerkEntered(CLERK))
    office.ask(ev.CashBoxCollected("box-1", CLERK, 390))
    office.ask(ev.ClerkLeft(CLERK))
    office.tell(hw.DeviceLost("hopper-50", DeviceKind.HOPPER, hw.Fault.NO_REPLY))
    office.desk.claims.open(
        token="claim-1-open",
        about=About.NO_GOODS,
        said_minor=150,
        channel="phone",
        details="mina@example.org",
    )


# --- every figure opens its entries


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_of_the_desk_leads_somewhere(office: Office, language: str) -> None:
    busy(office)
    visitor = office.client(OWNER, language)
    seen: set[str] = set()
    waiting = {"/desk/"}
    while waiting and len(seen) < 150:
        path = waiting.pop()
        seen.add(path)
        answer = visitor.get(path)
        assert answer.status_code == 200, path
        if answer.mimetype == "text/html":
            found = {link.partition("#")[0] for link in links(answer.text)}
            # Files of a list have tests of their own; making dozens of PDFs here would only cost time.
            waiting |= {link for link in found if "format=" not in link} - seen
    assert len(seen) > 60


def test_a_sum_on_the_overview_is_the_sum_of_the_entries_it_opens(office: Office) -> None:
    busy(office)
    visitor = office.client(OWNER)
    page = visitor.get("/desk/").text
    figures = re.findall(
        r'class="figure" href="(/desk/journal\?account=[^"]+)" aria-label="[^"]*: ([^"]+)"', page
    )
    assert len(figures) == 6, (
        "box, three hoppers, the bag on its way, and what is owed: no sums of all the time"
    )
    for href, shown in figures:
        entries = visitor.get(html.unescape(href)).text
        amounts = re.findall(r'<td class="number" data-label="Amount">([^<]+)</td>', entries)
        minors = [int(re.sub(r"[^0-9]", "", each)) * (-1 if "\u2212" in each else 1) for each in amounts]
        assert format_money(sum(minors), "EUR", 2, "en") == html.unescape(shown), href


def test_an_entry_shows_its_fields_postings_bytes_and_digest(office: Office) -> None:
    office.sale()
    (sale,) = office.facts(f.SaleClosed)
    entry = office.entries()[sale.seq - 1]
    page = text_of(office.client(CLERK).get(f"/desk/journal/1/{sale.seq}").text)
    assert entry.digest.hex() in page
    assert "Receipt 1: goods for €1.50." in page
    assert '"total_minor": 150' in page
    assert "Sales without tax, standard €1.26" in page
    assert "Tax, standard €0.24" in page


@pytest.mark.parametrize(
    "query",
    [
        "visit=1",
        "visit=V1-1'--",
        "kind=Nothing",
        "day=2026-13-01",
        "day=yesterday",
        "day=0001-01-01",
        "day=9999-12-31",
    ],
)
def test_a_filter_that_cannot_be_is_refused_in_words(office: Office, query: str) -> None:
    answer = office.client(CLERK).get(f"/desk/journal?{query}")
    assert answer.status_code == 400
    assert "could not be understood" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/desk/journal/1/999999",
        "/desk/journal/9/1",
        "/desk/goods/NOTHING",
        "/desk/claims/C9-9",
        "/desk/nothing",
    ],
)
def test_what_is_not_there_is_said_so(office: Office, path: str) -> None:
    answer = office.client(OWNER).get(path)
    assert answer.status_code == 404
    assert "There is nothing here." in answer.text


# --- the overview


def test_the_day_is_summed_on_the_kiosks_own_clock(office: Office) -> None:
    office.sale()
    office.done()
    page = text_of(office.client(CLERK).get("/desk/").text)
    assert "Sum €1.50 Receipts 1 Pieces 1" in page
    assert "10:00 1 €1.50" in page
    assert "Navira Cola 330 ml 1 €1.50" in page


def test_the_plot_is_a_picture_without_scripts_in_the_readers_digits(office: Office) -> None:
    office.sale()
    answer = office.client(CLERK, "fa").get("/desk/plot.svg")
    assert answer.mimetype == "image/svg+xml"
    assert "<script" not in answer.text
    assert not re.search(r"""(href|src)=["']https?:|url\(https?:""", answer.text)
    assert "۱۰" in answer.text


@pytest.mark.parametrize(
    ("happen", "said"),
    [
        (
            lambda o: o.tell(hw.DeviceLost("coins", DeviceKind.COIN_ACCEPTOR, hw.Fault.NO_REPLY)),
            "no coins can be taken",
        ),
        (lambda o: o.tell(ev.PromiseBroken("a test")), "Selling is stopped"),
        (lambda o: o.tell(), "no paper receipts"),
        (busy, "Claims wait for you: 1"),
        (
            lambda o: o.tell(hw.DeviceFaulted("coils", DeviceKind.COIL_BOARD, hw.Fault.SENSOR_BLOCKED, 1)),
            "drop sensor",
        ),
        (lambda o: o.ask(ev.ClerkEntered(CLERK)), "sami is working on the machine"),
    ],
)
def test_what_needs_a_hand_is_said_first(office: Office, happen: object, said: str) -> None:
    assert callable(happen)
    happen(office)
    assert said in text_of(office.client(CLERK).get("/desk/").text)


def test_a_healthy_machine_says_that_nothing_needs_you(office: Office) -> None:
    office.printer_ready()
    page = text_of(office.client(CLERK).get("/desk/").text)
    assert "Nothing needs you The machine sells, pays change and prints." in page


@pytest.mark.parametrize(
    ("language", "direction", "digits"), [("fa", "rtl", "۱٫۵۰"), ("ar", "rtl", "١٫٥٠"), ("en", "ltr", "1.50")]
)
def test_a_page_is_in_the_readers_language_direction_and_digits(
    office: Office, language: str, direction: str, digits: str
) -> None:
    office.sale()
    page = office.client(CLERK, language).get("/desk/").text
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert digits in page


def test_the_language_is_chosen_by_the_browser_until_the_reader_chooses(office: Office) -> None:
    visitor = Visitor(office.app.test_client())
    assert 'lang="ar"' in visitor.get("/desk/sign-in", headers={"Accept-Language": "ar-EG, en;q=0.5"}).text
    visitor.post("/desk/language", language="fa", next="/desk/sign-in")
    assert '<html lang="fa"' in visitor.get("/desk/sign-in", headers={"Accept-Language": "ar"}).text
    assert visitor.post("/desk/language", language="xx").status_code == 400


# --- goods and prices


@pytest.mark.parametrize("query", ["cola", "نوشابه", "كولا", "COLA", "6260441801411", "۶۲۶۰۴۴۱۸۰۱۴۱۱"])
def test_goods_are_found_by_any_name_sku_or_barcode(office: Office, query: str) -> None:
    page = text_of(office.client(CLERK).get("/desk/goods", query={"q": query}).text)
    assert "Navira Cola" in page
    assert "pistachios" not in page


@pytest.mark.parametrize("typed", ["1.70", "1,70", "۱٫۷۰", "١٫٧٠", " 1.7 "])
def test_a_price_is_set_in_any_digits(office: Office, typed: str) -> None:
    answer = office.client(OWNER).post("/desk/goods/COLA/price", price=typed, follow=True)
    office.tell()
    assert "now costs €1.70" in text_of(answer.text)
    assert office.catalogue().products["COLA"].price_minor == 170
    (fact,) = office.facts(f.PriceSet)
    assert fact.fact == f.PriceSet(by=OWNER, sku="COLA", was_minor=150, price_minor=170)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1.75", "Prices go in steps of €0.10"),
        ("0", "Prices go in steps"),
        ("99.00", "The highest price is €50.00"),
        ("1.999", "at most one decimal mark"),
        ("-1", "at most one decimal mark"),
        ("free", "at most one decimal mark"),
        ("", "Please fill this in"),
        ("9" * 65, "too long"),
    ],
)
def test_a_price_that_cannot_be_is_refused_in_words(office: Office, typed: str, said: str) -> None:
    answer = office.client(OWNER).post("/desk/goods/COLA/price", price=typed, follow=True)
    assert said in text_of(answer.text)
    assert office.facts(f.PriceSet) == []


def goods_file(*rows: str) -> bytes:
    return "\r\n".join([",".join(GOODS_COLUMNS[:13]), *rows]).encode()


def send_file(visitor: Visitor, goods: bytes, *, plan: bytes = b"") -> str:
    """Post the import's form; the body is put together here, because the test client leaves large ones open."""
    fields = {
        "goods": FileStorage(io.BytesIO(goods), "goods.csv"),
        "plan": FileStorage(io.BytesIO(plan), "plan.csv" if plan else ""),
        "csrf_token": visitor.token("/desk/goods/import"),
    }
    boundary, body = encode_multipart(MultiDict(fields))
    answer = visitor.client.post(
        "/desk/goods/import",
        data=body,
        content_type=f"multipart/form-data; boundary={boundary}",
        follow_redirects=True,
    )
    return str(answer.text)


def take_file(visitor: Visitor, page: str) -> str:
    """Say yes to the preview."""
    path = re.search(r'action="(/desk/goods/import/[^"]+)"', page)
    assert path, text_of(page)
    return visitor.post(path[1], follow=True).text


GOOD = (
    "COLA,6260441801411,Cola,کولا,كولا,1.60,0.62,standard,drinks,,139,,",
    "NUTS,,Pistachios,پسته,فستق,2.30,1.20,reduced,nuts,nuts,,,yes",
    "WATER,,Water,آب,ماء,0.80,0.20,reduced,drinks,,0,,yes",
)


def test_a_right_file_takes_the_place_of_all_goods(office: Office) -> None:
    visitor = office.client(OWNER)
    page = text_of(take_file(visitor, send_file(visitor, goods_file(*GOOD))))
    office.tell()
    assert "3 products taken over." in page
    assert office.catalogue().products["COLA"].price_minor == 160
    assert set(office.catalogue().slots) == {"A1", "A2", "S1"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("row", "place"),
    [
        ("WATER,,Water,,ماء,0.80,0.20,reduced,drinks,,,,yes", "4 name_fa"),
        ("WATER,,Water,آب,ماء,cheap,0.20,reduced,drinks,,,,yes", "4 price"),
        ("WATER,4006381333932,Water,آب,ماء,0.80,0.20,reduced,drinks,,,,", "4 gtin"),
        ("WATER,,Water,آب,ماء,0.80,0.20,luxury,drinks,,,,yes", "4 tax_class"),
        ("COLA,,Water,آب,ماء,0.80,0.20,reduced,drinks,,,,yes", "4 sku"),
        ("WATER,,Water,آب,ماء,0.85,0.20,reduced,drinks,,,,yes", "price"),
        ("WATER,,Water,آب,ماء,99.00,0.20,reduced,drinks,,,,yes", "price"),
        ('WATER,,"open', "4"),
    ],
)
def test_one_bad_row_is_told_with_line_and_column_and_nothing_is_imported(
    office: Office, language: str, row: str, place: str
) -> None:
    before = office.catalogue()
    page = send_file(office.client(OWNER, language), goods_file(GOOD[0], GOOD[1], row))
    cells = text_of(" ".join(re.findall(r"<td data-label=[^>]*>(.*?)</td>", page, re.DOTALL)))
    expected = place.translate(str.maketrans("4", {"en": "4", "fa": "۴", "ar": "٤"}[language]))
    assert expected in cells
    office.tell()
    assert office.catalogue() == before
    assert office.facts(f.CatalogueImported) == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Please choose a goods file."),
        (goods_file(), "There is no row under the column names."),
        (b"\xff\xfe\x00", "UTF-8"),
        (goods_file(GOOD[0]), "Slot A2 holds “NUTS”"),
        (goods_file(*GOOD) + b"\n" + b" " * FILE_LIMIT_BYTES, "larger than 24 MB"),
    ],
)
def test_a_file_that_is_no_goods_file_is_told_so(office: Office, data: bytes, said: str) -> None:
    assert said in text_of(send_file(office.client(OWNER), data))
    assert office.facts(f.CatalogueImported) == []


def test_a_plan_comes_with_its_goods(office: Office) -> None:
    plan = b"slot,place,sku,capacity,par,coil\r\nA1,coil,COLA,8,6,1\r\n"
    visitor = office.client(OWNER)
    page = take_file(visitor, send_file(visitor, goods_file(GOOD[0]), plan=plan))
    office.tell()
    assert "1 products taken over." in text_of(page)
    assert set(office.catalogue().slots) == {"A1"}


def test_an_export_reads_back_unchanged_and_runs_no_formula(office: Office) -> None:
    row = "EVIL,,=cmd|' /C calc'!A0,+۱,@م,0.80,0.20,reduced,drinks,,,,yes"
    send_file(office.client(OWNER), goods_file(*GOOD, row))
    office.tell()
    data = office.client(CLERK).get("/desk/goods.csv").data
    found = read_goods(data, exponent=2, tax_classes=("standard", "reduced"))
    assert found.problems == ()
    assert {each.sku: each for each in found.products} == dict(office.catalogue().products)
    for cell in re.split(rb"[,\r\n]", data):
        assert not cell.strip(b'"').startswith((b"=", b"+", b"@")), cell


def test_a_body_above_the_limit_is_refused_everywhere_but_at_the_import(office: Office) -> None:
    visitor = office.client(OWNER)
    answer = visitor.post("/desk/goods/COLA/price", price="1" * 70_000)
    assert answer.status_code == 413
    assert "That is too long." in answer.text


# --- stock


def test_one_tap_fills_what_the_plan_wants(office: Office) -> None:
    visitor = office.client(CLERK)
    page = visitor.get("/desk/stock").text
    assert "Filled +1" in text_of(page)
    token = token_of(visitor, "/desk/stock")
    answer = visitor.post("/desk/stock", slot="A1", move="fill", qty="1", token=token, follow=True)
    assert "A1 is saved." in text_of(answer.text)
    assert office.state.coils["A1"].qty == 6


def test_a_nervous_finger_fills_once(office: Office) -> None:
    visitor = office.client(CLERK)
    for _ in range(3):
        visitor.post("/desk/stock", slot="A1", move="fill", qty="1", token="one-token")
    assert office.state.coils["A1"].qty == 6


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"slot": "A1", "move": "fill", "qty": "9"}, "This slot holds 8 at most."),
        ({"slot": "Z9", "move": "fill", "qty": "1"}, "There is no such slot."),
        ({"slot": "A1", "move": "fill", "qty": "-1"}, "Please write a whole number."),
        ({"slot": "A1", "move": "fill", "qty": "many"}, "Please write a whole number."),
        ({"slot": "A1", "move": "fill", "qty": "1" * 65}, "That is too long."),
        ({"slot": "A1", "move": "gift", "qty": "1"}, "Please choose from the list."),
        ({"slot": "A1", "move": "fill", "qty": ""}, "Please fill this in."),
    ],
)
def test_a_fill_that_cannot_be_is_refused_in_words(office: Office, fields: dict[str, str], said: str) -> None:
    answer = office.client(CLERK).post("/desk/stock", token="t-1", follow=True, **fields)
    assert said in text_of(answer.text)
    assert office.state.coils["A1"].qty == 5


def test_waste_and_shelf_fills_are_kept(office: Office) -> None:
    visitor = office.client(CLERK)
    visitor.post("/desk/stock", slot="S1", move="fill", qty="۸", token="t-1", view="shelf")
    visitor.post("/desk/stock", slot="S1", move="spoilage", qty="2", token="t-2", view="shelf")
    assert "6 of 20" in text_of(visitor.get("/desk/stock?view=shelf").text)


# --- claims


def open_claim(office: Office, **values: object) -> str:
    fields = {
        "token": "claim-token-1",
        "about": About.NO_GOODS,
        "said_minor": 150,
        "channel": "phone",
        **values,
    }
    status = office.desk.claims.open(**fields).status  # type: ignore[arg-type]
    assert status is not None
    return status.claim


def test_a_claim_is_approved_in_one_click_and_paid_once(office: Office) -> None:
    claim = open_claim(office)
    visitor = office.client(OWNER)
    assert 'value="1.50"' in visitor.get(f"/desk/claims/{claim}").text
    page = visitor.post(f"/desk/claims/{claim}/approve", amount="1.50", follow=True)
    assert "The claim is approved." in text_of(page.text)
    again = visitor.post(f"/desk/claims/{claim}/approve", amount="1.50", follow=True)
    assert "This claim is decided already." in text_of(again.text)
    assert office.state.totals.owed == 150
    assert len(office.facts(f.GoodwillGranted)) == 1


@pytest.mark.parametrize(("language", "value"), [("fa", "۱٫۵۰"), ("ar", "١٫٥٠")])
def test_a_prefilled_amount_is_in_the_readers_digits_and_reads_back(
    office: Office, language: str, value: str
) -> None:
    claim = open_claim(office)
    visitor = office.client(OWNER, language)
    assert f'value="{value}"' in visitor.get(f"/desk/claims/{claim}").text
    visitor.post(f"/desk/claims/{claim}/approve", amount=value)
    (fact,) = office.facts(f.ClaimApproved)
    assert fact.fact.amount_minor == 150  # type: ignore[attr-defined]


def test_the_code_that_pays_is_shown_to_the_owner_and_not_to_a_clerk(office: Office) -> None:
    claim = open_claim(office)
    office.client(OWNER).post(f"/desk/claims/{claim}/approve", amount="1.50")
    status = office.desk.claims.status(claim)
    assert status is not None
    shown = f"{status.debt_code[:4]} {status.debt_code[4:]}"
    assert shown in office.client(OWNER).get(f"/desk/claims/{claim}").text
    assert shown not in office.client(CLERK).get(f"/desk/claims/{claim}").text


def test_a_claim_is_refused_in_one_click_with_a_reason(office: Office) -> None:
    claim = open_claim(office)
    visitor = office.client(OWNER)
    assert visitor.post(f"/desk/claims/{claim}/refuse", reason=" ").status_code == 400
    visitor.post(f"/desk/claims/{claim}/refuse", common="claims.reason_money")
    (fact,) = office.facts(f.ClaimRefused)
    assert fact.fact.reason == "The money was given back"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("amount", "said"),
    [("99.00", "At most €50.00 can be granted."), ("0", "Please fill this in"), ("x", "one decimal mark")],
)
def test_an_amount_that_cannot_be_granted_is_refused_in_words(office: Office, amount: str, said: str) -> None:
    claim = open_claim(office)
    page = office.client(OWNER).post(f"/desk/claims/{claim}/approve", amount=amount, follow=True)
    assert said in text_of(page.text)
    assert office.facts(f.ClaimApproved) == []


def test_a_clerk_hands_over_cash_once(office: Office) -> None:
    office.short_change()
    debt = office.facts(f.DebtRecorded)[0].fact.debt  # type: ignore[attr-defined]
    visitor = office.client(CLERK)
    assert "I hand over €0.50 in cash" in text_of(visitor.get("/desk/cash").text)
    visitor.post("/desk/hand-over", debt=debt)
    again = visitor.post("/desk/hand-over", debt=debt, follow=True)
    assert "This code pays nothing here" in text_of(again.text)
    assert len(office.facts(f.CashHandedOver)) == 1
    assert office.state.totals.owed == 0


def test_contact_details_are_erased_and_the_chain_holds(office: Office) -> None:
    claim = open_claim(office, details="mina@example.org")
    visitor = office.client(OWNER)
    assert "mina@example.org" in visitor.get(f"/desk/claims/{claim}").text
    visitor.post(f"/desk/claims/{claim}/erase")
    assert "mina@example.org" not in visitor.get(f"/desk/claims/{claim}").text
    assert office.rows("SELECT * FROM contact") == []
    with reading(office.reader) as connection:
        assert verify_journal(connection).problems == ()


def test_evidence_links_to_its_entries(office: Office) -> None:
    office.short_change()
    claim = open_claim(office, about=About.NO_MONEY_BACK, said_minor=50)
    page = office.client(CLERK).get(f"/desk/claims/{claim}").text
    debt = office.facts(f.DebtRecorded)[0]
    assert f"/desk/journal/1/{debt.seq}" in links(page)


# --- cash, devices, codes


def test_a_collection_shows_its_variance_and_opens_its_entry(office: Office) -> None:
    busy(office)
    visitor = office.client(CLERK)
    page = visitor.get("/desk/cash").text
    (fact,) = office.facts(f.CashCollected)
    assert "€4.00 €3.90 \u2212€0.10" in text_of(page)
    opened = f"/desk/cash/B1-{fact.seq}"
    assert opened in links(page)
    assert f"/desk/journal/1/{fact.seq}" in links(visitor.get(opened).text)


def test_a_silent_device_says_what_to_do(office: Office) -> None:
    busy(office)
    page = text_of(office.client(CLERK).get("/desk/health").text)
    assert "hopper-50 silent" in page
    assert "Check its power and its cable." in page


# --- hostile text


@pytest.mark.parametrize("text", [HOSTILE, f"a{OVERRIDE}b", "\u2066\u2067x"])
def test_hostile_text_is_shown_and_never_run(office: Office, text: str) -> None:
    """H10, K14: through every field that reaches a page of the desk."""
    office.ask(ev.ScanRead(code=text, sku="", reason="unknown_product"))
    claim = open_claim(office, details=text)
    visitor = office.client(OWNER)
    visitor.post(f"/desk/claims/{claim}/refuse", reason=text)
    head = office.state.seq
    paths = ["/desk/codes", "/desk/journal", f"/desk/claims/{claim}", "/desk/claims", "/desk/"]
    pages = [
        visitor.get(path).text for path in (*paths, *(f"/desk/journal/1/{head - step}" for step in range(6)))
    ]
    pages.append(visitor.get("/desk/goods", query={"q": text}).text)
    pages.append(visitor.get("/desk/journal", query={"account": text}).text)
    pages.append(visitor.get("/desk/sign-in", query={"next": text}).text)
    for page in pages:
        assert "<script>alert" not in page
        assert ">49<" not in page
    for page in pages[:5]:
        assert OVERRIDE not in page


# --- notes and cards


def pay_by_note_and_card(office: Office) -> None:
    """A note is kept and its money given back as coins; a cola is paid by card."""
    office.tell(hw.NoteStacked("notes", 9, 1, 1, 1, 500, "EUR"))
    office.money_back()
    office.pay()
    office.done()
    office.choose("A1")
    office.tell(hw.CardSessionBegan("reader"))
    job = office.state.card
    assert job is not None
    office.tell(hw.CardApproved("reader", job.job, 150))
    office.vend("delivered")
    office.tell(hw.CardSettled("reader", job.job))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cash_page_shows_stackers_and_what_the_cards_side_owes(office: Office, language: str) -> None:
    pay_by_note_and_card(office)
    text = html.unescape(office.client(OWNER, language).get("/desk/cash").text)
    names = {"en": "Note stacker", "fa": "جعبهٔ اسکناس", "ar": "خزنة أوراق"}
    assert names[language] in text
    assert format_money(500, "EUR", 2, language) in text
    cards = {"en": "Due from the card's side", "fa": "طلب از طرف کارت", "ar": "مستحق من جهة البطاقات"}
    assert cards[language] in text
    assert format_money(150, "EUR", 2, language) in text


def test_a_kiosk_without_cards_has_no_line_about_them(office: Office) -> None:
    office.sale()
    assert "card's side" not in html.unescape(office.client(OWNER).get("/desk/cash").text)


def test_a_configured_stacker_is_shown_while_it_is_empty(office: Office) -> None:
    port = PortConfig(
        "notes",
        "ports/notes",
        9600,
        Wire.CCTALK,
        (
            DeviceConfig("notes", DeviceKind.NOTE_VALIDATOR, address=40, notes={1: 500}),
            DeviceConfig("reader", DeviceKind.CARD_READER),
        ),
    )
    rig = RigConfig((*office.config.rig.ports, port))
    desk = replace(office.desk, config=replace(office.config, rig=rig))
    assert desk.stackers() == ("notes",)
    assert desk.has_cards()
    assert office.desk.stackers() == ()
    assert not office.desk.has_cards()


def test_collections_say_which_container_was_emptied(office: Office) -> None:
    office.sale()
    office.done()
    office.ask(ev.ClerkEntered(CLERK))
    office.ask(ev.CashBoxCollected("box-1", CLERK, 200))
    (fact,) = office.facts(f.CashCollected)
    page = office.client(OWNER).get(f"/desk/cash/B1-{fact.seq}").text
    assert "Cash box" in text_of(page)
    assert "Counted by its sum alone" in text_of(page)


def test_a_new_interval_of_the_meters_is_an_entry_with_a_name(office: Office) -> None:
    visitor = office.client(OWNER)
    assert "kiosk export-audit" in visitor.get("/desk/journal").text
    answer = visitor.post("/desk/journal/interval")
    assert answer.location == "/desk/journal"
    (taken,) = office.facts(f.AuditTaken)
    assert taken.fact.by == OWNER  # type: ignore[attr-defined]
    assert "A new interval begins." in visitor.get("/desk/journal").text
    assert "export-audit" not in office.client(CLERK).get("/desk/journal").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reading_that_takes_too_long_is_ended_in_words_and_with_a_way_on(
    office: Office, language: str
) -> None:
    visitor = office.client(OWNER, language)

    def run_out_of_time(connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if "FROM journal" in statement:
            connection.connection.driver_connection.set_progress_handler(lambda: 1, 1)  # type: ignore[union-attr]

    event.listen(office.reader, "before_cursor_execute", run_out_of_time)
    page = visitor.get("/desk/journal")
    assert page.status_code == 503
    assert say(language, "error.read_too_long") in text_of(page.text)
    assert "/desk/" in links(page.text)


def test_a_kiosk_is_called_by_its_place_and_else_by_its_number(office: Office) -> None:
    assert "Machine 17" in text_of(office.client(OWNER).get("/desk/month").text)
    config = replace(office.config, vendor=replace(office.config.vendor, site="Lobby & Bar"))
    app = create_network_app(trusted_hosts=LOOPBACK_NAMES)
    register_desk(
        app,
        door=office,
        reader=office.reader,
        config=config,
        keys=KEYS,
        clock=office.clock,
        hasher=CHEAP,
    )
    visitor = Visitor(app.test_client())
    visitor.sign_in(OWNER, PASSWORDS[OWNER])
    page = text_of(visitor.get("/desk/month").text)
    assert "Nilufar Micro Markets Machine 17 · Lobby & Bar" in page
    assert "Figure Lobby & Bar" in page
    assert "Lobby & Bar" in visitor.get("/desk/month?format=csv").text
