"""Goods that people move: where they come from, which lots they are, and what a count says."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from inventory.catalogue import Catalogue
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.core.draft import Notice
from kiosk.core.goods import changed, held, taken
from kiosk.core.rules import Shop
from kiosk.core.state import Lot
from kiosk.store.goods import LotRow, read_lots, read_moves, read_moves_since
from tests.kiosk.world import CATALOGUE, World

SOON, LATE = "2026-03-05", "2026-03-20"
"""The world's morning is 2026-03-02."""

_tokens = count()


def move(world: World, slot: str, kind: str, qty: int, **more: object) -> Notice:
    event = ev.StockCounted(f"move-{next(_tokens)}", "clerk", slot, kind, qty)
    return world.ask(ev.StockCounted(event.token, event.by, slot, kind, qty, **more))  # type: ignore[arg-type]  # fields by name


def connection_of(world: World) -> Connection:
    assert world.ledger is not None
    return world.ledger._connection


def lots(world: World, slot: str) -> list[tuple[str, str, int]]:
    """What the tables say, which must be what the till knows."""
    rows = [row for row in read_lots(connection_of(world), world.kiosk_id) if row.slot == slot]
    known: dict[tuple[str, str, str], int] = {}
    for lot in world.state.lots.get(slot, ()):
        key = (lot.sku, lot.expires_on, lot.lot)
        known[key] = known.get(key, 0) + lot.qty
    assert {(row.sku, row.expires_on, row.lot): row.qty for row in rows} == known
    return [(row.expires_on, row.lot, row.qty) for row in rows]


def test_what_is_received_with_a_date_takes_it_along_when_it_is_filled(world: World) -> None:
    move(world, f.STORE, "receive", 10, sku="water", expires_on=LATE, lot="L2", other="Brook")
    move(world, f.STORE, "receive", 6, sku="water", expires_on=SOON, lot="L1")
    move(world, "S1", "fill", 8)
    assert lots(world, "S1") == [(SOON, "L1", 6), (LATE, "L2", 2)]
    assert lots(world, f.STORE) == [(LATE, "L2", 8)]
    assert world.verify().problems == ()


def test_a_coil_is_filled_from_the_storeroom_as_a_shelf_is(world: World) -> None:
    move(world, f.STORE, "receive", 2, sku="chips", expires_on=SOON)
    move(world, "A1", "fill", 3)
    assert lots(world, "A1") == [(SOON, "", 2), ("", "", 6)]
    assert lots(world, f.STORE) == [("", "", -1)]
    assert world.state.coils["A1"].qty == 8
    assert world.verify().problems == ()


def test_goods_of_another_date_than_the_storerooms_came_another_way(world: World) -> None:
    move(world, f.STORE, "receive", 5, sku="water", expires_on=SOON)
    move(world, "S1", "fill", 4, expires_on=LATE)
    assert lots(world, "S1") == [(LATE, "", 4)]
    assert lots(world, f.STORE) == [(SOON, "", 5)]


def test_what_is_thrown_away_is_what_ends_first_unless_somebody_names_it(world: World) -> None:
    move(world, "S1", "fill", 3, expires_on=LATE, lot="L2")
    move(world, "S1", "fill", 3, expires_on=SOON, lot="L1")
    move(world, "S1", "spoilage", 2, reason="damaged")
    assert lots(world, "S1") == [(SOON, "L1", 1), (LATE, "L2", 3)]
    move(world, "S1", "spoilage", 1, reason="expired", expires_on=LATE)
    assert lots(world, "S1") == [(SOON, "L1", 1), (LATE, "L2", 2)]
    assert world.verify().problems == ()


def test_a_coil_gives_its_pieces_in_the_order_in_which_they_were_put_in(world: World) -> None:
    move(world, "A1", "count", 0)
    move(world, "A1", "fill", 1, expires_on=LATE)
    move(world, "A1", "fill", 2, expires_on=SOON)
    world.board.qty[1] = 3
    world.coins(200)
    world.choose("A1")
    world.pass_time(30_000)
    assert lots(world, "A1") == [(SOON, "", 2)]
    assert world.verify().problems == ()


