"""The till's own thread: record before acting, one act per commit, and a safe end whatever breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from hardware import events as hw
from hardware.commands import (
    CancelCard,
    PayCoins,
    Print,
    RefundCard,
    ReportCashSale,
    RequestCard,
    SetAccept,
    TurnCoil,
)
from hardware.driver import DriverStoppedError
from hardware.sansio import WireError
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.screen import View
from kiosk.core.state import CardJob, Phase
from kiosk.runtime.door import TillBusyError
from kiosk.store.database import StoreError
from kiosk.store.ledger import CHECKPOINT_EVERY, WAL_LIMIT_BYTES
from tests.kiosk.goods import CATALOGUE
from tests.kiosk.runtime.kiosk_thread import KioskThread, keep_goods
from tests.kiosk.world import MORNING, SHOP, fresh

NUMBERS = count()
WATER_CODE = hw.CodeScanned("scanner", "4006381333931", "E0")


@pytest.fixture
def folder(quick_folder: Path, template: Path) -> Path:
    made = fresh(quick_folder / f"thread-{next(NUMBERS)}", template)
    keep_goods(made)
    return made


@pytest.fixture
def kiosk(folder: Path) -> Iterator[KioskThread]:
    """A stocked kiosk, running."""
    running = KioskThread(folder)
    running.start()
    running.stock()
    yield running
    running.end()


def sold(kiosk: KioskThread) -> bool:
    return kiosk.until(lambda state: state.last is not None).phase is Phase.IDLE


def test_who_has_the_answer_finds_it_on_the_screen(kiosk: KioskThread) -> None:
    """A sheet that is drawn with the answer shows what the answer says, never the moment before."""
    seen: list[View] = []
    for event in (ev.ClerkEntered("clerk"), ev.ClerkLeft("clerk")):
        answer = kiosk.till.post(event)
        answer.add_done_callback(lambda _: seen.append(kiosk.till.screen().view))
        answer.result(timeout=10)
    kiosk.till.ask(ev.Touched(tap="touch-1", screen=kiosk.till.screen().version))
    assert seen == [View.SERVICE, View.IDLE]


# --- record, then act -----------------------------------------------------------------------------------------------------


@pytest.mark.rule("MS-I7")
def test_every_act_is_durable_and_authorised_before_the_rig_hears_of_it(kiosk: KioskThread) -> None:
    kiosk.choose("A1", "t1")
    kiosk.tell(kiosk.coin(200))
    assert sold(kiosk)
    kiosk.ask(ev.ReceiptTapped("t2", kiosk.till.state().screen))
    kiosk.until(lambda state: state.last is not None and state.last.print_result == "printed")
    for kind, intent in ((TurnCoil, "VendStarted"), (PayCoins, "PayoutStarted"), (Print, "PrintStarted")):
        (asked,) = kiosk.rig.acts(kind)
        assert intent in asked.durable
        assert asked.authority is not None
        assert asked.authority.seq <= len(asked.durable)


def test_two_events_of_one_poll_are_one_commit(kiosk: KioskThread) -> None:
    kiosk.tell(kiosk.coin(100), kiosk.coin(50))
    stamps = [entry.now_ms for entry in kiosk.entries() if entry.kind == "CoinCredited"]
    assert len(stamps) == 2
    assert len(set(stamps)) == 1
    assert kiosk.till.state().totals.held == 150


def test_two_acts_are_never_announced_in_one_commit(kiosk: KioskThread) -> None:
    kiosk.rig.is_mute = True
    kiosk.choose("A1", "t1")
    kiosk.choose("A2", "t2")
    kiosk.tell(kiosk.coin(200))
    job = f"J1-{kiosk.till.state().seq + 2}"
    kiosk.tell(kiosk.coin(100), hw.VendDelivered("coils", job, seen=True))
    first, second = kiosk.rig.acts(TurnCoil)
    assert first.durable.count("VendStarted") == 1, "the second act was not written yet"
    assert second.durable.count("VendStarted") == 2
    assert isinstance(second.command, TurnCoil)
    kiosk.tell(hw.VendDelivered("coils", second.command.job, seen=True))
    (payout,) = kiosk.rig.acts(PayCoins)
    assert isinstance(payout.command, PayCoins)
    kiosk.tell(hw.CoinsPaid(payout.command.device, payout.command.job, payout.command.qty, None))


def test_a_coin_is_shown_only_after_it_is_durable(kiosk: KioskThread) -> None:
    stream = kiosk.till.screen().stream
    kiosk.till.deliver((kiosk.coin(100),))
    screen = kiosk.till.wait_for_screen(stream, 5_000)
    assert screen is not None
    assert screen.held_minor == 100
    assert "CoinCredited" in kiosk.kinds()


# --- the door -------------------------------------------------------------------------------------------------------------


def test_a_repeated_tap_is_answered_from_the_first_time(kiosk: KioskThread) -> None:
    first = kiosk.choose("A1", "same")
    assert kiosk.choose("A1", "same") == first
    assert len(kiosk.facts(f.LineAdded)) == 1
    assert kiosk.choose("A1", "other").notice.key == "added"
    assert len(kiosk.facts(f.LineAdded)) == 2


def test_a_refusal_is_not_remembered_so_that_a_corrected_form_is_heard(kiosk: KioskThread) -> None:
    kiosk.ask(ev.StockCounted("form", "clerk", "A1", "count", 99))
    assert kiosk.ask(ev.StockCounted("form", "clerk", "A1", "count", 2)).notice.key == "done"
    assert [fact.qty for fact in kiosk.facts(f.SlotCounted) if isinstance(fact, f.SlotCounted)][-1] == 2


def test_answers_are_remembered_for_the_last_taps_only(kiosk: KioskThread) -> None:
    kiosk.choose("A1", "first")
    for number in range(510):
        kiosk.ask(ev.Touched(f"touch-{number}", 0))
    kiosk.choose("A1", "first")
    assert len(kiosk.facts(f.LineAdded)) == 2


def test_the_answer_says_where_the_journal_stands(kiosk: KioskThread) -> None:
    answer = kiosk.choose("A1", "t1")
    assert answer.seq == kiosk.till.state().seq == len(kiosk.entries())


def test_a_till_that_does_not_run_is_busy(folder: Path) -> None:
    idle = KioskThread(folder)
    with pytest.raises(TillBusyError, match="ask again with the same id"):
        idle.choose("A1", "t1")
    idle.end()


def test_a_code_is_made_from_the_debts_entry_and_pays_it(kiosk: KioskThread) -> None:
    kiosk.tell(kiosk.coin(100))
    kiosk.tell(hw.DeviceEvent("nobody"))
    (debt,) = kiosk.till.state().debts.values()
    code = kiosk.till.debt_code(1, debt.seq)
    assert kiosk.till.debt_of_code(code.lower()) == debt.debt
    assert kiosk.till.debt_of_code("22222222") == ""
    kiosk.ask(ev.HaltRelease("clerk"))
    kiosk.ask(ev.DebtCodeTyped("t1", kiosk.till.state().screen, debt.debt))
    kiosk.until(lambda state: not state.debts and state.visit is None)
    assert len(kiosk.rig.acts(PayCoins)) == 1


def test_what_is_beside_the_journal_is_written_with_its_fact(kiosk: KioskThread) -> None:
    kiosk.ask(
        ev.ClaimMade(
            token="form-1",
            about=f.About.NO_GOODS,
            visit="",
            said_minor=100,
            channel="phone",
            subject="s-1",
            verdict=f.Verdict.UNSEEN,
            amount_minor=100,
            debt="",
            evidence=(),
            details="anna@example.org",
        )
    )
    assert kiosk.scalar("SELECT details FROM contact") == "anna@example.org"
    kiosk.ask(ev.ContactErase("s-1", "owner"))
    assert kiosk.scalar("SELECT count(*) FROM contact") == 0
    kiosk.ask(ev.UserOffered("anna", "owner", "owner", secret_hash="hash"))
    kiosk.ask(ev.SignInFailed("anna", 3))
    assert kiosk.scalar("SELECT failures FROM desk_user WHERE secret_hash = 'hash'") == 3
    for secret in ("anna@example.org", "hash"):
        assert not any(secret.encode() in entry.body for entry in kiosk.entries())


# --- goods ----------------------------------------------------------------------------------------------------------------


def test_a_price_changes_only_between_visits(kiosk: KioskThread) -> None:
    kiosk.tell(WATER_CODE)
    kiosk.ask(ev.PriceOffered("owner", "water", 170))
    kiosk.ask(ev.PriceOffered("owner", "chips", 160))
    assert kiosk.scalar("SELECT price_minor FROM product WHERE sku = 'water'") == 170, "durable at once"
    assert kiosk.till.catalogue().products["water"].price_minor == 150
    kiosk.tell(WATER_CODE)
    visit = kiosk.till.state().visit
    assert visit is not None
    assert visit.total_minor == 300
    kiosk.ask(ev.MoneyBackTapped("t1", kiosk.till.state().screen))
    kiosk.settle()
    prices = {sku: product.price_minor for sku, product in kiosk.till.catalogue().products.items()}
    assert (prices["water"], prices["chips"]) == (170, 160)


def test_a_goods_file_is_taken_over_as_a_whole(kiosk: KioskThread) -> None:
    fewer = replace(CATALOGUE, slots={}, products={"apple": CATALOGUE.products["apple"]})
    kiosk.ask(ev.CatalogueOffered("owner", fewer, "digest"))
    kiosk.settle()
    assert set(kiosk.till.catalogue().products) == {"apple"}
    assert kiosk.scalar("SELECT count(*) FROM product") == 1


def test_scans_become_goods_or_words(kiosk: KioskThread) -> None:
    kiosk.tell(WATER_CODE)
    visit = kiosk.till.state().visit
    assert visit is not None
    assert [line.sku for line in visit.lines] == ["water"]
    kiosk.tell(hw.CodeScanned("scanner", "4006381333924", ""))
    kiosk.tell(hw.CodeScanned("scanner", "hello", ""))
    reasons = [fact.reason for fact in kiosk.facts(f.CodeUnknown) if isinstance(fact, f.CodeUnknown)]
    assert reasons == ["code_unknown", "code_not_goods"]
    notice = kiosk.till.screen().notice
    assert notice is not None
    assert notice.key == "code_not_goods"
    kiosk.pass_time(8_000)
    assert kiosk.till.screen().notice is None


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (partial(hw.CardDenied, fault=hw.Fault.DECLINED), "card_denied"),
        (hw.CardCancelled, "card_cancelled"),
        (partial(hw.CardUnknown, fault=hw.Fault.NO_REPLY), "card_unknown"),
    ],
)
def test_what_became_of_a_card_is_told_though_nobody_touched_anything(
    folder: Path, answer: Callable[[str, str], hw.DeviceEvent], word: str
) -> None:
    kiosk = KioskThread(folder, shop=replace(SHOP, rules=replace(SHOP.rules, readers=("card",))))
    kiosk.start()
    kiosk.stock()
    kiosk.tell(hw.CardReaderIdentified("card", serial=55, can_refund=True, restarted=False))
    kiosk.choose("A1", "t1")
    kiosk.ask(ev.CardTapped("t2", kiosk.till.state().screen))
    card = kiosk.till.state().card
    assert card is not None
    kiosk.tell(answer("card", card.job))
    notice = kiosk.till.screen().notice
    kiosk.end()
    assert notice is not None
    assert notice.key == word


def two_readers(folder: Path) -> KioskThread:
    kiosk = KioskThread(folder, shop=replace(SHOP, rules=replace(SHOP.rules, readers=("card", "phone"))))
    kiosk.start()
    kiosk.stock()
    for name in ("card", "phone"):
        kiosk.tell(hw.CardReaderIdentified(name, serial=55, can_refund=True, restarted=False))
    return kiosk


def asked_at(kiosk: KioskThread) -> list[str]:
    return [asked.command.device for asked in kiosk.rig.acts(RequestCard)]


def test_the_reader_that_has_the_card_is_asked(folder: Path) -> None:
    kiosk = two_readers(folder)
    kiosk.tell(hw.CardSessionBegan("phone"))
    kiosk.choose("A1", "t1")
    kiosk.ask(ev.CardTapped("t2", kiosk.till.state().screen))
    assert asked_at(kiosk) == ["phone"]
    kiosk.end()


@pytest.mark.parametrize(
    "ends", [hw.CardSessionEnded("phone"), hw.DeviceLost("phone", hw.DeviceKind.CARD_READER)]
)
def test_a_card_that_was_taken_away_leads_to_no_reader(folder: Path, ends: hw.DeviceEvent) -> None:
    kiosk = two_readers(folder)
    kiosk.tell(hw.CardSessionBegan("phone"))
    kiosk.tell(ends)
    kiosk.choose("A1", "t1")
    kiosk.ask(ev.CardTapped("t2", kiosk.till.state().screen))
    assert asked_at(kiosk) == ["card"]
    kiosk.end()


def asked_at_the_first(folder: Path) -> tuple[KioskThread, CardJob]:
    """A kiosk with two readers, one of which was asked for the price of a coil's goods."""
    kiosk = two_readers(folder)
    kiosk.choose("A1", "t1")
    kiosk.ask(ev.CardTapped("t2", kiosk.till.state().screen))
    first = kiosk.till.state().card
    assert first is not None
    return kiosk, first


