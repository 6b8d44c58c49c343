"""The page in a real browser: fingers, coins, languages, a lost server, and nothing that its own policy forbids."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect

from hardware import events as hw
from kiosk.claims.code import place_of
from kiosk.core import events as ev
from kiosk.i18n import LANGUAGES, say
from tests.web.scenes import SCENES
from tests.web.stall import ALL_MEANS, PIN, Stall, open_page


@pytest.fixture
def stall() -> Stall:
    return Stall()


@pytest.fixture
def shop(page: Page, stall: Stall) -> Iterator[Page]:
    """The page of the stall; a word in the browser's console is a failure."""
    words: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            words.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: words.append(str(error)))
    page.set_viewport_size({"width": 1280, "height": 800})
    with open_page(stall) as address:
        page.goto(address)
        expect(page.locator("#machine .tile").first).to_be_visible()
        yield page
        page.goto("about:blank")
    assert words == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shopper_buys_from_shelf_and_machine_by_taps_and_coins(
    shop: Page, stall: Stall, language: str
) -> None:
    shop.locator(f"[data-keep=lang-{language}]").click()
    expect(shop.locator("html")).to_have_attribute("lang", language)
    shop.locator("[data-keep=B3]").click()
    expect(shop.locator("#cart .line")).to_have_count(1)
    shop.locator("#tabs [data-tab=loose]").click()
    shop.locator("[data-keep=LO-BANANA]").click()
    expect(shop.locator("#cart .line")).to_have_count(2)
    expect(shop.locator("#bar .sum-due dt")).to_have_text(say(language, "money.due"))
    stall.coin(200)
    expect(shop.locator("html")).to_have_attribute("data-view", "fulfilling")
    stall.serve()
    expect(shop.locator("#stage h1")).to_have_text(say(language, "thanks.title"))
    text = shop.locator("#stage").inner_text()
    digits = {"en": "0.60", "fa": "۰٫۶۰", "ar": "٠٫٦٠"}[language]
    assert digits in text
    shop.locator("[data-keep=done]").click()
    expect(shop.locator("html")).to_have_attribute("data-view", "idle")
    assert stall.state.totals.sold == 140


def test_a_right_to_left_screen_is_the_mirror_of_a_left_to_right_one(shop: Page) -> None:
    def centre(selector: str) -> float:
        box = shop.locator(selector).first.bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2

    places = ("#browse", "#hero", ".sign-name", "[data-keep=lang-en]", "[data-keep=help]", "[data-keep=A1]")
    english = [centre(place) for place in places]
    shop.locator("[data-keep=lang-fa]").click()
    expect(shop.locator("html")).to_have_attribute("dir", "rtl")
    for place, before in zip(places, english, strict=True):
        assert (centre(place) > 640) != (before > 640), place


def test_no_ascii_digit_is_left_on_a_persian_or_arabic_screen(shop: Page, stall: Stall) -> None:
    SCENES["shopping"].play(stall)
    for language in ("fa", "ar"):
        shop.locator(f"[data-keep=lang-{language}]").click()
        expect(shop.locator("html")).to_have_attribute("lang", language)
        text = shop.locator("body").inner_text()
        codes = set(re.findall(r"\b[A-Z]\d\b", text))  # painted on the machine in ASCII
        for code in codes:
            text = text.replace(code, "")
        assert re.findall(r"[0-9]", text) == [], language


def test_money_first_and_then_a_choice_closes_with_a_bar_that_can_be_hurried(
    shop: Page, stall: Stall
) -> None:
    stall.coin(200)
    expect(shop.locator("#bar")).to_contain_text("€2.00")
    expect(shop.locator("[data-keep=money-back]")).to_contain_text("Money back")
    shop.locator("[data-keep=A1]").click()
    expect(shop.locator("#bar [data-countdown=closing]")).to_be_visible()
    shop.locator("[data-keep=close]").click()
    expect(shop.locator("html")).to_have_attribute("data-view", "fulfilling")


