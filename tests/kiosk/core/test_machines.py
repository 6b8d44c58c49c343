"""An old machine asks, and the till answers: paid goods only, one at a time, and nobody loses what nobody can tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hardware import events as hw
from hardware.commands import ApproveVend, Authority, Command, DenyVend
from inventory.catalogue import NO_ITEM, Catalogue, Place, Slot, machine_item, machine_sku
from kiosk.audit.walk import audit_journal
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.machines import offered_funds
from kiosk.core.rules import Shop
from kiosk.core.screen import screen_of
from kiosk.core.state import Phase
from tests.kiosk.world import CATALOGUE, CHIPS, KEY, RULES, World

OLD = "old"
PLANNED = 7
"""The item that the planogram knows: crisps."""
FREE = 12
SLOT = Slot("M7", Place.MACHINE, CHIPS.sku, capacity=10, par_qty=5, coil=PLANNED)
CRISPS_MINOR = CHIPS.price_minor
ANSWERING = ("coin", "hopper-10", "hopper-20", "hopper-50", "coils", "printer")


class MachineWorld(World):
    """A kiosk with an old machine beside it, whose words a test says."""

    def furnish(self) -> None:
        catalogue = Catalogue.of(tuple(CATALOGUE.products.values()), (*CATALOGUE.slots.values(), SLOT))
        self.shop = Shop(replace(RULES, machines=(OLD,)), catalogue)
        self.approved: list[ApproveVend] = []
        self.denied: list[DenyVend] = []
        self.requests = 0

    def start(self, *, answering: tuple[str, ...] = ANSWERING) -> None:
        super().start(answering=answering)
        self.say(hw.MachineIdentified(OLD))

    def request(self, command: Command, authority: Authority | None) -> None:
        match command:
            case ApproveVend():
                assert authority is not None
                self.approved.append(command)
                self.cut("a vend was approved")
            case DenyVend():
                self.denied.append(command)
            case _:
                super().request(command, authority)

    def say(self, event: hw.DeviceEvent) -> None:
        self.step(event)
        self.work()

    def press(self, item: int = FREE, amount_minor: int = 150) -> None:
        """Somebody presses a button of the machine."""
        self.requests += 1
        self.say(hw.MachineVendAsked(OLD, self.requests, amount_minor, item))

    @property
    def job(self) -> str:
        return self.approved[-1].job

    @property
    def funds(self) -> int:
        return offered_funds(self.state, self.shop.rules)[OLD]

    def sales(self) -> list[f.SaleClosed]:
        return [fact for fact in self.facts(f.SaleClosed) if isinstance(fact, f.SaleClosed)]


@pytest.fixture
def world(tmp_path: Path) -> MachineWorld:
    return MachineWorld(tmp_path)


def test_a_machine_sells_for_the_credit_and_the_change_comes_back(world: MachineWorld) -> None:
    assert world.funds == 0
    world.coins(200)
    assert world.funds == 200
    world.press(FREE, 150)
    assert world.approved == [ApproveVend(OLD, world.job, 1, 150)]
    assert world.state.phase is Phase.FULFILLING
    assert world.funds == 0
    world.say(hw.VendDelivered(OLD, world.job, seen=True))
    [sale] = world.sales()
    assert [(line.sku, line.slot, line.coil, line.price_minor) for line in sale.lines] == [
        (machine_sku(FREE), str(FREE), FREE, 150)
    ]
    assert machine_item(sale.lines[0].sku) == FREE
    assert sale.lines[0].tax_class == "standard", "the highest rate"
    assert sum(world.tray) == 50
    assert world.state.visit is None
    assert str(FREE) not in world.state.coils, "the machine keeps its own stock"


def test_what_the_planogram_knows_is_sold_as_such_and_its_stock_is_kept(world: MachineWorld) -> None:
    world.ask(ev.StockCounted("count-m", "clerk", "M7", "count", 4))
    world.coins(200, 200)
    world.press(PLANNED, CRISPS_MINOR)
    world.say(hw.VendDelivered(OLD, world.job, seen=True))
    [sale] = world.sales()
    assert [(line.sku, line.slot) for line in sale.lines] == [(CHIPS.sku, "M7")]
    assert world.state.coils["M7"].qty == 3


def test_goods_of_the_machine_are_not_chosen_at_the_screen(world: MachineWorld) -> None:
    assert world.tap(ev.SlotChosen, slot="M7").key == "unknown_slot"
    screen = screen_of(world.state, world.shop, now_ms=world.now_ms, touched_ms=0, stream=1)
    assert "M7" not in {slot.code for slot in screen.slots}


def test_the_screen_says_what_the_machine_may_sell_for_while_it_is_there(world: MachineWorld) -> None:
    def shown() -> int:
        screen = screen_of(world.state, world.shop, now_ms=world.now_ms, touched_ms=0, stream=1)
        return screen.machine_funds_minor

    assert shown() == 0
    world.coins(200)
    assert shown() == 200
    world.say(hw.DeviceLost(OLD, hw.DeviceKind.VENDING_MACHINE))
    assert shown() == 0


Prepare = Callable[[MachineWorld], None]


def nothing(_world: MachineWorld) -> None:
    """Nobody is there."""


def has_coins(world: MachineWorld) -> None:
    world.coins(200)


def has_basket(world: MachineWorld) -> None:
    world.coins(50)
    world.scan(CHIPS.sku)


def is_serviced(world: MachineWorld) -> None:
    world.ask(ev.ClerkEntered("clerk"))


@pytest.mark.parametrize(
    ("prepare", "item", "amount_minor", "reason"),
    [
        (nothing, FREE, 150, "not_enough"),
        (has_coins, FREE, 250, "not_enough"),
        (has_coins, FREE, 155, "machine_price"),
        (has_coins, PLANNED, CRISPS_MINOR + 10, "machine_price"),
        (has_basket, FREE, 50, "machine_busy"),
        (is_serviced, FREE, 150, "machine_busy"),
    ],
)
def test_what_may_not_be_sold_is_denied_and_stored_with_its_reason(
    world: MachineWorld, prepare: Prepare, item: int, amount_minor: int, reason: str
) -> None:
    prepare(world)
    world.press(item, amount_minor)
    assert world.approved == []
    assert world.denied == [DenyVend(OLD, 1)]
    [fact] = world.facts(f.MachineVendDenied)
    assert isinstance(fact, f.MachineVendDenied)
    assert (fact.item, fact.amount_minor, fact.reason) == (item, amount_minor, reason)
    assert world.notice.key == reason


def test_one_question_is_open_at_a_time(world: MachineWorld) -> None:
    world.coins(200, 200)
    world.press(FREE, 150)
    world.press(FREE, 150)
    assert len(world.approved) == 1
    assert world.denied == [DenyVend(OLD, 2)]
    world.say(hw.VendDelivered(OLD, world.job, seen=True))
    assert len(world.sales()) == 1


def test_a_failed_vend_leaves_the_credit_and_another_choice(world: MachineWorld) -> None:
    world.coins(200)
    world.press(FREE, 150)
    world.say(hw.VendFailed(OLD, world.job, hw.Fault.UNSPECIFIED))
    assert world.state.phase is Phase.SHOPPING
    assert world.funds == 200
    world.press(FREE, 150)
    assert len(world.approved) == 2, "the machine keeps its own coils: it may try again"
    world.say(hw.VendFailed(OLD, world.job, hw.Fault.UNSPECIFIED))
    world.tap(ev.MoneyBackTapped)
    assert sum(world.tray) == 200
    assert world.sales() == []


def test_a_planned_item_rests_after_a_failure_until_it_is_counted(world: MachineWorld) -> None:
    world.coins(200, 200)
    world.press(PLANNED, CRISPS_MINOR)
    world.say(hw.VendFailed(OLD, world.job, hw.Fault.UNSPECIFIED))
    assert world.screen().machine_rests == ("M7",)
    world.press(PLANNED, CRISPS_MINOR)
    assert world.denied == [DenyVend(OLD, 2)]
    world.ask(ev.StockCounted("count-m", "clerk", "M7", "count", 4))
    assert world.screen().machine_rests == ()
    world.press(PLANNED, CRISPS_MINOR)
    assert len(world.approved) == 2


def test_what_nobody_can_tell_is_owed_and_waits_for_a_person(world: MachineWorld) -> None:
    world.coins(200)
    world.press(FREE, 150)
    world.say(hw.VendUnknown(OLD, world.job, hw.Fault.NO_REPLY))
    [debt] = world.state.debts.values()
    assert (debt.amount_minor, debt.is_certain, debt.job) == (150, False, world.job)
    assert sum(world.tray) == 50
    world.say(hw.DropSeen(OLD))
    assert len(world.facts(f.StrayDropSeen)) == 1


def test_a_machine_that_is_gone_for_long_leaves_its_vend_unknown(world: MachineWorld) -> None:
    world.coins(200)
    world.press(FREE, 150)
    world.say(hw.DeviceLost(OLD, hw.DeviceKind.VENDING_MACHINE))
    world.pass_time(31_000)
    [debt] = world.state.debts.values()
    assert (debt.amount_minor, debt.is_certain) == (150, False)


def test_a_code_of_money_owed_is_spent_at_the_machine_and_the_rest_comes_back(world: MachineWorld) -> None:
    world.coins(200)
    world.die()
    world.start()
    [debt] = world.state.debts.values()
    assert debt.is_certain
    world.tap(ev.DoneTapped)
    world.tap(ev.DebtCodeTyped, debt=debt.debt)
    assert world.state.phase is Phase.SHOPPING
    assert world.funds == 200
    world.press(FREE, 150)
    world.say(hw.VendDelivered(OLD, world.job, seen=True))
    assert sum(world.tray) == 50
    assert world.state.debts == {}


def test_without_its_machine_a_code_pays_coins_at_once(world: MachineWorld) -> None:
    world.coins(200)
    world.die()
    world.start()
    world.tap(ev.DoneTapped)
    world.say(hw.DeviceLost(OLD, hw.DeviceKind.VENDING_MACHINE))
    [debt] = world.state.debts.values()
    world.tap(ev.DebtCodeTyped, debt=debt.debt)
    assert sum(world.tray) == 200


def test_a_machine_that_gives_its_goods_no_number_sells_them_all_the_same(world: MachineWorld) -> None:
    world.coins(200)
    world.press(NO_ITEM, 150)
    world.say(hw.VendDelivered(OLD, world.job, seen=True))
    assert world.sales()[0].lines[0].slot == str(NO_ITEM)


@pytest.mark.parametrize("at", range(1, 7))
def test_a_cut_at_any_moment_of_a_vend_loses_nobodys_money(world: MachineWorld, at: int) -> None:
    world.coins(200)
    with world.cutting(at):
        world.press(FREE, 150)
        world.say(hw.VendDelivered(OLD, world.job, seen=True))
    was_told = world.ledger is not None
    world.now_ms += 5_000
    if not was_told:
        world.start()
        world.pass_time(9_000)
    sold = sum(sale.total_minor for sale in world.sales())
    owed = world.state.totals.owed
    assert sold + owed + sum(world.tray) == 200
    if world.approved and not sold:
        assert any(not debt.is_certain and debt.amount_minor == 150 for debt in world.state.debts.values())
    assert len(world.approved) <= 1, "nothing is asked of the machine at boot"
    report = audit_journal(world.folder / "kiosk.db", public_key=KEY.verify_key.encode().hex())
    assert report.problems == ()