def test_goods_go_back_and_to_other_sites(world: World) -> None:
    move(world, "S1", "fill", 9, expires_on=LATE)
    move(world, "S1", "take_out", 4)
    move(world, f.STORE, "take_out", 1, sku="water")
    move(world, f.STORE, "transfer", 2, sku="water", other="North hall")
    assert lots(world, "S1") == [(LATE, "", 5)]
    assert lots(world, f.STORE) == [(LATE, "", 1)]
    moved = read_moves(connection_of(world), world.kiosk_id, "water")
    assert [(each.move, each.slot, each.qty, each.other) for each in moved] == [
        ("transfer", "store", -2, "North hall"),
        ("take_out", "store", -1, "supplier"),
        ("take_out", "S1", -4, "store"),
        ("fill", "S1", 9, ""),
    ]
    assert {each.by for each in moved} == {"clerk"}


def test_a_count_books_the_difference_and_a_later_count_puts_it_right(world: World) -> None:
    move(world, "S1", "fill", 9, expires_on=SOON)
    move(world, "S1", "count", 2)
    move(world, "S1", "count", 8)
    assert lots(world, "S1") == [(SOON, "", 2), ("", "", 6)]
    newest, wrong, _fill = read_moves(connection_of(world), world.kiosk_id, "water")
    assert (wrong.qty, wrong.found, newest.qty, newest.found) == (-7, 2, 6, 8)
    assert world.verify().problems == ()


def test_two_clerks_fill_at_once_and_both_fills_count(world: World) -> None:
    move(world, "S1", "fill", 4)
    move(world, "S1", "fill", 3)
    outdated = move(world, "S1", "count", 4, was=4)
    assert outdated.key == "count_outdated"
    assert dict(outdated.params) == {"slot": "S1", "was_qty": "4", "now_qty": "7"}
    assert lots(world, "S1") == [("", "", 7)]
    assert move(world, "S1", "count", 6, was=7).is_refusal is False


def test_one_button_pressed_twice_is_one_move(world: World) -> None:
    event = ev.StockCounted("one", "clerk", f.STORE, "receive", 5, sku="water", expires_on=LATE)
    world.ask(event)
    assert world.ask(event).key == "already_done"
    assert lots(world, f.STORE) == [(LATE, "", 5)]


@pytest.mark.parametrize(
    ("slot", "kind", "qty", "more", "key"),
    [
        ("S1", "fill", 21, {}, "over_capacity"),
        ("S1", "fill", -1, {}, "count_needed"),
        ("S1", "eat", 1, {}, "count_needed"),
        ("S1", "spoilage", 1, {"reason": "storeroom"}, "waste_reason_needed"),
        ("S1", "transfer", 1, {"other": "store"}, "site_needed"),
        ("S1", "transfer", 1, {"other": "supplier"}, "site_needed"),
        ("S1", "transfer", 1, {"other": " "}, "site_needed"),
        ("Z9", "count", 1, {"sku": "water"}, "unknown_slot"),
        ("store", "receive", 0, {"sku": "water"}, "count_needed"),
        ("S1", "count", 80, {}, "over_capacity"),
        ("store", "receive", 10**6, {"sku": "water"}, "over_capacity"),
        ("S1", "take_out", 0, {}, "count_needed"),
        ("S1", "fill", 2, {"expires_on": "2026-03-01"}, "date_past"),
        ("store", "receive", 2, {"sku": "water", "expires_on": "2026-03-01"}, "date_past"),
        ("S1", "fill", 2, {"expires_on": "2226-03-01"}, "date_unclear"),
        ("S1", "fill", 2, {"expires_on": "soon"}, "date_unclear"),
        ("S1", "spoilage", 2, {"reason": "eaten"}, "waste_reason_needed"),
        ("S1", "transfer", 2, {}, "site_needed"),
        ("S1", "take_out", 2, {"other": "S1"}, "site_needed"),
        ("S1", "receive", 2, {}, "unknown_slot"),
        ("store", "fill", 2, {"sku": "water"}, "unknown_slot"),
        ("store", "receive", 2, {"sku": "gold"}, "unknown_product"),
        ("store", "receive", 2, {}, "unknown_product"),
    ],
)
def test_a_slip_is_refused_in_words_and_changes_nothing(
    world: World, slot: str, kind: str, qty: int, more: dict[str, object], key: str
) -> None:
    before = world.state
    answer = move(world, slot, kind, qty, **more)
    assert (answer.key, answer.is_refusal) == (key, True)
    assert world.state == before


