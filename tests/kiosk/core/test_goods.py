"""Sums of lots, exactly: what is counted as one product's, what gives first, and which pieces a sale takes."""

from __future__ import annotations

import pytest

from kiosk.core.facts import CodeSaid
from kiosk.core.goods import changed, held, holds_others, merged, opposite, pieces_of, taken, transfer_key
from kiosk.core.state import Line, Lot

SOON, LATE = "2026-03-05", "2026-03-20"
OTHER = Lot("b", SOON, "", 1)


def line(number: int, *, slot: str = "S1", coil: int = 0, said: CodeSaid | None = None) -> Line:
    return Line(number, "a", slot, "", coil, 150, "standard", 1900, said=said)


def test_pieces_of_another_product_are_not_held_and_hinder_only_while_they_are_there() -> None:
    assert held((Lot("a", SOON, "", 2), OTHER), "a") == 2
    assert holds_others((OTHER,), "a") is True
    assert holds_others((OTHER,), "b") is False
    assert holds_others((Lot("b", "", "", -1),), "a") is False
    assert holds_others((), "a") is False


def test_what_a_place_lacks_stands_beside_the_other_products_there() -> None:
    assert changed((OTHER,), "a", (("", "", -2),)) == (OTHER, Lot("a", "", "", -2))
    assert changed((OTHER, Lot("a", "", "", -2)), "a", (("", "", -1),)) == (OTHER, Lot("a", "", "", -3))


@pytest.mark.parametrize(
    ("here", "left"),
    [
        ([(LATE, ""), (SOON, "")], [(LATE, "")]),
        ([(SOON, "L2"), (SOON, "L1")], [(SOON, "L2")]),
        ([("", "L1"), (LATE, "")], [("", "L1")]),
        ([(SOON, ""), ("", "")], [(SOON, "")]),
        ([("", "L1"), ("", "")], [("", "L1")]),
    ],
)
def test_of_two_pieces_the_right_one_gives_for_one_that_the_book_does_not_have(
    here: list[tuple[str, str]], left: list[tuple[str, str]]
) -> None:
    lots = tuple(Lot("a", *each, 1) for each in here)
    assert changed(lots, "a", (("2026-03-01", "L9", -1),)) == tuple(Lot("a", *each, 1) for each in left)


def test_pieces_of_one_lot_behind_others_stay_behind_them() -> None:
    front = (Lot("a", SOON, "", 1), Lot("a", LATE, "", 1))
    more = changed(front, "a", ((SOON, "", 2),))
    assert more == (*front, Lot("a", SOON, "", 2))
    assert changed(more, "a", ((SOON, "", -2),)) == (Lot("a", LATE, "", 1), Lot("a", SOON, "", 1))
    assert changed(more, "a", ((SOON, "", 1),))[-1] == Lot("a", SOON, "", 3)


def test_goods_to_be_thrown_away_are_those_that_end_first_and_a_named_piece_is_taken_before_them() -> None:
    here = (Lot("a", LATE, "L2", 1), Lot("a", "", "", 1), Lot("a", SOON, "L1", 1), OTHER)
    assert taken(here, "a", 2, is_queue=False) == ((SOON, "L1", 1), (LATE, "L2", 1))
    assert taken(here, "a", 1, is_queue=True) == ((LATE, "L2", 1),)
    assert taken(here, "a", 1, is_queue=False, expires_on=LATE) == ((LATE, "L2", 1),)
    assert taken(here, "a", 1, is_queue=False, expires_on=LATE, lot="L1") == (("", "", 1),)
    assert taken(here, "a", 2, is_queue=True, lot="L1") == ((SOON, "L1", 1), ("", "", 1))
    assert taken(here, "a", 0, is_queue=False) == ()
    assert taken((), "a", 2, is_queue=False) == (("", "", 2),)


def test_a_sale_takes_a_piece_for_each_line_and_names_those_the_book_knows_something_of() -> None:
    books = {
        "S1": (Lot("a", SOON, "", 1), Lot("a", "", "L2", 1), Lot("a", LATE, "", 1)),
        "A1": (Lot("a", LATE, "L7", 1), Lot("a", SOON, "", 1)),
    }
    lines = [line(1), line(2), line(3), line(4), line(5, slot="A1", coil=1), line(6, slot="Z9")]
    assert pieces_of(books, lines, "2026-03-02") == (
        (1, SOON, ""),
        (2, LATE, ""),
        (3, "", "L2"),
        (5, LATE, "L7"),
    )


@pytest.mark.parametrize(
    ("said", "piece"),
    [
        (CodeSaid("c", expires_on=LATE), (LATE, "L2")),
        (CodeSaid("c", best_before_on=LATE), (LATE, "L2")),
        (CodeSaid("c", expires_on=LATE, best_before_on=SOON), (LATE, "L2")),
        (CodeSaid("c", lot="L2"), (LATE, "L2")),
        (CodeSaid("c"), (SOON, "L1")),
        (None, (SOON, "L1")),
    ],
)
def test_what_the_code_on_a_piece_says_names_it(said: CodeSaid | None, piece: tuple[str, str]) -> None:
    books = {"S1": (Lot("a", SOON, "L1", 1), Lot("a", LATE, "L2", 1))}
    assert pieces_of(books, [line(1, said=said)], "2026-03-02") == ((1, *piece),)


def test_parts_of_one_lot_are_one_and_those_that_come_to_nothing_are_none() -> None:
    parts = ((SOON, "", 1), (LATE, "", 2), (SOON, "", 3), (LATE, "", -2))
    assert merged(parts) == ((SOON, "", 4),)
    assert opposite(parts[:2]) == ((SOON, "", -1), (LATE, "", -2))


def test_transfers_of_two_kiosks_are_never_taken_for_one() -> None:
    assert transfer_key("K1", "1-2") != transfer_key("K11", "-2")
