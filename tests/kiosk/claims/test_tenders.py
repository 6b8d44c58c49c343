"""Claims about notes and cards: what the journal says, in which words, and what a clerk reads after a cut."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from kiosk.claims.aftermath import read_aftermath, say_aftermath
from kiosk.claims.evidence import Weighing, weigh
from kiosk.claims.wording import finding_of, say_finding, say_why
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.facts import About, Recorded, Verdict
from kiosk.i18n import LANGUAGES, strip_marks
from kiosk.journal.entry import recorded_of
from kiosk.store.ledger import read_entries
from tests.kiosk.tenders import TenderWorld

Story = Callable[[TenderWorld], object]


def recorded(world: TenderWorld) -> Sequence[Recorded]:
    assert world.ledger is not None
    return [recorded_of(entry) for entry in read_entries(world.ledger._connection, "K1")]


def visit_of(world: TenderWorld) -> str:
    opened = [each.fact for each in recorded(world) if isinstance(each.fact, f.VisitOpened)]
    return opened[-1].visit


def claim(world: TenderWorld, about: About, said_minor: int = 0) -> Weighing:
    return weigh(recorded(world), about=about, said_minor=said_minor, visit=visit_of(world))


def named(world: TenderWorld, found: Weighing) -> set[str]:
    return {type(each.fact).__name__ for each in recorded(world) if each.seq in found.evidence}


def told(world: TenderWorld, language: str = "en") -> tuple[str, str]:
    assert world.ledger is not None
    found = read_aftermath(world.ledger._connection, "K1")
    assert found is not None
    said = say_aftermath(language, found, currency="EUR", exponent=2, timezone="UTC")
    return strip_marks(" ".join(said.known)), strip_marks(" ".join(said.unknown))


# --- notes --------------------------------------------------------------------------------------------------------------


def test_a_note_that_nobody_can_find_is_consistent_and_never_proven(shop: TenderWorld) -> None:
    shop.validator.next_stack = "jams"
    shop.note(500)
    found = claim(shop, About.SWALLOWED, 500)
    assert (found.verdict, found.amount_minor, found.reason) == (Verdict.CONSISTENT, 500, "uncertain")
    assert named(shop, found) == {"NoteLost", "DebtRecorded"}


def test_a_note_that_a_cut_left_to_be_found_is_proven(shop: TenderWorld) -> None:
    with shop.cutting(1, "the note is in"):
        shop.note(500)
    shop.start()
    found = claim(shop, About.SWALLOWED, 500)
    assert (found.verdict, found.amount_minor) == (Verdict.PROVEN, 500)


def test_a_refused_note_is_consistent_with_a_swallowed_one(shop: TenderWorld) -> None:
    shop.validator.says_returned = None
    shop.coins(100)
    shop.set_rules(max_credit_minor=200)
    assert not shop.note(500)
    shop.money_back()
    found = claim(shop, About.SWALLOWED, 500)
    assert (found.verdict, found.reason) == (Verdict.CONSISTENT, "note_turned_away")
    assert claim(shop, About.NO_GOODS, 500).verdict is Verdict.UNSEEN


def test_a_refused_note_that_the_reader_says_it_gave_back_is_no_gap(shop: TenderWorld) -> None:
    shop.coins(100)
    shop.set_rules(max_credit_minor=200)
    assert not shop.note(500)
    shop.money_back()
    found = claim(shop, About.SWALLOWED, 500)
    assert found.verdict is Verdict.UNSEEN
    turned = next(each for each in recorded(shop) if isinstance(each.fact, f.NoteTurnedAway))
    assert finding_of(turned).key == "finding.note_turned_back"


def test_a_refused_note_of_an_older_journal_may_have_been_swallowed(shop: TenderWorld) -> None:
    entries = [
        Recorded(1, "", 1, f.VisitOpened("V", "en", f.Opening.COIN)),
        Recorded(2, "", 2, f.NoteTurnedAway("V", "notes", 1, "refused")),
        Recorded(3, "", 3, f.VisitSettled("V")),
    ]
    found = weigh(entries, about=About.SWALLOWED, said_minor=500, visit="V")
    assert (found.verdict, found.reason) == (Verdict.CONSISTENT, "note_turned_away")


def test_notes_that_only_the_count_knows_are_consistent(shop: TenderWorld) -> None:
    shop.coins(100)
    shop.die()
    assert shop.validator.kept_total is not None
    shop.validator.kept_total += 1
    shop.start()
    found = weigh(recorded(shop), about=About.SWALLOWED, said_minor=1000, window=(1, 10_000))
    assert (found.verdict, found.reason) == (Verdict.CONSISTENT, "swallowed_window")


def test_a_note_whose_word_came_late_is_money_found(shop: TenderWorld) -> None:
    shop.validator.next_stack = "hides"
    shop.note(500)
    shop.pass_time(4 * shop.shop.rules.job_ms)
    shop.step(shop.validator.late.pop())
    entries = recorded(shop)
    found = weigh(entries, about=About.SWALLOWED, said_minor=500, window=(1, entries[-1].seq))
    assert found.verdict is Verdict.CONSISTENT
    assert say_finding("en", finding_of(entries[-1]), currency="EUR", exponent=2) != ""
    assert finding_of(entries[-1]).key == "finding.money_found"


def test_a_note_that_came_back_out_contradicts_the_claim_for_that_very_sum(shop: TenderWorld) -> None:
    shop.coins(100)
    shop.validator.next_stack = "returns"
    shop.note(500)
    shop.money_back()
    found = claim(shop, About.SWALLOWED, 500)
    assert (found.verdict, found.reason) == (Verdict.CONTRADICTED, "note_returned")
    assert named(shop, found) == {"NoteReturned"}
    assert claim(shop, About.SWALLOWED, 1000).verdict is Verdict.UNSEEN


def test_a_note_paid_back_in_coins_contradicts_the_claim_about_it(shop: TenderWorld) -> None:
    shop.note(500)
    shop.money_back()
    found = claim(shop, About.NO_MONEY_BACK, 500)
    assert (found.verdict, found.reason) == (Verdict.CONTRADICTED, "money_returned")


# --- cards --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("about", [About.NO_MONEY_BACK, About.NO_GOODS])
def test_a_request_that_nobody_can_tell_of_is_consistent(shop: TenderWorld, about: About) -> None:
    shop.reader.next_request = "charges_silently"
    shop.scan("water")
    shop.card()
    found = claim(shop, about, shop.visit.total_minor)
    assert (found.verdict, found.reason) == (Verdict.CONSISTENT, "uncertain")
    assert {"CardLost", "DebtRecorded"} <= named(shop, found)


def test_a_charge_that_went_back_to_the_card_contradicts_the_claim_about_goods(shop: TenderWorld) -> None:
    shop.board.jams.add(1)
    shop.choose("A1")
    shop.card()
    shop.money_back()
    found = claim(shop, About.NO_GOODS, shop.reader.charged_minor)
    assert (found.verdict, found.reason) == (Verdict.CONTRADICTED, "money_returned")
    assert "CardRefunded" in named(shop, found)
    assert claim(shop, About.NO_MONEY_BACK, shop.reader.charged_minor).verdict is Verdict.CONTRADICTED


def test_goods_that_a_card_paid_for_were_seen_falling(shop: TenderWorld) -> None:
    shop.choose("A1")
    shop.card()
    found = claim(shop, About.NO_GOODS, shop.reader.charged_minor)
    assert (found.verdict, found.reason) == (Verdict.CONTRADICTED, "goods_seen")


def test_a_refund_that_failed_and_was_paid_in_coins_contradicts(shop: TenderWorld) -> None:
    shop.board.jams.add(1)
    shop.reader.next_refund = "fails"
    shop.choose("A1")
    shop.card()
    shop.money_back()
    assert claim(shop, About.NO_MONEY_BACK, shop.reader.charged_minor).verdict is Verdict.CONTRADICTED


def test_a_refund_that_failed_and_was_paid_otherwise_is_consistent(shop: TenderWorld) -> None:
    shop.board.jams.add(1)
    shop.reader.next_refund = "fails"
    shop.choose("A1")
    shop.card()
    shop.money_back()
    for about in (About.NO_MONEY_BACK, About.NO_GOODS):
        found = claim(shop, about, shop.reader.charged_minor + 10)
        assert (found.verdict, found.reason) == (Verdict.CONSISTENT, "card_refund_failed")
        assert named(shop, found) == {"CardRefundFailed"}
    assert len({say_why(language, "card_refund_failed") for language in LANGUAGES}) == len(LANGUAGES)


def test_a_delivered_charge_that_was_never_confirmed_is_nobodys_gap(shop: TenderWorld) -> None:
    shop.reader.next_settle = "is_unknown"
    shop.choose("A1")
    shop.card()
    assert shop.facts(f.CardLost)
    assert claim(shop, About.NO_GOODS, shop.reader.charged_minor).verdict is Verdict.CONTRADICTED


def test_a_discount_of_the_cards_side_is_not_said_to_be_missing(shop: TenderWorld) -> None:
    shop.reader.discount_minor = 20
    shop.board.jams.add(1)
    shop.choose("A1")
    shop.card()
    shop.money_back()
    assert claim(shop, About.NO_MONEY_BACK, shop.reader.charged_minor).verdict is Verdict.CONTRADICTED


# --- words --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "fact",
    [
        f.NoteTurnedAway(visit="", device="notes", code=1, fault="refused"),
        f.NoteTurnedAway(visit="", device="notes", code=1, fault="refused", is_returned=True),
        f.NoteCredited("J", "V", "notes", 1, 1, 1, 1, 500, "stacker.notes", None),
        f.NoteFound("J", "V", "notes", 500, "stacker.notes"),
        f.NoteReturned("J", "V", "notes", 1, "", is_recovered=False),
        f.NoteLost("J", "V", "notes", 500, "jam"),
        f.CardApproved("J", "V", "card", 150, 150),
        f.CardRefunded("J", "V", "card", 150, 150),
        f.CardRefundFailed("J", "V", "card", "refused"),
        f.CardLost("J", "V", "card", 150, is_charged=False, fault="no_reply"),
        f.CardLost("J", "V", "card", 150, is_charged=True, fault="no_reply"),
    ],
    ids=lambda fact: type(fact).__name__,
)
def test_every_entry_about_notes_and_cards_has_a_sentence_of_its_own(fact: f.Fact, language: str) -> None:
    finding = finding_of(Recorded(seq=1, at="2026-03-02T08:00:00.000Z", now_ms=1, fact=fact))
    assert finding.key != "finding.other"
    assert say_finding(language, finding, currency="EUR", exponent=2)
    assert say_why(language, "note_returned") != say_why(language, "note_turned_away")


def a_note_found(world: TenderWorld) -> None:
    with world.cutting(1, "the note is in"):
        world.note(500)
    world.start()


def a_note_back(world: TenderWorld) -> None:
    world.validator.next_stack = "returns"
    with world.cutting(1, "the note is out"):
        world.note(500)
    world.start()


def a_note_lost(world: TenderWorld) -> None:
    with world.cutting(1, "the note is in"):
        world.note(1000)
    assert world.validator.kept_total is not None
    world.validator.kept_total += 1
    world.start()


def a_card_lost(world: TenderWorld) -> None:
    world.scan("water")
    with world.cutting(1, "the card is charged"):
        world.card()
    world.start()


def a_card_delivered(world: TenderWorld) -> None:
    world.choose("A1")
    with world.cutting(1, "the charge is about to be made final"):
        world.card()
    world.start()


def a_note_uncounted(world: TenderWorld) -> None:
    world.die()
    assert world.validator.kept_total is not None
    world.validator.kept_total += 1
    world.start()


@pytest.mark.parametrize(
    ("story", "known", "unknown"),
    [
        (a_note_found, "had taken €5.00 that no entry told of", ""),
        (a_note_back, "had given the note back", ""),
        (a_note_lost, "", "Where the note of €10.00"),
        (a_card_lost, "", "Whether a card was charged €1.50"),
        (a_card_delivered, "its goods were delivered", ""),
        (a_note_uncounted, "", "count its stacker"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_clerk_reads_after_a_cut_what_became_of_notes_and_cards(
    shop: TenderWorld, story: Story, known: str, unknown: str
) -> None:
    story(shop)
    said_known, said_unknown = told(shop)
    assert known in said_known, said_known
    assert unknown in said_unknown, said_unknown
    assert bool(said_unknown) == bool(unknown)
    for language in LANGUAGES:
        assert all(isinstance(part, str) for part in told(shop, language))


def test_a_count_of_the_stacker_ends_the_question_about_an_uncounted_note(shop: TenderWorld) -> None:
    a_note_uncounted(shop)
    shop.ask(ev.ClerkEntered("clerk"))
    shop.ask(ev.CashBoxCollected("token", "clerk", 0, container="stacker.notes"))
    shop.ask(ev.ClerkLeft("clerk"))
    assert told(shop)[1] == ""