def test_a_product_that_is_sold_no_more_is_still_taken_out_where_it_lies(world: World) -> None:
    move(world, "S1", "fill", 5, expires_on=SOON)
    world.shop = Shop(world.shop.rules, Catalogue.of((), ()))
    assert move(world, "S1", "spoilage", 5, sku="water", reason="other").is_refusal is False
    assert lots(world, "S1") == []
    assert move(world, "S1", "spoilage", 1, sku="water").key == "unknown_slot"


def test_a_coil_with_other_goods_in_it_is_emptied_before_it_is_filled(world: World) -> None:
    plan = tuple(
        slot if slot.code != "A1" else type(slot)("A1", slot.place, "bar", 8, 8, slot.coil)
        for slot in world.shop.catalogue.slots.values()
    )
    world.shop = Shop(world.shop.rules, Catalogue.of(tuple(world.shop.catalogue.products.values()), plan))
    assert move(world, "A1", "fill", 2).key == "other_goods"
    move(world, "A1", "count", 0)
    assert move(world, "A1", "fill", 2).is_refusal is False
    assert [(lot.sku, lot.qty) for lot in world.state.lots["A1"]] == [("bar", 2)]
    assert world.verify().problems == ()


def test_the_moves_since_an_entry_are_told_in_order(world: World) -> None:
    move(world, "S1", "fill", 5, expires_on=SOON)
    first = read_moves(connection_of(world), world.kiosk_id, "water")[0].position
    move(world, "S1", "fill", 5, expires_on=LATE)
    move(world, "S1", "spoilage", 7, reason="expired")
    told = read_moves_since(connection_of(world), world.kiosk_id, "water", first)
    assert [(each.move, each.qty, each.lots) for each in told] == [
        ("fill", 5, ((SOON, "", 5),)),
        ("fill", 5, ((LATE, "", 5),)),
        ("spoilage", -7, ((SOON, "", -5), (LATE, "", -2))),
    ]
    page = read_moves(connection_of(world), world.kiosk_id, "water", before=told[1].position)
    assert [each.position for each in page] == [first]


def test_a_changed_lot_is_found_by_who_verifies_the_journal(world: World) -> None:
    move(world, "S1", "fill", 5, expires_on=SOON)
    connection_of(world).execute(text("UPDATE lot SET expires_on = '2030-01-01'"))
    assert any("table lot" in problem for problem in world.verify().problems)


def test_stock_that_is_not_the_sum_of_its_lots_is_found(world: World) -> None:
    move(world, "S1", "fill", 5, expires_on=SOON)
    connection_of(world).execute(text("UPDATE stock SET qty = 4 WHERE slot = 'S1'"))
    assert "table stock: it is not the sum of the lots in S1" in world.verify().problems


def test_pieces_that_nobody_put_in_are_the_books_own_mistake(world: World) -> None:
    world.scan("water")
    world.coins(200)
    world.pass_time(30_000)
    assert read_lots(connection_of(world), world.kiosk_id)[-1] == LotRow("S1", "water", "", "", -1, "")
    move(world, "S1", "count", 4)
    assert lots(world, "S1") == [("", "", 4)]


def test_a_sale_leaves_what_is_past_its_day_for_the_clerk_to_pull() -> None:
    here = (Lot("a", SOON, "", 2), Lot("a", LATE, "", 2), Lot("b", SOON, "", 9), Lot("a", "", "", 1))
    assert taken(here, "a", 4, is_queue=False, today="2026-03-06") == (
        (LATE, "", 2),
        ("", "", 1),
        (SOON, "", 1),
    )
    assert taken(here, "a", 1, is_queue=False, today=SOON) == ((SOON, "", 1),)
    assert taken(here, "a", 3, is_queue=False, lot="L9") == (("", "", 1), (SOON, "", 2))
    assert taken(here, "a", 9, is_queue=True)[-1] == ("", "", 5)


