"""A clerk's round at the desk: amounts filled in beforehand, one tap each, and nothing twice."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import event
from werkzeug.test import TestResponse

from inventory.catalogue import Catalogue
from kiosk.core import events as ev
from kiosk.core import facts as f
from tests.kiosk.ledger_world import PRODUCTS, SLOTS
from tests.web.admin.office import CLERK, OWNER, PASSWORDS, Office, Visitor

FIELD = re.compile(
    r'name="(round|task|slot|sku|lot|expires_on|was|token|qty)" (?:type="hidden" )?value="([^"]*)"'
)


def begin(visitor: Visitor) -> str:
    """Begin a round; returns the page."""
    token = re.search(r'name="token" value="([^"]+)"', visitor.get("/desk/round").text)
    assert token
    return visitor.post("/desk/round/begin", token=token[1], follow=True).text


def tasks(page: str) -> list[dict[str, str]]:
    """The fields of each task's form."""
    forms = page.split('action="/desk/round/task"')[1:]
    return [
        {name: unescape(value) for name, value in re.findall(FIELD, form.split("</form>")[0])}
        for form in forms
    ]


def do(visitor: Visitor, fields: dict[str, str], *, act: str = "done", follow: bool = False) -> TestResponse:
    """Send a task's form by one of its two buttons."""
    return visitor.post("/desk/round/task", csrf=None, follow=follow, act=act, **fields)


def moves(office: Office) -> list[f.StockMoved | f.SlotCounted]:
    return [each.fact for each in office.recorded() if isinstance(each.fact, f.StockMoved | f.SlotCounted)]


def day_after(office: Office, days: int) -> str:
    return (office.clock.wall() + timedelta(days=days)).date().isoformat()


def test_a_round_fills_by_one_tap_for_each_place_and_remembers_what_was_done(office: Office) -> None:
    visitor = office.client(CLERK)
    page = begin(visitor)
    asked = [task for task in tasks(page) if task["task"].startswith("fill-")]
    assert asked, "a new kiosk has something to fill"
    for task in asked:
        assert do(visitor, task).status_code == 302
    assert {task["slot"] for task in asked} <= {move.slot for move in moves(office)}
    after = visitor.get("/desk/round", query={"step": "fill"}).text
    assert not [task for task in tasks(after) if task["task"].startswith("fill-")]
    many = len(moves(office))
    do(visitor, asked[0])
    assert len(moves(office)) == many


def test_expired_pieces_come_first_and_are_thrown_away_with_their_reason(office: Office) -> None:
    office.ask(ev.StockCounted("lot", CLERK, "S1", "fill", 3, expires_on=day_after(office, 1), lot="L7"))
    office.clock.move(3 * 24 * 3_600_000)
    (task,) = tasks(begin(office.client(CLERK)))[:1]
    assert (task["slot"], task["qty"], task["lot"]) == ("S1", "3", "L7")
    do(office.client(CLERK), {**task, "qty": "۳"})
    thrown = moves(office)[-1]
    assert isinstance(thrown, f.StockMoved)
    assert (thrown.move, thrown.qty, thrown.reason) == ("spoilage", -3, "expired")


def test_a_task_that_is_left_is_not_asked_for_again_in_this_round(office: Office) -> None:
    visitor = office.client(CLERK)
    first = tasks(begin(visitor))[0]
    do(visitor, {**first, "qty": ""}, act="leave")
    assert first["task"] not in [task["task"] for task in tasks(visitor.get("/desk/round").text)]
    assert len(office.facts(f.RoundTaskLeft)) == 1


def test_a_round_is_ended_by_its_button_and_listed(office: Office) -> None:
    visitor = office.client(CLERK)
    begin(visitor)
    page = visitor.get("/desk/round", query={"step": "cash"}).text
    form = page.split('action="/desk/round/end"')[1].split("</form>")[0]
    fields = dict(re.findall(FIELD, form))
    end = visitor.post("/desk/round/end", follow=True, round=fields["round"], token=fields["token"])
    assert "The round is over" in end.text
    assert office.state.round is None
    assert "Rounds before" in visitor.get("/desk/round").text


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"qty": "many"}, "whole number"),
        ({"qty": ""}, "whole number"),
        ({"task": "dance-S1"}, "Please fill this in"),
    ],
)
def test_what_is_no_amount_or_no_task_is_said_and_changes_nothing(
    office: Office, changes: dict[str, str], says: str
) -> None:
    visitor = office.client(CLERK)
    first = tasks(begin(visitor))[0]
    before = office.state.seq
    answer = do(visitor, {**first, **changes}, follow=True)
    assert office.state.seq == before
    assert says in answer.text


