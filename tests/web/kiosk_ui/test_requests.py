from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from msgspec import structs

from hardware import events as hw
from inventory.catalogue import Catalogue, Product
from kiosk.claims.code import place_of
from kiosk.config import Config
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.facts import About
from kiosk.i18n import LANGUAGES, say, strip_marks
from kiosk.runtime.rehearsal import ANSWER_MS
from tests.web.scenes import SCENES, Scene, touch
from tests.web.stall import ALL_MEANS, CONFIG, PIN, Stall
from web import create_kiosk_app
from web.errors import TooManyStreamsError
from web.kiosk_ui.backroom import ClaimOffer
from web.kiosk_ui.painter import Painter
from web.kiosk_ui.stream import MOST_STREAMS, Streams, screens
from web.kiosk_ui.taps import KINDS, bare_code

HOSTILE = "<img src=x onerror=alert(1)>\"'&\u202e{{7*7}}"


@pytest.fixture
def stall() -> Stall:
    return Stall()


@pytest.fixture
def client(stall: Stall) -> Iterator[FlaskClient]:
    stop = threading.Event()
    yield create_kiosk_app(stall, stall.config, stall.backroom(), stop=stop).test_client()
    stop.set()


def tap(client: FlaskClient, stall: Stall, kind: str, tap_id: str = "", **args: object) -> dict[str, Any]:
    body = {
        "tap": tap_id or f"tap-{len(stall.facts)}-{kind.replace('_', '-')}",
        "screen": stall.screen().version,
    }
    answer = client.post(f"/tap/{kind}", json={**body, **args})
    assert answer.status_code == 200, answer.text
    assert isinstance(answer.json, dict)
    return answer.json


def facts_of(stall: Stall, kind: type[f.Fact]) -> list[f.Fact]:
    return [each.fact for each in stall.facts if isinstance(each.fact, kind)]


# --- taps ------------------------------------------------------------------------------------------------------------


def test_goods_picked_in_the_grid_lie_in_the_cart(client: FlaskClient, stall: Stall) -> None:
    answer = tap(client, stall, "product", sku="LO-BANANA", qty=2)
    assert (answer["key"], answer["said"]) == ("added", "Added: \u2068Banana\u2069")
    assert [line.sku for line in stall.screen().lines] == ["LO-BANANA", "LO-BANANA"]


def test_a_coil_is_picked_by_its_slot(client: FlaskClient, stall: Stall) -> None:
    tap(client, stall, "slot", slot="B3")
    assert [(line.slot, line.is_coil) for line in stall.screen().lines] == [("B3", True)]


def test_a_line_is_put_back(client: FlaskClient, stall: Stall) -> None:
    tap(client, stall, "product", sku="LO-BANANA")
    tap(client, stall, "product", sku="LO-PEAR")
    tap(client, stall, "drop", line=1)
    assert [line.sku for line in stall.screen().lines] == ["LO-PEAR"]


def test_the_sale_closes_at_once_when_asked(client: FlaskClient, stall: Stall) -> None:
    stall.coin(200)
    tap(client, stall, "product", sku="LO-ESPRESSO")
    tap(client, stall, "close")
    assert stall.screen().view == "settling"


def test_money_comes_back(client: FlaskClient, stall: Stall) -> None:
    stall.coin(50)
    tap(client, stall, "money_back")
    stall.pay_all()
    assert stall.screen().thanks is not None
    assert stall.state.totals.paid_out == 50


def test_another_language_keeps_the_cart(client: FlaskClient, stall: Stall) -> None:
    tap(client, stall, "product", sku="LO-BANANA")
    tap(client, stall, "language", language="fa")
    assert (stall.screen().language, len(stall.screen().lines)) == ("fa", 1)
    assert "موز" in client.get("/").text


def test_larger_text_and_more_time_are_kept_until_the_visit_ends(client: FlaskClient, stall: Stall) -> None:
    tap(client, stall, "comfort", large_text=True, more_time=True)
    assert (stall.screen().large_text, stall.screen().more_time) == (True, True)
    assert 'data-large="yes"' in client.get("/").text


def test_a_receipt_is_printed_on_request_and_the_page_left(client: FlaskClient, stall: Stall) -> None:
    SCENES["thanks"].play(stall)
    tap(client, stall, "receipt")
    assert facts_of(stall, f.PrintStarted)
    tap(client, stall, "done")
    assert stall.screen().view == "idle"


def test_a_code_pays_out_once_and_a_wrong_one_never(client: FlaskClient, stall: Stall) -> None:
    SCENES["owed_short"].play(stall)
    thanks = stall.screen().thanks
    assert thanks is not None
    owing = thanks.owing[0]
    code = stall.debt_code(*place_of(owing.debt))
    stall.put(hw.HopperIdentified("hopper-20", serial=2, paid_total=0, is_low=False, lost_power=False))
    assert tap(client, stall, "code", code="22222222")["refused"]
    answer = tap(client, stall, "code", code=f" {code[:4].lower()} {code[4:]}")
    assert (answer["refused"], answer["closes"]) == (False, True)
    assert facts_of(stall, f.DebtRedeemed)
    stall.pay_all()
    assert tap(client, stall, "code", code=code)["refused"]