def test_a_failed_coil_offers_a_second_choice_without_a_tap(shop: Page, stall: Stall) -> None:
    shop.locator("[data-keep=A1]").click()
    expect(shop.locator("#cart .line")).to_have_count(1)
    stall.coin(200)
    expect(shop.locator("html")).to_have_attribute("data-view", "fulfilling")
    stall.deliver(fault=hw.Fault.JAM)
    expect(shop.locator("#hero h1")).to_contain_text("did not deliver")
    expect(shop.locator("[data-countdown=choosing] [data-seconds]")).to_have_text("15")
    expect(shop.locator("[data-keep=money-back]")).to_be_visible()
    stall.pass_time(15_000)
    expect(shop.locator("html")).to_have_attribute("data-view", "settling")


def test_the_last_seconds_of_an_idle_visit_are_counted_and_a_touch_stays(shop: Page, stall: Stall) -> None:
    shop.locator("[data-keep=A1]").click()
    expect(shop.locator("#cart .line")).to_have_count(1)
    expect(shop.locator(".leaving")).to_be_hidden()
    stall.pass_time(50_000)
    stall.scan("not a code")  # a publication: the stall's own clock stands still for the page
    expect(shop.locator(".leaving")).to_be_visible()
    shop.locator(".leaving button").click()
    expect(shop.locator(".leaving")).to_be_hidden()


def test_a_lost_server_covers_the_prices_within_seconds(page: Page, stall: Stall) -> None:
    with open_page(stall) as address:
        page.goto(address)
        expect(page.locator("#machine .tile").first).to_be_visible()
        expect(page.locator("#cover")).to_be_hidden()
    expect(page.locator("#cover")).to_be_visible(timeout=6_000)
    expect(page.locator("#cover")).to_contain_text("prices are hidden")
    expect(page.locator("#cover")).to_contain_text("0199")


def test_the_page_acknowledges_what_it_drew(shop: Page, stall: Stall) -> None:
    stall.coin(50)
    expect(shop.locator("#bar")).to_contain_text("€0.50")
    stream = stall.screen().stream
    if stall.publisher.seen_stream < stream:
        shop.wait_for_event(
            "response",
            lambda answer: (
                answer.url.endswith("/seen") and answer.request.post_data_json == {"stream": stream}
            ),
        )
    assert stall.publisher.seen_stream == stream


def test_three_taps_open_a_claim_and_show_its_number(shop: Page, stall: Stall) -> None:
    shop.locator("[data-keep=help]").click()
    shop.get_by_role("button", name="It swallowed my money").click()
    shop.locator("#sheet [data-send]", has_text="€2.00").click()
    expect(shop.locator("#sheet-title")).to_have_text("Your claim number")
    assert [(about, said) for about, _, said in stall.claims] == [("swallowed", 200)]


def test_the_number_of_a_claim_is_gone_when_the_next_shopper_comes(shop: Page, stall: Stall) -> None:
    shop.locator("[data-keep=help]").click()
    shop.get_by_role("button", name="It swallowed my money").click()
    shop.locator("#sheet [data-send]", has_text="€2.00").click()
    expect(shop.locator("#sheet-title")).to_have_text("Your claim number")
    stall.coin(50)
    expect(shop.locator("#bar")).to_contain_text("€0.50")
    expect(shop.locator("#sheet")).to_be_hidden()


def test_a_proven_claim_that_is_paid_at_once_leaves_the_falling_coins_in_sight(
    shop: Page, stall: Stall
) -> None:
    SCENES["owed_short"].play(stall)
    expect(shop.locator("#stage .code")).to_be_visible()
    shop.locator("[data-keep=help]").click()
    shop.get_by_role("button", name="My change did not come").click()
    shop.locator("#sheet [data-send]").first.click()
    expect(shop.locator("#stage h1")).to_have_text(say("en", "settling.title"))
    expect(shop.locator("#said")).to_contain_text("You are right")
    expect(shop.locator("#sheet")).to_be_hidden()
    stall.pay_all()
    expect(shop.locator("#stage h1")).to_have_text(say("en", "thanks.returned"))