def test_a_day_that_no_page_of_ours_made_is_refused(office: Office) -> None:
    visitor = office.client(CLERK)
    first = tasks(begin(visitor))[0]
    assert do(visitor, {**first, "expires_on": "tomorrow"}).status_code == 400


def dated(office: Office) -> Office:
    """Bread with twenty days of shelf life lies on the shelf's plan."""
    shelf = [replace(each, shelf_life_days=20) if each.sku == SLOTS[-1].sku else each for each in PRODUCTS]
    offer = ev.CatalogueOffered(by=OWNER, catalogue=Catalogue.of(tuple(shelf), SLOTS), digest="d")
    assert not office.ask(offer).notice.is_refusal
    return office


@pytest.mark.parametrize(
    ("typed", "days"), [(None, 20), ("{}", 4), ("", None)], ids=["accepted", "changed", "cleared"]
)
def test_what_is_put_in_has_the_day_that_was_proposed_or_the_one_that_was_given(
    office: Office, typed: str | None, days: int | None
) -> None:
    visitor = dated(office).client(CLERK)
    page = begin(visitor)
    (task,) = (each for each in tasks(page) if each["task"] == f"fill-{SLOTS[-1].code}")
    assert task["expires_on"] == day_after(office, 20)
    given = {} if typed is None else {"last_day": typed.format(day_after(office, 4))}
    do(visitor, {**task, **given})
    put_in = moves(office)[-1]
    assert put_in.lots == (((day_after(office, days), "", int(task["qty"])),) if days else None)


def test_a_last_day_that_is_none_is_said_and_nothing_is_put_in(office: Office) -> None:
    visitor = dated(office).client(CLERK)
    (task,) = (each for each in tasks(begin(visitor)) if each["task"] == f"fill-{SLOTS[-1].code}")
    many = len(moves(office))
    assert "refusal" in do(visitor, {**task, "last_day": "soon"}, follow=True).text
    assert len(moves(office)) == many


PAST = re.compile(r"FROM (figure|stock_move|stock_out)\b")
"""Where what was sold, and what people did with goods, is read."""


def test_what_to_do_is_worked_out_once_for_a_round_and_no_later_tap_reads_the_past_again(
    office: Office,
) -> None:
    """A kiosk with a year behind it answers each tap as fast as a new one."""
    visitor = office.client(CLERK)
    asked: list[str] = []
    event.listen(office.reader, "before_cursor_execute", lambda *call: asked.append(call[2]))
    first, second, *_ = tasks(begin(visitor))
    assert [each for each in asked if PAST.search(each)], "it is worked out from the past"
    asked.clear()
    do(visitor, first, follow=True)
    do(visitor, second, act="leave", follow=True)
    visitor.get("/desk/round", query={"step": "cash"})
    assert asked
    assert not [each for each in asked if PAST.search(each)]


def test_what_another_clerk_puts_in_meanwhile_is_not_asked_for_twice(office: Office) -> None:
    page = begin(office.client(CLERK))
    asked = next(task for task in tasks(page) if task["task"].startswith("fill-") and int(task["qty"]) > 1)
    office.ask(ev.StockCounted("other", OWNER, asked["slot"], "fill", 1))
    after = office.client(CLERK).get("/desk/round", query={"step": "fill"}).text
    (now,) = (task for task in tasks(after) if task["task"] == asked["task"])
    assert int(now["qty"]) == int(asked["qty"]) - 1


