"""The pretended till, field by field: what practice begins from, and word for word what pretended devices say."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from hardware import events as hw
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.rehearsal import answer_to, heard, refilled, rehearsal_shop, rehearsal_state
from kiosk.core.rules import Rules, Shop
from kiosk.core.state import (
    CardJob,
    CardStage,
    CoilBook,
    DeviceBook,
    HopperBook,
    Lot,
    Phase,
    State,
    TrainingBook,
)
from tests.kiosk.goods import CATALOGUE

RULES = Rules(
    coins={"coin": {1: 10, 2: 50}, "coin-2": {1: 100}},
    notes={"notes": {1: 500, 2: 1000}},
    into={"notes": {1: "notes-5"}, "coin": {2: "tube-50"}},
    readers=("reader", "reader-2"),
    hoppers={"hopper-10": 10, "notes-5": 500},
    boards=("coils",),
    printers=("printer",),
    scanners=("glass",),
    machines=("old",),
    languages=("en", "fa", "ar"),
    tax_rates_bp={"standard": 1900, "reduced": 700},
    cash_step_minor=10,
)
SHOP = Shop(RULES, CATALOGUE)
NOW_MS = 100_000
REAL = State(
    kiosk_id="K1",
    currency="KWD",
    exponent=3,
    epoch=7,
    seq=40,
    boot=9,
    phase=Phase.SERVICE,
    clerk="sami",
    language="fa",
    languages=("en", "fa"),
    large_text=True,
    more_time=True,
    screen=12,
    training=TrainingBook(training="T1-9", clerk="sami", first=4, number=4),
)
THERE = {
    "coin": "coin_acceptor",
    "coin-2": "coin_acceptor",
    "notes": "note_validator",
    "reader": "card_reader",
    "reader-2": "card_reader",
    "hopper-10": "hopper",
    "notes-5": "hopper",
    "coils": "coil_board",
    "printer": "printer",
    "glass": "scanner",
}
PLACES = {"A1": ("chips", 8), "A2": ("bar", 8), "A3": ("chips", 8)}


def test_practice_begins_from_a_state_in_which_nothing_is_real() -> None:
    assert rehearsal_state(REAL, SHOP, NOW_MS) == State(
        kiosk_id="K1",
        currency="KWD",
        exponent=3,
        boot=1,
        boot_ms=NOW_MS,
        seen_ms=NOW_MS,
        phase=Phase.IDLE,
        language="fa",
        languages=("en", "fa"),
        large_text=True,
        more_time=True,
        screen=500_000_000,
        devices={
            name: DeviceBook(kind=kind, is_online=True, since_ms=NOW_MS - 60_000)
            for name, kind in THERE.items()
        },
        awaited=tuple(THERE),
        cash={"hopper.hopper-10": 10_000, "hopper.notes-5": 500_000},
        hoppers={
            "hopper-10": HopperBook(value_minor=10, qty=1_000, paid_total=0, is_low=False),
            "notes-5": HopperBook(value_minor=500, qty=1_000, paid_total=0, is_low=False),
        },
        coils={place: CoilBook(qty=qty) for place, (_, qty) in PLACES.items()},
        lots={place: (Lot(sku, "", "", qty),) for place, (sku, qty) in PLACES.items()},
    )


def test_between_two_visits_everything_is_full_again_and_the_rest_stays() -> None:
    full = rehearsal_state(REAL, SHOP, NOW_MS)
    used = msgspec.structs.replace(
        full,
        seq=30,
        cash={"box": 700, "hopper.hopper-10": 90, "hopper.notes-5": 0},
        hoppers={},
        coils={"A1": CoilBook(qty=0, is_off=True)},
        lots={},
    )
    again = refilled(used, SHOP)
    assert again == msgspec.structs.replace(full, seq=30, cash={"box": 700, **full.cash})


def test_an_old_machine_takes_no_part() -> None:
    shop = rehearsal_shop(SHOP)
    assert shop == Shop(replace(RULES, machines=()), CATALOGUE)


STATE = msgspec.structs.replace(rehearsal_state(REAL, SHOP, NOW_MS), seq=30)
ASKED = CardJob("J1", "reader-2", 250, CardStage.ASKED, started_ms=1, boot=1)


@pytest.mark.parametrize(
    ("tap", "card", "said"),
    [
        (ev.PretendedCoin("t", 1, 10), None, hw.CoinAccepted("coin", 1, 1, 31, 1, 10, "KWD", 0)),
        (
            ev.PretendedCoin("t", 1, 50),
            None,
            hw.CoinAccepted("coin", 1, 1, 31, 2, 50, "KWD", 0, into="tube-50"),
        ),
        (ev.PretendedCoin("t", 1, 100), None, hw.CoinAccepted("coin-2", 1, 1, 31, 1, 100, "KWD", 0)),
        (ev.PretendedCoin("t", 1, 200), None, None),
        (ev.PretendedNote("t", 1, 1000), None, hw.NoteEscrowed("notes", 2, 1000, "KWD")),
        (ev.PretendedNote("t", 1, 2000), None, None),
        (ev.PretendedCard("t", 1), None, hw.CardSessionBegan("reader")),
        (ev.PretendedCard("t", 1), ASKED, hw.CardApproved("reader-2", "J1", 250)),
        (
            ev.PretendedCard("t", 1),
            msgspec.structs.replace(ASKED, stage=CardStage.CANCELLING),
            hw.CardSessionBegan("reader"),
        ),
        (ev.PretendedJam("t", 1, is_next=True), None, None),
    ],
)
def test_a_touch_stands_for_what_a_device_would_say(
    tap: ev.PretendTap, card: CardJob | None, said: hw.DeviceEvent | None
) -> None:
    assert heard(msgspec.structs.replace(STATE, card=card), RULES, tap) == said


def test_a_kiosk_without_a_reader_hears_no_card() -> None:
    assert heard(STATE, replace(RULES, readers=()), ev.PretendedCard("t", 1)) is None


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (
            f.VendStarted("J", "V", 1, "coils", "A1", 1, "chips", 150),
            hw.VendDelivered("coils", "J", seen=True),
        ),
        (f.PayoutStarted("J", "V", "hopper-10", 3, 10, 5), hw.CoinsPaid("hopper-10", "J", 3, 8)),
        (f.PayoutStarted("J", "V", "notes-5", 1, 500, None), hw.CoinsPaid("notes-5", "J", 1, None)),
        (
            f.NoteStackStarted("J", "V", "notes", 2, 1000, None),
            hw.NoteStacked("notes", 1, 1, 30, 2, 1000, "KWD", job="J"),
        ),
        (
            f.NoteReturnStarted("J", "V", "notes", 2, 1000, None, "no_change"),
            hw.NoteReturned("notes", 2, "J"),
        ),
        (f.PrintStarted("J", "V", "en", is_copy=False), hw.PrintEnded("", "J", hw.PrintResult.PRINTED)),
        (f.CardCancelStarted("J", "V", "reader"), hw.CardCancelled("reader", "J")),
        (f.CardSettleStarted("J", "V", "reader"), hw.CardSettled("reader", "J")),
        (f.CardRefundStarted("J", "V", "reader"), hw.CardRefunded("reader", "J")),
        (f.CardLoadStarted("J", "V", "reader", 70), hw.CardLoaded("reader", "J", 70)),
        (f.VisitOpened("V", "en", f.Opening.COIN), None),
    ],
)
def test_a_pretended_device_does_what_is_announced(fact: f.Fact, said: hw.DeviceEvent | None) -> None:
    assert answer_to(fact, STATE, jams=False) == said


def test_a_coil_jams_when_it_is_to() -> None:
    vend = f.VendStarted("J", "V", 1, "coils", "A1", 1, "chips", 150)
    assert answer_to(vend, STATE, jams=True) == hw.VendFailed("coils", "J", hw.Fault.JAM)