SAID_THEN = """title => new MutationObserver(() => {
  const heading = document.querySelector("#stage h1");
  if (heading?.textContent === title) window.saidThen ??= document.getElementById("said").textContent;
}).observe(document.getElementById("stage"), {childList: true, subtree: true})"""
"""Keeps what was said at the moment when a heading came: a moment later something else may be said."""


def test_the_words_of_an_answer_outlive_the_screen_that_comes_after_them(shop: Page, stall: Stall) -> None:
    SCENES["owed_short"].play(stall)
    shop.evaluate(SAID_THEN, say("en", "settling.title"))
    shop.locator("[data-keep=help]").click()
    shop.get_by_role("button", name="My change did not come").click()
    with stall.late_screens():
        shop.locator("#sheet [data-send]").first.click()
        expect(shop.locator("#said")).to_contain_text("You are right")
    expect(shop.locator("#stage h1")).to_have_text(say("en", "settling.title"))
    assert "You are right" in shop.evaluate("window.saidThen"), "not wiped by the screen that came"


def test_another_sum_is_typed_on_the_glass_in_persian(shop: Page, stall: Stall) -> None:
    shop.locator("[data-keep=lang-fa]").click()
    expect(shop.locator("html")).to_have_attribute("lang", "fa")
    shop.locator("[data-keep=help]").click()
    shop.get_by_role("button", name=say("fa", "about.bad_goods")).click()
    shop.locator("summary").click()
    for key in ("۱", "٫", "۷", "۰"):
        shop.locator(".keys .key", has_text=key).click()
    expect(shop.locator("#sheet [data-entry]")).to_have_value("۱٫۷۰")
    shop.locator(".pad button[type=submit]").click()
    expect(shop.locator("#sheet-title")).to_have_text(say("fa", "claim.number"))
    assert stall.claims[0][2] == 170


def test_a_sheet_follows_the_language_and_keeps_money_back_in_sight(shop: Page, stall: Stall) -> None:
    stall.coin(50)
    shop.locator("[data-keep=help]").click()
    expect(shop.locator("#sheet-title")).to_be_focused()
    shop.locator("[data-keep=lang-ar]").click()
    expect(shop.locator("#sheet-title")).to_have_text(say("ar", "help.title"))
    shop.locator("[data-keep=money-back]").click()
    expect(shop.locator("html")).to_have_attribute("data-view", "settling")
    expect(shop.locator("#sheet")).to_be_hidden()


def test_goods_are_found_by_keys_on_the_glass(shop: Page, stall: Stall) -> None:
    shop.locator("[data-sheet=search]").click()
    for key in "dates":
        shop.locator(f".key[data-key={key}]").click()
    shop.locator("#found [data-keep=LO-DATES]").click()
    expect(shop.locator("#sheet")).to_be_hidden()
    expect(shop.locator("#hero h1")).to_have_text("Bowl of Dates")


def test_a_code_typed_on_the_glass_pays(shop: Page, stall: Stall) -> None:
    SCENES["owed_short"].play(stall)
    thanks = stall.screen().thanks
    assert thanks is not None
    code = stall.debt_code(*place_of(thanks.owing[0].debt))
    expect(shop.locator(".code")).to_have_text(f"{code[:4]} {code[4:]}")
    stall.put(hw.HopperIdentified("hopper-20", serial=2, paid_total=0, is_low=False, lost_power=False))
    shop.locator("[data-keep=help]").click()
    shop.locator("[data-sheet=code]").click()
    for key in code:
        shop.locator(f".key[data-key='{key}']").click()
    shop.locator("#sheet button[type=submit]").click()
    expect(shop.locator("html")).to_have_attribute("data-view", "settling")


def test_a_clerk_signs_in_fills_a_hopper_and_leaves(shop: Page, stall: Stall) -> None:
    shop.locator("[data-keep=help]").click()
    shop.locator("[data-sheet=sign_in]").click()
    shop.locator("input[name=name]").fill("sara")
    shop.locator("input[name=pin]").fill(PIN)
    shop.locator("#sheet button[type=submit]").click()
    expect(shop.locator("html")).to_have_attribute("data-view", "service")
    shop.locator("[data-of=hopper-20]").click()
    for key in ("1", "0"):
        shop.locator(f".key[data-key='{key}']").click()
    shop.locator("#sheet button[type=submit]").click()
    expect(shop.locator("#sheet")).to_be_hidden()
    expect(shop.locator("[data-of=hopper-20]")).to_contain_text("50 by the book")
    shop.locator("[data-post='/service/leave']").click()
    expect(shop.locator("html")).to_have_attribute("data-view", "idle")