def test_money_is_put_onto_a_card_on_request() -> None:
    stall = Stall(ALL_MEANS)
    stop = threading.Event()
    client = create_kiosk_app(stall, stall.config, stall.backroom(), stop=stop).test_client()
    stall.coin(20)
    tap(client, stall, "load")
    stop.set()
    job = stall.state.load
    assert job is not None
    stall.put(hw.CardLoadRefused("reader", job.job))
    assert facts_of(stall, f.CardLoadRefused)


def test_a_touch_asks_for_nothing_but_time(client: FlaskClient, stall: Stall) -> None:
    stall.coin(50)
    stall.pass_time(100_000)
    before = len(stall.facts)
    tap(client, stall, "touch")
    stall.pass_time(100_000)
    assert (stall.screen().view, len(stall.facts)) == ("shopping", before)


def test_every_kind_of_tap_was_tapped_here() -> None:
    assert set(KINDS) == {
        "product", "slot", "drop", "close", "money_back", "language", "comfort", "receipt", "done", "code", "touch", "card",
        "load", "pretend_coin", "pretend_note", "pretend_card", "pretend_jam",
    }  # fmt: skip


def test_a_tap_on_an_old_screen_is_refused_politely(client: FlaskClient, stall: Stall) -> None:
    old = stall.screen().version
    SCENES["fulfilling"].play(stall)
    stall.serve()
    answer = client.post("/tap/product", json={"tap": "stale-tap-1", "screen": old, "sku": "LO-BANANA"}).json
    assert answer is not None
    assert (answer["key"], answer["refused"]) == ("stale_tap", True)
    assert "tap again" in answer["said"]
    assert stall.screen().lines == ()


def test_the_same_tap_twice_is_one_tap(client: FlaskClient, stall: Stall) -> None:
    first = tap(client, stall, "product", "one-finger-1", sku="LO-BANANA")
    assert tap(client, stall, "product", "one-finger-1", sku="LO-BANANA") == first
    assert len(stall.screen().lines) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b'{"tap":"abcdefgh"}', b'{"tap":"short","screen":1,"sku":"X"}',
        b'{"tap":"abcdefgh","screen":1,"sku":"X","extra":1}', b'{"tap":"abcdefgh","screen":-1,"sku":"X"}',
        b'{"tap":"abcdefgh","screen":1,"sku":"X","qty":99}', b'{"tap":"abcdefgh","screen":true,"sku":"X"}',
        b'{"tap":"abcd\\u202eefgh","screen":1,"sku":"X"}', b"\xff\xfe",
    ],
)  # fmt: skip
def test_a_body_that_is_no_tap_is_refused_in_words(client: FlaskClient, stall: Stall, body: bytes) -> None:
    before = len(stall.facts)
    answer = client.post("/tap/product", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["said"] == "This could not be understood."
    assert len(stall.facts) == before


def test_an_oversized_body_is_refused(client: FlaskClient) -> None:
    answer = client.post("/tap/product", data=b" " * 65_537, content_type="application/json")
    assert answer.status_code == 413
    assert answer.json is not None
    assert answer.json["key"] == "error.too_large"


def test_codes_are_forgiven_blanks_case_and_other_digits() -> None:
    assert bare_code(" 7kq2-m9xa\u202e") == "7KQ2M9XA"
    assert bare_code("۷KQ۲M٩XA") == "7KQ2M9XA"


# --- whose requests are heard ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
    ],
)
def test_another_pages_post_changes_nothing(
    client: FlaskClient, stall: Stall, headers: dict[str, str]
) -> None:
    body = {"tap": "foreign-tap-1", "screen": stall.screen().version, "sku": "LO-BANANA"}
    answer = client.post("/tap/product", json=body, headers=headers)
    assert answer.status_code == 403
    assert stall.screen().lines == ()


def test_a_form_is_no_tap(client: FlaskClient) -> None:
    assert client.post("/tap/close", data={"tap": "form-tap-1"}).status_code == 415


def test_a_name_that_is_not_loopback_is_not_served(client: FlaskClient) -> None:
    assert client.get("/", headers={"Host": "rebound.example"}).status_code == 400


