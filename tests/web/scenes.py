"""Every view of the shopper's screen as a scene: what has to happen for it to be seen, and which sheet to open on it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from hardware import events as hw
from kiosk.claims.aftermath import Aftermath, Item
from kiosk.core import events as ev
from kiosk.core.facts import About
from kiosk.runtime.rehearsal import ANSWER_MS
from tests.web.stall import ALL_MEANS, CONFIG, Stall
from web.kiosk_ui.backroom import ClaimOffer

_taps = itertools.count()


def touch(stall: Stall, kind: type[ev.Tap], **values: object) -> None:
    """A finger on the page as it is now."""
    stall.ask(kind(tap=f"scene-{next(_taps)}", screen=stall.screen().version, **values))


def _nothing(stall: Stall) -> None:
    """The stall as it was switched on."""


def _trouble(stall: Stall) -> None:
    for name in ("hopper-10", "hopper-20", "hopper-50"):
        stall.put(hw.HopperLevel(name, is_low=True))
    stall.put(hw.PrinterStatus("printer", paper=hw.Paper.OUT, is_online=True, cover_open=False))
    stall.put(hw.DeviceLost("coils", kind=hw.DeviceKind.COIL_BOARD))


def _shopping(stall: Stall) -> None:
    touch(stall, ev.ProductChosen, sku="LO-APPLE-RED", qty=2)
    touch(stall, ev.ProductChosen, sku="ME-SANDCHK")
    touch(stall, ev.SlotChosen, slot="B3")
    stall.coin(200)


def _closing(stall: Stall) -> None:
    stall.coin(200)
    stall.coin(200)
    touch(stall, ev.ProductChosen, sku="LO-CAPPUCCINO")


def _credit(stall: Stall) -> None:
    stall.coin(200)


def _leaving(stall: Stall) -> None:
    touch(stall, ev.ProductChosen, sku="LO-SIMIT")
    stall.coin(50)
    stall.pass_time(111_000)


def _fulfilling(stall: Stall) -> None:
    touch(stall, ev.SlotChosen, slot="A1")
    touch(stall, ev.SlotChosen, slot="B3")
    touch(stall, ev.ProductChosen, sku="LO-BANANA")
    while stall.screen().view == "shopping":
        stall.coin(50)
    stall.deliver()


def _choice(stall: Stall) -> None:
    touch(stall, ev.SlotChosen, slot="A1")
    while stall.screen().view == "shopping":
        stall.coin(50)
    stall.deliver(fault=hw.Fault.NOT_SEEN)


def _settling(stall: Stall) -> None:
    touch(stall, ev.ProductChosen, sku="LO-ESPRESSO")
    stall.coin(200)
    stall.pay()


def _thanks(stall: Stall) -> None:
    touch(stall, ev.ProductChosen, sku="LO-CAPPUCCINO")
    touch(stall, ev.SlotChosen, slot="B3")
    stall.coin(200)
    stall.coin(200)
    stall.serve()


def _owed(stall: Stall) -> None:
    touch(stall, ev.SlotChosen, slot="A1")
    while stall.screen().view == "shopping":
        stall.coin(50)
    stall.lose_vend()
    stall.pay_all()


def _owed_short(stall: Stall) -> None:
    stall.coin(200)
    touch(stall, ev.ProductChosen, sku="LO-TEA")
    stall.put(ev.DeadlinePassed(ev.Deadline.CLOSE))
    while stall.state.payout is not None:
        stall.pay(most=0)


def _halted(stall: Stall) -> None:
    stall.put(ev.PromiseBroken(promise="the books close"))


def _halted_owed(stall: Stall) -> None:
    stall.coin(200)
    _halted(stall)


def _service(stall: Stall) -> None:
    stall.put(ev.ClerkEntered(clerk="sara"))


def _box_out(stall: Stall) -> None:
    """A box that is out, with a coin in it; other coins and all notes are folded away."""
    touch(stall, ev.ProductChosen, sku="LO-COFFEE-L")
    stall.coin(200)
    stall.serve()
    _service(stall)
    stall.put(ev.BoxesTaken(token="boxes-out", clerk="sara"))


def _training(stall: Stall) -> None:
    """Somebody practises, and has chosen nothing yet."""
    _service(stall)
    stall.put(ev.TrainingAsked(clerk="sara"))


def _training_shop(stall: Stall) -> None:
    _training(stall)
    touch(stall, ev.ProductChosen, sku="LO-APPLE-RED", qty=2)
    touch(stall, ev.SlotChosen, slot="B3")
    touch(stall, ev.PretendedJam, is_next=True)
    touch(stall, ev.PretendedCoin, value_minor=50)


def _training_card(stall: Stall) -> None:
    _training(stall)
    touch(stall, ev.SlotChosen, slot="B3")
    touch(stall, ev.CardTapped)


def _training_thanks(stall: Stall) -> None:
    _training(stall)
    touch(stall, ev.ProductChosen, sku="LO-CAPPUCCINO")
    touch(stall, ev.SlotChosen, slot="B3")
    while stall.screen().view == "shopping":
        touch(stall, ev.PretendedCoin, value_minor=200)
    while stall.screen().view != "thanks":
        stall.pass_time(ANSWER_MS)


def _round(stall: Stall) -> None:
    """A clerk in the middle of a round."""
    _service(stall)
    stall.put(ev.RoundOpened(token="round", by="sara"))


def _troubled(stall: Stall) -> None:
    """Devices as a technician finds them: one lost, one sick, one whose table is for other money."""
    _service(stall)
    for port, trace in stall.traces.items():
        trace.add(stall.now_ms, port.encode(), is_outgoing=True)
        trace.add(stall.now_ms, port.encode(), is_outgoing=False)
    stall.put(hw.LineNoise("coin", 42))
    stall.put(hw.DeviceLost("hopper-20", hw.DeviceKind.HOPPER))
    stall.put(hw.DeviceFaulted("notes", hw.DeviceKind.NOTE_VALIDATOR, hw.Fault.WRONG_SCALE, 1))
    stall.put(hw.PrinterStatus("printer", hw.Paper.OUT, is_online=True, cover_open=False))
    stall.coin(200)
    stall.now_ms += 3_000


def _cut(stall: Stall) -> None:
    _service(stall)
    stall.aftermath = Aftermath(
        epoch=1,
        seq=812,
        cut_at="2026-11-21T07:42:10.000Z",
        back_at="2026-11-21T07:49:31.000Z",
        known=(
            Item("after.visit", {"taken_minor": 180, "sold_minor": 0, "paid_minor": 0, "owed_minor": 180}),
            Item("after.found", {"device": "coin", "amount_minor": 50}),
        ),
        unknown=(
            Item("after.vend_unknown", {"slot": "A1", "amount_minor": 150}),
            Item("after.payout_unknown", {"device": "hopper-50", "amount_minor": 50}),
            Item("after.swallowed", {"device": "coin"}),
        ),
    )


def _claim(stall: Stall) -> None:
    stall.offer = ClaimOffer(visit="V1-5", amount_minor=120, at="2026-11-21T07:45:00+00:00")


def _all_shopping(stall: Stall) -> None:
    _nothing(stall)
    touch(stall, ev.ProductChosen, sku="LO-APPLE-RED", qty=2)
    touch(stall, ev.ProductChosen, sku="ME-SANDCHK")
    touch(stall, ev.SlotChosen, slot="B3")


def _all_low(stall: Stall) -> None:
    for name in stall.shop.rules.hoppers:
        stall.put(hw.HopperLevel(name, is_low=True))
    stall.put(hw.DeviceLost("reader", kind=hw.DeviceKind.CARD_READER))


def _card_only(stall: Stall) -> None:
    stall.put(hw.DeviceLost("coin", kind=hw.DeviceKind.COIN_ACCEPTOR))
    stall.put(hw.DeviceFaulted("notes", kind=hw.DeviceKind.NOTE_VALIDATOR, fault=hw.Fault.JAM))


def _note_kept(stall: Stall) -> None:
    _all_shopping(stall)
    stall.escrow(500)


def _note_doubt(stall: Stall) -> None:
    touch(stall, ev.SlotChosen, slot="B3")
    stall.escrow(500)
    note = stall.state.note
    stall.put(hw.NoteUnknown("notes", note.position if note else 0, hw.Fault.JAM, note.job if note else ""))


def _tendering(stall: Stall) -> None:
    _all_shopping(stall)
    stall.coin(200)
    touch(stall, ev.CardTapped)


def _cancelling(stall: Stall) -> None:
    _tendering(stall)
    touch(stall, ev.MoneyBackTapped)


def _card_settling(stall: Stall) -> None:
    touch(stall, ev.ProductChosen, sku="LO-CAPPUCCINO")
    touch(stall, ev.SlotChosen, slot="B3")
    touch(stall, ev.CardTapped)
    stall.approve()
    stall.deliver()


def _card_refunding(stall: Stall) -> None:
    touch(stall, ev.SlotChosen, slot="B3")
    touch(stall, ev.CardTapped)
    stall.approve()
    stall.deliver(fault=hw.Fault.NOT_SEEN)


def _card_choice(stall: Stall) -> None:
    _card_refunding(stall)
    stall.card(hw.CardRefunded)


def _card_choice_failed(stall: Stall) -> None:
    _card_refunding(stall)
    stall.card(hw.CardRefundFailed, fault=hw.Fault.DECLINED)


def _card_thanks(stall: Stall) -> None:
    touch(stall, ev.ProductChosen, sku="LO-CAPPUCCINO")
    touch(stall, ev.ProductChosen, sku="LO-CAPPUCCINO")
    touch(stall, ev.ProductChosen, sku="ME-SANDCHK")
    stall.coin(200)
    touch(stall, ev.CardTapped)
    stall.approve()
    stall.card(hw.CardSettled)


def _note_thanks(stall: Stall) -> None:
    touch(stall, ev.ProductChosen, sku="LO-CAPPUCCINO")
    stall.note(500)
    stall.serve()


def _card_returned(stall: Stall) -> None:
    _card_choice(stall)
    touch(stall, ev.MoneyBackTapped)


def _card_returned_in_cash(stall: Stall) -> None:
    _card_choice_failed(stall)
    touch(stall, ev.MoneyBackTapped)
    stall.serve()


def _card_owed(stall: Stall) -> None:
    touch(stall, ev.SlotChosen, slot="B3")
    stall.coin(20)
    touch(stall, ev.CardTapped)
    stall.card(hw.CardUnknown, fault=hw.Fault.NO_REPLY)
    touch(stall, ev.MoneyBackTapped)
    stall.serve()


def _note_settling(stall: Stall) -> None:
    stall.note(500)
    touch(stall, ev.MoneyBackTapped)


@dataclass(frozen=True, slots=True)
class Scene:
    """One page to look at: how the stall comes there, the sheet to open (name, of), and text for its field."""

    play: Callable[[Stall], None]
    sheet: tuple[str, str] = ("", "")
    typed: str = ""
    tab: str = ""
    is_lost: bool = False
    has_all_means: bool = False
    """With notes, tubes and cards."""

    def stall(self) -> Stall:
        """The stall that it is played on."""
        return Stall(ALL_MEANS if self.has_all_means else CONFIG)


SCENES: Final[Mapping[str, Scene]] = {
    "idle": Scene(_nothing),
    "idle_trouble": Scene(_trouble),
    "loose": Scene(_nothing, tab="loose"),
    "shopping": Scene(_shopping),
    "credit": Scene(_credit),
    "closing": Scene(_closing),
    "leaving": Scene(_leaving),
    "fulfilling": Scene(_fulfilling),
    "choice": Scene(_choice),
    "settling": Scene(_settling),
    "thanks": Scene(_thanks),
    "owed": Scene(_owed),
    "owed_short": Scene(_owed_short),
    "halted": Scene(_halted),
    "halted_owed": Scene(_halted_owed),
    "service": Scene(_service),
    "search": Scene(_nothing, sheet=("search", ""), typed="co"),
    "help": Scene(_nothing, sheet=("help", "")),
    "claim": Scene(_claim, sheet=("claim", About.NO_GOODS)),
    "claim_unseen": Scene(_nothing, sheet=("claim", About.SWALLOWED)),
    "code": Scene(_nothing, sheet=("code", ""), typed="7KQ2M9XA"),
    "receipt": Scene(_thanks, sheet=("receipt", "visit")),
    "sign_in": Scene(_nothing, sheet=("sign_in", "")),
    "fill": Scene(_service, sheet=("fill", "hopper-20")),
    "collect": Scene(_service, sheet=("collect", "")),
    "slot": Scene(_service, sheet=("slot", "B3")),
    "round": Scene(_service, sheet=("round", "")),
    "round_fill": Scene(_round, sheet=("round", "")),
    "cut": Scene(_cut, sheet=("cut", "")),
    "cut_clean": Scene(_service, sheet=("cut", "")),
    "all_idle": Scene(_nothing, has_all_means=True),
    "all_low": Scene(_all_low, has_all_means=True),
    "card_only": Scene(_card_only, has_all_means=True),
    "all_shopping": Scene(_all_shopping, has_all_means=True),
    "note_kept": Scene(_note_kept, has_all_means=True),
    "note_doubt": Scene(_note_doubt, has_all_means=True),
    "tendering": Scene(_tendering, has_all_means=True),
    "cancelling": Scene(_cancelling, has_all_means=True),
    "card_settling": Scene(_card_settling, has_all_means=True),
    "card_refunding": Scene(_card_refunding, has_all_means=True),
    "card_choice": Scene(_card_choice, has_all_means=True),
    "card_choice_failed": Scene(_card_choice_failed, has_all_means=True),
    "card_thanks": Scene(_card_thanks, has_all_means=True),
    "note_thanks": Scene(_note_thanks, has_all_means=True),
    "card_returned": Scene(_card_returned, has_all_means=True),
    "card_returned_in_cash": Scene(_card_returned_in_cash, has_all_means=True),
    "card_owed": Scene(_card_owed, has_all_means=True),
    "note_settling": Scene(_note_settling, has_all_means=True),
    "all_service": Scene(_service, has_all_means=True),
    "fill_notes": Scene(_service, sheet=("fill", "notes-5"), has_all_means=True),
    "devices": Scene(_troubled, sheet=("devices", ""), has_all_means=True),
    "count": Scene(_box_out, sheet=("count", ""), has_all_means=True),
    "covered": Scene(_shopping, is_lost=True),
    "training": Scene(_training),
    "training_shop": Scene(_training_shop),
    "training_means": Scene(_training_shop, has_all_means=True),
    "training_card": Scene(_training_card, has_all_means=True),
    "training_thanks": Scene(_training_thanks),
    "training_receipt": Scene(_training_thanks, sheet=("receipt", "visit")),
}
"""Every page by name."""