def test_a_keyboard_scanner_sells_in_the_demo(shop: Page, stall: Stall) -> None:
    gtin = stall.catalogue().products["SW-CHBAR"].gtins[0]
    shop.keyboard.type(gtin)
    shop.keyboard.press("Enter")
    expect(shop.locator("#hero h1")).to_have_text("Shokara Caramel Bar 45 g")
    # One more of it changes nothing of the page around it: a write there, even of the same, styles everything anew.
    shop.evaluate(
        """() => {
          window.writes = [];
          const watch = new MutationObserver((found) => window.writes.push(...found.map((each) => each.attributeName)));
          for (const place of [document.documentElement, ...document.querySelectorAll("#machine, #loose, #tabs *")])
            watch.observe(place, { attributes: true });
        }"""
    )
    shop.keyboard.type(gtin)
    shop.keyboard.press("Enter")
    expect(shop.locator("#cart .qty")).to_have_text("2")
    assert shop.evaluate("window.writes") == []


def test_the_next_shopper_hears_the_sounds_again(shop: Page, stall: Stall) -> None:
    stall.coin(50)
    expect(shop.locator("#bar")).to_contain_text("€0.50")
    shop.locator("[data-keep=mute]").click()
    expect(shop.locator("[data-keep=mute]")).to_have_attribute("aria-pressed", "true")
    shop.locator("[data-tap=money_back]").click()
    expect(shop.locator("html")).to_have_attribute("data-view", "settling")
    stall.pay_all()
    shop.locator("[data-tap=done]").click()
    expect(shop.locator("[data-keep=mute]")).to_have_attribute("aria-pressed", "false")


def test_the_mute_and_larger_text_stay_pressed(shop: Page) -> None:
    shop.locator("[data-keep=mute]").click()
    shop.locator("[data-keep=larger]").click()
    expect(shop.locator("html")).to_have_attribute("data-large", "yes")
    expect(shop.locator("[data-keep=mute]")).to_have_attribute("aria-pressed", "true")
    expect(shop.locator("[data-keep=larger]")).to_have_attribute("aria-pressed", "true")


def test_nothing_of_a_shopper_is_kept_in_the_browser(shop: Page, stall: Stall) -> None:
    shop.locator("[data-keep=A1]").click()
    expect(shop.locator("#cart .line")).to_have_count(1)
    stall.coin(200)
    stall.serve()
    expect(shop.locator("html")).to_have_attribute("data-view", "thanks")
    kept = shop.evaluate("[localStorage.length, sessionStorage.length, document.cookie]")
    assert kept == [0, 0, ""]


# --- notes and cards ------------------------------------------------------------------------------------------------


@pytest.fixture
def market(page: Page) -> Iterator[tuple[Page, Stall]]:
    """The page of a stall that also takes notes and cards."""
    stall = Stall(ALL_MEANS)
    page.set_viewport_size({"width": 1280, "height": 800})
    with open_page(stall) as address:
        page.goto(address)
        expect(page.locator("#machine .tile").first).to_be_visible()
        yield page, stall
        page.goto("about:blank")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shopper_pays_by_card_what_the_coins_lack(market: tuple[Page, Stall], language: str) -> None:
    page, stall = market
    page.locator(f"[data-keep=lang-{language}]").click()
    page.locator("[data-keep=B3]").click()
    expect(page.locator("#cart .line")).to_have_count(1)
    stall.coin(20)
    page.locator("[data-keep=card]").click()
    expect(page.locator("#stage h1")).to_have_text(say(language, "tender.asked"))
    assert {"en": "0.70", "fa": "۰٫۷۰", "ar": "٠٫٧٠"}[language] in page.locator("#stage").inner_text()
    stall.approve()
    expect(page.locator("#stage h1")).to_have_text(say(language, "fulfilling.title"))
    stall.deliver()
    expect(page.locator("#stage h1")).to_have_text(say(language, "tender.settling"))
    stall.card(hw.CardSettled)
    expect(page.locator("#stage h1")).to_have_text(say(language, "thanks.title"))
    bill = page.locator(".bill dt").all_inner_texts()
    assert bill == [say(language, key) for key in ("thanks.bought", "thanks.coins", "thanks.card")]


