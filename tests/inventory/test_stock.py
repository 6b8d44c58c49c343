"""On hand is the sum of the moves, and a move has the sign of its kind."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory import stock
from inventory.stock import QTY_LIMIT, MoveKind, StockMove, StockMoveError, on_hand


def test_on_hand_is_the_sum_by_slot_and_product() -> None:
    moves = [
        stock.fill("cola", "A1", 8),
        stock.vend("cola", "A1"),
        stock.sale("cola", "S3", 2),
        stock.fill("cola", "S3", 12),
        stock.spoilage("cola", "S3", 1),
        stock.shrink("cola", "S3", 3),
    ]
    assert on_hand(moves) == {("A1", "cola"): 7, ("S3", "cola"): 6}


def test_a_sale_of_goods_that_the_book_does_not_know_stays_visible_as_less_than_none() -> None:
    assert on_hand([stock.sale("cola", "S3", 1)]) == {("S3", "cola"): -1}


@given(st.integers(-50, 50), st.integers(0, 60))
def test_after_a_count_the_book_says_what_was_counted(booked: int, counted: int) -> None:
    before = StockMove(MoveKind.COUNT, "cola", "S3", booked)
    count = stock.count("cola", "S3", counted_qty=counted, on_hand_qty=booked)
    assert on_hand([before, count]) == {("S3", "cola"): counted}


def test_a_count_that_agrees_is_a_move_of_nothing() -> None:
    assert stock.count("cola", "S3", counted_qty=4, on_hand_qty=4).qty == 0


@pytest.mark.parametrize("make", [stock.fill, stock.sale, stock.vend, stock.spoilage, stock.shrink])
@pytest.mark.parametrize("qty", [0, -1, QTY_LIMIT + 1])
def test_a_move_of_nothing_or_backwards_or_of_a_mountain_is_refused(
    make: Callable[[str, str, int], StockMove], qty: int
) -> None:
    with pytest.raises(StockMoveError):
        make("cola", "S3", qty)


def test_nobody_counts_fewer_than_none() -> None:
    with pytest.raises(StockMoveError):
        stock.count("cola", "S3", counted_qty=-1, on_hand_qty=4)