def test_what_the_book_has_too_few_of_comes_off_the_pieces_that_are_there() -> None:
    below = changed((), "a", (("", "", -2),))
    assert below == (Lot("a", "", "", -2),)
    assert changed(below, "a", (("", "", 5),)) == (Lot("a", "", "", 3),)
    filled = changed(below, "a", ((SOON, "", 4), (LATE, "", 4)))
    assert filled == (Lot("a", SOON, "", 2), Lot("a", LATE, "", 4)), "what ends first gives first"
    rest = changed(filled, "a", (("", "", 1), (LATE, "L9", -2)))
    assert rest == (Lot("a", SOON, "", 1), Lot("a", LATE, "", 4)), "one without a date may be of any day"
    assert changed(rest, "a", ((SOON, "", -7),)) == (Lot("a", "", "", -2),)
    beside = changed((Lot("b", SOON, "", 3), *below), "b", ((SOON, "", 1), (LATE, "", 1)))
    assert beside == (Lot("b", SOON, "", 3), *below, Lot("b", SOON, "", 1), Lot("b", LATE, "", 1))
    assert changed(beside, "a", ((LATE, "", 2),)) == beside[:1] + beside[2:], "of another product nothing"


DAYS = st.sampled_from(("", SOON, LATE))
LOT_PARTS = st.lists(
    st.tuples(DAYS, st.sampled_from(("", "L1", "L2")), st.integers(-4, 4)), min_size=1, max_size=3
)


@settings(max_examples=150, deadline=None)
@given(moves=st.lists(st.tuples(st.sampled_from(("a", "b")), LOT_PARTS), max_size=12))
def test_no_lot_is_below_nothing_beside_one_of_its_product_and_sums_stay(
    moves: list[tuple[str, list[f.LotPart]]],
) -> None:
    here: tuple[Lot, ...] = ()
    sums: Counter[str] = Counter()
    for sku, parts in moves:
        here = changed(here, sku, parts)
        sums[sku] += sum(qty for _, _, qty in parts)
        for each in ("a", "b"):
            mine = [lot for lot in here if lot.sku == each]
            assert held(here, each) == sums[each]
            assert all(lot.qty > 0 for lot in mine) or len(mine) == 1
            assert not any(lot.qty < 0 and (lot.expires_on or lot.lot) for lot in mine)


def test_a_mistaken_scan_and_its_correction_leave_nobody_to_pull_a_piece_that_is_not_there(
    world: World,
) -> None:
    move(world, "S1", "fill", 1, expires_on=SOON)
    for _ in range(2):  # the second scan of water was of juice that somebody carried away
        world.scan("water")
        world.coins(200)
        world.pass_time(30_000)
    assert lots(world, "S1") == [("", "", -1)]
    move(world, "S1", "count", 0, expires_on=SOON)
    assert lots(world, "S1") == []
    world.scan("water")
    world.coins(200)
    world.pass_time(30_000)
    move(world, "S1", "fill", 3, expires_on=LATE, lot="L2")
    assert lots(world, "S1") == [(LATE, "L2", 2)]
    move(world, "S1", "count", 3, expires_on=LATE, lot="L2")
    assert lots(world, "S1") == [(LATE, "L2", 3)]
    assert world.verify().problems == ()


def test_bounds_hold_to_the_piece_and_the_day(world: World) -> None:
    today = date(2026, 3, 2)
    assert move(world, "S1", "fill", 20).is_refusal is False
    assert move(world, "S1", "fill", 0).is_refusal is False, "somebody looked"
    assert move(world, "S1", "spoilage", 0).is_refusal is False
    assert move(world, "A1", "count", 9).params == {"most": "8"}
    assert move(world, "A1", "count", 8).is_refusal is False
    assert move(world, "A1", "fill", 1).params == {"most": "8"}
    last = (today + timedelta(days=3_660)).isoformat()
    later = (today + timedelta(days=3_661)).isoformat()
    assert move(world, f.STORE, "receive", 100_000, sku="water", expires_on=last).is_refusal is False
    assert move(world, f.STORE, "receive", 100_001, sku="water").params == {"most": "100000"}
    assert move(world, f.STORE, "receive", 1, sku="water", expires_on=later).key == "date_unclear"
    assert move(world, f.STORE, "receive", 1, sku="bar", expires_on="20260302").is_refusal is False
    assert lots(world, f.STORE)[0] == ("2026-03-02", "", 1), "today may still be sold, in its one spelling"
    assert move(world, "S1", "take_out", 21).params == {"most": "20"}


