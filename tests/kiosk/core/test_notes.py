"""The rules of notes, one story each: kept only when all of it could go back, money only when it is in, never twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest

from hardware import events as hw
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.state import Phase
from tests.kiosk.conftest import BuildTenders
from tests.kiosk.tenders import ALL, TenderWorld, Tube

WITHOUT_NOTES = tuple(name for name in ALL if name != "notes")


def only_debt(world: TenderWorld) -> tuple[int, bool, str]:
    (debt,) = world.state.debts.values()
    return debt.amount_minor, debt.is_certain, debt.reason


def audited(world: TenderWorld) -> None:
    world.audit(goods_taken_minor=world.shelf_minor)


# --- the ordinary day ---------------------------------------------------------------------------------------------------


def test_a_note_buys_goods_and_the_change_comes_in_coins(shop: TenderWorld) -> None:
    shop.scan("water")
    assert shop.note(500)
    assert shop.is_in(Phase.IDLE)
    assert shop.tray_minor == 500 - shop.shelf_minor
    assert shop.state.cash["hopper.recycler"] == 500
    audited(shop)


def test_a_note_alone_is_credit_and_goes_back_in_coins_when_it_is_asked_for(shop: TenderWorld) -> None:
    assert shop.note(1000)
    assert shop.visit.held_minor == 1000
    assert shop.state.cash["stacker.notes"] == 1000
    shop.money_back()
    assert shop.tray_minor == 1000
    audited(shop)


def test_a_note_in_escrow_is_not_money_yet(shop: TenderWorld) -> None:
    shop.holds = True
    assert shop.note(500)
    assert shop.visit.held_minor == 0
    shop.release()
    assert shop.visit.held_minor == 500
    audited(shop)


def test_a_note_is_refused_at_once_when_its_whole_credit_could_not_be_paid_back(
    build_tenders: BuildTenders,
) -> None:
    poor = build_tenders(coins=7)  # 9.80 in hoppers and tubes: a note of 5 could go back, one of 10 not
    assert list(poor.validator.positions) == [1]
    poor.set_rules(max_credit_minor=400)
    poor.pass_time(1)
    assert list(poor.validator.positions) == []
    assert not poor.note(500)
    assert poor.validator.hand == [500]
    (refused,) = poor.facts(f.NoteTurnedAway)
    assert refused == f.NoteTurnedAway(visit="", device="notes", code=7, fault="refused", is_returned=True)
    audited(poor)
    poor.die()


def test_a_note_that_came_too_late_for_its_promise_is_given_back(shop: TenderWorld) -> None:
    shop.set_rules(max_credit_minor=400)
    assert shop.note(500, is_late=True)
    assert shop.validator.hand == [500]
    assert shop.notice.key == "done"
    assert [type(fact) for fact in shop.facts(f.NoteReturnStarted, f.NoteReturned)] == [
        f.NoteReturnStarted,
        f.NoteReturned,
    ]
    assert shop.is_in(Phase.IDLE)
    audited(shop)


def test_a_note_of_a_position_without_a_value_is_given_back_and_never_guessed(shop: TenderWorld) -> None:
    shop.validator.notes[3] = 2000
    assert shop.note(2000, is_late=True)
    (started,) = [fact for fact in shop.all_facts() if isinstance(fact, f.NoteReturnStarted)]
    assert (started.value_minor, started.reason) == (0, "unknown")
    assert shop.validator.hand == [2000]
    audited(shop)


def test_a_note_without_a_value_that_nobody_can_find_is_evidence_and_no_debt(shop: TenderWorld) -> None:
    shop.validator.notes[3] = 2000
    shop.validator.next_return = "jams"
    assert shop.note(2000, is_late=True)
    assert not shop.is_in(Phase.HALTED)
    assert not shop.state.debts
    assert shop.state.note is None
    audited(shop)


def test_a_note_of_an_unknown_position_that_was_kept_is_a_possible_loss_and_no_credit(
    shop: TenderWorld,
) -> None:
    shop.step(hw.NoteUnvalued("notes", serial=900, device_epoch=1, event_no=1, position=9))
    (swallowed,) = shop.facts(f.MoneyPossiblySwallowed)
    assert isinstance(swallowed, f.MoneyPossiblySwallowed)
    assert (swallowed.qty, swallowed.reason) == (1, "unknown_note")
    assert shop.state.visit is None


def test_a_note_told_twice_is_recorded_once(shop: TenderWorld) -> None:
    shop.holds = True
    shop.note(500)
    (stacked,) = shop.held
    shop.release()
    shop.step(stacked)
    assert len(shop.facts(f.NoteCredited)) == 1
    audited(shop)


def test_an_escrow_told_twice_starts_one_job(shop: TenderWorld) -> None:
    shop.holds = True
    shop.note(500)
    shop.step(hw.NoteEscrowed("notes", 1, 500, "EUR"))
    assert len(shop.facts(f.NoteStackStarted, f.NoteReturnStarted)) == 1
    shop.release()
    audited(shop)


def test_a_note_pulled_back_by_its_owner_leaves_no_visit_behind(shop: TenderWorld) -> None:
    shop.validator.next_stack = "returns"
    shop.note(500)
    assert shop.is_in(Phase.IDLE)
    assert shop.state.visit is None
    assert shop.state.last is None
    audited(shop)


def test_a_validator_that_takes_a_note_by_itself_still_credits_it(shop: TenderWorld) -> None:
    shop.validator.escrow = 1
    shop.validator.keep()
    shop.step(shop.validator.stacked(1, ""))
    assert shop.visit.held_minor == 500
    shop.money_back()
    audited(shop)


def test_a_note_of_the_clerks_service_is_not_left_as_a_visit_that_nothing_ends(shop: TenderWorld) -> None:
    shop.ask(ev.ClerkEntered("clerk"))
    shop.validator.escrow = 1
    shop.validator.keep()
    shop.step(shop.validator.stacked(1, ""))
    shop.ask(ev.ClerkLeft("clerk"))
    shop.pass_time(300_000)
    assert shop.state.visit is None
    assert shop.tray_minor + shop.owed_minor + shop.state.totals.suspense == 500
    audited(shop)


# --- notes while other things move ------------------------------------------------------------------------------------


def test_a_coin_that_covers_the_cart_while_a_note_is_on_its_way_sells_once(shop: TenderWorld) -> None:
    shop.scan("water")
    shop.holds = True
    shop.note(500)
    shop.acceptor.positions = (5,)
    shop.coins(200)
    shop.release()
    assert shop.is_in(Phase.IDLE)
    assert len(shop.facts(f.SaleClosed)) == 1
    assert shop.tray_minor + shop.shelf_minor == 700
    audited(shop)


def test_a_note_stacked_while_money_goes_back_comes_back_too(shop: TenderWorld) -> None:
    shop.coins(100)
    shop.holds = True
    shop.note(500)
    shop.money_back()
    assert shop.is_in(Phase.SETTLING)
    shop.release()
    assert shop.is_in(Phase.IDLE)
    assert shop.tray_minor == 600
    audited(shop)


def test_money_back_waits_for_a_note_that_is_on_its_way(shop: TenderWorld) -> None:
    shop.holds = True
    shop.note(500)
    shop.money_back()
    assert shop.is_in(Phase.SETTLING)
    assert shop.state.visit is not None
    shop.release()
    assert shop.is_in(Phase.IDLE)
    assert shop.tray_minor == 500
    audited(shop)


def test_a_note_that_is_only_given_back_keeps_nobody_waiting(shop: TenderWorld) -> None:
    shop.coins(100)
    shop.holds = True
    shop.set_rules(max_credit_minor=400)
    assert shop.note(500, is_late=True)
    shop.holds = False
    shop.money_back()
    assert shop.is_in(Phase.IDLE)
    shop.release()
    assert shop.state.note is None
    audited(shop)


def test_no_card_is_asked_while_a_note_is_on_its_way(shop: TenderWorld) -> None:
    shop.scan("water")
    shop.holds = True
    shop.note(500)
    assert not shop.card()
    assert shop.notice.key == "note_first"
    shop.release()
    audited(shop)


def test_the_clerk_waits_for_a_note_that_is_on_its_way(shop: TenderWorld) -> None:
    shop.holds = True
    shop.note(500)
    assert shop.ask(ev.ClerkEntered("clerk")).key == "money_is_held"
    shop.release()
    audited(shop)


def test_a_stop_with_a_note_going_back_is_not_a_clean_one(shop: TenderWorld) -> None:
    shop.holds = True
    shop.set_rules(max_credit_minor=400)
    assert shop.note(500, is_late=True)
    assert shop.state.visit is None
    shop.step(ev.StopAsked())
    assert not shop.facts(f.Stopped)
    shop.holds = False
    shop.crash()
    assert shop.is_in(Phase.IDLE)
    assert shop.state.note is None
    audited(shop)


def test_a_halted_till_still_takes_the_note_that_was_on_its_way_and_owes_it(shop: TenderWorld) -> None:
    shop.holds = True
    shop.note(500)
    shop.step(ev.PromiseBroken("for the test"))
    shop.release()
    assert only_debt(shop) == (500, True, "halted")
    audited(shop)


# --- B1 to B5 -----------------------------------------------------------------------------------------------------------


@pytest.mark.rule("MS-B1")
def test_a_note_in_escrow_at_a_cut_before_any_decision_is_given_back_and_nothing_is_owed(
    shop: TenderWorld,
) -> None:
    with shop.cutting(1, "before an append"):
        shop.note(500)
    shop.start()
    assert shop.validator.hand == [500]
    assert not shop.state.debts
    assert shop.is_in(Phase.IDLE)
    audited(shop)


@pytest.mark.rule("MS-B1")
def test_recovery_never_keeps_a_note(shop: TenderWorld) -> None:
    with shop.cutting(1, "after an append"):
        shop.note(500)
    shop.start()
    acts = [line.names[0] for line in shop.diary if line.names[0].startswith("StackNote")]
    assert acts == []
    assert shop.validator.hand == [500]
    audited(shop)


@pytest.mark.rule("MS-B2")
def test_a_note_that_went_in_while_the_kiosk_died_is_found_by_the_count_and_owed(shop: TenderWorld) -> None:
    with shop.cutting(1, "the note is in"):
        shop.note(500)
    shop.start()
    assert len(shop.facts(f.NoteFound)) == 1
    assert only_debt(shop) == (500, True, "interrupted")
    assert shop.state.cash["hopper.recycler"] == 500
    audited(shop)


@pytest.mark.rule("MS-B2")
def test_a_note_that_came_out_while_the_kiosk_died_is_closed_by_the_count(shop: TenderWorld) -> None:
    shop.validator.next_stack = "returns"
    with shop.cutting(1, "the note is out"):
        shop.note(500)
    shop.start()
    assert not shop.state.debts
    (returned,) = shop.facts(f.NoteReturned)
    assert isinstance(returned, f.NoteReturned)
    assert returned.is_recovered
    audited(shop)


def test_a_note_that_the_reader_took_by_itself_does_not_end_another_ones_job(shop: TenderWorld) -> None:
    shop.holds = True
    shop.note(1000)
    job = shop.state.note
    assert job is not None
    shop.step(shop.validator.stacked(1, ""))
    assert shop.state.note == job, "the other note is still on its way"
    assert shop.state.totals.held == 500


@pytest.mark.rule("MS-B2")
@pytest.mark.parametrize("where", ["the note is about to move", "the note is in"])
def test_without_a_count_a_note_at_a_cut_is_owed_uncertain(shop: TenderWorld, where: str) -> None:
    shop.validator.kept_total = None
    shop.crash()
    with shop.cutting(1, where):
        shop.note(1000)
    shop.start()
    assert only_debt(shop) == (1000, False, "note_unknown")
    assert shop.state.totals.suspense == -1000
    audited(shop)


@pytest.mark.rule("MS-B2")
def test_a_count_that_rose_by_two_proves_nothing_about_one_note(shop: TenderWorld) -> None:
    with shop.cutting(1, "the note is in"):
        shop.note(1000)
    assert shop.validator.kept_total is not None
    shop.validator.kept_total += 1
    shop.start()
    assert only_debt(shop) == (1000, False, "note_unknown")
    audited(shop)


@pytest.mark.rule("MS-B2")
def test_another_validator_says_nothing_about_the_note_of_the_old_one(shop: TenderWorld) -> None:
    with shop.cutting(1, "the note is in"):
        shop.note(1000)
    shop.validator.serial, shop.validator.kept_total = 901, 41
    shop.start()
    assert only_debt(shop) == (1000, False, "note_unknown")
    assert shop.has_swallowed


@pytest.mark.rule("MS-B2")
@pytest.mark.parametrize("has_count", [True, False])
@pytest.mark.parametrize("answering", [ALL, ("recycler", "notes"), ("notes", "recycler")])
def test_a_recycler_and_its_validator_tell_of_one_note_once_whoever_answers_first(
    build_tenders: BuildTenders, answering: tuple[str, ...], has_count: bool
) -> None:
    world = build_tenders()
    if not has_count:
        world.validator.kept_total = None
        world.crash()
    with world.cutting(1, "the note is in"):
        world.note(500)
    world.start(answering=answering)
    world.pass_time(world.shop.rules.recovery_ms)
    assert only_debt(world) == (500, True, "interrupted")
    assert not world.facts(f.MoneyPossiblySwallowed)
    audited(world)
    world.die()


@pytest.mark.rule("MS-B3")
def test_a_stacked_note_read_and_not_committed_is_credited_once(shop: TenderWorld) -> None:
    with shop.cutting(3, "before an append"):
        shop.note(500)
    assert shop.validator.taken_minor in {0, 500}
    shop.start()
    audited(shop)
    shop.crash()
    audited(shop)


@pytest.mark.rule("MS-B4")
@pytest.mark.parametrize(
    ("at_power_up", "owed_minor", "hand"), [("returns", 0, [500]), ("holds", 0, [500]), ("stacks", 500, [])]
)
def test_a_note_in_escrow_at_a_power_cut_ends_as_its_validator_ends_it(
    shop: TenderWorld, at_power_up: str, owed_minor: int, hand: list[int]
) -> None:
    shop.validator.at_power_up = at_power_up
    with shop.cutting(1, "the note is about to move"):
        shop.note(500)
    shop.power_cut()
    shop.start()
    assert shop.owed_minor == owed_minor
    assert all(debt.is_certain for debt in shop.state.debts.values())
    assert shop.validator.hand == hand
    audited(shop)


@pytest.mark.rule("MS-B4")
def test_a_note_stacked_at_power_up_with_no_job_is_a_possible_loss_in_the_books(shop: TenderWorld) -> None:
    shop.validator.at_power_up = "stacks"
    with shop.cutting(1, "a note lies in escrow"):
        shop.validator.escrow = 2
        shop.cut("a note lies in escrow")
    shop.power_cut()
    shop.start()
    (swallowed,) = shop.facts(f.MoneyPossiblySwallowed)
    assert isinstance(swallowed, f.MoneyPossiblySwallowed)
    assert (swallowed.device, swallowed.qty, swallowed.reason) == ("notes", 1, "notes_differ")


@pytest.mark.rule("MS-B5")
@pytest.mark.parametrize("order", ["next_stack", "next_return"])
def test_a_jammed_note_is_owed_uncertain_and_the_rest_of_the_visit_goes_on(
    shop: TenderWorld, order: str
) -> None:
    shop.coins(100)
    setattr(shop.validator, order, "jams")
    if order == "next_return":
        shop.set_rules(max_credit_minor=400)
    assert shop.note(500, is_late=True)
    assert only_debt(shop) == (500, False, "note_unknown")
    assert shop.visit.held_minor == 100
    shop.money_back()
    assert shop.tray_minor == 100
    audited(shop)


@pytest.mark.rule("MS-B5")
def test_a_silent_validator_is_given_up_after_its_time(shop: TenderWorld) -> None:
    shop.validator.next_stack = "hides"
    shop.note(500)
    shop.pass_time(4 * shop.shop.rules.job_ms)
    assert only_debt(shop) == (500, False, "note_unknown")
    assert shop.is_in(Phase.IDLE)


@pytest.mark.rule("MS-B5")
def test_the_late_word_of_a_note_that_was_given_up_is_nobodys_credit(shop: TenderWorld) -> None:
    shop.validator.next_stack = "hides"
    shop.note(500)
    shop.pass_time(4 * shop.shop.rules.job_ms)
    shop.tap(ev.DoneTapped)
    shop.step(shop.validator.late.pop())
    assert shop.state.visit is None
    assert shop.state.totals.suspense == 0, "the debt and the note meet"
    assert only_debt(shop) == (500, False, "note_unknown")
    report = shop.state.cash["hopper.recycler"]
    assert report == 500
    audited(shop)


@pytest.mark.rule("MS-B5")
def test_a_note_lost_in_recovery_waits_for_its_validator_and_no_longer(shop: TenderWorld) -> None:
    with shop.cutting(1, "the note is in"):
        shop.note(1000)
    shop.start(answering=WITHOUT_NOTES)
    assert shop.is_in(Phase.STARTING)
    shop.pass_time(shop.shop.rules.recovery_ms)
    assert only_debt(shop) == (1000, False, "note_unknown")
    shop.answer("notes")
    (swallowed,) = shop.facts(f.MoneyPossiblySwallowed)
    assert isinstance(swallowed, f.MoneyPossiblySwallowed)
    assert (swallowed.qty, swallowed.reason) == (1, "notes_differ")


def test_an_uncertain_note_is_paid_only_after_a_person_released_it(shop: TenderWorld) -> None:
    shop.validator.next_stack = "jams"
    shop.note(500)
    (debt,) = shop.state.debts
    assert shop.tap(ev.DebtCodeTyped, debt=debt).key == "code_waits_for_vendor"
    audited(shop)


# --- a validator that counts what is inside ---------------------------------------------------------------------------


@pytest.fixture
def inside(build_tenders: BuildTenders) -> Iterator[TenderWorld]:
    """A kiosk whose validator counts the notes in its stacker and its recycler, four of which a clerk put there."""
    world = build_tenders()
    world.validator.is_counting_inside = True
    world.crash()
    world.ask(ev.ClerkEntered("clerk"))
    pour(world, 4)
    world.ask(ev.HopperFilled("four", "clerk", "recycler", 4))
    world.ask(ev.ClerkLeft("clerk"))
    yield world
    world.die()


def pour(world: TenderWorld, notes: int) -> None:
    """A hand lays notes into the recycler, which counts them."""
    world.hoppers["recycler"].qty += notes
    world.step(hw.HopperCounted("recycler", world.hoppers["recycler"].qty))


def test_notes_that_a_clerk_put_into_the_recycler_are_no_swallowed_ones(inside: TenderWorld) -> None:
    inside.crash()
    assert not inside.has_swallowed
    assert not inside.facts(f.CoinFound)
    audited(inside)


def test_notes_poured_while_the_kiosk_was_off_are_found_once_and_by_the_recycler(inside: TenderWorld) -> None:
    inside.die()
    inside.hoppers["recycler"].qty += 2
    inside.start(answering=("notes", *(name for name in ALL if name != "notes")))
    assert not inside.has_swallowed
    (found,) = inside.facts(f.CoinFound)
    assert isinstance(found, f.CoinFound)
    assert (found.qty, found.container) == (2, "hopper.recycler")


@pytest.mark.parametrize("answering", [ALL, ("notes", *(name for name in ALL if name != "notes"))])
def test_a_note_in_the_stacker_that_nobody_told_of_is_seen_beside_a_clerks_notes(
    inside: TenderWorld, answering: tuple[str, ...]
) -> None:
    inside.die()
    inside.validator.stacker_qty += 1
    inside.start(answering=answering)
    (swallowed,) = inside.facts(f.MoneyPossiblySwallowed)
    assert isinstance(swallowed, f.MoneyPossiblySwallowed)
    assert (swallowed.qty, swallowed.reason) == (1, "notes_differ")
    inside.crash(answering=answering)
    assert len(inside.facts(f.MoneyPossiblySwallowed)) == 1, "one note is told once"


def test_notes_that_were_paid_out_do_not_hide_one_that_nobody_told_of(inside: TenderWorld) -> None:
    inside.note(500)
    inside.note(1000)
    inside.hoppers["hopper-50"].qty = inside.hoppers["hopper-20"].qty = 0
    inside.money_back()
    assert 500 in inside.tray
    inside.die()
    inside.validator.stacker_qty += 1
    inside.start()
    (swallowed,) = inside.facts(f.MoneyPossiblySwallowed)
    assert isinstance(swallowed, f.MoneyPossiblySwallowed)
    assert (swallowed.qty, swallowed.reason) == (1, "notes_differ")


def test_notes_that_went_from_the_recycler_to_the_stacker_are_moved_and_no_others(
    inside: TenderWorld,
) -> None:
    inside.note(500)
    inside.die()
    inside.hoppers["recycler"].qty -= 3
    inside.validator.stacker_qty += 2
    inside.start(answering=("notes", *(name for name in ALL if name != "notes")))
    (moved,) = inside.facts(f.NotesMoved)
    (gone,) = inside.facts(f.HopperDiffered)
    assert isinstance(moved, f.NotesMoved)
    assert isinstance(gone, f.HopperDiffered)
    assert (moved.qty, gone.qty) == (2, 1)
    assert not inside.has_swallowed
    assert inside.state.hoppers["recycler"].qty == inside.state.hoppers["recycler"].level == 2
    assert inside.state.cash["stacker.notes"] == 1000
    inside.crash(answering=("notes", *(name for name in ALL if name != "notes")))
    assert len(inside.facts(f.NotesMoved, f.HopperDiffered)) == 2


@pytest.mark.rule("MS-B2")
@pytest.mark.parametrize("answering", [ALL, ("notes", "recycler"), ("recycler", "notes")])
@pytest.mark.parametrize("value_minor", [500, 1000])
def test_a_note_found_by_the_count_lies_where_it_is_counted(
    inside: TenderWorld, value_minor: int, answering: tuple[str, ...]
) -> None:
    with inside.cutting(1, "the note is in"):
        inside.note(value_minor)
    inside.start(answering=answering)
    inside.pass_time(inside.shop.rules.recovery_ms)
    assert only_debt(inside) == (value_minor, True, "interrupted")
    assert not inside.has_swallowed
    audited(inside)


@pytest.mark.parametrize("answering", [ALL, ("notes", "recycler"), ("recycler", "notes")])
def test_a_note_that_found_its_recycler_full_lies_in_the_stacker(
    inside: TenderWorld, answering: tuple[str, ...]
) -> None:
    inside.validator.into.clear()
    inside.validator.into[9] = cast("Tube", inside.hoppers["recycler"])
    with inside.cutting(1, "the note is in"):
        inside.note(500)
    inside.start(answering=answering)
    inside.pass_time(inside.shop.rules.recovery_ms)
    assert only_debt(inside) == (500, True, "interrupted")
    assert inside.state.cash["stacker.notes"] == 500
    audited(inside)


# --- cuts everywhere ----------------------------------------------------------------------------------------------------


def a_note_and_change(world: TenderWorld) -> None:
    world.scan("water")
    world.note(500)


def two_notes_and_money_back(world: TenderWorld) -> None:
    world.note(500)
    world.note(1000)
    world.money_back()


def a_note_that_comes_back(world: TenderWorld) -> None:
    world.coins(50)
    world.validator.next_stack = "returns"
    world.note(500)
    world.note(500)
    world.money_back()


@pytest.mark.rule("MS-I10")
@pytest.mark.parametrize("has_count", [True, False])
@pytest.mark.parametrize("at_power_up", ["returns", "holds", "stacks", "kiosk only"])
@pytest.mark.parametrize("scenario", [a_note_and_change, two_notes_and_money_back, a_note_that_comes_back])
def test_a_cut_at_every_moment_leaves_no_note_unaccounted(
    build_tenders: BuildTenders, scenario: object, at_power_up: str, has_count: bool
) -> None:
    assert callable(scenario)
    at = 0
    while True:
        at += 1
        world = build_tenders()
        if not has_count:
            world.validator.kept_total = None
            world.crash()
        world.validator.at_power_up = at_power_up
        with world.cutting(at):
            scenario(world)
        if world.ledger is not None:
            world.die()
            break
        if at_power_up != "kiosk only":
            world.power_cut()
        world.start()
        world.pass_time(world.shop.rules.recovery_ms)
        assert world.is_in(Phase.IDLE)
        is_seen = has_count or at_power_up != "stacks" or not world.validator.taken_minor
        if is_seen and not (world.has_swallowed and world.validator.taken_minor):
            audited(world)
        world.tap(ev.DoneTapped)
        world.scan("apple")
        world.coins(100)
        world.die()
    assert at > 8, "the scenario has dangerous moments"