def test_a_card_shown_at_the_other_reader_is_asked_there_once_the_first_has_withdrawn(folder: Path) -> None:
    kiosk, first = asked_at_the_first(folder)
    kiosk.tell(hw.CardSessionBegan("phone"))
    assert [asked.command.device for asked in kiosk.rig.acts(CancelCard)] == ["card"]
    assert asked_at(kiosk) == ["card"], "one request is open at a time"
    kiosk.tell(hw.CardCancelled("card", first.job))
    assert asked_at(kiosk) == ["card", "phone"]
    second = kiosk.till.state().card
    assert second is not None
    kiosk.tell(hw.CardApproved("phone", second.job, second.asked_minor))
    kiosk.tell(hw.CardSettled("phone", second.job))
    assert sold(kiosk)
    kiosk.end()


def test_a_first_reader_that_charged_after_all_gives_back_and_the_other_is_not_asked(folder: Path) -> None:
    kiosk, first = asked_at_the_first(folder)
    kiosk.tell(hw.CardSessionBegan("phone"))
    kiosk.tell(hw.CardApproved("card", first.job, first.asked_minor))
    assert [asked.command.device for asked in kiosk.rig.acts(RefundCard)] == ["card"]
    kiosk.tell(hw.CardRefunded("card", first.job))
    assert asked_at(kiosk) == ["card"]
    state = kiosk.till.state()
    assert (state.card, state.totals.held) == (None, 0)
    kiosk.end()