PATHS = ["/", "/static/kiosk.css", "/static/kiosk.js", "/goods/can-red-cola.svg", "/font/Vazirmatn.woff2", "/search?q=a",
         "/sheet/help", "/nowhere", "/goods/none.svg", "/sheet/none", "/stream"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_same_strict_headers(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "data:" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    kept = "private, max-age=3600"
    expected = {"/static": "private, no-cache", "/goods/can": kept, "/font": kept}
    found = next((each for start, each in expected.items() if path.startswith(start)), "no-store")
    assert answer.headers["Cache-Control"] == found
    answer.close()


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_nothing_is_inline_on_any_page_or_sheet(scene: Scene) -> None:
    stall = scene.stall()
    scene.play(stall)
    client = create_kiosk_app(stall, stall.config, stall.backroom(), stop=threading.Event()).test_client()
    html = client.get("/").text
    sheet, of = scene.sheet
    if sheet:
        thanks = stall.screen().thanks
        of = thanks.visit if of == "visit" and thanks else of
        answer = client.get(f"/sheet/{sheet}?of={of}")
        assert answer.status_code == 200
        html += answer.text
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|<script(?![^>]*\ssrc=)", html)
    assert "http://" not in html.replace("http://www.w3.org/2000/svg", "")


# --- hostile strings ---------------------------------------------------------------------------------------------------


def test_a_hostile_product_name_stays_text_and_cannot_turn_its_price() -> None:
    product = Product(
        "BAD",
        dict.fromkeys(("en", "fa", "ar"), HOSTILE),
        (),
        150,
        50,
        "standard",
        "snacks",
        picture=HOSTILE,
        is_loose=True,
    )
    stall = Stall(catalogue=Catalogue.of((product,), ()))
    client = create_kiosk_app(stall, stall.config, stall.backroom(), stop=threading.Event()).test_client()
    touch(stall, ev.ProductChosen, sku="BAD")
    for html in (client.get("/").text, client.get("/search?q=img").text):
        assert "<img src=x" not in html
        assert "&lt;img src=x" in html
        assert "{{7*7}}" in html
    label = re.search(r'aria-label="Add ([^"]*)"', client.get("/").text)
    assert label is not None
    assert "\u202e" not in label[1]


@pytest.mark.parametrize("query", [HOSTILE, "%00", "ا" * 5_000, "'; drop table", "\u2067"])
def test_a_hostile_search_finds_nothing_and_breaks_nothing(client: FlaskClient, query: str) -> None:
    answer = client.get("/search", query_string={"q": query})
    assert answer.status_code == 200
    assert "<img src=x" not in answer.text


@pytest.mark.parametrize(
    "code", [HOSTILE, "\x00\x01\x1b[2J", "9" * 4_096, "4006381333932", "https://evil.example/?q=<b>"]
)
def test_a_hostile_scan_is_answered_in_words_and_kept_short(
    client: FlaskClient, stall: Stall, code: str
) -> None:
    answer = client.post("/scan", json={"code": code})
    assert answer.json is not None
    assert answer.json["refused"]
    assert "<b>" not in answer.json["said"]
    assert all(
        len(fact.code) <= 64 for fact in facts_of(stall, f.CodeUnknown) if isinstance(fact, f.CodeUnknown)
    )


def test_a_scan_adds_goods_and_a_longer_one_than_anybody_may_try_is_refused(
    client: FlaskClient, stall: Stall
) -> None:
    gtin = next(each.gtins[0] for each in stall.catalogue().products.values() if each.sku == "SW-CHBAR")
    assert client.post("/scan", json={"code": gtin}).json == {
        "key": "added", "said": "Added: \u2068Shokara Caramel Bar 45 g\u2069", "refused": False, "quiet": True,
        "sheet": "", "closes": False, "stream": stall.screen().stream,
    }  # fmt: skip
    assert client.post("/scan", json={"code": "9" * 4_097}).status_code == 400


def test_a_kiosk_without_a_keyboard_scanner_reads_no_keys() -> None:
    stall = Stall(replace(CONFIG, has_keyboard_wedge=False))
    client = create_kiosk_app(stall, stall.config, stall.backroom(), stop=threading.Event()).test_client()
    assert "data-wedge" not in client.get("/").text
    assert client.post("/scan", json={"code": "1"}).status_code == 404


# --- goods -------------------------------------------------------------------------------------------------------------


def test_goods_behind_coils_only_are_found_by_their_slots(client: FlaskClient, stall: Stall) -> None:
    html = client.get("/search?q=" + stall.catalogue().products["SW-WAFER"].names["fa"]).text
    assert 'data-tap="slot"' in html
    assert "B3" in html


def test_a_search_reads_any_of_the_three_languages(client: FlaskClient) -> None:
    assert "LO-BANANA" in client.get("/search?q=موز").text
    assert "LO-BANANA" in client.get("/search?q=banan").text
    assert "Nothing of that name" in client.get("/search?q=zzzz").text


def test_what_cannot_be_had_is_no_button(client: FlaskClient, stall: Stall) -> None:
    stall.put(hw.DeviceLost("coils", kind=hw.DeviceKind.COIL_BOARD))
    html = client.get("/").text
    assert 'data-tap="slot"' not in html
    assert "Closed" in html


def test_a_picture_is_drawn_and_another_name_is_none(client: FlaskClient) -> None:
    assert client.get("/goods/apple-red.svg").mimetype == "image/svg+xml"
    assert client.get("/goods/..%2f..%2fetc.svg").status_code == 404


def test_a_photograph_of_the_vendors_own_is_shown_and_without_its_file_the_drawn_picture() -> None:
    name = "0f" * 32
    product = Product(
        "DATES",
        dict.fromkeys(("en", "fa", "ar"), "Dates"),
        (),
        150,
        50,
        "standard",
        "fruit",
        picture="dates-brown",
        is_loose=True,
        photo=name,
    )
    stall = Stall(catalogue=Catalogue.of((product,), ()))
    files = {name: b"RIFF"}
    backroom = replace(stall.backroom(), photo=files.get)
    client = create_kiosk_app(stall, stall.config, backroom, stop=threading.Event()).test_client()
    address = f"/goods/photos/{name}.webp?drawn=dates-brown"
    assert f'src="{address}"' in client.get("/search?q=dates").text
    found = client.get(address)
    assert (found.mimetype, found.data) == ("image/webp", b"RIFF")
    assert "immutable" in found.headers["Cache-Control"]
    files.clear()
    drawn = client.get(address)
    assert (drawn.mimetype, drawn.data) == ("image/svg+xml", client.get("/goods/dates-brown.svg").data)
    assert "immutable" not in drawn.headers["Cache-Control"]
    assert client.get("/goods/photos/nobody.webp").status_code == 404


# --- what is said before paying ------------------------------------------------------------------------------------------


def test_exact_change_and_no_paper_are_said_before_any_money(stall: Stall) -> None:
    poor = Stall(coins_each=0, has_printer=False)
    html = create_kiosk_app(poor, CONFIG, poor.backroom(), stop=threading.Event()).test_client().get("/").text
    assert "No paper receipts" in html
    assert say("en", "exact.title") in html
    assert say("en", "exact.text") in html


def test_an_idle_kiosk_without_coins_does_not_invite_any(stall: Stall) -> None:
    stall.put(hw.DeviceLost("coin", kind=hw.DeviceKind.COIN_ACCEPTOR))
    html = (
        create_kiosk_app(stall, CONFIG, stall.backroom(), stop=threading.Event()).test_client().get("/").text
    )
    assert not stall.screen().takes_coins
    assert say("en", "coins.closed") in html
    assert say("en", "idle.lead") not in html
    assert say("en", "idle.step_pay") not in html


@pytest.mark.parametrize("scene", list(SCENES))
def test_vendor_phone_and_machine_are_on_every_page(scene: str) -> None:
    stall = SCENES[scene].stall()
    SCENES[scene].play(stall)
    html = (
        create_kiosk_app(stall, CONFIG, stall.backroom(), stop=threading.Event()).test_client().get("/").text
    )
    assert "Nilufar Markets" in html
    assert "0199" in html
    assert "Machine \u206817\u2069" in html


# --- receipts belong to their shopper ------------------------------------------------------------------------------------


def test_a_receipt_is_shown_for_the_visit_that_is_thanked_and_gone_afterwards(
    client: FlaskClient, stall: Stall
) -> None:
    SCENES["thanks"].play(stall)
    thanks = stall.screen().thanks
    assert thanks is not None
    answer = client.get(f"/receipt/{thanks.visit}")
    assert "Cappuccino" in answer.text
    assert "<svg" in answer.text
    tap(client, stall, "done")
    assert client.get(f"/receipt/{thanks.visit}").status_code == 404


# --- claims --------------------------------------------------------------------------------------------------------------


def test_a_claim_with_evidence_needs_no_typing(client: FlaskClient, stall: Stall) -> None:
    stall.offer = ClaimOffer(visit="V1-5", amount_minor=120, at="2026-11-21T07:45:00+00:00")
    assert "Yes, \u2068€1.20\u2069" in client.get("/sheet/claim?of=no_goods").text
    answer = client.post(
        "/claim", json={"about": "no_goods", "token": "claim-token-1", "said_minor": 120}
    ).json
    assert answer is not None
    assert answer["key"] == "claim_opened"
    assert "Your claim number" in answer["sheet"]
    assert stall.claims == [(About.NO_GOODS, "claim-token-1", 120)]


def test_a_claim_that_a_person_decides_is_told_by_when(client: FlaskClient) -> None:
    body = {"about": "swallowed", "token": "claim-token-9", "said": "1"}
    answer = client.post("/claim", json=body).json
    assert answer is not None
    told = answer["sheet"].replace("\u00a0", " ")
    assert "You get an answer by \u2068Wednesday, 25 November 2026, " in told


def test_the_same_claim_twice_is_one_claim(client: FlaskClient, stall: Stall) -> None:
    for _ in range(2):
        client.post("/claim", json={"about": "swallowed", "token": "claim-token-2", "said": "۱٫۵"})
    assert len(facts_of(stall, f.ClaimOpened)) == 1
    assert stall.claims[0][2] == 150


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({"about": "swallowed", "token": "claim-token-3", "said": "much"}, "error.bad_amount"),
        ({"about": "swallowed", "token": "claim-token-3"}, "error.bad_amount"),
        ({"about": "murder", "token": "claim-token-3", "said_minor": 1}, "error.bad_request"),
        ({"about": "swallowed", "token": "x", "said_minor": 1}, "error.bad_request"),
    ],
)
def test_a_claim_that_says_nothing_is_refused(
    client: FlaskClient, stall: Stall, body: dict[str, object], key: str
) -> None:
    answer = client.post("/claim", json=body)
    assert (answer.status_code, json.loads(answer.text)["key"]) == (400, key)
    assert stall.claims == []


