"""A till in which nothing is real: the state that practice begins from, and what pretended devices say.

The rules, the screens and the goods are the real ones; `kiosk.core.till.decide` decides as ever. Only the state is another:
every device answers and is well, hoppers and coils are full, nobody is owed anything. Its entries are of epoch 0, which no
journal has, so that no id and no code of practice is one of the real till.
"""

from __future__ import annotations

from dataclasses import replace as replaced
from typing import Final

from msgspec.structs import replace

from hardware import events as hw
from inventory.catalogue import Place
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.postings import hopper_container
from kiosk.core.rules import Rules, Shop
from kiosk.core.state import CardStage, CoilBook, DeviceBook, HopperBook, Lot, Phase, State

FIRST_SCREEN: Final = 500_000_000
"""Screens of practice are counted from here: the real till's rise by a few a visit, so that no tap fits a screen of the other."""

PIECES: Final = 1_000
"""In each pretended hopper: change for more visits than anybody practises."""

LONG_THERE_MS: Final = 60_000
"""Pretended devices have been there as long: a note put into one that has just come would be given back."""


def rehearsal_state(state: State, shop: Shop, now_ms: int) -> State:
    """Where practice begins: idle, the goods as planned, everything full and well, in the language of ``state``."""
    rules = shop.rules
    return refilled(
        State(
            kiosk_id=state.kiosk_id,
            currency=state.currency,
            exponent=state.exponent,
            boot=1,
            boot_ms=now_ms,
            seen_ms=now_ms,
            phase=Phase.IDLE,
            language=state.language,
            languages=state.languages,
            large_text=state.large_text,
            more_time=state.more_time,
            screen=FIRST_SCREEN,
            devices={
                name: DeviceBook(kind=kind, is_online=True, since_ms=now_ms - LONG_THERE_MS)
                for name, kind in _devices(rules)
            },
            awaited=tuple(name for name, _ in _devices(rules)),
        ),
        shop,
    )


def refilled(state: State, shop: Shop) -> State:
    """``state``, between two visits of practice, with every hopper and coil full and well again: no visit spoils the next."""
    hoppers = shop.rules.hoppers
    coils = [slot for slot in shop.catalogue.slots.values() if slot.place is Place.COIL]
    return replace(
        state,
        cash={**state.cash, **{hopper_container(name): PIECES * value for name, value in hoppers.items()}},
        hoppers={
            name: HopperBook(value_minor=value, qty=PIECES, paid_total=0, is_low=False)
            for name, value in hoppers.items()
        },
        coils={slot.code: CoilBook(qty=slot.capacity) for slot in coils},
        lots={slot.code: (Lot(slot.sku, "", "", slot.capacity),) for slot in coils},
    )


def _devices(rules: Rules) -> list[tuple[str, str]]:
    """Every device that the rules know of, but for old machines, which sell by their own buttons."""
    kinds = (
        (rules.coins, hw.DeviceKind.COIN_ACCEPTOR),
        (rules.notes, hw.DeviceKind.NOTE_VALIDATOR),
        (rules.readers, hw.DeviceKind.CARD_READER),
        (rules.hoppers, hw.DeviceKind.HOPPER),
        (rules.boards, hw.DeviceKind.COIL_BOARD),
        (rules.printers, hw.DeviceKind.PRINTER),
        (rules.scanners, hw.DeviceKind.SCANNER),
    )
    return [(name, kind) for names, kind in kinds for name in names]


def rehearsal_shop(shop: Shop) -> Shop:
    """The same goods and rules without old machines."""
    return replaced(shop, rules=replaced(shop.rules, machines=()))


def heard(state: State, rules: Rules, tap: ev.PretendTap) -> hw.DeviceEvent | None:
    """What the device would say that the touch stands for; None when it would stay shut, or there is none."""
    match tap:
        case ev.PretendedCoin(value_minor=value_minor):
            return _coin(state, rules, value_minor)
        case ev.PretendedNote(value_minor=value_minor):
            return next(
                (
                    hw.NoteEscrowed(device, position, value, state.currency)
                    for device, values in rules.notes.items()
                    for position, value in values.items()
                    if value == value_minor
                ),
                None,
            )
        case ev.PretendedCard() if state.card is not None and state.card.stage is CardStage.ASKED:
            return hw.CardApproved(state.card.device, state.card.job, state.card.asked_minor)
        case ev.PretendedCard() if rules.readers:
            return hw.CardSessionBegan(rules.readers[0])
        case _:
            return None


def _coin(state: State, rules: Rules, value_minor: int) -> hw.CoinAccepted | None:
    for device, values in rules.coins.items():
        for position, value in values.items():
            if value == value_minor:
                into = rules.into.get(device, {}).get(position, "")
                return hw.CoinAccepted(
                    device, 1, 1, state.seq + 1, position, value, state.currency, path=0, into=into
                )
    return None


def answer_to(fact: f.Fact, state: State, *, jams: bool) -> hw.DeviceEvent | None:
    """How the pretended device answers what ``fact`` announces; None when nothing is announced, or a card is waited for.

    Args:
        fact: Just decided, in practice.
        state: After it.
        jams: The coil that turns fails.
    """
    match fact:
        case f.VendStarted():
            if jams:
                return hw.VendFailed(fact.device, fact.job, hw.Fault.JAM)
            return hw.VendDelivered(fact.device, fact.job, seen=True)
        case f.PayoutStarted():
            paid_total = None if fact.paid_total is None else fact.paid_total + fact.qty
            return hw.CoinsPaid(fact.device, fact.job, fact.qty, paid_total)
        case f.NoteStackStarted():
            return hw.NoteStacked(
                fact.device, 1, 1, state.seq, fact.position, fact.value_minor, state.currency, job=fact.job
            )
        case f.NoteReturnStarted():
            return hw.NoteReturned(fact.device, fact.position, fact.job)
        case f.PrintStarted():
            return hw.PrintEnded("", fact.job, hw.PrintResult.PRINTED)
        case _:
            return _card_answer(fact)


def _card_answer(fact: f.Fact) -> hw.DeviceEvent | None:
    match fact:
        case f.CardCancelStarted():
            return hw.CardCancelled(fact.device, fact.job)
        case f.CardSettleStarted():
            return hw.CardSettled(fact.device, fact.job)
        case f.CardRefundStarted():
            return hw.CardRefunded(fact.device, fact.job)
        case f.CardLoadStarted():
            return hw.CardLoaded(fact.device, fact.job, fact.amount_minor)
        case _:
            return None