def test_what_lies_there_beyond_the_places_room_may_be_taken_out(world: World) -> None:
    move(world, "S1", "fill", 15)
    move(world, "S1", "fill", 15)
    for kind, most in {"fill": "20", "count": "20", "take_out": "30", "spoilage": "30"}.items():
        assert move(world, "S1", kind, 31).params == {"most": most}
    assert move(world, "S1", "count", 25).params == {"most": "20"}
    assert move(world, "S1", "take_out", 30).is_refusal is False


def test_goods_past_their_day_are_counted_and_thrown_away_but_not_filled(world: World) -> None:
    past = "2026-03-01"
    assert move(world, "S1", "count", 2, expires_on=past).is_refusal is False
    assert lots(world, "S1") == [(past, "", 2)]
    assert dict(move(world, "S1", "fill", 1, expires_on=past).params) == {"day": past}
    assert move(world, "S1", "spoilage", 2, reason="expired", expires_on=past).is_refusal is False
    assert lots(world, "S1") == []


def test_a_long_text_is_kept_as_far_as_it_is_one(world: World) -> None:
    move(world, f.STORE, "receive", 3, sku="water", lot="L" * 70, other=" " + "B" * 70)
    assert lots(world, f.STORE) == [("", "L" * 64, 3)]
    assert world.facts(f.StockMoved)[-1] == f.StockMoved(
        f"move-{next(_tokens) - 1}",
        "clerk",
        "water",
        f.STORE,
        "receive",
        3,
        lots=(("", "L" * 64, 3),),
        other="B" * 64,
        cost_minor=75,
    )


def test_a_move_says_where_it_came_from_and_why_and_nothing_it_does_not_know(world: World) -> None:
    move(world, "S1", "fill", 4, other="Brook")
    move(world, "S1", "spoilage", 1, reason="damaged", other="ignored")
    move(world, "S1", "spoilage", 1)
    move(world, "S1", "take_out", 1, reason="expired", other="Brook")
    move(world, "S1", "count", 5, was=1)
    moved = [fact for fact in world.facts(f.StockMoved) if isinstance(fact, f.StockMoved)]
    assert [(each.qty, each.reason, each.other, each.was, each.lots) for each in moved] == [
        (4, None, "Brook", None, None),
        (-1, "damaged", None, None, None),
        (-1, None, None, None, None),
        (-1, None, "Brook", None, None),
        (4, None, None, 1, None),
    ]
    assert lots(world, f.STORE) == []


def test_a_count_of_the_storeroom_names_the_book_it_was_made_by(world: World) -> None:
    move(world, f.STORE, "receive", 5, sku="water")
    refusal = move(world, f.STORE, "count", 4, sku="water", was=4)
    assert (refusal.key, dict(refusal.params)) == ("store_outdated", {"was_qty": "4", "now_qty": "5"})
    assert move(world, f.STORE, "count", 4, sku="water", was=5).is_refusal is False
    assert lots(world, f.STORE) == [("", "", 4)]


def test_a_coils_fill_and_count_say_what_was_there_and_where_it_came_from(world: World) -> None:
    move(world, f.STORE, "receive", 5, sku="chips", expires_on=LATE)
    move(world, "A1", "count", 3)
    move(world, "A1", "fill", 2)
    counted = [fact for fact in world.facts(f.SlotCounted) if isinstance(fact, f.SlotCounted)][-2:]
    was = counted[0].was
    assert was is not None
    assert [(each.qty, each.move, each.was, each.lots, each.other) for each in counted] == [
        (3, "count", was, (("", "", 3 - was),) if was != 3 else (), None),
        (5, "fill", 3, ((LATE, "", 2),), f.STORE),
    ]


def test_what_is_planned_for_a_place_is_known_there_also_when_it_is_sold_no_more(world: World) -> None:
    was = world.shop.catalogue
    goods = tuple(each for each in was.products.values() if each.sku != "water")
    world.shop = Shop(world.shop.rules, Catalogue.of(goods, tuple(was.slots.values())))
    assert move(world, "S1", "count", 3).is_refusal is False
    assert move(world, "S1", "count", 3, sku="gold").key == "unknown_product"