# --- service -------------------------------------------------------------------------------------------------------------


def service(client: FlaskClient, act: str, **body: object) -> dict[str, Any]:
    answer = client.post(f"/service/{act}", json=body)
    assert answer.status_code == 200, answer.text
    assert isinstance(answer.json, dict)
    return answer.json


def test_a_clerk_fills_counts_and_leaves(client: FlaskClient, stall: Stall) -> None:
    assert service(client, "sign_in", name="sara", pin="0000")["key"] == "sign_in_wrong"
    assert service(client, "sign_in", name="sara", pin=PIN)["refused"] is False
    assert stall.screen().view == "service"
    service(client, "fill", token="fill-token-1", device="hopper-20", qty="۱۰")
    service(client, "fill", token="fill-token-1", device="hopper-20", qty="۱۰")
    assert stall.state.hoppers["hopper-20"].qty == 50
    service(client, "stock", token="stock-token-1", slot="B3", move="count", qty="9")
    assert stall.state.coils["B3"].qty == 9
    service(client, "leave")
    assert stall.screen().view == "idle"


def go_round(client: FlaskClient, body: dict[str, str]) -> dict[str, Any]:
    answer = client.post("/service/round", json=body)
    assert answer.status_code == 200, answer.text
    assert isinstance(answer.json, dict)
    return answer.json


