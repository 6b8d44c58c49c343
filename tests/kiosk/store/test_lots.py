"""The lots that a person reads are those that the till decides from, whatever was moved, in both databases."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.core import facts as f
from kiosk.core.fold import evolve
from kiosk.core.state import State
from kiosk.store.goods import read_lots
from tests.kiosk.store.test_figure_days import NOON
from tests.kiosk.store.told import Store

SOON, LATE = "2026-03-05", "2026-03-20"
PARTS = st.lists(
    st.tuples(
        st.sampled_from(("", SOON, LATE)), st.sampled_from(("", "L1", "L2")), st.sampled_from((-3, -1, 2, 4))
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda part: part[:2],
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("move", "store", "count", "fresh")),
        st.sampled_from(("A1", "S1")),
        st.sampled_from(("water", "nuts")),
        PARTS,
    ),
    max_size=15,
)


def fact_of(state: State, what: str, slot: str, sku: str, parts: tuple[f.LotPart, ...]) -> f.Fact:
    token, qty = f"t{state.seq}", sum(qty for _, _, qty in parts)
    book = sum(lot.qty for lot in state.lots.get(slot, ()) if lot.sku == sku)
    match what:
        case "count":
            return f.SlotCounted(token, "clerk", slot, sku, book + qty, was=book, lots=parts)
        case "fresh":
            return f.SlotCounted(token, "clerk", slot, sku, max(0, qty))
        case _:
            other = f.STORE if what == "store" else None
            return f.StockMoved(token, "clerk", sku, slot, "fill", qty, lots=parts, other=other)


def check(store: Store, steps: list[tuple[str, str, str, list[f.LotPart]]]) -> None:
    store.clear()
    state = State(epoch=1)
    for what, slot, sku, parts in steps:
        fact = fact_of(state, what, slot, sku, tuple(parts))
        state = evolve(state, f.Recorded(seq=state.seq + 1, at="", now_ms=0, fact=fact))
        store.write("K1", 1, NOON, fact)
    known: Counter[tuple[str, str, str, str]] = Counter()
    for place, lots in state.lots.items():
        for lot in lots:
            known[place, lot.sku, lot.expires_on, lot.lot] += lot.qty
    rows = read_lots(store.connection, "K1")
    assert {(row.slot, row.sku, row.expires_on, row.lot): row.qty for row in rows} == known
    below = {(row.slot, row.sku) for row in rows if row.qty < 0}
    assert not [row for row in rows if row.qty > 0 and (row.slot, row.sku) in below]


@settings(max_examples=40, deadline=None)
@given(steps=STEPS)
def test_the_lots_on_the_page_are_those_the_till_decides_from(
    store: Store, steps: list[tuple[str, str, str, list[f.LotPart]]]
) -> None:
    check(store, steps)


def test_both_databases_settle_what_a_place_has_too_few_of(either: Store) -> None:
    few: list[f.LotPart] = [("", "", -3)]
    many: list[f.LotPart] = [("", "L2", 1), (LATE, "", 2), (SOON, "L2", 1), (SOON, "L1", 1)]
    check(
        either, [("move", "S1", "water", few), ("store", "S1", "water", many), ("store", "A1", "nuts", many)]
    )
    check(either, [("move", "S1", "water", many), ("count", "S1", "water", [(LATE, "", -4)])])
