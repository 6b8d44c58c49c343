"""Claims from being opened to being paid, on a real till and a real store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.claims.desk import NUMBER_PREFIX, PHONE, RECENT_MS, ClaimDesk
from kiosk.claims.wording import WORDING, finding_of, say_finding, say_why
from kiosk.core import facts as f
from kiosk.core.facts import About, Verdict
from kiosk.i18n import LANGUAGES
from kiosk.journal.entry import check_chain
from kiosk.store.ledger import read_entries
from tests.kiosk.ledger_world import KIOSK_ID, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


@pytest.fixture
def desk(world: World) -> ClaimDesk:
    return ClaimDesk(world.reader, world, KIOSK_ID, wall=world.clock.wall)


def unknown_vend(world: World) -> str:
    world.choose("A1")
    visit = world.screen().visit
    world.coin(200)
    world.vend("unknown")
    world.pay()
    return visit


# --- a short payout -------------------------------------------------------------------------------------------------


def test_a_short_payout_is_proven_at_the_screen_and_paid_on_the_spot(world: World, desk: ClaimDesk) -> None:
    world.short_change()
    offer = desk.offer_at_screen(About.NO_MONEY_BACK)
    assert (offer.visit, offer.amount_minor) == (world.screen().thanks.visit, 50)  # type: ignore[union-attr]
    world.fill({"hopper-50": 5})
    notice = desk.open_at_screen(About.NO_MONEY_BACK, "token-1", offer.amount_minor)
    assert (notice.key, notice.params["verdict"]) == ("claim_opened", Verdict.PROVEN)
    assert world.pay() == 50
    status = desk.status_of_number(notice.params["claim"])
    assert status is not None
    assert (status.state, status.amount_minor, status.debt_code) == ("paid", 50, "")


def test_what_was_paid_once_is_refused_the_second_time(world: World, desk: ClaimDesk) -> None:
    world.short_change()
    code = world.debt_code(1, world.facts(f.DebtRecorded)[0].seq)
    world.done()
    desk.open(token="a", about=About.NO_MONEY_BACK, said_minor=50, channel=PHONE, visit="")
    world.fill({"hopper-50": 5})
    assert not world.type_code(code).is_refusal
    assert world.pay() == 50
    world.done()
    again = world.type_code(code)
    assert (again.is_refusal, again.key) == (True, "code_pays_nothing")
    second = desk.open(token="b", about=About.NO_MONEY_BACK, said_minor=50, channel=PHONE)
    assert second.status is not None
    assert second.status.verdict is not Verdict.PROVEN
    assert len(world.facts(f.DebtRedeemed)) == 1


def test_a_claim_without_coins_to_pay_it_shows_the_code_that_pays(world: World, desk: ClaimDesk) -> None:
    world.choose("A1")
    world.coin(100)
    world.coin(100)
    world.vend("delivered")
    world.pay(most=0)
    outcome = desk.open(token="t", about=About.NO_MONEY_BACK, said_minor=50, channel=PHONE)
    assert outcome.status is not None
    assert outcome.status.state == "approved"
    assert world.debt_of_code(outcome.status.debt_code) == outcome.status.debt


def test_the_same_token_opens_one_claim_even_after_a_restart(world: World, desk: ClaimDesk) -> None:
    world.short_change()
    first = desk.open(token="t", about=About.NO_MONEY_BACK, said_minor=50, channel=PHONE)
    world.cut_power()
    world.wait(10_000)
    again = desk.open(token="t", about=About.NO_MONEY_BACK, said_minor=999, channel=PHONE)
    assert first.status is not None
    assert again.status is not None
    assert again.status.claim == first.status.claim
    assert again.notice.key == "claim_known"
    assert len(world.facts(f.ClaimOpened)) == 1


def test_what_is_said_beyond_the_debt_waits_for_a_person(world: World, desk: ClaimDesk) -> None:
    visit = world.short_change()
    outcome = desk.open(token="t", about=About.NO_MONEY_BACK, said_minor=80, channel=PHONE, visit=visit)
    assert outcome.status is not None
    rest = desk.status_of_number(outcome.status.rest)
    assert rest is not None
    assert (rest.said_minor, rest.verdict, rest.state) == (30, Verdict.CONSISTENT, "weighed")
    assert (outcome.status.state, outcome.status.amount_minor) == ("approved", 50)


# --- a person decides -----------------------------------------------------------------------------------------------


def test_an_unknown_vend_waits_for_the_vendor_who_approves_in_one_act(world: World, desk: ClaimDesk) -> None:
    unknown_vend(world)
    notice = desk.open_at_screen(About.NO_GOODS, "t")
    assert notice.params["verdict"] is Verdict.CONSISTENT
    (status,) = desk.statuses(is_open=True)
    assert (status.state, status.debt_code) == ("weighed", "")
    case = desk.case(status.claim)
    assert case is not None
    assert {finding.key for finding in case.findings} == {"finding.debt_uncertain", "finding.vend_unknown"}
    assert case.now is not None
    assert case.now.verdict is Verdict.CONSISTENT

    told = desk.decide(status.claim, by="owner", amount_minor=case.now.amount_minor)
    assert told.key == "claim_approved"
    approved = desk.status(status.claim)
    assert approved is not None
    assert (approved.state, approved.decided_by, approved.amount_minor) == ("approved", "owner", 150)
    world.done()
    assert not world.type_code(approved.debt_code).is_refusal
    assert world.pay() == 150
    assert desk.status(status.claim).state == "paid"  # type: ignore[union-attr]
    assert desk.decide(status.claim, by="owner", amount_minor=150).is_refusal


def test_a_refusal_needs_a_reason_and_shows_it(world: World, desk: ClaimDesk) -> None:
    world.sale()
    outcome = desk.open(token="t", about=About.SWALLOWED, said_minor=100, channel=PHONE)
    assert outcome.status is not None
    assert outcome.status.verdict is Verdict.UNSEEN
    assert desk.decide(outcome.status.claim, by="owner", amount_minor=0).key == "reason_needed"
    desk.decide(outcome.status.claim, by="owner", amount_minor=0, reason=" Counted twice, nothing there ")
    status = desk.status(outcome.status.claim)
    assert status is not None
    assert (status.state, status.reason) == ("refused", "Counted twice, nothing there")


def test_a_claim_that_the_machine_did_not_see_is_granted_as_goodwill(world: World, desk: ClaimDesk) -> None:
    world.sale()
    outcome = desk.open(token="t", about=About.BAD_GOODS, said_minor=150, channel=PHONE)
    assert outcome.status is not None
    desk.decide(outcome.status.claim, by="owner", amount_minor=150)
    status = desk.status(outcome.status.claim)
    assert status is not None
    assert world.debt_of_code(status.debt_code) == status.debt
    assert desk.hand_over(status.debt, by="clerk").key == "done"
    assert desk.status(status.claim).state == "paid"  # type: ignore[union-attr]


def test_a_failed_vend_with_its_money_back_is_contradicted(world: World, desk: ClaimDesk) -> None:
    world.choose("A1")
    world.coin(200)
    world.vend("failed")
    world.wait(20_000)
    world.pay()
    notice = desk.open_at_screen(About.NO_GOODS, "t")
    assert notice.params["verdict"] is Verdict.CONTRADICTED
    (status,) = desk.statuses()
    case = desk.case(status.claim)
    assert case is not None
    assert "finding.payout" in {finding.key for finding in case.findings}


def test_claims_about_one_coil_are_counted(world: World, desk: ClaimDesk) -> None:
    for number in range(2):
        unknown_vend(world)
        desk.open_at_screen(About.NO_GOODS, f"t{number}")
        world.done()
        world.count("A1", 5)
    assert desk.counts()["A1"] == 2
    case = desk.case(desk.statuses()[0].claim)
    assert case is not None
    assert case.others["A1"] == 1


def test_late_entries_change_what_the_journal_says_today(world: World, desk: ClaimDesk) -> None:
    outcome = desk.open(token="t", about=About.SWALLOWED, said_minor=100, channel=PHONE)
    assert outcome.status is not None
    assert outcome.status.verdict is Verdict.UNSEEN
    world.coins_lost(1)
    case = desk.case(outcome.status.claim)
    assert case is not None
    assert case.now is not None
    assert (case.now.verdict, case.now.reason) == (Verdict.CONSISTENT, "swallowed_window")


def test_what_happens_long_after_a_claim_is_no_evidence_for_it(world: World, desk: ClaimDesk) -> None:
    outcome = desk.open(token="t", about=About.SWALLOWED, said_minor=100, channel=PHONE)
    assert outcome.status is not None
    world.clock.move(3_600_000)
    world.coins_lost(1)
    assert desk.reweigh(outcome.status).verdict is Verdict.UNSEEN


# --- who may see what -----------------------------------------------------------------------------------------------


def test_a_number_is_no_code_that_pays_and_a_wrong_one_finds_nothing(world: World, desk: ClaimDesk) -> None:
    outcome = desk.open(token="t", about=About.SWALLOWED, said_minor=100, channel=PHONE)
    assert outcome.status is not None
    number = outcome.status.number
    assert number.startswith(NUMBER_PREFIX)
    bare = number.removeprefix(NUMBER_PREFIX)
    assert world.debt_of_code(bare) == ""
    for typed in (number, number.lower(), bare, bare.replace("-", " ")):
        found = desk.status_of_number(typed)
        assert found is not None
        assert found.claim == outcome.status.claim
    wrong = ("A" if bare[0] != "A" else "B") + bare[1:]
    for typed in (wrong, "", "C-", "C1-45", "\u202e" + bare, "X" * 5_000):
        assert desk.status_of_number(typed) is None


def test_the_last_visit_is_nobodys_after_a_while(world: World, desk: ClaimDesk) -> None:
    world.short_change()
    world.done()
    assert desk.offer_at_screen(About.NO_MONEY_BACK).visit
    world.clock.move(RECENT_MS)
    assert desk.offer_at_screen(About.NO_MONEY_BACK).visit == ""
    notice = desk.open_at_screen(About.NO_MONEY_BACK, "t")
    assert notice.params["verdict"] is not Verdict.PROVEN


def test_the_last_visit_is_still_at_the_screen_after_two_starts_within_minutes(
    world: World, desk: ClaimDesk
) -> None:
    visit = world.short_change()
    world.done()
    for _ in range(2):
        world.cut_power()
        world.wait(10_000)
    assert desk.offer_at_screen(About.NO_MONEY_BACK).visit == visit


def test_once_the_page_is_gone_nobody_is_told_what_the_last_visit_is_owed(
    world: World, desk: ClaimDesk
) -> None:
    visit = world.short_change()
    assert desk.offer_at_screen(About.NO_MONEY_BACK).amount_minor == 50
    world.done()
    offer = desk.offer_at_screen(About.NO_MONEY_BACK)
    assert (offer.visit, offer.amount_minor) == (visit, 0)


@pytest.mark.parametrize("said_minor", [0, 40, 100])
def test_a_stranger_who_steps_up_after_a_visit_does_not_collect_its_debt(
    world: World, desk: ClaimDesk, said_minor: int
) -> None:
    world.short_change()
    world.done()
    notice = desk.open_at_screen(About.NO_MONEY_BACK, "t", said_minor)
    assert (notice.params["verdict"], notice.params["code"]) == (Verdict.CONSISTENT, "")


def test_who_comes_back_to_the_screen_and_names_the_very_sum_is_believed(
    world: World, desk: ClaimDesk
) -> None:
    world.short_change()
    world.done()
    assert desk.open_at_screen(About.NO_MONEY_BACK, "t", 50).params["verdict"] is Verdict.PROVEN


def test_sums_tried_at_the_screen_after_a_visit_end_in_a_person_s_hands(
    world: World, desk: ClaimDesk
) -> None:
    world.short_change()
    world.done()
    for said_minor in (100, 20, 10):
        desk.open_at_screen(About.NO_MONEY_BACK, f"t{said_minor}", said_minor)
    notice = desk.open_at_screen(About.NO_MONEY_BACK, "t50", 50)
    assert notice.params["verdict"] is Verdict.CONSISTENT


def test_starts_do_not_make_the_last_visit_younger(world: World, desk: ClaimDesk) -> None:
    visit = world.short_change()
    world.done()
    for _ in range(3):
        assert desk.offer_at_screen(About.NO_MONEY_BACK).visit == visit
        world.clock.move(RECENT_MS // 3)
        world.coins_lost(1)  # an entry: so much is known to have passed
        world.cut_power()
        world.wait(10_000)
    assert desk.offer_at_screen(About.NO_MONEY_BACK).visit == ""


def test_the_last_visit_is_nobodys_when_the_kiosk_was_off_for_long(world: World, desk: ClaimDesk) -> None:
    world.short_change()
    world.done()
    world.cut_power()
    world.wait(10_000)
    later = world.clock.wall() + timedelta(milliseconds=RECENT_MS)
    off = ClaimDesk(world.reader, world, KIOSK_ID, wall=lambda: later)
    assert off.offer_at_screen(About.NO_MONEY_BACK).visit == ""
    set_back = ClaimDesk(world.reader, world, KIOSK_ID, wall=lambda: later - timedelta(days=1))
    assert set_back.offer_at_screen(About.NO_MONEY_BACK).visit == ""


def test_a_claim_that_came_before_its_debt_is_paid_by_the_debt_and_not_twice(
    world: World, desk: ClaimDesk
) -> None:
    world.choose("A1")
    visit = world.screen().visit
    world.coin(100)
    world.coin(100)
    world.vend("delivered")
    outcome = desk.open(token="t", about=About.NO_MONEY_BACK, said_minor=50, channel=PHONE, visit=visit)
    assert outcome.status is not None
    assert outcome.status.debt == "", "the hopper is still at it"
    world.lose_payout()
    (recorded,) = world.facts(f.DebtRecorded)
    case = desk.case(outcome.status.claim)
    assert case is not None
    assert desk.debt_of(case.status) == recorded.fact.debt  # type: ignore[attr-defined]
    assert desk.decide(outcome.status.claim, by="owner", amount_minor=50).key == "claim_approved"
    assert world.facts(f.GoodwillGranted) == []
    assert len(world.facts(f.DebtReleased)) == 1
    status = desk.status(outcome.status.claim)
    assert status is not None
    assert world.debt_of_code(status.debt_code) == recorded.fact.debt  # type: ignore[attr-defined]


def test_a_claim_at_the_screen_can_be_followed_on_a_phone(world: World, desk: ClaimDesk) -> None:
    world.sale()
    assert desk.open_at_screen(About.SWALLOWED, "t1", 100).params["follow"] == ""
    reachable = ClaimDesk(
        world.reader, world, KIOSK_ID, wall=world.clock.wall, public_url="https://market.example/"
    )
    params = reachable.open_at_screen(About.SWALLOWED, "t2", 100).params
    assert params["follow"] == f"https://market.example/c/{params['claim']}"


def test_bad_goods_are_offered_at_the_price_that_was_paid(world: World, desk: ClaimDesk) -> None:
    world.sale()
    assert desk.offer_at_screen(About.BAD_GOODS).amount_minor == 150


def test_too_many_claims_in_an_hour_are_refused(world: World, desk: ClaimDesk) -> None:
    for number in range(20):
        desk.open(token=f"t{number}", about=About.SWALLOWED, said_minor=100, channel=PHONE)
    outcome = desk.open(token="one more", about=About.SWALLOWED, said_minor=100, channel=PHONE)
    assert (outcome.notice.key, outcome.status) == ("too_many_claims", None)


# --- personal details -----------------------------------------------------------------------------------------------


def test_contact_details_never_enter_the_journal_and_can_be_erased(world: World, desk: ClaimDesk) -> None:
    details = "Sahar, +49 30 123456"
    outcome = desk.open(token="t", about=About.SWALLOWED, said_minor=100, channel=PHONE, details=details)
    assert outcome.status is not None
    subject = outcome.status.subject
    assert desk.contact(subject) == details
    assert not any(details.encode() in entry.body for entry in world.entries())

    assert not desk.erase_contact(subject, by="owner").is_refusal
    assert desk.contact(subject) == ""
    assert world.rows("SELECT count(*) FROM contact") == [(0,)]
    previous = None
    with world.reader.connect() as connection:
        for entry in read_entries(connection, KIOSK_ID):
            check_chain(previous, entry)
            previous = entry
    assert world.facts(f.ContactErased)
    assert desk.status(outcome.status.claim) is not None


# --- words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_of_a_long_day_has_a_sentence(world: World, language: str) -> None:
    world.short_change()
    world.done()
    unknown_vend(world)
    world.coin_refused(is_returned=None)
    world.coins_lost(1)
    world.coin(50)
    world.cut_power()
    world.wait(10_000)
    for recorded in world.recorded():
        finding = finding_of(recorded)
        sentence = say_finding(language, finding, currency="EUR", exponent=2)
        assert sentence
        assert "{" not in sentence


def test_every_reason_of_a_verdict_has_a_sentence() -> None:
    reasons = [key.removeprefix("why.") for key in WORDING.rows if key.startswith("why.")]
    source = (Path(__file__).parents[3] / "kiosk/claims/evidence.py").read_text(encoding="utf-8")
    for reason in reasons:
        assert f'"{reason}"' in source, "a sentence for a reason that no weighing gives"
        assert all(say_why(language, reason) for language in LANGUAGES)