def test_a_round_at_the_screen_goes_on_from_task_to_task_and_ends(client: FlaskClient, stall: Stall) -> None:
    begin = {"token": "round-token-1", "act": "begin"}
    assert go_round(client, begin)["key"] == "not_in_service"
    service(client, "sign_in", name="sara", pin=PIN)
    assert "data-form" in go_round(client, begin)["sheet"]
    found = stall.backroom().round()
    assert found is not None
    first, name = found.next_task, found.row.round
    body = {"round": name, "task": first.key, "act": "done", "qty": "۱", "last_day": "2026-11-30"}
    before = stall.state.coils[first.slot].qty
    assert first.key not in go_round(client, {"token": "round-token-2", **body})["sheet"]
    go_round(client, {"token": "round-token-3", **body})
    assert stall.state.coils[first.slot].qty == before + 1
    assert [each.expires_on for each in stall.state.lots[first.slot]][-1] == "2026-11-30"
    assert go_round(client, {"token": "round-token-4", "act": "end", "round": name})["closes"]
    assert stall.backroom().round() is None
    assert go_round(client, {"token": "round-token-5", **body})["key"] == "round_over"


def test_a_collection_shows_its_difference_at_once(client: FlaskClient, stall: Stall) -> None:
    touch(stall, ev.ProductChosen, sku="LO-COFFEE-L")
    stall.coin(200)
    stall.serve()
    service(client, "sign_in", name="sara", pin=PIN)
    assert "They are out" in client.get("/sheet/collect").text
    answer = service(client, "out", token="collect-token-1")
    assert "Bag number" in answer["sheet"]
    asked, folded = answer["sheet"].split("Another coin or note")
    assert re.findall(r'name="pieces:box:(\d+)"', asked) == ["200"], (
        "only what the book has in the box is asked for"
    )
    assert "pieces:box:100" in folded
    assert client.get("/sheet/collect").status_code == 404, "one collection is open at a time"
    assert "Out, not counted yet" in client.get("/").text
    collection = stall.state.collection
    assert collection is not None
    wish = {
        "token": "collect-token-2",
        "collection": collection.collection,
        "bag": "۱۷",
        "float_left": "1٫90",
    }
    refused = service(client, "count", **wish, **{"pieces:stacker.none:200": "1"})
    assert (refused["key"], refused["closes"]) == ("count_needed", False), (
        "what was counted stays on the sheet"
    )
    wish["token"] = "collect-token-3"
    answer = service(client, "count", **wish, **{"pieces:box:100": "۱"})
    assert answer["key"] == "collected"
    assert "€1.00\u2069 is missing" in answer["sheet"]
    assert stall.state.bags[collection.collection].bag == "17"


def test_a_clerk_tries_a_coil_from_its_sheet(client: FlaskClient, stall: Stall) -> None:
    service(client, "sign_in", name="sara", pin=PIN)
    assert "no sale" in client.get("/sheet/slot?of=B3").text
    assert service(client, "try", token="try-token-01", slot="B3")["key"] == "test_started"
    assert stall.state.test is not None