def test_a_card_is_cancelled_by_one_touch_and_the_cart_stands(market: tuple[Page, Stall]) -> None:
    page, stall = market
    page.locator("[data-keep=B3]").click()
    page.locator("[data-keep=card]").click()
    page.get_by_role("button", name=say("en", "tender.cancel")).click()
    expect(page.locator("#stage h1")).to_have_text(say("en", "tender.cancelling"))
    expect(page.locator("#stage button")).to_have_count(0)
    stall.card(hw.CardCancelled)
    expect(page.locator("#said")).to_have_text(say("en", "notice.card_cancelled"))
    expect(page.locator("#cart .line")).to_have_count(1)


def test_a_failed_delivery_by_card_says_what_became_of_the_charge(market: tuple[Page, Stall]) -> None:
    page, stall = market
    SCENES["card_refunding"].play(stall)
    expect(page.locator("#stage h1")).to_have_text(say("en", "tender.refunding"))
    expect(page.locator("#stage")).to_contain_text(say("en", "tender.failed_text"))
    stall.card(hw.CardRefunded)
    expect(page.locator("#hero .lead")).to_contain_text("Your card was refunded")
    expect(page.locator("#hero .lead")).to_contain_text("€0.90")
    page.get_by_role("button", name=say("en", "choice.done")).click()
    expect(page.locator("#stage")).to_contain_text(say("en", "thanks.refunded_text"))
    expect(page.locator(".bill")).to_contain_text(say("en", "thanks.refunded"))


def test_money_that_is_in_already_is_named_while_a_card_is_asked_for_the_rest(
    market: tuple[Page, Stall],
) -> None:
    page, stall = market
    SCENES["tendering"].play(stall)
    expect(page.locator("#stage")).to_contain_text(say("en", "tender.asked_rest", amount="€2.00"))
    page.locator("[data-keep=money-back]").click()
    expect(page.locator("#stage")).to_contain_text(say("en", "tender.cancelling_rest", amount="€2.00"))
    stall.card(hw.CardCancelled)
    page.locator("[data-keep=money-back]").click()
    expect(page.locator("html")).to_have_attribute("data-view", "settling")
    stall.serve()
    expect(page.locator("#stage h1")).to_have_text(say("en", "thanks.returned"))


def test_the_sum_stands_on_the_smallest_screen_too(market: tuple[Page, Stall]) -> None:
    page, stall = market
    page.set_viewport_size({"width": 800, "height": 480})
    stall.coin(200)
    page.locator("[data-keep=B3]").click()
    expect(page.locator("[data-keep=close]").get_by_text("€1.10")).to_be_visible()
    page.locator("[data-keep=A1]").click()
    expect(page.locator("[data-keep=card]").get_by_text("€0.50")).to_be_visible()


def test_a_note_that_comes_back_is_drawn_as_a_note(market: tuple[Page, Stall]) -> None:
    page, stall = market
    SCENES["note_settling"].play(stall)
    expect(page.locator("#stage")).to_contain_text(say("en", "settling.note"))
    expect(page.locator(".note-coming")).to_have_count(1)
    expect(page.locator(".coins-falling")).to_have_count(0)


def test_change_is_not_left_behind(market: tuple[Page, Stall]) -> None:
    page, stall = market
    SCENES["note_thanks"].play(stall)
    expect(page.locator("#stage")).to_contain_text(say("en", "thanks.take_along", amount="€2.80"))