def test_a_fill_takes_from_the_storeroom_only_what_its_book_has_of_the_product(world: World) -> None:
    move(world, f.STORE, "receive", 3, sku="chips")
    move(world, "S1", "fill", 2)
    assert lots(world, f.STORE) == [("", "", 3)], "chips are no water"
    move(world, f.STORE, "take_out", 1, sku="water")
    move(world, "S1", "fill", 2)
    assert lots(world, f.STORE) == [("", "", 3), ("", "", -1)], "nor is what the book lacks"
    move(world, f.STORE, "receive", 2, sku="water", expires_on=SOON, other=f.STORE)
    move(world, "S1", "fill", 1)
    assert lots(world, f.STORE) == [("", "", 3)], "the last one comes from there"
    moved = [fact for fact in world.facts(f.StockMoved) if isinstance(fact, f.StockMoved)]
    assert [fact.other for fact in moved] == [None, None, "supplier", None, None, f.STORE]
    assert world.verify().problems == ()


def test_what_somebody_says_of_goods_goes_before_what_the_storeroom_has(world: World) -> None:
    move(world, f.STORE, "receive", 2, sku="water", expires_on=SOON)
    move(world, f.STORE, "receive", 3, sku="water")
    assert lots(world, f.STORE) == [(SOON, "", 2), ("", "", 3)], "a delivery takes nothing from what is there"
    move(world, "S1", "fill", 1, other="Brook")
    move(world, "S1", "fill", 3, expires_on=SOON)
    move(world, "S1", "take_out", 1, expires_on=LATE, reason="too warm")
    assert lots(world, f.STORE)[-1] == ("", "", 4)
    assert lots(world, "S1") == [(SOON, "", 3)]
    sent = ev.StockCounted("sent", "clerk", "S1", "fill", 1, other=f.STORE, sent=3)
    assert world.ask(sent).is_refusal is False
    moved = [fact for fact in world.facts(f.StockMoved) if isinstance(fact, f.StockMoved)][-4:]
    assert [(fact.other, fact.lots, fact.sent) for fact in moved] == [
        ("Brook", None, None),
        (None, ((SOON, "", 3),), None),
        (f.STORE, None, None),
        (f.STORE, ((SOON, "", 1),), None),
    ]
    assert world.verify().problems == ()


def test_a_count_that_finds_more_or_other_goods_is_booked_where_they_lie(world: World) -> None:
    move(world, "S1", "fill", 2, expires_on=SOON)
    move(world, "S1", "count", 3, expires_on=LATE)
    assert lots(world, "S1") == [(SOON, "", 2), (LATE, "", 1)], "one more is of the day that was read"
    move(world, "S1", "fill", 1)
    move(world, "S1", "spoilage", 4, reason="other")
    move(world, "S1", "fill", 0, expires_on=LATE)
    move(world, "S1", "fill", 1, lot="L1")
    moved = [fact for fact in world.facts(f.StockMoved) if isinstance(fact, f.StockMoved)][-3:]
    assert [each.lots for each in moved] == [
        ((SOON, "", -2), (LATE, "", -1), ("", "", -1)),
        None,
        (("", "L1", 1),),
    ]
    plan = tuple(replace(slot, sku="bar") if slot.code == "A1" else slot for slot in CATALOGUE.slots.values())
    world.shop = Shop(world.shop.rules, Catalogue.of(tuple(CATALOGUE.products.values()), plan))
    hung = world.state.coils["A1"].qty
    move(world, "A1", "count", 0, sku="bar")
    assert (world.state.coils["A1"].qty, lots(world, "A1")) == (0, []), (
        "a coil that was counted holds nothing else"
    )
    assert hung > 0
    move(world, "A1", "fill", 2)
    before = world.facts(f.SlotCounted)
    move(world, "A1", "count", 1, sku="chips")
    assert world.facts(f.SlotCounted) == before, "a strange piece in a coil is none of its own"
    assert world.state.coils["A1"].qty == 3
    assert world.verify().problems == ()
