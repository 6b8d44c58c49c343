"""The phone's pages, request by request."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import flask
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kiosk.claims.desk import ClaimDesk, ClaimStatus
from kiosk.core import facts as f
from kiosk.core.events import Way
from kiosk.core.facts import About, Verdict
from kiosk.i18n import LANGUAGES, OWN_NAMES, say, strip_marks
from tests.kiosk.ledger_world import World
from tests.kiosk.receipts.papers import HIDDEN, receipts_of
from tests.web.claim_page.pages import app_of, claims_of
from web.claim_page import CLAIMS_EACH, LOOKUPS_EACH, LOOKUPS_TOGETHER
from web.claim_page.texts import PHONE


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


@pytest.fixture
def app(world: World) -> flask.Flask:
    return app_of(world)


@pytest.fixture
def client(app: flask.Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def claims(world: World) -> ClaimDesk:
    return claims_of(world)


def hidden_fields(page: TestResponse) -> dict[str, str]:
    found = re.findall(r'<input[^>]*type="hidden"[^>]*>', page.text)
    return {
        name[1]: unescape(value[1])
        for each in found
        if (name := re.search(r'name="([^"]*)"', each)) and (value := re.search(r'value="([^"]*)"', each))
    }


def send(client: FlaskClient, *, path: str = "/c", **values: str) -> TestResponse:
    fields = hidden_fields(client.get(path))
    return client.post("/c", data={"when": "phone", "amount": "", "contact": "", **fields, **values})


def only(claims: ClaimDesk) -> ClaimStatus:
    (status,) = claims.statuses()
    return status


# --- opening --------------------------------------------------------------------------------------------------------


def test_a_proven_claim_shows_the_code_that_pays_at_the_machine(
    world: World, client: FlaskClient, claims: ClaimDesk
) -> None:
    world.short_change()
    answer = send(client, about="no_money_back", amount="0.50")
    assert answer.status_code == 303
    page = client.get(answer.location)
    status = only(claims)
    assert (status.state, status.verdict) == ("approved", Verdict.PROVEN)
    assert f"{status.debt_code[:4]} {status.debt_code[4:]}" in page.text
    world.done()
    world.fill({"hopper-50": 5})
    world.type_code(status.debt_code)
    assert world.pay() == 50
    assert PHONE.say("en", "claim.paid", amount="x").split("x")[1][1:] in client.get(answer.location).text


@pytest.mark.parametrize("amount", ["0.50", "0,5", "۰٫۵۰", "٠٫٥٠"])
def test_an_amount_may_be_typed_in_any_digits(
    world: World, client: FlaskClient, claims: ClaimDesk, amount: str
) -> None:
    world.short_change()
    send(client, about="no_money_back", amount=amount)
    assert only(claims).said_minor == 50


def test_pressing_twice_opens_one_claim(world: World, client: FlaskClient, claims: ClaimDesk) -> None:
    fields = hidden_fields(client.get("/c"))
    data = {**fields, "about": "swallowed", "when": "phone", "amount": "1", "contact": ""}
    first, second = client.post("/c", data=data), client.post("/c", data=data)
    assert first.location == second.location
    assert only(claims).about is About.SWALLOWED


def test_a_token_that_was_read_elsewhere_opens_nobody_elses_claim(
    world: World, app: flask.Flask, client: FlaskClient, claims: ClaimDesk
) -> None:
    world.short_change()
    fields = hidden_fields(client.get("/c"))
    data = {**fields, "about": "no_money_back", "when": "phone", "amount": "0.50", "contact": ""}
    theirs = client.post("/c", data=data)
    code = only(claims).debt_code
    assert code
    stranger = app.test_client()
    answer = send(stranger, about="swallowed", token=fields["token"])
    assert answer.status_code == 400
    assert "Location" not in answer.headers, "nobody is led to the claim"
    assert PHONE.say("en", "form.stale") in unescape(answer.text)
    assert code[:4] not in answer.text
    assert hidden_fields(answer)["token"] != fields["token"]
    assert len(claims.statuses()) == 1, "and nothing was opened"
    assert client.post("/c", data=data).location == theirs.location, "whose it is finds it again"


def test_a_receipt_binds_the_claim_to_its_visit(world: World, client: FlaskClient, claims: ClaimDesk) -> None:
    visit = world.short_change()
    token = receipts_of(world).token(visit)
    send(client, path=f"/c?r={token}", about="no_money_back")
    status = only(claims)
    assert (status.visit, status.verdict) == (visit, Verdict.PROVEN)


def test_a_forged_receipt_binds_nothing(world: World, client: FlaskClient, claims: ClaimDesk) -> None:
    visit = world.short_change()
    send(client, path=f"/c?r={visit}-AAAAAAAA", about="no_money_back")
    status = only(claims)
    assert (status.visit, status.debt_code) == ("", "")


def test_an_earlier_event_is_found_within_a_weekend(
    world: World, client: FlaskClient, claims: ClaimDesk
) -> None:
    world.short_change()
    world.clock.move(20 * 3_600_000)  # the next morning: the debt's code still pays by itself
    send(client, about="no_money_back", amount="0.50", when="phone")
    send(client, about="no_money_back", amount="0.50", when="phone_earlier")
    verdicts = [status.verdict for status in claims.statuses()]
    assert sorted(verdicts) == [Verdict.PROVEN, Verdict.UNSEEN]


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"about": ""}, "form.missing"),
        ({"about": "murder"}, "form.check"),
        ({"about": "no_goods", "amount": "ten"}, "form.amount"),
        ({"about": "no_goods", "amount": "-5"}, "form.amount"),
        ({"about": "no_goods", "amount": "1.234"}, "form.amount"),
        ({"about": "no_goods", "when": "never"}, "form.check"),
        ({"about": "no_goods", "contact": "x" * 121}, "form.too_long"),
        ({"about": "no_goods", "token": "short"}, "form.stale"),
        ({"about": "no_goods", "csrf_token": "forged"}, "form.stale"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bad_form_says_what_is_wrong_and_opens_nothing(
    client: FlaskClient, claims: ClaimDesk, language: str, fields: dict[str, str], key: str
) -> None:
    client.get(f"/c?lang={language}")
    page = send(client, **fields)
    assert page.status_code == 400
    assert PHONE.say(language, key) in unescape(page.text)
    assert claims.statuses() == ()


def test_a_sum_that_no_machine_holds_is_refused(client: FlaskClient, claims: ClaimDesk) -> None:
    page = send(client, about="swallowed", amount="500.01")
    assert (page.status_code, claims.statuses()) == (400, ())
    assert "€500.00" in page.text


def test_what_was_typed_is_kept_and_harmless_when_the_form_comes_back(client: FlaskClient) -> None:
    page = send(client, about="swallowed", amount='"><script>alert(1)</script>'[:24], contact="<b>\u202eme")
    assert "<script>" not in page.text
    assert "&lt;b&gt;" in page.text


def test_contact_details_are_kept_beside_the_journal(
    world: World, client: FlaskClient, claims: ClaimDesk
) -> None:
    send(client, about="swallowed", amount="1", contact="Sahar\u202e +49 30\r\nBcc: x")
    assert claims.contact(only(claims).subject) == "Sahar +49 30  Bcc: x"
    assert not any(b"Sahar" in entry.body for entry in world.entries())


def test_the_vendor_can_be_called_from_every_page(world: World, client: FlaskClient) -> None:
    receipt = receipts_of(world).token(world.sale())
    for path in ("/c", "/c/C-NONE", f"/r/{receipt}", "/r/none"):
        text = client.get(path).text
        assert "Corner Market" in text
        assert 'href="tel:+49305550199"' in text
        assert "M-12" in text


@pytest.mark.parametrize(("language", "phone"), [("fa", "+۴۹ ۳۰ ۵۵۵ ۰۱۹۹"), ("ar", "+٤٩ ٣٠ ٥٥٥ ٠١٩٩")])
def test_the_telephone_is_written_in_the_readers_digits(
    client: FlaskClient, language: str, phone: str
) -> None:
    text = strip_marks(client.get(f"/c?lang={language}", follow_redirects=True).text).replace("\u00a0", " ")
    assert phone in text


def test_the_phone_asks_in_the_order_of_the_machine(client: FlaskClient) -> None:
    text = client.get("/c").text
    places = [
        text.index(f'value="{about}"') for about in ("swallowed", "no_money_back", "no_goods", "bad_goods")
    ]
    assert places == sorted(places)


# --- following ------------------------------------------------------------------------------------------------------


def test_a_refusal_is_shown_with_its_reason(world: World, client: FlaskClient, claims: ClaimDesk) -> None:
    answer = send(client, about="swallowed", amount="1")
    claims.decide(only(claims).claim, by="owner", amount_minor=0, reason="<i>Not ours</i>")
    text = client.get(answer.location).text
    assert "&lt;i&gt;Not ours&lt;/i&gt;" in text
    assert say("en", "claim_state.refused") in text


@pytest.mark.parametrize(
    ("language", "promised", "late"),
    [
        (
            "en",
            "You get an answer by Wednesday, 25 November 2026, 20:00.",
            "It is late, and that is our fault.",
        ),
        ("fa", "چهارشنبه، ۴ آذر ۱۴۰۵، ۲۰:۰۰", "دیر شده و تقصیر ماست"),
        ("ar", "الأربعاء، ٢٥ نوفمبر ٢٠٢٦، ٢٠:٠٠", "تأخرنا، والخطأ منا"),
    ],
)
def test_a_promised_answer_is_told_and_its_lateness_too(
    world: World, client: FlaskClient, language: str, promised: str, late: str
) -> None:
    where = send(client, about="swallowed", amount="1").location + f"?lang={language}"
    page = strip_marks(client.get(where).text.replace("\u00a0", " "))
    assert promised in page
    assert late not in page
    world.clock.move(5 * 86_400_000)
    assert late in strip_marks(client.get(where).text)


def test_a_part_a_voucher_and_a_transfer_are_told_as_they_are(
    world: World, client: FlaskClient, claims: ClaimDesk
) -> None:
    world.choose("A1")
    visit = world.screen().visit
    world.coin(200)
    world.vend("unknown")
    world.pay()
    claims.open(token="t" * 16, about=About.NO_GOODS, said_minor=150, channel="phone", visit=visit)
    status = only(claims)
    claims.decide(status.claim, by="parvin", amount_minor=100, reason="half of it fell", way=Way.VOUCHER)
    page = strip_marks(client.get(f"/c/{status.number}").text)
    assert "That is a part of what you said. The reason given: half of it fell" in page
    assert "choose what you like" in page
    assert "It works for a month." in page
    claims.note_transfer(
        only(claims).debt, by="parvin", means=f.Means.BANK, reference="TR-77", paid_on="2026-11-20"
    )
    assert "by transfer, TR-77 2026-11-20" in strip_marks(client.get(f"/c/{status.number}").text)


def test_a_typed_number_leads_to_its_claim(client: FlaskClient, claims: ClaimDesk) -> None:
    send(client, about="swallowed", amount="1")
    number = only(claims).number
    page = client.get("/c/find", query_string={"number": f" {number.lower()} "}, follow_redirects=True)
    assert page.status_code == 200
    assert number in page.text


def test_a_strangers_claim_reads_out_nothing_of_others(
    world: World, client: FlaskClient, claims: ClaimDesk
) -> None:
    world.short_change()
    answer = send(client, about="no_money_back")
    assert only(claims).verdict is Verdict.CONSISTENT
    assert "0.50" not in client.get(answer.location).text


def test_the_shoppers_own_records_are_shown(world: World, client: FlaskClient, claims: ClaimDesk) -> None:
    token = receipts_of(world).token(world.sale())
    answer = send(client, path=f"/c?r={token}", about="no_goods")
    assert only(claims).verdict is Verdict.CONTRADICTED
    assert "A1" in client.get(answer.location).text


# --- limits ---------------------------------------------------------------------------------------------------------


def test_wrong_numbers_are_five_a_minute(
    world: World, app: flask.Flask, client: FlaskClient, claims: ClaimDesk
) -> None:
    send(client, about="swallowed", amount="1")
    number = only(claims).number
    for _ in range(LOOKUPS_EACH):
        assert client.get("/c/C-AAAA-AAAA").status_code == 404
    assert client.get("/c/C-AAAA-AAAA").status_code == 429
    assert client.get(f"/c/{number}").status_code == 429
    world.clock.move(60_000)
    assert client.get(f"/c/{number}").status_code == 200


def test_a_new_cookie_for_each_try_meets_the_limit_for_everybody(app: flask.Flask) -> None:
    answers = []
    for _ in range(LOOKUPS_TOGETHER + 1):
        stranger = app.test_client()
        stranger.get("/c")
        answers.append(stranger.get("/r/V1-20-AAAAAAAA").status_code)
    assert answers == [404] * LOOKUPS_TOGETHER + [429]


def test_one_browser_opens_few_claims_at_a_time(client: FlaskClient, claims: ClaimDesk) -> None:
    for _ in range(CLAIMS_EACH):
        assert send(client, about="swallowed", amount="1").status_code == 303
    assert send(client, about="swallowed", amount="1").status_code == 429
    assert len(claims.statuses()) == CLAIMS_EACH


def test_a_till_that_takes_no_more_says_so(world: World, app: flask.Flask, claims: ClaimDesk) -> None:
    for _ in range(20):
        assert send(app.test_client(), about="swallowed", amount="1").status_code == 303
    page = send(app.test_client(), about="swallowed", amount="1")
    assert page.status_code == 503
    assert say("en", "notice.too_many_claims") in page.text


# --- receipts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_receipt_opens_by_its_token_in_the_readers_language(
    world: World, client: FlaskClient, language: str
) -> None:
    visit = world.short_change()
    token = receipts_of(world).token(visit)
    page = client.get(f"/r/{token}?lang={language}")
    code = world.debt_code(1, world.facts(f.DebtRecorded)[0].seq)
    assert page.status_code == 200
    assert f"{code[:4]} {code[4:]}" in page.text
    assert say(language, "paper.total") in page.text
    square = client.get(f"/r/{token}/square.svg")
    assert square.mimetype == "image/svg+xml"
    assert square.data.startswith(b"<?xml")


def test_a_receipt_without_its_token_is_not_there(world: World, client: FlaskClient) -> None:
    visit = world.sale()
    for token in (visit, f"{visit}-AAAAAAAA", "x"):
        assert client.get(f"/r/{token}").status_code == 404
    assert client.get(f"/r/{visit}-AAAAAAAA/square.svg").status_code == 404


def test_without_a_public_address_a_receipt_has_no_square(world: World) -> None:
    client = app_of(world, HIDDEN).test_client()
    token = receipts_of(world).token(world.sale())
    assert "square.svg" not in client.get(f"/r/{token}").text
    assert client.get(f"/r/{token}/square.svg").status_code == 404


# --- the frame ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_is_chosen_once_and_kept(client: FlaskClient, language: str) -> None:
    client.get(f"/c?lang={language}")
    page = client.get("/c")
    assert f'lang="{language}" dir="{"ltr" if language == "en" else "rtl"}"' in page.text
    assert all(name in page.text for name in OWN_NAMES.values())
    assert PHONE.say(language, "claim.title") in page.text


def test_a_phone_is_greeted_in_its_own_language(client: FlaskClient) -> None:
    assert 'lang="fa"' in client.get("/c", headers={"Accept-Language": "fa-IR,fa;q=0.9"}).text


def test_every_page_has_the_houses_headers_and_no_script(world: World, client: FlaskClient) -> None:
    token = receipts_of(world).token(world.sale())
    for path in ("/c", "/c/none", f"/r/{token}"):
        page = client.get(path)
        assert page.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert "<script" not in page.text
        assert "style=" not in page.text


def test_a_page_of_another_site_opens_no_claim(client: FlaskClient, claims: ClaimDesk) -> None:
    fields = hidden_fields(client.get("/c"))
    data = {**fields, "about": "swallowed", "when": "phone"}
    answer = client.post("/c", data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, claims.statuses()) == (403, ())
