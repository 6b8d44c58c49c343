"""The pretended till with every means of payment: notes, cards, credit put onto a card, paper."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inventory.catalogue import Catalogue
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.draft import Notice, Stamp
from kiosk.core.rules import Rules, Shop
from kiosk.core.screen import Screen, View
from kiosk.core.state import Phase, State, TrainingBook
from kiosk.runtime.rehearsal import ANSWER_MS, Rehearsal
from tests.kiosk.goods import CATALOGUE

RULES = Rules(
    coins={"coin": {1: 10, 2: 50, 3: 100, 4: 200}},
    notes={"notes": {1: 500, 2: 1000}},
    into={"notes": {1: "notes-5"}, "coin": {3: "tube-100"}},
    readers=("reader",),
    loaders=("reader",),
    hoppers={"hopper-10": 10, "hopper-50": 50, "tube-100": 100, "notes-5": 500},
    boards=("coils",),
    printers=("printer",),
    machines=("old",),
    languages=("en", "fa", "ar"),
    tax_rates_bp={"standard": 1900, "reduced": 700},
    cash_step_minor=10,
)
REAL = State(
    kiosk_id="K1",
    currency="EUR",
    epoch=1,
    phase=Phase.SERVICE,
    clerk="sami",
    language="fa",
    languages=RULES.languages,
    training=TrainingBook(training="T1-9", clerk="sami", first=4, number=4),
)


class Practice:
    """A rehearsal in a test's hand."""

    def __init__(self, catalogue: Catalogue = CATALOGUE) -> None:
        self.shop = Shop(RULES, catalogue)
        self.now_ms = 50_000
        self.taps = 0
        self.rehearsal = Rehearsal(REAL, self.shop, self.now_ms)

    @property
    def stamp(self) -> Stamp:
        return Stamp("2026-03-02T08:00:00.000Z", self.now_ms)

    def tap(self, kind: type[ev.Tap], **values: object) -> Notice:
        self.taps += 1
        event = kind(tap=f"tap-{self.taps}", screen=self.rehearsal.state.screen, **values)
        return self.rehearsal.hear(event, self.stamp, self.shop)

    def answer(self) -> None:
        """Everything that was asked of a device is answered."""
        for _ in range(8):
            self.now_ms += ANSWER_MS
            while self.rehearsal.go_on(self.stamp, self.shop) is not None:
                pass

    def screen(self) -> Screen:
        return self.rehearsal.screen(REAL, self.shop, now_ms=self.now_ms, notice=None, today="")

    def over(self) -> ev.VisitPractised:
        (only,) = self.rehearsal.over()
        return only


@pytest.fixture
def practice() -> Practice:
    return Practice()


def test_it_begins_full_and_well_in_the_language_that_was_spoken(practice: Practice) -> None:
    screen = practice.screen()
    assert (screen.view, screen.language, screen.clerk) == (View.IDLE, "fa", "sami")
    assert (screen.coins, screen.takes_notes, screen.takes_cards) == ((10, 50, 100, 200), (500, 1000), True)
    assert screen.is_machine_on
    assert screen.is_printer_ready
    assert all(slot.qty > 0 and not slot.is_off for slot in screen.slots)
    assert screen.training is not None
    assert screen.training.number == 5, "the next of all that were ever practised"


def test_a_note_is_kept_and_its_change_comes_in_coins(practice: Practice) -> None:
    practice.tap(ev.SlotChosen, slot="A1")
    assert not practice.tap(ev.PretendedNote, value_minor=500).is_refusal
    assert practice.screen().note is not None
    practice.answer()
    visit = practice.over()
    total_minor = sum(line.price_minor for line in visit.lines)
    assert total_minor > 0
    assert (visit.notes_minor, visit.coins_minor, visit.back_minor) == (500, 0, 500 - total_minor)


def test_a_note_that_would_not_be_taken_goes_back(practice: Practice) -> None:
    practice.shop = replace(practice.shop, rules=replace(RULES, max_credit_minor=600))
    assert practice.tap(ev.PretendedNote, value_minor=1000).key == "note_not_taken"
    practice.answer()
    assert practice.screen().note is None
    assert practice.rehearsal.state.visit is None


def test_a_card_is_asked_shown_and_charged(practice: Practice) -> None:
    practice.tap(ev.SlotChosen, slot="A1")
    practice.tap(ev.CardTapped)
    practice.answer()
    assert practice.screen().view is View.TENDERING, "it waits for the card"
    practice.tap(ev.PretendedCard)
    practice.answer()
    visit = practice.over()
    assert visit.card_minor == sum(line.price_minor for line in visit.lines) > 0


def test_a_card_that_is_held_there_without_a_tap_is_the_wish_to_pay(practice: Practice) -> None:
    practice.tap(ev.SlotChosen, slot="A1")
    practice.tap(ev.PretendedCard)
    practice.answer()
    assert practice.over().card_minor > 0


def test_a_card_request_can_be_taken_back(practice: Practice) -> None:
    practice.tap(ev.SlotChosen, slot="A1")
    practice.tap(ev.CardTapped)
    practice.tap(ev.MoneyBackTapped)
    practice.answer()
    assert practice.screen().view in {View.SHOPPING, View.IDLE}
    assert practice.screen().card is None


def test_a_charge_goes_back_when_the_coil_jams(practice: Practice) -> None:
    practice.tap(ev.PretendedJam, is_next=True)
    practice.tap(ev.SlotChosen, slot="A1")
    practice.tap(ev.CardTapped)
    practice.tap(ev.PretendedCard)
    practice.answer()
    practice.tap(ev.MoneyBackTapped)
    visit = practice.over()
    assert visit.card_minor > 0
    assert (visit.undelivered, visit.lines, visit.back_minor) == (1, (), visit.card_minor)


def test_credit_goes_onto_a_card(practice: Practice) -> None:
    practice.tap(ev.PretendedCoin, value_minor=200)
    practice.tap(ev.LoadTapped)
    practice.answer()
    assert practice.over().back_minor == 200


def test_the_paper_comes_and_the_screen_says_so(practice: Practice) -> None:
    practice.tap(ev.SlotChosen, slot="A1")
    practice.tap(ev.PretendedCoin, value_minor=200)
    while practice.screen().view is not View.THANKS:
        practice.now_ms += ANSWER_MS
        practice.rehearsal.go_on(practice.stamp, practice.shop)
    practice.tap(ev.ReceiptTapped)
    practice.now_ms += ANSWER_MS
    practice.rehearsal.go_on(practice.stamp, practice.shop)
    thanks = practice.screen().thanks
    assert thanks is not None
    assert thanks.print_state == "printed"


def test_its_entries_are_of_no_epoch_that_a_journal_has(practice: Practice) -> None:
    practice.tap(ev.SlotChosen, slot="A1")
    opened = practice.rehearsal.facts[0]
    assert isinstance(opened, f.VisitOpened)
    assert opened.visit.startswith("V0-")
