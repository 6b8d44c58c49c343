"""The last day of sale at the till: a hard stop after it, mark-downs before it, and when a day ends."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from kiosk.config import ConfigError, parse_config
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.expiry import freshest_day, is_shelf_stopped, next_in_coil, price_by_date, shelf_lots
from kiosk.core.screen import Screen, SlotView, screen_of
from kiosk.core.state import Line, Lot, State, Visit
from kiosk.money import marked_down
from kiosk.receipts.account import account_of, read_visit
from tests.kiosk.core.test_stock import connection_of, lots, move
from tests.kiosk.world import CATALOGUE, RULES, WATER, World

TODAY, NEXT, FAR = "2026-03-02", "2026-03-03", "2026-03-09"
"""The world's morning is 2026-03-02, eight o'clock UTC."""

LADDER = ((3, 20), (1, 50))

SMALL = """
kiosk_id = "K1"
[vendor]
name = "Nilufar"
phone = "+49 30 1"
machine = "1"
[money]
currency = "EUR"
exponent = 2
cash_step_minor = 10
[tax_rates_bp]
standard = 1900
"""


def screen(world: World) -> Screen:
    return screen_of(
        world.state,
        world.shop,
        now_ms=world.now_ms,
        touched_ms=world.touched_ms,
        stream=1,
        today=world.wall.astimezone(world.shop.rules.zone).date().isoformat(),
    )


def tile(world: World, slot: str) -> SlotView:
    return next(view for view in screen(world).slots if view.code == slot)


def at(world: World, *when: int, zone: str = "UTC") -> None:
    """Set the clock to a local time."""
    world.wall = datetime(*when, tzinfo=ZoneInfo(zone)).astimezone(UTC)  # type: ignore[misc, arg-type]  # year to minute


def coil(world: World, *fills: tuple[int, str]) -> None:
    """A1 holds these pieces, the first to come out first."""
    move(world, "A1", "count", 0)
    for qty, expires_on in fills:
        move(world, "A1", "fill", qty, expires_on=expires_on)
    world.board.qty[1] = sum(qty for qty, _ in fills)


def test_a_coil_whose_next_piece_is_past_its_day_is_off_sale_in_words(world: World) -> None:
    coil(world, (1, FAR), (1, TODAY), (2, FAR))
    at(world, 2026, 3, 3, 9, 0)
    assert (tile(world, "A1").qty, tile(world, "A1").is_expired) == (1, False)
    assert world.choose("A1").key == "added"
    assert (tile(world, "A1").qty, tile(world, "A1").is_expired) == (0, True)
    assert world.choose("A1").key == "coil_expired"
    world.coins(200)
    world.pass_time(30_000)
    assert world.choose("A1").key == "coil_expired"
    move(world, "A1", "spoilage", 1, reason="expired")
    assert world.choose("A1").key == "added"
    assert world.verify().problems == ()


def test_shelf_goods_are_refused_when_every_piece_is_past_its_day(world: World) -> None:
    move(world, "S1", "fill", 3, expires_on=TODAY)
    assert world.scan("water").key == "added"
    at(world, 2026, 3, 3, 9, 0)
    assert world.scan("water").key == "expired"
    assert world.tap(ev.ProductChosen, sku="water").key == "expired"
    assert len(world.visit.lines) == 1  # what was chosen on its last day stays chosen
    assert [view.is_expired for view in screen(world).shelf] == [True]
    unknown = [fact for fact in world.facts(f.CodeUnknown) if isinstance(fact, f.CodeUnknown)]
    assert [fact.reason for fact in unknown] == ["expired"]


def test_shelf_goods_of_which_some_are_past_their_day_are_sold_and_the_old_ones_stay_to_be_pulled(
    world: World,
) -> None:
    move(world, "S1", "fill", 3, expires_on=TODAY)
    move(world, "S1", "fill", 2, expires_on=FAR)
    at(world, 2026, 3, 3, 9, 0)
    world.scan("water")
    world.coins(200)
    world.pass_time(30_000)
    assert lots(world, "S1") == [(TODAY, "", 3), (FAR, "", 1)]


def test_a_piece_whose_own_code_says_it_is_good_is_sold_whatever_the_book_says(world: World) -> None:
    move(world, "S1", "fill", 3, expires_on=TODAY)
    at(world, 2026, 3, 3, 9, 0)
    scan = ev.ScanRead("01..17..", "water", "", piece=ev.Piece(expires_on=FAR, lot="L7"))
    assert world.ask(scan).key == "added"


def test_goods_that_nobody_dated_are_sold_as_ever(world: World) -> None:
    move(world, "S1", "fill", 3)
    at(world, 2036, 3, 3, 9, 0)
    assert world.scan("water").key == "added"
    assert world.scan("apple").key == "added"


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        ("UTC", (2026, 3, 2, 23, 59), (2026, 3, 3, 0, 0)),
        ("Asia/Tehran", (2026, 3, 2, 23, 59), (2026, 3, 3, 0, 0)),
        ("Pacific/Auckland", (2026, 3, 2, 23, 59), (2026, 3, 3, 0, 0)),
    ],
)
def test_the_day_ends_at_midnight_where_the_kiosk_stands(
    world: World, zone: str, before: tuple[int, ...], after: tuple[int, ...]
) -> None:
    world.set_rules(zone=ZoneInfo(zone))
    at(world, 2026, 3, 2, 12, 0, zone=zone)
    coil(world, (2, TODAY))
    at(world, *before, zone=zone)
    assert tile(world, "A1").is_expired is False
    at(world, *after, zone=zone)
    assert tile(world, "A1").is_expired is True


def test_the_hour_that_comes_twice_ends_no_day_twice(world: World) -> None:
    # In Berlin 2026-10-25 has 25 hours, in Cairo 2026-04-24 begins at one o'clock.
    world.set_rules(zone=ZoneInfo("Europe/Berlin"))
    coil(world, (2, "2026-10-25"))
    for hour in (0, 1, 22):
        world.wall = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
        assert tile(world, "A1").is_expired is False
    world.wall = datetime(2026, 10, 25, 23, 0, tzinfo=UTC)
    assert tile(world, "A1").is_expired is True
    world.set_rules(zone=ZoneInfo("Africa/Cairo"))
    world.wall = datetime(2026, 4, 23, 21, 59, tzinfo=UTC)
    assert screen_day(world) == "2026-04-23"
    world.wall = datetime(2026, 4, 23, 22, 0, tzinfo=UTC)
    assert screen_day(world) == "2026-04-24"


def screen_day(world: World) -> str:
    return world.wall.astimezone(world.shop.rules.zone).date().isoformat()


def test_the_next_piece_of_a_coil_is_marked_down_by_its_days_and_sold_for_that(world: World) -> None:
    world.set_rules(ladder=LADDER)
    coil(world, (1, NEXT), (1, "2026-03-05"), (1, FAR))
    prices = []
    for _ in range(3):
        prices.append((tile(world, "A1").price_minor, tile(world, "A1").was_minor))
        world.choose("A1")
    assert prices == [(70, 150), (120, 150), (150, 0)]
    assert [(line.price_minor, line.was_minor) for line in screen(world).lines] == prices
    world.coins(200, 200)
    world.pass_time(60_000)
    (sale,) = [fact for fact in world.facts(f.SaleClosed) if isinstance(fact, f.SaleClosed)]
    assert (sale.total_minor, sale.marks) == (340, ((1, 150), (2, 150)))
    assert sale.lots == ((1, NEXT, ""), (2, "2026-03-05", ""), (3, FAR, ""))
    account = account_of(read_visit(connection_of(world), world.kiosk_id, sale.visit))
    assert [(line.price_minor, line.was_minor) for line in account.sales[0].lines] == prices
    assert world.verify().problems == ()
    assert (world.state.totals.sold, world.tray_minor) == (340, 60)


def test_a_shelf_is_marked_down_as_far_as_its_freshest_piece(world: World) -> None:
    world.set_rules(ladder=LADDER)
    move(world, "S1", "fill", 2, expires_on=NEXT)
    assert [view.price_minor for view in screen(world).shelf] == [70]
    move(world, "S1", "fill", 1, expires_on="2026-03-05")
    world.scan("water")
    move(world, "S1", "fill", 1)
    world.scan("water")
    own = ev.ScanRead("01..17..", "water", "", piece=ev.Piece(expires_on=NEXT))
    world.ask(own)
    assert [line.price_minor for line in world.visit.lines] == [120, 150, 70]
    assert screen(world).shelf == ()


def test_a_price_never_changes_under_an_open_cart(world: World) -> None:
    world.set_rules(ladder=LADDER)
    coil(world, (2, "2026-03-06"))
    world.choose("A1")
    at(world, 2026, 3, 5, 9, 0)
    assert tile(world, "A1").price_minor == 70
    assert [line.price_minor for line in world.visit.lines] == [150]


@pytest.mark.parametrize(
    ("price_minor", "percent", "down_minor"),
    [(150, 20, 120), (150, 50, 70), (155, 20, 120), (10, 50, 10), (5, 50, 5), (150, 0, 150), (0, 20, 0)],
)
def test_a_mark_down_is_never_smaller_than_announced_but_by_the_last_coin(
    price_minor: int, percent: int, down_minor: int
) -> None:
    assert marked_down(price_minor, percent, step_minor=10) == down_minor


@pytest.mark.parametrize("ladder", ["[[3, 0]]", "[[3, 95]]", "[[-1, 20]]", "[[3]]", '[["3", 20]]'])
def test_a_ladder_that_cannot_be_right_is_named(ladder: str) -> None:
    with pytest.raises(ConfigError, match=r"expiry\.ladder"):
        parse_config(f"{SMALL}\n[expiry]\nladder = {ladder}\n", "kiosk.toml")


def test_a_ladder_is_read_from_the_configuration() -> None:
    config = parse_config(f"{SMALL}\n[expiry]\nladder = [[3, 20], [1, 50]]\n", "kiosk.toml")
    assert config.expiry.ladder == LADDER


PAST = "2026-03-01"


def carted(*lines: tuple[str, str, int], **lots: tuple[Lot, ...]) -> State:
    """Lots by place, and a cart of product, place, coil."""
    chosen = tuple(
        Line(number, sku, slot, "", coil, 150, "standard", 1900)
        for number, (sku, slot, coil) in enumerate(lines)
    )
    visit = replace(Visit("V1-1", "en", 1), lines=chosen) if chosen else None
    return State(lots=lots, visit=visit)


@pytest.mark.parametrize(
    ("lots", "chosen", "expected"),
    [
        ([(FAR, 1), ("", 1)], 0, (None, FAR)),
        ([("", 2)], 1, (None, "")),
        ([(NEXT, 1), (FAR, 2)], 1, (None, FAR)),
        ([(NEXT, 1), (FAR, 2)], 3, (None, "")),
        ([(FAR, 2), (PAST, 1), (FAR, 1), (PAST, 1)], 0, (2, FAR)),
        ([(FAR, 2), (PAST, 1)], 2, (0, "")),
        ([(PAST, 1), (FAR, 1)], 1, (0, "")),
    ],
)
def test_what_a_coil_gives_next_is_counted_past_what_is_in_the_cart(
    lots: list[tuple[str, int]], chosen: int, expected: tuple[int | None, str]
) -> None:
    here = tuple(Lot("a", day, "", qty) for day, qty in lots)
    cart = [("a", "A1", 1)] * chosen
    assert next_in_coil(carted(*cart, A1=here), "A1", TODAY) == expected
    assert next_in_coil(carted(*cart, ("a", "A2", 2), ("a", "A1", 0), A1=here), "A1", TODAY) == expected
    lacks = Lot("b", "", "", -2)
    assert next_in_coil(carted(*cart, A1=(lacks, *here)), "A1", TODAY) == expected


def test_the_shelf_is_every_place_of_it_and_no_coil() -> None:
    lots = {"S1": (Lot("water", FAR, "", 1), Lot("bar", FAR, "", 1)), "A1": (Lot("water", NEXT, "", 1),)}
    assert shelf_lots(carted(**lots), CATALOGUE, "water") == lots["S1"][:1]
    assert shelf_lots(carted(S1=(Lot("water", "", "", -1),)), CATALOGUE, "water") == ()


@pytest.mark.parametrize(
    ("fresh", "cart", "is_stopped"),
    [
        (1, [], False),
        (0, [], True),
        (1, [("water", "S1", 0)], True),
        (2, [("water", "S1", 0)], False),
        (1, [("bar", "S2", 0), ("water", "A1", 1), ("bar", "A2", 2)], False),
    ],
)
def test_a_shelf_is_stopped_when_the_cart_has_all_its_fresh_pieces(
    fresh: int, cart: list[tuple[str, str, int]], is_stopped: bool
) -> None:
    lots = (Lot("water", PAST, "", 2), Lot("water", FAR, "", fresh))
    assert is_shelf_stopped(carted(*cart), lots, "water", TODAY) is is_stopped
    assert is_shelf_stopped(carted(*cart), lots[1:], "water", TODAY) is False


def test_the_freshest_day_is_of_pieces_that_may_be_sold_and_all_have_one() -> None:
    past, soon, late, none = (Lot("a", day, "", 1) for day in (PAST, NEXT, FAR, ""))
    assert freshest_day((past,), TODAY) == ""
    assert freshest_day((late, past, soon), TODAY) == FAR
    assert freshest_day((late, none), TODAY) == ""


@pytest.mark.parametrize(
    ("day", "today", "price_minor"),
    [
        (NEXT, TODAY, 70),
        (TODAY, TODAY, 70),
        ("2026-03-05", TODAY, 120),
        ("2026-03-06", TODAY, 150),
        (PAST, TODAY, 150),
        ("", TODAY, 150),
        (NEXT, "", 150),
    ],
)
def test_the_ladder_holds_from_its_first_day_to_the_last_of_sale(
    day: str, today: str, price_minor: int
) -> None:
    rules = dataclasses.replace(RULES, ladder=LADDER)
    assert price_by_date(WATER, day, today, rules) == price_minor
    assert price_by_date(WATER, day, today, RULES) == 150
