"""Promised answers, repeats that accuse nobody, and one evidence file that tells the whole of a claim."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.claims.deadline import Promise
from kiosk.claims.desk import DESK, PHONE, ClaimDesk
from kiosk.claims.pack import check_evidence
from kiosk.claims.repeats import same_contact
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.facts import About
from tests.kiosk.claims.test_desk import unknown_vend
from tests.kiosk.claims.test_pack import checkpoint, pack
from tests.kiosk.ledger_world import KIOSK_ID, World

BERLIN, TEHRAN = (
    Promise("Europe/Berlin"),
    Promise("Asia/Tehran", workdays=("sat", "sun", "mon", "tue", "wed")),
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


@pytest.fixture
def desk(world: World) -> ClaimDesk:
    return ClaimDesk(world.reader, world, KIOSK_ID, wall=world.clock.wall, promise=BERLIN)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("promise", "made", "remind", "due"),
    [
        (BERLIN, "2026-11-16T09:00", "2026-11-18T19:00", "2026-11-19T19:00"),
        (BERLIN, "2026-11-20T09:00", "2026-11-24T19:00", "2026-11-25T19:00"),  # over a weekend
        (
            BERLIN,
            "2026-03-26T09:00",
            "2026-03-30T18:00",
            "2026-03-31T18:00",
        ),  # into summer time: 20:00 stays 20:00
        (
            BERLIN,
            "2026-10-22T22:30",
            "2026-10-27T19:00",
            "2026-10-28T19:00",
        ),  # already Friday in Berlin; out of it
        (
            TEHRAN,
            "2026-11-18T09:00",
            "2026-11-22T16:30",
            "2026-11-23T16:30",
        ),  # a week that begins on Saturday
        (
            Promise("UTC", days=1, workdays=("sun",)),
            "2026-11-16T09:00",
            "2026-11-16T20:00",
            "2026-11-22T20:00",
        ),
    ],
)
def test_an_answer_is_due_on_the_evening_of_the_last_working_day(
    promise: Promise, made: str, remind: str, due: str
) -> None:
    assert (promise.remind(utc(made)), promise.due(utc(made))) == (utc(remind), utc(due))


def test_a_claim_that_a_person_decides_is_promised_an_answer_and_reminded_of_by_the_till(
    world: World, desk: ClaimDesk
) -> None:
    unknown_vend(world)
    desk.open_at_screen(About.NO_GOODS, "t")
    (status,) = desk.statuses(is_open=True)
    assert status.due_at == "2026-11-25T19:00:00.000Z"
    for _ in range(10):
        world.clock.move(12 * 3_600_000)
        world.tell()
    assert [each.fact.stage for each in world.facts(f.ClaimReminded)] == ["soon", "late"]  # type: ignore[attr-defined]


def test_the_screen_is_told_by_when_and_that_a_bound_holds_what_is_proven(
    world: World, desk: ClaimDesk
) -> None:
    shop = world.till._shop
    world.till._shop = replace(shop, rules=replace(shop.rules, max_auto_day_claims=0))
    world.short_change()
    held = desk.open_at_screen(About.NO_MONEY_BACK, "t", 50)
    assert (held.params["verdict"], held.params["code"]) == ("withheld", "")
    assert held.params["due"] == "2026-11-25T19:00:00.000Z"


def test_what_is_due_first_stands_first_and_what_was_promised_nothing_last(
    world: World, desk: ClaimDesk
) -> None:
    no_promise = ClaimDesk(world.reader, world, KIOSK_ID, wall=world.clock.wall)
    no_promise.open(token="x", about=About.SWALLOWED, said_minor=100, channel=PHONE)
    for token in ("first", "second"):
        desk.open(token=token, about=About.SWALLOWED, said_minor=100, channel=PHONE)
        world.clock.move(4 * 86_400_000)
    tokens = [each.due_at for each in desk.statuses(is_open=True)]
    assert tokens == ["2026-11-25T19:00:00.000Z", "2026-11-30T19:00:00.000Z", ""]


# --- repeats --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["+49 (30) 555-019", "+۴۹۳۰۵۵۵۰۱۹", "＋４９ 30 555 019"])
def test_a_contact_is_the_same_however_it_is_typed(typed: str) -> None:
    assert same_contact(typed) == same_contact("+49 30 555 019")


def test_repeats_are_counted_by_contact_and_visit_until_the_contact_is_erased(
    world: World, desk: ClaimDesk
) -> None:
    visit = world.sale()
    world.done()
    for number in range(3):
        desk.open(
            token=f"t{number}",
            about=About.BAD_GOODS,
            said_minor=150,
            channel=PHONE,
            visit=visit,
            details="+49 30 555 019" if number < 2 else "Leyla@example.org",
        )
    first, *_, last = sorted(desk.statuses(), key=lambda each: each.claim)
    repeats = desk.repeats(first, {})
    assert (repeats.contact, repeats.visit) == (1, 2)
    assert desk.repeats(last, {"A1": 2, "A2": 3}).places == {"A2": 3}
    desk.erase_contact(first.subject, by="parvin")
    again = desk.open(
        token="t4", about=About.BAD_GOODS, said_minor=150, channel=PHONE, details="+49 30 555 019"
    )
    assert again.status is not None
    assert desk.repeats(again.status, {}).contact == 0


def test_a_quarter_later_a_repeat_is_forgotten(world: World, desk: ClaimDesk) -> None:
    made = []
    for number in range(2):
        outcome = desk.open(
            token=f"t{number}", about=About.SWALLOWED, said_minor=100, channel=PHONE, details="0301"
        )
        assert outcome.status is not None
        made.append(outcome.status)
        world.clock.move(int(timedelta(days=91).total_seconds()) * 1_000)
    assert made[0].subject == made[1].subject
    assert not desk.repeats(made[1], {})


# --- the whole story in one file ------------------------------------------------------------------------------------


def test_one_signed_file_tells_promise_two_people_part_voucher_and_transfer(
    world: World, desk: ClaimDesk
) -> None:
    shop = world.till._shop
    world.till._shop = replace(shop, rules=replace(shop.rules, second_above_minor=90))
    checkpoint(world)
    visit = unknown_vend(world)
    opened = desk.open_at_desk(
        token="t", about=About.NO_GOODS, said_minor=150, details="", by="sami", visit=visit
    )
    assert opened.status is not None
    assert (opened.status.channel, opened.status.made_by) == (DESK, "sami")
    name = opened.status.claim
    world.clock.move(7 * 86_400_000)
    world.tell()
    back = ev.Back("COLA", "A1", f.Fate.SPOILED)
    told = desk.decide(name, by="parvin", amount_minor=100, reason="half", way=ev.Way.VOUCHER, back=back)
    assert told.key == "claim_proposed"
    assert desk.second(name, by="sami").key == "claim_second_own"
    assert desk.second(name, by="mina").key == "claim_approved"
    status = desk.status(name)
    assert status is not None
    assert (status.amount_minor, status.proposed_by, status.seconded_by, status.way, status.fate) == (
        100, "parvin", "mina", "voucher", "spoiled",
    )  # fmt: skip
    desk.note_transfer(status.debt, by="parvin", means=f.Means.CARD, reference="R1", paid_on="2026-11-28")
    paid = desk.status(name)
    assert paid is not None
    assert (paid.state, paid.paid_how, paid.paid_ref) == ("paid", "card", "R1 2026-11-28")
    checkpoint(world)
    checked = check_evidence(pack(world, desk, visit))
    assert checked.problems == ()
    kinds = {each["kind"] for each in checked.evidence["entries"]}
    assert {
        "ClaimPromised", "ClaimReminded", "ClaimProposed", "ClaimSeconded", "GoodsReturned", "DebtReduced",
        "DebtReleased", "VoucherMade", "ClaimApproved", "DebtTransferred",
    } <= kinds  # fmt: skip