def with_drawer(pin: int) -> Config:
    """The stall's configuration with a cash drawer at its printer."""
    ports = tuple(
        replace(
            port,
            devices=tuple(
                replace(each, drawer_pin=pin) if each.kind is hw.DeviceKind.PRINTER else each
                for each in port.devices
            ),
        )
        for port in CONFIG.rig.ports
    )
    return replace(CONFIG, rig=replace(CONFIG.rig, ports=ports))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_signed_in_clerk_opens_the_cash_drawer_once_for_each_asking(language: str) -> None:
    stall = Stall(with_drawer(5))
    client = create_kiosk_app(stall, stall.config, stall.backroom(), stop=threading.Event()).test_client()
    touch(stall, ev.LanguageTapped, language=language)
    assert service(client, "drawer", token="drawer-token-1")["key"] == "not_in_service"
    assert client.get("/sheet/drawer").status_code == 404
    service(client, "sign_in", name="sara", pin=PIN)
    assert 'data-sheet="drawer"' in client.get("/").text
    assert 'data-form="/service/drawer"' in client.get("/sheet/drawer").text
    assert service(client, "drawer", token="drawer-token-1")["key"] == "drawer_opens"
    assert service(client, "drawer", token="drawer-token-1")["key"] == "drawer_opens", (
        "the first answer again"
    )
    opened = [each.fact for each in stall.facts if isinstance(each.fact, f.DrawerOpenStarted)]
    assert [(fact.clerk, fact.device) for fact in opened] == [("sara", "printer")]


def test_a_kiosk_without_a_drawer_offers_none() -> None:
    stall = Stall(with_drawer(0))
    client = create_kiosk_app(stall, stall.config, stall.backroom(), stop=threading.Event()).test_client()
    service(client, "sign_in", name="sara", pin=PIN)
    assert 'data-sheet="drawer"' not in client.get("/").text
    assert client.get("/sheet/drawer").status_code == 404
    assert service(client, "drawer", token="drawer-token-1")["key"] == "no_drawer"


def test_only_configured_stackers_have_a_sheet_and_are_collected() -> None:
    stall = Stall(ALL_MEANS)
    client = create_kiosk_app(stall, stall.config, stall.backroom(), stop=threading.Event()).test_client()
    service(client, "sign_in", name="sara", pin=PIN)
    service(client, "out", token="collect-token-7")
    sheet = client.get("/sheet/count").text
    assert 'name="pieces:stacker.notes:500"' in sheet
    assert 'name="pieces:box:200"' in sheet


def test_a_tube_and_a_recycler_are_called_what_they_are() -> None:
    stall = Stall(ALL_MEANS)
    client = create_kiosk_app(stall, stall.config, stall.backroom(), stop=threading.Event()).test_client()
    service(client, "sign_in", name="sara", pin=PIN)
    page = client.get("/").text
    assert "Tube \u2068€1.00\u2069" in page
    assert "Notes to give back, \u2068€5.00\u2069" in page
    assert "How many notes" in client.get("/sheet/fill?of=notes-5").text
    assert "Fill the tube" in client.get("/sheet/fill?of=tube-100").text


def test_a_clerk_leaves_a_float_in_a_recycler_that_can_empty_itself() -> None:
    stall = Stall(ALL_MEANS)
    client = create_kiosk_app(stall, stall.config, stall.backroom(), stop=threading.Event()).test_client()
    assert client.get("/sheet/float?of=notes-5").status_code == 404, "outside service"
    service(client, "sign_in", name="sara", pin=PIN)
    assert "How many notes stay" in client.get("/sheet/float?of=notes-5").text
    assert client.get("/sheet/float?of=tube-100").status_code == 404, "a tube has no box of its own"
    before = stall.state.hoppers["notes-5"].qty
    answer = service(client, "float", token="float-token-1", device="notes-5", keep="2")
    assert answer["key"] == "move_started"
    assert "On the way" in client.get("/").text
    move = stall.state.hoppers["notes-5"].move
    assert move is not None
    stall.put(hw.PiecesMoved("notes-5", move.job, before - 2, 2))
    assert "On the way" not in client.get("/").text
    assert stall.state.cash["stacker.notes"] == (before - 2) * 500
    wish = {"token": "float-token-2", "device": "tube-100", "keep": "0"}
    assert service(client, "float", **wish)["key"] == "cannot_move"