@pytest.mark.parametrize("card_pays_minor", [0, 50, 150])
def test_a_reader_that_keeps_figures_hears_what_was_sold_for_cash_and_nothing_of_a_charge(
    folder: Path, card_pays_minor: int
) -> None:
    rules = replace(SHOP.rules, readers=("card",), cash_reports=("card",))
    kiosk = KioskThread(folder, shop=replace(SHOP, rules=rules))
    kiosk.start()
    kiosk.stock()
    kiosk.tell(hw.CardReaderIdentified("card", serial=55, can_refund=True, restarted=False))
    kiosk.choose("A1", "t1")
    kiosk.tell(*(kiosk.coin(50) for _ in range((150 - card_pays_minor) // 50)))
    if card_pays_minor:
        kiosk.ask(ev.CardTapped("t2", kiosk.till.state().screen))
        card = kiosk.till.state().card
        assert card is not None
        kiosk.tell(hw.CardApproved("card", card.job, card_pays_minor))
        kiosk.tell(hw.CardSettled("card", card.job))
    assert sold(kiosk)
    told = [(asked.command, asked.authority) for asked in kiosk.rig.acts(ReportCashSale)]
    kiosk.end()
    cash_minor = 150 - card_pays_minor
    assert told == ([(ReportCashSale("card", cash_minor, 1), None)] if cash_minor else [])


def test_a_reader_that_cannot_hear_of_a_cash_sale_stops_no_sale(folder: Path) -> None:
    rules = replace(SHOP.rules, readers=("card",), cash_reports=("card",))
    kiosk = KioskThread(folder, shop=replace(SHOP, rules=rules))
    kiosk.rig.refuses[ReportCashSale] = WireError("not there")
    kiosk.start()
    kiosk.stock()
    kiosk.choose("A1", "t1")
    kiosk.tell(kiosk.coin(200))
    assert sold(kiosk)
    assert len(kiosk.rig.acts(ReportCashSale)) == 1, "said once"
    kiosk.end()


def test_a_scan_that_is_no_code_leaves_no_trace_of_its_content(kiosk: KioskThread) -> None:
    seq = kiosk.till.state().seq
    kiosk.tell(hw.CodeUnreadable("scanner", hw.Fault.TOO_LONG, 4_096))
    assert kiosk.till.state().seq == seq


# --- what breaks ----------------------------------------------------------------------------------------------------------


def test_a_store_error_ends_the_till_with_the_acceptors_inhibited(kiosk: KioskThread) -> None:
    assert kiosk.rig.accepts()
    kiosk.ledger._cursor.close()
    with pytest.raises(TillBusyError, match="the store failed"):
        kiosk.choose("A1", "t1")
    assert kiosk.till.ended.wait(5)
    assert isinstance(kiosk.till.failure, StoreError)
    assert kiosk.rig.accepts() == ()
    assert kiosk.till.wait_for_screen(0, 100) is None, "nothing more is shown"


def test_a_broken_promise_halts_and_the_rest_of_the_poll_is_not_lost(kiosk: KioskThread) -> None:
    kiosk.tell(kiosk.coin(50), hw.DeviceEvent("nobody"), kiosk.coin(100))
    state = kiosk.until(lambda state: state.phase is Phase.HALTED)
    assert sorted(debt.amount_minor for debt in state.debts.values()) == [50, 100]
    assert kiosk.rig.accepts() == ()
    assert kiosk.till.screen().view is View.HALTED
    assert not kiosk.till.ended.is_set(), "it stays, and says so"
    assert len(kiosk.facts(f.TillHalted)) == 1


@pytest.mark.parametrize("error", [WireError("out of range"), DriverStoppedError("stopped")])
def test_a_turn_that_was_never_sent_is_a_failure_and_the_money_stays_held(
    kiosk: KioskThread, error: Exception
) -> None:
    kiosk.rig.refuses[TurnCoil] = error
    kiosk.choose("A1", "t1")
    kiosk.tell(kiosk.coin(200))
    state = kiosk.until(lambda state: state.visit is not None and state.visit.choice_ms is not None)
    assert state.totals.held == 200
    kiosk.pass_time(20_000)
    assert kiosk.till.state().totals.paid_out == 200


def test_a_payout_that_was_never_sent_is_owed(kiosk: KioskThread) -> None:
    kiosk.rig.refuses[PayCoins] = DriverStoppedError("stopped")
    kiosk.tell(kiosk.coin(100))
    kiosk.ask(ev.MoneyBackTapped("t1", kiosk.till.state().screen))
    state = kiosk.until(lambda state: state.visit is None)
    assert [(debt.amount_minor, debt.is_certain) for debt in state.debts.values()] == [(100, True)]


def test_a_print_that_was_never_sent_has_failed(kiosk: KioskThread) -> None:
    kiosk.rig.refuses[Print] = DriverStoppedError("stopped")
    kiosk.tell(WATER_CODE, kiosk.coin(200))
    assert sold(kiosk)
    kiosk.ask(ev.ReceiptTapped("t1", kiosk.till.state().screen))
    kiosk.until(lambda state: state.last is not None and state.last.print_result == "failed")


def test_an_acceptor_that_could_not_be_told_is_told_again(kiosk: KioskThread) -> None:
    kiosk.rig.refuses[SetAccept] = DriverStoppedError("stopped")
    kiosk.tell(hw.DeviceLost("hopper-10", hw.DeviceKind.HOPPER))
    kiosk.rig.refuses.clear()
    told = len(kiosk.rig.acts(SetAccept))
    kiosk.tell(hw.LineNoise("coin", 99))
    assert len(kiosk.rig.acts(SetAccept)) == told + 1
    kiosk.tell(hw.LineNoise("coin", 99))
    assert len(kiosk.rig.acts(SetAccept)) == told + 1, "once it was heard, it is not repeated"


def test_an_acceptor_that_hears_nothing_for_an_hour_fills_no_log(kiosk: KioskThread) -> None:
    kiosk.rig.refuses[SetAccept] = DriverStoppedError("stopped")
    with capture_logs() as told:
        kiosk.tell(hw.DeviceLost("coin", hw.DeviceKind.COIN_ACCEPTOR))
        for _ in range(5):
            kiosk.tell(hw.LineNoise("hopper-10", 99))
        kiosk.rig.refuses.clear()
        kiosk.tell(hw.LineNoise("hopper-10", 99))
        kiosk.tell(*kiosk.introductions())
        kiosk.rig.refuses[SetAccept] = DriverStoppedError("stopped again")
        kiosk.tell(hw.DeviceLost("coin", hw.DeviceKind.COIN_ACCEPTOR))
    errors = [each["error"] for each in told if each["event"] == "acceptor not told"]
    assert errors == ["stopped", "stopped again"]


def test_an_acceptor_that_introduces_itself_again_is_told_again(kiosk: KioskThread) -> None:
    told = len(kiosk.rig.acts(SetAccept))
    kiosk.tell(hw.AcceptorIdentified("coin", 4711, 1, kiosk.coins, accept_counts=None, restarted=False))
    assert len(kiosk.rig.acts(SetAccept)) == told + 1
    assert kiosk.rig.accepts()


# --- looking around -------------------------------------------------------------------------------------------------------


def test_a_kiosk_that_nobody_sees_takes_no_money(kiosk: KioskThread) -> None:
    kiosk.clock.advance(11_000)
    kiosk.until(lambda state: state.is_screen_lost)
    kiosk.settle()
    assert kiosk.rig.accepts() == ()
    kiosk.till.acknowledge(kiosk.till.screen().stream + 100)
    kiosk.settle()
    assert kiosk.till.state().is_screen_lost, "a screen that was never published was not seen"
    kiosk.till.acknowledge(kiosk.till.screen().stream)
    kiosk.until(lambda state: not state.is_screen_lost)
    kiosk.settle()
    assert kiosk.rig.accepts()


def test_deadlines_are_met_without_anybody_touching_anything(kiosk: KioskThread) -> None:
    kiosk.tell(kiosk.coin(100))
    kiosk.pass_time(122_000)
    assert kiosk.till.state().totals.paid_out == 100
    assert kiosk.is_in(Phase.IDLE)


def test_a_limit_ends_on_a_quiet_kiosk_by_time_alone(folder: Path) -> None:
    busy = KioskThread(folder)
    busy.start()
    busy.stock()
    busy.tell(busy.coin(100))
    busy.ask(ev.MoneyBackTapped("t1", busy.till.state().screen))
    busy.until(lambda state: state.totals.paid_out == 100)
    busy.end()
    # From here no thread runs: nothing but the clock moves, and nobody asks for anything.
    quiet = KioskThread(folder, shop=replace(SHOP, rules=replace(SHOP.rules, max_payout_hour_minor=100)))
    quiet.till.begin("test")
    quiet.till.deliver(quiet.introductions())
    quiet.till.work()
    assert quiet.till.screen().stopped == ("payouts",)
    assert not quiet.till.screen().takes_coins
    assert not quiet.rig.acts(SetAccept) or quiet.rig.accepts() == ()
    seq = quiet.till.state().seq
    for _ in range(7 * 60):
        quiet.clock.advance(10_000)
        quiet.till.acknowledge(quiet.till.screen().stream)
        quiet.till.publisher.seen_ms = quiet.clock.now_ms()
        quiet.till.work()
    assert quiet.till.state().seq == seq, "nothing was written meanwhile"
    assert quiet.till.screen().stopped == ()
    assert quiet.till.screen().takes_coins
    assert quiet.rig.accepts(), "coins are welcome again"
    quiet.end()


def test_a_clock_that_jumps_is_written_down_and_disturbs_nothing(kiosk: KioskThread) -> None:
    kiosk.tell(kiosk.coin(100))
    kiosk.clock.set_wall(MORNING.replace(year=2036))
    kiosk.settle()
    (stepped,) = kiosk.facts(f.ClockStepped)
    assert isinstance(stepped, f.ClockStepped)
    assert (stepped.was[:4], stepped.now[:4]) == ("2026", "2036")
    kiosk.clock.set_wall(MORNING)
    kiosk.settle()
    assert kiosk.till.state().totals.held == 100


def test_a_start_before_the_journals_last_time_is_not_trusted(folder: Path) -> None:
    first = KioskThread(folder)
    first.start()
    first.end()
    again = KioskThread(folder, wall=MORNING - timedelta(days=400))
    again.start()
    booted = [entry for entry in again.entries() if entry.kind == "Booted"]
    again.end()
    assert [entry.time_ok for entry in booted] == [True, False]


def test_disk_space_is_watched(kiosk: KioskThread) -> None:
    kiosk.space = ("low", 200)
    kiosk.clock.advance(9_000)
    kiosk.till.acknowledge(1)
    kiosk.clock.advance(2_000)
    kiosk.until(lambda state: state.space == "low")
    kiosk.settle()
    assert kiosk.rig.accepts() == ()


def test_between_visits_a_checkpoint_is_signed_and_the_log_kept_short(kiosk: KioskThread) -> None:
    kiosk.wal_bytes = WAL_LIMIT_BYTES + 1
    noise = (hw.LineNoise("coin", 99),) * 50
    for _ in range(CHECKPOINT_EVERY // len(noise)):
        kiosk.tell(*noise)
    kiosk.settle()
    (signed,) = kiosk.facts(f.CheckpointSigned)
    assert isinstance(signed, f.CheckpointSigned)
    assert signed.covers_seq >= CHECKPOINT_EVERY


def test_a_clean_stop_is_recorded_and_a_visit_makes_it_unclean(folder: Path) -> None:
    for has_visit in (False, True):
        kiosk = KioskThread(folder)
        kiosk.start()
        kiosk.until(lambda state: state.phase is Phase.IDLE)
        if has_visit:
            kiosk.tell(kiosk.coin(10))
        kiosk.end()
    last = KioskThread(folder)
    last.start()
    booted = [fact.is_clean for fact in last.facts(f.Booted) if isinstance(fact, f.Booted)]
    assert booted == [False, True, False]
    assert last.until(lambda state: bool(state.debts)).totals.owed == 10
    last.end()


def test_a_till_without_devices_still_keeps_its_books(folder: Path) -> None:
    kiosk = KioskThread(folder)
    kiosk.till._rig = None
    kiosk.till.start("test")
    kiosk.until(lambda state: state.phase is Phase.IDLE)
    assert kiosk.ask(ev.UserOffered("anna", "owner", "owner", secret_hash="h")).notice.key == "done"
    kiosk.end()
