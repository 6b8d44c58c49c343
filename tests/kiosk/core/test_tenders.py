"""Notes, cards, coins and cuts in any order: whatever comes, both sums hold and the auditor finds nothing."""

from __future__ import annotations

from typing import Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.kiosk.conftest import BuildTenders
from tests.kiosk.tenders import RECYCLER, TenderWorld

PIECES: Final = (
    "cut",
    "crash",
    "power cut",
    "wait",
    "long wait",
    "scan",
    "choose",
    "coin",
    "note",
    "card",
    "back",
)
STEPS: Final = st.lists(
    st.tuples(st.sampled_from(PIECES), st.integers(0, 11)),
    min_size=1,
    max_size=14,
)
STACKS: Final = ("stacks", "stacks", "returns", "jams", "hides")
RETURNS: Final = ("returns", "jams", "returns", "stacks")
REQUESTS: Final = ("approves", "approves", "waits", "denies", "is_unknown", "charges_silently")
CANCELS: Final = ("cancels", "crosses", "is_silent")
SETTLES: Final = ("settles", "settles", "is_unknown", "is_silent")
REFUNDS: Final = ("refunds", "fails", "is_unknown", "refunds_silently")
POWER_UPS: Final = ("returns", "holds", "stacks")


def temper(world: TenderWorld, number: int) -> None:
    """How the devices will behave next."""
    validator, reader = world.validator, world.reader
    validator.next_stack = STACKS[number % len(STACKS)]
    validator.next_return = RETURNS[number % len(RETURNS)]
    validator.at_power_up = POWER_UPS[number % len(POWER_UPS)]
    reader.next_request = REQUESTS[number % len(REQUESTS)]
    reader.next_cancel = CANCELS[number % len(CANCELS)]
    reader.next_settle = SETTLES[number % len(SETTLES)]
    reader.next_refund = REFUNDS[number % len(REFUNDS)]
    reader.discount_minor = (0, 0, 20, -30)[number % 4]
    if number % 3 == 0:
        world.board.jams.add(1 + number % 2)
    else:
        world.board.jams.clear()


def act(world: TenderWorld, piece: str, number: int) -> None:
    match piece:
        case "crash":
            world.crash()
        case "power cut":
            world.power_cut()
            world.start()
        case "wait":
            world.pass_time(5_000)
        case "long wait":
            world.pass_time(200_000)
        case "scan":
            world.scan("water")
        case "choose":
            world.choose(("A1", "A2", "A3")[number % 3])
        case "coin":
            world.coin((10, 20, 50, 100, 200)[number % 5])
        case "note" if not world.validator.escrow:
            world.note((500, 1000)[number % 2], is_late=number == 7)
        case "card":
            world.card()
            if world.reader.open and number % 2:
                world.reader.approve(world.tell, world.cut)
                world.work()
        case "back":
            world.money_back()
        case _:
            pass


def told(world: TenderWorld) -> bool:
    """Whether a validator kept a note that no word and no count of it can tell, or that was emptied behind our back."""
    return world.has_swallowed or bool(world.validator.late)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(temper_no=st.integers(0, 59), steps=STEPS, has_count=st.booleans())
def test_any_order_of_notes_cards_coins_and_cuts_keeps_both_sums(
    build_tenders: BuildTenders, temper_no: int, steps: list[tuple[str, int]], has_count: bool
) -> None:
    world = build_tenders(has_counts=has_count)
    cut_at = 0
    has_lost_power = any(piece == "power cut" for piece, _ in steps)
    for place, (piece, number) in enumerate(steps):
        temper(world, temper_no + number if number % 3 else 0)
        if piece == "cut":
            cut_at = number + 1
            continue
        if cut_at and world.ledger is not None:
            with world.cutting(cut_at):
                act(world, piece, number)
            cut_at = 0
        else:
            act(world, piece, number)
        if world.ledger is None:
            if place % 2:
                world.power_cut()
                has_lost_power = True
            world.start()
            world.pass_time(world.shop.rules.recovery_ms)
    world.reader.open = None
    world.crash()
    world.pass_time(300_000)
    assert world.state.visit is None
    assert not world.state.halted_for
    # An acceptor without counts forgets with its power what nobody had read.
    if not told(world) and (has_count or not has_lost_power):
        world.audit(goods_taken_minor=world.shelf_minor)
    assert world.state.cash.get(f"hopper.{RECYCLER}", 0) >= 0
    world.die()
