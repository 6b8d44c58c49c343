"""The stock of a month that is over is what it was at its last checkpoint, however entries come; no sale writes more for it."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.core import facts as f
from kiosk.store.stock_days import StockThen, read_stock_then
from kiosk.store.stock_value import read_stock_values
from tests.kiosk.store.test_figure_days import KIOSKS, NOON, SIGNED
from tests.kiosk.store.told import Store

COSTS = {"water": 7, "nuts": 11}
MINUTES = (0, 20, 540, 1_440, 57_600, -180, -2_880, -72_000)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(KIOSKS),
        st.sampled_from(MINUTES),
        st.sampled_from(("fill", "free", "waste", "count", "swap", "signed", "signed")),
        st.sampled_from(("water", "nuts")),
        st.integers(1, 5),
    ),
    max_size=40,
)


def fact_of(number: int, what: str, sku: str, amount: int) -> f.Fact:
    """Goods that come at a cost or at none that is known, goods that go (more than there are, too), and counts."""
    token = f"t{number}"
    match what:
        case "fill":
            return f.StockMoved(token, "clerk", sku, "S1", "fill", 2 * amount, cost_minor=10 * amount)
        case "free":
            return f.StockMoved(token, "clerk", sku, "S2", "receive", amount)
        case "waste":
            return f.StockMoved(token, "clerk", sku, "S1", "spoilage", -2 * amount)
        case "count":
            return f.SlotCounted(token, "clerk", "S1", sku, amount - 1)
        case "swap":
            return f.SlotCounted(token, "clerk", "S2", sku, amount)
        case _:
            return SIGNED


def walk(store: Store, steps: list[tuple[str, int, str, str, int]]) -> dict[str, list[tuple[str, StockThen]]]:
    """Write the steps; what the live reading said at each checkpoint, without those that a clock set back lived again."""
    times = dict.fromkeys(KIOSKS, NOON)
    told: dict[str, list[tuple[str, StockThen]]] = {kiosk_id: [] for kiosk_id in KIOSKS}
    for number, (kiosk_id, minutes, what, sku, amount) in enumerate(steps):
        times[kiosk_id] += timedelta(minutes=minutes, milliseconds=1)
        store.write(
            kiosk_id, 1 + (number > len(steps) / 2), times[kiosk_id], fact_of(number, what, sku, amount)
        )
        if what != "signed":
            continue
        at = times[kiosk_id].isoformat(timespec="milliseconds").replace("+00:00", "Z")
        live = read_stock_values(store.connection, [kiosk_id], COSTS)[kiosk_id]
        kept = [each for each in told[kiosk_id] if each[0] < at]
        told[kiosk_id] = [*kept, (at, StockThen(live.value_minor, live.recosted_qty, at, {}))]
    return told


def check(store: Store, steps: list[tuple[str, int, str, str, int]]) -> None:
    """Between any two checkpoints the reading says what the live one said at the first of them."""
    told = walk(store, steps)
    for kiosk_id, points in told.items():
        nothing = StockThen(0, 0, "", {})
        said = [nothing, *(each for _, each in points)]
        moments = [*(at for at, _ in points), "2100-01-01T00:00:00.000Z"]
        for moment, expected in zip(moments, said, strict=True):
            found = read_stock_then(store.connection, KIOSKS, moment, COSTS)[kiosk_id]
            assert (found.value_minor, found.recosted_qty, found.at) == (
                expected.value_minor,
                expected.recosted_qty,
                expected.at,
            )


@settings(max_examples=25, deadline=None)
@given(steps=STEPS)
def test_the_stock_of_any_moment_is_what_the_last_checkpoint_before_it_found(
    store: Store, steps: list[tuple[str, int, str, str, int]]
) -> None:
    store.clear()
    check(store, steps)


def test_both_databases_tell_the_same_stock(either: Store) -> None:
    either.clear()
    steps = [
        (kiosk_id, minutes, what, sku, amount)
        for amount, minutes in ((1, 20), (3, 1_440), (2, -180), (5, 57_600))
        for kiosk_id in KIOSKS
        for what, sku in (("fill", "water"), ("free", "nuts"), ("waste", "water"), ("signed", "water"))
    ]
    check(either, steps)


def test_a_product_that_does_not_change_has_one_row(store: Store) -> None:
    store.clear()
    store.write("K1", 1, NOON, fact_of(1, "fill", "water", 2))
    for hours in range(1, 6):
        store.write("K1", 1, NOON + timedelta(hours=hours), SIGNED)
    rows = store.connection.exec_driver_sql("SELECT sku, count(*) FROM stock_day GROUP BY sku ORDER BY sku")
    assert [tuple(row) for row in rows] == [("", 5), ("water", 1)]
    found = read_stock_then(store.connection, ["K1"], "2100-01-01T00:00:00.000Z", COSTS)["K1"]
    assert (found.qty, found.value_minor) == ({"water": 4}, 80)