def enter(page: Page, address: str) -> None:
    """The round's page on a phone, signed in."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}desk/round")
    page.get_by_label("Name").fill(CLERK)
    page.get_by_label("Password").fill(PASSWORDS[CLERK])
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("has_signal", [True, False])
def test_what_the_desk_refuses_stays_on_the_page_with_its_reason(
    office: Office, page: Page, *, has_signal: bool
) -> None:
    with office.served() as address:
        enter(page, address)
        page.get_by_role("button", name="Begin the round").click()
        cards = page.locator(".task")
        expect(cards.first).to_be_visible()
        many = cards.count()
        cards.first.locator("button.main").click()
        expect(cards).to_have_count(many - 1)
        page.context.set_offline(not has_signal)
        cards.first.locator("[name=qty]").fill("400")
        seq = office.state.seq
        cards.first.locator("button.main").click()
        if not has_signal:
            expect(cards).to_have_count(many - 2)
            page.context.set_offline(False)
        expect(cards.first.locator("[data-refusal]")).to_be_visible(timeout=20_000)
        expect(cards.first.locator("[name=qty]")).to_have_value(
            "400" if has_signal else re.compile("^[0-9]{1,2}$")
        )
        expect(cards).to_have_count(many - 1)
        expect(page.locator("[data-step]").first).to_be_visible()
        assert office.state.seq == seq
        page.goto("about:blank")


def test_without_a_signal_a_phone_keeps_what_was_done_and_sends_it_later(office: Office, page: Page) -> None:
    """J9: one tap for each that matches; the signal goes in the middle, and comes back."""
    with office.served() as address:
        enter(page, address)
        page.get_by_role("button", name="Begin the round").click()
        cards = page.locator(".task")
        expect(cards.first).to_be_visible()
        many = cards.count()
        cards.first.get_by_role("button", name="One more").click()
        page.context.set_offline(True)
        cards.first.locator("button.main").click()
        expect(cards).to_have_count(many - 1)
        expect(page.locator("[data-waiting]")).to_be_visible()
        seq = office.state.seq
        page.context.set_offline(False)
        expect(page.locator("[data-waiting]")).to_be_hidden(timeout=20_000)
        expect(page.locator(".task")).to_have_count(many - 1)
        assert office.state.seq == seq + 1
        page.goto("about:blank")


def test_a_round_goes_through_all_its_steps_without_a_signal_and_the_desk_hears_of_it_in_order(
    office: Office, page: Page
) -> None:
    dated(office).ask(
        ev.StockCounted("lot", CLERK, "S1", "fill", 3, expires_on=day_after(office, 1), lot="L7")
    )
    office.sale()  # what has sold may be missing: it is counted
    office.done()
    office.clock.move(3 * 24 * 3_600_000)
    held = office.state.coils["A1"].qty
    with office.served() as address:
        enter(page, address)
        page.get_by_role("button", name="Begin the round").click()
        part = page.locator("[data-part]:not([hidden])")
        expect(part).to_have_attribute("data-part", "waste")
        seq = office.state.seq
        page.context.set_offline(True)
        expect(page.locator("[data-waiting]")).to_be_visible()
        did: dict[str, str] = {}
        for step in ("waste", "fill", "count"):
            expect(part).to_have_attribute("data-part", step)
            for _ in range(part.locator(".task").count()):
                card = part.locator(".task").first
                task = card.locator("[name=task]").input_value()
                did[task] = card.locator("[name=qty]").input_value()
                card.locator("button.main").click()
            part.locator("[data-next]").click()
        expect(part).to_have_attribute("data-part", "cash")
        part.locator("[data-needs-signal]").click()
        expect(part.locator("[data-no-signal]")).to_be_visible()
        part.get_by_role("button", name="End the round").click()
        expect(part.locator("[data-ended]")).to_be_visible()
        assert office.state.seq == seq
        page.context.set_offline(False)
        expect(page.get_by_role("button", name="Begin the round")).to_be_visible(timeout=20_000)
        expect(page.locator("[data-waiting]")).to_be_hidden()
        expect(page.locator(".told .refusal")).to_have_count(0)
        assert int(did["count-A1"]) == held + int(did["fill-A1"]), (
            "what was put in meanwhile is reckoned with"
        )
        done = [getattr(each.fact, "token", "").partition(":")[2] for each in office.recorded()[seq:]]
        assert done[:-1] == list(did)
        assert office.state.round is None
        page.goto("about:blank")


def test_what_is_kept_while_another_act_is_on_its_way_is_neither_lost_nor_asked_for_again(
    office: Office, page: Page
) -> None:
    """The signal comes back for one act and goes again for the next, before the desk has answered the first."""
    on_their_way: list[Route] = []

    def hold_all_but_the_second(route: Route) -> None:
        on_their_way.append(route)
        if len(on_their_way) == 2:
            route.abort("internetdisconnected")

    with office.served() as address:
        enter(page, address)
        page.get_by_role("button", name="Begin the round").click()
        cards = page.locator(".task")
        expect(cards.first).to_be_visible()
        many = cards.count()
        seq = office.state.seq
        page.context.set_offline(True)
        cards.first.locator("button.main").click()
        expect(cards).to_have_count(many - 1)
        page.route("**/desk/round/task", hold_all_but_the_second)
        with page.expect_request("**/desk/round/task"):
            page.context.set_offline(False)
        cards.first.locator("button.main").click()
        expect(cards).to_have_count(many - 2)
        page.evaluate("document.querySelector('[data-round]').dataset.before = 'yes'")
        on_their_way[0].continue_()
        expect(page.locator("[data-before]")).to_have_count(0)  # the desk's answer took its place
        assert cards.count() == many - 2
        assert page.evaluate("JSON.parse(localStorage['desk.waiting']).length") == 1
        page.unroute("**/desk/round/task")
        for route in on_their_way[2:]:
            route.continue_()
        expect(page.locator("[data-waiting]")).to_be_hidden(timeout=20_000)
        assert cards.count() == many - 2
        assert office.state.seq == seq + 2
        page.goto("about:blank")