def test_nothing_is_serviced_without_a_clerk(client: FlaskClient, stall: Stall) -> None:
    before = len(stall.facts)
    for act, body in {
        "fill": {"token": "fill-token-2", "device": "hopper-20", "qty": "5"},
        "out": {"token": "collect-token-2"},
        "count": {"token": "collect-token-2"},
        "try": {"token": "try-token-02", "slot": "B3"},
        "float": {"token": "float-token-3", "device": "hopper-20", "keep": "0"},
        "stock": {"token": "stock-token-2", "slot": "B3", "move": "count", "qty": "1"},
        "release": {}, "halt": {}, "leave": {}, "train": {},
    }.items():  # fmt: skip
        assert service(client, act, **body)["key"] == "not_in_service", act
    assert service(client, "train_end")["key"] == "not_in_training"
    for sheet in ("fill?of=hopper-20", "collect", "count", "slot?of=B3"):
        assert client.get(f"/sheet/{sheet}").status_code == 404
    assert len(stall.facts) == before


def test_a_halted_machine_is_put_back_to_work(client: FlaskClient, stall: Stall) -> None:
    SCENES["halted"].play(stall)
    service(client, "sign_in", name="sara", pin=PIN)
    assert "Sell again" in client.get("/").text
    service(client, "release")
    service(client, "leave")
    assert stall.screen().view == "idle"


# --- practice -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def practice() -> Iterator[tuple[FlaskClient, Stall]]:
    """A kiosk with every means of payment on which somebody practises."""
    stall, stop = Stall(ALL_MEANS), threading.Event()
    client = create_kiosk_app(stall, stall.config, stall.backroom(), stop=stop).test_client()
    service(client, "sign_in", name="sara", pin=PIN)
    assert service(client, "train")["said"] == "Training. Nothing here is real until you end it."
    yield client, stall
    stop.set()


def test_a_whole_visit_is_practised_with_the_buttons_of_the_page(
    practice: tuple[FlaskClient, Stall],
) -> None:
    client, stall = practice
    before = stall.state.totals
    tap(client, stall, "slot", "practice-1", slot="B3")
    assert tap(client, stall, "pretend_jam", "practice-2", is_next=True)["said"] == (
        "The next coil that turns will jam."
    )
    tap(client, stall, "card", "practice-3")
    assert "Show a card" in client.get("/").text
    tap(client, stall, "pretend_card", "practice-4")
    for _ in range(3):
        stall.pass_time(ANSWER_MS)
    assert stall.screen().failed_slots == ("B3",)
    tap(client, stall, "money_back", "practice-5")
    tap(client, stall, "done", "practice-6")
    tap(client, stall, "product", "practice-7", sku="LO-BANANA")
    tap(client, stall, "pretend_coin", "practice-8", value_minor=20)
    tap(client, stall, "pretend_note", "practice-9", value_minor=500)
    for _ in range(12):  # the note, and a hopper for each kind of coin of the change
        stall.pass_time(ANSWER_MS)
    thanks = stall.screen().thanks
    assert thanks is not None
    paper = client.get(f"/sheet/receipt?of={thanks.visit}").text
    assert paper.count("TRAINING") == 2
    assert "Training no. 2" in strip_marks(paper)
    assert stall.state.totals == before
    told = [each for each in facts_of(stall, f.TrainingSettled) if isinstance(each, f.TrainingSettled)]
    assert [(each.number, each.undelivered, each.notes_minor) for each in told] == [(1, 1, 0), (2, 0, 500)]
    assert service(client, "train_end")["said"] == "The training is over. You are in service again."
    assert stall.screen().view == "service"


@pytest.mark.parametrize("name", ["training_shop", "training_thanks"])
def test_every_screen_of_practice_says_so_in_each_language(name: str) -> None:
    stall, stop = Stall(), threading.Event()
    SCENES[name].play(stall)
    client = create_kiosk_app(stall, stall.config, stall.backroom(), stop=stop).test_client()
    for language, word in (("en", "TRAINING"), ("fa", "آموزش"), ("ar", "تدريب")):
        touch(stall, ev.LanguageTapped, language=language)
        page = client.get("/").text
        assert f'<p class="practice-word">{word}</p>' in page
        assert 'data-post="/service/train_end"' in page
        assert 'data-sheet="help"' not in page
    stop.set()


def test_claims_codes_and_a_clerks_hands_wait_until_practice_is_over(
    practice: tuple[FlaskClient, Stall],
) -> None:
    client, stall = practice
    refused = client.post(
        "/claim", json={"token": "claim-token-1", "about": About.SWALLOWED, "said_minor": 100}
    )
    assert refused.json is not None
    assert refused.json["key"] == "not_while_training"
    assert tap(client, stall, "code", "practice-code", code="22222222")["key"] == "not_while_training"
    assert service(client, "out", token="out-token-01")["key"] == "not_in_service"
    for sheet in ("help", "claim?of=swallowed", "code", "sign_in", "round", "fill?of=hopper-20"):
        assert client.get(f"/sheet/{sheet}").status_code == 404, sheet
    assert (stall.claims, facts_of(stall, f.ClaimOpened)) == ([], [])