def test_a_charge_that_cannot_go_back_is_told_before_the_coins_fall(market: tuple[Page, Stall]) -> None:
    page, stall = market
    SCENES["card_choice_failed"].play(stall)
    expect(page.locator("#hero .lead")).to_contain_text("could not be refunded")
    page.get_by_role("button", name=say("en", "bar.money_back")).click()
    expect(page.locator("html")).to_have_attribute("data-view", "settling")
    stall.pay_all()
    expect(page.locator("#stage")).to_contain_text("could not go back to your card")
    expect(page.locator(".bill")).to_contain_text(say("en", "thanks.paid"))


def test_a_card_that_nobody_can_tell_about_gets_a_code_and_no_promise(market: tuple[Page, Stall]) -> None:
    page, stall = market
    SCENES["card_owed"].play(stall)
    expect(page.locator("#stage h1")).to_contain_text("We look into")
    thanks = stall.screen().thanks
    assert thanks is not None
    code = stall.debt_code(*place_of(thanks.owing[0].debt))
    expect(page.locator(".code")).to_have_text(f"{code[:4]} {code[4:]}")
    expect(page.locator(".bill")).to_contain_text(say("en", "thanks.unsure_card"))


def test_dead_means_are_never_invited(market: tuple[Page, Stall]) -> None:
    page, stall = market
    expect(page.locator(".coin-face")).to_have_count(5)
    expect(page.locator(".note-face")).to_have_count(3)
    expect(page.locator(".card-face")).to_have_count(1)
    stall.put(hw.DeviceLost("reader", kind=hw.DeviceKind.CARD_READER))
    expect(page.locator(".card-face")).to_have_count(0)
    expect(page.locator(".signs")).to_contain_text(say("en", "cards.off"))
    stall.put(hw.DeviceLost("notes", kind=hw.DeviceKind.NOTE_VALIDATOR))
    expect(page.locator(".note-face")).to_have_count(0)
    expect(page.locator(".signs")).to_contain_text(say("en", "notes.off"))
    page.locator("[data-keep=B3]").click()
    expect(page.locator("#cart .line")).to_have_count(1)
    expect(page.locator("[data-keep=card]")).to_have_count(0)
    stall.put(hw.CardReaderIdentified("reader", serial=11, can_refund=True, restarted=False))
    expect(page.locator("[data-keep=card]")).to_have_count(1)


def test_low_change_turns_notes_away_before_any_money_comes(market: tuple[Page, Stall]) -> None:
    page, stall = market
    for name in stall.shop.rules.hoppers:
        stall.put(hw.HopperLevel(name, is_low=True))
    stall.put(hw.DeviceLost("reader", kind=hw.DeviceKind.CARD_READER))
    expect(page.locator("#hero h1")).to_have_text(say("en", "exact.title"))
    expect(page.locator(".mean")).to_have_count(0)
    page.locator("[data-keep=B3]").click()
    expect(page.locator("#hero")).to_contain_text(say("en", "coins.exact"))
    expect(page.locator("#hero")).to_contain_text(say("en", "notes.low"))
    expect(page.locator(".coin-face").last).to_contain_text("0.50")


def test_a_note_on_its_way_is_told_and_holds_the_card_back(market: tuple[Page, Stall]) -> None:
    page, stall = market
    page.locator("[data-keep=B3]").click()
    expect(page.locator("[data-keep=card]")).to_have_count(1)
    stall.escrow(500)
    expect(page.locator("#hero")).to_contain_text(say("en", "note.kept", amount="€5.00"))
    expect(page.locator("[data-keep=card]")).to_have_count(0)
    stall.stack()
    stall.serve()
    expect(page.locator(".bill")).to_contain_text(say("en", "thanks.notes"))
    expect(page.locator(".bill")).to_contain_text("€4.10")


def test_a_note_that_nobody_can_place_is_named_while_the_visit_goes_on(market: tuple[Page, Stall]) -> None:
    page, stall = market
    SCENES["note_doubt"].play(stall)
    expect(page.locator("#hero")).to_contain_text(say("en", "doubt.note", amount="€5.00"))


