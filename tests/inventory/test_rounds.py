"""What a clerk is asked to do at a kiosk, and in which order."""

from __future__ import annotations

from datetime import date

from inventory.catalogue import Place, Slot
from inventory.rounds import Lying, Step, Task, plan_round, with_day

TODAY = date(2026, 11, 22)
YESTERDAY, TOMORROW = date(2026, 11, 21), date(2026, 11, 23)
A1 = Slot("A1", Place.COIL, "chips", 8, 6, coil=1)
A2 = Slot("A2", Place.COIL, "cola", 8, 6, coil=2)
S1 = Slot("S1", Place.SHELF, "milk", 20, 10)


def plan(
    *lying: Lying,
    bring: dict[str, int] | None = None,
    doubtful: set[str] | None = None,
    unsure: set[str] | None = None,
    stored: tuple[Lying, ...] = (),
    shelf_life_days: dict[str, int] | None = None,
) -> tuple[Task, ...]:
    return plan_round(
        (S1, A2, A1),
        lying,
        today=TODAY,
        bring=bring or {},
        doubtful=doubtful or set(),
        unsure=unsure or set(),
        stored=stored,
        shelf_life_days=shelf_life_days,
    )


def test_a_round_with_nothing_to_do_ends_at_the_cash() -> None:
    assert [task.step for task in plan(Lying("S1", "milk", TOMORROW, "", 3))] == [Step.CASH]


def test_waste_comes_first_then_the_filling_in_walking_order_then_counts_then_cash() -> None:
    tasks = plan(
        Lying("S1", "milk", YESTERDAY, "L1", 3),
        Lying("A1", "chips", None, "", 2),
        bring={"S1": 7, "A2": 6, "A1": 4},
        doubtful={"chips"},
    )
    assert [task.key for task in tasks] == [
        "waste-S1-20261121-L1",
        "fill-A1",
        "fill-A2",
        "fill-S1",
        "count-A1",
        "cash",
    ]
    assert [task.qty for task in tasks] == [3, 4, 6, 7, 2, 0]


def test_a_piece_is_good_on_its_last_day() -> None:
    assert [task.step for task in plan(Lying("S1", "milk", TODAY, "", 3))] == [Step.CASH]


def test_each_expired_lot_is_a_task_of_its_own_with_a_key_that_stays() -> None:
    first, second = Lying("S1", "milk", YESTERDAY, "L1", 3), Lying("S1", "milk", date(2026, 11, 1), "L0", 1)
    assert [task.key for task in plan(first, second)][:2] == ["waste-S1-20261101-L0", "waste-S1-20261121-L1"]
    assert plan(first)[0].key == "waste-S1-20261121-L1"


def test_goods_of_another_product_that_lie_there_have_their_own_task() -> None:
    keys = [
        task.key
        for task in plan(Lying("S1", "milk", YESTERDAY, "", 1), Lying("S1", "kefir", YESTERDAY, "", 1))
    ]
    assert keys[:2] == ["waste-S1-20261121--kefir", "waste-S1-20261121-"]


def test_a_coil_that_nobody_is_sure_of_is_counted_and_not_filled() -> None:
    tasks = plan(bring={"A1": 4, "A2": 2}, unsure={"A1"}, doubtful={"chips"})
    assert [(task.key, task.needs_count) for task in tasks] == [
        ("count-A1", True),
        ("fill-A2", False),
        ("cash", False),
    ]


def test_what_the_book_has_below_zero_is_counted_against_none() -> None:
    assert plan(Lying("S1", "milk", None, "", -2), doubtful={"milk"})[0].qty == 0


def test_goods_in_a_coil_that_is_planned_for_others_come_out_before_it_is_filled_or_counted() -> None:
    tasks = plan(
        Lying("A1", "cola", None, "", 3),
        Lying("A1", "cola", TOMORROW, "L1", 2),
        Lying("A1", "cola", YESTERDAY, "L0", 1),
        bring={"A1": 6, "A2": 2},
        unsure={"A1"},
    )
    assert [(task.key, task.qty) for task in tasks] == [
        ("waste-A1-20261121-L0-cola", 1),
        ("clear-A1-cola", 5),
        ("fill-A2", 2),
        ("cash", 0),
    ]


def test_a_board_of_the_shelf_is_filled_beside_what_has_to_go() -> None:
    tasks = plan(Lying("S1", "kefir", None, "", 2), Lying("S1", "milk", None, "", 1), doubtful={"milk"})
    assert [(task.key, task.qty) for task in tasks] == [("clear-S1-kefir", 2), ("count-S1", 1), ("cash", 0)]


def fill(*stored: Lying, lying: tuple[Lying, ...] = (), life: int = 0) -> Task:
    return plan(*lying, bring={"S1": 7}, stored=stored, shelf_life_days={"milk": life})[0]


def test_goods_from_the_van_are_proposed_the_last_day_of_their_shelf_life() -> None:
    task = fill(life=9)
    assert (task.expires_on, task.asks_day, task.is_stored) == (date(2026, 12, 1), True, False)


def test_goods_from_the_storeroom_bring_the_day_of_the_lot_that_ends_first() -> None:
    late, soon = Lying("*", "milk", date(2026, 12, 9), "L2", 5), Lying("*", "milk", TOMORROW, "L1", 4)
    task = fill(late, soon, Lying("*", "milk", TODAY, "L0", 0), Lying("*", "cola", TODAY, "", 3), life=9)
    assert (task.expires_on, task.is_stored) == (TOMORROW, True)
    assert with_day(task, TOMORROW).expires_on is None, "each piece brings its own day along"
    assert with_day(task, TODAY).expires_on == TODAY


def test_expired_goods_of_the_storeroom_are_not_what_is_proposed() -> None:
    task = fill(Lying("*", "milk", YESTERDAY, "L0", 2), Lying("*", "milk", TOMORROW, "L1", 4))
    assert (task.expires_on, task.is_stored) == (TOMORROW, False)
    assert with_day(task, TOMORROW).expires_on == TOMORROW


def test_goods_that_had_days_before_are_asked_for_one_and_others_are_not() -> None:
    assert fill(lying=(Lying("S1", "milk", TOMORROW, "", 1),)).asks_day
    assert fill(Lying("*", "milk", None, "", 9), life=9) == fill(Lying("*", "milk", None, "", 9), life=5)
    assert not fill(lying=(Lying("S1", "milk", None, "", 1),)).asks_day
