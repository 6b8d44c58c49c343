"""Many hands on one debt: the real till thread pays it once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hardware import events as hw
from hardware.commands import PayCoins
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.facts import About, Verdict
from kiosk.core.state import Phase
from tests.kiosk.ledger_world import World

ROUNDS = 10
HANDS = 20


def settle(world: World) -> None:
    """Answer what the till asked of the hoppers until it rests, or a deadline of ten screens passes."""
    for _ in range(10):
        while world.sent:
            command = world.sent.pop(0)
            assert isinstance(command, PayCoins)
            world.till.deliver((hw.CoinsPaid(command.device, command.job, command.qty, None),))
        if world.state.phase is Phase.IDLE:
            return
        world.till.wait_for_screen(world.till.screen().stream, 200)
    raise AssertionError(f"the till rests in {world.state.phase}")


def test_a_debt_that_many_hands_reach_for_is_paid_once(tmp_path: Path) -> None:
    world = World(tmp_path)
    for _ in range(ROUNDS):
        world.short_change()
        world.done()
        world.fill({"hopper-50": 5})
        world.count("A1", 5)
    debts = world.facts(f.DebtRecorded)
    assert len(debts) == ROUNDS
    world.till._thread.start()
    try:
        with ThreadPoolExecutor(HANDS) as hands:
            for number, debt in enumerate(debts):
                assert isinstance(debt.fact, f.DebtRecorded)
                name, version = debt.fact.debt, world.state.screen
                asked: list[ev.PersonEvent] = [
                    ev.DebtCodeTyped(tap=f"{number}-{hand}", screen=version, debt=name)
                    if hand % 2
                    else ev.ClaimMade(
                        token=f"{number}-{hand}",
                        about=About.NO_MONEY_BACK,
                        visit=debt.fact.visit,
                        said_minor=50,
                        channel="screen",
                        subject="",
                        verdict=Verdict.PROVEN,
                        amount_minor=50,
                        debt=name,
                        evidence=(debt.seq,),
                    )
                    for hand in range(HANDS)
                ]
                list(hands.map(world.till.ask, asked))
                settle(world)
    finally:
        assert world.till.stop()
    redeemed = [each.fact for each in world.facts(f.DebtRedeemed)]
    names = [fact.debt for fact in redeemed if isinstance(fact, f.DebtRedeemed)]
    assert sorted(names) == sorted(set(names))
    assert len(names) == ROUNDS
    paid = [each.fact for each in world.facts(f.PayoutEnded) if isinstance(each.fact, f.PayoutEnded)]
    assert sum(fact.paid_qty * fact.value_minor for fact in paid) == 50 * ROUNDS
    world.close()