def test_a_code_owed_in_practice_is_none_that_could_be_paid() -> None:
    stall, stop = Stall(), threading.Event()
    SCENES["training_shop"].play(stall)
    rehearsal = stall.rehearsal
    assert rehearsal is not None
    for name, book in rehearsal.state.hoppers.items():
        empty = structs.replace(book, qty=0)
        rehearsal.state = structs.replace(rehearsal.state, hoppers={**rehearsal.state.hoppers, name: empty})
    touch(stall, ev.MoneyBackTapped)
    client = create_kiosk_app(stall, stall.config, stall.backroom(), stop=stop).test_client()
    page = client.get("/").text
    stop.set()
    assert stall.screen().thanks is not None
    assert "---- ----" in page
    assert stall.state.debts == {}


# --- the stream ------------------------------------------------------------------------------------------------------------


def data_of(event: str) -> dict[str, Any]:
    found = json.loads(event.split("data: ", 1)[1])
    assert isinstance(found, dict)
    return found


def test_a_stream_begins_with_the_whole_screen_and_goes_on_with_what_changed(
    client: FlaskClient, stall: Stall
) -> None:
    stop = threading.Event()
    with client.application.test_request_context():
        events = screens(stall, Painter(stall, CONFIG, stall.backroom()), stop)
        first = data_of(next(events))
        assert {"head", "hero", "machine", "foot"} <= set(first["regions"])
        touch(stall, ev.ProductChosen, sku="LO-BANANA")
        second = next(events)
        assert second.startswith("event: screen")
        assert set(data_of(second)["regions"]) >= {"hero", "cart", "bar"}
        assert not set(data_of(second)["regions"]) & {"machine", "loose", "head", "foot"}
        assert data_of(second)["stream"] > first["stream"]
        stop.set()
        assert list(events) == []


def test_a_stream_beats_while_nothing_changes_and_falls_silent_when_the_till_stops(
    client: FlaskClient, stall: Stall
) -> None:
    real = stall.publisher
    stop = threading.Event()

    class Running(Stall):
        """A stall on the machine's own clock."""

        def monotonic_ms(self) -> int:
            return time.monotonic_ns() // 1_000_000

    running = Running()
    with client.application.test_request_context():
        events = screens(running, Painter(running, CONFIG, running.backroom()), stop)
        next(events)
        assert next(events).startswith("event: beat")
        running.publisher.close()
        assert list(events) == []
    assert not real.is_closed


def test_no_more_streams_open_than_the_server_has_threads_for() -> None:
    streams = Streams()
    for _ in range(MOST_STREAMS):
        streams.enter()
    with pytest.raises(TooManyStreamsError):
        streams.enter()
    streams.leave()
    streams.enter()
    assert streams.open_qty == MOST_STREAMS


def test_a_closed_stream_gives_its_place_back(client: FlaskClient, stall: Stall) -> None:
    for _ in range(MOST_STREAMS + 2):
        answer = client.get("/stream")
        assert answer.status_code == 200
        answer.close()


def test_a_page_that_drew_a_screen_says_so(client: FlaskClient, stall: Stall) -> None:
    stream = stall.screen().stream
    assert client.post("/seen", json={"stream": stream}).status_code == 204
    assert stall.publisher.seen_stream == stream


def test_a_card_request_counts_down() -> None:
    stall = SCENES["tendering"].stall()
    SCENES["tendering"].play(stall)
    stall.now_ms += 10_000
    frame = Painter(stall, stall.config, stall.backroom()).frame(stall.screen())
    countdowns = frame["countdowns"]
    assert isinstance(countdowns, dict)
    assert countdowns["tendering"] == {"left": 35_000, "length": 45_000}


def test_countdowns_are_told_as_time_left() -> None:
    stall = Stall()
    SCENES["closing"].play(stall)
    stall.now_ms += 1_200
    frame = Painter(stall, CONFIG, stall.backroom()).frame(stall.screen())
    assert frame["countdowns"] == {
        "closing": {"left": 3_800, "length": 5_000}, "choosing": None, "leaving": {"left": 118_800, "length": 15_000},
        "tendering": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("language", "weighed"),
    [("en", "0.385 kg × €19.90/kg"), ("fa", "۰٫۳۸۵ کیلوگرم"), ("ar", "٠٫٣٨٥ كغم")],
)
def test_labelled_pieces_stand_alone_show_their_weight_and_have_no_one_more(
    client: FlaskClient, stall: Stall, language: str, weighed: str
) -> None:
    touch(stall, ev.LanguageTapped, language=language)
    bag = ev.Piece(weight_mg=385_000, unit_price_minor=1_990)
    for piece in (bag, bag, ev.Piece(price_minor=240), None):
        stall.ask(ev.ScanRead("2812345003852", "LO-COFFEE-L", "", piece=piece))
    page = client.get("/").text
    assert page.count('data-tap="drop"') == 4
    assert page.count('data-keep="more-LO-COFFEE-L') == 1
    text = re.sub("[\u2066-\u2069\u200e\u200f]", "", page).replace("\u00a0", " ")
    assert text.count(weighed) == 2, "the last piece, which is shown large, is not a weighed one"