def test_what_was_said_of_one_card_is_not_read_as_being_about_the_next(market: tuple[Page, Stall]) -> None:
    page, stall = market
    page.locator("[data-keep=B3]").click()
    page.locator("[data-keep=card]").click()
    expect(page.locator("#stage h1")).to_have_text(say("en", "tender.asked"))
    stall.card(hw.CardDenied, fault=hw.Fault.DECLINED)
    expect(page.locator("#said")).to_have_text(say("en", "notice.card_denied"))
    page.locator("[data-keep=card]").click()
    expect(page.locator("#stage h1")).to_have_text(say("en", "tender.asked"))
    expect(page.locator("#said.shown")).to_have_count(0)


def test_a_refund_is_told_once(market: tuple[Page, Stall]) -> None:
    page, stall = market
    SCENES["card_choice"].play(stall)
    expect(page.locator("#hero .lead")).to_contain_text("Your card was refunded")
    expect(page.locator("#said")).to_have_text(say("en", "notice.card_refunded"))
    expect(page.locator("#said.shown")).to_have_count(0)


def test_a_clerk_empties_a_stacker_and_fills_a_recycler(market: tuple[Page, Stall]) -> None:
    page, stall = market
    stall.note(1000)
    stall.ask(ev.MoneyBackTapped(tap="money-back", screen=stall.screen().version))
    stall.serve()
    stall.put(ev.ClerkEntered(clerk="sara"))
    page.locator("[data-sheet=collect]").first.click()
    page.get_by_role("button", name=say("en", "service.is_out")).click()
    page.locator('#sheet input[name$="stacker.notes:1000"]').fill("1")
    page.get_by_role("button", name=say("en", "service.count_save")).click()
    expect(page.locator("#sheet")).to_contain_text(say("en", "service.balanced"))
    assert stall.state.cash["stacker.notes"] == 0
    page.get_by_role("button", name=say("en", "close")).click()
    before = stall.state.hoppers["notes-5"].qty
    page.get_by_role("button", name=re.compile("Notes to give back")).click()
    expect(page.locator("#sheet")).to_contain_text(say("en", "service.fill_notes"))
    page.locator("#sheet [data-entry]").fill("3")
    page.get_by_role("button", name=say("en", "service.save")).click()
    expect(page.locator("#sheet")).to_be_hidden()
    assert stall.state.hoppers["notes-5"].qty == before + 3


def test_a_clerk_sends_all_notes_of_a_recycler_to_the_box(market: tuple[Page, Stall]) -> None:
    page, stall = market
    stall.put(ev.ClerkEntered(clerk="sara"))
    before = stall.state.hoppers["notes-5"].qty
    page.locator("[data-sheet=float]").click()
    expect(page.locator("#sheet")).to_contain_text(say("en", "service.float_notes"))
    page.get_by_role("button", name=say("en", "service.send_all")).click()
    expect(page.locator("[data-sheet=float]")).to_be_disabled()
    expect(page.locator("[data-sheet=float]")).to_contain_text(say("en", "service.moving"))
    move = stall.state.hoppers["notes-5"].move
    assert move is not None
    stall.put(hw.PiecesMoved("notes-5", move.job, before, 0))
    expect(page.locator("[data-sheet=float]")).to_be_enabled()
    assert stall.state.cash["stacker.notes"] == before * 500


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shopper_has_the_money_put_onto_the_card(market: tuple[Page, Stall], language: str) -> None:
    page, stall = market
    page.locator(f"[data-keep=lang-{language}]").click()
    expect(page.locator("html")).to_have_attribute("lang", language)
    stall.coin(20)
    page.locator("[data-keep=B3]").click()
    expect(page.locator("#cart .line")).to_have_count(1)
    expect(page.locator("[data-keep=load]")).to_have_count(0)
    page.locator("#cart [data-tap=drop]").first.click()
    page.locator("[data-keep=load]").click()
    expect(page.locator("#stage h1")).to_have_text(say(language, "load.title"))
    job = stall.state.load
    assert job is not None
    stall.put(hw.CardLoaded("reader", job.job, 20))
    expect(page.locator(".bill")).to_contain_text(say(language, "thanks.loaded"))
    assert stall.state.totals.paid_out == 20
