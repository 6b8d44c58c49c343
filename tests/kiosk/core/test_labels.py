"""Pieces whose own code says price, weight, lot or expiry: what they cost, and what the journal keeps of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.catalogue import EmbeddedLayout, Measure, Rounding
from kiosk.audit.walk import audit_journal
from kiosk.core import events as ev
from kiosk.core import facts as f
from kiosk.journal.entry import body_of
from kiosk.money import price_of_weight
from tests.kiosk.audit.forging import Forger
from tests.kiosk.world import World

LABEL = "2812345007850"
APPLES = ev.Piece(weight_mg=785_000, unit_price_minor=299)
LABELLED = ev.Piece(price_minor=240)
BATCH = ev.Piece(lot="LOT7", expires_on="2026-03-09", best_before_on="2026-03-05")


def scan(world: World, piece: ev.Piece, *, sku: str = "apple", qty: int = 1) -> str:
    return world.ask(ev.ScanRead(LABEL, sku, "", qty=qty, piece=piece)).key


def only_line(world: World) -> f.LineAdded:
    (line,) = world.facts(f.LineAdded)
    assert isinstance(line, f.LineAdded)
    return line


def test_a_price_label_is_sold_at_its_price_and_the_sale_keeps_what_it_said(world: World) -> None:
    assert scan(world, LABELLED) == "added"
    world.coins(200, 50)
    said = f.CodeSaid(LABEL, price_minor=240, step_minor=10)
    assert (only_line(world).price_minor, only_line(world).said) == (240, said)
    (sale,) = world.facts(f.SaleClosed)
    assert isinstance(sale, f.SaleClosed)
    assert (sale.total_minor, sale.codes) == (240, ((1, said),))
    world.audit(goods_taken_minor=240)


@pytest.mark.parametrize(
    ("rounding", "price_minor"), [(Rounding.DOWN, 230), (Rounding.NEAREST, 230), (Rounding.UP, 240)]
)
def test_a_weight_label_costs_price_times_weight_rounded_as_the_table_says(
    world: World, rounding: Rounding, price_minor: int
) -> None:
    scan(world, replace(APPLES, rounding=rounding))  # 2.99 a kilogram, 0.785 kg: 2.34715
    assert only_line(world).price_minor == price_minor
    assert only_line(world).said == f.CodeSaid(LABEL, weight_mg=785_000, unit_price_minor=299, step_minor=10)


def test_the_price_on_a_label_is_never_raised_to_a_coin(world: World) -> None:
    scan(world, replace(LABELLED, price_minor=249, rounding=Rounding.UP))
    line = only_line(world)
    assert line.said is not None
    assert (line.price_minor, line.said.price_minor) == (240, 249)


def test_a_price_goes_before_a_weight(world: World) -> None:
    scan(world, replace(APPLES, price_minor=200))
    assert only_line(world).price_minor == 200
    assert only_line(world).said == f.CodeSaid(LABEL, price_minor=200, step_minor=10)


@pytest.mark.parametrize(
    ("piece", "reason", "limit"),
    [
        (replace(LABELLED, most_minor=200), "label_too_dear", ("most_minor", "200")),
        (replace(LABELLED, price_minor=5_010), "label_too_dear", ("most_minor", "5000")),
        (replace(LABELLED, price_minor=5_010, most_minor=9_000), "label_too_dear", ("most_minor", "5000")),
        (replace(LABELLED, least_minor=250), "label_too_cheap", ("least_minor", "250")),
        (replace(LABELLED, price_minor=9), "label_too_cheap", ("least_minor", "10")),
        (replace(APPLES, weight_mg=1), "label_too_cheap", ("least_minor", "10")),
        (replace(APPLES, weight_mg=99_999_000), "label_too_dear", ("most_minor", "5000")),
    ],
)
def test_a_price_outside_its_limits_is_refused_in_words_and_kept_for_the_vendor(
    world: World, piece: ev.Piece, reason: str, limit: tuple[str, str]
) -> None:
    notice = world.ask(ev.ScanRead(LABEL, "apple", "", piece=piece))
    assert (notice.key, notice.is_refusal, tuple(notice.params.items())) == (reason, True, (limit,))
    assert world.state.visit is None
    assert world.facts(f.CodeUnknown) == [f.CodeUnknown("", LABEL, reason)]


def test_lot_and_expiry_are_in_the_sale_and_the_piece_has_the_products_price(world: World) -> None:
    scan(world, BATCH, sku="water")
    world.coins(200)
    said = f.CodeSaid(LABEL, lot="LOT7", expires_on="2026-03-09", best_before_on="2026-03-05")
    assert (only_line(world).price_minor, only_line(world).said) == (150, said)
    (sale,) = world.facts(f.SaleClosed)
    assert isinstance(sale, f.SaleClosed)
    assert sale.codes == ((1, said),)


def test_goods_past_their_best_are_sold_with_a_word(world: World) -> None:
    assert scan(world, replace(BATCH, is_stale=True)) == "added_stale"
    assert len(world.visit.lines) == 1


def test_a_code_that_stands_for_several_pieces_adds_them_all_or_none(world: World) -> None:
    assert world.ask(ev.ScanRead(LABEL, "apple", "", qty=3)).key == "added"
    assert len(world.visit.lines) == 3
    assert world.ask(ev.ScanRead(LABEL, "apple", "", qty=99_999)).key == "cart_full"
    assert len(world.visit.lines) == 3


def test_ordinary_lines_are_written_as_they_always_were(world: World) -> None:
    world.scan("water")
    world.coins(200)
    bodies = [body_of(fact, "EUR").decode() for fact in world.facts(f.LineAdded, f.SaleClosed)]
    assert len(bodies) == 2
    assert not any("said" in body or "codes" in body for body in bodies)


def test_a_cart_of_labels_survives_a_power_cut(world: World) -> None:
    scan(world, APPLES)
    scan(world, BATCH, sku="water")
    before = world.visit.lines
    world.crash()
    world.audit()
    assert [line.said is not None for line in before] == [True, True]


@given(
    unit_minor=st.integers(0, 10**7),
    weight_mg=st.integers(0, 10**9),
    step_minor=st.integers(1, 1_000),
    rounding=st.sampled_from(Rounding),
)
def test_a_weighed_price_is_a_whole_number_of_coins_less_than_one_from_the_exact_product(
    unit_minor: int, weight_mg: int, step_minor: int, rounding: Rounding
) -> None:
    price_minor = price_of_weight(unit_minor, weight_mg, step_minor=step_minor, rounding=rounding)
    exact, step = unit_minor * weight_mg, step_minor * 10**6
    error = price_minor * 10**6 - exact
    assert price_minor % step_minor == 0
    if rounding is Rounding.DOWN:
        assert -step < error <= 0
    elif rounding is Rounding.UP:
        assert 0 <= error < step
    else:
        assert -step < 2 * error <= step


# --- the table ------------------------------------------------------------------------------------------------------

ROW = EmbeddedLayout("28", "PPPPPPCVVVVV", Measure.WEIGHT, 3, sku="apple", unit_price_minor=299)


def test_a_table_of_labels_is_taken_over_with_its_digest(world: World) -> None:
    assert world.ask(ev.LabelsOffered("owner", (ROW,), "ab")).key == "done"
    assert world.facts(f.LabelsSet) == [f.LabelsSet("owner", 1, "ab")]


@pytest.mark.parametrize(
    ("row", "key"),
    [
        (replace(ROW, sku="pear"), "unknown_product"),
        (replace(ROW, most_minor=5_010), "price_too_high"),
        (replace(ROW, least_minor=5_010), "price_too_high"),
    ],
)
def test_a_table_that_the_till_could_not_follow_is_refused_as_a_whole(
    world: World, row: EmbeddedLayout, key: str
) -> None:
    assert world.ask(ev.LabelsOffered("owner", (replace(ROW, prefix="27"), row), "ab")).key == key
    assert world.facts(f.LabelsSet) == []


# --- the auditor ----------------------------------------------------------------------------------------------------


@pytest.fixture
def forger(world: World, tmp_path: Path) -> Forger:
    """A journal in which a weight label, a price label and a lot were sold."""
    scan(world, APPLES)
    scan(world, LABELLED)
    scan(world, BATCH, sku="water")
    world.coins(200, 200, 200, 200)
    world.stop()
    return Forger(tmp_path / "forged.db", source=world.folder / "kiosk.db")


def _audited(forger: Forger) -> list[str]:
    return [problem.words for problem in audit_journal(forger.save()).problems]


def test_an_honest_sale_of_labels_is_audited_clean(forger: Forger) -> None:
    assert _audited(forger) == []


@pytest.mark.parametrize(
    ("field", "value"), [("weight_mg", 985_000), ("unit_price_minor", 199), ("price_minor", 200)]
)
def test_the_auditor_finds_a_price_that_does_not_follow_from_its_label(
    forger: Forger, field: str, value: int
) -> None:
    for leaf in forger.leaves:
        if leaf.kind == "LineAdded" and leaf.fact["line"] == 1:
            leaf.fact["said"][field] = value
    words = _audited(forger)
    assert any("by its code" in each for each in words)
    assert any("other things of codes" in each for each in words)


def test_the_auditor_finds_a_sale_that_hides_a_lot(forger: Forger) -> None:
    for leaf in forger.leaves:
        if leaf.kind == "SaleClosed":
            leaf.fact["codes"] = leaf.fact["codes"][:2]
    assert any("other things of codes" in words for words in _audited(forger))
